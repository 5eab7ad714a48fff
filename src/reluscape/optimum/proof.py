"""Proof of a global minimum: few vectors that bound the loss of every layer from below, in rationals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, inf, lcm
from typing import Any

import numpy as np

from .. import exact
from ..certificates import fraction_text, fraction_texts, new
from ..cones import Generators, exact_network
from ..data import Dataset
from ..solvers.exact_cone import Cone, primitive
from ..solvers.nonnegative_kernel import project
from ..tolerances import DEFAULT

# sets of states to cover, vectors to cover them with, and pairs of a vector and a state to prove
MOST_SETS, MOST_BOUNDS, MOST_PAIRS = 300_000, 500, 60_000
FIRST_STEP, MOST_FAILURES = 32, 6
# rounds of a projection, and generators that enter in one
MOST_ROUNDS, ENTERING = 200, 10


@dataclass(frozen=True)
class Proof:
    """The lowest loss of a width.

    Attributes:
        value: the loss.
        members: the states of a layer that has it.
        certificate: of kind "global-minimum".
    """

    value: Fraction
    members: tuple[int, ...]
    certificate: dict[str, Any]


@dataclass(frozen=True)
class Bound:
    """A vector q (n integers) that proves n loss >= value for every layer of the states in `covers`."""

    q: list[int]
    value: Fraction
    covers: np.ndarray


def sets_of(states: int, width: int) -> int:
    """Return how many layers a proof must bound: sets of as many alive states as units; smaller ones lie in these."""
    return comb(states, min(width, states))


def prove_minimum(generators: Generators, members: tuple[int, ...], width: int, deadline: float = inf) -> Proof | None:
    """Return the proven lowest loss of a width, or None where it takes too many bounds or too long.

    The distance of y to the cone of some states falls as states are added. From each layer that no vector bounds yet,
    states are added while the distance stays above the lowest loss; the residual of that cone bounds all layers of its
    states. A layer that turns out to be lower than the best one known takes its place.

    Args:
        generators: of all states.
        members: states of the best layer known.
        width: number of units.
        deadline: on the monotonic clock.
    """
    members = tuple(sorted(set(members)))
    search = _Search(generators)
    best = search.exact(members)
    bounds: list[Bound] = []
    if best.value > 0:
        if sets_of(generators.states, width) > MOST_SETS:
            return None
        layers = list(combinations(range(generators.states), min(width, generators.states)))
        table = np.array(layers, dtype=np.int64).reshape(len(layers), -1)
        open_layers = np.arange(len(table))
        while len(open_layers):
            if time.monotonic() >= deadline or len(bounds) >= MOST_BOUNDS:
                return None
            layer = tuple(table[open_layers[0]].tolist())
            wanted = np.zeros(generators.states, dtype=bool)
            wanted[np.unique(table[open_layers])] = True
            bound = search.exact(search.extended(layer, float(best.value), wanted))
            if bound.value < best.value:
                bound = search.exact(layer)
            if bound.value < best.value:
                best, members = bound, layer
                if not best.value:
                    break
            bounds.append(bound)
            open_layers = open_layers[~bound.covers[table[open_layers]].all(axis=1)]
    cells: list[list[str]] = []
    duals: list[dict[str, Any]] = []
    if best.value:
        needed = _assigned(table, bounds)
        if sum(map(len, needed)) > MOST_PAIRS:
            return None
        cells = [fraction_texts(point) for point in _points(generators)]
        for bound, states in zip(bounds, needed, strict=True):
            if time.monotonic() >= deadline:
                return None
            if states or not generators.states:
                duals.append({"q": fraction_texts(bound.q), "states": [search.farkas(bound.q, s) for s in states]})
    data = generators.cells.data
    W, v, c = exact_network(generators, members, width)
    return Proof(best.value, members, _certificate(data, best.value, generators.free_constant, W, v, c, cells, duals))


def prove_zero(data: Dataset, output_bias: bool, Z: np.ndarray, signs: np.ndarray, c: Fraction) -> dict[str, Any]:
    """Return the proof that a width reaches loss zero, from exact Z_j = v_j w_j (m, d) of a basin and its signs."""
    v = np.array([Fraction(int(s)) for s in signs], dtype=object)
    return _certificate(data, Fraction(0), output_bias, Z * v[:, None], v, c, [], [])


def _certificate(
    data: Dataset,
    value: Fraction,
    output_bias: bool,
    W: np.ndarray,
    v: np.ndarray,
    c: Fraction,
    cells: list[Any],
    duals: list[Any],
) -> dict[str, Any]:
    claim = {"value": fraction_text(value), "width": len(v), "output_bias": bool(output_bias)}
    witness = {"W": fraction_texts(W), "v": fraction_texts(v), "c": fraction_text(c), "cells": cells, "duals": duals}
    return new("global-minimum", data.fractions, data.y_fractions, claim, witness)


def _points(generators: Generators) -> list[list[int]]:
    """Return an integer point strictly inside every cell: the sum of its rays."""
    cells = generators.cells
    rays = [[int(v) for v in ray] for ray in cells.rays]
    out = []
    for inside in cells.on_ray:
        chosen = [rays[q] for q in np.flatnonzero(inside)]
        out.append(primitive([sum(ray[c] for ray in chosen) for c in range(cells.data.d)]))
    return out


def _assigned(table: np.ndarray, bounds: list[Bound]) -> list[list[int]]:
    """Return for each bound the states that it must be proved for: every layer goes to the widest bound over it."""
    order = sorted(range(len(bounds)), key=lambda k: -int(bounds[k].covers.sum()))
    left = np.ones(len(table), dtype=bool)
    needed: list[list[int]] = [[] for _ in bounds]
    for k in order:
        mine = left & bounds[k].covers[table].all(axis=1)
        left &= ~mine
        needed[k] = np.unique(table[mine]).tolist()
    return needed


class _Search:
    """Finds bounds for sets of states: floats propose, integers decide."""

    def __init__(self, generators: Generators) -> None:
        self.generators, data = generators, generators.cells.data
        self.n = data.n
        self.y = np.array(generators.targets, dtype=float)
        self.units = generators.units[0].reshape(-1, self.n)
        self.scale = lcm(1, *(v.denominator for v in data.y_fractions))
        self.cone = Cone([int(v * self.scale) for v in data.y_fractions])
        for column in generators.columns.tolist():
            self.cone.add(column)
        self.constants = [self.cone.add([s] * self.n) for s in (1, -1)] if generators.free_constant else []
        of_state = generators.of_state
        self.filled = np.array([s for s, of in enumerate(of_state) if of], dtype=np.int64)
        self.flat = np.array([g for of in of_state for g in of], dtype=np.int64)
        self.starts = np.cumsum([0, *(len(of_state[s]) for s in self.filled)])[:-1]
        self.columns = np.array(generators.columns, dtype=object).reshape(-1, self.n)
        pivots = list(exact.pivot_columns(data.fractions))
        unit = generators.cells.unit
        self.samples = [[int(v * unit) for v in row] for row in data.fractions[:, pivots]]

    def of(self, states: Any) -> list[int]:
        """Return the generators of states."""
        return sorted({g for s in states for g in self.generators.of_state[s]})

    def rough(self, states: Any) -> tuple[float, np.ndarray, list[int]]:
        """Return the value of a set of states in floats, its residual and the generators it uses.

        The steepest generators enter a few at a time; the value is that of a point of the cone, never below the least.
        """
        members = np.array(self.of(states), dtype=np.int64)
        residual, used = self.y, np.zeros(0, dtype=np.int64)
        A, stop = self.units[members], DEFAULT.proposal * float(np.linalg.norm(self.y))
        value = float(self.y @ self.y)
        for _ in range(MOST_ROUNDS):
            slopes = A @ residual
            slopes[np.searchsorted(members, used)] = -np.inf
            new = np.argsort(-slopes)[:ENTERING]
            new = members[new[slopes[new] > stop]]
            if not len(new):
                break
            tried = np.concatenate([used, new])
            B = self.units[tried]
            weights, k = np.zeros(len(tried)), len(tried)
            project(B @ B.T, B @ self.y, k, DEFAULT.cone_stationarity, np.empty((k + 3, k)), weights)
            rest = self.y - weights @ B
            if rest @ rest >= value:
                break
            value, residual, used = float(rest @ rest), rest, tried[weights > 0]
        return value / self.n, residual, used.tolist()

    def exact(self, states: Any) -> Bound:
        """Return the exact residual of a set of states, what it proves and for which states."""
        start = self.rough(states)[2]
        found = self.cone.nearest([*start, *self.constants[:1]], [*self.of(states), *self.constants])
        square = sum(v * v for v in found.residual)
        value = Fraction(square, found.denominator**2 * self.scale**2 * self.n)
        q = primitive(found.residual)
        rising = (self.columns.dot(np.array(q, dtype=object)) > 0).astype(float)
        return Bound(q, value, self._steepest(rising) <= 0)

    def extended(self, layer: tuple[int, ...], floor: float, wanted: np.ndarray) -> tuple[int, ...]:
        """Return the layer with as many wanted states more as leave its value above a floor, the mildest first."""
        floor = floor + DEFAULT.kkt * float(self.y @ self.y) / self.n
        states, failures, step, usable = list(layer), 0, FIRST_STEP, wanted.copy()
        value, residual, _ = self.rough(states)
        if value <= floor:
            return layer
        usable[states] = False
        left = self._mildest(residual, usable)
        while left and failures < MOST_FAILURES:
            more = left[:step]
            value, tried, _ = self.rough([*states, *more])
            if value > floor:
                states, residual, step = [*states, *more], tried, 2 * step
            elif len(more) > 1:
                step = len(more) // 2
                continue
            else:
                failures += 1
            usable[more] = False
            left = self._mildest(residual, usable)
        return tuple(states)

    def _mildest(self, residual: np.ndarray, usable: np.ndarray) -> list[int]:
        """Return the usable states, those first whose rays the residual rises along least."""
        chosen = np.flatnonzero(usable)
        return chosen[np.argsort(self._steepest(self.units @ residual)[chosen], kind="stable")].tolist()

    def _steepest(self, slopes: np.ndarray) -> np.ndarray:
        """Return for every state the largest slope along its generators, below every slope where it has none."""
        out = np.full(self.generators.states, -np.inf)
        if len(self.flat):
            out[self.filled] = np.maximum.reduceat(slopes[self.flat], self.starts)
        return out

    def farkas(self, q: list[int], state: int) -> list[Any]:
        """Return [cell, sign, multipliers] with sign * sum_i A_i q_i x_i = -sum_i mu_i sigma_i x_i, mu >= 0."""
        cell, sign = self.generators.describe(state)
        pattern = self.generators.cells.patterns[cell].tolist()
        wanted = [0] * (len(self.samples[0]) if self.samples else 0)
        for v, on, x in zip(q, pattern, self.samples, strict=True):
            if on and v:
                wanted = [a - sign * v * b for a, b in zip(wanted, x, strict=True)]
        cone = Cone(wanted)
        owner: dict[int, int] = {}
        for i, (x, on) in enumerate(zip(self.samples, pattern, strict=True)):
            if any(x):
                owner.setdefault(cone.add(x if on else [-b for b in x]), i)
        weights = cone.nearest().weights
        return [cell, sign, sorted([owner[g], fraction_text(w)] for g, w in weights.items())]
