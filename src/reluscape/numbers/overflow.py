"""Refusing by name numbers that exact arithmetic can hold and doubles cannot."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from ..errors import InputError, ReluscapeError
from .once import once_for_each

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# products of four numbers up to this size, and down to its inverse, are doubles: ordinary calls are left alone
ORDINARY = 1e60
# where samples, targets and weights stand in what a call is given
_HELD = ("X", "y", "targets", "W", "v", "c", "data", "coefs_", "weights")

# classes whose instances never change
_CONSTANT: set[type] = set()


def refuses_overflow(call: Callable[P, R]) -> Callable[P, R]:
    """Return the function with an `InputError` of one line where numbers go beyond doubles.

    Where fractions decide and a result is told in doubles, a loss, a slope or a length may lie beyond them; where
    doubles decide, an infinite length would put every sample on a hyperplane. Only calls that are given numbers far
    from 1 are watched: inside others a float may pass through infinity on its way to a right result.
    """

    @wraps(call)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        has_extremes = any(_far(value) for value in (*args, *kwargs.values()))
        try:
            with np.errstate(over="raise", invalid="raise") if has_extremes else nullcontext():
                return call(*args, **kwargs)
        except (OverflowError, FloatingPointError):
            raise InputError(
                "these numbers are so large or so small that a loss, a slope or a length is beyond the range of "
                "doubles (1e-308 to 1e308); rescale X, y and the weights towards 1"
            ) from None

    return checked


def _far(value: Any) -> bool:
    """Return whether an argument is, or holds, numbers that are very far from 1."""
    if isinstance(value, list | tuple | int | float) or hasattr(value, "__array__"):
        return _reaches_far(value)
    return _constant_holds_far(value) if type(value) in _CONSTANT else _holds_far(value)


def constant(kind: type[T]) -> type[T]:
    """Return a class whose instances never change once they are made: what they hold is looked at once."""
    _CONSTANT.add(kind)
    return kind


def _holds_far(value: Any) -> bool:
    """Return whether an object holds numbers that are very far from 1."""
    return any(_far_held(value, name) for name in _HELD if hasattr(type(value), name) or name in _fields(value))


_constant_holds_far = once_for_each(_holds_far)


def _far_held(value: Any, name: str) -> bool:
    """Return whether one of the things that an argument holds is very far from 1; what it refuses to tell is not."""
    try:
        part = getattr(value, name)
    except OverflowError:
        return True
    except ReluscapeError:
        return False
    return part is not None and _far(part)


def _fields(value: Any) -> Any:
    """Return the names that an object holds itself."""
    return getattr(value, "__dict__", ())


def _reaches_far(values: Any) -> bool:
    """Return whether numbers, ragged lists of matrices too, reach far from 1; text and the like do not."""
    try:
        with np.errstate(all="ignore"):
            sizes = np.abs(np.asarray(values, dtype=float))
    except OverflowError:
        return True
    except (TypeError, ValueError, RuntimeError):
        return isinstance(values, list | tuple) and any(map(_far, values))
    largest = float(sizes.max(initial=0.0))  # single weights that have decayed to almost nothing are ordinary
    return largest > ORDINARY or 0 < largest < 1 / ORDINARY
