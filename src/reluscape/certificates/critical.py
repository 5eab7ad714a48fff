"""Checking that a network is a local minimum, or is not one, from the proof alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from ..numbers.fans import MOST_COLUMNS, fan_minima, ray_count
from .effort import Effort
from .fields import shaped
from .numerals import told
from .schema import Part

RAY_BUDGET = 1_000_000


@dataclass(frozen=True, eq=False)
class _Network:
    """The claimed point on its data; signs[i][j] of <w_j, x_i>, errors e_i = 2 (f(x_i) - y_i)."""

    X: np.ndarray
    y: np.ndarray
    W: np.ndarray
    v: np.ndarray
    c: Fraction | None
    slope: Fraction
    frozen: bool
    heights: np.ndarray
    prediction: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Derivatives of the squared loss."""
        return 2 * (self.prediction - self.y)


def _network(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> _Network:
    """Evaluate the claimed point, and compare its loss with the claim."""
    assert y is not None
    claim, (n, d) = part.claim, X.shape
    W, v, c, slope = claim["W"], claim["v"], claim["c"], claim["slope"]
    m = len(v)
    effort.spend(n * m * (2 * d + 4), "the network")
    heights = np.full((n, m), Fraction(0), dtype=object)
    for i in range(n):
        for j in range(m):
            heights[i, j] = _dot(W[j], X[i])
    outputs = np.where(heights > 0, heights, slope * heights) if n and m else heights
    prediction = np.array([_dot(row, v) + (c or 0) for row in outputs], dtype=object)
    network = _Network(X, y, W, v, c, slope, claim["trainable"] == "W", heights, prediction)
    loss = sum((r * r for r in prediction - y), Fraction(0)) / max(n, 1)
    if loss != claim["loss"]:
        raise CertificateError(f"the loss of the point is {told(loss)}, not the claimed {told(claim['loss'])}")
    return network


def _dot(a: Any, b: Any) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def check_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check the conditions of every unit from its multipliers."""
    net = _network(part, X, y, effort)
    if net.c is not None and sum(net.errors) != 0:
        raise CertificateError("the errors do not sum to zero, so moving the output bias lowers the loss")
    for j, proof in enumerate(part.witness["units"]):
        method = proof["method"]
        if net.v[j] == 0 and net.frozen:
            _expect(j, method, "frozen")
            continue
        effort.spend(X.size, "the derivatives")
        g, lines = _form(net, j)
        if net.v[j] == 0:
            _expect(j, method, "vanishes")
            if any(g) or lines:
                raise CertificateError(f"unit {j} has output weight 0 and a derivative that does not vanish")
            continue
        sign = 1 if net.v[j] > 0 else -1
        g, lines = sign * g, [(row, sign * w) for row, w in lines]
        if method == "multipliers":
            corners = proof["corners"]
            effort.spend(len(corners) * (len(lines) + 1) * len(g), "the corners")
            _check_multipliers(j, g, lines, corners)
        elif method == "inclusion":
            effort.spend((len(lines) + 1) ** 2 * len(g), "the map")
            _check_inclusion(j, g, lines, proof)
        elif method == "rays":
            _check_rays(j, g, lines, effort)
        else:
            raise CertificateError(f"unit {j} has no proof ({method!r})")
    return f"{_subject(part)} is a local minimum"


def _expect(j: int, method: str, only: str) -> None:
    """Refuse what would not be looked at."""
    if method != only:
        raise CertificateError(f"unit {j} has output weight 0, so that its proof is {only!r}, not {method!r}")


def _form(net: _Network, j: int) -> tuple[np.ndarray, list[tuple[np.ndarray, Fraction]]]:
    """Return the linear part and the kinks of a unit's one-sided derivative, one kink per line."""
    g = np.full(net.X.shape[1], Fraction(0), dtype=object)
    totals: dict[tuple[Fraction, ...], Fraction] = {}
    for x, e, h in zip(net.X, net.errors, net.heights[:, j], strict=True):
        g = g + (e if h > 0 else net.slope * e) * x
        lead = next((value for value in x if value != 0), None)
        if h != 0 or lead is None or e == 0 or net.slope == 1:
            continue
        weight, row = (1 - net.slope) * e * abs(lead), tuple(value / abs(lead) for value in x)
        if lead < 0:  # relu(-t) = relu(t) - t
            g, row = g + weight * np.array(row, dtype=object), tuple(-value for value in row)
        totals[row] = totals.get(row, Fraction(0)) + weight
    return g, [(np.array(row, dtype=object), w) for row, w in totals.items() if w != 0]


def _check_multipliers(j: int, g: np.ndarray, lines: list[tuple[np.ndarray, Fraction]], corners: Any) -> None:
    """For each corner of the lines with negative weight, the positive ones must add up to minus g."""
    negative, positive = [k for k in lines if k[1] < 0], [k for k in lines if k[1] > 0]
    if len(negative) > 40 or len(corners) != 2 ** len(negative):
        raise CertificateError(f"unit {j}: {len(corners)} sets of multipliers, expected one per corner")
    for bits, entry in zip(product((0, 1), repeat=len(negative)), corners, strict=True):
        numbers = shaped(entry, (len(positive),), f"the multipliers of unit {j}")
        if any(t < 0 or t > 1 for t in numbers):
            raise CertificateError(f"unit {j}: a multiplier lies outside [0, 1]")
        total = np.array(g, dtype=object)
        for (row, w), bit in zip(negative, bits, strict=True):
            total = total + bit * w * row
        for (row, w), t in zip(positive, numbers, strict=True):
            total = total + t * w * row
        if any(total):
            raise CertificateError(f"unit {j}: the multipliers do not cancel the derivative")


def _check_rays(j: int, g: np.ndarray, lines: list[tuple[np.ndarray, Fraction]], effort: Effort) -> None:
    """Evaluate the derivative on every ray of the fan of the unit's kinks."""
    rows = np.array([row for row, _ in lines], dtype=object).reshape(len(lines), len(g))
    effort.spend(rows.size * min(rows.shape), "the rank of the kinks")
    columns = list(exact.pivot_columns(rows))
    free = exact.nullspace(rows)
    if len(columns) == 0 or (len(free) and any(free @ g)):
        raise CertificateError(f"unit {j}: the derivative is negative in a direction along all its kinks")
    if ray_count(len(lines), len(columns)) > RAY_BUDGET:
        raise CertificateError(f"unit {j}: more rays than the budget of {RAY_BUDGET}")
    rays = ray_count(len(lines), len(columns))
    small, slope = rows[:, columns], g[columns]
    weights = np.array([w for _, w in lines], dtype=object)
    if len(columns) <= MOST_COLUMNS:
        whole_rows, common = _integers(small)
        longest = max(int(abs(v)).bit_length() for v in whole_rows.reshape(-1))
        effort.spend_integers(rays * len(lines), longest * len(columns), "the rays")
        whole, _ = _integers(np.concatenate([slope, weights / common]))  # a positive multiple changes no sign
        r = len(columns)
        falls = any((values < 0).any() for _, values in fan_minima(whole[:r], whole_rows, whole[r:]))
    else:
        effort.spend(rays * (len(lines) + len(columns) ** 2), "the rays")
        falls = any(_falls(slope, small, weights, u) for u in _lines_of(small))
    if falls:
        raise CertificateError(f"unit {j}: the derivative is negative on a ray")


def _integers(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return exact numbers times their common denominator, and that denominator."""
    common = math.lcm(*(Fraction(v).denominator for v in values.reshape(-1)))
    return np.vectorize(lambda v: int(v * common), otypes=[object])(values), common


def _lines_of(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Yield both directions of every line that as many independent hyperplanes as it takes share."""
    for subset in combinations(range(len(rows)), rows.shape[1] - 1):
        line = exact.nullspace(rows[list(subset)]) if subset else exact.fraction_matrix([[1]])
        if len(line) == 1:
            yield line[0]
            yield -line[0]


def _falls(g: np.ndarray, rows: np.ndarray, weights: np.ndarray, u: np.ndarray) -> bool:
    """Return whether the derivative is negative in a direction."""
    kinks = (w * max(_dot(r, u), Fraction(0)) for r, w in zip(rows, weights, strict=True))
    return bool(_dot(g, u) + sum(kinks, Fraction(0)) < 0)


def _check_inclusion(j: int, g: np.ndarray, lines: list[tuple[np.ndarray, Fraction]], proof: dict[str, Any]) -> None:
    """One affine map from corners to multipliers: it must cancel g and every negative line, and stay in [0, 1]."""
    negative, positive = [k for k in lines if k[1] < 0], [k for k in lines if k[1] > 0]
    shift = shaped(proof["shift"], (len(positive),), f"the multipliers of unit {j}")
    change = shaped(proof["change"], (len(positive), len(negative)), f"the map of unit {j}")
    targets = [g, *(w * row for row, w in negative)]
    for target, numbers in zip(targets, [shift, *change.T], strict=True):
        total = np.array(target, dtype=object)
        for (row, w), t in zip(positive, numbers, strict=True):
            total = total + t * w * row
        if any(total):
            raise CertificateError(f"unit {j}: the map does not cancel the derivative")
    for t, row in zip(shift, change, strict=True):
        least = t + sum((c for c in row if c < 0), Fraction(0))
        most = t + sum((c for c in row if c > 0), Fraction(0))
        if least < 0 or most > 1:
            raise CertificateError(f"unit {j}: a multiplier can leave [0, 1]")


def check_not_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Expand the loss along the direction; its first non-zero coefficient must be negative."""
    net = _network(part, X, y, effort)
    m, dW, dv, dc = len(net.v), part.witness["dW"], part.witness["dv"], part.witness["dc"]
    if (net.frozen and any(dv)) or (net.c is None and dc != 0):
        raise CertificateError("the direction moves a weight that is not trained")
    effort.spend(2 * m * X.size, "the direction")
    coefficients = [Fraction(0)] * 5
    for i, x in enumerate(net.X):
        a, b = dc, Fraction(0)
        for j in range(m):
            h, move = net.heights[i, j], _dot(dW[j], x)
            rise = move if h > 0 or (h == 0 and move > 0) else net.slope * move
            a += dv[j] * (h if h > 0 else net.slope * h) + net.v[j] * rise
            b += dv[j] * rise
        r = net.prediction[i] - net.y[i]
        for power, value in ((1, 2 * r * a), (2, a * a + 2 * r * b), (3, 2 * a * b), (4, b * b)):
            coefficients[power] += value
    power, leading = next(((p, value) for p, value in enumerate(coefficients) if value != 0), (0, Fraction(0)))
    if leading >= 0:
        raise CertificateError("the loss does not fall along the direction")
    verdict = part.claim.get("verdict")
    if verdict == "not stationary" and power != 1:
        raise CertificateError("the verdict 'not stationary' needs a direction of negative first derivative")
    if verdict == "saddle" and not _flat(net):
        raise CertificateError("the verdict 'saddle' needs a gradient of zero, which this point does not have")
    order = "first" if power == 1 else "second" if power == 2 else "third" if power == 3 else "fourth"
    kind = "" if verdict is None else f", and {'a saddle' if verdict == 'saddle' else verdict}"
    return f"{_subject(part)} is no local minimum{kind}: the loss falls in a direction, at {order} order"


def _flat(net: _Network) -> bool:
    """Return whether all derivatives of the loss exist in the trained weights and are zero."""
    outputs = np.where(net.heights > 0, net.heights, net.slope * net.heights)
    moves = [] if net.frozen else [_dot(net.errors, column) for column in outputs.T]
    if any(moves) or (net.c is not None and sum(net.errors) != 0):
        return False
    forms = (_form(net, j) for j in range(len(net.v)) if net.v[j] != 0)
    return not any(lines or any(g) for g, lines in forms)


def _subject(part: Part) -> str:
    """Return what a certificate is about, in words: the network, its loss, and the weights that may move."""
    claim, units = part.claim, len(part.claim["v"])
    slope = "" if claim["slope"] == 0 else f" of slope {told(claim['slope'])} below zero (not ReLU)"
    bias = "no output bias" if claim["c"] is None else "an output bias"
    clause = ", its output weights held fixed," if claim["trainable"] == "W" else ""
    size = f"{units} unit{'' if units == 1 else 's'}{slope} and {bias}"
    return f"the network of {size}{clause} with mean squared error {told(claim['loss'])}"
