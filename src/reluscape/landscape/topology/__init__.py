"""The topology of the whole landscape: valleys, barriers, and what can be reached without climbing."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "BarrierTree": ".result",
    "Coordinates": ".starts",
    "LandscapeSize": ".size",
    "Reach": ".result",
    "ReachChances": ".result",
    "Valley": ".result",
    "barrier_tree": ".tree",
    "landscape_size": ".size",
    "reachable_minimum": ".reachable",
    "reachable_probability": ".chances",
}

__all__ = [
    "BarrierTree",
    "Coordinates",
    "LandscapeSize",
    "Reach",
    "ReachChances",
    "Valley",
    "barrier_tree",
    "landscape_size",
    "reachable_minimum",
    "reachable_probability",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
