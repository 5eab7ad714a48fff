"""An interval between two rational numbers that holds the value of a basin with weight decay, and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...certificates import fraction_text, fraction_texts, new
from ...certificates.decayed_face import DecayedFace
from ...certificates.decayed_terms import DecayTerms, squared_dual
from ...errors import SolverError
from ...geometry.arrangement import Arrangement
from ...numbers import exact
from ...numbers.intervals import precise_intervals
from ...numbers.roots import root_above, root_below, rounded
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from ...solvers.decayed_face import pull
from .faces import coordinates, face_of, guessed_kinks
from .programs import decay_of

BITS = 100


@dataclass(frozen=True, eq=False)
class DecayedInterval:
    """What was proved of a basin.

    Attributes:
        lower, upper: the ends, as mean loss plus penalty.
        U: (m, d) exact weights u_j = |v_j| w_j that reach the upper end.
        c: exact output bias.
        slopes: (n,) exact derivatives of the losses that prove the lower end.
        multipliers: for each unit, pairs of a sample and a number.
        signs: (m,) output signs.
        pattern: (m, n) activations.
    """

    lower: Fraction
    upper: Fraction
    U: np.ndarray
    c: Fraction
    slopes: np.ndarray
    multipliers: list[list[tuple[int, Fraction]]]
    pattern: np.ndarray
    signs: np.ndarray

    @property
    def relative(self) -> float:
        """The length of the interval as a share of its upper end."""
        return float((self.upper - self.lower) / self.upper) if self.upper else 0.0


def proved_interval(
    problem: Problem, pattern: np.ndarray, signs: np.ndarray, point: DecayedPoint, length: float
) -> DecayedInterval:
    """Return the shortest interval found around the value of a basin of the squared loss.

    The face of the point is guessed by widths; on it the objective is smooth, and Newton's method in balls of many
    digits gives rational weights inside the basin (the upper end) and slopes, which are shrunk until no unit is pulled
    by more than the decay (the lower end).

    Args:
        problem: squared loss, one output, weight decay.
        pattern: (m, n), False on zero samples.
        signs: (m,).
        point: the minimiser in floats.
        length: relative length at which the search for a face stops.

    Raises:
        SolverError: no guess gives a point of the basin.
    """
    arrangement = Arrangement.of(problem.data)
    best: DecayedInterval | None = None
    decay = decay_of(problem)
    norms, reach = decay.norms(point.u), point.value / float(decay.lam)
    with precise_intervals():
        for live in _live_guesses(norms, reach, problem.tolerances.kink_widths):
            normals = np.asarray(arrangement.normals, dtype=float).reshape(-1, problem.data.d)
            for kinks in guessed_kinks(normals, point.u[live], problem.tolerances.kink_widths):
                face = face_of(problem, arrangement, pattern[live], signs[live], kinks)
                interval = _on_face(problem, arrangement, face, live, kinks, pattern, signs, point)
                if interval is not None and (best is None or interval.upper - interval.lower < best.upper - best.lower):
                    best = interval
                if best is not None and best.relative <= length:
                    return best
    if best is None:
        raise SolverError("no exact point of the basin lies beside the minimiser in floats; ask for exact=False")
    return best


def interval_certificate(problem: Problem, interval: DecayedInterval) -> dict[str, Any]:
    """Return the proof as plain JSON."""
    claim = {
        "lower": fraction_text(interval.lower),
        "upper": fraction_text(interval.upper),
        "patterns": ["".join("01"[int(v)] for v in row) for row in interval.pattern],
        "signs": [int(s) for s in interval.signs],
        "output_bias": problem.output_bias,
    }
    Z = np.array([[int(s) * v for v in u] for s, u in zip(interval.signs, interval.U, strict=True)], dtype=object)
    witness = {
        "Z": fraction_texts(Z.reshape(interval.U.shape)),
        "c": fraction_text(interval.c),
        "slopes": fraction_texts(interval.slopes),
        "multipliers": [[[i, fraction_text(v)] for i, v in unit] for unit in interval.multipliers],
    }
    data = problem.data
    return new("decayed-basin-value", data.fractions, data.y_fractions, claim, witness, "squared", problem.penalty)


def _live_guesses(norms: np.ndarray, reach: float, widths: tuple[float, ...]) -> list[np.ndarray]:
    """Return different guesses of the units that are not at zero; norms of lower points sum to `reach` at most."""
    guesses: dict[bytes, np.ndarray] = {}
    for width in widths:
        live = np.flatnonzero(norms > width * max(reach, np.finfo(float).tiny))
        guesses.setdefault(live.tobytes(), live)
    return list(guesses.values())


def _on_face(
    problem: Problem,
    arrangement: Arrangement,
    face: DecayedFace,
    live: np.ndarray,
    kinks: np.ndarray,
    pattern: np.ndarray,
    signs: np.ndarray,
    point: DecayedPoint,
) -> DecayedInterval | None:
    """Return the interval from one guess of the face, or None where its point leaves the basin."""
    start = coordinates(face, point.u[live], point.c)
    t = face.newton(start) or start
    values = [rounded(_fraction(v), BITS) for v in t]
    U = np.full(point.u.shape, Fraction(0), dtype=object)
    at = 0
    for j, B in zip(live, face.bases, strict=True):
        for b in B:
            U[j] = U[j] + values[at] * b
            at += 1
    c = values[-1] if face.has_constant else Fraction(0)
    data = problem.data
    terms = DecayTerms(face.lam, face.penalised, face.kappa, face.has_constant)
    heights = data.fractions.dot(U.T).T if data.n else np.zeros(pattern.shape, dtype=object)
    sides = np.where(pattern, 1, -1).astype(object)
    if ((heights * sides) < 0).any():
        return None
    f = (_where(pattern, heights) * np.asarray(signs).astype(int).astype(object)[:, None]).sum(axis=0)
    residual = f + c - data.y_fractions
    total = sum((v * v for v in residual), Fraction(0)) + terms.penalty_above(U, c)
    slopes = np.array([rounded(2 * v, BITS) for v in residual], dtype=object)
    slopes, multipliers = proved_slopes(data, arrangement, terms, slopes, pattern, signs, U, kinks, live)
    lower = squared_dual(slopes, data.y_fractions, terms)
    n = max(data.n, 1)
    return DecayedInterval(lower / n, total / n, U, c, slopes, multipliers, pattern, np.asarray(signs))


def proved_slopes(
    data: Any,
    arrangement: Arrangement,
    terms: DecayTerms,
    slopes: np.ndarray,
    pattern: np.ndarray,
    signs: np.ndarray,
    U: np.ndarray,
    kinks: np.ndarray,
    live: np.ndarray,
) -> tuple[np.ndarray, list[list[tuple[int, Fraction]]]]:
    """Return slopes shrunk until no unit is pulled by more than the decay, and the multipliers that show it."""
    if terms.constant and not terms.kappa:
        slopes = slopes - sum(slopes, Fraction(0)) / len(slopes)
    first = [int(np.flatnonzero(arrangement.row_class == r)[0]) for r in range(len(arrangement.normals))]
    place = {int(j): k for k, j in enumerate(live)}
    worst, multipliers = Fraction(0), []
    for j in range(len(pattern)):
        g = -int(signs[j]) * (_where(pattern[j], slopes).dot(data.fractions))
        rows = data.fractions[first] * np.where(pattern[j][first], 1, -1).astype(object)[:, None]
        z = _multipliers(g, rows, terms, U[j], kinks[place[j]] if j in place else None)
        q = settled(g, rows, z, terms)
        worst = max(worst, terms.square(q))
        multipliers.append([(first[r], v) for r, v in enumerate(z) if v])
    share = shrink(worst, terms.lam)
    return slopes * share, [[(i, v * share) for i, v in unit] for unit in multipliers]


def shrink(worst: Fraction, lam: Fraction) -> Fraction:
    """Return a share t <= 1 with t^2 worst <= lam^2."""
    if worst <= lam * lam:
        return Fraction(1)
    share = lam / root_above(worst, BITS)
    return Fraction(int(share * (1 << 2 * BITS)), 1 << 2 * BITS)


def settled(g: np.ndarray, rows: np.ndarray, z: list[Fraction], terms: DecayTerms) -> np.ndarray:
    """Return g + rows^T z after a multiplier was moved so that nothing is left where no weight is penalised."""
    q = g + (np.array(z, dtype=object).dot(rows) if len(z) else 0)
    free = np.flatnonzero(~terms.penalised)
    if len(free) and q[free[0]] != 0:
        a = int(free[0])
        for r in range(len(z)):  # rows have 1 or -1 there
            change = -q[a] / rows[r, a]
            if z[r] + change >= 0:
                z[r] += change
                return q + change * rows[r]
    return q


def _multipliers(
    g: np.ndarray, rows: np.ndarray, terms: DecayTerms, u: np.ndarray, kinks: np.ndarray | None
) -> list[Fraction]:
    """Return multipliers >= 0 that shorten g: exactly those of the kinks at a unit that is not zero, else by floats."""
    z = [Fraction(0)] * len(rows)
    if kinks is None:
        floats = pull(np.array(g, dtype=float), np.array(rows, dtype=float), terms.penalised)[1]
        return [rounded(Fraction(float(v)), BITS) for v in floats]
    indices = np.flatnonzero(kinks)
    if not len(indices):
        return z
    r = root_below(terms.square(u))
    rest = g - _where(terms.penalised, terms.lam * u / r)
    floats = pull(np.array(rest, dtype=float), np.array(rows[indices], dtype=float), np.ones(len(rest), dtype=bool))[1]
    support = indices[floats > 0] if (floats > 0).any() else indices[:0]
    if len(support):
        K = rows[support]
        solution = exact.solve(K.dot(K.T), -K.dot(rest))
        numbers = [Fraction(0)] * len(support) if solution is None else solution
        for i, v in zip(support, numbers, strict=True):
            z[int(i)] = max(rounded(v, BITS), Fraction(0))
    return z


def _where(support: np.ndarray, values: Any) -> Any:
    """Return exact values on the support, 0 elsewhere."""
    out = np.full(np.shape(values), Fraction(0), dtype=object)
    out[support] = values[support]
    return out


def _fraction(value: Any) -> Fraction:
    """Return the middle of a ball as a fraction."""
    mantissa, exponent = flint.arb(value.mid()).man_exp()
    return Fraction(int(mantissa)) * (Fraction(2) ** int(exponent))
