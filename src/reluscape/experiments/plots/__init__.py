"""Pictures on a given Matplotlib axes, one kind per file; they draw plain JSON blocks and compute nothing."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "draw_basin_histogram": ".basin_histogram",
    "draw_disconnectivity": ".disconnectivity",
    "draw_fan": ".fan",
    "draw_loss_line": "...stories.page.loss_line",
    "draw_plane_landscape": ".plane_landscape",
    "draw_weight_slice": ".weight_slice",
    "draw_width_curve": "...stories.page.width_curve",
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


__getattr__ = lazy_getattr(__name__, _EXPORTS)
