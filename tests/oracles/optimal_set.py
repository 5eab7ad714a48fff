"""The set of global minima with weight decay by linear programs: every choice of directions, every pair that meets."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import linprog

ROOM = 1e-7


def components(features: np.ndarray, target: np.ndarray, width: int) -> tuple[int, int]:
    """Return (components, components up to order) of the sets {a >= 0: sum_j a_j features[sigma_j] = target} glued.

    For each map sigma from units to directions the set is a polytope; two polytopes share a network where some a lies
    in both and is zero for every unit on which the maps differ.
    """
    p = features.shape[1]
    size = np.abs(target).max()

    def meets(columns: list[int]) -> bool:
        A = features[:, columns]
        if not columns:
            return bool(size <= ROOM)
        k = len(columns)
        # the smallest excess over an exact fit
        cost = np.concatenate([np.zeros(k), np.ones(2 * len(target))])
        equal = np.concatenate([A / size, np.eye(len(target)), -np.eye(len(target))], axis=1)
        return bool(linprog(cost, A_eq=equal, b_eq=target / size, bounds=(0, None)).fun <= ROOM)

    known: dict[frozenset[int], bool] = {}

    def possible(columns: list[int]) -> bool:
        key = frozenset(columns)
        if key not in known:
            known[key] = meets(sorted(key))
        return known[key]

    maps = [sigma for sigma in itertools.product(range(p), repeat=width) if possible(list(sigma))]
    parent = list(range(len(maps)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for a, b in itertools.combinations(range(len(maps)), 2):
        if possible([s for s, t in zip(maps[a], maps[b], strict=True) if s == t]):
            parent[root(a)] = root(b)
    number = len({root(k) for k in range(len(maps))})
    place = {sigma: k for k, sigma in enumerate(maps)}
    for order in itertools.permutations(range(width)):
        for k, sigma in enumerate(maps):
            parent[root(k)] = root(place[tuple(sigma[j] for j in order)])
    return number, len({root(k) for k in range(len(maps))})
