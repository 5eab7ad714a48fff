"""Exact proofs that some rows of a Jacobian are dependent, once elimination modulo a prime has named them."""

from __future__ import annotations

import numpy as np

from ..numbers import exact

__all__ = ["distinct_units", "rows_are_dependent"]


def distinct_units(pattern: np.ndarray) -> np.ndarray:
    """Return the different non-zero rows of a pattern, in a fixed order."""
    bits = np.packbits(pattern, axis=1)
    if bits.size == 0:
        return pattern[:0]
    keys = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).ravel()
    first = np.unique(keys, return_index=True)[1]
    return np.ascontiguousarray(pattern[first[bits[first].any(axis=1)]])


def rows_are_dependent(pattern: np.ndarray, rows: np.ndarray) -> bool:
    """Decide exactly whether the Jacobian's rows of the given samples are linearly dependent over the rationals.

    The row of sample i is the tensor product of its activation column a_i with x_i, so that the rank is at most
    rank(a_1, ..., a_s) * rank(x_1, ..., x_s). For samples in general position this bound settles every minimal
    dependency (the union of matroids); what it leaves open goes to an integer elimination.

    Args:
        pattern: activations of the samples in question, (m, s) bool.
        rows: integer multiples of these samples, (s, d) object.
    """
    s = rows.shape[0]
    units = distinct_units(pattern)
    if len(units) == 0:
        return s > 0
    if len(units) * rows.shape[1] < s:
        return True
    inputs = exact.rank(rows)
    if len(units) * inputs < s or exact.rank(units.astype(int)) * inputs < s:
        return True
    d = rows.shape[1]
    entries = np.zeros((s, len(units) * d), dtype=object)
    for j, unit in enumerate(units):
        for i in np.flatnonzero(unit):
            entries[i, j * d : (j + 1) * d] = rows[i]
    return exact.rank(entries) < s
