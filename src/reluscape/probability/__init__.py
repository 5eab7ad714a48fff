"""How good the basin is that a random initialisation starts in: exactly where possible, else by simulation."""

from .curve import good_basin_curve
from .distribution import basin_value_distribution
from .good_basin import good_basin_probability
from .sampling import BasinSampler

__all__ = ["BasinSampler", "basin_value_distribution", "good_basin_curve", "good_basin_probability"]
