"""One basin program with weight decay in two compiled calls: the interior point, and its answer in the data's units.

Done in Python, what stands before and after the interior point of 20 unknowns costs more than itself.
"""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import kernel
from .decayed_algebra_kernel import INSIDE
from .decayed_gap_kernel import SQUARED, derivatives
from .decayed_kernel import STEPS_OF_A_PROGRAM, decayed_points, step_work


@kernel(
    lambda on, sign, X, C, first, side, shares, y, kind, *_: (
        STEPS_OF_A_PROGRAM * step_work(len(y), on.shape[0] * X.shape[1], X.shape[1], len(C), kind != SQUARED)
    ),
    seconds=24.0,
    **INSIDE,
)
def basin_point(
    on: np.ndarray,
    sign: np.ndarray,
    X: np.ndarray,
    C: np.ndarray,
    first: np.ndarray,
    side: np.ndarray,
    shares: np.ndarray,
    y: np.ndarray,
    kind: int,
    lam: float,
    kappa: float,
    has_c: bool,
    start_c: float,
    accuracy: float,
    limit: int,
    patience: int,
    share: float,
    least: float,
    begin: float,
    gap: np.ndarray,
    point: np.ndarray,
    multipliers: np.ndarray,
) -> None:
    """Minimise over one closed basin; fill gap (1,), multipliers (1, m, k) and point (1, m + 1, d), c in its last row.

    on (m, n) tells the samples that a unit sees, sign (m,) its output sign; X (n, d) are the samples, C (k, d) normals
    of length 1, each of which has sample `first` on its side `side`; shares (d,) is 1.0 where a coordinate is
    penalised. The rest is that of `decayed_points`.
    """
    m, n, d, k = on.shape[0], X.shape[0], X.shape[1], C.shape[0]
    G, cones, pen = np.zeros((m, n, d)), np.zeros((m, d, k)), np.zeros((m, d))
    Q, K, states = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64), np.zeros((1, m), dtype=np.int64)
    for j in range(m):
        Q[j], K[j], states[0, j] = d, k, j
        for i in range(n):
            if on[j, i]:
                for a in range(d):
                    G[j, i, a] = sign[j] * X[i, a]
        for r in range(k):
            turn = side[r] if on[j, first[r]] else -side[r]
            for a in range(d):
                cones[j, a, r] = turn * C[r, a]
        for a in range(d):
            pen[j, a] = shares[a]
    decayed_points(
        G, Q, cones, K, pen, y, kind, lam, kappa, has_c, start_c, states, accuracy, limit, patience, share, least,
        begin, np.zeros(1), gap, point, multipliers,
    )  # fmt: skip


@kernel(lambda on, *_: 8 * on.size, seconds=1.0, **INSIDE)
def in_own_units(
    on: np.ndarray,
    sign: np.ndarray,
    places: np.ndarray,
    X: np.ndarray,
    y: np.ndarray,
    kind: int,
    shares: np.ndarray,
    lam: float,
    kappa: float,
    x: np.ndarray,
    z: np.ndarray,
    of_weight: float,
    of_constant: float,
    of_multiplier: np.ndarray,
    weights: np.ndarray,
    multipliers: np.ndarray,
    f: np.ndarray,
    e: np.ndarray,
) -> float:
    """Return the value of a point x (m d + 1,) in units of the data; fill what else there is to tell of it.

    Live unit j becomes row places[j] of weights (M, d), its multipliers z (m, k) that row of multipliers (M, k); f and
    e (n,) are predictions and slopes. What `of_weight`, `of_constant` and `of_multiplier` (k,) measure is 1 in x and z.
    """
    (n, d), m = X.shape, on.shape[0]
    c, norms = of_constant * x[m * d], 0.0
    for i in range(n):
        f[i] = c
    for j in range(m):
        at, square = places[j], 0.0
        for a in range(d):
            weights[at, a] = of_weight * x[j * d + a]
            square += shares[a] * weights[at, a] * weights[at, a]
        norms += np.sqrt(square)
        for r in range(z.shape[1]):
            multipliers[at, r] = of_multiplier[r] * z[j, r]
        for i in range(n):
            if on[j, i]:
                height = 0.0
                for a in range(d):
                    height += X[i, a] * weights[at, a]
                f[i] += sign[j] * height
    return derivatives(kind, y, f, e, np.zeros(n)) + lam * norms + kappa * c * c / 2
