"""What a network of one or two inputs computes, on a grid around its samples, for drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..landscape.widths.switches import BEYOND
from . import schema

# points of the grid with one and two inputs
FINE, COARSE = 301, 81
# figures of a number in a picture
FIGURES = 6


def fitted(
    predict: Callable[[np.ndarray], np.ndarray],
    inputs: np.ndarray,
    targets: Any,
    names: tuple[str, ...] | list[str],
    target: str,
    level: float | None = None,
) -> schema.Fit | None:
    """Return a network's output on a grid with the samples, or None where it has neither one nor two inputs.

    Args:
        predict: takes (k, d) inputs without a column of ones and returns (k,) outputs.
        inputs: (n, d) samples without a column of ones.
        targets: (n,) numbers.
        names: of the inputs.
        target: its name.
        level: the output at which one class meets the other, None for a target that is no class.
    """
    X, y = np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float)
    if X.ndim != 2 or X.shape[1] not in (1, 2) or not len(X):
        return None
    axes = [_ticks(column, FINE if X.shape[1] == 1 else COARSE) for column in X.T]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))
    values = np.asarray(predict(grid), dtype=float)
    if values.shape != (len(grid),) or not np.isfinite(values).all():
        return None
    outputs = values if len(axes) == 1 else values.reshape(len(axes[1]), len(axes[0]))
    return {
        "grid": [_rounded(ticks) for ticks in axes],
        "value": _rounded(outputs),
        "samples": X.tolist(),
        "targets": y.tolist(),
        "labels": [str(name) for name in names[: len(axes)]],
        "target": target,
        "level": level,
    }


def _ticks(column: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the grid along one input; among them, with one input, the samples themselves."""
    low, high = float(column.min()), float(column.max())
    room = BEYOND * ((high - low) or abs(low) or 1.0)
    ticks = np.linspace(low - room, high + room, count)
    return np.union1d(ticks, column) if count == FINE else ticks


def _rounded(values: np.ndarray) -> Any:
    """Return nested lists with as many figures as a picture needs."""
    return np.vectorize(lambda value: float(f"{value:.{FIGURES}g}"), otypes=[float])(values).tolist()
