"""The lowest objective of a narrow width with weight decay, proved: slopes that bound every layer of states."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from ...basins.decay.exact import DecayedInterval, proved_interval, shrink
from ...basins.decay.programs import decay_of, programs_of
from ...basins.decay.pulls import Cells, independent_first
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.decayed_terms import DecayTerms, squared_dual
from ...errors import InputError, SolverError
from ...numbers.roots import rounded
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint

# vectors of slopes, and pulls of them that are bounded exactly, up to which there is a proof
MOST_VECTORS, MOST_PULLS = 300, 8_000
BITS = 100
# how far a vector may be shortened towards the least that still bounds a layer, so that it bounds others too
SHORTENED = 0.999

State = tuple[np.ndarray, int]


@dataclass(frozen=True, eq=False)
class WidthProof:
    """Both ends of the lowest objective of a width.

    Attributes:
        lower, upper: rational ends, as mean loss plus penalty.
        pattern, signs: (m, n) and (m,) of the best basin.
        point: its lowest point in floats.
        looked_at: basins that were solved.
        certificate: the proof.
        complete: whether the ends meet.
    """

    lower: Fraction
    upper: Fraction
    pattern: np.ndarray
    signs: np.ndarray
    point: DecayedPoint
    looked_at: int
    certificate: dict[str, Any]
    complete: bool = True


def prove_width(problem: Problem, cells: Cells, width: int, deadline: float = np.inf) -> WidthProof | None:
    """Return the lowest objective of a width between rational ends, or None where the proof is out of reach.

    Slopes nu bound every layer from below whose states all pull by at most the decay. Layers are gone through; the
    basin of one that no slopes bound yet is solved, and its slopes, shortened until they bound no more than the lowest
    objective known, are kept for the layers to come.

    Args:
        problem: squared loss, one output, weight decay.
        cells: all cells.
        width: number of units m.
        deadline: time of the monotonic clock after which no further basin is solved.
    """
    states = [(A, s) for A in cells.patterns for s in (1, -1)]
    search = _Search(problem, cells, states)
    for layer in combinations_with_replacement(range(len(states)), width):
        if search.bounded(layer):
            continue
        if time.monotonic() > deadline or not search.look_at(layer):
            return None
    return search.proof(width)


class _Search:
    """The vectors found so far, and which states each of them bounds."""

    def __init__(self, problem: Problem, cells: Cells, states: list[State]) -> None:
        self.problem, self.cells, self.states = problem, cells, states
        decay = decay_of(problem)
        self.terms = DecayTerms(Fraction(decay.lam), decay.penalised, Fraction(decay.kappa), decay.has_constant)
        self.programs = programs_of(problem)
        self.masks = [0] * len(states)
        self.vectors: list[tuple[np.ndarray, tuple[int, ...]]] = []
        self.best: tuple[DecayedPoint, tuple[int, ...]] | None = None
        self.looked_at = 0

    def bounded(self, layer: tuple[int, ...]) -> bool:
        """Return whether some vector bounds all states of a layer."""
        mask = self.masks[layer[0]]
        for k in layer[1:]:
            mask &= self.masks[k]
        return mask != 0

    def look_at(self, layer: tuple[int, ...]) -> bool:
        """Solve the basin of a layer and keep its slopes; return whether that went well."""
        if len(self.vectors) >= MOST_VECTORS or (len(self.vectors) + 1) * len(self.states) > MOST_PULLS:
            return False
        pattern, signs = self._layer(layer)
        point = self.programs.solve(pattern, signs, sharp=True)
        self.looked_at += 1
        if self.best is None or point.value < self.best[0].value:
            self.best = point, layer
        y = np.asarray(self.problem.y, dtype=float)
        nu = shortened(np.asarray(point.slopes, dtype=float), y, self.terms, self.best[0].value)
        lam, room = float(self.terms.lam), self.problem.tolerances.decayed_near
        bounds, own = self.cells.bounds(nu), set(layer)
        mark = 1 << len(self.vectors)
        for k, (A, s) in enumerate(self.states):
            near = lam * (1 + room if k in own else 1 - room)
            if bounds[int(s < 0), k // 2] <= near or self.cells.pull(nu, A, s).value <= near:
                self.masks[k] |= mark
        self.vectors.append((nu, layer))
        return self.bounded(layer)

    def _layer(self, layer: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return patterns (m, n) and signs (m,) of a layer."""
        return np.array([self.states[k][0] for k in layer]), np.array([self.states[k][1] for k in layer])

    def proof(self, width: int) -> WidthProof | None:
        """Return both ends with the certificate, None where exact arithmetic does not find the vectors good enough."""
        assert self.best is not None
        point, layer = self.best
        pattern, signs = self._layer(layer)
        try:
            top = proved_interval(self.problem, pattern, signs, point, self.problem.tolerances.decayed_interval)
        except (SolverError, InputError):
            return None
        data, n = self.problem.data, max(self.problem.n, 1)
        y, lower, slopes, entries = data.y_fractions, None, [], []
        covers = [0] * len(self.states)
        for v, (floats, own) in enumerate(self.vectors):
            nu, bearers = self._exact(floats, own, v)
            dual = squared_dual(nu, y, self.terms)
            lower = dual if lower is None else min(lower, dual)
            slopes.append(fraction_texts(nu))
            entries += [{**entry, "vector": v} for _, entry in bearers]
            for k, _ in bearers:
                covers[k] |= 1 << v
        self.masks = covers
        layers = combinations_with_replacement(range(len(self.states)), width)
        if lower is None or not all(self.bounded(each) for each in layers):
            return None
        certificate = self._certificate(width, top, lower / n, slopes, entries)
        return WidthProof(lower / n, top.upper, pattern, signs, point, self.looked_at, certificate)

    def _exact(
        self, floats: np.ndarray, own: tuple[int, ...], v: int
    ) -> tuple[np.ndarray, list[tuple[int, dict[str, Any]]]]:
        """Return a vector as rational slopes that its own layer's states bear, and the states that bear it."""
        nu = np.array([rounded(Fraction(float(e)), BITS) for e in floats], dtype=object)
        if self.terms.constant and not self.terms.kappa:
            nu = nu - sum(nu, Fraction(0)) / len(nu)
        proofs = {
            k: self.cells.proved(nu, self.terms, *self.states[k])
            for k in range(len(self.states))
            if self.masks[k] >> v & 1
        }
        share = shrink(max((proofs[k][0] for k in own if k in proofs), default=Fraction(0)), self.terms.lam)
        bearers = []
        for k, (square, multipliers) in proofs.items():
            if square * share * share <= self.terms.lam**2:
                pairs = [[i, fraction_text(z * share)] for i, z in multipliers]
                pattern = "".join("01"[int(bit)] for bit in self.states[k][0])
                bearers.append((k, {"pattern": pattern, "sign": self.states[k][1], "multipliers": pairs}))
        return nu * share, bearers

    def _certificate(
        self, width: int, top: DecayedInterval, lower: Fraction, slopes: list[Any], cells: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Return the proof as plain JSON."""
        problem = self.problem
        claim = {
            "lower": fraction_text(lower), "upper": fraction_text(top.upper), "width": width,
            "output_bias": problem.output_bias,
        }  # fmt: skip
        Z = np.array([[int(s) * v for v in u] for s, u in zip(top.signs, top.U, strict=True)], dtype=object)
        witness = {
            "Z": fraction_texts(Z.reshape(top.U.shape)), "signs": [int(s) for s in top.signs],
            "c": fraction_text(top.c), "order": independent_first(problem.data), "slopes": slopes,
            "cells": cells,
        }  # fmt: skip
        X, y = problem.data.fractions, problem.data.y_fractions
        return new("decayed-width-minimum", X, y, claim, witness, "squared", problem.penalty)


def shortened(nu: np.ndarray, y: np.ndarray, terms: DecayTerms, goal: float) -> np.ndarray:
    """Return slopes shortened towards the least multiple that bounds as much as a goal (a sum, not a mean)."""
    if terms.constant and not terms.kappa:
        nu = nu - nu.mean()
    a = float(nu @ nu) / 4 + (float(nu.sum()) ** 2 / (2 * float(terms.kappa)) if terms.kappa else 0.0)
    b = -float(nu @ y)
    root = b * b - 4 * a * goal
    if a <= 0 or root <= 0:
        return nu
    least = (b - np.sqrt(root)) / (2 * a)
    return np.asarray(nu * min(1.0, least + (1 - SHORTENED) * max(1.0 - least, 0.0)))
