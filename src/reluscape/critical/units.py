"""The one-sided derivative psi_j of each unit at a point, its samples on the hyperplane gathered by their lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers import exact
from ..numbers.tolerances import Tolerances
from .point import Point


@dataclass(frozen=True, eq=False)
class Lines:
    """psi(u) = <g, u> + sum_k weight_k relu(<row_k, u>) with pairwise non-parallel rows and non-zero weights.

    Repeated, rescaled and antipodal samples share a line, because relu(-t) = relu(t) - t.

    Attributes:
        g: (d,) the linear part.
        rows: (k, d) one direction per line.
        weights: (k,).
    """

    g: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    def value(self, u: Any) -> Any:
        """Return psi(u)."""
        heights = self.rows @ u if len(self.rows) else self.weights
        if heights.dtype.kind == "f" and self.weights.dtype.kind == "f":
            return self.g @ u + self.weights @ np.maximum(heights, 0.0)
        zero = 0 * (self.g @ u)
        return self.g @ u + sum((w * h for w, h in zip(self.weights, heights, strict=True) if h > 0), zero)

    def signed(self, sign: int) -> Lines:
        """Return sign * psi."""
        return Lines(sign * self.g, self.rows, sign * self.weights)


def exact_lines(g: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> Lines:
    """Gather primitive integer rows by their lines, exactly.

    Args:
        g: (d,) rational or integer.
        rows: (k, d) primitive integers, no zero row.
        weights: (k,) rational or integer.
    """
    g = np.array(g, dtype=object)
    totals: dict[tuple[int, ...], Any] = {}
    for row, weight in zip(rows, weights, strict=True):
        if weight == 0:
            continue
        lead = next(v for v in row if v)
        key = tuple(row) if lead > 0 else tuple(-v for v in row)
        if lead < 0:
            g = g + weight * row
        totals[key] = totals.get(key, 0) + weight
    entries = [(key, total) for key, total in totals.items() if total != 0]
    out_rows, out_weights = np.empty((len(entries), len(g)), dtype=object), np.empty(len(entries), dtype=object)
    for k, (key, total) in enumerate(entries):
        out_rows[k], out_weights[k] = key, total
    return Lines(g, out_rows, out_weights)


def float_lines(g: np.ndarray, rows: np.ndarray, weights: np.ndarray, parallel: float, negligible: float) -> Lines:
    """Gather float rows by their lines up to a tolerance; rows come back with unit length.

    Args:
        g: (d,).
        rows: (k, d) no zero row.
        weights: (k,).
        parallel: unit vectors closer than this count as one line.
        negligible: total weights (times row length) up to this count as zero.
    """
    length = np.linalg.norm(rows, axis=1)
    unit, unit_weights = rows / length[:, None], weights * length
    lead = unit[np.arange(len(unit)), np.abs(unit).argmax(axis=1)] if len(unit) else np.zeros(0)
    negative = lead < 0
    g = g + unit_weights[negative] @ unit[negative]
    unit = np.where(negative[:, None], -unit, unit)
    numbers: dict[bytes, int] = {}
    cells = np.round(unit / parallel) + 0.0  # no negative zero
    line = np.array([numbers.setdefault(cell.tobytes(), len(numbers)) for cell in cells], dtype=np.int64)
    first = np.unique(line, return_index=True)[1]
    totals = np.bincount(line, weights=unit_weights, minlength=len(first))
    keep = np.abs(totals) > negligible
    return Lines(g, unit[first][keep], totals[keep])


@dataclass(frozen=True, eq=False)
class UnitForm:
    """psi_j(u) = <g_j, u> + sum over samples on the hyperplane of e_i relu(<x_i, u>), times a positive `scale`.

    Attributes:
        psi: the form; integers where the point is rational.
        scale: psi is this multiple of the true form.
        size: float, sum of |e_i| |x_i| over the samples that take part.
        tolerance: float, lengths up to this count as zero (0 where rational).
        pull: derivative of the loss sum in the output weight, sum_i e_i phi(<w_j, x_i>), in the units of `scale`.
        floor: float, lines of samples on the hyperplane up to this were left out (0 where rational).
        rounding: float, lengths that may be nothing but rounding (0 where rational).
    """

    psi: Lines
    scale: Any
    size: float
    tolerance: float
    pull: Any
    floor: float = 0.0
    rounding: float = 0.0


def unit_forms(point: Point, tolerances: Tolerances) -> list[UnitForm]:
    """Return the form of every unit."""
    return _rational_forms(point) if point.rational else _float_forms(point, tolerances)


def _rational_forms(point: Point) -> list[UnitForm]:
    """Return forms with integer entries: errors times row scales over one common denominator."""
    data, m = point.data, len(point.W)
    if m == 0:
        return []
    weights = point.errors * data.row_scale if data.n else np.zeros(0, dtype=object)
    slope = Fraction(point.slope)
    common = math.lcm(*(w.denominator for w in weights)) if data.n else 1
    integers = np.array([int(w * common) for w in weights], dtype=object)
    a, b = slope.numerator, slope.denominator
    on = (point.signs > 0).T
    factors = np.where(on, b, a).astype(object) * integers if data.n else np.zeros((m, 0), dtype=object)
    G = np.zeros((m, data.d), dtype=object)
    if data.n and data.d:
        product = exact.fmpz_matrix(factors) * exact.fmpz_matrix(data.rows)
        G = np.array([int(p) for p in product.entries()], dtype=object).reshape(m, data.d)
    size = np.abs(np.array(point.errors, dtype=float)) * np.linalg.norm(data.X, axis=1)
    boundary = ((point.signs == 0) & point.live[:, None]).T
    takes_part = (np.ones_like(on) if slope else on | boundary) & (point.signs != 0).T | boundary
    sizes = takes_part.astype(float) @ size if data.n else np.zeros(m)
    forms = []
    for j in range(m):
        B = np.flatnonzero(boundary[j])
        psi = exact_lines(G[j], data.rows[B], (b - a) * integers[B])
        pull = sum((x * y for x, y in zip(G[j], point.W[j], strict=True)), Fraction(0))
        forms.append(UnitForm(psi, Fraction(common * b), float(sizes[j]), 0.0, pull))
    return forms


def _float_forms(point: Point, tolerances: Tolerances) -> list[UnitForm]:
    """Return forms in floats, each with the tolerance below which a length counts as zero."""
    data, m = point.data, len(point.W)
    errors = np.asarray(point.errors, dtype=float)
    slope = float(point.slope)
    length = point.lengths
    on = (point.signs > 0).T
    boundary = ((point.signs == 0) & point.live[:, None]).T
    factors = on.astype(float) if slope == 0 else np.where(on, 1.0, slope)
    G = (factors * errors) @ data.X
    taking = on | boundary if slope == 0 else np.ones_like(on)
    sizes = taking.astype(float) @ (np.abs(errors) * length)
    rounding = taking.astype(float) @ (point.noise * length)
    top = float(np.abs(errors).max(initial=0.0))
    # rows that the unit never meets, however long, hide none of its lines
    on_kink = boundary.any(axis=1)
    floors = np.zeros(m)
    for weight, values in ((tolerances.stationarity * top, length), (1.0, point.noise * length)):
        floors[on_kink] += weight * np.where(taking[on_kink], values, 0.0).max(axis=1, initial=0.0)
    forms = []
    W = np.asarray(point.W, dtype=float)
    for j in range(m):
        tolerance = tolerances.stationarity * float(sizes[j]) + float(rounding[j])
        if on_kink[j]:
            B = np.flatnonzero(boundary[j])
            psi = float_lines(G[j], data.X[B], (1 - slope) * errors[B], tolerances.parallel, float(floors[j]))
        else:
            psi = Lines(G[j], np.zeros((0, data.d)), np.zeros(0))
        forms.append(
            UnitForm(psi, 1.0, float(sizes[j]), tolerance, float(G[j] @ W[j]), float(floors[j]), float(rounding[j]))
        )
    return forms
