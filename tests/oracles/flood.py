"""Flood fill of the loss of one unit in the plane on a grid, the two output signs glued at w = 0."""

from __future__ import annotations

import numpy as np


def flood_pairs(X, y, reach=3.0, steps=121):
    """Return (lowest grid value, sorted (birth, merge) pairs) by the elder rule on grid neighbours."""
    grid = np.linspace(-reach, reach, steps)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    f = np.maximum(np.stack([a.ravel(), b.ravel()], axis=1) @ X.T, 0)
    loss = np.concatenate([((f - y) ** 2).mean(axis=1), ((f + y) ** 2).mean(axis=1)])
    size = steps * steps
    parent = np.full(2 * size, -1)

    def find(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    pairs = []
    for i in np.argsort(loss):
        parent[i] = i
        sheet, cell = divmod(i, size)
        p, q = divmod(cell, steps)
        around = [
            sheet * size + (p + dp) * steps + q + dq
            for dp in (-1, 0, 1)
            for dq in (-1, 0, 1)
            if (dp or dq) and 0 <= p + dp < steps and 0 <= q + dq < steps
        ]
        if p == q == steps // 2:
            around.append((1 - sheet) * size + cell)
        for j in around:
            if parent[j] < 0:
                continue
            s, t = find(i), find(j)
            if s == t:
                continue
            if loss[s] > loss[t]:
                s, t = t, s
            if loss[i] > loss[t] + 1e-3:
                pairs.append((loss[t], loss[i]))
            parent[t] = s
    return loss.min(), sorted(pairs)
