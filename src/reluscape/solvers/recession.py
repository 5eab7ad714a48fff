"""Directions along which a basin's loss falls for ever: found by a linear program."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, Tolerances

NEAR = 30.0


def recession_direction(
    F: np.ndarray, G: Any, up: np.ndarray, down: np.ndarray, tolerances: Tolerances = DEFAULT
) -> np.ndarray | None:
    """Return a direction of the cone along which no loss rises, that moves as many predictions as any, or None.

    A linear program: maximise the sum of t_i, 0 <= t_i <= 1, where the i-th prediction moves by at least t_i. A cone
    that moves each of two predictions moves both, so that every t_i is 0 or 1 at its solution: predictions that move
    do so by at least 1, some perhaps by far more, and the others not at all.

    Args:
        F: (M, N) features, F x the predictions.
        G: sparse (q, N), the cone is G x >= 0.
        up: (M,) bool, entries that may go to plus infinity.
        down: (M,) bool, entries that may go to minus infinity; an entry that may do both gains nothing.
        tolerances: which moves count as none.
    """
    import scipy.sparse as sp
    from scipy.optimize import linprog

    one_way, no_way = up ^ down, ~(up | down)
    if not one_way.any():
        return None
    way = np.where(up, 1.0, -1.0)[one_way]
    N, q = F.shape[1], int(one_way.sum())
    moving = sp.hstack([sp.csr_matrix(-way[:, None] * F[one_way]), sp.identity(q)])
    cone = sp.hstack([-G, sp.csr_matrix((G.shape[0], q))])
    still = sp.hstack([sp.csr_matrix(F[no_way]), sp.csr_matrix((int(no_way.sum()), q))]) if no_way.any() else None
    optimum = linprog(
        np.concatenate([np.zeros(N), -np.ones(q)]),
        A_ub=sp.vstack([moving, cone], format="csr"),
        b_ub=np.zeros(q + G.shape[0]),
        A_eq=still,
        b_eq=np.zeros(int(no_way.sum())) if still is not None else None,
        bounds=[(None, None)] * N + [(0.0, 1.0)] * q,
        method="highs",
    )
    if optimum.x is None or -optimum.fun <= 0.5:
        return None
    return np.asarray(optimum.x[:N])
