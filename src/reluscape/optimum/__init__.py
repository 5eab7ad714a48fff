"""The global minimum of a width, and of all widths at once, with what is proved about it."""

from .finite import global_minimum, minimum_proof
from .growth import constant_network, grown
from .infinite import infinite_width_minimum, infinite_width_value
from .result import GlobalMinimum, InfiniteWidthMinimum

__all__ = [
    "GlobalMinimum",
    "InfiniteWidthMinimum",
    "constant_network",
    "global_minimum",
    "grown",
    "infinite_width_minimum",
    "infinite_width_value",
    "minimum_proof",
]
