"""What one unit can add to the predictions: closed cells, their rays, and projections onto the cones these span."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Cells": ".cells",
    "Faces": ".exact_faces",
    "Generators": ".generators",
    "NetStates": ".net_states",
    "balanced": ".bottom",
    "cells_of": ".cells",
    "exact_network": ".bottom",
    "flattened": ".generators",
    "generators_of": ".generators",
    "loose_squares": ".distances",
    "network_of": ".bottom",
    "project": ".generators",
    "relatable": ".cells",
    "squared_distances": ".distances",
    "threshold": ".exact_faces",
    "unit_generators": ".distances",
}

__all__ = [
    "Cells",
    "Faces",
    "Generators",
    "NetStates",
    "balanced",
    "cells_of",
    "exact_network",
    "flattened",
    "generators_of",
    "loose_squares",
    "network_of",
    "project",
    "relatable",
    "squared_distances",
    "threshold",
    "unit_generators",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
