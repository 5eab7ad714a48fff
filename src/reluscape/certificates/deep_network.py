"""The network of an interval certificate: its units that count, its kinks, and which of them are one function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CertificateError
from .deep_follow import follow
from .effort import Effort
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
class Kink:
    """A unit whose preactivation is zero at a row, with its multiplier.

    One that follows from others vanishes where they do; its multiplier stays that of the certificate.
    """

    layer: int
    unit: int
    row: int
    value: Fraction
    follows: bool


@dataclass(frozen=True, eq=False)
class Reduced:
    """The network of the units that count, with its kinks.

    Attributes:
        layers, penalised: as in the claim, other units left out.
        has_bias: for each layer.
        on, kink: for each hidden layer boolean (n, units).
        kinks: each with its multiplier.
        alike: numbers of kinks whose preactivations always agree up to factors, each with its factor.
        chosen: for each hidden layer the numbers of the units that count.
    """

    layers: list[np.ndarray]
    penalised: list[np.ndarray]
    has_bias: list[bool]
    on: list[np.ndarray]
    kink: list[np.ndarray]
    kinks: list[Kink]
    alike: list[list[tuple[int, Fraction]]]
    chosen: list[list[int]]

    @property
    def free(self) -> list[Kink]:
        """The kinks that do not follow from others."""
        return [kink for kink in self.kinks if not kink.follows]


def read_point(claim: dict[str, Any], X: np.ndarray, y: np.ndarray) -> DeepClaim:
    """Return the point of a claim, its shapes checked against the data and against each other."""
    layers, has_bias = claim["layers"], claim["has_bias"]
    if len(layers) < 2 or len(has_bias) != len(layers) or len(claim["penalised"]) != len(layers):
        raise CertificateError("the claim needs two layers or more, each with its bias and penalty")
    width, matrices, masks = X.shape[1], [], []
    for number, (rows, has, texts) in enumerate(zip(layers, has_bias, claim["penalised"], strict=True)):
        matrices.append(shaped(rows, (len(rows), width + int(has)), f"the weights of layer {number + 1}"))
        if len(texts) != len(rows) or any(len(t) != width + int(has) or set(t) - {"0", "1"} for t in texts):
            raise CertificateError(f"the penalty of layer {number + 1} is not a zero or one for each weight")
        masks.append(np.array([[bit == "1" for bit in t] for t in texts], dtype=bool).reshape(matrices[-1].shape))
        width = len(rows)
    if width != y.shape[1]:
        raise CertificateError(f"the network has {width} outputs, the targets have {y.shape[1]}")
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


def reduce_network(point: DeepClaim, part: Part, X: np.ndarray, effort: Effort) -> Reduced:
    """Return the network of the units that count; that the others rest is checked."""
    units = part.witness["units"]
    if [len(u) for u in units] != point.widths:
        raise CertificateError("the witness does not name every hidden unit once")
    n = len(X)
    for texts in units:
        for text in texts:
            if text not in (ZERO, SILENT) and (len(text) != n or set(text) - set("01k")):
                raise CertificateError(f"the pattern {brief(text)} is not one of 0, 1 and k for each of {n} samples")
    picks = [[j for j, text in enumerate(texts) if text not in (ZERO, SILENT)] for texts in units]
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
    marks = [[texts[j] for j in mine] for texts, mine in zip(units, picks, strict=True)]
    on, kink = (
        [np.array([[text[i] == mark for text in texts] for i in range(n)], dtype=bool).reshape(n, len(texts))
         for texts in marks]
        for mark in ("1", "k")
    )  # fmt: skip
    asleep = [ZERO in texts for texts in units]
    kinks, alike = _kinks(point.has_bias, on, kink, part.witness["multipliers"], picks, X, asleep, effort)
    return Reduced(layers, masks, point.has_bias, on, kink, kinks, alike, picks)


def _check_rest(point: DeepClaim, units: list[list[str]]) -> None:
    """Check that penalised weights of the other units are zero, and all weights of units at zero."""
    for k, texts in enumerate(units):
        fed_by = point.layers[k + 1]
        for j, text in enumerate(texts):
            if text not in (ZERO, SILENT):
                continue
            weights = [*point.layers[k][j], *fed_by[:, j]]
            in_penalty = [*point.penalised[k][j], *point.penalised[k + 1][:, j]]
            if text == ZERO and not (point.decay > 0 and all(in_penalty) and not any(weights)):
                raise CertificateError(f"unit {j} of layer {k + 1} is not at zero under a decay on all its weights")
            if point.decay > 0 and any(w != 0 for w, c in zip(weights, in_penalty, strict=True) if c):
                raise CertificateError(f"unit {j} of layer {k + 1} has a penalised weight that does not rest at zero")


def _kinks(
    has_bias: list[bool], on: list[np.ndarray], kink: list[np.ndarray], entries: list[Any], picks: list[list[int]],
    X: np.ndarray, asleep: list[bool], effort: Effort,
) -> tuple[list[Kink], list[list[tuple[int, Fraction]]]]:  # fmt: skip
    """Return the kinks, and which always agree; kinks that are zero for all weights are refused."""
    multipliers: dict[tuple[int, int, int], Fraction] = {}
    for layer, unit, row, number in entries:
        key = (layer, unit, row)
        if key in multipliers:
            raise CertificateError("the witness has two multipliers for one kink")
        multipliers[key] = number
    rows_of = [tuple(row) for row in X]
    names: list[Any] = [("row", row) for row in rows_of]
    woken = np.zeros(len(X), dtype=bool)
    out: list[Kink] = []
    alike: dict[Any, list[tuple[int, Fraction]]] = {}
    following = follow(X, has_bias, on, kink, effort)
    for k, (now, at) in enumerate(zip(on, kink, strict=True)):
        for u in range(at.shape[1]):
            for i in np.flatnonzero(at[:, u]).tolist():
                name, factor = _function(k, has_bias[k], names[i], rows_of[i])
                if name is None:
                    raise CertificateError(f"a kink of unit {u} of layer {k + 1} is zero whatever the weights are")
                key = (k, picks[k][u], i)
                if key not in multipliers:
                    raise CertificateError(f"the kink of layer {k + 1} at row {i} has no multiplier")
                # rows that lower kinks or units at zero can move apart agree where their samples do
                same = rows_of[i] if k and woken[i] else name
                alike.setdefault((k, u, same), []).append((len(out), factor))
                out.append(Kink(k, u, i, multipliers.pop(key), i in following[k][u]))
        names = [_below(name, pattern) for name, pattern in zip(names, now, strict=True)]
        woken = woken | at.any(axis=1) | asleep[k]
    if multipliers:
        raise CertificateError("the witness has a multiplier where no kink is marked")
    return out, list(alike.values())


def _function(layer: int, bias: bool, name: Any, row: tuple[Fraction, ...]) -> tuple[Any, Fraction]:
    """Return a name for a preactivation as a function of the weights, None for the zero function, and its factor."""
    if layer == 0 and not bias:
        lead = next((v for v in row if v != 0), None)
        return (None, Fraction(1)) if lead is None else (tuple(v / lead for v in row), lead)
    return (None if name == "nothing" and not bias else name), Fraction(1)


def _below(name: Any, on: np.ndarray) -> Any:
    """Return the name of what a layer hands on."""
    return (name, on.tobytes()) if on.any() else "nothing"
