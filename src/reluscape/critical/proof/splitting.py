"""The splitting test: units with one pattern whose parts, moved along a singular pair, lower the objective.

For a unit with signal matrix G = sum_on h_i e_i^T, two copies moved by +-eps along a singular pair of G change J by
2 (decay - sigma) eps^2: with several outputs the second singular value need not lie below the decay.
"""

from __future__ import annotations

import numpy as np

from .lagrangian import Lagrangian
from .newton import FLOAT, Candidate
from .symmetries import families


def splitting_direction(candidate: Candidate) -> tuple[np.ndarray, float] | None:
    """Return the direction (p,) in which two units with one pattern fall steepest, with its singular value, or None.

    Units on kinks are left to the curvature test, which keeps them there.
    """
    equations = candidate.equations
    objective = equations.objective
    theta, mu, _ = equations.split(candidate.unknowns)
    here = Lagrangian(objective, equations.kinks, FLOAT).passed(theta, mu)
    best: tuple[np.ndarray, float] | None = None
    for layer, units in families(equations.kinks):
        if len(units) < 2 or equations.kinks.at[layer][:, list(units)].any():
            continue
        on = equations.kinks.on[layer][:, units[0]] > 0
        U, sizes, Vt = np.linalg.svd(here.fed[layer][on].T @ here.signals[layer + 1][on], full_matrices=False)
        if not len(sizes) or sizes[0] <= float(objective.decay) * (1 + 1e-6) or (best and sizes[0] <= best[1]):
            continue
        parts = [np.zeros(shape) for shape in objective.matrix_shapes]
        for unit, sign in zip(units[:2], (1.0, -1.0), strict=True):
            parts[layer][unit] = sign * U[:, 0]
            parts[layer + 1][:, unit] = -sign * Vt[0]
        best = np.concatenate([part.reshape(-1) for part in parts]), float(sizes[0])
    return best
