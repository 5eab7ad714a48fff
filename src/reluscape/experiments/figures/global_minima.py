"""How often a region holds a global minimum of loss zero: one heat map for given data, targets and population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...numbers.exact import exact_decimals
from ...numbers.seeds import stream
from ...probability.zero_loss.share import zero_loss_fraction
from .maps import panel

__all__ = ["COLUMNS", "TARGETS", "draw_data", "shares"]

_PLACES = 6
TARGETS = {"random": "random labels", "quadratic": "quadratic polynomial", "teacher": "teacher of the same width"}
# (title of the column, population, law of the inputs)
COLUMNS = (
    ("random starts,\nuniform inputs", "initialization", "uniform"),
    ("random starts,\nnormal inputs", "initialization", "normal"),
    ("all regions alike,\nuniform inputs", "regions", "uniform"),
    ("all regions alike,\nnormal inputs", "regions", "normal"),
)


def draw_data(
    rng: np.random.Generator, n: int, d: int, width: int, inputs: str = "uniform", targets: str = "random"
) -> tuple[np.ndarray, np.ndarray]:
    """Draw samples with a column of ones (n, d + 1) and targets (n,), rounded to six decimals and read as exact ones.

    Args:
        rng: source of all draws.
        n: samples.
        d: inputs.
        width: hidden units of a teacher, whose output weights are 1 and -1 in turn.
        inputs: "uniform" on [-1, 1] or "normal".
        targets: "random" (uniform on [-1, 1]), "quadratic" (a polynomial of degree two in each input, coefficients
            uniform on [-1, 1], added up) or "teacher" (weights of He's uniform law).
    """
    x = rng.uniform(-1, 1, (n, d)) if inputs == "uniform" else rng.standard_normal((n, d))
    x = x.round(_PLACES)
    X = np.column_stack([x, np.ones(n)])
    if targets == "random":
        y = rng.uniform(-1, 1, n)
    elif targets == "quadratic":
        a, b, c = rng.uniform(-1, 1, (3, d))
        y = x**2 @ a + x @ b + c.sum()
    else:
        bound = np.sqrt(6 / d)
        y = np.maximum(X @ rng.uniform(-bound, bound, (width, d + 1)).T, 0) @ np.resize([1.0, -1.0], width)
    return exact_decimals(X), exact_decimals(y.round(_PLACES))


def shares(
    d: int,
    samples: Sequence[int],
    widths: Sequence[int],
    trials: int,
    seed: int,
    name: str,
    population: str = "initialization",
    inputs: str = "uniform",
    targets: str = "random",
    lines: Mapping[str, Sequence[float | None]] | None = None,
) -> dict[str, Any]:
    """Return the heat map of one setting: for each width (rows) and number of samples a share with its interval.

    Each cell has data and draws from a stream of its own; the data are drawn once, and every region is decided exactly.
    """

    def cell(n: int, width: int) -> Any:
        rng = stream(seed, name, population, inputs, targets, d, n, width)
        X, y = draw_data(rng, n, d, width, inputs, targets)
        signs = np.resize([1, -1], width)
        return zero_loss_fraction(X, y, signs, population, "he_uniform", trials, rng, exact=False)

    cells = [[cell(n, width) for n in samples] for width in widths]
    width_line = {"as many hidden weights as samples": [n / (d + 1) for n in samples]}
    return panel(samples, widths, cells, {**width_line, **(lines or {})})
