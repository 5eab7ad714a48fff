from .finite import global_minimum as global_minimum
from .finite import minimum_proof as minimum_proof
from .growth import constant_network as constant_network
from .growth import grown as grown
from .infinite import infinite_width_minimum as infinite_width_minimum
from .infinite import infinite_width_value as infinite_width_value
from .result import GlobalMinimum as GlobalMinimum
from .result import InfiniteWidthMinimum as InfiniteWidthMinimum
