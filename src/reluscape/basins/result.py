"""What is known about one basin: its value, a minimiser, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ..problem.problem import Problem


@dataclass(frozen=True, eq=False)
class Basin:
    """The value of one basin and a point that has it.

    Attributes:
        value: the infimum of the mean loss over the closed basin.
        exact_value: the same as a `Fraction`, proven; None where only floats were asked for.
        Z: (m, d) weights Z_j = v_j w_j of a minimiser (of a point near the infimum where it is not attained); with
            frozen output weights the hidden weights w_j.
        c: the output bias there, 0 where there is none; (k,) with frozen output weights.
        prediction: (n,) predictions sum_j pattern_j * (X Z_j) + c; (n, k) with frozen output weights.
        attained: whether some point of the basin has the value.
        direction: (m, d) a recession direction along which the loss falls towards the infimum; None where attained.
        c_direction: what c moves by along it, shaped as c; None where attained.
        residual: largest KKT residual relative to the targets (0 where the value is exact).
        gap: value minus a lower bound, as a difference of losses; 0 where the value is exact. For the squared loss it
            is proved, all rounding counted, by a dual point on a face of the program; where that fails for a large
            basin on samples neither close nor ill-scaled, it is a first-order estimate from complementarity and
            residuals. For another loss, and with frozen output weights, a dual point gives the lower bound, up to
            rounding.
        kind: "certified" where the value, or an interval that holds it, has a certificate, else "numerical".
        zero_rows: samples that are zero; no unit reaches them, their loss is part of the value.
        certificate: the proof as plain JSON for `reluscape.verify`; None where there is none.
        lower, upper: with exact=True and weight decay, or from `logistic_infimum`, `Fraction`s between which the value
            is proved to lie; else None.
        problem: what was minimised.
    """

    value: float
    exact_value: Fraction | None
    Z: np.ndarray
    c: Any
    prediction: np.ndarray
    attained: bool
    direction: np.ndarray | None
    residual: float
    kind: str
    zero_rows: tuple[int, ...]
    certificate: dict[str, Any] | None
    gap: float | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    c_direction: Any = None
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def __float__(self) -> float:
        """Return the value."""
        return self.value
