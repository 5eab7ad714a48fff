"""Pictures on a given Matplotlib axes, one kind per file; they draw plain JSON blocks and compute nothing."""

from __future__ import annotations

import importlib
from typing import Any

_EXPORTS = {
    "draw_basin_histogram": "basin_histogram",
    "draw_disconnectivity": "disconnectivity",
    "draw_fan": "fan",
    "draw_loss_line": "loss_line",
    "draw_plane_landscape": "plane_landscape",
    "draw_weight_slice": "weight_slice",
    "draw_width_curve": "width_curve",
}

__all__ = [
    "draw_basin_histogram",
    "draw_disconnectivity",
    "draw_fan",
    "draw_loss_line",
    "draw_plane_landscape",
    "draw_weight_slice",
    "draw_width_curve",
]


def __getattr__(name: str) -> Any:
    """Import a picture, and Matplotlib with it, when it is first asked for."""
    if name in _EXPORTS:
        return getattr(importlib.import_module(f".{_EXPORTS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
