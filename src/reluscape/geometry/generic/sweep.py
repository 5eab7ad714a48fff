"""One region per vertex: the signs of the region whose lowest vertex is a given subset of hyperplanes."""

from __future__ import annotations

import flint
import numpy as np

from ...numbers.exact import UNIT_ROUNDOFF, sign
from .flag import Flag


def region_signs(flag: Flag, level: int, subsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sides of the regions born at the given vertices, and which of them floats could not certify.

    At level k the subset S has one vertex v with <a_i, v> + b_i = 0 on S. Outside S the region's sides are the signs at
    v; inside they are the signs of lambda in e_k = sum_S lambda_i a_i, since the sweep along the last coordinate leaves
    v into the region.

    Args:
        flag: the arrangement.
        level: k, between 0 and D.
        subsets: (B, k) increasing or not, distinct entries below m.

    Returns:
        sides (B, m) bool and unsure (B, m) bool; where not unsure the side is proven by a running error bound.

    Source: the bijection behind Zaslavsky's count for general position; Edelsbrunner, Algorithms in Combinatorial
    Geometry (1987), section 7.
    """
    a, b = flag.level(level)
    B, m = len(subsets), flag.m
    if level == 0:
        sides = np.broadcast_to(b > 0, (B, m)).copy()
        return sides, np.broadcast_to(b == 0, (B, m)).copy()
    with np.errstate(all="ignore"):
        return _certified_signs(a, b, subsets)


def _certified_signs(a: np.ndarray, b: np.ndarray, subsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sides and doubts of level k >= 1 from the level's floats, each within one rounding of the truth."""
    k = a.shape[1]
    M, offsets = a[subsets], b[subsets]
    inverse, singular = _inverses(M)
    # T = 1 - inverse M, counted with the rounding of this product and of the entries of M themselves.
    gamma = (2 * k + 8) * UNIT_ROUNDOFF
    spread = np.abs(inverse).sum(axis=2).max(axis=1)
    defect = np.abs(inverse @ M - np.eye(k)).sum(axis=2).max(axis=1) + gamma * spread * np.abs(M).sum(axis=2).max(
        axis=1
    )
    singular |= ~(defect < 0.5)
    defect[singular] = 0.5
    vertex = -(inverse @ offsets[..., None])[..., 0]
    rounding = gamma * spread * np.abs(offsets).max(axis=1)
    error = (defect * (np.abs(vertex).max(axis=1) + rounding)) / (1 - defect) + rounding
    values = vertex @ a.T + b
    reach = np.abs(a).sum(axis=1) + np.finfo(float).tiny
    bound = reach[None, :] * (error[:, None] + gamma * np.abs(vertex).max(axis=1)[:, None]) + gamma * np.abs(b)[None, :]
    sides, unsure = values > 0, np.abs(values) <= bound
    last_rows = inverse[:, k - 1, :]
    reduced_bound = 2 * defect[:, None] * np.abs(inverse).max(axis=1)
    np.put_along_axis(sides, subsets, last_rows > 0, axis=1)
    np.put_along_axis(unsure, subsets, np.abs(last_rows) <= reduced_bound, axis=1)
    unsure[singular] = True
    return sides, unsure


def exact_signs(flag: Flag, level: int, subset: np.ndarray, rows: np.ndarray, where: np.ndarray) -> np.ndarray | None:
    """Return the exact sides -1, 0, +1 at the positions `where` of the region born at a vertex, or None.

    Args:
        flag: the arrangement.
        level: k.
        subset: (k,) distinct positions.
        rows: (m, r) integers: the flag's rows, or perturbed ones.
        where: (p,) positions whose side is asked for, in the subset or not.

    Returns:
        (p,) int8; None where the subset's linear parts are dependent, so that there is no vertex.
    """
    k = level
    a, b = flag.exact_level(k, rows)
    if k == 0:
        return np.array([sign(int(b[j])) for j in where], dtype=np.int8)
    entries = [int(v) for v in a[subset].reshape(-1)]
    M = flint.fmpz_mat(k, k, entries)
    try:
        solution = M.solve(flint.fmpz_mat(k, 1, [-int(v) for v in b[subset]]))
        slopes = M.transpose().solve(flint.fmpz_mat(k, 1, [0] * (k - 1) + [1]))
    except ZeroDivisionError:
        return None
    numerators, denominator = solution.numer_denom()
    point = [numerators[c, 0] for c in range(k)]
    position = {int(j): i for i, j in enumerate(subset)}
    out = np.zeros(len(where), dtype=np.int8)
    for index, j in enumerate(where):
        if int(j) in position:
            slope = slopes[position[int(j)], 0]
            out[index] = (slope > 0) - (slope < 0)
        else:
            value = int(b[j]) * denominator
            for c in range(k):
                value += int(a[j, c]) * point[c]
            out[index] = (value > 0) - (value < 0)
    return out


def _inverses(M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return approximate inverses of a stack of matrices and which are singular in floats."""
    try:
        return np.linalg.inv(M), np.zeros(len(M), dtype=bool)
    except np.linalg.LinAlgError:
        singular = np.linalg.slogdet(M)[0] == 0
        safe = np.where(singular[:, None, None], np.eye(M.shape[1]), M)
        return np.linalg.inv(safe), singular
