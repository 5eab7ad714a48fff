"""Finite descent: from basin to basin, each solved as one convex program, to a certified local minimum."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Descent": ".result",
    "descend": ".walk",
}

__all__ = [
    "Descent",
    "descend",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
