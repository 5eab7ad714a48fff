"""What is known about one point of weight space: its kind, and the witness that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..problem.problem import Problem

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
        residual: largest stationarity residual, relative to the size of its terms; 0 where the test is exact.
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

    @cached_property
    def certificate(self) -> dict[str, Any] | None:
        """The proof as plain JSON for `reluscape.verify`; None where the test is numerical or undecided."""
        return self.build_certificate() if self.build_certificate is not None else None

    def __str__(self) -> str:
        """Return kind, loss and reason in one line."""
        shown = str(self.exact_loss) if self.exact_loss is not None else f"{self.loss:.6g}"
        return f"{self.kind} (loss {shown}): {self.reason}"

    def escape_norm(self) -> float:
        """Return the length of the escape direction, 0 where there is none."""
        if self.escape is None:
            return 0.0
        parts = [np.ravel(np.asarray(part, dtype=float)) for part in self.escape]
        return float(np.linalg.norm(np.concatenate(parts)))
