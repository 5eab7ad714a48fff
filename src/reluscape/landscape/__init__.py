"""The whole landscape of a small network told as one story: valleys, barriers, ways out, pictures."""

from .assemble import dry_run, landscape
from .result import Landscape

__all__ = ["Landscape", "dry_run", "landscape"]
