"""The chance of a good first basin against the width, beside what the theorems of Safran and Shamir promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import bounds, constructions
from ...numbers.seeds import stream
from ...probability import good_basin_curve, good_basin_probability
from ...stories.page.palette import BLUE, GREY, VERMILLION
from .drawing import Drawing
from .sheet import sheet

CENTRES = ((1.0, 1.0), (-2.0, 0.5))
RADIUS = 0.02
TEACHER_VALUE = 0.25
PROVEN, WIDE = "proven band", 0.1
Curve = list[tuple[int, float, float, float]]


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw four panels, one for each of Theorems 2 to 5: the truth for one data set and the promised curve.

    Source: our own; Safran and Shamir, Theorems 2 to 5.
    """
    trials = 60 if quick else 1000
    panels = [_singletons(), _teacher(), _independent(seed, quick), _clusters(seed, trials, quick)]
    figure, axes = sheet(4, width=3.0, height=3.2)
    for ax, panel in zip(axes, panels, strict=True):
        width, value, low, high = (np.array(part, dtype=float) for part in zip(*panel["curve"], strict=True))
        ax.fill_between(width, low, high, color=BLUE, alpha=0.25, linewidth=0)
        narrow = np.where((high - low < WIDE) | (panel["kind"] != PROVEN), value, np.nan)
        ax.plot(width, narrow, color=BLUE, marker="o", markersize=3, label=panel["kind"])
        for (name, line), style, color in zip(panel["promised"].items(), ("--", ":"), (VERMILLION, GREY), strict=True):
            ax.plot(width, line, color=color, linestyle=style, linewidth=1.6, label=name)
        ax.set(xlabel="hidden units", ylim=(-0.03, 1.05), title=panel["title"])
        ax.title.set_fontsize(9)
        ax.legend(frameon=False, fontsize=7, loc="lower right")
    axes[0].set_ylabel("chance of a good first basin")
    caption = (
        "Blue: the chance that the first basin is good, for normal weights; exact, or proven or sampled with its band. "
        "Theorem 2: ten samples on half-axes, good means the least loss of any width. Theorem 3: four samples on a "
        f"circle and a teacher of one unit, good means a loss of at most {TEACHER_VALUE}. Theorem 4: ten independent "
        f"samples, good means zero loss. Theorem 5: two clusters of radius {RADIUS}, good means the theorem's value. "
        "Dashed: promised in print. Dotted: the same with the best constants, or the chance for one sample alone."
    )
    caption += " Quick: fewer widths and draws." if quick else ""
    return Drawing(figure, {"trials": trials, "panels": panels}, caption, quick)


def _promised(promise: Callable[[int], float], sharp: Callable[[int], float], widths: list[int]) -> dict[str, Any]:
    return {"promised": [max(0.0, promise(m)) for m in widths], "sharp": [max(0.0, sharp(m)) for m in widths]}


def _singletons() -> dict[str, Any]:
    X, y = constructions.singletons([1, -1, 2, 1, -1], [1, 1, -1, 2, 1])
    curve = good_basin_curve(X, y, bounds.safran_theorem_2_slots(X, y).beta)
    widths = list(range(1, 25))
    truth = [float(curve(m)) for m in widths]
    lines = _promised(lambda m: 1 - 10 * 0.75**m, lambda m: 1 - 10 * 0.75**m, widths)
    lines.pop("sharp")
    lines["one half-axis alone"] = [1 - 0.75**m for m in widths]
    return _panel("Theorem 2: singletons", "exact", list(zip(widths, truth, truth, truth, strict=True)), lines)


def _independent(seed: int, quick: bool) -> dict[str, Any]:
    rng = stream(seed, "independent samples")
    X, y = rng.standard_normal((10, 10)), rng.choice([-1.0, 1.0], 10)
    widths = list(range(6, 25, 6)) if quick else list(range(1, 25))
    points: Curve = []
    for m in widths:
        low, high = bounds.safran_theorem_4_bounds(X, y, m, 3)
        points.append((m, (low + high) / 2, low, high))
    lines = _promised(lambda m: 1 - 10 * 0.75**m, lambda m: 0.0, widths)
    lines.pop("sharp")
    lines["one sample alone"] = [1 - 0.75**m for m in widths]
    return _panel("Theorem 4: independent samples", PROVEN, points, lines)


def _teacher() -> dict[str, Any]:
    from scipy.stats import binom

    samples = [[1, 0], ["4/5", "3/5"], ["3/5", "4/5"], [0, 1]]
    X, y = constructions.teacher(samples, [["3/5", "4/5"]], [1])
    curve = good_basin_curve(X, y, TEACHER_VALUE)
    widths = list(range(1, 25))
    p, q = (bounds.safran_theorem_3_share(1, 2, 1, TEACHER_VALUE, form=form) for form in ("printed", "sharp"))
    lines = _promised(lambda m: float(1 - binom.cdf(0, m, p)), lambda m: float(1 - binom.cdf(0, m, q)), widths)
    points: Curve = [(m, float(curve(m)), *(float(end) for end in curve.bounds(m))) for m in widths]  # type: ignore
    return _panel("Theorem 3: low rank, a teacher", curve.kind, points, lines)


def _clusters(seed: int, trials: int, quick: bool) -> dict[str, Any]:
    X, y = constructions.clusters(CENTRES, RADIUS, [1, -1], size=8, rng=stream(seed, "clusters"))
    widths = [2, 8, 14] if quick else [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24]
    points: Curve = []
    for m in widths:
        value = bounds.safran_theorem_5_value(X, y, CENTRES, m)
        chance = good_basin_probability(X, y, m, value, trials=trials, rng=stream(seed, "starts", m), exact=False)
        points.append((m, float(chance), float(chance.low), float(chance.high)))
    lines = _promised(lambda m: 1 - 2 * 0.875**m, lambda m: 1 - 2 * (13 / 16) ** m, widths)
    return _panel("Theorem 5: two clusters", "sampled, 95 % band", points, lines)


def _panel(title: str, kind: str, curve: Curve, promises: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "kind": kind, "curve": [list(point) for point in curve], "promised": promises}
