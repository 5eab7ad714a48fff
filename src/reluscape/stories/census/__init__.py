"""The whole landscape of a small network told as one story: valleys, barriers, ways out, pictures."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Landscape": ".result",
    "dry_run": ".assemble",
    "landscape": ".assemble",
}

__all__ = [
    "Landscape",
    "dry_run",
    "landscape",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
