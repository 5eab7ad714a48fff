"""Each figure of the papers as a function that draws it; they ship with the package."""

from .drawing import Drawing
from .registry import FIGURES, draw, listing, save

__all__ = ["FIGURES", "Drawing", "draw", "listing", "save"]
