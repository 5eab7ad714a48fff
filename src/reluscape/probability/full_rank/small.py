"""The exact fraction of patterns or regions with a full-rank Jacobian, by counting sets of unit patterns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, prod

import flint
import numpy as np

from ...bounds.karhadkar.line import is_one_dimensional, share_of_full_rank
from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.faces.cells import cells
from ...jacobian.elimination import LARGEST_PRIME
from ...jacobian.rank import RankOracle, nonzero_samples
from ...numbers.powers import sum_of_powers
from ...problem.data import Dataset
from .subsets import count_full_sets, full_sets

__all__ = ["MOST_STATES", "exact_fraction", "good_sets", "region_patterns", "unit_states"]

MOST_STATES = 20
MOST_MULTISETS = 1_000_000
MOST_REGIONS = 20_000


def exact_fraction(
    data: Dataset, oracle: RankOracle, width: int, population: str, insist: bool = False
) -> Fraction | None:
    """Return the fraction over "patterns" or "regions", or None where counting is out of reach.

    Raises:
        TooLarge: out of reach and `insist` is True.
    """
    if population == "regions" and oracle.rank == 2 and is_one_dimensional(oracle.rows):
        return share_of_full_rank(oracle.n, width)
    states, dead = unit_states(data, oracle, population)
    if states is None:
        if insist:
            raise TooLarge(
                f"one unit has too many {population} to list at n={oracle.n}; "
                "simulate with full_rank_fraction(..., exact=None)"
            )
        return None
    s = len(states)
    total = s + dead
    if s <= MOST_STATES:
        sizes = _sizes(full_sets(states, *_moduli(oracle)), s)
    elif comb(total + width - 1, width) <= MOST_MULTISETS:
        moduli = _moduli(oracle)
        sizes = [0] + [int(count_full_sets(states, k, *moduli)) for k in range(1, min(s, width) + 1)]
    else:
        estimate = comb(total + width - 1, width)
        if insist:
            raise TooLarge(
                f"{total} {population} of one unit make {estimate} multisets at width {width}, above "
                f"{MOST_MULTISETS}; simulate with full_rank_fraction(..., exact=None)",
                estimate,
            )
        return None
    return sum_of_powers(_words(sizes, total, dead), width)


def unit_states(data: Dataset, oracle: RankOracle, population: str) -> tuple[np.ndarray | None, int]:
    """Return the patterns of one unit with some active sample (s, n) and the number (0 or 1) of dead ones.

    The first is None where they are too many to list.
    """
    n = oracle.n
    if population == "patterns":
        if n > MOST_STATES:
            return None, 0
        every = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1 > 0
    else:
        cover = 2 * sum(comb(max(n - 1, 0), k) for k in range(oracle.rank))
        if cover > MOST_REGIONS:
            return None, 0
        every = region_patterns(data)[:, nonzero_samples(data)]
    alive = every.any(axis=1)
    return np.ascontiguousarray(every[alive]), int((~alive).sum())


def region_patterns(data: Dataset) -> np.ndarray:
    """Return the patterns (R, n) of all non-empty regions of one unit, rows of zeros never active."""
    arrangement = Arrangement.of(data)
    return arrangement.expand(cells(arrangement.reduced)[0])


def good_sets(states: np.ndarray, oracle: RankOracle) -> np.ndarray:
    """Return, for every subset of at most 20 states as bits, whether its Jacobian has full rank (2^s bool)."""
    return np.asarray(full_sets(states, *_moduli(oracle)))


def _moduli(oracle: RankOracle) -> tuple[np.ndarray, np.ndarray]:
    """Return the data modulo enough primes that their product exceeds every minor of every Jacobian."""
    n = oracle.n
    # Hadamard: a minor has n entries in each row, each at most the row's largest, so minor^2 <= prod n * largest^2
    bound = prod(n * max(int(v) ** 2 for v in row) for row in oracle.rows)
    primes: list[int] = []
    product, candidate = 1, LARGEST_PRIME
    while not primes or product * product <= bound:
        candidate -= 1
        if flint.fmpz(candidate).is_prime():
            primes.append(candidate)
            product *= candidate
    residues = [[[int(v) % p for v in row] for row in oracle.rows] for p in primes]
    shape = (len(primes), *oracle.rows.shape)
    return np.array(residues, dtype=np.uint32).reshape(shape), np.array(primes, dtype=np.uint64)


def _sizes(good: np.ndarray, s: int) -> list[int]:
    """Count the good subsets by size."""
    bits = np.zeros(len(good), dtype=np.int64)
    for j in range(s):
        bits += np.arange(len(good)) >> j & 1
    return [int(c) for c in np.bincount(bits[good], minlength=s + 1)]


def _words(sizes: Sequence[int], total: int, dead: int) -> list[tuple[Fraction, int]]:
    """Return terms (base, coefficient) of the share of words of any length m: the sum of coefficient * base^m.

    Counted are the words in which the letters that occur, the dead one apart, are one of sizes[k] sets of k letters.
    """
    powers = [0] * (total + 1)
    for k, count in enumerate(sizes):
        for i in range(k + 1):
            powers[k - i + dead] += count * (-1) ** i * comb(k, i)
    return [(Fraction(j, total), c) for j, c in enumerate(powers) if c]
