"""Units for several outputs with weight decay: added where the slopes pull most, then moved on their faces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...errors import SolverError
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ...solvers.group_lasso import group_lasso
from .strongest import Faces

ROUNDS, AT_ONCE, STEPS = 200, 12, 10
# nothing is turned while a direction is pulled by more than the decay by this share
FAR = 1.0


@dataclass(frozen=True, eq=False)
class Units:
    """Units of weights W (m, r) and output weights V (m, k), each on a face with an orthonormal basis (b, r)."""

    bases: tuple[np.ndarray, ...]
    W: np.ndarray
    V: np.ndarray

    def strengths(self) -> np.ndarray:
        """Return |w| |v| of each unit."""
        return np.asarray(np.linalg.norm(self.W, axis=1) * np.linalg.norm(self.V, axis=1))

    def some(self, picks: np.ndarray) -> Units:
        """Return some of the units."""
        return Units(tuple(self.bases[j] for j in picks), self.W[picks], self.V[picks])


def solved(faces: Faces, Y: np.ndarray, lam: float) -> Units:
    """Return units with which no direction is pulled by more than lam.

    Raises:
        SolverError: the pulls do not come down.
    """
    Z, (r, k) = faces.Z, (faces.Z.shape[1], Y.shape[1])
    units, best = Units((), np.zeros((0, r)), np.zeros((0, k))), np.inf
    for _ in range(ROUNDS):
        N = 2 * (np.maximum(Z @ units.W.T, 0.0) @ units.V - Y)
        candidates = faces.candidates(N)
        largest = float(candidates.pulls.max(initial=0.0))
        value = objective(Z, Y, lam, units)
        at_rest = value > best * (1 - 10 * MACHINE_PRECISION)
        if largest <= lam * (1 + DEFAULT.pull_at_decay) or (at_rest and largest <= lam * (1 + DEFAULT.pull_at_rest)):
            return units
        best = min(best, value)
        picks: list[int] = []
        for c in np.argsort(-candidates.pulls, kind="stable"):
            if candidates.pulls[c] <= lam * (1 + DEFAULT.pull_at_decay) or len(picks) == AT_ONCE:
                break
            if all(candidates.W[c] @ candidates.W[o] < 1 - DEFAULT.same_direction for o in picks):
                picks.append(int(c))
        pulls = -np.maximum(candidates.W[picks] @ Z.T, 0.0) @ N
        size = 1e-2 * np.sqrt(max(float(units.strengths().max(initial=0.0)), lam / max(float((Z * Z).sum()), lam)))
        units = Units(
            (*units.bases, *(candidates.bases[c] for c in picks)),
            np.concatenate([units.W, size * candidates.W[picks]]),
            np.concatenate([units.V, size * pulls / np.linalg.norm(pulls, axis=1)[:, None]]),
        )
        units = live(weighed(Z, Y, lam, units))
        if largest > lam * (1 + FAR):
            continue
        new_units = live(turned(Z, Y, lam, merged(units)))
        if objective(Z, Y, lam, new_units) <= objective(Z, Y, lam, units) * (1 + DEFAULT.pull_at_decay):
            units = new_units
    raise SolverError("the pulls of the directions did not come down to the weight decay; standardise the inputs")


def objective(Z: np.ndarray, Y: np.ndarray, lam: float, units: Units) -> float:
    """Return |F - Y|^2 + lam sum_j |w_j| |v_j|."""
    rest = np.maximum(Z @ units.W.T, 0.0) @ units.V - Y
    return float((rest * rest).sum() + lam * units.strengths().sum())


def live(units: Units) -> Units:
    """Return the units that are not negligible."""
    sizes = units.strengths()
    return units.some(
        np.flatnonzero(sizes > DEFAULT.negligible_unit * max(float(sizes.max(initial=0.0)), np.finfo(float).tiny))
    )


def merged(units: Units) -> Units:
    """Return the units with those of nearly one direction added up, on the smallest of their faces."""
    left, bases, W, V = list(range(len(units.W))), [], [], []
    sizes = units.strengths()
    unit_W = units.W / np.linalg.norm(units.W, axis=1)[:, None]
    unit_V = units.V / np.linalg.norm(units.V, axis=1)[:, None]
    while left:
        first = max(left, key=lambda j: (-len(units.bases[j]), float(sizes[j])))
        same = [
            j
            for j in left
            if unit_W[j] @ unit_W[first] > 1 - DEFAULT.merged_direction
            and unit_V[j] @ unit_V[first] > 1 - DEFAULT.merged_direction
        ]
        w = (sizes[same] @ unit_W[same]) @ units.bases[first].T @ units.bases[first]
        v = sizes[same] @ unit_V[same]
        root = np.sqrt(sizes[same].sum())
        bases.append(units.bases[first])
        W.append(root * w / np.linalg.norm(w))
        V.append(root * v / np.linalg.norm(v))
        left = [j for j in left if j not in same]
    return Units(tuple(bases), np.array(W).reshape(-1, units.W.shape[1]), np.array(V).reshape(-1, units.V.shape[1]))


def weighed(Z: np.ndarray, Y: np.ndarray, lam: float, units: Units) -> Units:
    """Return units of the same directions with the best output weights, a convex program."""
    directions = units.W / np.linalg.norm(units.W, axis=1)[:, None]
    V = group_lasso(np.maximum(Z @ directions.T, 0.0), Y, lam)
    if V is None:
        raise SolverError("the output weights of given units were not found; standardise the inputs and targets")
    root = np.sqrt(np.maximum(np.linalg.norm(V, axis=1), np.finfo(float).tiny))[:, None]
    return Units(units.bases, directions * root, V / root)


def turned(Z: np.ndarray, Y: np.ndarray, lam: float, units: Units) -> Units:
    """Return the units after Newton's method in all weights, each held on the span of its face and its activations."""
    m, k = units.V.shape
    sizes = [len(B) for B in units.bases]
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    total = int(ends[-1])
    active = Z @ units.W.T > 0
    A = [np.where(active[:, j, None], Z, 0.0) @ B.T for j, B in enumerate(units.bases)]

    def parts(x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        t = [x[a:b] for a, b in pairwise(ends)]
        V = x[total:].reshape(m, k)
        heights = np.array([M @ p for M, p in zip(A, t, strict=True)]).reshape(m, len(Z)).T
        return t, V, heights

    def value(x: np.ndarray) -> float:
        _, V, heights = parts(x)
        rest = heights @ V - Y
        return float((rest * rest).sum() + lam / 2 * (x @ x))

    x = np.concatenate([*(B @ w for B, w in zip(units.bases, units.W, strict=True)), units.V.reshape(-1)])
    here = value(x)
    for _ in range(STEPS):
        _, V, heights = parts(x)
        rest = heights @ V - Y
        J = np.zeros((len(Z), k, len(x)))
        cross_terms = np.zeros((len(x), len(x)))
        for j, M in enumerate(A):
            a, b, at = ends[j], ends[j + 1], total + j * k
            J[:, :, a:b] = M[:, None, :] * V[j][None, :, None]
            J[:, range(k), range(at, at + k)] = heights[:, j, None]
            cross_terms[a:b, at : at + k] = 2 * M.T @ rest
        flat = J.reshape(-1, len(x))
        g = 2 * flat.T @ rest.reshape(-1) + lam * x
        H = 2 * flat.T @ flat + cross_terms + cross_terms.T + lam * np.eye(len(x))
        values, vectors = np.linalg.eigh(H)
        floor = MACHINE_PRECISION * len(x) * float(np.abs(values).max(initial=1.0))
        step = vectors @ ((vectors.T @ g) / np.maximum(np.abs(values), 1e3 * floor))
        share = 1.0
        while share > 1e-6 and not value(x - share * step) < here:
            share /= 2
        if share <= 1e-6:
            if np.abs(step).max(initial=0.0) < 1e-7 * np.abs(x).max(initial=0.0):
                x = x - step
            break
        x = x - share * step
        here = value(x)
    t, V, _ = parts(x)
    W = np.array([p @ B for p, B in zip(t, units.bases, strict=True)]).reshape(units.W.shape)
    return Units(units.bases, W, V)
