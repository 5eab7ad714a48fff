"""What the theorems promise: one function per statement, and the table of all that apply to a data set."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

# each statement's name begins with its paper; the table stands apart
_FILES = {
    "karhadkar": ("karhadkar_geometry", "karhadkar_regions", "karhadkar_widths"),
    "liu": ("liu_cells", "liu_kinks", "liu_genuineness", "liu_saddles", "liu_solution"),
    "liang": ("liang", "liang_conv", "liang_lemmas", "liang_problems"),
    "safran": (
        "safran",
        "safran_basins",
        "safran_clusters",
        "safran_checks",
        "safran_cover",
        "safran_data",
        "safran_lipschitz",
        "safran_moves",
        "safran_rescaling",
        "safran_sphere",
        "safran_teacher",
        "safran_truncation",
    ),
    "table": ("promises",),
    "Promise": ("promises",),
}


def _modules(paper: str) -> list[Any]:
    """Import the files of one paper that are present."""
    present = [f".{file}" for file in _FILES.get(paper, ()) if find_spec(f".{file}", __name__)]
    return [importlib.import_module(file, __name__) for file in present]


def __getattr__(name: str) -> Any:
    """Import a statement from its file when it is first used."""
    for module in _modules(name.split("_")[0]):
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no statement {name!r}")


def __dir__() -> list[str]:
    """List every statement."""
    found = {name for paper in _FILES for module in _modules(paper) for name in module.__all__}
    return sorted(name for name in found if name.split("_")[0] in _FILES)
