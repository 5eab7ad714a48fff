"""Refusing by name numbers that exact arithmetic can hold and doubles cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..errors import InputError

P = ParamSpec("P")
R = TypeVar("R")


def refuses_overflow(call: Callable[P, R]) -> Callable[P, R]:
    """Return the function with an `InputError` of one line in place of an `OverflowError`.

    Where fractions decide and a result is told in doubles, a loss, a slope or a length may lie beyond them.
    """

    @wraps(call)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except OverflowError:
            raise InputError(
                "these numbers are so large or so small that a loss, a slope or a length is beyond the range of "
                "doubles (1e-308 to 1e308); rescale X, y and the weights towards 1"
            ) from None

    return checked
