"""The lowest objective of a narrow width with weight decay by branch and bound on layers of cones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from ...basins.decay.exact import DecayedInterval, proved_interval, shrink
from ...basins.decay.programs import programs_of
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.decayed_fan import Slopes
from ...certificates.decayed_terms import squared_dual
from ...errors import InputError, SolverError
from ...numbers.roots import rounded
from ...numbers.tolerances import DEFAULT
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from .decayed_cones import BITS, Bound
from .decayed_proof import WidthProof, shortened
from .decayed_splitting import Splits

# vectors of slopes, bounds of cones and layers up to which a proof is looked for; steps of a descent inside a layer
MOST_VECTORS, MOST_BOUNDS, MOST_LAYERS, STEPS = 300, 40_000, 20_000, 8
# layers of the uncut cones, each of which a descent begins in
MOST_ROOTS = 6_000
# shares of the way from the optimum of every width to the best of this width that are tried as the lower end
GOALS = (1.0, 0.5)

State = tuple[int, int]
Layer = tuple[State, ...]


def split_width(
    problem: Problem,
    width: int,
    start: tuple[np.ndarray, np.ndarray] | None,
    floor: float,
    deadline: float = np.inf,
) -> WidthProof | None:
    """Return an interval with rational ends that holds the lowest objective of a width, None where none is found.

    A layer is a multiset of cones with signs. Slopes nu bound every layer from below whose cones are all pulled by at
    most the decay. The basins of a layer that no slopes bound yet are descended in; the slopes of the lowest one found,
    shortened until they bound no more than the goal, are kept where they bound the layer; otherwise the cone that they
    pull most is cut.

    Args:
        problem: squared loss, one output, weight decay.
        width: number of units m.
        start: (pattern, signs) of a basin to begin with.
        floor: the lowest objective of any width, as sum of losses plus penalty.
        deadline: time of the monotonic clock after which no further layer is looked at.
    """
    best = None
    for share in GOALS:
        search = _Search(problem, width, best, deadline)
        if search.roots is None:
            return None
        if best is None:
            search.prepare(start)
        best = search.best
        assert best is not None
        search.goal = floor + share * (best[0].value - floor)
        if search.finished():
            return search.proof(share == 1.0)
    return None


class _Search:
    """The vectors found so far, and which cones each of them bounds."""

    def __init__(
        self,
        problem: Problem,
        width: int,
        best: tuple[DecayedPoint, np.ndarray, np.ndarray] | None,
        deadline: float,
    ) -> None:
        self.problem, self.width, self.best, self.goal, self.deadline = problem, width, best, np.inf, deadline
        self.splits, self.programs = Splits(problem), programs_of(problem)
        self.cones, self.fan = self.splits.cones, self.splits.cones.fan
        self.vectors: list[np.ndarray] = []
        self.covers: list[tuple[Layer, int]] = []
        self.known: dict[tuple[int, State], bool] = {}
        self.bounds = self.looked_at = 0
        states = [(cone, sign) for cone in range(2**self.fan.rank) for sign in (-1, 1)]
        number = 1
        for k in range(width):
            number = number * (len(states) + k) // (k + 1)
        self.roots = list(combinations_with_replacement(states, width)) if number <= MOST_ROOTS else None

    def prepare(self, start: tuple[np.ndarray, np.ndarray] | None) -> None:
        """Descend from a basin that is known, and inside every layer of the uncut cones."""
        if start is not None:
            self._note(self.programs.solve(*start, sharp=True), *start)
        for layer in self.roots or ():
            if self.best is not None and self.late:
                return
            self._descended(layer)

    @property
    def late(self) -> bool:
        """Whether no further layer is to be looked at."""
        return time.monotonic() > self.deadline

    def finished(self) -> bool:
        """Return whether every layer is bounded by the goal, after as many bounds and vectors as there may be."""
        assert self.roots is not None
        todo = list(self.roots)
        count = 0
        while todo:
            layer, count = todo.pop(), count + 1
            if count > MOST_LAYERS or self.bounds > MOST_BOUNDS or len(self.vectors) > MOST_VECTORS or self.late:
                return False
            if self._covered(layer):
                continue
            bounds = self._with_new_vector(layer)
            if self._covered(layer):
                continue
            parts = self._parts(layer, bounds)
            if parts is None:
                return False
            todo += self._inside(layer, *parts)
        return True

    def _parts(self, layer: Layer, bounds: list[Bound]) -> tuple[State, list[State]] | None:
        """Return a state of a layer with its parts: the cone that is pulled most, where more than one cell meets it."""
        for j in sorted(range(self.width), key=lambda j: -bounds[j].value):
            cone, sign = layer[j]
            parts = self.fan.parts.get(cone)
            place = bounds[j].place or self.cones.crossing(cone)
            if parts is None and place is not None:
                parts = self.cones.cut(cone, place)
            if parts is not None:
                return layer[j], [(part, sign) for part in parts]
        return None

    def _inside(self, layer: Layer, state: State, parts: Sequence[State]) -> list[Layer]:
        """Return the layers with every unit of a state in one of its parts."""
        rest = [s for s in layer if s != state]
        twins = combinations_with_replacement(parts, self.width - len(rest))
        return [tuple(sorted([*rest, *own])) for own in twins]

    def _covered(self, layer: Layer) -> bool:
        """Return whether some vector bounds all cones of a layer, and note it."""
        for v in reversed(range(len(self.vectors))):
            if all(self._bears(v, state) for state in set(layer)):
                self.covers.append((layer, v))
                return True
        return False

    def _bears(self, v: int, state: State) -> bool:
        """Return whether a vector bounds a cone; what it bounds it bounds every part of."""
        if self._bearer(v, state) is not None:
            return True
        if (v, state) not in self.known:
            self.known[v, state] = self._bound(self.vectors[v], state).value <= self.cones.lam * (1 + DEFAULT.split_end)
        return self.known[v, state]

    def _bearer(self, v: int, state: State) -> State | None:
        """Return the cone around a state that a vector was found to bound, None where there is none."""
        cone, sign = state
        while cone >= 0:
            if self.known.get((v, (cone, sign))):
                return cone, sign
            cone = self.fan.parents[cone]
        return None

    def _bound(self, nu: np.ndarray, state: State) -> Bound:
        """Return how hard slopes pull at a cone."""
        self.bounds += 1
        return self.cones.bound(nu, *state)

    def _with_new_vector(self, layer: Layer) -> list[Bound]:
        """Keep the slopes of a low basin of a layer where they bound it; return how hard they pull at its cones."""
        point = self._descended(layer)
        goal = min(self.goal, self.best[0].value if self.best is not None else np.inf)
        nu = shortened(
            np.asarray(point.slopes, dtype=float), np.asarray(self.problem.y, dtype=float), self.cones.terms, goal
        )
        bounds = [self._bound(nu, state) for state in layer]
        if max(b.value for b in bounds) <= self.cones.lam * (1 + DEFAULT.split_end):
            self.vectors.append(nu)
        return bounds

    def _descended(self, layer: Layer) -> DecayedPoint:
        """Return the lowest point of a basin inside a layer, after a descent from the middles of its cones."""
        signs = np.array([sign for _, sign in layer])
        pattern = np.array([self.splits.pattern(cone) for cone, _ in layer])
        point = self.programs.solve(pattern, signs, sharp=True)
        for _ in range(STEPS):
            bounds = [self._bound(np.asarray(point.slopes, dtype=float), state) for state in layer]
            ahead = pattern.copy()
            for j, b in enumerate(bounds):
                if b.reached > self.cones.lam * (1 + DEFAULT.decayed_tight):
                    ahead[j] = self.splits.pull(point.slopes, layer[j][0], b.products, int(signs[j])).pattern
            if (ahead == pattern).all():
                break
            there = self.programs.solve(ahead, signs, sharp=True)
            if there.value >= point.value - DEFAULT.split_end * abs(point.value):
                break
            pattern, point = ahead, there
        self._note(point, pattern, signs)
        return point

    def _note(self, point: DecayedPoint, pattern: np.ndarray, signs: np.ndarray) -> None:
        """Keep a basin where it is the lowest."""
        self.looked_at += 1
        if self.best is None or point.value < self.best[0].value:
            self.best = point, pattern, signs

    def proof(self, complete: bool) -> WidthProof | None:
        """Return both ends with the certificate, None where exact arithmetic does not find the vectors good enough."""
        assert self.best is not None
        point, pattern, signs = self.best
        try:
            top = proved_interval(self.problem, pattern, signs, point, DEFAULT.decayed_interval)
        except (SolverError, InputError):
            return None
        needed: dict[int, set[State]] = {}
        for layer, v in self.covers:
            needed.setdefault(v, set()).update(bearer for s in layer if (bearer := self._bearer(v, s)) is not None)
        vectors, told, lower = [], [], None
        for number, (v, states) in enumerate(sorted(needed.items())):
            nu = np.array([rounded(Fraction(float(e)), BITS) for e in self.vectors[v]], dtype=object)
            if self.cones.terms.constant and not self.cones.terms.kappa:
                nu = nu - sum(nu, Fraction(0)) / len(nu)
            e, slopes = np.array(nu, dtype=float), Slopes(self.fan, list(nu))
            proofs = [(state, self.cones.proved(slopes, e, *state)) for state in sorted(states)]
            if any(found is None for _, found in proofs):
                return None
            share = shrink(max(found[0] for _, found in proofs if found is not None), self.cones.terms.lam)
            dual = squared_dual(nu * share, self.problem.data.y_fractions, self.cones.terms)
            lower = dual if lower is None else min(lower, dual)
            vectors.append(nu * share)
            told += [
                (*state, number, [z * share for z in found[1]], found[2])
                for state, found in proofs
                if found is not None
            ]
        if lower is None:
            return None
        n = max(self.problem.n, 1)
        witness = self.splits.told(vectors, told)
        certificate = cone_certificate(self.problem, self.width, lower / n, top, witness)
        return WidthProof(lower / n, top.upper, pattern, signs, point, self.looked_at, certificate, complete)


def cone_certificate(
    problem: Problem, width: int, lower: Fraction, top: DecayedInterval, witness: dict[str, Any]
) -> dict[str, Any]:
    """Return the proof of an interval for one width as plain JSON: a network for the upper end, cones for the lower."""
    claim = {
        "lower": fraction_text(lower), "upper": fraction_text(top.upper), "width": width,
        "output_bias": problem.output_bias,
    }  # fmt: skip
    X, y = problem.data.fractions, problem.data.y_fractions
    return new("decayed-cone-minimum", X, y, claim, {**network_of(top), **witness}, "squared", problem.penalty)


def network_of(top: DecayedInterval) -> dict[str, Any]:
    """Return the network of an upper end as plain JSON."""
    Z = np.array([[int(s) * v for v in u] for s, u in zip(top.signs, top.U, strict=True)], dtype=object)
    return {
        "Z": fraction_texts(Z.reshape(top.U.shape)), "signs": [int(s) for s in top.signs], "c": fraction_text(top.c),
    }  # fmt: skip
