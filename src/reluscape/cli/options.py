"""What the commands share: options and how their text is read."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from ..errors import InputError


def names(text: str | None) -> list[str] | None:
    """Return the names in a list such as A,B; None for none."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise InputError("an empty list of columns was given; name some, A,B")
    return parts


def whole_numbers(text: str, option: str) -> tuple[int, ...]:
    """Return the whole numbers in a list such as 1,2,4."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(f"{option} is {text!r}; give whole numbers, for instance 1,2,4") from None


def decay_of_options(value: float | None, free_biases: bool) -> Any:
    """Return the weight decay that --weight-decay and --free-biases ask for, None for none.

    Raises:
        InputError: free biases without a decay.
    """
    from ..problem.penalties import WeightDecay

    if value is None:
        if free_biases:
            raise InputError("--free-biases says what a weight decay leaves out; give --weight-decay too")
        return None
    return WeightDecay(repr(value), biases=not free_biases)


def typed() -> str:
    """Return the command as it was typed, file names without their folders."""
    words = [Path(word).name if "/" in word or "\\" in word else word for word in sys.argv[1:]]
    return "reluscape " + shlex.join(words)
