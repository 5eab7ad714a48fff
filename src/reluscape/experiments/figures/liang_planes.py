"""A plane of weights with and without the regulariser, through two points where training ended."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.seeds import stream
from ...requ.constants import training_error
from ...requ.design import design
from ...requ.losses import margin_loss
from ...requ.network import ReQUNet, lifted
from ...requ.objective import Objective
from ...requ.training import lbfgs, random_net, train
from ...stories.page.palette import GREEN, INK, PAPER, VERMILLION
from .drawing import Drawing
from .liang_errors import LINE
from .sheet import sheet

SPAN, MOST_STARTS = (-1.2, 2.2), 200


def ends(X: np.ndarray, y: np.ndarray, seed: int) -> tuple[Objective, ReQUNet, ReQUNet]:
    """Return the regularised loss, the designed end, and the first unregularised end with an error, of its length."""
    plan = design(X, y, rng=stream(seed, "design"))
    good = train(X, y, plan, rng=stream(seed, "start", 0), prove=False).net
    plain = Objective(lifted(X), y, np.zeros(plan.width), margin_loss())
    length = np.sqrt((good.a**2).sum() + (good.U**2).sum())
    for k in range(MOST_STARTS):
        bad = lbfgs(plain, random_net(plan.width, X.shape[1], stream(seed, "start", k)))
        if training_error(bad, X, y) > 0:
            break
    factor = length / np.sqrt((bad.a**2).sum() + (bad.U**2).sum())
    return Objective.of(X, y, plan.lambdas), good, ReQUNet(factor * bad.a, factor * bad.U)


def plane(objective: Objective, good: ReQUNet, bad: ReQUNet, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss with and without the regulariser at s * bad + t * good, rows t, columns s."""
    with_it, without = np.empty((len(grid), len(grid))), np.empty((len(grid), len(grid)))
    for i, t in enumerate(grid):
        for j, s in enumerate(grid):
            a, U = s * bad.a + t * good.a, s * bad.U + t * good.U
            f = np.maximum(objective.Z @ U.T, 0.0) ** 2 @ a
            without[i, j] = objective.loss.value(-objective.y * f).sum()
            size = np.linalg.norm(U, axis=1)
            with_it[i, j] = without[i, j] + objective.lambdas @ (np.abs(a) ** 3 + 2 * size**3) / 3
    return with_it, without


def _panel(ax: Any, grid: np.ndarray, values: np.ndarray, title: str, at_zero: float) -> None:
    low = float(values.min())
    levels = np.linspace(low, 3 * at_zero, 22)
    ax.contourf(grid, grid, np.minimum(values, levels[-1]), levels=levels, cmap="viridis")
    ax.contour(grid, grid, values, levels=[at_zero], colors=PAPER, linewidths=0.8)
    mark = {"markeredgecolor": PAPER, "markersize": 13, "linestyle": "none"}
    ax.plot(0, 1, "*", color=GREEN, label="designed end: all right", **mark)
    ax.plot(1, 0, "X", color=VERMILLION, label="unregularised end: errors", **{**mark, "markersize": 10})
    ax.plot(0, 0, "o", color=PAPER, markeredgecolor=INK, markersize=6, linestyle="none", label="zero network")
    ax.set(xlabel="share of the unregularised end", ylabel="share of the designed end", aspect="equal", title=title)
    ax.title.set_fontsize(10)


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the plane through zero, a designed end and an unregularised end with errors.

    Source: our own, for Theorem 1 of Liang, Sun and Srikant.
    """
    X, y = LINE
    objective, good, bad = ends(X, y, seed)
    grid = np.linspace(*SPAN, 61 if quick else 171)
    with_it, without = plane(objective, good, bad, grid)
    figure, axes = sheet(2, width=4.6, height=4.4)
    at_zero = float(objective.value(ReQUNet(0 * good.a, 0 * good.U)))
    _panel(axes[0], grid, without, "no regulariser: falls outwards for ever", at_zero)
    _panel(axes[1], grid, with_it, "designed: a bowl, high far out", at_zero)
    axes[0].legend(fontsize=7, loc="upper left", framealpha=0.85)
    wrong = {name: training_error(net, X, y) for name, net in (("designed", good), ("unregularised", bad))}
    where = "outside" if objective.value(bad) > at_zero else "inside"
    caption = (
        "Loss on a plane of weights through zero, the end of a designed run and the end of an unregularised run of the "
        f"same width that leaves {round(wrong['unregularised'] * len(y))} of {len(y)} samples wrong, drawn to the same "
        "length. Data: 0, 1, 2 with labels +, −, +. Dark is low, above three times the loss of the zero network is cut "
        "off; the white line is the loss of the zero network. With the regulariser the region below it is bounded and "
        f"the wrong end lies {where} it. A plane shows a part of the landscape only."
    )
    caption += " Quick: coarser grid." if quick else ""
    data = {
        "training_error": wrong,
        "loss": {"zero": at_zero, "designed": objective.value(good), "unregularised": objective.value(bad)},
        "lambdas": objective.lambdas.tolist(),
    }
    return Drawing(figure, data, caption, quick)
