"""Answers that are computed once for each object that they are about, and kept as long as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

K = TypeVar("K")
R = TypeVar("R")


def once_for_each(call: Callable[[K], R]) -> Callable[[K], R]:
    """Return a function of one object that never changes, whose answer is kept while the object is in use.

    >>> class Table: pass
    >>> table, calls = Table(), []
    >>> counted = once_for_each(calls.append)
    >>> counted(table), counted(table), len(calls)
    (None, None, 1)
    """
    answers: WeakKeyDictionary[K, R] = WeakKeyDictionary()

    @wraps(call)
    def kept(about: K) -> R:
        if about not in answers:
            answers[about] = call(about)
        return answers[about]

    return kept
