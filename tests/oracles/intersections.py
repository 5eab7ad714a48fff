"""The merge tree from the intersection graph of all pairs of closed basins, each program solved over all rays."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import nnls


def lines_and_rays(X):
    """Return (distinct lines, candidate rays, signs of rays on lines), everything in coordinates of the row space."""
    X = np.array(X, dtype=float)
    X = X[np.abs(X).sum(axis=1) > 0]
    if not len(X):
        return np.zeros((0, 0)), np.zeros((0, 0)), np.zeros((0, X.shape[1]))
    _, s, Vt = np.linalg.svd(X)
    basis = Vt[: int((s > 1e-9).sum())]
    A = X @ basis.T
    lines = []
    for a in A:
        if not any(np.linalg.matrix_rank(np.array([a, b]), tol=1e-9) < 2 for b in lines):
            lines.append(a)
    lines = np.array(lines)
    r = len(basis)
    rays = []
    for subset in itertools.combinations(range(len(lines)), r - 1):
        M = lines[list(subset)].reshape(-1, r)
        null = np.linalg.svd(M)[2][np.linalg.matrix_rank(M, tol=1e-9) if len(M) else 0 :]
        if len(null) == 1:
            rays += [null[0], -null[0]]
    return lines, np.array(rays).reshape(-1, r), basis


def closed_cells(lines, rays):
    """Return the sign vectors of all cells and, for each, which rays lie in its closure."""
    r = lines.shape[1]
    side = np.where(np.abs(rays @ lines.T) < 1e-9, 0, np.sign(rays @ lines.T)).astype(int)
    rng = np.random.default_rng(0)
    draws = np.sign(rng.standard_normal((40000, r)) @ lines.T).astype(int)
    cells = np.unique(draws, axis=0)
    return cells, [np.flatnonzero(((side == 0) | (side == c)).all(axis=1)) for c in cells]


def merge_pairs(X, y, width, bias, labelled=False, signs=None):
    """Return (global minimum, sorted (birth, merge) pairs), two basins joined at the value of their intersection.

    Labelled units are matched in their order only; with frozen signs a unit is matched with one of its own sign.
    """
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    n = len(y)
    lines, rays, basis = lines_and_rays(X)
    target = y - y.mean() if bias else y
    if not lines.size:
        return float(target @ target) / n, []
    cells, inside = closed_cells(lines, rays)
    features = np.maximum(np.where(np.abs(X @ basis.T @ rays.T) < 1e-9, 0, X @ basis.T @ rays.T), 0)
    if bias:
        features = features - features.mean(axis=0)
    cache = {}

    def value(generators):
        key = frozenset(generators)
        if key not in cache:
            columns = np.array([s * features[:, q] for q, s in key]).reshape(-1, n).T
            columns = columns[:, np.linalg.norm(columns, axis=0) > 1e-9] if columns.size else np.zeros((n, 0))
            cache[key] = (
                nnls(columns, target, maxiter=10000)[1] ** 2 / n if columns.shape[1] else float(target @ target) / n
            )
        return cache[key]

    states = [(c, s) for c in range(len(cells)) for s in (1, -1)]
    gens = {(c, s): {(q, s) for q in inside[c]} for c, s in states}
    if labelled:
        nodes = list(itertools.product(states, repeat=width))
    else:
        nodes = list(itertools.combinations_with_replacement(states, width))
    if signs is not None:
        nodes = [node for node in nodes if sorted(s for _, s in node) == sorted(signs)]
    birth = [value(set().union(*(gens[u] for u in node))) for node in nodes]
    edges = []
    for i, j in itertools.combinations(range(len(nodes)), 2):
        best = np.inf
        for order in [nodes[j]] if labelled else set(itertools.permutations(nodes[j])):
            if signs is not None and any(a[1] != b[1] for a, b in zip(nodes[i], order, strict=True)):
                continue
            # units matched one to one: same sign shares the common rays, opposite signs only z_j = 0
            common = [gens[a] & gens[b] if a[1] == b[1] else set() for a, b in zip(nodes[i], order, strict=True)]
            best = min(best, value(set().union(*common)))
        edges.append((best, i, j))
    parent = list(range(len(nodes)))

    def find(a):
        while parent[a] != a:
            a = parent[a]
        return a

    pairs = []
    for height, i, j in sorted(edges):
        a, b = find(i), find(j)
        if a == b:
            continue
        if birth[a] > birth[b]:
            a, b = b, a
        if height > birth[b] + 1e-9 * max(1.0, float(y @ y)):
            pairs.append((birth[b], height))
        parent[b] = a
    return min(birth), sorted(pairs)
