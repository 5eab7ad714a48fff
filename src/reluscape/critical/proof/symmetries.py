"""Directions along which the loss does not change: rotations of units with one pattern, rescalings, shifts of logits.

Units of one layer that are on for the same rows and on the kinks of the same rows are a linear network in between:
(V, W) -> (V Q^T, Q W) changes neither V W nor, for orthogonal Q, the penalty. Without decay Q may be any invertible
matrix, a rescaling of one unit among them. Adding a constant to all logits of a softmax changes no loss.

A critical point on the slice across these directions is one of the whole: each field t of directions has
<t, grad L> = 0 where all kink functions vanish, so the multipliers of the slice vanish with it.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from ...numbers.tolerances import LEAST_SINGULAR
from .kinks import Kinks
from .objective import SOFTMAX, Objective


def families(kinks: Kinks) -> list[tuple[int, tuple[int, ...]]]:
    """Return (layer, units) for each set of units of a layer with the same pattern and the same kinks."""
    out = []
    for layer, (on, at) in enumerate(zip(kinks.on, kinks.at, strict=True)):
        alike: dict[bytes, list[int]] = {}
        for unit in range(on.shape[1]):
            key = on[:, unit].astype(np.int8).tobytes() + at[:, unit].astype(np.int8).tobytes()
            alike.setdefault(key, []).append(unit)
        out += [(layer, tuple(units)) for units in alike.values()]
    return out


def symmetry_directions(objective: Objective, kinks: Kinks, theta: np.ndarray) -> np.ndarray:
    """Return independent directions (g, p) at theta along which nothing changes."""
    free = objective.decay == 0
    matrices = objective.matrices(theta)
    found = []
    for layer, units in families(kinks):
        if free or (len(units) > 1 and _evenly_penalised(objective, layer, units)):
            found += _turns(objective, matrices, layer, units, every=free)
    found += _shifts(objective, free)
    if not found:
        return np.zeros((0, objective.size))
    return independent(np.array(found))


def independent(rows: np.ndarray) -> np.ndarray:
    """Return independent rows among rows, scaled to length one."""
    norms = np.linalg.norm(rows, axis=1)
    rows = rows[norms > 0] / norms[norms > 0, None]
    if not len(rows):
        return rows
    _, R, order = scipy.linalg.qr(rows.T, mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(R)) > np.sqrt(LEAST_SINGULAR)).sum())
    return np.asarray(rows[np.sort(order[:rank])])


def _evenly_penalised(objective: Objective, layer: int, units: tuple[int, ...]) -> bool:
    """Return whether turning these units into one another leaves the penalty as it is."""
    rows = objective.penalised[layer][list(units)]
    columns = objective.penalised[layer + 1][:, list(units)]
    return bool((rows == rows[0]).all() and (columns == columns[:, :1]).all())


def _turns(
    objective: Objective, matrices: list[np.ndarray], layer: int, units: tuple[int, ...], every: bool
) -> list[np.ndarray]:
    """Return the directions (-V A, A W) for a basis of matrices A: all, or the antisymmetric ones."""
    out = []
    for a, i in enumerate(units):
        for j in units if every else units[a + 1 :]:
            parts = [np.zeros_like(M) for M in matrices]
            # A = e_i e_j^T: unit i takes up unit j's incoming weights, j gives unit i's outgoing ones
            parts[layer][i] += matrices[layer][j]
            parts[layer + 1][:, j] -= matrices[layer + 1][:, i]
            if not every:
                parts[layer][j] -= matrices[layer][i]
                parts[layer + 1][:, i] += matrices[layer + 1][:, j]
            out.append(np.concatenate([part.reshape(-1) for part in parts]))
    return out


def _shifts(objective: Objective, free: bool) -> list[np.ndarray]:
    """Return the shifts of all logits of a softmax that cost nothing."""
    if objective.loss != SOFTMAX:
        return []
    columns = ~objective.penalised[-1].any(axis=0)
    out = []
    for column in np.flatnonzero(columns):
        last = np.zeros(objective.matrix_shapes[-1])
        last[:, column] = 1.0
        out.append(np.concatenate([np.zeros(objective.starts[-2]), last.reshape(-1)]))
    return out
