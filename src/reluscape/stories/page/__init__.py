"""One self-contained page from a survey's or an explanation's JSON; it opens offline."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "render": ".page",
}

__all__ = [
    "render",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
