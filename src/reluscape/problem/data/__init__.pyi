from .arrays import check_pattern as check_pattern
from .arrays import check_signs as check_signs
from .dataset import Dataset as Dataset
from .dataset import as_dataset as as_dataset
from .position import GeneralPosition as GeneralPosition
from .scaling import standardize as standardize
from .table import Table as Table
from .table import read_table as read_table
