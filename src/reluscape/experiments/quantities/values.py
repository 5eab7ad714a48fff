"""The values of a quantity's parameters: each returned as what it has to be, or refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from ...errors import InputError
from ...problem.networks.initialization import get_law

# refuses what a parameter cannot be: function (parameters, name)
Check = Callable[[Mapping[str, Any], str], Any]


def size(parameters: Mapping[str, Any], name: str) -> int:
    """Return a parameter that counts something."""
    value = parameters[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"the parameter {name!r} is {value!r}; it is a whole number, at least 1")
    return value


def number(parameters: Mapping[str, Any], name: str) -> float:
    """Return a parameter that is a finite number."""
    value = parameters[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InputError(f"the parameter {name!r} is {value!r}; it is a finite number")
    return float(value)


def positive(parameters: Mapping[str, Any], name: str) -> float:
    """Return a parameter that is a number above 0."""
    if not (value := number(parameters, name)) > 0:
        raise InputError(f"the parameter {name!r} is {value!r}; it is a positive number")
    return value


def not_negative(parameters: Mapping[str, Any], name: str) -> float:
    """Return a parameter that is a number, 0 or above."""
    if not (value := number(parameters, name)) >= 0:
        raise InputError(f"the parameter {name!r} is {value!r}; it is a number, at least 0")
    return value


def flag(parameters: Mapping[str, Any], name: str) -> bool:
    """Return a parameter that is true or false."""
    value = parameters[name]
    if not isinstance(value, bool):
        raise InputError(f"the parameter {name!r} is {value!r}; it is true or false")
    return value


def law(parameters: Mapping[str, Any], name: str) -> Any:
    """Return the law of initialisation that a parameter names."""
    return get_law(parameters[name])


def one_of(*words: str) -> Check:
    """Return a check that a parameter is one of these words."""

    def check(parameters: Mapping[str, Any], name: str) -> str:
        value = parameters[name]
        if value not in words:
            raise InputError(f"the parameter {name!r} is {value!r}; choose {', '.join(words[:-1])} or {words[-1]}")
        return str(value)

    return check


# of every quantity that draws a network's weights; and with a share of the best constant's loss that is good
WEIGHTS: dict[str, Check] = {"width": size, "law": law}
JUDGED: dict[str, Check] = {**WEIGHTS, "threshold": not_negative}
