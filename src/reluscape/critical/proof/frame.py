"""The gradients of the kinks at one place, factorized once: multipliers, the way back to the kinks, what lies along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from ...numbers.tolerances import DEFAULT


@dataclass(frozen=True, eq=False)
class Frame:
    """C^T = Q R with its columns in the order of their pivots.

    Attributes:
        across: (p, r) orthonormal, spanning the gradients.
        along: (p, p - r) orthonormal, on which C vanishes.
        upper: (r, r) the regular part of R.
        pivots: (r,) numbers of independent rows of C.
        count: rows of C.
    """

    across: np.ndarray
    along: np.ndarray
    upper: np.ndarray
    pivots: np.ndarray
    count: int

    def multipliers(self, gradient: np.ndarray) -> np.ndarray:
        """Return mu (count,) with |gradient + C^T mu| as small as can be, zeros for dependent rows."""
        mu = np.zeros(self.count)
        mu[self.pivots] = scipy.linalg.solve_triangular(self.upper, -self.across.T @ gradient)
        return mu

    def way_back(self, values: np.ndarray) -> np.ndarray:
        """Return the shortest step (p,) with C step = -values on the independent rows."""
        return np.asarray(
            self.across @ scipy.linalg.solve_triangular(self.upper, -values[self.pivots], trans="T"), dtype=float
        )


def build_frame(C: np.ndarray) -> Frame:
    """Return the frame of gradients C (count, p)."""
    count, p = C.shape
    if not count:
        return Frame(np.zeros((p, 0)), np.eye(p), np.zeros((0, 0)), np.zeros(0, dtype=int), 0)
    Q, R, order = scipy.linalg.qr(C.T, pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    rank = int((sizes > DEFAULT.tangent_rank * sizes.max(initial=0.0)).sum())
    return Frame(Q[:, :rank], Q[:, rank:], R[:rank, :rank], order[:rank], count)
