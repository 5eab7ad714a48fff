"""Which sets of unit patterns give a full-rank Jacobian: two compiled counters for small data."""

from __future__ import annotations

import numba
import numpy as np

from ...jacobian.elimination import pattern_rank_mod

__all__ = ["count_full_sets", "full_sets"]


@numba.njit("boolean(boolean[:, ::1], uint32[:, :, ::1], uint64[::1])", nogil=True, cache=True)
def _is_full(units, residues, primes):  # pragma: no cover - compiled
    """Full rank over the rationals; the product of the primes exceeds every minor (Hadamard's bound)."""
    n = units.shape[1]
    basis, pivots = np.empty((n, n), np.uint32), np.empty(n, np.int64)
    for k in range(len(primes)):  # noqa: SIM110 - compiled
        if pattern_rank_mod(units, residues[k], primes[k], basis, pivots) == n:
            return True
    return False


@numba.njit("boolean[::1](boolean[:, ::1], uint32[:, :, ::1], uint64[::1])", nogil=True, cache=True)
def full_sets(states, residues, primes):  # pragma: no cover - compiled
    """Decide every subset of the unit patterns `states` (s, n): entry T of the answer is for the bits of T.

    A superset of a good set is good, so that only sets without a good part are eliminated.
    """
    s, n = states.shape
    good = np.zeros(1 << s, np.bool_)
    units = np.empty((s, n), np.bool_)
    for subset in range(1 << s):
        size, is_superset = 0, False
        for j in range(s):
            if subset >> j & 1:
                if good[subset ^ (1 << j)]:
                    is_superset = True
                    break
                units[size] = states[j]
                size += 1
        good[subset] = is_superset or _is_full(units[:size], residues, primes)
    return good


@numba.njit("int64(boolean[:, ::1], int64, uint32[:, :, ::1], uint64[::1])", nogil=True, cache=True)
def count_full_sets(states, size, residues, primes):  # pragma: no cover - compiled
    """Count the subsets of exactly `size` unit patterns whose Jacobian has full rank."""
    s, n = states.shape
    picks = np.arange(size)
    units = np.empty((size, n), np.bool_)
    count = 0
    while True:
        for j in range(size):
            units[j] = states[picks[j]]
        count += _is_full(units, residues, primes)
        place = size - 1
        while place >= 0 and picks[place] == s - size + place:
            place -= 1
        if place < 0:
            return count
        picks[place] += 1
        for later in range(place + 1, size):
            picks[later] = picks[later - 1] + 1
