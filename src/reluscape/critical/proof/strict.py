"""Whether patterns and multipliers are strict over a whole box.

Near the point J = L + sum of jump * relu(A) - mu * A over the kinks, A their preactivations, so it rises off the kinks
where every multiplier lies strictly between 0 and its jump. Rows whose preactivations agree up to factors count
together: the multiplier lies between minus the jumps of the negative factors and the jumps of the positive ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from .arithmetic import BALLS, Arithmetic
from .balls import Balls
from .kinks import Group, Kinks
from .lagrangian import Pass
from .objective import Objective


def class_sums(group: Group, mu: Any, arriving: Any, using: Arithmetic) -> Iterator[tuple[Any, Any, Any]]:
    """Yield for each class the lower end, the multiplier's part, and the upper end.

    Args:
        group: the kinks with one function.
        mu: their multiplier.
        arriving: (n, units) signals from above at the layer.
        using: the arithmetic.
    """
    for members in group.classes:
        part = Fraction(0)
        low, high = using.number(Fraction(0)), using.number(Fraction(0))
        for position in members:
            factor = group.factors[position]
            jump = arriving[group.rows[position], group.unit] * using.number(abs(factor))
            part += group.parts[position]
            if factor > 0:
                high = high + jump
            else:
                low = low - jump
        yield low, mu * using.number(part), high


def unstrict(objective: Objective, kinks: Kinks, here: Pass, mu: Any, using: Arithmetic) -> str | None:
    """Return what is not strict over the box, or None where all is."""
    for k, (on, at) in enumerate(zip(kinks.on, kinks.at, strict=True)):
        clear = np.where(on > 0, _positive(here.heights[k], using), _positive(-here.heights[k], using))
        # a height that is zero whatever the parameters are stays zero
        asleep = k > 0 and objective.sleeps(k - 1)
        constant = _zero(here, k, kinks, asleep)
        wrong = ~(clear | at | constant)
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            return f"row {i} may lie on the kink of unit {j} of layer {k + 1}; training on would decide"
    for group, multiplier in zip(kinks.groups, kinks.multipliers(mu, using), strict=True):
        for low, value, high in class_sums(group, multiplier, here.arriving[group.layer], using):
            if not (_is_positive(value - low, using) and _is_positive(high - value, using)):
                return (
                    f"the multiplier of the kink of unit {group.unit} of layer {group.layer + 1} at row {group.row} "
                    "reaches its border; training on, or a change of the data, would decide"
                )
    return None


def _zero(here: Pass, layer: int, kinks: Kinks, asleep: bool) -> np.ndarray:
    """Return (n, 1) where the layer takes nothing at all: zeros, no bias, no unit below on, on a kink or at zero."""
    inputs = here.fed[layer]
    if layer == 0:
        numbers = (
            inputs.mid if isinstance(inputs, Balls) else np.array([[float(v.mid()) for v in row] for row in inputs])
        )
        return np.asarray(~np.asarray(numbers, dtype=float).reshape(len(kinks.on[0]), -1).any(axis=1, keepdims=True))
    if inputs.shape[1] > kinks.on[layer - 1].shape[1]:
        return np.zeros((len(kinks.on[0]), 1), dtype=bool)
    below = (kinks.on[layer - 1] > 0) | kinks.at[layer - 1]
    return np.asarray(~below.any(axis=1, keepdims=True) & (not asleep))


def _positive(values: Any, using: Arithmetic) -> np.ndarray:
    """Return where intervals are above zero."""
    if using.kind == BALLS:
        return np.asarray(values.lower() > 0)
    flat = np.asarray(values).reshape(-1)
    return np.array([bool(v > 0) for v in flat], dtype=bool).reshape(np.shape(values))


def _is_positive(value: Any, using: Arithmetic) -> bool:
    """Return whether one interval is above zero."""
    return bool(value.lower() > 0) if using.kind == BALLS else bool(value > 0)
