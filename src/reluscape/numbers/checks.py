"""Checks of single values and small arrays that every room shares."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..errors import InputError
from .entries import entries
from .exact import fraction_array, to_fraction
from .tolerances import LARGEST_TARGET


def readonly(array: Any, dtype: Any = None) -> np.ndarray:
    """Return a copy that cannot be written to.

    Raises:
        InputError: an entry is no number of this type or beyond its range, or the rows have different lengths.
    """
    try:
        copy = np.array(array, dtype=dtype)
    except OverflowError:
        raise InputError("a number is beyond the range of doubles; rescale the samples or the targets") from None
    except (TypeError, ValueError) as problem:
        raise InputError(f"an array of numbers is needed ({problem})") from None
    copy.setflags(write=False)
    return copy


def doubles(values: np.ndarray, name: str, squared: bool = False) -> np.ndarray:
    """Return fractions as doubles, each with its full precision.

    Args:
        values: array of `Fraction`.
        name: what they are, for the message.
        squared: True asks that their squares can be summed too.

    Raises:
        InputError: a value beyond the range of doubles, or one that is not zero and below it.
    """
    floats = nearest_doubles(values, name)
    if squared:
        refuse_large_squares(floats, name)
    refuse_below_doubles(values, floats, name)
    return floats


def refuse_large_squares(floats: np.ndarray, name: str) -> None:
    """Raise where a value is so large that its square is beyond doubles.

    Raises:
        InputError: names what has such a value.
    """
    if floats.size and np.abs(floats).max() > LARGEST_TARGET:
        raise InputError(f"{name} has a value beyond {LARGEST_TARGET:.0e}, whose square is beyond doubles; rescale it")


def nearest_doubles(values: np.ndarray, name: str) -> np.ndarray:
    """Return the doubles nearest to fractions; one below the range of doubles has lost digits, or is 0.

    Raises:
        InputError: a value beyond the range of doubles.
    """
    try:
        return np.array(values, dtype=float).reshape(values.shape)
    except OverflowError:
        raise InputError(f"{name} has a value beyond the range of doubles; rescale it") from None


def refuse_below_doubles(values: np.ndarray, floats: np.ndarray, name: str) -> None:
    """Raise InputError where a fraction is not zero and the double nearest to it is below the range of doubles."""
    small = np.nonzero(np.abs(floats) < np.finfo(float).tiny)
    underflows = np.flatnonzero(values[small] != 0)
    if underflows.size:
        raise InputError(
            f"{name} has a value at row {small[0][underflows[0]]} that is not zero but below the range of doubles "
            f"({np.finfo(float).tiny:.1g}); rescale it, or write 0"
        )


def real_number(name: str, value: Any) -> float:
    """Return a number as a float; text such as "1/3" is a number too.

    Raises:
        InputError: it is no number.
    """
    try:
        if isinstance(value, str):
            return float(to_fraction(value))
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"{name} is {value!r}; it is a number") from None
    except OverflowError:
        raise InputError(f"{name} is beyond the largest float; give a smaller number") from None


def real_numbers(name: str, values: Any) -> np.ndarray:
    """Return numbers as an array of floats.

    Raises:
        InputError: an entry is no number, or the rows have different lengths.
    """
    array = entries(values, name)
    try:
        return np.asarray(array, dtype=float)
    except OverflowError:
        raise InputError(f"{name} has a value beyond the range of doubles; rescale it") from None
    except (TypeError, ValueError):
        pass
    try:  # text such as "1/3" is a number too
        return np.array(fraction_array(array), dtype=float).reshape(array.shape)
    except InputError as problem:
        raise InputError(f"{name} is an array of numbers ({problem})") from None
    except OverflowError:
        raise InputError(f"{name} has a value beyond the range of doubles; rescale it") from None


def whole_number(name: str, value: Any, least: int = 0) -> int:
    """Return a number as an int.

    Raises:
        InputError: it is no whole number, or below `least`.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = int(value) if isinstance(value, float) and value.is_integer() else least - 1
    if isinstance(value, bool | np.bool_) or number < least:
        raise InputError(f"{name} is {value!r}; it is a whole number, {least} or more")
    return number
