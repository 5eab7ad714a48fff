"""The network of an interval certificate: its units that count, its kinks, and which of them are one function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CertificateError
from .fields import shaped
from .numerals import brief
from .schema import Part

ZERO, SILENT = "zero", "silent"
FARTHEST = Fraction(10) ** 75
LOSSES = ("squared", "bce", "cross_entropy")


@dataclass(frozen=True, eq=False)
class DeepClaim:
    """The claimed point with its objective, read.

    Attributes:
        layers: matrices (out, in + 1 where there is a bias) of fractions.
        has_bias: for each layer.
        penalised: boolean matrices.
        loss, decay: of the objective.
    """

    layers: list[np.ndarray]
    has_bias: list[bool]
    penalised: list[np.ndarray]
    loss: str
    decay: Fraction

    @property
    def widths(self) -> list[int]:
        """Units of each hidden layer."""
        return [len(M) for M in self.layers[:-1]]


@dataclass(frozen=True)
class Shared:
    """Kinks of one function: the preactivation of each row is its factor times that of the first."""

    layer: int
    unit: int
    rows: tuple[int, ...]
    factors: tuple[Fraction, ...]
    shares: tuple[Fraction, ...]
    parts: tuple[tuple[int, ...], ...]
    value: Fraction


@dataclass(frozen=True, eq=False)
class Reduced:
    """The network of the units that count, with its kinks.

    Attributes:
        layers, penalised: as in the claim, other units left out.
        has_bias: for each layer.
        on, kink: for each hidden layer boolean (n, units).
        shared: the kink functions.
        chosen: for each hidden layer the numbers of the units that count.
    """

    layers: list[np.ndarray]
    penalised: list[np.ndarray]
    has_bias: list[bool]
    on: list[np.ndarray]
    kink: list[np.ndarray]
    shared: list[Shared]
    chosen: list[list[int]]


def read_point(claim: dict[str, Any], X: np.ndarray, y: np.ndarray) -> DeepClaim:
    """Return the point of a claim, its shapes checked against the data and against each other."""
    layers, has_bias = claim["layers"], claim["has_bias"]
    if len(layers) < 2 or len(has_bias) != len(layers) or len(claim["penalised"]) != len(layers):
        raise CertificateError("the claim needs two layers or more, each with its bias and penalty")
    fed, matrices, masks = X.shape[1], [], []
    for number, (rows, has, texts) in enumerate(zip(layers, has_bias, claim["penalised"], strict=True)):
        matrices.append(shaped(rows, (len(rows), fed + int(has)), f"the weights of layer {number + 1}"))
        if len(texts) != len(rows) or any(len(t) != fed + int(has) or set(t) - {"0", "1"} for t in texts):
            raise CertificateError(f"the penalty of layer {number + 1} is not a zero or one for each weight")
        masks.append(np.array([[bit == "1" for bit in t] for t in texts], dtype=bool).reshape(matrices[-1].shape))
        fed = len(rows)
    if fed != y.shape[1]:
        raise CertificateError(f"the network has {fed} outputs, the targets have {y.shape[1]}")
    if claim["decay"] < 0:
        raise CertificateError("the decay is negative")
    refuse_far([claim["decay"]], *(M.reshape(-1) for M in matrices))
    _check_targets(claim["loss"], y)
    return DeepClaim(matrices, list(has_bias), masks, claim["loss"], claim["decay"])


def refuse_far(*lists: Any) -> None:
    """Refuse numbers beyond those that doubles can multiply, with which steps are proposed."""
    if any(abs(v) > FARTHEST for numbers in lists for v in numbers):
        raise CertificateError("a number of the certificate is too large for a check by intervals")


def _check_targets(loss: str, y: np.ndarray) -> None:
    if loss != "squared" and any(not 0 <= v <= 1 for v in y.reshape(-1)):
        raise CertificateError(f"the targets of {loss} are not between 0 and 1")
    if loss == "cross_entropy" and any(sum(row, Fraction(0)) != 1 for row in y):
        raise CertificateError("the targets of cross_entropy do not add up to 1 in every row")


def reduce_network(point: DeepClaim, part: Part, X: np.ndarray) -> Reduced:
    """Return the network of the units that count; that the others rest is checked."""
    units = part.witness["units"]
    if [len(u) for u in units] != point.widths:
        raise CertificateError("the witness does not name every hidden unit once")
    n = len(X)
    for texts in units:
        for text in texts:
            if text not in (ZERO, SILENT) and (len(text) != n or set(text) - set("01k")):
                raise CertificateError(f"the pattern {brief(text)} is not one of 0, 1 and k for each of {n} samples")
    chosen = [[j for j, text in enumerate(texts) if text not in (ZERO, SILENT)] for texts in units]
    counts = [np.array([text not in (ZERO, SILENT) for text in texts], dtype=bool) for texts in units]
    _check_rest(point, units)
    layers, masks = [], []
    before = np.ones(X.shape[1], dtype=bool)
    for M, mask, has, now in zip(
        point.layers, point.penalised, point.has_bias, [*counts, np.ones(len(point.layers[-1]), dtype=bool)],
        strict=True,
    ):  # fmt: skip
        columns = np.concatenate([before, np.ones(int(has), dtype=bool)])
        layers.append(M[now][:, columns])
        masks.append(mask[now][:, columns])
        before = now
    marks = [[texts[j] for j in mine] for texts, mine in zip(units, chosen, strict=True)]
    on, kink = (
        [np.array([[text[i] == mark for text in texts] for i in range(n)], dtype=bool).reshape(n, len(texts))
         for texts in marks]
        for mark in ("1", "k")
    )  # fmt: skip
    asleep = [ZERO in texts for texts in units]
    shared = _share(point.has_bias, on, kink, part.witness["multipliers"], chosen, X, asleep)
    return Reduced(layers, masks, point.has_bias, on, kink, shared, chosen)


def _check_rest(point: DeepClaim, units: list[list[str]]) -> None:
    """Check that penalised weights of the other units are zero, and all weights of units at zero."""
    for k, texts in enumerate(units):
        fed_by = point.layers[k + 1]
        for j, text in enumerate(texts):
            if text not in (ZERO, SILENT):
                continue
            weights = [*point.layers[k][j], *fed_by[:, j]]
            counted = [*point.penalised[k][j], *point.penalised[k + 1][:, j]]
            if text == ZERO and not (point.decay > 0 and all(counted) and not any(weights)):
                raise CertificateError(f"unit {j} of layer {k + 1} is not at zero under a decay on all its weights")
            if point.decay > 0 and any(w != 0 for w, c in zip(weights, counted, strict=True) if c):
                raise CertificateError(f"unit {j} of layer {k + 1} has a penalised weight that does not rest at zero")


def _share(
    has_bias: list[bool], on: list[np.ndarray], kink: list[np.ndarray], entries: list[Any], chosen: list[list[int]],
    X: np.ndarray, asleep: list[bool],
) -> list[Shared]:  # fmt: skip
    """Return the kinks by function; kinks that are zero for all weights are refused."""
    given: dict[tuple[int, int, int], Fraction] = {}
    for layer, unit, row, number in entries:
        key = (layer, unit, row)
        if key in given:
            raise CertificateError("the witness has two multipliers for one kink")
        given[key] = number
    rows_of = [tuple(row) for row in X]
    names: list[Any] = [("row", row) for row in rows_of]
    woken = np.zeros(len(X), dtype=bool)
    out = []
    for k, (now, at) in enumerate(zip(on, kink, strict=True)):
        for u in range(at.shape[1]):
            sets: dict[Any, list[int]] = {}
            for i in np.flatnonzero(at[:, u]).tolist():
                sets.setdefault(_function(k, has_bias[k], names[i], rows_of[i]), []).append(i)
            for name, rows in sets.items():
                if name is None:
                    raise CertificateError(f"a kink of unit {u} of layer {k + 1} is zero whatever the weights are")
                numbers = []
                for i in rows:
                    key = (k, chosen[k][u], i)
                    if key not in given:
                        raise CertificateError(f"the kink of layer {k + 1} at row {i} has no multiplier")
                    numbers.append(given.pop(key))
                out.append(_shared(k, u, rows, numbers, rows_of, woken, has_bias[k]))
        names = [_below(name, pattern) for name, pattern in zip(names, now, strict=True)]
        woken = woken | at.any(axis=1) | asleep[k]
    if given:
        raise CertificateError("the witness has a multiplier where no kink is marked")
    return out


def _function(layer: int, bias: bool, name: Any, row: tuple[Fraction, ...]) -> Any:
    """Return a name for a preactivation as a function of the weights, None for the zero function."""
    if layer == 0 and not bias:
        lead = next((v for v in row if v != 0), None)
        return None if lead is None else tuple(v / lead for v in row)
    if name == "nothing" and not bias:
        return None
    return name


def _below(name: Any, on: np.ndarray) -> Any:
    """Return the name of what a layer hands on."""
    return (name, on.tobytes()) if on.any() else "nothing"


def _shared(
    layer: int, unit: int, rows: list[int], numbers: list[Fraction], rows_of: list[tuple[Fraction, ...]],
    woken: np.ndarray, bias: bool,
) -> Shared:  # fmt: skip
    """Return kinks of one function; rows that lower kinks or units at zero can move apart are judged apart."""
    one = Fraction(1)
    factors = [one] * len(rows)
    if layer == 0 and not bias:
        leads = [next(v for v in rows_of[i] if v != 0) for i in rows]
        factors = [lead / leads[0] for lead in leads]
    value = sum((f * m for f, m in zip(factors, numbers, strict=True)), Fraction(0))
    if value == 0:
        raise CertificateError(f"a multiplier of unit {unit} of layer {layer + 1} is zero, the border")
    apart: dict[Any, list[int]] = {}
    for place, i in enumerate(rows):
        apart.setdefault(rows_of[i] if layer and woken[i] else None, []).append(place)
    shares = tuple(m / value for m in numbers)
    return Shared(layer, unit, tuple(rows), tuple(factors), shares, tuple(map(tuple, apart.values())), value)
