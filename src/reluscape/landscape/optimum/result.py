"""What is known about a global minimum: a network that has it, and an interval that holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem


@dataclass(frozen=True)
class GlobalMinimum:
    """The lowest loss of a width.

    Attributes:
        value: the lowest loss found; equal to `upper`.
        exact_value: the exact value of the basin of `net`, or None where it was not asked for or out of reach; the
            proven minimum where the certificate is of kind "global-minimum".
        net: a network with that loss, in floats: on samples that are nearly parallel, rounding its weights may cost
            more than all the rest, and only the certificate's network has it.
        lower: no network of this width has a lower loss; a `Fraction` with weight decay and a certificate.
        upper: loss of `net`; a `Fraction` with weight decay and a certificate.
        complete: every layer of states was solved or ruled out: `lower` meets `upper`, up to a share of 1e-9 of the
            loss of the zero network that stands for the rounding of the solver.
        layers: number of layers of states of this width, None where it is out of reach.
        looked_at: how many layers were solved; branch and bound counts those of its coarser levels.
        pattern: (m, n) boolean activations of a basin whose value it is; units that are not needed repeat another's.
        signs: (m,) output signs of that basin.
        certificate: plain JSON, or None. Of kind "global-minimum" it proves both ends: a network has the exact value
            and none of this width has less; of kind "basin-value" it proves the upper end alone.
            With weight decay it proves both.
        kind: "certified" where complete, else "numerical" with the interval [lower, upper].
        problem: what was minimised.
    """

    value: float
    exact_value: Fraction | None
    net: TwoLayerNet
    lower: Any
    upper: Any
    complete: bool
    layers: int | None
    looked_at: int
    pattern: np.ndarray
    signs: np.ndarray
    certificate: dict[str, Any] | None
    kind: str
    problem: Problem | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class InfiniteWidthMinimum:
    """The lowest loss that any number of units can reach.

    Attributes:
        value: that loss.
        exact_value: the same as a Fraction, from the closed form.
        width: a number of units that reaches it, as small as was found.
        width_is_least: no smaller number does; only where the kind is exact.
        at_least: no smaller number than this reaches it, by branch and bound up to rounding.
        net: a network of that width.
        output_bias: an output bias was free.
        dimension: that of the span of the predictions of all networks; so many units always suffice.
        kind: "exact" where a network of that width has exactly this loss in rationals; "numerical" where `net` has it
            up to rounding (1e-9 of the spread of the targets); "span" where no network was found that has it in floats
            (samples nearly parallel): `width` is then the number of units that always suffices, and `net` the best
            found.
        problem: what was minimised.
    """

    value: float
    exact_value: Fraction
    width: int
    width_is_least: bool
    at_least: int
    net: TwoLayerNet
    output_bias: bool
    dimension: int
    kind: str
    problem: Problem | None = field(default=None, repr=False, compare=False)
