"""Large Monte-Carlo sweeps: a frozen plan, a store that owns what is done, a runner and its engines."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "Cell": ".plan",
    "Progress": ".runner",
    "Store": ".store",
    "Sweep": ".plan",
    "run": ".runner",
}

__all__ = [
    "Cell",
    "Progress",
    "Store",
    "Sweep",
    "run",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
