"""Share of starting regions that contain a global minimum, one input."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..bounds import karhadkar_theorem_8
from ..exact import exact_decimals
from ..jacobian.zero_loss_share import zero_loss_fraction
from ..plots.palette import PAPER, VERMILLION
from ..seeds import stream
from .drawing import Drawing
from .sheet import sheet

_PLACES = 6
_SHARE = 0.05


def _cell(n: int, width: int, trials: int, seed: int) -> Any:
    rng = stream(seed, "karhadkar-4", n, width)
    x, y = rng.uniform(-1, 1, n).round(_PLACES), rng.uniform(-1, 1, n).round(_PLACES)
    X = exact_decimals(np.column_stack([x, np.ones(n)]))
    signs = np.resize([1, -1], width)
    return zero_loss_fraction(
        X, exact_decimals(y), signs, population="initialization", law="he_uniform", trials=trials, rng=rng
    )


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share over the number of samples and of hidden units, with the width that Theorem 8 asks for.

    Source: Karhadkar and Montúfar's slides, Figure 4 and Theorem 8; data, labels and law as in the authors' released
    code, its tolerance replaced by an exact decision.
    """
    trials = 5 if quick else 40
    samples = range(10, 41 if quick else 101, 10)
    widths = range(100, 401 if quick else 1001, 100)
    cells = [[_cell(n, width, trials, seed) for n in samples] for width in widths]
    figure, (ax,) = sheet(width=4.6)
    share = np.array([[float(cell.value) for cell in row] for row in cells])
    mesh = ax.pcolormesh(list(samples), list(widths), share, vmin=0, vmax=1, cmap="viridis", shading="nearest")
    asked = [2 * karhadkar_theorem_8(n, _SHARE) for n in samples]
    ax.plot(list(samples), asked, color=PAPER, linewidth=2.8)
    ax.plot(list(samples), asked, color=VERMILLION, linewidth=1.6)
    ax.set(xlabel="samples", ylabel="hidden units", ylim=(50, widths[-1] + 50))
    figure.colorbar(mesh, ax=ax, label="share with a global minimum")
    caption = (
        f"Share of activation regions at initialisation (He's uniform law, {trials} draws for each cell) that "
        "contain a global minimum, here loss zero; one input and a bias, data and labels uniform on [−1, 1], output "
        "weights 1 and −1 in turn and fixed; every region decided exactly. Red: the width from which Theorem 8 "
        "promises all but 5 % of the regions, each counted alike; "
        "that is another population than the draws."
    )
    caption += " Quick: smaller grid, fewer draws." if quick else ""
    data = {
        "samples": list(samples),
        "widths": list(widths),
        "trials": trials,
        "value": share.tolist(),
        "low": [[float(cell.low) for cell in row] for row in cells],
        "high": [[float(cell.high) for cell in row] for row in cells],
        "theorem_8": [int(width) for width in asked],
    }
    return Drawing(figure, data, caption, quick)
