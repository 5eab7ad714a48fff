from .above_zero import AboveZero as AboveZero
from .above_zero import start_above_zero as start_above_zero
from .barrier import Barrier as Barrier
from .barrier import path_barrier as path_barrier
from .inside import connect as connect
from .monotone import monotone_path as monotone_path
from .result import Path as Path
