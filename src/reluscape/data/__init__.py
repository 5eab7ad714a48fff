"""A data set, checked once: the noun that every question starts from."""

from .arrays import check_pattern, check_signs, doubles, readonly, real_number, real_numbers, whole_number
from .dataset import Dataset, as_dataset
from .position import GeneralPosition
from .scaling import standardize
from .table import Table, read_table

__all__ = [
    "Dataset",
    "GeneralPosition",
    "Table",
    "as_dataset",
    "check_pattern",
    "check_signs",
    "doubles",
    "read_table",
    "readonly",
    "real_number",
    "real_numbers",
    "standardize",
    "whole_number",
]
