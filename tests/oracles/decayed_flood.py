"""Sublevel sets of an objective with weight decay on a grid of all parameters of a tiny network, units with names."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label


def grid_values(problem, width, reach, steps):
    """Return J on a grid (steps,) * (width * (d + 1) + 1 with an output bias): W unit by unit, then v, then c."""
    d, bias = problem.data.d, problem.output_bias
    size = width * (d + 1) + int(bias)
    axes = np.meshgrid(*[np.linspace(-reach, reach, steps)] * size, indexing="ij", sparse=True)
    W = [axes[j * d : (j + 1) * d] for j in range(width)]
    v, c = axes[width * d : width * (d + 1)], axes[-1] if bias else 0.0
    total = 0.0
    for x, y in zip(problem.data.X, np.asarray(problem.y), strict=True):
        f = c + sum(v[j] * np.maximum(sum(a * w for a, w in zip(x, W[j], strict=True)), 0.0) for j in range(width))
        total = total + problem.loss.value(f, y) / problem.n
    return total + float(problem.penalty.strength) / 2 * sum(axis**2 for axis in axes)


def components(values, level):
    """Return the number of connected components of the grid points up to a level, diagonal neighbours included."""
    return int(label(values <= level, np.ones((3,) * values.ndim))[1])
