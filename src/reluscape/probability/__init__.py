"""How good the basin is that a random initialisation starts in: exactly where possible, else by simulation."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "BasinSampler": ".sampling",
    "basin_value_distribution": ".good_basin.distribution",
    "good_basin_curve": ".good_basin.curve",
    "good_basin_probability": ".good_basin.good_basin",
}

__all__ = [
    "BasinSampler",
    "basin_value_distribution",
    "good_basin_curve",
    "good_basin_probability",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
