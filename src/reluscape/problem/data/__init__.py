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
    "read_table": ".table",
    "standardize": ".scaling",
}

__all__ = [
    "Dataset",
    "GeneralPosition",
    "Table",
    "as_dataset",
    "check_pattern",
    "check_signs",
    "read_table",
    "standardize",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
