from .registry import QUANTITIES as QUANTITIES
from .registry import Quantity as Quantity
from .registry import get_quantity as get_quantity
