"""Large Monte-Carlo sweeps: a frozen plan, a store that owns what is done, a runner and its engines."""

from .plan import Cell, Sweep
from .runner import Progress, run
from .store import Store

__all__ = ["Cell", "Progress", "Store", "Sweep", "run"]
