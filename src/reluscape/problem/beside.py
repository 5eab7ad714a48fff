"""Arguments that stand beside a problem: whether they are defaults, or say what it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT
from .losses import plain_loss
from .penalties import as_penalty

DEFAULTS: dict[str, Any] = {
    "loss": "squared", "weight_decay": None, "output_bias": False, "signs": None, "tolerances": DEFAULT,
}  # fmt: skip


def agrees(problem: Any, name: str, value: Any) -> bool:
    """Return whether an argument of `Problem` is left at its default, or is what a problem says of it."""
    return _is_default(name, value) or _says(problem, name, value)


def _is_default(name: str, value: Any) -> bool:
    """Return whether an argument is what it is where nothing was given."""
    default = DEFAULTS[name]
    return value is default or (isinstance(value, str | bool) and value == default)


def _says(problem: Any, name: str, value: Any) -> bool:
    """Return whether a problem says the same as an argument beside it."""
    if name == "loss":
        loss = plain_loss(value)
        return bool(loss is problem.loss or loss == problem.mean_loss.name)
    if name == "weight_decay":
        return bool(as_penalty(value) == problem.penalty)
    if name == "signs":
        return problem.signs is not None and bool(np.array_equal(value, problem.signs))
    return bool(value == getattr(problem, name))
