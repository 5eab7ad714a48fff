"""The whole landscape of one ReQU unit on one sample: without a regulariser, designed, and with too much of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...stories.page.palette import PAPER, VERMILLION
from .drawing import Drawing
from .sheet import sheet

SPAN = (-1.6, 2.4)
# l'(0) for log2(1 + e^z): lambda_0 of the sample x = 0, y = 1
LAMBDA_0 = 1 / (2 * np.log(2))
PANELS = (("no regulariser", 0.0), ("λ = 0.1, below λ₀", 0.1), ("λ = 1.5, above λ₀", 1.5))


def loss(a: Any, b: Any, lam: float) -> Any:
    """Return log2(1 + exp(-a relu(b)^2)) + lam/3 (|a|^3 + 2 |b|^3): one sample 0 of label 1, one unit, its weight 0."""
    fit = np.logaddexp(0.0, -np.asarray(a) * np.maximum(b, 0.0) ** 2) / np.log(2)
    return fit + lam / 3 * (np.abs(a) ** 3 + 2 * np.abs(b) ** 3)


def minimum(lam: float) -> tuple[float, float]:
    """Return the one local minimum for lam > 0: a = b = t with l'(-t^3) = lam, or 0 from lambda_0 on."""
    if lam >= LAMBDA_0:
        return 0.0, 0.0
    t = float(np.cbrt(np.log(1 / (lam * np.log(2)) - 1)))
    return t, t


def _panel(ax: Any, title: str, lam: float, points: int) -> None:
    grid = np.linspace(*SPAN, points)
    a, b = np.meshgrid(grid, grid)
    values = loss(a, b, lam)
    ax.contourf(grid, grid, np.minimum(values, 3.0), levels=np.linspace(0, 3, 19), cmap="viridis")
    ax.axhline(0, color=PAPER, linewidth=0.8)
    ax.axvline(0, color=PAPER, linewidth=0.8)
    box = {"facecolor": PAPER, "alpha": 0.85, "edgecolor": "none", "pad": 1.5}
    words = {"ha": "center", "va": "center", "fontsize": 8, "bbox": box}
    if lam == 0:
        ax.text(0.4, -0.9, "flat: silent unit,\nloss 1, wrong for ever", **words)
        style = {"arrowstyle": "-|>", "color": VERMILLION, "linewidth": 2}
        ax.annotate("", xy=(2.3, 2.3), xytext=(0.8, 0.8), arrowprops=style)
        ax.text(1.45, 0.45, "falls for ever,\nnever arrives", **words)
    else:
        place = minimum(lam)
        right = place[0] > 0
        ax.plot(*place, "*", color=VERMILLION, markeredgecolor=PAPER, markersize=15)
        note = f"only minimum,\nloss {float(loss(*place, lam)):.2f}, " + ("right" if right else "wrong")
        ax.text(place[0], place[1] - 0.62, note, **words)
    ax.set(xlabel="output weight $a$", ylabel="bias $b$", aspect="equal", title=title)
    ax.title.set_fontsize(10)


def draw(quick: bool = False) -> Drawing:
    """Draw the loss over output weight and bias for three amounts of regularisation.

    Source: our own, for Theorem 1 of Liang, Sun and Srikant; lambda_0 = 1/(2 ln 2) = 0.72 for this sample.
    """
    figure, axes = sheet(3, width=3.7, height=3.8)
    for ax, (title, lam) in zip(axes, PANELS, strict=True):
        _panel(ax, title, lam, 121 if quick else 481)
    numbers = [
        {"lambda": lam, "minimum": list(minimum(lam)) if lam else None, "loss": float(loss(*minimum(lam), lam))}
        for _, lam in PANELS
        if lam
    ]
    caption = (
        "Logistic loss plus regulariser of one ReQU unit on one sample of label 1, x = 0; dark is low, above 3 is cut. "
        "Left: where the bias is negative nothing moves, elsewhere the loss falls towards infinity. Middle: below "
        f"λ₀ = {LAMBDA_0:.2f} the plateau slopes, nothing runs away and the one local minimum is right. Right: above "
        "λ₀ zero is a minimum and wrong."
    )
    caption += " Quick: coarser grid." if quick else ""
    return Drawing(figure, {"lambda_0": float(LAMBDA_0), "panels": numbers}, caption, quick)
