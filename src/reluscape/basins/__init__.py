"""Basins: the lowest loss that a network can reach without any unit changing its pattern or its output sign."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "Basin": ".result",
    "BasinEvaluator": ".many",
    "affine_fit": "..problem.references",
    "basin_value": ".value",
    "basin_values": ".many",
    "constant_fit": "..problem.references",
    "logistic_infimum": ".infimum",
}

__all__ = [
    "Basin",
    "BasinEvaluator",
    "affine_fit",
    "basin_value",
    "basin_values",
    "constant_fit",
    "logistic_infimum",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
