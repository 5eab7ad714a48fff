"""Paths to infinity along which the loss falls: (xyz - 1)^2, and a ReQU network with and without its regulariser."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...bounds import liang_xyz
from ...requ.constants import sublevel_radius
from ...stories.page.palette import BLUE, GREEN, GREY, PAPER, VERMILLION
from .drawing import Drawing
from .sheet import sheet

X, Y = np.array([[1.0, 1.0], [-1.0, 1.0]]), np.array([1.0, 1.0])
# units see the first sample only: without a regulariser the second one keeps its loss for ever
START = (np.array([0.6, 0.05, 0.04]), np.array([[0.7, -0.1], [0.05, -0.02], [0.04, -0.01]]))
LAMBDAS = np.array([0.1, 0.12, 0.14])
REACH, LET_OUT, STRIDE = 9.0, 0.02, 0.05


def loss_and_gradient(a: np.ndarray, U: np.ndarray, lambdas: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the logistic loss of base 2 plus regulariser on the two samples, and its gradient."""
    heights = np.maximum(X @ U.T, 0.0)
    z = -Y * (heights**2 @ a)
    size = np.linalg.norm(U, axis=1)
    value = np.logaddexp(0.0, z).sum() / np.log(2) + lambdas @ (np.abs(a) ** 3 + 2 * size**3) / 3
    pull = -Y * np.exp(-np.logaddexp(0.0, -z)) / np.log(2)
    by_a = heights.T**2 @ pull + lambdas * np.abs(a) * a
    by_u = 2 * (a[:, None] * ((pull[:, None] * heights).T @ X) + (lambdas * size)[:, None] * U)
    return float(value), by_a, by_u


def descent(a: np.ndarray, U: np.ndarray, lambdas: np.ndarray, steps: int) -> tuple[list[list[float]], Any, Any]:
    """Return [distance from zero, loss, errors] along descent whose steps never raise the loss, and its end."""
    value, by_a, by_u = loss_and_gradient(a, U, lambdas)
    rate, trace = 0.1, []
    for _ in range(steps):
        f = np.maximum(X @ U.T, 0.0) ** 2 @ a
        distance = float(np.sqrt((a**2).sum() + (U**2).sum()))
        trace.append([distance, value, int(np.sum(Y * f <= 0))])
        if distance > REACH:
            break
        trial = loss_and_gradient(a - rate * by_a, U - rate * by_u, lambdas)
        while trial[0] > value and rate > 0:
            rate /= 2
            trial = loss_and_gradient(a - rate * by_a, U - rate * by_u, lambdas)
        a, U = a - rate * by_a, U - rate * by_u
        value, by_a, by_u = trial
        slope = float(np.sqrt((by_a**2).sum() + (by_u**2).sum()))
        rate = min(1.3 * rate, STRIDE / slope) if slope > 0 else rate
    return trace, a, U


def let_out(a: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the network with its smallest unit turned to the wrong sample, at a small size: this lowers the loss."""
    a, U = a.copy(), U.copy()
    j = int(np.argmin(np.abs(a)))
    a[j], U[j] = LET_OUT, LET_OUT * X[1] / np.linalg.norm(X[1])
    return a, U


def _sequence(ax: Any, points: int) -> list[list[float]]:
    """Draw (xyz - 1)^2 on the plane x = -z with print's sequence."""
    z, y = np.linspace(0.02, 1.3, points), np.linspace(0.2, 6, points)
    Z, Yy = np.meshgrid(z, y)
    # on x = -z: (z^2 y + 1)^2, whose least value 1 is not reached
    ax.contourf(z, y, np.minimum((Z * Z * Yy + 1) ** 2, 12.0), levels=np.geomspace(1, 12, 19), cmap="viridis")
    ks = [*range(1, 36)]
    terms = [liang_xyz(k) for k in ks]
    ax.plot([p.point[2] for p in terms], [p.point[1] for p in terms], "o-", color=VERMILLION, markersize=3)
    for k in (1, 4, 25):
        p = liang_xyz(k)
        ax.annotate(
            f"k = {k}: {p.value:.2f}", (p.point[2], p.point[1]), xytext=(8, 0), textcoords="offset points",
            color=PAPER, fontsize=8, va="center",
        )  # fmt: skip
    ax.set(xlabel="$z = -x$", ylabel="$y$", title="$(xyz-1)^2$ falls to 1, the least value is 0")
    return [[*p.point, p.value] for p in terms]


def draw(quick: bool = False) -> Drawing:
    """Draw print's diverging sequence and a gradient descent that diverges until a regulariser holds it.

    Source: Liang, Sun and Srikant, Section 1 (left); our own (right).
    """
    figure, axes = sheet(2, width=4.8, height=3.9)
    sequence = _sequence(axes[0], 121 if quick else 361)
    ax = axes[1]
    steps = 2000 if quick else 6000
    runs = {"without": descent(*START, 0 * LAMBDAS, 2 * steps)[0]}
    first, a, U = descent(*START, LAMBDAS, steps)
    second, *_ = descent(*let_out(a, U), LAMBDAS, steps)
    runs["with"] = first + second
    for name, color, words in (("without", VERMILLION, "no regulariser"), ("with", GREEN, "regularised below λ₀")):
        path = np.array(runs[name])[:, :2]
        ax.plot(*path.T, color=color, linewidth=2, label=f"{words}: {runs[name][-1][2]} of 2 wrong at the end")
        if name == "with":
            ax.plot(*path[-1], "*", color=color, markeredgecolor=PAPER, markersize=15)
        else:
            style = {"arrowstyle": "-|>", "color": color, "linewidth": 2}
            ax.annotate("", xy=path[-1] + [0.35, 0], xytext=path[-1], arrowprops=style)
    ax.plot(*path[0], "o", color=BLUE, markersize=7)
    ax.annotate("start", path[0], xytext=(8, 0), textcoords="offset points", color=BLUE, fontsize=9, va="center")
    ax.plot(*first[-1][:2], "o", color=PAPER, markeredgecolor=GREEN, markersize=6)
    ax.annotate(
        "silent unit\nlet out", first[-1][:2], xytext=(8, 8), textcoords="offset points", color=GREEN, fontsize=8,
    )  # fmt: skip
    radius = sublevel_radius(first[0][1], LAMBDAS)
    ax.axvline(radius, color=GREY, linestyle="--", linewidth=1)
    note = f" with the regulariser no point\n beyond {radius:.1f} has a loss\n below the start's"
    ax.text(radius, 0.2, note, color=GREY, fontsize=8)
    ax.set(
        xlabel="distance of the weights from zero", ylabel="loss", ylim=(0, None), title="gradient descent, two samples"
    )
    ax.legend(frameon=False, fontsize=8)
    for one in axes:
        one.title.set_fontsize(10)
    paths = {name: run[:: max(1, len(run) // 100)] for name, run in runs.items()}
    caption = (
        "Left: on the plane x = −z the sequence (−1/k, √k, 1/k) goes to infinity while (xyz − 1)² falls to 1. Right: "
        "three ReQU units that see only one of two samples. Without a regulariser the weights grow for ever, the loss "
        "falls to 1 and the other sample stays wrong; with it the loss has no decreasing path to infinity, every point "
        "with the start's loss or less lies left of the dashed line. Descent stalls where surplus units fall silent; "
        "one of them, turned to the wrong sample at size 0.02, lowers the loss at once, and both samples end right."
    )
    caption += " Quick: coarser grid, fewer steps." if quick else ""
    data = {"sequence": sequence, "paths": paths, "radius": radius, "lambdas": LAMBDAS.tolist()}
    return Drawing(figure, data, caption, quick)
