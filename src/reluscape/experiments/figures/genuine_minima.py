"""How common genuine local minima are, as samples, inputs and units grow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...critical.descent import descend
from ...numbers.seeds import stream
from ...probability.genuine import GenuineShare, genuine_minimum_share
from ...problem.data import Dataset, standardize
from ...problem.data import examples as datasets
from ...stories.page.palette import BLUE, GREEN, GREY, VERMILLION
from .drawing import Drawing
from .sheet import sheet

COLORS = (BLUE, VERMILLION, GREEN)
POPULATIONS = ("regions", "initialization")
LINNERUD, IRIS = "Linnerud's exercises", "iris petals, two classes"


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share of products of cells that hold a genuine minimum, over the samples, for several widths.

    Source: our own experiment on the question that Liu, Part 1, leaves to its second part; no figure of it is meant.
    """
    sizes, widths, trials = ((5, 10), (1, 2), 40) if quick else ((5, 10, 20, 40), (1, 2, 4), 80)
    inputs = (1,) if quick else (1, 3)
    figure, axes = sheet(len(inputs) + 2, width=3.6)
    panels: dict[str, Any] = {}
    for ax, d in zip(axes, inputs, strict=False):
        title = f"Gaussian data, {d} input{'s' if d > 1 else ''}"
        panels[title] = _panel(ax, title, lambda n, d=d: _gaussian(seed, n, d), sizes, widths, trials, seed)
    for ax, title, table, most in ((axes[-2], LINNERUD, _linnerud, 20), (axes[-1], IRIS, _iris, 40)):
        panels[title] = _panel(ax, title, table, tuple(n for n in sizes if n <= most), widths, trials, seed)
    axes[0].set_ylabel("share with a genuine minimum")
    for k, m in enumerate(widths):
        axes[-1].plot([], [], color=COLORS[k], label=f"{m} unit{'s' if m > 1 else ''}")
    axes[-1].plot([], [], color=GREY, label="uniform over cells")
    axes[-1].plot([], [], color=GREY, linestyle="--", label="at initialisation")
    axes[-1].legend(frameon=False, fontsize=7, loc="best")
    caption = (
        "Share of products of cells that hold a genuine differentiable local minimum (output signs free), good or bad, "
        f"{trials} draws each, 95 % intervals. Solid: uniform over cells; dashed: cells of standard normal weights. "
        "Bias included. The numbers beside the picture split them into good (loss at most that of the best of five "
        "descents or the lowest met) and bad. Our own experiment, not a figure of a paper."
    )
    caption += " Quick: fewer sizes, widths and draws." if quick else ""
    return Drawing(figure, {"trials": trials, "panels": panels}, caption, quick)


def _panel(
    ax: Any, title: str, data_of: Any, sizes: tuple[int, ...], widths: tuple[int, ...], trials: int, seed: int
) -> list[dict[str, Any]]:
    """Draw one family of data and return its numbers."""
    rows = []
    for n in sizes:
        data = data_of(n)
        for m in widths:
            best = _best(data, m, seed)
            for population in POPULATIONS:
                rng = stream(seed, "genuine", title, n, m, population)
                share = genuine_minimum_share(
                    data, None, m, best, population=population, trials=trials, rng=rng, exact=False
                )
                rows.append({"n": n, "d": data.d, "width": m, "population": population, **_numbers(share)})
    for k, m in enumerate(widths):
        for population, line in zip(POPULATIONS, ("-", "--"), strict=True):
            own = [row for row in rows if row["width"] == m and row["population"] == population]
            value, low, high = (np.array([row["genuine"][i] for row in own]) for i in range(3))
            x = np.array([row["n"] for row in own]) * (1 + 0.02 * (k - 1))
            ax.errorbar(
                x, value, [value - low, high - value], color=COLORS[k], linestyle=line, marker="o", markersize=3,
                capsize=2, linewidth=1.2,
            )  # fmt: skip
    ax.set(xscale="log", xlabel="samples", ylim=(-0.02, 1.02))
    ax.set_title(title, fontsize=10)
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    return rows


def _numbers(share: GenuineShare) -> dict[str, Any]:
    """Return shares as [value, low, high], plain numbers."""
    shares = {name: getattr(share, name) for name in ("genuine", "good", "bad")}
    numbers: dict[str, Any] = {k: [float(p.value), float(p.low), float(p.high)] for k, p in shares.items()}
    return {**numbers, "threshold": float(share.threshold)}


def _best(data: Dataset, m: int, seed: int) -> float:
    """Return the lowest loss that five descents end at."""
    rng = stream(seed, "best", data.n, data.d, m)
    ends = [descend(data, None, rng.normal(size=(m, data.d)), rng.normal(size=m), exact=False) for _ in range(5)]
    return min(end.loss for end in ends)


def _gaussian(seed: int, n: int, d: int) -> Dataset:
    """Return standard normal inputs and targets; the first n of one stream, so that sizes are nested."""
    rng = stream(seed, "gaussian", d)
    table = rng.normal(size=(40, d + 1))[:n]
    return Dataset(table[:, :d], table[:, d], bias=True)


def _linnerud(n: int) -> Dataset:
    """Return the first rows of Linnerud's table, standardised."""
    data = datasets.load("linnerud", bias=True)
    return _standardised(Dataset(data.fractions[:n, :-1], data.y_fractions[:n], bias=True))


def _iris(n: int) -> Dataset:
    """Return rows spread over the two classes of iris petals, standardised."""
    data = datasets.load("iris", classes=("versicolor", "virginica"), bias=True)
    rows = np.linspace(0, data.n - 1, n).round().astype(int)
    return _standardised(Dataset(data.fractions[rows, 2:4], data.y_fractions[rows], bias=True))


def _standardised(data: Dataset) -> Dataset:
    """Return inputs and targets of mean 0 and spread 1."""
    y = np.asarray(data.y)
    return Dataset(standardize(data).X, (y - y.mean()) / y.std())
