"""What is known about one point of weight space: its kind, and the witness that shows it, also as a certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..basins.result import Basin
from ..certificates import fraction_text, fraction_texts, new
from ..problem.problem import Problem
from .onesided import OneSided
from .point import Point

# a fraction with more bits than this is told as a decimal
MOST_BITS = 100
MINIMUM, SADDLE, NOT_STATIONARY, UNDECIDED = "local minimum", "saddle", "not stationary", "undecided"


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer of the local-optimality test at one point.

    Attributes:
        kind: "local minimum", "saddle" (no direction falls to first order, yet lower loss lies arbitrarily near),
            "not stationary" (some direction falls to first order) or "undecided".
        reason: one sentence: what decided.
        is_local_minimum: True, False, or None where undecided.
        differentiable: no non-zero sample lies on any unit's hyperplane (units with v_j = 0 included).
        loss: mean loss of the point.
        exact_loss: the same as a `Fraction` where weights, data and loss are rational, else None.
        escape: None, or (dW, dv), with dc third where an output bias is trained: the loss at theta + t * escape is
            below the loss at theta for every small t > 0 (checked at t = 1, 1/2, 1/4, ...). Of a network of more
            layers the weights and the bias of each layer in turn.
        slack: how close the call is. At a minimum the smallest distance of an inequality from failing (a sample off a
            hyperplane by its angle, a sample on one by its multiplier's distance from 0 and 1), 0 for a tie, infinite
            where nothing could fail. Elsewhere minus the steepest relative descent, 0 at a saddle.
        residual: largest stationarity residual beyond rounding, relative to the size of its terms; 0 where the test is
            exact.
        units: units that violate the conditions.
        method: "exact" (rational arithmetic), "certified" (an exact minimum is proved to lie beside the weights; with
            weight decay) or "numerical".
        zero_rows: samples that are zero; they count in the loss and nowhere else.
        build_certificate: writes the certificate when it is first asked for.
        problem: what was minimised.
        objective: mean loss plus penalty of the point; None where nothing is added to the loss (then it is `loss`).
        is_global_minimum: True where the point is a global minimum of every width (with weight decay), else None.
        distance: how far the proved minimum is from the given weights, with weight decay; else None.
        kinks: with weight decay, the pairs of a unit and a sample on its hyperplane at the proved minimum.
        build_infimum: looks for the infimum of the basin when it is first asked for.

    Example:
        >>> from reluscape import certify
        >>> certify([[1, 0], [0, 1]], [1, -1], [[1, 0]], [1]).kind
        'local minimum'
    """

    kind: str
    reason: str
    is_local_minimum: bool | None
    differentiable: bool
    loss: float
    exact_loss: Fraction | None
    escape: tuple[Any, ...] | None
    slack: float
    residual: float
    units: tuple[int, ...]
    method: str
    zero_rows: tuple[int, ...]
    build_certificate: Callable[[], dict[str, Any]] | None = field(default=None, repr=False)
    problem: Problem | None = field(default=None, repr=False, compare=False)
    objective: float | None = None
    is_global_minimum: bool | None = None
    distance: float | None = None
    kinks: tuple[tuple[int, int], ...] = ()
    build_infimum: Callable[[], Basin | None] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def infimum(self) -> Basin | None:
        """The basin in which the logistic loss falls for ever, its infimum between rational ends.

        None where nothing falls for ever, or where the basin is too large to be proved in passing.
        """
        return self.build_infimum() if self.build_infimum is not None else None

    @cached_property
    def certificate(self) -> dict[str, Any] | None:
        """The proof as plain JSON for `reluscape.verify`; None where the test is numerical or undecided.

        Where the loss falls for ever it is that of the basin's infimum, which lies below the loss.
        """
        if self.infimum is not None:
            return self.infimum.certificate
        return self.build_certificate() if self.build_certificate is not None else None

    def __str__(self) -> str:
        """Return kind, loss and reason in one line."""
        exact = self.exact_loss
        short = exact is not None and exact.numerator.bit_length() + exact.denominator.bit_length() <= MOST_BITS
        loss_text = str(exact) if short else f"{self.loss:.6g}"
        return f"{self.kind} (loss {loss_text}): {self.reason}"

    def escape_norm(self) -> float:
        """Return the length of the escape direction, 0 where there is none."""
        if self.escape is None:
            return 0.0
        parts = [np.ravel(np.asarray(part, dtype=float)) for part in self.escape]
        return float(np.linalg.norm(np.concatenate(parts)))


def _weights(point: Point, trainable: str) -> dict[str, Any]:
    """Return the point itself."""
    return {
        "W": fraction_texts(point.W),
        "v": fraction_texts(point.v),
        "c": None if point.c is None else fraction_text(point.c),
        "slope": fraction_text(point.slope),
        "trainable": trainable,
    }


def minimum_certificate(point: Point, proofs: list[OneSided | None], trainable: str) -> dict[str, Any]:
    """Return the multipliers of every unit, for each corner of its negative lines; rays are listed by the verifier."""
    units: list[dict[str, Any]] = []
    for proof in proofs:
        if proof is None or proof.method == "vanishes":
            units.append({"method": "frozen" if proof is None else "vanishes"})
        elif proof.inclusion is not None:
            shift, change = proof.inclusion.b, proof.inclusion.C
            units.append({"method": "inclusion", "shift": fraction_texts(shift), "change": fraction_texts(change)})
        elif proof.multipliers is None:
            units.append({"method": "rays"})
        else:
            units.append({"method": "multipliers", "corners": [fraction_texts(row) for row in proof.multipliers]})
    claim = {"loss": fraction_text(point.exact_value), "local_minimum": True, **_weights(point, trainable)}
    return new("local-minimum", point.data.fractions, point.data.y_fractions, claim, {"units": units})


def not_minimum_certificate(point: Point, escape: tuple[Any, ...], trainable: str) -> dict[str, Any]:
    """Return the direction along which the loss falls."""
    claim = {
        "loss": fraction_text(point.exact_value),
        "local_minimum": False,
        **_weights(point, trainable),
    }
    witness = {
        "dW": fraction_texts(np.asarray(escape[0])),
        "dv": fraction_texts(np.asarray(escape[1])),
        "dc": fraction_text(escape[2]) if len(escape) > 2 else fraction_text(Fraction(0)),
    }
    return new("not-minimum", point.data.fractions, point.data.y_fractions, claim, witness)
