"""Each figure of the papers as a function that draws it; they ship with the package."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Drawing": ".drawing",
    "FIGURES": ".registry",
    "draw": ".registry",
    "listing": ".registry",
    "save": ".registry",
}

__all__ = [
    "FIGURES",
    "Drawing",
    "draw",
    "listing",
    "save",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
