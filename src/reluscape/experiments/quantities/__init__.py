"""What a sweep can measure: each quantity names its parameters and the numbers of one trial."""

from .registry import QUANTITIES, Quantity, get_quantity

__all__ = ["QUANTITIES", "Quantity", "get_quantity"]
