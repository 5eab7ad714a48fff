"""Proofs that a network of any depth is a strict local minimum on its kinks, and proofs that it is none."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Proof": ".proof",
    "prove": ".prove",
}

__all__ = [
    "Proof",
    "prove",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
