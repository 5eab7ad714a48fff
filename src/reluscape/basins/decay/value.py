"""The value of one basin with weight decay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ...errors import InputError, SolverError
from ...numbers.checks import readonly
from ...numbers.tolerances import DEFAULT
from ...problem.data import check_signs
from ...problem.losses import LogisticLoss, able
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from ..patterns import live_pattern
from ..result import Basin
from .exact import interval_certificate, proved_interval
from .programs import decay_of, programs_of


def decayed_basin(problem: Problem, pattern: Any, sign: Any, exact: bool = False) -> Basin:
    """Return the value of a closed basin of J = mean loss + (decay / 2) (sum_j |w_j|^2 + v_j^2 + c^2).

    With u_j = |v_j| w_j it is min L(sum_j s_j F_j u_j + c) + lam sum_j |P u_j| over u_j in the closed cells, a convex
    program, since (lam / 2) (|P w|^2 + v^2) >= lam |P u| with equality where |P w| = |v|.

    Args:
        problem: one output, weight decay.
        pattern: (m, n) bool.
        sign: (m,) -1 or 1.
        exact: True proves an interval with rational ends (squared loss).

    Raises:
        InputError: exact=True with another loss.
        SolverError: the lower bound stays away from the value.
    """
    data = problem.data
    A = live_pattern(data, pattern)
    signs = check_signs(sign, len(A))
    _refuse_flat(problem, A)
    if exact and not able(problem.loss, "quadratic"):
        raise InputError("exact=True needs the squared loss: the value of another loss is no rational number")
    programs = programs_of(problem)
    point = programs.solve(A, signs)
    n = max(data.n, 1)
    if exact:
        proof = proved_interval(problem, A, signs, point, DEFAULT.decayed_interval)
        point = programs.point(A, signs, np.array(proof.U, dtype=float), float(proof.c), point.multipliers, 0.0)
        interval: dict[str, Any] = {
            "lower": proof.lower, "upper": proof.upper, "certificate": interval_certificate(problem, proof),
            "kind": "certified", "gap": float(proof.upper - proof.lower),
        }  # fmt: skip
    else:
        if not _close(problem, point):
            raise SolverError(
                f"the value of this basin is known to {point.gap / n:.3g} only (about {point.value / n:.6g}); samples "
                "differ too much in scale, or the weight decay is tiny beside them; standardise the inputs"
            )
        interval = {"certificate": None, "kind": "numerical", "gap": float(point.gap / n)}
    return _basin(problem, A, signs, point, interval)


def _basin(problem: Problem, A: np.ndarray, signs: np.ndarray, point: DecayedPoint, interval: dict[str, Any]) -> Basin:
    """Return the point as a basin."""
    n = max(problem.n, 1)
    return Basin(
        value=0.0 if _runs_off(problem, A, signs) else float(point.value / n),
        exact_value=None,
        Z=readonly(signs[:, None] * point.u),
        c=point.c,
        prediction=readonly(point.prediction),
        attained=_is_attained(problem, A, signs, point),
        direction=None,
        residual=point.gap / max(n * problem.zero_value, np.finfo(float).tiny),
        zero_rows=problem.data.zero_rows,
        **interval,
    )


def _is_attained(problem: Problem, A: np.ndarray, signs: np.ndarray, point: DecayedPoint) -> bool:
    """Return whether a network of the basin has its value; only biases that cost nothing can run off.

    A unit of no weight but its free bias b is the constant |v| b with |v| to 0 and b to infinity, unless an output bias
    or another unit of that sign that is active everywhere can take it; one class under the logistic loss wants a
    constant without end.
    """
    if problem.penalty.biases or not problem.n:
        return True
    everywhere = A[:, problem.live].all(axis=1)
    if problem.output_bias or _runs_off(problem, A, signs):
        return not _runs_off(problem, A, signs)
    norms = decay_of(problem).norms(point.u)
    floor = problem.tolerances.kink_widths[0] * max(
        float(norms.sum()), float(np.abs(point.prediction).max(initial=0.0))
    )
    idle = everywhere & (norms <= floor) & (np.abs(point.u[:, -1]) > floor)
    return not any(not (everywhere & (norms > floor) & (signs == signs[j])).any() for j in np.flatnonzero(idle))


def _runs_off(problem: Problem, A: np.ndarray, signs: np.ndarray) -> bool:
    """Return whether a free constant lowers the logistic loss of a single class towards 0 without end."""
    if problem.penalty.biases or not isinstance(problem.loss, LogisticLoss) or len(np.unique(problem.y)) != 1:
        return False
    class_sign = problem.loss._sign(problem.y[:1])[0]
    return bool(problem.output_bias or (A[:, problem.live].all(axis=1) & (signs == class_sign)).any())


def decayed_values(problem: Problem, patterns: np.ndarray, signs: np.ndarray, threads: int | None = None) -> np.ndarray:
    """Return the values (B,) of many basins with weight decay, checked patterns (B, m, n) and signs (B, m).

    Each set of live states is solved once.

    Raises:
        SolverError: a lower bound stays away from its value.
    """
    patterns = patterns.copy()
    patterns[:, :, list(problem.data.zero_rows)] = False
    _refuse_flat(problem, patterns)
    programs, n = programs_of(problem), max(problem.n, 1)
    place: dict[frozenset[bytes], int] = {}
    basins: list[tuple[np.ndarray, np.ndarray]] = []
    which = np.zeros(len(patterns), dtype=np.int64)
    for b, (A, s) in enumerate(zip(patterns, signs, strict=True)):
        states = {row.tobytes() + bytes([int(sign > 0)]): j for j, (row, sign) in enumerate(zip(A, s, strict=True))}
        live = [j for j in states.values() if A[j].any()]
        key = frozenset(name for name, j in states.items() if A[j].any())
        which[b] = place.setdefault(key, len(basins))
        if which[b] == len(basins):
            basins.append((A[live], s[live]))

    def value(basin: tuple[np.ndarray, np.ndarray]) -> float:
        if _runs_off(problem, *basin):
            return 0.0
        point = programs.solve(*basin)
        if not _close(problem, point):
            raise SolverError(f"a basin's value is known to {point.gap / n:.3g} only; standardise the inputs")
        return point.value / n

    with ThreadPoolExecutor(threads) as pool:
        values = list(pool.map(value, basins))
    return np.array(values)[which] if len(values) else np.zeros(0)


def _refuse_flat(problem: Problem, patterns: np.ndarray) -> None:
    """Refuse patterns in which two opposite samples are both inactive: only weights on their hyperplane have them."""
    for group in problem.data.parallel:
        rows = problem.data.rows
        for i in group[1:]:
            if (rows[i] != rows[group[0]]).any() and (patterns[..., i] == patterns[..., group[0]]).any():
                raise InputError(
                    f"samples {group[0]} and {i} are opposite directions, both inactive: such a cell is flat; with "
                    "weight decay give patterns of open cells, on which one of them is active"
                )


def _close(problem: Problem, point: DecayedPoint) -> bool:
    """Return whether the lower bound of a point is near its value."""
    return point.gap <= DEFAULT.decayed_gap * max(abs(point.value), max(problem.n, 1) * problem.zero_value)
