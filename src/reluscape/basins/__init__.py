"""Basins: the lowest loss that a network can reach without any unit changing its pattern or its output sign."""

from .many import BasinEvaluator, basin_values
from .references import affine_fit, constant_fit
from .result import Basin
from .value import basin_value

__all__ = ["Basin", "BasinEvaluator", "affine_fit", "basin_value", "basin_values", "constant_fit"]
