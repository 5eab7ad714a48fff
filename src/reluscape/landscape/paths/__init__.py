"""Paths in weight space along which the loss falls, or does not rise above its ends."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "AboveZero": ".above_zero",
    "Barrier": ".barrier",
    "Path": ".result",
    "connect": ".inside",
    "monotone_path": ".monotone",
    "path_barrier": ".barrier",
    "start_above_zero": ".above_zero",
}

__all__ = [
    "AboveZero",
    "Barrier",
    "Path",
    "connect",
    "monotone_path",
    "path_barrier",
    "start_above_zero",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
