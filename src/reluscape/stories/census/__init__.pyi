from .assemble import dry_run as dry_run
from .assemble import landscape as landscape
from .result import Landscape as Landscape
