"""What one unit can add to the predictions: closed cells, their rays, and projections onto the cones these span."""

from .bottom import balanced, exact_network, network_of
from .cells import Cells, cells_of, relatable
from .distances import squared_distances, unit_generators
from .exact_faces import Faces, threshold
from .generators import Generators, flattened, generators_of, project
from .layers import Layers

__all__ = [
    "Cells",
    "Faces",
    "Generators",
    "Layers",
    "balanced",
    "cells_of",
    "exact_network",
    "flattened",
    "generators_of",
    "network_of",
    "project",
    "relatable",
    "squared_distances",
    "threshold",
    "unit_generators",
]
