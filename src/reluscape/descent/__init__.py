"""Finite descent: from basin to basin, each solved as one convex program, to a certified local minimum."""

from .result import Descent
from .walk import descend

__all__ = ["Descent", "descend"]
