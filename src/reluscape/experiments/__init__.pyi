from .plan import Cell as Cell
from .plan import Sweep as Sweep
from .runner import Progress as Progress
from .runner import run as run
from .store import Store as Store
