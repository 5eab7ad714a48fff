"""Both ends around the lowest objective of a layer of states or facets: rational for the squared loss."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ....basins.decay.exact import settled, shrink
from ....basins.decay.pulls import exact_multipliers
from ....certificates.decayed_terms import DecayTerms, squared_dual
from ....numbers import exact
from ....numbers.roots import rounded
from ....numbers.tolerances import ROUNDING
from ....problem.losses import able
from ....solvers.decayed_face import pull
from .states import DecayedStates

BITS = 100


def enclosure(states: DecayedStates, program: np.ndarray) -> tuple[Any, Any]:
    """Return (lower, upper) around the lowest objective of a program (m,) of states and facets, -1 for zero units.

    Squared loss: `Fraction`s. The upper end is the objective at rational weights inside the closed cells, on the
    hyperplanes that the floats lie on; the lower end is the dual at rational slopes, shrunk until no unit is pulled by
    more than the decay. Another loss: floats, the value less its gap and the value, each with room for rounding.
    """
    minima = states.solve(program[None, :], points=True)
    value, gap = float(minima.values[0]), float(minima.gaps[0])
    room = ROUNDING * max(abs(value), states.problem.zero_value)
    if not able(states.problem.loss, "quadratic"):
        return value - gap - room, value + room
    U, signs, c = states.weights(program, minima.points[0])
    live = [j for j, s in enumerate(program) if s >= 0]
    decay = states.decay
    terms = DecayTerms(Fraction(decay.lam), decay.penalised, Fraction(decay.kappa), decay.has_constant)
    units = program[live]
    uppers = [_above(states, terms, units, u, signs[live]) for u in _exact_points(states, units, U[live])]
    bounds = [u for u in uppers if u is not None]
    upper = min(bounds) if bounds else Fraction(value + gap + room)
    heights = np.where(states.patterns_of(program[live]), U[live] @ states.problem.data.X.T, 0.0)
    slopes = 2.0 * (signs[live] @ heights + c - np.asarray(states.problem.y))
    return _below(states, terms, program[live], slopes), upper


def _exact_points(states: DecayedStates, program: np.ndarray, U: np.ndarray) -> Iterator[np.ndarray]:
    """Yield exact weights (m, d) beside floats, on the hyperplanes that the floats lie on within some width."""
    X = states.problem.data.fractions[states.first]
    floats = np.array(X, dtype=float)
    keys = set()
    for width in states.problem.tolerances.kink_widths:
        out = np.full(U.shape, Fraction(0), dtype=object)
        key = b""
        for j, s in enumerate(program):
            size = np.linalg.norm(floats, axis=1) * max(float(np.linalg.norm(U[j])), np.finfo(float).tiny)
            tight = np.abs(floats @ U[j]) <= width * size
            plane = states.plane_of(int(s))
            if plane is not None:
                tight[plane] = True
            key += tight.tobytes()
            B = (
                exact.fraction_matrix(exact.nullspace(X[tight]))
                if tight.any()
                else exact.fraction_matrix(np.eye(U.shape[1], dtype=int).astype(object))
            )
            if not len(B):
                continue
            t = np.linalg.lstsq(np.array(B, dtype=float).T, U[j], rcond=None)[0]
            out[j] = np.array([rounded(Fraction(float(v)), BITS) for v in t], dtype=object).dot(B)
        if key not in keys:
            keys.add(key)
            yield out


def _above(
    states: DecayedStates, terms: DecayTerms, program: np.ndarray, U: np.ndarray, signs: np.ndarray
) -> Fraction | None:
    """Return the objective at exact weights, None where they leave their closed cells."""
    data, n = states.problem.data, max(states.problem.n, 1)
    f = np.full(data.n, Fraction(0), dtype=object)
    for s, u, sign in zip(program, U, signs, strict=True):
        heights = data.fractions.dot(u)
        rows = states.rows_of(int(s)).dot(u)
        if any(v < 0 for v in rows):
            return None
        on = states.patterns_of(np.array([s]))[0]
        f[on] = f[on] + int(sign) * heights[on]
    y = data.y_fractions
    constant = Fraction(0)
    if terms.constant:
        constant = sum(y - f, Fraction(0)) / (len(y) + terms.kappa / 2)
    rest = f + constant - y
    return (sum((v * v for v in rest), Fraction(0)) + terms.penalty_above(U, constant)) / n


def _below(states: DecayedStates, terms: DecayTerms, program: np.ndarray, slopes: np.ndarray) -> Fraction:
    """Return the dual's value at rational slopes that no unit of the program is pulled by too much."""
    data, n = states.problem.data, max(states.problem.n, 1)
    nu = np.array([rounded(Fraction(float(v)), BITS) for v in slopes], dtype=object)
    if terms.constant and not terms.kappa:
        nu = nu - sum(nu, Fraction(0)) / len(nu)
    worst = Fraction(0)
    for s in program:
        on = states.patterns_of(np.array([s]))[0]
        g = -states.places[s].sign * nu[on].dot(data.fractions[on])
        rows = states.rows_of(int(s))
        floats = pull(np.array(g, dtype=float), np.array(rows, dtype=float), terms.penalised)[1]
        q = settled(g, rows, exact_multipliers(g, rows, floats, terms), terms)
        if any(v for v, has_penalty in zip(q, terms.penalised, strict=True) if not has_penalty):
            return Fraction(0)
        worst = max(worst, terms.square(q))
    return squared_dual(nu * shrink(worst, terms.lam), data.y_fractions, terms) / n
