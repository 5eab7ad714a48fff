"""The rank of the Jacobian, decided exactly: of one pattern, and full or not for a batch of patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..numbers import exact
from ..numbers.entries import entries
from ..numbers.exact import fraction_array
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.data import Dataset, as_dataset, check_pattern
from .deficiency import distinct_units, rows_are_dependent
from .elimination import PRIMES, dependencies_mod, pattern_rank_mod

__all__ = ["RankOracle", "jacobian_rank", "nonzero_samples", "rank_verdicts"]


class RankOracle:
    """Everything about one data set that the rank of its Jacobians needs, prepared once.

    The rank of a Jacobian depends neither on positive factors of the samples nor on the basis of their span, so
    integer multiples of the samples, in as many columns as they have rank, stand for the data.

    Args:
        rows: (n, d) integers without rows of zeros, any integer dtype or Python integers.
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.n = len(rows)
        self._residues: dict[int, np.ndarray] = {}
        self.rows, self.rank = rows, rows.shape[1]
        everywhere = np.ones((1, self.n), dtype=bool)
        if rows.size == 0 or self._eliminate(everywhere, 0)[0] < min(rows.shape):
            columns = list(exact.pivot_columns(rows)) if rows.size else []
            self.rows, self.rank = rows[:, columns], len(columns)
            self._residues = {}
        self.rank = min(self.rank, self.n)

    @classmethod
    def of(cls, data: Dataset) -> RankOracle:
        """Prepare a data set, its rows of zeros left out (`nonzero_samples` names the others)."""
        return cls(data.rows[nonzero_samples(data)])

    def residues(self, k: int) -> np.ndarray:
        """Return the rows modulo the k-th prime, (n, columns) uint32."""
        if k not in self._residues:
            self._residues[k] = np.ascontiguousarray((self.rows % PRIMES[k]).astype(np.uint32))
        return self._residues[k]

    def _eliminate(self, units: np.ndarray, k: int) -> tuple[int, Callable[[], np.ndarray]]:
        """Return the rank modulo the k-th prime and a function that lists the dependencies."""
        basis = np.empty((self.n, self.n), dtype=np.uint32)
        pivots = np.empty(self.n, dtype=np.int64)
        rank = int(pattern_rank_mod(units, self.residues(k), PRIMES[k], basis, pivots))
        return rank, lambda: dependencies_mod(basis, pivots, rank, PRIMES[k])

    def _proven(self, units: np.ndarray, support: np.ndarray) -> bool:
        samples = np.flatnonzero(support)
        return rows_are_dependent(units[:, samples], self.rows[samples])

    def pattern_rank(self, pattern: np.ndarray) -> int:
        """Return the rank over the rationals for a pattern (m, n) on the non-zero samples."""
        units = distinct_units(pattern)
        if self.n == 0 or len(units) == 0:
            return 0
        best = 0
        for k in range(len(PRIMES)):
            rank, dependencies = self._eliminate(units, k)
            best = max(best, rank)
            if best == min(self.n, len(units) * self.rank):
                return best
            # each non-pivot sample depends on independent pivot samples: the rank is what was found
            if all(self._proven(units, support) for support in dependencies()):
                return rank
        return exact.rank(self._integer_matrix(units))

    def is_full(self, pattern: np.ndarray) -> bool:
        """Decide whether the rank equals the number of non-zero samples, for a pattern (m, n) on them."""
        if self.n == 0:
            return True
        if not pattern.any(axis=0).all() or len(pattern) * self.rank < self.n:
            return False
        if self.rank == self.n:
            return True
        # equal units are screened out by the elimination sooner than a sort would merge them
        units = np.ascontiguousarray(pattern)
        for k in range(len(PRIMES)):
            rank, dependencies = self._eliminate(units, k)
            if rank == self.n:
                return True
            supports = dependencies()
            if self._proven(units, supports[np.argmin(supports.sum(axis=1))]):
                return False
        return exact.rank(self._integer_matrix(distinct_units(units))) == self.n

    def _integer_matrix(self, units: np.ndarray) -> np.ndarray:
        blocks = [np.where(unit[:, None], self.rows, 0) for unit in units]
        return np.concatenate(blocks, axis=1)


def jacobian_rank(pattern: Any, X: Any, v: Any = None, exact: bool = True) -> int:
    """Return the rank of the Jacobian with respect to W on an activation region.

    The Jacobian has the row (v_1 a_1i x_i, ..., v_m a_mi x_i) for sample i. Its rank does not change when equal
    units are merged, when units with v_j = 0 are dropped, or when a sample is multiplied by a positive number.
    Where all v_j are non-zero it is also the rank with respect to W and v at every point of the region.

    Args:
        pattern: activations, (m, n) bool, rows are units.
        X: samples (n, d) or a Dataset; rows of zeros contribute nothing.
        v: output weights (m,), only used for their zeros; None means all non-zero.
        exact: True proves the rank over the rationals (elimination modulo a prime for the independence, an exact
            dependency for the rest); False takes singular values in doubles.

    Raises:
        ShapeError: the pattern or v does not match the data.

    Source: Karhadkar and Montufar, Lemma 1 and the Jacobian of an activation region.

    Example:
        >>> jacobian_rank([[1, 1, 0], [0, 1, 1]], [[0, 1], [1, 1], [2, 1]])
        3
        >>> jacobian_rank([[1, 1, 0], [1, 1, 0]], [[0, 1], [1, 1], [2, 1]])
        2
    """
    data = as_dataset(X)
    A = check_pattern(pattern, data.n)
    if v is not None:
        weights = fraction_array(v).reshape(-1)
        if len(weights) != len(A):
            raise ShapeError(f"v has {len(weights)} entries for {len(A)} units")
        A = np.ascontiguousarray(A[np.array([value != 0 for value in weights], dtype=bool)])
    if not exact:
        return _float_rank(A, data.X)
    return RankOracle.of(data).pattern_rank(np.ascontiguousarray(A[:, nonzero_samples(data)]))


def rank_verdicts(patterns: Any, X: Any) -> np.ndarray:
    """Decide exactly, for each pattern of a batch, whether the Jacobian has full rank (one per non-zero sample).

    Args:
        patterns: (B, m, n) bool.
        X: samples (n, d) or a Dataset.

    Returns:
        (B,) bool.

    Example:
        >>> rank_verdicts([[[1, 1, 0], [0, 1, 1]], [[1, 1, 0], [1, 1, 0]]], [[0, 1], [1, 1], [2, 1]]).tolist()
        [True, False]
    """
    data = as_dataset(X)
    A = np.asarray(entries(patterns, "patterns"), dtype=bool)
    if A.ndim != 3 or A.shape[2] != data.n:
        raise ShapeError(f"the patterns have shape {A.shape}, expected (B, m, {data.n}): batch, units, samples")
    oracle = RankOracle.of(data)
    A = np.ascontiguousarray(A[:, :, nonzero_samples(data)])
    return np.array([oracle.is_full(pattern) for pattern in A], dtype=bool)


def nonzero_samples(data: Dataset) -> np.ndarray:
    """Return the indices of the rows that are not zero."""
    return np.setdiff1d(np.arange(data.n), np.array(data.zero_rows, dtype=int))


def _float_rank(pattern: np.ndarray, X: np.ndarray) -> int:
    """Rank by singular values, relative to the largest one."""
    if not pattern.size:
        return 0
    scale = np.abs(X).max(axis=1, initial=0)
    unit_rows = X / np.where(scale > 0, scale, 1)[:, None]
    J = (pattern.T[:, :, None] * unit_rows[:, None, :]).reshape(len(X), -1)
    sigma = np.linalg.svd(J, compute_uv=False)
    cutoff = DEFAULT.rank * MACHINE_PRECISION * max(J.shape) * (sigma[0] if sigma.size else 0)
    return int((sigma > cutoff).sum())
