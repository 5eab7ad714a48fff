from .result import Descent as Descent
from .walk import descend as descend
