"""Exact curves in the width for a few points on a line: full rank, and regions that hold a global minimum."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...bounds import karhadkar_theorem_7, karhadkar_theorem_8
from ...jacobian import full_rank_curve, zero_loss_fraction
from ...numbers.seeds import stream
from ...stories.page.palette import CYCLE
from .drawing import Drawing
from .global_minima import draw_data
from .sheet import sheet

_LAW = "he_uniform"
_SHARE = Fraction(1, 20)
_TICKS = (2, 5, 10, 20, 50, 100)
POPULATIONS = (("initialization", "random starts"), ("regions", "all regions alike"))


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw both shares against the width, at random starts and over the regions, with the widths the theorems ask for.

    Source: our own; the exact numbers beside Karhadkar and Montúfar's Theorems 7 and 8 and their Figures 3 and 4.
    """
    sizes = (2, 3, 4) if quick else (2, 3, 4, 5)
    figure, axes = sheet(4, width=3.0, height=3.4, sharey=True)
    data: dict[str, Any] = {"law": _LAW, "curves": []}
    for color, n in zip(CYCLE, sizes, strict=False):
        X, y = draw_data(stream(seed, "line-exact", n), n, 1, 0)
        steps = np.geomspace(1, karhadkar_theorem_8(n, _SHARE), 9 if quick else 16)
        widths = np.unique(2 * np.round(steps).astype(int)).tolist()
        promises = (karhadkar_theorem_7(n, _SHARE), 2 * karhadkar_theorem_8(n, _SHARE))
        for at, (population, _) in enumerate(POPULATIONS):
            curve = full_rank_curve(X, population, _LAW)
            full = [float(curve(m)) for m in widths]
            signs = [np.resize([1, -1], m) for m in widths]
            good = [float(zero_loss_fraction(X, y, v, population, _LAW, exact=True)) for v in signs]
            for ax, values in ((axes[at], full), (axes[2 + at], good)):
                ax.plot(widths, values, color=color, marker=".", markersize=4, label=f"{n} samples")
            data["curves"].append(
                {"n": n, "population": population, "widths": widths, "full_rank": full, "zero_loss": good}
            )
        for ax, width in ((axes[1], promises[0]), (axes[3], promises[1])):
            ax.plot([width], [0.95], marker="v", color=color, markersize=7, linestyle="none", clip_on=False)
        data.setdefault("asked", []).append({"n": n, "theorem_7": promises[0], "theorem_8": promises[1]})
    for at, (_, words) in enumerate(POPULATIONS):
        axes[at].set_title(f"full rank,\n{words}", fontsize=10)
        axes[2 + at].set_title(f"global minimum inside,\n{words}", fontsize=10)
    for ax, theorem in ((axes[1], "Theorem 7"), (axes[3], "Theorem 8")):
        ax.plot([], [], marker="v", color="black", linestyle="none", label=f"{theorem} promises 95 %")
    for ax in axes:
        ax.set(xscale="log", xlabel="hidden units", ylim=(-0.02, 1.02))
        ax.set_xticks(_TICKS, [str(tick) for tick in _TICKS])
        ax.minorticks_off()
    axes[0].set_ylabel("share")
    axes[0].legend(frameon=False, fontsize=8, loc="lower right")
    for ax in (axes[1], axes[3]):
        ax.legend(*(part[-1:] for part in ax.get_legend_handles_labels()), frameon=False, fontsize=8, loc="lower right")
    caption = (
        "Exact shares against the number of hidden units for one data set of each size: inputs uniform on [−1, 1] "
        "with a bias, random labels, output weights 1 and −1 in turn and fixed. Full rank of the Jacobian in the "
        "hidden weights, and zero loss somewhere in the region; at a random start of He's uniform law, and over all "
        "non-empty regions counted alike. Triangles: the widths at which Theorems 7 and 8 promise 95 % of the "
        "regions; they promise nothing about random starts."
    )
    caption += " Quick: fewer sizes and widths." if quick else ""
    return Drawing(figure, data, caption, quick)
