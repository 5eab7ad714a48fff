"""The topology of the whole landscape: valleys, barriers, and what can be reached without climbing."""

from .chances import ReachChances, reachable_probability
from .reachable import reachable_minimum
from .result import BarrierTree, Reach, Valley
from .size import LayerSize, layer_size
from .starts import Coordinates
from .tree import barrier_tree

__all__ = [
    "BarrierTree",
    "Coordinates",
    "LayerSize",
    "Reach",
    "ReachChances",
    "Valley",
    "barrier_tree",
    "layer_size",
    "reachable_minimum",
    "reachable_probability",
]
