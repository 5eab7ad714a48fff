"""A data set, checked once: the noun that every question starts from."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Dataset": ".dataset",
    "GeneralPosition": ".position",
    "Table": ".table",
    "as_dataset": ".dataset",
    "check_pattern": ".arrays",
    "check_signs": ".arrays",
    "doubles": ".arrays",
    "read_table": ".table",
    "readonly": ".arrays",
    "real_number": ".arrays",
    "real_numbers": ".arrays",
    "standardize": ".scaling",
    "whole_number": ".arrays",
}

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


__getattr__ = lazy_getattr(__name__, _EXPORTS)
