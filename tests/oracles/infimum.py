"""The infimum of a basin with the logistic loss by a general conic solver: exponential cones."""

from __future__ import annotations

import clarabel
import numpy as np
import scipy.sparse as sp


def logistic_infimum(X: np.ndarray, labels: np.ndarray, pattern: np.ndarray, signs: list[int], bias: bool) -> float:
    """Return the infimum of the mean of log(1 + exp(-t_i f_i)), labels -1 and 1, over a closed basin.

    log(1 + e^-q) <= s where e^(-q - s) <= p, e^-s <= r and p + r <= 1.
    """
    (m, n), d = pattern.shape, X.shape[1]
    size = m * d + 1 + 3 * n  # weights, constant, s, p, r
    F = np.zeros((n, size))
    for j in range(m):
        F[:, j * d : (j + 1) * d] = signs[j] * pattern[j][:, None] * X
    F[:, m * d] = float(bias)
    s, p, r = (m * d + 1 + k * n + np.arange(n) for k in range(3))
    fixed = np.zeros((1, size))
    fixed[0, m * d] = float(not bias)
    cells = np.zeros((m * n, size))
    for j in range(m):
        cells[j * n : (j + 1) * n, j * d : (j + 1) * d] = -np.where(pattern[j], 1.0, -1.0)[:, None] * X
    sums = np.zeros((n, size))
    sums[np.arange(n), p] = sums[np.arange(n), r] = 1.0
    cones, right = np.zeros((6 * n, size)), np.zeros(6 * n)
    for i in range(n):
        cones[6 * i] = labels[i] * F[i]
        cones[6 * i, s[i]], cones[6 * i + 2, p[i]] = 1.0, -1.0
        cones[6 * i + 3, s[i]], cones[6 * i + 5, r[i]] = 1.0, -1.0
        right[6 * i + 1] = right[6 * i + 4] = 1.0
    q = np.zeros(size)
    q[s] = 1.0 / max(n, 1)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    kinds = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(m * n + n), *[clarabel.ExponentialConeT()] * (2 * n)]
    A = sp.csc_matrix(np.concatenate([fixed, cells, sums, cones]))
    b = np.concatenate([np.zeros(1 + m * n), np.ones(n), right])
    solver = clarabel.DefaultSolver(sp.csc_matrix((size, size)), q, A, b, kinds, settings)
    return float(solver.solve().obj_val)
