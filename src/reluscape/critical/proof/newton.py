"""Newton's method on parameters and multipliers, with kinks taken up and given back until the conditions fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...numbers.tolerances import DEFAULT, SPECK
from .arithmetic import FLOATS, Arithmetic
from .equations import Equations
from .interior import most_interior
from .kinks import Kinks, group_kinks, shared_out
from .lagrangian import Lagrangian
from .objective import Objective
from .symmetries import symmetry_directions

FLOAT = Arithmetic(FLOATS)
# relative heights below which samples are taken to lie on a kink, tried in turn
LADDER = (1e-6, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
STEPS = 15
MOST_WORK = 3e6
CHANGES = 25
# how far, relative to 1 + |theta|, a point may move
FARTHEST = 0.5


@dataclass(frozen=True, eq=False)
class Candidate:
    """A point whose equations hold up to rounding.

    Attributes:
        equations: which equations.
        unknowns: (N,) doubles.
        fits: signs off the kinks are those of the pattern, and multipliers lie strictly inside.
    """

    equations: Equations
    unknowns: np.ndarray
    fits: bool

    @property
    def theta(self) -> np.ndarray:
        """The parameters."""
        return self.unknowns[: self.equations.objective.size]


def relative_heights(objective: Objective, theta: np.ndarray) -> list[np.ndarray]:
    """Return for each hidden layer (n, units) the preactivations relative to the size of their terms."""
    H = objective.float_samples
    out = []
    for M, has in list(zip(objective.matrices(theta), objective.has_bias, strict=True))[:-1]:
        inputs = np.concatenate([H, np.ones((len(H), int(has)))], axis=1)
        height, size = inputs @ M.T, np.abs(inputs) @ np.abs(M).T
        # a row that only the bias reaches is measured by the other rows
        size = np.maximum(size, size.mean(axis=0, keepdims=True)) if len(size) else size
        out.append(np.where(size > 0, height / np.where(size > 0, size, 1.0), 0.0))
        H = np.maximum(height, 0.0)
    return out


def candidates(objective: Objective, theta: np.ndarray) -> Iterator[Candidate]:
    """Yield the points that Newton's method reaches from different sets of kinks, those that fit first at each step."""
    relative = relative_heights(objective, theta)
    visits: set[bytes] = set()
    # each try costs some steps of Newton's method, each the square of the size
    tries = int(MOST_WORK // (objective.size + 1) ** 2)
    for width in LADDER:
        at = [np.abs(r) < width for r in relative]
        on = [((r > 0) & ~a).astype(int) for r, a in zip(relative, at, strict=True)]
        for _ in range(CHANGES):
            key = b"".join(np.packbits(a).tobytes() + np.packbits(o.astype(bool)).tobytes()
                           for a, o in zip(at, on, strict=True))  # fmt: skip
            if key in visits or len(visits) > tries:
                break
            visits.add(key)
            end = settle(objective, group_kinks(objective, on, at), theta)
            if end is None:
                break
            change = _changes(end, at, on)
            yield Candidate(end.equations, end.unknowns, change is None)
            if change is None:
                break
            at, on = change


def fitted(objective: Objective, theta: np.ndarray, on: list[np.ndarray], at: list[np.ndarray]) -> Candidate | None:
    """Return the point that Newton's method reaches from these kinks, None where it is not reached or does not fit."""
    end = settle(objective, group_kinks(objective, on, at), theta)
    if end is None or _changes(end, at, on) is not None:
        return None
    return Candidate(end.equations, end.unknowns, True)


def settle(objective: Objective, kinks: Kinks, theta: np.ndarray) -> Candidate | None:
    """Return where Newton's method ends for these kinks, or None where it does not converge near the start.

    The multiplier of kinks with one function is split over their rows as their jumps are.
    """
    if kinks.empty:
        return None
    slices = symmetry_directions(objective, kinks, theta)
    multipliers = _first_multipliers(objective, kinks, theta)
    unknowns = np.concatenate([theta, multipliers, np.zeros(len(slices))])
    rounds = 3 if any(len(g.classes) > 1 or g.fixed is not None for g in kinks.groups) else 1
    for number in range(rounds):
        equations = Equations(objective, kinks, slices, unknowns[: objective.size].copy())
        solution = _newton(equations, unknowns, theta)
        if solution is None:
            return None
        unknowns = solution
        if number + 1 < rounds:
            kinks, unknowns = most_interior(equations, unknowns)
            kinks = _split_anew(Equations(objective, kinks, slices, equations.centre), unknowns)
    final = Equations(objective, equations.kinks, symmetry_directions(objective, kinks, unknowns[: objective.size]),
                      unknowns[: objective.size].copy())  # fmt: skip
    p, q, _ = final.counts
    return Candidate(final, np.concatenate([unknowns[: p + q], np.zeros(len(final.slices))]), False)


def _first_multipliers(objective: Objective, kinks: Kinks, theta: np.ndarray) -> np.ndarray:
    """Return the multipliers that fit the gradient best."""
    zero = np.zeros(len(kinks.free))
    if not len(zero):
        return zero
    lagrangian = Lagrangian(objective, kinks, FLOAT)
    here = lagrangian.passed(theta, zero)
    C, g = lagrangian.constraints(here), lagrangian.gradient(theta, here)
    mu = np.linalg.lstsq(C.T, -g, rcond=None)[0]
    # multipliers of upper layers change the signals below: once more with them
    g = lagrangian.gradient(theta, lagrangian.passed(theta, mu)) - C.T @ mu
    return np.asarray(np.linalg.lstsq(C.T, -g, rcond=None)[0])


def _newton(equations: Equations, unknowns: np.ndarray, start: np.ndarray) -> np.ndarray | None:
    """Return the end of Newton's method, or None."""
    p = equations.objective.size
    size = 1.0 + float(np.abs(start).max(initial=0.0))
    for _ in range(STEPS):
        F, M = equations.at(unknowns, FLOAT)
        if not (np.isfinite(F).all() and np.isfinite(M).all()):
            return None
        step = _solved(M, -F)
        unknowns = unknowns + step
        move = float(np.abs(step[:p]).max(initial=0.0))
        if np.abs(unknowns[:p] - start).max(initial=0.0) > FARTHEST * size:
            return None
        if move <= DEFAULT.newton_step * size:
            return unknowns
    return None


def _solved(M: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a solution, or the least-squares one where the matrix is singular."""
    if not len(M):
        return b
    scale = np.sqrt(np.abs(M).max(axis=1))
    scale = 1.0 / np.where(scale > 0, scale, 1.0)
    matrix = M * scale[:, None] * scale[None, :]
    try:
        x = np.linalg.solve(matrix, b * scale)
        size = float(np.abs(b * scale).max(initial=SPECK))
        if (
            np.abs(matrix @ x - b * scale).max() <= DEFAULT.solved_system * size
            and np.abs(x).max() < size / DEFAULT.singular_system
        ):
            return np.asarray(x * scale)
    except np.linalg.LinAlgError:
        pass
    return np.asarray(np.linalg.lstsq(matrix, b * scale, rcond=DEFAULT.least_singular_value)[0] * scale)


def _split_anew(equations: Equations, unknowns: np.ndarray) -> Kinks:
    """Return the kinks with multipliers split over classes in proportion to the jumps."""
    theta, mu, _ = equations.split(unknowns)
    here = Lagrangian(equations.objective, equations.kinks, FLOAT).passed(theta, mu)
    kinks = equations.kinks
    highs = kinks.classes.bounds(kinks.float_multipliers(mu), here.arriving)[2]
    groups = []
    for number, group in enumerate(kinks.groups):
        mine = highs[kinks.classes.group == number] if len(group.classes) > 1 else highs[:0]
        groups.append(shared_out(group, mine.tolist()) if len(mine) and mine.min() > 0 else group)
    return Kinks(kinks.on, kinks.at, tuple(groups), kinks.empty)


def _changes(
    candidate: Candidate, at: list[np.ndarray], on: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]] | None:
    """Return the kinks and patterns to try next, None where everything fits."""
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    here = Lagrangian(equations.objective, equations.kinks, FLOAT).passed(theta, mu)
    new_at, new_on, fits = [a.copy() for a in at], [o.copy() for o in on], True
    for k, (a, o) in enumerate(zip(at, on, strict=True)):
        height = here.heights[k]
        empty = a & ~equations.kinks.at[k]
        if empty.any():  # kinks that are zero whatever the parameters are: off
            new_at[k][empty] = False
        wrong = ~a & (((height > 0) != (o > 0)) & ((height != 0) | (o > 0)))
        if wrong.any():
            fits = False
            new_at[k][wrong], new_on[k][wrong] = True, 0
    kinks = equations.kinks
    low, value, high = kinks.classes.bounds(kinks.float_multipliers(mu), here.arriving)
    outside = ~((low < value) & (value < high))
    for number in np.unique(kinks.classes.group[outside]).tolist():
        fits = False
        group = kinks.groups[number]
        first = int(np.flatnonzero(outside & (kinks.classes.group == number))[0])
        for row, factor in zip(group.rows, group.factors, strict=True):
            new_at[group.layer][row, group.unit] = False
            new_on[group.layer][row, group.unit] = int((value[first] >= high[first]) == (factor > 0))
    return None if fits else (new_at, new_on)
