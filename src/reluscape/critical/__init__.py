"""Critical points: the exact test of local optimality, escapes from what is no minimum, snapping to exact points."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "Verdict": ".verdict",
    "certify": ".optimality",
}

__all__ = [
    "Verdict",
    "certify",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
