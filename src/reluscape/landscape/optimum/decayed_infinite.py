"""The lowest objective of any width with weight decay: a convex program over all cells, its directions, m* and M*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...basins.decay.exact import proved_interval, shrink
from ...basins.decay.programs import decay_of, programs_of
from ...basins.decay.pulls import Cells, Pull, independent_first
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.decayed_terms import DecayTerms, squared_dual
from ...errors import InputError, SolverError
from ...numbers.checks import readonly
from ...numbers.tolerances import DEFAULT
from ...problem.losses import able
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from .decayed_splitting import Splits
from .lambda_max import refuse_hidden_constant, refuse_single_class
from .vertices import vertices

ROUNDS, AT_ONCE = 200, 12
# cells up to which all are listed: beyond it cones are cut where they need to be, which is slower where a list fits
LISTED_CELLS = 200_000
# pulls of cut cones that are looked at for the largest of them
LOOKED_AT = 4 * AT_ONCE
TIGHT, SAME, NEGLIGIBLE = DEFAULT.infinite_tight, DEFAULT.infinite_same, DEFAULT.infinite_negligible


@dataclass(frozen=True, eq=False)
class DecayedInfiniteWidthMinimum:
    """The lowest objective of any width, and what networks reach it.

    Attributes:
        value: the lowest objective, mean loss plus penalty.
        lower, upper: ends that hold it; `Fraction`s with a certificate (squared loss), else floats.
        directions: (p, d) optimal weights up to factors, |P u| = 1: every unit of every optimal network has one of
            these directions (two units may share one), units at zero apart.
        signs: (p,) their output signs.
        weights: (p,) the multiples t of one optimal network: f = sum_k t_k s_k relu(X u_k) + c.
        unique: whether no other multiples are optimal.
        least_width: m*, fewest units of a vertex of the polytope of all optimal multiples: networks of fewer units
            have a larger lowest objective.
        most_width: M*, most units of a vertex of the polytope.
        connected_width: from this width on the optimal networks are connected, min(m* + M*, n + 1) (Kim, Mishkin and
            Pilanci).
        supports: the directions of every vertex of the polytope.
        pairs: pairs of directions between which one unit may lie (ends of one cell's optimal weights, where a hidden
            bias is free).
        net: a balanced network of m* units with the value.
        certificate: plain JSON, or None.
        kind: "certified" with a certificate whose ends agree to 1e-6 of the value; else "numerical": a certificate
            proves its own two ends, while directions and widths are those that doubles find.
    """

    value: float
    lower: Any
    upper: Any
    directions: np.ndarray
    signs: np.ndarray
    weights: np.ndarray
    unique: bool
    least_width: int
    most_width: int
    connected_width: int
    supports: tuple[tuple[int, ...], ...]
    pairs: tuple[tuple[int, int], ...]
    net: TwoLayerNet
    output_bias: bool
    patterns: np.ndarray
    certificate: dict[str, Any] | None
    kind: str

    def __float__(self) -> float:
        """Return the value."""
        return self.value


def decayed_infinite_width_minimum(
    problem: Problem, proved: bool = True, told_apart: Cells | Splits | None = None
) -> DecayedInfiniteWidthMinimum:
    """Return the lowest objective of any width with weight decay.

    Units are added where the slopes of the losses pull by more than the decay, and the basin of all of them is solved
    again, until no cell pulls by more. The slopes at the optimum are unique; a cell with a sign is pulled by exactly
    the decay in one direction at most, so that the optimal directions are a finite list.

    Args:
        problem: what is minimised, with weight decay.
        proved: False leaves the proof out, which bounds the pull of every cell in fractions.
        told_apart: all units, listed by cells or by cones that are cut where they need to be; None: listed.

    Raises:
        TooLarge: more cones than are looked at.
        SolverError: the pulls do not come down to the decay.
    """
    cells, patterns, signs, point = _grown(problem, told_apart or _listed(problem))
    return _described(problem, cells, patterns, signs, point, proved)


def bound_of_all_widths(problem: Problem) -> float:
    """Return the lowest objective of any width in floats, without its directions and its proof.

    Raises:
        TooLarge, SolverError: as `decayed_infinite_width_minimum`.
    """
    point = _grown(problem, _listed(problem))[3]
    return float((point.value * (1 - TIGHT) - point.gap) / max(problem.n, 1))


def _grown(problem: Problem, cells: Cells | Splits) -> tuple[Cells | Splits, np.ndarray, np.ndarray, DecayedPoint]:
    """Return all cells or cones, and patterns and signs of units whose basin's lowest point no further unit lowers."""
    refuse_hidden_constant(problem)
    refuse_single_class(problem)
    decay = decay_of(problem)
    programs, lam = programs_of(problem), float(decay.lam)
    patterns, signs = np.zeros((0, problem.n), dtype=bool), np.zeros(0, dtype=int)
    point = programs.solve(patterns, signs)
    for _ in range(ROUNDS):
        units = {(row.tobytes(), int(s)) for row, s in zip(patterns, signs, strict=True)}
        pulls = _pulls(problem, cells, point.slopes, lam * (1 + TIGHT / 10), units, LOOKED_AT)
        new_ones = list(pulls)
        keep = decay.norms(point.u) > NEGLIGIBLE * max(point.value / lam, np.finfo(float).tiny)
        if not new_ones:
            fewer = None if keep.all() else programs.solve(patterns[keep], signs[keep], sharp=True)
            if fewer is None or not fewer.gap < point.gap:
                break
            # units beside the optimum, with biases that run away, cost the slopes their last digits
            patterns, signs, point = patterns[keep], signs[keep], fewer
            continue
        new_ones.sort(key=lambda p: -p.value)
        picks = new_ones[:AT_ONCE]
        patterns = np.concatenate([patterns[keep], [p.pattern for p in picks]])
        signs = np.concatenate([signs[keep], [p.sign for p in picks]])
        point = programs.solve(patterns, signs, sharp=True)
    else:
        raise SolverError("the pulls of the cells did not come down to the weight decay; standardise the inputs")
    return cells, patterns, signs, point


def _listed(problem: Problem) -> Cells:
    """Return the list of all cells."""
    return Cells(problem.data, decay_of(problem).penalised)


def all_units(problem: Problem) -> Cells | Splits:
    """Return what tells all units apart: the list of all cells, or cones that are cut where they need to be."""
    cells = Cells(problem.data, decay_of(problem).penalised, LISTED_CELLS)
    return Splits(problem) if cells.too_many else cells


def _pulls(
    problem: Problem,
    cells: Cells | Splits,
    e: np.ndarray,
    least: float,
    known: set[tuple[bytes, int]],
    enough: int | None = None,
) -> Iterator[Pull]:
    """Yield the pulls above `least` of units that are not known yet; of cones no more than enough."""
    if problem.n and (isinstance(cells, Splits) or len(cells.patterns)):
        all_of_them = cells.pulls(e, least, enough) if isinstance(cells, Splits) else cells.pulls(e, least)
        yield from (p for p in all_of_them if (p.pattern.tobytes(), p.sign) not in known)


def _described(
    problem: Problem, cells: Cells | Splits, patterns: np.ndarray, signs: np.ndarray, point: DecayedPoint, proved: bool
) -> DecayedInfiniteWidthMinimum:
    """Return the optimum with its directions and, where it is asked for, its proof."""
    decay, n = decay_of(problem), max(problem.n, 1)
    lam = float(decay.lam)
    tight = list(_pulls(problem, cells, point.slopes, lam * (1 - TIGHT), set()))
    directions: list[np.ndarray] = []
    of_sign: list[int] = []
    of_pattern: list[np.ndarray] = []
    edges: list[tuple[int, int]] = []
    for p in sorted(tight, key=lambda p: (-p.sign, *p.ends[0].round(6))):
        ends = []
        for end in p.ends:
            same = [
                k
                for k, (u, s) in enumerate(zip(directions, of_sign, strict=True))
                if s == p.sign and np.linalg.norm(end - u) <= SAME * (1 + np.linalg.norm(u))
            ]
            if not same:
                directions.append(end)
                of_sign.append(p.sign)
                of_pattern.append(p.pattern)
            ends.append(same[0] if same else len(directions) - 1)
        if len(ends) == 2:
            edges.append((ends[0], ends[1]))
            of_pattern[ends[0]] = p.pattern
    U = np.array(directions).reshape(-1, problem.data.d)
    s = np.array(of_sign, dtype=int)
    A = np.array(of_pattern, dtype=bool).reshape(-1, problem.n)
    features = np.maximum(problem.data.X @ U.T, 0.0) * s
    free = decay.constant == "free"
    fit = _polytope(features, point.prediction - (0.0 if free else point.c), free, edges)
    t, least, most, unique = fit.weights, fit.least, fit.most, fit.unique
    c = fit.constant if free else point.c
    units = _grouped(t > 0, edges)
    weights = np.array([sum(t[k] * U[k] for k in group) for group in units]).reshape(-1, problem.data.d)
    unit_signs = np.array([s[group[0]] for group in units], dtype=int)
    unit_patterns = np.array([A[group[0]] for group in units], dtype=bool).reshape(-1, problem.n)
    root = np.sqrt(decay.norms(weights))
    net = TwoLayerNet(weights / root[:, None], unit_signs * root, c)
    if not problem.value(net) <= point.value / n + TIGHT * problem.zero_value:
        raise SolverError(
            "the optimal directions found give no network with the lowest objective; the decay is too small for "
            "doubles, or the data differ too much in scale"
        )
    lower: Any = (point.value - point.gap) / n
    upper: Any = point.value / n
    certificate, kind = None, "numerical"
    if proved and able(problem.loss, "quadratic"):
        proof = _proof(problem, cells, unit_patterns, unit_signs, weights, c)
        if proof is not None:
            lower, upper, certificate = proof
            kind = "certified" if float(upper - lower) <= DEFAULT.infinite_agreed * float(upper) else "numerical"
    return DecayedInfiniteWidthMinimum(
        float(upper), lower, upper, readonly(U), readonly(s, int), readonly(t), unique, least, most,
        min(least + most, problem.n + 1), fit.supports, tuple(edges), net, problem.output_bias, readonly(A, bool),
        certificate, kind,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Vertex:
    """A vertex with fewest units, and what is known of all of them."""

    weights: np.ndarray
    constant: float
    least: int
    most: int
    unique: bool
    supports: tuple[tuple[int, ...], ...]


def _polytope(features: np.ndarray, target: np.ndarray, free: bool, edges: list[tuple[int, int]]) -> _Vertex:
    """Return a vertex of {t >= 0, c: features t + c = target} with fewest units; c = 0 where it is not free.

    Two ends of one cell's optimal weights (`edges`) together are a single unit between them.
    """
    n, p = features.shape
    scale = np.maximum(np.linalg.norm(features, axis=0), np.finfo(float).tiny)
    columns = np.concatenate([features / scale, np.full((n, int(free)), 1.0 / np.sqrt(max(n, 1)))], axis=1)
    corners = vertices(columns, free, target)
    if not corners:
        raise SolverError(
            "no set of optimal directions gives the optimal predictions; the data differ too much in scale"
        )
    supports = sorted(corners, key=lambda support: (len(support), support))
    units = {support: len(_grouped(corners[support][:p] > 0, edges)) for support in supports}
    best = min(supports, key=lambda support: units[support])
    most = max(len(support) for support in supports)
    constant = float(corners[best][-1] / np.sqrt(n)) if free else 0.0
    return _Vertex(corners[best][:p] / scale, constant, units[best], most, len(supports) == 1, tuple(supports))


def _grouped(live: np.ndarray, edges: list[tuple[int, int]]) -> list[list[int]]:
    """Return the live directions, those that make one unit together; edges come in the order of their chains."""
    partner: dict[int, int] = {}
    for a, b in edges:
        if live[a] and live[b] and a not in partner and b not in partner:
            partner[a], partner[b] = b, a
    alone = [int(k) for k in np.flatnonzero(live)]
    return [[k, partner[k]] if k in partner else [k] for k in alone if partner.get(k, k) >= k]


def _proof(
    problem: Problem, cells: Cells | Splits, patterns: np.ndarray, signs: np.ndarray, U: np.ndarray, c: float
) -> tuple[Fraction, Fraction, dict[str, Any]] | None:
    """Return both ends and the certificate, or None where exact arithmetic finds none beside the floats."""
    data, decay = problem.data, decay_of(problem)
    live_patterns = patterns.copy()
    live_patterns[:, list(data.zero_rows)] = False
    programs = programs_of(problem)
    start = programs.point(live_patterns, signs, U, c, np.zeros((len(live_patterns), len(programs.normals))), 0.0)
    try:
        proof = proved_interval(problem, live_patterns, signs, start, DEFAULT.decayed_interval)
    except (SolverError, InputError):
        return None
    terms = DecayTerms(Fraction(decay.lam), decay.penalised, Fraction(decay.kappa), decay.has_constant)
    nu, n = proof.slopes, max(problem.n, 1)
    claim = {"upper": fraction_text(proof.upper), "output_bias": problem.output_bias}
    Z = np.array([[int(s) * v for v in u] for s, u in zip(proof.signs, proof.U, strict=True)], dtype=object)
    network = {
        "Z": fraction_texts(Z.reshape(proof.U.shape)), "signs": [int(v) for v in proof.signs],
        "c": fraction_text(proof.c),
    }  # fmt: skip
    if isinstance(cells, Splits):
        found = cells.proof(nu)
        if found is None:
            return None
        lower = squared_dual(found[0], data.y_fractions, terms) / n
        claim = {"lower": fraction_text(lower), **claim, "width": None}
        certificate = new(
            "decayed-cone-minimum", data.fractions, data.y_fractions, claim, {**network, **found[1]}, "squared",
            problem.penalty,
        )  # fmt: skip
        return lower, proof.upper, certificate
    worst, entries = Fraction(0), []
    for pattern in cells.patterns:
        for sign in (1, -1):
            square, multipliers = cells.proved(nu, terms, pattern, sign)
            worst = max(worst, square)
            if multipliers:
                entries.append((pattern, sign, multipliers))
    share = shrink(worst, terms.lam)
    nu = nu * share
    lower = squared_dual(nu, data.y_fractions, terms) / n
    claim = {"lower": fraction_text(lower), **claim}
    witness = {
        **network,
        "slopes": fraction_texts(nu),
        "order": independent_first(data),
        "cells": [
            {
                "pattern": "".join("01"[int(v)] for v in pattern),
                "sign": sign,
                "multipliers": [[i, fraction_text(v * share)] for i, v in multipliers],
            }
            for pattern, sign, multipliers in entries
        ],
    }
    certificate = new(
        "decayed-global-minimum", data.fractions, data.y_fractions, claim, witness, "squared", problem.penalty
    )
    return lower, proof.upper, certificate
