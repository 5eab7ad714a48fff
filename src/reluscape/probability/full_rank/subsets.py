"""Which sets of unit patterns give a full-rank Jacobian: two counters for small data."""

from __future__ import annotations

from math import comb

import numpy as np

from ...jacobian.elimination import elimination_steps, pattern_rank_mod
from ...numbers.kernels import inner, kernel

__all__ = ["count_full_sets", "full_sets"]


@inner("boolean(boolean[:, ::1], uint32[:, :, ::1], uint64[::1])")
def _is_full(units, residues, primes):
    """Full rank over the rationals; the product of the primes exceeds every minor (Hadamard's bound)."""
    n = units.shape[1]
    basis, pivots = np.empty((n, n), np.uint32), np.empty(n, np.int64)
    for k in range(len(primes)):  # noqa: SIM110
        if pattern_rank_mod(units, residues[k], primes[k], basis, pivots) == n:
            return True
    return False


@kernel(
    lambda states, residues, primes: (
        2.0 ** len(states) * elimination_steps(len(states), states.shape[1], residues.shape[2])
    ),
    signature="boolean[::1](boolean[:, ::1], uint32[:, :, ::1], uint64[::1])",
)
def full_sets(states, residues, primes):
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


@kernel(
    lambda states, size, residues, primes: (
        comb(len(states), size) * elimination_steps(size, states.shape[1], residues.shape[2])
    ),
    signature="int64(boolean[:, ::1], int64, uint32[:, :, ::1], uint64[::1])",
)
def count_full_sets(states, size, residues, primes):
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
