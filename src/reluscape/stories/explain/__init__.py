"""The story of one trained network: the verdict on it, what its units do, and what to do next."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Explanation": ".result",
    "ModelReport": ".result",
    "certify_model": ".assemble",
    "explain": ".assemble",
}

__all__ = [
    "Explanation",
    "ModelReport",
    "certify_model",
    "explain",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
