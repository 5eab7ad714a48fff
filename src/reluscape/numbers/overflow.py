"""Refusing by name numbers that exact arithmetic can hold and doubles cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np

from ..errors import InputError

P = ParamSpec("P")
R = TypeVar("R")


def refuses_overflow(call: Callable[P, R]) -> Callable[P, R]:
    """Return the function with an `InputError` of one line where numbers go beyond doubles.

    Where fractions decide and a result is told in doubles, a loss, a slope or a length may lie beyond them; where
    doubles decide, an infinite length would put every sample on a hyperplane. Code that is right with infinities says
    so itself.
    """

    @wraps(call)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with np.errstate(over="raise", invalid="raise"):
                return call(*args, **kwargs)
        except (OverflowError, FloatingPointError):
            raise InputError(
                "these numbers are so large or so small that a loss, a slope or a length is beyond the range of "
                "doubles (1e-308 to 1e308); rescale X, y and the weights towards 1"
            ) from None

    return checked
