"""The cones of a basin's units, sides_j (C z_j) >= 0, kept as one table of normals and never as one large matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..numbers.tolerances import DEFAULT, Tolerances


@dataclass(frozen=True, eq=False)
class CellCones:
    """Cones of the first p units; x holds r numbers for each unit, then entries that no cone holds.

    Attributes:
        C: (k, r) unit normals.
        sides: (p, k) -1.0 or 1.0.
        size: number of entries of x.
    """

    C: np.ndarray
    sides: np.ndarray
    size: int

    @property
    def count(self) -> int:
        """Number of inequalities."""
        return int(self.sides.size)

    @property
    def held(self) -> int:
        """Number of entries of x that belong to a unit with a cone."""
        return len(self.sides) * self.C.shape[1]

    @cached_property
    def _products(self) -> np.ndarray:
        """(k, r r) products of the entries of each normal."""
        return (self.C[:, :, None] * self.C[:, None, :]).reshape(len(self.C), -1)

    def heights(self, x: np.ndarray) -> np.ndarray:
        """Return the slacks (p, k) of x."""
        return np.asarray(self.sides * (x[: self.held].reshape(len(self.sides), self.C.shape[1]) @ self.C.T))

    def pull(self, mu: np.ndarray) -> np.ndarray:
        """Return the transpose of `heights` at mu (p, k): a vector like x."""
        out = np.zeros(self.size)
        out[: self.held] = ((self.sides * mu) @ self.C).reshape(-1)
        return out

    def add_gram(self, M: np.ndarray, weights: np.ndarray) -> None:
        """Add the matrix of sum_i weights_i heights_i(x)^2 to M, unit by unit."""
        r = self.C.shape[1]
        if not r:
            return
        for j, block in enumerate((weights @ self._products).reshape(-1, r, r)):
            M[j * r : (j + 1) * r, j * r : (j + 1) * r] += block

    def inside(self, tolerances: Tolerances = DEFAULT) -> np.ndarray:
        """Return a point x strictly inside every cone, of unit length in each unit; 0 for a cone without interior."""
        from .min_norm_kernel import min_norm_point

        x = np.zeros(self.size)
        r = self.C.shape[1]
        if not self.C.size:
            return x
        points = np.ascontiguousarray(self.C)
        for j, side in enumerate(self.sides):
            w = min_norm_point(
                points,
                np.ascontiguousarray(side),
                tolerances.min_norm_gap,
                tolerances.min_norm_zero,
                tolerances.min_norm_dependent,
                50 * (len(points) + r),
            )[1]
            length = float(np.linalg.norm(w))
            if (side * (points @ w)).min() > tolerances.no_interior * length:
                x[j * r : (j + 1) * r] = w / length
        return x

    def matrix(self) -> Any:
        """Return the sparse matrix G with G x >= 0."""
        blocks = [sp.csr_matrix(side[:, None] * self.C) for side in self.sides]
        G = sp.block_diag(blocks, format="csr") if blocks else sp.csr_matrix((0, 0))
        return sp.csr_matrix(sp.hstack([G, sp.csr_matrix((G.shape[0], self.size - G.shape[1]))]))
