"""Basin programs by Clarabel, a general conic solver: the second opinion on the squared loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .scaling import Coordinates


@dataclass(frozen=True, eq=False)
class ConicSolution:
    """What Clarabel found, in the solver's coordinates.

    Attributes:
        x: (m r + bias,) the point.
        multipliers: (p, k) multipliers of the cone constraints.
        slacks: (p, k) slacks, not below 0.
        square: squared length of the residual at x.
        residual: complementarity, infeasibility times the multipliers and dual residual times the weights.
    """

    x: np.ndarray
    multipliers: np.ndarray
    slacks: np.ndarray
    square: float
    residual: float


def squared_program(
    space: Coordinates, patterns: np.ndarray, sides: np.ndarray, codes: np.ndarray
) -> ConicSolution | None:
    """Minimise |sum_j A_j (U z_j) + c E - y|^2 / 2 over z_j with sides_j * (C z_j) >= 0 (the first p units).

    Args:
        space: the coordinates.
        patterns: (m, N) bool.
        sides: (p, k) -1.0 or 1.0.
        codes: (m,) signs, 0 for units without cone (they stand last).

    Returns:
        The solution with its residuals recomputed here, or None where Clarabel ended without a point.
    """
    import clarabel

    F = feature_matrix(space, patterns)
    cones = cone_matrix(space, sides, F.shape[1])
    N, size = F.shape
    # variables (x, residual): F x - residual = y, cones x >= 0
    quadratic = sp.block_diag([sp.csc_matrix((size, size)), sp.identity(N)], format="csc")
    top = sp.hstack([sp.csc_matrix(F), -sp.identity(N)], format="csc")
    bottom = sp.hstack([-cones, sp.csc_matrix((cones.shape[0], N))], format="csc")
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-12
    solver = clarabel.DefaultSolver(
        quadratic,
        np.zeros(size + N),
        sp.vstack([top, bottom], format="csc"),
        np.concatenate([space.y, np.zeros(cones.shape[0])]),
        [clarabel.ZeroConeT(N), clarabel.NonnegativeConeT(cones.shape[0])],
        settings,
    )
    answer = solver.solve()
    point = np.asarray(answer.x)
    if point.shape != (size + N,) or not np.isfinite(point).all():
        return None
    x = point[:size]
    multipliers = np.maximum(np.asarray(answer.z)[N:], 0.0)
    slack = cones @ x
    rest = F @ x - space.y
    dual = F.T @ rest - cones.T @ multipliers
    residual = (
        float(np.abs(dual).max(initial=0.0)) * (1.0 + float(np.abs(x).sum()))
        + float(-slack.min(initial=0.0)) * (1.0 + float(multipliers.sum()))
        + float(multipliers @ np.maximum(slack, 0.0))
    )
    return ConicSolution(
        x,
        multipliers.reshape(sides.shape),
        np.maximum(slack, 0.0).reshape(sides.shape),
        float(rest @ rest),
        residual,
    )


def feature_matrix(space: Coordinates, patterns: np.ndarray) -> np.ndarray:
    """Return F (N, m r + bias) with F x the predictions in the solver's coordinates."""
    blocks = [pattern[:, None] * space.U for pattern in patterns]
    if space.E.size:
        blocks.append(space.E[:, None])
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(space.y), 0))


def cone_matrix(space: Coordinates, sides: np.ndarray, size: int) -> sp.csc_matrix:
    """Return the sparse matrix G with G x >= 0 for the units with a cone."""
    blocks = [sp.csc_matrix(side[:, None] * space.C) for side in sides]
    G = sp.block_diag(blocks, format="csc") if blocks else sp.csc_matrix((0, 0))
    return sp.csc_matrix(sp.hstack([G, sp.csc_matrix((G.shape[0], size - G.shape[1]))]))
