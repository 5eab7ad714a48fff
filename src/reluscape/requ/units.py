"""Lists of ReQU units for the margin program, and the exact margin of a combination of units."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..numbers import exact
from ..numbers.tolerances import DEFAULT
from ..problem.data import Dataset

__all__ = ["ExactUnits", "distinct_units", "line_units", "separating_line"]


class ExactUnits:
    """The samples as integers, to compute the margin of a combination of units without rounding."""

    def __init__(self, data: Dataset, labels: np.ndarray) -> None:
        ones = np.full((data.n, 1), Fraction(1), dtype=object)
        rows, scales = exact.integer_rows(np.concatenate([data.fractions, ones], axis=1))
        self.columns = exact.fmpz_matrix(rows).transpose()
        self.squares = [s * s for s in scales]
        self.signs = [int(v) for v in labels]

    def ratio(self, c: np.ndarray, U: np.ndarray) -> Fraction:
        """Return min_i y_i p(x_i) / sum_k |c_k| |u_k|^2 for p = sum_k c_k relu(<u_k, (x, 1)>)^2, exactly.

        Common factors of c and of all of U cancel, so both are read as integers times a power of two.
        """
        if not len(c):
            return Fraction(0)
        weights, W = _integers(c), _integers(U)
        size = sum(abs(w) * sum(v * v for v in row) for w, row in zip(weights, W, strict=True))
        return min(self._margins(weights, W)) / size if size else Fraction(0)

    def right(self, c: np.ndarray, U: np.ndarray) -> tuple[bool, ...]:
        """Return, per sample, whether y_i p(x_i) > 0, exactly; p(x_i) = 0 is wrong for either label."""
        if not len(c):
            return (False,) * len(self.signs)
        return tuple(margin > 0 for margin in self._margins(_integers(c), _integers(U)))

    def _margins(self, weights: np.ndarray, W: np.ndarray) -> list[Fraction]:
        """Return y_i p(x_i), each times one positive number."""
        products = exact.fmpz_matrix(W) * self.columns
        margins = []
        for i, sign in enumerate(self.signs):
            active = ((w, int(products[k, i])) for k, w in enumerate(weights))
            margins.append(sign * sum((w * t * t for w, t in active if t > 0), Fraction(0)) * self.squares[i])
        return margins


def _integers(values: np.ndarray) -> np.ndarray:
    """Return doubles times a common power of two as Python integers."""
    pairs = [float(v).as_integer_ratio() for v in values.reshape(-1)]
    common = max((q for _, q in pairs), default=1)
    out = np.empty(len(pairs), dtype=object)
    out[:] = [p * (common // q) for p, q in pairs]
    return out.reshape(values.shape)


def distinct_units(units: np.ndarray) -> np.ndarray:
    """Return unit directions, each once."""
    lengths = np.linalg.norm(units, axis=1)
    units = units[lengths > 0] / lengths[lengths > 0][:, None]
    first = np.unique(np.round(units / DEFAULT.same_unit), axis=0, return_index=True)[1]
    return units[np.sort(first)]


def line_units(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the units that separate samples along a line: x -> <w, x> - t with t at every sample, both ways.

    Source: the construction of Liang, Sun and Srikant, Claim 2 in Appendix I.
    """
    n, d = X.shape
    if d == 0:
        return np.empty((0, 1))
    directions = rng.standard_normal((1, d)) if d > 1 else np.ones((1, 1))
    blocks = []
    for w in directions:
        places = X @ w
        spread = np.ptp(places) or 1.0
        knots = np.concatenate([[places.min() - spread / n], places, [places.max() + spread / n]])
        for s in (1.0, -1.0):
            blocks.append(np.concatenate([np.tile(s * w, (len(knots), 1)), -s * knots[:, None]], axis=1))
    return np.concatenate(blocks)


def separating_line(
    data: Dataset, labels: np.ndarray, rng: np.random.Generator
) -> tuple[Fraction, np.ndarray, np.ndarray]:
    """Return the exact margin ratio of units along one line that interpolate the labels, with c and U as doubles.

    It is tiny, but always positive: the last resort where doubles cannot solve the margin program.

    Source: Liang, Sun and Srikant, Claim 2 in Appendix I, with the values y_i instead of growing ones.
    """
    from .interpolation import interpolate_exactly

    points = {tuple(row): int(s) for row, s in zip(data.fractions, labels, strict=True)}
    while True:
        w = [Fraction(int(v)) for v in rng.integers(-1000, 1001, data.d)] if data.d > 1 else [Fraction(1)] * data.d
        places = [sum((a * b for a, b in zip(w, p, strict=True)), Fraction(0)) for p in points]
        if len(set(places)) == len(places):
            break
    spread = max(places) - min(places) or Fraction(1)
    line = interpolate_exactly(places, list(points.values()), min(places) - spread / len(places))
    length = sum(v * v for v in w)
    sizes = [abs(c) * (length + t * t) for c, t in zip(line.exact_coefficients, line.exact_knots, strict=True)]
    c, U = line.weights([float(v) for v in w])
    return Fraction(1) / sum(sizes), c, U
