"""Exact decision whether weights strictly inside given cones sum to given predictions, with the proof of either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...errors import SolverError
from ...numbers import exact
from ...problem.data import Dataset
from ...solvers.linear import Rows, strictly_feasible
from .line_coordinates import line_coordinates
from .line_point import decide_on_a_line
from .proposed_point import proposed

__all__ = ["Refutation", "UnitTypes", "decide"]

Weights = Callable[[], np.ndarray]
SMALL = 400


@dataclass(frozen=True)
class Refutation:
    """Why no weights exist: sign_j sum_i a_ji u_i x_i = sum_i mu_ji s_ji x_i with mu >= 0, and <u, y> <= 0.

    Any weights inside the cones would give <u, y> = sum of mu_ji times positive numbers, so that one of <u, y> < 0
    and mu != 0 refutes. s_ji is +1 where unit j is active on sample i, else -1.

    Attributes:
        u: (n,) functional on the predictions.
        mu: (number of types, n) multipliers.
    """

    u: np.ndarray
    mu: np.ndarray


@dataclass(frozen=True)
class UnitTypes:
    """Units merged by (activation row, sign of the output weight).

    Attributes:
        rows: (types, n) bool.
        signs: (types,) -1, 0 or +1; 0 for v_j = 0 (the unit must exist but adds nothing).
        members: for each type, its units.
        v: (m,) exact output weights.
    """

    rows: np.ndarray
    signs: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    v: np.ndarray

    @classmethod
    def of(cls, pattern: np.ndarray, v: np.ndarray) -> UnitTypes:
        """Merge the units of a pattern (m, n) with exact output weights v (m,)."""
        groups: dict[tuple[bytes, int], list[int]] = {}
        alive = np.asarray(pattern.any(axis=1))
        for j, bits in enumerate(np.packbits(pattern, axis=1)):
            sign = exact.sign(v[j].numerator) if alive[j] else 0
            groups.setdefault((bits.tobytes(), sign), []).append(j)
        rows = [pattern[units[0]] for units in groups.values()]
        shape = (len(rows), pattern.shape[1])
        members = tuple(tuple(units) for units in groups.values())
        return cls(np.array(rows, dtype=bool).reshape(shape), tuple(s for _, s in groups), members, v)

    def share_out(self, Z: np.ndarray, d: int) -> np.ndarray:
        """Return W (m, d) from the sums Z (types, d) of |v_j| w_j over each type."""
        W = np.full((sum(map(len, self.members)), d), Fraction(0), dtype=object)
        for z, units in zip(Z, self.members, strict=True):
            for j in units:
                size = (abs(self.v[j]) or Fraction(1)) * len(units)
                W[j] = [value / size for value in z]
        return W

    def per_unit(self, mu: np.ndarray) -> np.ndarray:
        """Return multipliers per unit from multipliers per type."""
        full = np.full((sum(map(len, self.members)), mu.shape[1]), Fraction(0), dtype=object)
        for row, units in zip(mu, self.members, strict=True):
            for j in units:
                full[j] = row
        return full


def decide(data: Dataset, y: np.ndarray, types: UnitTypes) -> Refutation | Weights:
    """Return a refutation, or a function that computes Z (types, d) with the right predictions, inside the cones."""
    n, T = data.n, len(types.rows)
    zero = set(data.zero_rows)
    for i in zero:
        if y[i] != 0:
            u = np.full(n, Fraction(0), dtype=object)
            u[i] = Fraction(-exact.sign(y[i]))
            return Refutation(u, np.full((T, n), Fraction(0), dtype=object))
    samples = np.array([i for i in range(n) if i not in zero], dtype=int)
    line = line_coordinates(data, samples)
    if line is not None:
        answer = decide_on_a_line(line, types.rows[:, samples], types.signs, y[samples])
        if answer is not None:
            if isinstance(answer, tuple):
                return Refutation(_widen(answer[0], samples, n), _widen(answer[1], samples, n))
            return answer
    return _decide_in_general(data, y, samples, types)


def _decide_in_general(data: Dataset, y: np.ndarray, samples: np.ndarray, types: UnitTypes) -> Refutation | Weights:
    """Homogenise with one positive factor t, solve the equations exactly, and ask for strict feasibility."""
    n, d, T, k = data.n, data.d, len(types.rows), len(samples)
    rows, signs = types.rows[:, samples], types.signs
    empty = _empty_cone(data, samples, rows)
    if empty is not None:
        j, multipliers = empty
        mu = np.full((T, n), Fraction(0), dtype=object)
        mu[j, samples] = multipliers
        return Refutation(np.full(n, Fraction(0), dtype=object), mu)
    columns = list(exact.pivot_columns(data.rows[samples])) if k else []
    X, r = data.fractions[samples][:, columns], len(columns)
    if T * r * k > SMALL:
        answer = proposed(X, y[samples], rows, signs)
        if isinstance(answer, tuple):
            return Refutation(_widen(answer[0], samples, n), _widen(answer[1], samples, n))
        if answer is not None:
            proposal = answer
            return lambda: _embedded(proposal, columns, d)
    E = np.full((k, T * r + 1), Fraction(0), dtype=object)
    for j in range(T):
        for i in np.flatnonzero(rows[j]) if signs[j] else ():
            E[i, j * r : (j + 1) * r] = X[i] * signs[j]
    E[:, -1] = -y[samples]
    N = exact.nullspace(E)
    inequalities = [_products(np.where(rows[j], 1, -1)[:, None] * X, N[:, j * r : (j + 1) * r]) for j in range(T)]
    inequalities.append(N[:, -1:].T)
    system = np.concatenate(inequalities, axis=0)
    # a system of no unknowns is infeasible: the positive factor t has nowhere to go
    solution = strictly_feasible(system) if system.shape[1] else None
    if solution is not None and solution.feasible and solution.witness is not None:
        direction = [exact.to_fraction(value) for value in solution.witness]

        def weights() -> np.ndarray:
            point = [sum((c * b for c, b in zip(direction, column, strict=True)), Fraction(0)) for column in N.T]
            return _embedded(np.array(point[:-1], dtype=object).reshape(T, r) / point[-1], columns, d)

        return weights
    if solution is None or solution.multipliers is None:
        lambdas = [*([Fraction(0)] * (T * k)), Fraction(1)]
    else:
        lambdas = [exact.to_fraction(value) for value in solution.multipliers]
    mu = np.array(lambdas[:-1], dtype=object).reshape(T, k)
    target = [(mu[j] * np.where(rows[j], 1, -1)) @ X for j in range(T)]
    right = np.concatenate([*target, np.array([lambdas[-1]], dtype=object)])
    u = exact.solve(E.T, right)
    if u is None:  # the multipliers vanish on the null space, so that they lie in the row space
        raise SolverError("a refutation could not be written down; please report these data")
    return Refutation(_widen(u, samples, n), _widen(mu, samples, n))


def _embedded(Z: np.ndarray, columns: list[int], d: int) -> np.ndarray:
    """Return weights (T, d) that are 0 outside the given columns."""
    full = np.full((len(Z), d), Fraction(0), dtype=object)
    full[:, columns] = Z
    return full


def _empty_cone(data: Dataset, samples: np.ndarray, rows: np.ndarray) -> tuple[int, np.ndarray] | None:
    """Return a type whose region is empty with Gordan's multipliers, or None."""
    system = Rows(data.rows[samples])
    for j, row in enumerate(rows):
        answer = system.decide(np.where(row, 1.0, -1.0))
        if answer.multipliers is not None:
            multipliers = [
                Fraction(int(m)) / s for m, s in zip(answer.multipliers, data.row_scale[samples], strict=True)
            ]
            return j, np.array(multipliers, dtype=object)
    return None


def _products(X: np.ndarray, N: np.ndarray) -> np.ndarray:
    """Return X N^T for fractions."""
    if not X.size or not N.size:
        return np.full((len(X), len(N)), Fraction(0), dtype=object)
    return exact.fractions_of(exact.fmpq_matrix(X) * exact.fmpq_matrix(N).transpose())


def _widen(values: np.ndarray, samples: np.ndarray, n: int) -> np.ndarray:
    """Return values on all n samples, zero outside the given ones."""
    values = np.asarray(values, dtype=object)
    full = np.full((*values.shape[:-1], n), Fraction(0), dtype=object)
    full[..., samples] = values
    return full
