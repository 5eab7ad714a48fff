from .drawing import Drawing as Drawing
from .registry import FIGURES as FIGURES
from .registry import draw as draw
from .registry import listing as listing
from .registry import save as save
