"""Directions along which the loss does not change: rotations of units with one pattern, rescalings, shifts of logits.

Units of one layer that are on for the same rows and on the kinks of the same rows are a linear network in between:
(V, W) -> (V Q^T, Q W) changes neither V W nor, for orthogonal Q, the penalty. Without decay Q may be any invertible
matrix, a rescaling of one unit among them. Adding a constant to all logits of a softmax changes no loss.

A critical point on the slice across these directions is one of the whole: each field t of directions has
<t, grad L> = 0 where all kink functions vanish, so the multipliers of the slice vanish with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...numbers.tolerances import LEAST_SINGULAR
from .arithmetic import FLOATS, Arithmetic
from .balls import Balls, join
from .kinks import Kinks
from .objective import SOFTMAX, Objective

FLOAT = Arithmetic(FLOATS)
# row sums of doubles below this are below 1
SURELY_LESS = 0.99


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
    return independent(_fields(objective, kinks, theta, FLOAT))


def is_across(objective: Objective, kinks: Kinks, theta: Any, slices: np.ndarray, using: Arithmetic) -> bool:
    """Return whether a slice meets the orbits of the symmetries across, for every theta of a box.

    On c = 0 every field t has <t, grad L> = 0, so that grad L + G^T nu = 0 gives T G^T nu = 0; nu vanishes with it
    where T G^T has full rank, which P T G^T near 1 proves.
    """
    if not len(slices):
        return True
    product = using.product(_fields(objective, kinks, theta, using), using.doubles(slices.T))
    middle = product.mid if isinstance(product, Balls) else np.array([[float(v.mid()) for v in r] for r in product])
    rest = using.product(using.doubles(np.linalg.pinv(middle)), product) - using.doubles(np.eye(len(slices)))
    sizes = rest.size() if isinstance(rest, Balls) else np.array([[float(abs(v).upper()) for v in r] for r in rest])
    return bool((sizes.sum(axis=1) < SURELY_LESS).all())


def _fields(objective: Objective, kinks: Kinks, theta: Any, using: Arithmetic) -> Any:
    """Return directions (f, p) along which nothing changes, in an arithmetic."""
    free = objective.decay == 0
    matrices = objective.matrices(theta)
    directions: list[Any] = []
    for layer, units in families(kinks):
        if free or (len(units) > 1 and _evenly_penalised(objective, layer, units)):
            directions += _turns(matrices, layer, units, free, using)
    directions += _shifts(objective, free, using)
    rows = [row.reshape(1, objective.size) for row in directions]
    return join(rows) if rows else using.zeros((0, objective.size))


def independent(rows: np.ndarray) -> np.ndarray:
    """Return independent rows among rows, scaled to length one."""
    if not len(rows):
        return rows
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


def _turns(matrices: list[Any], layer: int, units: tuple[int, ...], every: bool, using: Arithmetic) -> list[Any]:
    """Return the directions (-V A, A W) for a basis of matrices A: all, or the antisymmetric ones."""
    out = []
    below, above = matrices[layer], matrices[layer + 1]
    for a, i in enumerate(units):
        for j in units if every else units[a + 1 :]:
            parts = [using.zeros(M.shape) for M in matrices]
            # A = e_i e_j^T: unit i takes up unit j's incoming weights, j gives unit i's outgoing ones
            parts[layer][i] = parts[layer][i] + below[j]
            parts[layer + 1][:, j] = parts[layer + 1][:, j] - above[:, i]
            if not every:
                parts[layer][j] = parts[layer][j] - below[i]
                parts[layer + 1][:, i] = parts[layer + 1][:, i] + above[:, j]
            out.append(join([part.reshape(M.shape[0] * M.shape[1]) for part, M in zip(parts, matrices, strict=True)]))
    return out


def _shifts(objective: Objective, free: bool, using: Arithmetic) -> list[Any]:
    """Return the shifts of all logits of a softmax that cost nothing."""
    if objective.loss != SOFTMAX:
        return []
    columns = ~objective.penalised[-1].any(axis=0)
    out = []
    for column in np.flatnonzero(columns):
        last = np.zeros(objective.matrix_shapes[-1])
        last[:, column] = 1.0
        out.append(using.doubles(np.concatenate([np.zeros(objective.starts[-2]), last.reshape(-1)])))
    return out
