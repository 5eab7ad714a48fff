"""How good the basin is that a random initialisation starts in: exactly where possible, else by simulation."""

from .good_basin import good_basin_probability
from .sampling import BasinSampler

__all__ = ["BasinSampler", "good_basin_probability"]
