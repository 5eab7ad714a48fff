"""What one unit can add to the predictions: closed cells, their rays, and projections onto the cones these span."""

from .bottom import balanced, exact_network, network_of
from .cells import Cells, cells_of, relatable
from .generators import Generators, generators_of, project
from .layers import Layers

__all__ = [
    "Cells",
    "Generators",
    "Layers",
    "balanced",
    "cells_of",
    "exact_network",
    "generators_of",
    "network_of",
    "project",
    "relatable",
]
