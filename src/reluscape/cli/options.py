"""What the commands share: options and how their text is read."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from ..errors import InputError


def names(text: str | None) -> list[str] | None:
    """Return the names in a list such as A,B; None for none."""
    if text is None:
        return None
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise InputError("an empty list of columns was given; name some, A,B")
    return found


def whole_numbers(text: str, option: str) -> tuple[int, ...]:
    """Return the whole numbers in a list such as 1,2,4."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(f"{option} is {text!r}; give whole numbers, for instance 1,2,4") from None


def typed() -> str:
    """Return the command as it was typed, file names without their folders."""
    words = [Path(word).name if "/" in word or "\\" in word else word for word in sys.argv[1:]]
    return "reluscape " + shlex.join(words)
