"""One row of the table of promises: what a statement guarantees for this data set, or why it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

__all__ = ["Promise"]


@dataclass(frozen=True)
class Promise:
    """What one statement promises; also readable by key, as in ``row["width"]`` and ``dict(row)``.

    Attributes:
        statement: the statement and its form.
        source: the paper.
        law: the population over which the probability is taken.
        applies: whether its hypotheses hold, as far as they can be checked.
        reason: what is promised and assumed, or which hypothesis fails.
        width: the number of units it asks for, or None.
        probability: what it promises at that width, or None.
        event: the event whose probability is promised.
        at_width: the promised probability as a function of the width, or None.
    """

    statement: str
    source: str
    law: str
    applies: bool
    reason: str
    width: int | None = None
    probability: float | None = None
    event: str = ""
    at_width: Callable[[int], float] | None = field(default=None, compare=False, repr=False)

    def keys(self) -> Iterator[str]:
        """Name the columns that hold plain values."""
        return (f.name for f in fields(self) if f.name != "at_width")

    def __getitem__(self, key: str) -> Any:
        """Return a column by name."""
        return getattr(self, key)
