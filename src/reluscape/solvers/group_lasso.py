"""The group lasso: output weights of given units with the length of each one penalised, by Clarabel."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp


def group_lasso(H: np.ndarray, Y: np.ndarray, lam: float) -> np.ndarray | None:
    """Return V (m, k) that minimises |H V - Y|^2 + lam sum_j |V_j|, or None where Clarabel ends without a point.

    Args:
        H: (n, m) features.
        Y: (n, k) targets.
        lam: weight of the lengths, positive.

    Example:
        >>> group_lasso(np.eye(2), np.array([[3.0, 4.0], [0.1, 0.0]]), 2.0).round(6).tolist()
        [[2.4, 3.2], [0.0, 0.0]]
    """
    import clarabel

    (_, m), k = H.shape, Y.shape[1]
    size = float(np.abs(Y).max(initial=0.0))
    if size == 0.0 or m == 0:
        return np.zeros((m, k))
    # variables: the lengths, then V row by row; each (length, V_j) lies in a second-order cone
    gram = np.kron(2 * H.T @ H, np.eye(k))
    quadratic = sp.block_diag([sp.csc_matrix((m, m)), sp.csc_matrix(np.triu(gram))], format="csc")
    linear = np.concatenate([np.full(m, lam / size), (-2 * H.T @ Y / size).reshape(-1)])
    places = np.concatenate([np.append(j, m + j * k + np.arange(k)) for j in range(m)])
    cones = sp.csc_matrix((-np.ones(len(places)), (np.arange(len(places)), places)))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-12
    solver = clarabel.DefaultSolver(
        quadratic, linear, cones, np.zeros(len(places)), [clarabel.SecondOrderConeT(k + 1)] * m, settings
    )
    x = np.asarray(solver.solve().x)
    if x.shape != (m + m * k,) or not np.isfinite(x).all():
        return None
    return np.asarray(size * x[m:].reshape(m, k))
