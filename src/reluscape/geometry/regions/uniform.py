"""Uniform proposals over the regions of a generic arrangement beside the data, and which of them the data have."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

import numpy as np

from ...errors import SolverError
from ...solvers.linear import Rows
from ..generic.flag import generic_flag, perturbation
from ..generic.sweep import exact_signs, region_signs

BATCH_ENTRIES = 2_000_000
ASK_AT_MOST = 50_000
REDRAWS = 20
# after so many proposals a share of the regions below the least one is taken for too rare to wait for
PATIENCE, LEAST_SHARE = 1_000, 1 / 300
# most proposals that are made at once where work or time is bounded; the first is made alone, as it may take seconds
FEW = 20

T = TypeVar("T")


class RareError(Exception):
    """Hardly any proposal is a region of the data."""


class _NotGenericError(Exception):
    """A sweep direction or a perturbation turned out not to be generic; draw another one."""


class Proposer:
    """Draws regions of an infinitesimal generic perturbation of the arrangement uniformly.

    Every region of the data survives an infinitesimal perturbation, and the perturbed arrangement has exactly Cover's
    number of regions; so a uniform proposal, kept where the data have it, is uniform over the regions of the data. In
    general position every proposal is kept, and floats with an error bound settle nearly all of them.

    Args:
        normals: (k, r) integers of rank r >= 1, no two parallel.
        rng: draws the flag, the perturbation and the proposals.
    """

    def __init__(self, normals: np.ndarray, rng: np.random.Generator) -> None:
        self.flag = generic_flag(normals, rng)
        self.rng = rng
        self.rows = Rows(normals)
        self.work, self.rows_squared = 0, len(normals) * normals.shape[1] ** 2

    @cached_property
    def _moved(self) -> np.ndarray:
        return perturbation(self.flag, self.rng).rows

    @property
    def bound(self) -> int:
        """Cover's number: regions of the perturbed arrangement, an upper bound for the data."""
        return 2 * sum(self.flag.level_sizes)

    def propose(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return sides (size, k) of uniform proposals and which of them are regions of the data (size,)."""
        sides = np.ones((size, self.flag.m + 1), dtype=bool)
        is_region = np.ones(size, dtype=bool)
        levels = _levels(self.flag.level_sizes, size, self.rng)
        for level in np.unique(levels).tolist():
            places = np.flatnonzero(levels == level)
            step = max(1, BATCH_ENTRIES // max(1, self.flag.m + level**2))
            for start in range(0, len(places), step):
                batch = places[start : start + step]
                sides[batch, :-1], is_region[batch] = self._batch(level, len(batch))
        flip = self.rng.integers(0, 2, size=size).astype(bool)
        return sides ^ flip[:, None], is_region

    def _batch(self, level: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the sides of uniform level-k proposals and which are regions of the data."""
        m = self.flag.m
        if 0 < level < m:
            subsets = np.argpartition(self.rng.random((size, m)), level - 1, axis=1)[:, :level]
        else:
            subsets = np.broadcast_to(np.arange(level), (size, level)).copy()
        sides, unsure = region_signs(self.flag, level, subsets)
        is_region = np.ones(size, dtype=bool)
        for row in np.flatnonzero(unsure.any(axis=1)):
            where = np.flatnonzero(unsure[row])
            signs, simple = self._resolve(level, subsets[row], where)
            sides[row, where] = signs > 0
            if not simple:
                self.work += self.rows_squared
                is_region[row] = self.rows.decide(np.append(np.where(sides[row], 1.0, -1.0), 1.0)).feasible
        return sides, is_region

    def _resolve(self, level: int, subset: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, bool]:
        """Return exact sides of doubtful positions, and whether the vertex is simple in the data themselves."""
        self.work += level * (level**2 + len(where))
        signs = exact_signs(self.flag, level, subset, self.flag.rows, where)
        if signs is not None and signs.all():
            return signs, True
        other_signs = exact_signs(self.flag, level, subset, self._moved, where)
        if other_signs is None or not other_signs.all():
            raise _NotGenericError
        return other_signs, signs is not None and bool(signs[~np.isin(where, subset)].all())


def propose(
    normals: np.ndarray, size: int, rng: np.random.Generator, work: float = np.inf, deadline: float = np.inf
) -> tuple[int, int]:
    """Return how many uniform proposals are regions of the data, and how many were made: `size`, or fewer.

    Args:
        normals: (k, r) integers, no two parallel.
        size: number of proposals.
        rng: of the proposals.
        work: products of integers after which no more are made, the same on every machine.
        deadline: on the monotonic clock, after which no more are made.
    """

    def run(source: Proposer) -> tuple[int, int]:
        hits = tries = 0
        has_limit = work < np.inf or deadline < np.inf
        step = 1 if has_limit else size
        while tries < size:
            is_region = source.propose(min(step, size - tries))[1]
            hits, tries = hits + int(is_region.sum()), tries + len(is_region)
            if source.work >= work or time.monotonic() >= deadline:
                break
            step = min(2 * step, FEW)
        return hits, tries

    return _with_generic_draws(normals, rng, run)


def collect(normals: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the sides (size, k) of independent uniform regions of the data.

    Raises:
        RareError: fewer than about one in 300 proposals is a region.
    """

    def run(source: Proposer) -> np.ndarray:
        batches = [np.zeros((0, len(normals)), dtype=bool)]
        have = proposals = 0
        while have < size:
            rate = (have + 1) / (proposals + 1)
            sides, is_region = source.propose(
                min(int((size - have) / rate) + 1, ASK_AT_MOST, max(PATIENCE, 2 * proposals))
            )
            batches.append(sides[is_region])
            have += int(is_region.sum())
            proposals += len(is_region)
            if proposals >= PATIENCE and have < LEAST_SHARE * proposals:
                raise RareError
        return np.concatenate(batches)[:size]

    return _with_generic_draws(normals, rng, run)


def _with_generic_draws(normals: np.ndarray, rng: np.random.Generator, run: Callable[[Proposer], T]) -> T:
    """Run a draw; where its flag or perturbation shows itself as not generic, start again with another one."""
    for _ in range(REDRAWS):
        try:
            return run(Proposer(normals, rng))
        except _NotGenericError:
            continue
    raise SolverError(f"{REDRAWS} random directions in a row were not generic, which has probability about zero")


def _levels(sizes: tuple[int, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    """Return levels drawn with probability exactly proportional to integer sizes."""
    cumulative = list(accumulate(sizes))
    total = cumulative[-1]
    if total < 2**62:
        return np.searchsorted(np.array(cumulative), rng.integers(0, total, size=count), side="right")
    return np.array([bisect_right(cumulative, _below(total, rng)) for _ in range(count)], dtype=np.int64)


def _below(total: int, rng: np.random.Generator) -> int:
    """Return a uniform integer in [0, total) of any size."""
    bits = total.bit_length()
    while True:
        value = int.from_bytes(rng.bytes((bits + 7) // 8), "little") >> (-bits % 8)
        if value < total:
            return value
