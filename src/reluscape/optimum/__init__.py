"""The global minimum of a width, and of all widths at once, with what is proved about it."""

from .finite import global_minimum, minimum_proof
from .infinite import infinite_width_minimum
from .result import GlobalMinimum, InfiniteWidthMinimum

__all__ = ["GlobalMinimum", "InfiniteWidthMinimum", "global_minimum", "infinite_width_minimum", "minimum_proof"]
