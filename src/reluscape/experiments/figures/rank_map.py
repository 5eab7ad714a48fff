"""Heat maps of the chance of a full-rank Jacobian: at random starts and over all regions, for two laws of the data."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...bounds import karhadkar_corollary_5, karhadkar_theorem_2, karhadkar_theorem_7
from ...jacobian import full_rank_fraction_random_data, full_rank_fraction_random_regions
from ...numbers.seeds import stream
from .maps import panel

HALF = Fraction(1, 2)
# (name of the row, population, law of the inputs)
ROWS = (
    ("random starts,\nuniform inputs", "initialization", "uniform"),
    ("random starts,\nnormal inputs", "initialization", "normal"),
    ("all regions alike,\nuniform inputs", "regions", "uniform"),
    ("all regions alike,\nnormal inputs", "regions", "normal"),
)


def chances(
    samples: Sequence[int],
    widths: Sequence[int],
    inputs: Sequence[int],
    trials: int,
    seed: int,
    name: str,
    population: str = "initialization",
    data: str = "uniform",
) -> dict[str, Any]:
    """Compute one panel: for each width (rows) and number of samples (columns) a chance with its interval and kind.

    Each cell draws from its own stream, so that neither the grid nor the order changes a number.

    Args:
        samples: numbers of samples.
        widths: numbers of hidden units.
        inputs: number of inputs for each number of samples, the column of ones not counted.
        trials: draws of data and weights, or of data and a region, for each cell.
        seed: seed of all streams.
        name: name of all streams.
        population: "initialization" (PyTorch's law) or "regions" (the non-empty ones, each alike).
        data: "uniform" on [0, 1] or "normal".
    """

    def cell(n: int, d: int, width: int) -> Any:
        rng = stream(seed, name, population, data, n, d, width)
        if population == "initialization":
            return full_rank_fraction_random_data(n, d, width, data=data, trials=trials, rng=rng)
        return full_rank_fraction_random_regions(n, d, width, data=data, trials=trials, rng=rng)

    cells = [[cell(n, d, width) for n, d in zip(samples, inputs, strict=True)] for width in widths]
    return panel(samples, widths, cells, _lines(samples, inputs, population, data, 2 * max(widths)))


def _lines(
    samples: Sequence[int], inputs: Sequence[int], population: str, data: str, widest: int
) -> dict[str, list[float | None]]:
    """Return the widths that count weights, that reach one half exactly, and that theorems ask for."""
    pairs = list(zip(samples, inputs, strict=True))
    lines: dict[str, list[float | None]] = {"as many hidden weights as samples": [n / (d + 1) for n, d in pairs]}
    if population == "regions" and set(inputs) == {1}:
        lines["one half, exact"] = [karhadkar_theorem_7(n, HALF, form="sharp") for n in samples]
        lines["Theorem 7 promises one half"] = [karhadkar_theorem_7(n, HALF) for n in samples]
    elif population == "regions":
        if all(n <= d + 1 for n, d in pairs):
            lines["one half, exact"] = [karhadkar_corollary_5(n, HALF) for n in samples]
        name = "Theorem 2 promises one half, over all patterns"
        lines[name] = [karhadkar_theorem_2(n, d + 1, HALF) for n, d in pairs]
    elif data == "uniform" and set(inputs) == {1}:
        lines["one half, exact"] = [_half(n, widest) for n in samples]
    return lines


def _half(n: int, widest: int) -> int | None:
    """Return the least width of at most `widest` at which one half of the random starts have full rank, one input."""

    def reached(width: int) -> bool:
        return full_rank_fraction_random_data(n, 1, width, exact=True) >= HALF

    low, high = 0, widest
    if not reached(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
