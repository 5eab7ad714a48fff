"""Basins, hubs and walls with weight decay as a graph, and the merges that the elder rule finds in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ....basins.cones import NetStates
from ....errors import InputError, ShapeError, TooLarge
from ....numbers.tolerances import DEFAULT
from ....problem.problem import Problem
from ..edges import switch_off
from ..graph import Graph, _checked_cap, _merge, _refuse_low_cap
from ..measure import Scale
from ..size import LandscapeSize, refuse_too_large
from .states import DecayedStates

# measured on one core: seconds for each program of two units, and what is still begun
PROGRAM_SECONDS, MOST_SECONDS = 1e-4, 1_800.0
AT_ONCE = 200_000


@dataclass(frozen=True)
class DecayedGraph(Graph):
    """The graph of an objective with weight decay; `generators` are its `DecayedStates`."""

    @property
    def states(self) -> DecayedStates:
        """The states and facets."""
        return self.generators  # type: ignore[return-value]

    @cached_property
    def constant_value(self) -> float:
        """The objective of the best constant, of the zero network where there is no output bias."""
        return float(self.states.solve(np.full((1, 1), -1)).values[0])

    @property
    def zero_loss(self) -> float:
        """The objective of the best constant."""
        return self.constant_value

    def program(self, states: list[int]) -> np.ndarray:
        """Return units' states or facets as a program (m,): of units of equal state all but the first are at zero."""
        out = np.array(states, dtype=np.int64)
        for j, s in enumerate(states):
            if s in states[:j]:
                out[j] = -1
        return out

    def lowest_point(self, states: list[int]) -> tuple[np.ndarray, np.ndarray, float]:
        """Return (U (m, d), signs (m,), c) of the lowest point of a layer of states or facets, -1 for zero units."""
        program = self.program(states)
        minima = self.states.solve(program[None, :], points=True)
        U, signs, c = self.states.weights(program, minima.points[0])
        for j, s in enumerate(states):
            if s >= 0:
                signs[j] = self.states.places[s].sign
        norms = self.states.decay.norms(U)
        U[norms <= DEFAULT.parallel * max(norms.max(initial=0.0), np.finfo(float).tiny)] = 0.0
        return U, signs, c


def build_decayed(
    problem: Problem, width: int, labelled: bool = False, height_cap: float | None = None
) -> DecayedGraph:
    """Relate all basins of a layer with weight decay: births, walls, hubs, and their merges.

    A wall is left out where one of its basins has its lowest point with the moving unit at zero: the hub joins both at
    that basin's birth already.

    Raises:
        TooLarge: too many basins, or programs that would take more than half an hour.
    """
    if isinstance(width, bool) or not isinstance(width, int | np.integer) or width < 1:
        raise InputError(f"the width is {width!r}; it is a whole number, at least 1")
    if problem.n == 0:
        raise ShapeError("the data have no samples")
    size = refuse_too_large(problem.data, width, labelled, capped=height_cap is not None)
    refuse_slow(size, height_cap is not None)
    states = DecayedStates(problem)
    nodes = NetStates(states.states, width, labelled)
    hubs = NetStates(states.states, width - 1 if states.states else 0, labelled)
    low, gap_low = _births(states, hubs)
    high, gap_high = _births(states, nodes)
    for j in range(width if nodes.number and states.states else 0):
        high = np.minimum(high, low[hubs.rank(np.delete(nodes.table, j, axis=1))])
    births = np.concatenate([high, low])
    top = max(float(births.max(initial=0.0)), np.finfo(float).tiny)
    usable = np.ones(len(births), dtype=bool)
    cap = None if height_cap is None else float(_checked_cap(height_cap, False))
    if cap is not None:
        _refuse_low_cap(cap, Scale(DEFAULT.barrier * top), births)
        usable = births <= cap
    off = switch_off(nodes, hubs, usable)
    left, right, height, gap_wall = _walls(states, nodes, hubs, usable, births, DEFAULT.barrier * top)
    tops = np.concatenate([np.full(len(off[0]), -np.inf), height])
    left, right = np.concatenate([off[0], left]), np.concatenate([off[1], right])
    tops = np.maximum(tops, np.maximum(births[left], births[right]))
    if cap is not None:
        below_cap = tops <= cap
        left, right, tops = left[below_cap], right[below_cap], tops[below_cap]
    deaths, into = _merge(births, left, right, tops, np.argsort(tops, kind="stable"))
    noise = max(DEFAULT.barrier * top, 2 * max(gap_low, gap_high, gap_wall))
    generators: Any = states
    return DecayedGraph(generators, nodes, hubs, usable, left, right, into, births, tops, deaths, Scale(noise), noise)


def _programs(size: LandscapeSize, capped: bool) -> int:
    """Return the number of cone programs, at most; below a height cap few walls are looked at."""
    return size.basins + (0 if capped else size.walls)


def decayed_seconds(size: LandscapeSize, capped: bool = False) -> float:
    """Return about how long relating all basins with weight decay takes, from a measured rate."""
    return _programs(size, capped) * PROGRAM_SECONDS


def refuse_slow(size: LandscapeSize, capped: bool = False) -> None:
    """Raise TooLarge where the cone programs would take too long, with the estimate and what fits."""
    programs = _programs(size, capped)
    seconds = decayed_seconds(size, capped)
    if seconds > MOST_SECONDS:
        raise TooLarge(
            f"{programs:,} cone programs with weight decay would take about {seconds / 60:,.0f} minutes; "
            "take a smaller width, fewer rows or inputs, or a height cap",
            estimate=programs,
        )


def _births(states: DecayedStates, networks: NetStates) -> tuple[np.ndarray, float]:
    """Return the lowest objective (number,) of every network state, one program for each set, and the largest gap."""
    if not networks.units or not states.states:
        minima = states.solve(np.full((1, 1), -1))
        return np.full(networks.number, minima.values[0]), float(minima.gaps[0])
    rows = np.sort(networks.table, axis=1).astype(np.int64)
    is_twin = np.zeros(rows.shape, dtype=bool)
    is_twin[:, 1:] = rows[:, 1:] == rows[:, :-1]
    rows = np.where(is_twin, -1, rows)
    if not is_twin.any() and not networks.labelled:
        minima = states.solve(rows)
        return minima.values, float(minima.gaps.max(initial=0.0))
    sets, which = np.unique(np.sort(rows, axis=1), axis=0, return_inverse=True)
    minima = states.solve(sets)
    return minima.values[which.reshape(-1)], float(minima.gaps.max(initial=0.0))


def _walls(
    states: DecayedStates, nodes: NetStates, hubs: NetStates, usable: np.ndarray, births: np.ndarray, room: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return (basins, basins, heights) of the walls lower than the hub that joins their basins, and the largest gap."""
    hub_birth = births[nodes.number :]
    lefts, rights, programs, rests = [], [], [], []
    for k, (s, t, _) in enumerate(states.facets):
        rest = hubs.table
        free = ~((rest == s) | (rest == t)).any(axis=1)
        for j in range(nodes.units if nodes.labelled else 1):
            a, b = nodes.rank(np.insert(rest, j, s, axis=1)), nodes.rank(np.insert(rest, j, t, axis=1))
            open_ = free & usable[a] & usable[b] & (np.maximum(births[a], births[b]) < hub_birth - room)
            rows = np.flatnonzero(open_)
            if len(rows):
                lefts.append(a[rows])
                rights.append(b[rows])
                rests.append(rows)
                programs.append(np.full(len(rows), states.states + k))
    if not lefts:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0), 0.0
    left, right = np.concatenate(lefts), np.concatenate(rights)
    of, wall = np.concatenate(rests), np.concatenate(programs)
    height, gap = np.zeros(len(left)), 0.0
    for lo in range(0, len(left), AT_ONCE):
        cut = slice(lo, lo + AT_ONCE)
        rest = np.sort(hubs.table[of[cut]], axis=1).astype(np.int64)
        is_twin = np.zeros(rest.shape, dtype=bool)
        is_twin[:, 1:] = rest[:, 1:] == rest[:, :-1]
        minima = states.solve(np.concatenate([np.where(is_twin, -1, rest), wall[cut, None]], axis=1))
        height[cut] = minima.values
        gap = max(gap, float(minima.gaps.max(initial=0.0)))
    useful = height < hub_birth[of]
    return left[useful], right[useful], height[useful], gap
