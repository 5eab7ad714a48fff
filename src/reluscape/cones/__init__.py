"""What one unit can add to the predictions: closed cells, their rays, and projections onto the cones these span."""

from .cells import Cells, cells_of
from .generators import Generators, generators_of, project

__all__ = ["Cells", "Generators", "cells_of", "generators_of", "project"]
