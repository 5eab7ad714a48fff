"""What a sweep can measure: each quantity names its parameters and the numbers of one trial."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "QUANTITIES": ".registry",
    "Quantity": ".registry",
    "get_quantity": ".registry",
}

__all__ = [
    "QUANTITIES",
    "Quantity",
    "get_quantity",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
