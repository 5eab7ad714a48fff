"""How often training ends with errors: a designed network against no regulariser, too much of it, and too few units."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.estimates import Probability
from ...numbers.seeds import stream
from ...problem.data import examples as datasets
from ...requ.constants import training_error
from ...requ.design import design
from ...requ.losses import margin_loss
from ...requ.network import lifted
from ...requ.objective import Objective
from ...requ.training import lbfgs, random_net, train
from ...stories.page.palette import BLUE, GREEN, INK, ORANGE, VERMILLION
from .drawing import Drawing
from .sheet import sheet

TOO_LARGE, TOO_FEW = 100, 2
LINE = (np.array([[0.0], [1.0], [2.0]]), np.array([1.0, -1.0, 1.0]))
SETTINGS = (
    ("designed", GREEN),
    ("no regulariser", BLUE),
    (f"λ {TOO_LARGE} times larger", ORANGE),
    (f"{TOO_FEW} units only", VERMILLION),
)


def tables(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return two toy problems and two real ones, the real ones standardised subsamples of distinct rows."""
    iris = datasets.load("iris", classes=("versicolor", "virginica"))
    cancer = datasets.load("breast_cancer")
    return {
        "3 points\non a line": LINE,
        "XOR": (np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([1.0, -1.0, -1.0, 1.0])),
        "iris, sepals,\n16 rows": subsample(iris.X[:, :2], iris.y, 16, seed),
        "breast cancer,\nradius and texture,\n20 rows": subsample(cancer.X[:, :2], cancer.y, 20, seed),
    }


def subsample(X: np.ndarray, y: np.ndarray, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n rows with distinct inputs, drawn from the seed, standardised."""
    order = stream(seed, "rows").permutation(len(X))
    _, first = np.unique(X[order], axis=0, return_index=True)
    rows = order[np.sort(first)][:n]
    inputs = X[rows]
    return (inputs - inputs.mean(axis=0)) / inputs.std(axis=0), y[rows]


def errors(X: np.ndarray, y: np.ndarray, runs: int, seed: int) -> dict[str, list[float]]:
    """Return the training error at the end of each run, by setting; starts are the same in all but the last."""
    plan = design(X, y, rng=stream(seed, "design"))
    plain = Objective(lifted(X), y, np.zeros(plan.width), margin_loss())
    results: dict[str, list[float]] = {name: [] for name, _ in SETTINGS}
    for k in range(runs):
        start = random_net(plan.width, X.shape[1], stream(seed, "start", k))
        few = random_net(TOO_FEW, X.shape[1], stream(seed, "few", k))
        ends = (
            train(X, y, plan, start=start, prove=False).training_error,
            training_error(lbfgs(plain, start), X, y),
            train(X, y, TOO_LARGE * plan.lambdas, start=start, prove=False).training_error,
            train(X, y, plan.lambdas[:TOO_FEW], start=few, prove=False).training_error,
        )
        for (name, _), end in zip(SETTINGS, ends, strict=True):
            results[name].append(float(end))
    return results


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share of runs that end with at least one sample on the wrong side, with 95 % intervals.

    Source: our own experiment on Theorem 1 of Liang, Sun and Srikant.
    """
    runs = 3 if quick else 40
    data_sets = tables(seed)
    if quick:
        data_sets = dict(list(data_sets.items())[:2])
    figure, (ax,) = sheet(width=7.6, height=3.8)
    record: dict[str, Any] = {}
    for place, (name, (X, y)) in enumerate(data_sets.items()):
        ends = errors(X, y, runs, seed)
        record[name.replace("\n", " ")] = {"n": len(y), "d": X.shape[1], "errors": ends}
        for k, (setting, color) in enumerate(SETTINGS):
            wrong = sum(end > 0 for end in ends[setting])
            share = Probability.sampled(wrong, runs, "random starts")
            x = place + (k - 1.5) * 0.2
            ax.bar(x, 100 * float(share.value), 0.18, color=color, label=setting if place == 0 else None)
            ax.plot([x, x], [100 * float(share.low), 100 * float(share.high)], color=INK, linewidth=1)
            ax.text(x, 100 * float(share.high) + 1, f"{wrong}", ha="center", va="bottom", fontsize=9, color=color)
    ax.set(ylabel=f"runs of {runs} that end with errors, %", ylim=(0, 112))
    ax.set_xticks(range(len(data_sets)), list(data_sets))
    ax.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.13))
    caption = (
        f"Share of {runs} random starts after which some training sample is wrong, with 95 % intervals. Designed: "
        "n + 1 ReQU units and distinct λ below λ₀, trained to a certified point. The same width without a regulariser "
        f"by L-BFGS; λ {TOO_LARGE} times larger; {TOO_FEW} units, fewer than samples. Theorem 1 promises zero for the "
        "first alone; the others may do well on easy data and cannot be relied on."
    )
    caption += " Quick: toy data and few runs." if quick else ""
    return Drawing(figure, {"runs": runs, "tables": record}, caption, quick)
