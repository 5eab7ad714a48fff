"""Modular elimination of the Jacobian of one pattern: its rank, and the dependencies that are left.

Full rank modulo a prime proves full rank over the rationals; a deficiency modulo the prime is a proposal
that ``reluscape.jacobian.deficiency`` proves or refutes.
"""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel

__all__ = ["LARGEST_PRIME", "PRIMES", "dependencies_mod", "pattern_rank_mod"]

# residues at most 2**29 - 4: a reduced entry and 64 products of two residues stay below 2**64
LARGEST_PRIME = 2**29
PRODUCTS = 64
# pivot samples times others from which the dependencies are found by compiled loops
WORTH_COMPILING = 1_000
PRIMES = (536870909, 536870879, 536870869)


def elimination_steps(m: int, n: int, d: int) -> float:
    """Return about how many steps the elimination of m d columns of n residues takes in plain Python."""
    rank = min(n, m * d)
    return 3.0 * n * (rank * rank / 2 + 10 * rank + 2 * m * d)


@inner("uint64(uint64, uint64, float64)")
def _reduced(value, prime, reciprocal):
    """Residue of a 64-bit value: the rounded quotient, below 2**36, is off by at most one."""
    rest = np.int64(value - np.uint64(np.float64(value) * reciprocal) * prime)
    if rest < 0:
        rest += np.int64(prime)
    elif rest >= np.int64(prime):
        rest -= np.int64(prime)
    return np.uint64(rest)


@inner("uint64(uint64, uint64)")
def _inverse(value, prime):
    """Inverse of a non-zero residue by Fermat's little theorem."""
    result, base, power = np.uint64(1), value % prime, prime - np.uint64(2)
    while power > 0:
        if power & np.uint64(1):
            result = result * base % prime
        base = base * base % prime
        power >>= np.uint64(1)
    return result


@inner("uint64(uint32[::1], uint32[::1], uint64, float64)")
def _product(row, vector, prime, reciprocal):
    """Inner product of residues."""
    n, total, begin = len(row), np.uint64(0), 0
    while begin < n:
        left, right = row[begin : begin + PRODUCTS], vector[begin : begin + PRODUCTS]
        for i in range(len(left)):
            total += np.uint64(left[i]) * np.uint64(right[i])
        total = _reduced(total, prime, reciprocal)
        begin += PRODUCTS
    return total


@inner("void(uint32[:, ::1], int64[::1], int64, uint32[::1], uint64, uint64)")
def _random_functional(basis, pivots, rank, functional, seed, prime):
    """Fill `functional` with a random vector that vanishes on the basis columns."""
    reciprocal = 1.0 / np.float64(prime)
    state = seed
    for i in range(len(functional)):
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        functional[i] = np.uint32((state >> np.uint64(33)) % prime)
    for b in range(rank):
        functional[pivots[b]] = np.uint32(0)
    for b in range(rank - 1, -1, -1):  # column b is 1 at its pivot and 0 at earlier ones
        value = _product(basis[b], functional, prime, reciprocal)
        functional[pivots[b]] = np.uint32((prime - value) % prime)


@kernel(
    lambda units, residues, *_: elimination_steps(len(units), units.shape[1], residues.shape[1]),
    signature="int64(boolean[:, ::1], uint32[:, ::1], uint64, uint32[:, ::1], int64[::1])",
)
def pattern_rank_mod(units, residues, prime, basis, pivots):
    """Rank modulo ``prime`` of the matrix with entry units[j, i] * residues[i, k] in row i and column (j, k).

    Columns are inserted one by one into an echelon basis of the column space; the work stops at rank n. From the first
    dependent column on, a random functional that vanishes on the basis screens the columns: one on which it vanishes
    is left out, which is wrong with probability 1/prime and can only make the rank too small.

    Args:
        units: activation rows of the units, (m, n) bool.
        residues: data modulo the prime, (n, d) uint32.
        prime: a prime below 2**29.
        basis: workspace (n, n); row b ends as the b-th basis column, 1 at its own pivot, 0 at earlier pivots.
        pivots: workspace (n,); the pivot samples, in order of discovery.
    """
    m, n = units.shape
    d = residues.shape[1]
    rank = 0
    reciprocal = 1.0 / np.float64(prime)
    column = np.empty(n, np.uint64)
    entries, functional = np.empty(n, np.uint32), np.empty(n, np.uint32)
    by_column = np.empty((d, n), np.uint32)
    for k in range(d):
        for i in range(n):
            by_column[k, i] = residues[i, k]
    screening = False
    for j in range(m):
        for k in range(d):
            values, active = by_column[k], units[j]
            for i in range(n):
                entries[i] = values[i] * np.uint32(active[i])
            if screening and _product(entries, functional, prime, reciprocal) == 0:
                continue
            for i in range(n):
                column[i] = np.uint64(entries[i])
            pending = 0
            for b in range(rank):
                entry = _reduced(column[pivots[b]], prime, reciprocal)
                if entry == 0:
                    continue
                factor = np.uint64(np.uint32(prime - entry))
                row = basis[b]
                for i in range(n):
                    column[i] += factor * np.uint64(row[i])
                pending += 1
                if pending == PRODUCTS:
                    pending = 0
                    for i in range(n):
                        column[i] = _reduced(column[i], prime, reciprocal)
            for i in range(n):
                column[i] = _reduced(column[i], prime, reciprocal)
            pivot = 0
            while pivot < n and column[pivot] == 0:
                pivot += 1
            if pivot < n:
                scale = _inverse(column[pivot], prime)
                for i in range(n):
                    basis[rank, i] = np.uint32(_reduced(column[i] * scale, prime, reciprocal))
                pivots[rank] = pivot
                rank += 1
                if rank == n:
                    return rank
            else:
                screening = True
                _random_functional(basis, pivots, rank, functional, np.uint64(rank + 1), prime)
    return rank


def dependencies_mod(basis: np.ndarray, pivots: np.ndarray, rank: int, prime: int) -> np.ndarray:
    """Return what `few_dependencies_mod` returns, by loops where there are many rows or they are compiled already."""
    if rank * (basis.shape[1] - rank) < WORTH_COMPILING and not many_dependencies_mod.is_ready:
        return few_dependencies_mod(basis, pivots, rank, prime)
    return np.asarray(many_dependencies_mod(basis, pivots, rank, np.uint64(prime)))


def few_dependencies_mod(basis: np.ndarray, pivots: np.ndarray, rank: int, prime: int) -> np.ndarray:
    """Return the supports (n - rank, n) of the dependencies among the rows, one for each sample outside the pivots.

    Row f marks a sample outside the pivots and exactly those pivot samples on which it depends modulo the prime.
    """
    p, n = np.int64(prime), basis.shape[1]
    first_pivots = pivots[:rank]
    free = np.setdiff1d(np.arange(n), first_pivots)
    rows = basis[:rank].astype(np.int64)
    weights = np.empty((rank, len(free)), dtype=np.int64)
    for b in range(rank - 1, -1, -1):
        later = rows[b, first_pivots[b + 1 :], None] * weights[b + 1 :] % p
        weights[b] = -(rows[b, free] + later.sum(axis=0)) % p
    supports = np.zeros((len(free), n), dtype=bool)
    supports[np.arange(len(free)), free] = True
    supports[:, first_pivots] = (weights != 0).T
    return supports


@kernel(lambda *_: 1.0, seconds=0.0)  # its plain twin is `few_dependencies_mod`
def many_dependencies_mod(basis, pivots, rank, prime):
    """What `few_dependencies_mod` returns, compiled."""
    n = basis.shape[1]
    reciprocal = 1.0 / np.float64(prime)
    outside = np.ones(n, np.bool_)
    for b in range(rank):
        outside[pivots[b]] = False
    supports = np.zeros((n - rank, n), np.bool_)
    weights = np.empty(n, np.uint64)
    count = 0
    for free in range(n):
        if not outside[free]:
            continue
        supports[count, free] = True
        for b in range(rank - 1, -1, -1):
            total, pending, row = np.uint64(basis[b, free]), 0, basis[b]
            for later in range(b + 1, rank):
                total += np.uint64(row[pivots[later]]) * weights[later]
                pending += 1
                if pending == PRODUCTS - 1:
                    total, pending = _reduced(total, prime, reciprocal), 0
            weights[b] = _reduced(prime - _reduced(total, prime, reciprocal), prime, reciprocal)
            supports[count, pivots[b]] = weights[b] != 0
        count += 1
    return supports
