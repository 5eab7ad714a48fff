"""One input with bias: the exact zero-loss decision with its multipliers, and weights that reach the targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from operator import mul

import numpy as np

from ...numbers import exact
from .line_cone import LineCone
from .line_coordinates import LineCoordinates

__all__ = ["decide_on_a_line", "step_of"]

Step = tuple[str, int]
HALVINGS = 200


def step_of(row: Sequence[bool]) -> Step | None:
    """Return how an activation row on ordered points is a step: ("suffix", cut), ("prefix", cut), ("dead", 0), or None.

    ("suffix", 0) is active on all points.
    """
    active = [bool(a) for a in row]
    n, count = len(active), sum(active)
    if count == 0:
        return ("dead", 0)
    if all(active[n - count :]):
        return ("suffix", n - count)
    if all(active[:count]):
        return ("prefix", count)
    return None


def decide_on_a_line(
    line: LineCoordinates, rows: np.ndarray, signs: Sequence[int], y: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | Callable[[], np.ndarray] | None:
    """Decide zero loss for unit types (T, n) with output signs on points of a line.

    Returns:
        (u, mu) in the order of the given samples where no weights exist; a function that computes Z (T, d) where they
        do; None where a row is no step (then the region is empty, and the general test says why).
    """
    order = list(line.order)
    steps = [step_of(row[order]) for row in rows]
    if any(step is None for step in steps):
        return None
    all_steps = [step for step in steps if step is not None]
    cone = _cone(line, all_steps, signs)
    targets = [y[i] / s for i, s in zip(order, line.scale, strict=True)]
    u = cone.separation(targets)
    if u is None:
        return lambda: _weights(line, cone, all_steps, signs, targets)
    mu = np.full(rows.shape, Fraction(0), dtype=object)
    sums = _running_sums(line.points, u)
    for j, (step, sign) in enumerate(zip(all_steps, signs, strict=True)):
        if sign and step[0] != "dead":
            for k, value in _multipliers(line.points, step, sign, sums):
                mu[j, order[k]] = value / line.scale[k]
    functional = np.full(len(order), Fraction(0), dtype=object)
    for k, i in enumerate(order):
        functional[i] = u[k] / line.scale[k]
    return functional, mu


def _cone(line: LineCoordinates, steps: Sequence[Step], signs: Sequence[int]) -> LineCone:
    cone = LineCone(line.points)
    for (kind, cut), sign in zip(steps, signs, strict=True):
        if sign and kind == "suffix":
            cone.add_suffix(cut, sign)
        elif sign and kind == "prefix":
            cone.add_prefix(cut, sign)
    return cone


def _running_sums(t: Sequence[Fraction], u: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """Return the sums of u_i t_i and of u_i over the first points, none to all."""
    start = Fraction(0)
    return list(accumulate(map(mul, u, t), initial=start)), list(accumulate(u, initial=start))


def _multipliers(
    t: Sequence[Fraction], step: Step, sign: int, sums: tuple[list[Fraction], list[Fraction]]
) -> list[tuple[int, Fraction]]:
    """Return mu >= 0 on the two facets of a unit's cone with sign * sum_active u_i (t_i, 1) = sum mu_k s_k (t_k, 1)."""
    kind, cut = step
    begin, end = (cut, len(t)) if kind == "suffix" else (0, cut)
    a, b = (sign * (total[end] - total[begin]) for total in sums)
    if kind == "suffix" and cut == 0:
        low, high, s_low, s_high = 0, len(t) - 1, 1, 1
    elif kind == "suffix":
        low, high, s_low, s_high = cut - 1, cut, -1, 1
    else:
        low, high, s_low, s_high = cut - 1, cut, 1, -1
    # solve m_low (t_low, 1) + m_high (t_high, 1) = (a, b)
    m_high = (a - b * t[low]) / (t[high] - t[low])
    return [(low, s_low * (b - m_high)), (high, s_high * m_high)]


def _generators(t: Sequence[Fraction], step: Step) -> list[tuple[Fraction, Fraction]]:
    """Return the two extreme weights (slope, offset) of a step's closed cone."""
    kind, cut = step
    n = len(t)
    if kind == "dead":
        return [(Fraction(1), -t[n - 1]), (Fraction(-1), t[0])]
    if kind == "suffix" and cut == 0:
        return [(Fraction(1), -t[0]), (Fraction(-1), t[n - 1])]
    facing = 1 if kind == "suffix" else -1
    return [(Fraction(facing), -facing * t[cut - 1]), (Fraction(facing), -facing * t[cut])]


def _weights(
    line: LineCoordinates, cone: LineCone, steps: Sequence[Step], signs: Sequence[int], targets: Sequence[Fraction]
) -> np.ndarray:
    """Return Z (T, d) strictly inside the cones that sum to the targets.

    A small equal share of every extreme weight is set aside, so small that the rest of the targets stays in the
    closed cone; a non-negative combination, exact on a basis that least squares in floats proposes, adds that rest.
    """
    t, n = line.points, len(line.points)
    extremes = [_generators(t, step) for step in steps]
    vectors = [
        [_relu_values(t, weight, sign if step[0] != "dead" else 0) for weight in pair]
        for pair, step, sign in zip(extremes, steps, signs, strict=True)
    ]
    columns = [(j, k) for j, pair in enumerate(vectors) for k in (0, 1) if any(pair[k])]
    G = np.array([vectors[j][k] for j, k in columns], dtype=object).reshape(len(columns), n).T
    everything = [sum((vectors[j][k][i] for j, k in columns), Fraction(0)) for i in range(n)]
    share = Fraction(1)
    for _ in range(HALVINGS):
        rest = [y - share * e for y, e in zip(targets, everything, strict=True)]
        combination = _non_negative(G, rest)
        if combination is not None:
            break
        share /= 4
    else:
        combination, share = _by_strict_feasibility(G, targets), Fraction(0)
    amounts = {column: share + extra for column, extra in zip(columns, combination, strict=True)}
    Z = np.full((len(steps), len(line.slope)), Fraction(0), dtype=object)
    for j, pair in enumerate(extremes):
        for k, (slope, offset) in enumerate(pair):
            amount = amounts.get((j, k), Fraction(1))
            Z[j] += [amount * (slope * a + offset * b) for a, b in zip(line.slope, line.level, strict=True)]
    return Z


def _relu_values(t: Sequence[Fraction], weight: tuple[Fraction, Fraction], sign: int) -> list[Fraction]:
    return [sign * max(weight[0] * value + weight[1], Fraction(0)) for value in t]


def _non_negative(G: np.ndarray, rest: Sequence[Fraction]) -> list[Fraction] | None:
    """Return exact c >= 0 with G c = rest on the support that non-negative least squares proposes, or None."""
    if not any(rest):
        return [Fraction(0)] * G.shape[1]
    if not G.shape[1]:
        return None
    from scipy.optimize import nnls

    A = G.astype(float)
    length = np.linalg.norm(A, axis=0)
    b = np.array([float(value) for value in rest])
    try:
        guess, _ = nnls(A / length, b / (np.abs(b).max() or 1.0), maxiter=50 * A.shape[1])
    except RuntimeError:
        return None
    support = np.flatnonzero(guess > 0)
    solution = exact.solve(G[:, support], np.array(rest, dtype=object))
    if solution is None or any(value < 0 for value in solution):
        return None
    full = [Fraction(0)] * G.shape[1]
    for k, value in zip(support, solution, strict=True):
        full[k] = value
    return full


def _by_strict_feasibility(G: np.ndarray, targets: Sequence[Fraction]) -> list[Fraction]:
    """Return exact c > 0 with G c = targets, known to exist, by the exact search for strict solutions."""
    from ...errors import SolverError
    from ...solvers.linear import strictly_feasible

    homogeneous = np.concatenate([G, -np.array(targets, dtype=object)[:, None]], axis=1)
    N = exact.nullspace(homogeneous)
    answer = strictly_feasible(N.T)
    if answer.witness is None:
        raise SolverError("no weights were found although the region holds some; please report these data")
    direction = [exact.to_fraction(value) for value in answer.witness]
    point = [sum((c * b for c, b in zip(direction, column, strict=True)), Fraction(0)) for column in N.T]
    return [value / point[-1] for value in point[:-1]]
