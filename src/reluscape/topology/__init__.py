"""The topology of the whole landscape: valleys, barriers, and what can be reached without climbing."""

from .reachable import reachable_minimum
from .result import BarrierTree, Reach, Valley
from .tree import barrier_tree

__all__ = ["BarrierTree", "Reach", "Valley", "barrier_tree", "reachable_minimum"]
