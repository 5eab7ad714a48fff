"""Training as a user would do it, many runs at once, and what it ends in."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Batch": ".batch",
    "Plan": ".plan",
    "Training": ".result",
    "Traps": ".result",
    "held_out": ".held_out",
    "hopped": ".hops",
    "sharpen": ".ends",
    "train": ".runs",
}

__all__ = [
    "Batch",
    "Plan",
    "Training",
    "Traps",
    "held_out",
    "hopped",
    "sharpen",
    "train",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
