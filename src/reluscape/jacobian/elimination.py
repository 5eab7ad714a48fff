"""Modular elimination of the Jacobian of one pattern: the two compiled kernels, nothing else.

Full rank modulo a prime proves full rank over the rationals; a deficiency modulo the prime is a proposal
that ``reluscape.jacobian.deficiency`` proves or refutes.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["PRIMES", "dependencies_mod", "pattern_rank_mod"]

# the three largest primes below 2**31: products of two residues stay below 2**62
PRIMES = (2147483647, 2147483629, 2147483587)


@numba.njit("uint64(uint64, uint64)", nogil=True, cache=True)
def _inverse(value, prime):  # pragma: no cover - compiled
    """Inverse of a non-zero residue by Fermat's little theorem."""
    result, base, power = np.uint64(1), value % prime, prime - np.uint64(2)
    while power > 0:
        if power & np.uint64(1):
            result = result * base % prime
        base = base * base % prime
        power >>= np.uint64(1)
    return result


@numba.njit(
    "int64(boolean[:, ::1], uint32[:, ::1], uint64, uint32[:, ::1], int64[::1])",
    nogil=True,
    cache=True,
)
def pattern_rank_mod(units, residues, prime, basis, pivots):  # pragma: no cover
    """Rank modulo ``prime`` of the matrix with entry units[j, i] * residues[i, k] in row i and column (j, k).

    Columns are inserted one by one into an echelon basis of the column space; the work stops at rank n.

    Args:
        units: activation rows of the units, (m, n) bool.
        residues: data modulo the prime, (n, d) uint32.
        prime: a prime below 2**31.
        basis: workspace (n, n); row b ends as the b-th basis column, 1 at its own pivot, 0 at earlier pivots.
        pivots: workspace (n,); the pivot samples, in order of discovery.
    """
    m, n = units.shape
    d = residues.shape[1]
    rank = 0
    # every entry of `column` stays below 2**63: `fold` is the largest multiple of the prime below 2**63
    fold = (np.uint64(1) << np.uint64(63)) // prime * prime
    column = np.empty(n, np.uint64)
    for j in range(m):
        for k in range(d):
            for i in range(n):
                column[i] = np.uint64(residues[i, k]) if units[j, i] else np.uint64(0)
            for b in range(rank):
                entry = column[pivots[b]] % prime
                if entry == 0:
                    continue
                factor = np.uint64(np.uint32(prime - entry))
                row = basis[b]
                for i in range(n):
                    total = column[i] + factor * np.uint64(row[i])
                    column[i] = total - (total >> np.uint64(63)) * fold
            pivot = -1
            for i in range(n):
                column[i] %= prime
                if pivot < 0 and column[i] != 0:
                    pivot = i
            if pivot < 0:
                continue
            scale = _inverse(column[pivot], prime)
            for i in range(n):
                basis[rank, i] = np.uint32(column[i] * scale % prime)
            pivots[rank] = pivot
            rank += 1
            if rank == n:
                return rank
    return rank


@numba.njit("boolean[:, ::1](uint32[:, ::1], int64[::1], int64, uint64)", nogil=True, cache=True)
def dependencies_mod(basis, pivots, rank, prime):  # pragma: no cover
    """Supports of the dependencies among the rows: one per non-pivot sample, (n - rank, n) bool.

    Row f marks a sample outside the pivots and exactly those pivot samples on which it depends modulo the prime.
    """
    n = basis.shape[1]
    taken = np.zeros(n, np.bool_)
    for b in range(rank):
        taken[pivots[b]] = True
    supports = np.zeros((n - rank, n), np.bool_)
    weights = np.empty(n, np.uint64)
    found = 0
    for free in range(n):
        if taken[free]:
            continue
        supports[found, free] = True
        for b in range(rank - 1, -1, -1):
            total = np.uint64(basis[b, free])
            for later in range(b + 1, rank):
                if weights[later] != 0:
                    total = (total + np.uint64(basis[b, pivots[later]]) * weights[later]) % prime
            weights[b] = (prime - total) % prime
            if weights[b] != 0:
                supports[found, pivots[b]] = True
        found += 1
    return supports
