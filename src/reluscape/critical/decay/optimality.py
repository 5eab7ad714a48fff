"""Whether a network is a local minimum with weight decay: proved beside it, or refuted by a direction that lowers J."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...basins.decay.programs import decay_of, programs_of
from ...basins.decay.pulls import Cells
from ...errors import InputError
from ...numbers.checks import readonly
from ...numbers.exact import fraction_array
from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ...problem.problem import Problem
from ..onesided_float import nowhere_negative_float
from ..units import float_lines
from ..verdict import MINIMUM, NOT_STATIONARY, SADDLE, UNDECIDED, Verdict
from .proof import LOSSES, Beside, Proof

HALVINGS = 60


def decayed_verdict(
    problem: Problem, W: Any, v: Any, c: Any = None, within: float = DEFAULT.decayed_within, exact: bool | None = None
) -> Verdict:
    """Return the verdict on a network for J = mean loss + weight decay.

    J(w, v) >= G(u) for u_j = |v_j| w_j with equality at balance |P w_j| = |v_j|, G is convex on each product of
    closed cells, and first order separates over the units: a balanced point is a local minimum if and only if every
    unit that is not at zero is stationary on all cells next to it, and where a unit is at zero no cell with either sign
    is pulled by more than the decay; the latter makes it a global minimum of every width.

    Args:
        problem: one output, weight decay.
        W: (m, d) hidden weights.
        v: (m,) output weights.
        c: output bias, None where the problem has none.
        within: how far an exact minimum may be from the floats, relative to 1 + the largest weight.
        exact: True is refused: the minimum is an algebraic number.

    Raises:
        InputError: exact=True, or a loss that has no proof.
    """
    if exact:
        raise InputError("with weight decay a minimum is an algebraic number; leave exact=None for a certified one")
    W, v = np.array(fraction_array(W), dtype=float), np.array(fraction_array(v), dtype=float)
    constant = 0.0 if c is None else float(c)
    data = problem.data
    lengths = np.linalg.norm(data.X, axis=1)
    reach = problem.tolerances.boundary * np.outer(np.linalg.norm(W, axis=1), lengths)
    on_plane = (np.abs(W @ data.X.T) <= reach) & problem.live[None, :]
    f = np.maximum(W @ data.X.T, 0.0).T @ v + constant
    loss = problem.mean_loss.value(f[:, None], problem.targets)
    objective = _objective(problem, W, v, constant)
    verdict = Verdict(
        kind=UNDECIDED, reason="", is_local_minimum=None, differentiable=not on_plane.any(), loss=loss, exact_loss=None,
        escape=None, slack=0.0, residual=0.0, units=(), method="numerical", zero_rows=data.zero_rows, problem=problem,
        objective=objective,
    )  # fmt: skip
    proof = Beside(problem, W, v, constant, within).found()
    if proof is not None:
        return _minimum(verdict, proof)
    way = _Way(problem, W, v, constant, on_plane, f).steepest()
    if way is None:
        return _stationary(verdict, problem, W, v)
    escape = way.escape if problem.output_bias else way.escape[:2]
    kind = NOT_STATIONARY if way.first_order else SADDLE
    reason = (
        "a direction lowers the objective to first order"
        if way.first_order
        else "no direction lowers the objective to first order, but a unit at zero is pulled by more than the decay"
    )
    return replace(
        verdict, kind=kind, reason=reason, is_local_minimum=False, escape=escape, slack=-way.fall, residual=way.fall,
        units=way.units,
    )  # fmt: skip


def _minimum(verdict: Verdict, proof: Proof) -> Verdict:
    """Return the verdict with its proof."""
    where = f"an exact local minimum is proved to lie within {proof.distance:.2g} of these weights"
    if proof.is_global:
        where += "; it is a global minimum of every width, since no cell is pulled by more than the decay"
    return replace(
        verdict, kind=MINIMUM, reason=where, is_local_minimum=True, method="certified", distance=proof.distance,
        is_global_minimum=True if proof.is_global else None, build_certificate=lambda: proof.certificate,
        differentiable=not proof.kinks, kinks=proof.kinks,
    )  # fmt: skip


def _stationary(verdict: Verdict, problem: Problem, W: np.ndarray, v: np.ndarray) -> Verdict:
    """Return the verdict where no direction lowers J in floats.

    With weight decay first order decides, whatever the losses' curvatures are: J is nowhere near below a function of
    u_j = |v_j| w_j that is convex on the closed basins beside the point and touches J there. So for a loss without
    proof the point is a local minimum up to rounding, once the lowest point of its basin is no lower and every cell was
    looked at where a unit is at zero.
    """
    if problem.mean_loss.name in LOSSES:
        return replace(
            verdict,
            reason="stationary up to rounding, and no proof: an inequality may be an equality here (a tie, dependent "
            "kinks, or minima that are not isolated)",
        )
    name = problem.mean_loss.name
    idle = ~W.any(axis=1) & (v == 0)
    if idle.any() and Cells(problem.data, decay_of(problem).penalised).too_many:
        reason = f"stationary up to rounding; a unit is at zero, and there are too many cells to look at for the {name}"
        return replace(verdict, reason=f"{reason} loss, which has no proof by intervals")
    point = programs_of(problem).solve(open_pattern(problem, W), np.where(v < 0, -1, 1))
    n = max(problem.n, 1)
    assert verdict.objective is not None
    left = max(verdict.objective - (point.value - point.gap) / n, 0.0)
    if not left <= problem.tolerances.decayed_gap * problem.zero_value:
        return replace(
            verdict,
            reason=f"stationary up to rounding, but its basin may hold objectives lower by {left:.2g}; for the {name} "
            "loss there is no proof by intervals",
        )
    reason = (
        f"no direction lowers the objective to first order, which decides with weight decay, and no point of its basin "
        f"is lower by more than {left:.2g}; all of this in floats, since there is no proof by intervals for the {name} "
        "loss"
    )
    return replace(
        verdict,
        kind=MINIMUM,
        reason=reason,
        is_local_minimum=True,
        residual=left / max(problem.zero_value, np.finfo(float).tiny),
    )


def open_pattern(problem: Problem, W: np.ndarray) -> np.ndarray:
    """Return an open cell (m, n) of each unit, samples on hyperplanes put aside in one direction."""
    X = problem.data.X
    aside = stream(0, "side of a hyperplane").normal(size=problem.data.d)
    heights = W @ X.T
    near = np.abs(heights) <= problem.tolerances.boundary * np.outer(
        np.linalg.norm(W, axis=1), np.linalg.norm(X, axis=1)
    )
    return np.asarray(np.where(near, X @ aside > 0, heights > 0) & problem.live)


def _objective(problem: Problem, W: np.ndarray, v: np.ndarray, c: float) -> float:
    """Return J."""
    f = np.maximum(W @ problem.data.X.T, 0.0).T @ v + c
    parts = [W, v, np.array([c])] if problem.penalty.biases else [W[:, :-1], v]
    return problem.mean_loss.value(f[:, None], problem.targets) + problem.penalty.value(parts)


@dataclass(frozen=True)
class _Escape:
    """A direction along which J falls, checked at t = 1, 1/2, 1/4, ..."""

    escape: tuple[Any, ...]
    first_order: bool
    fall: float
    units: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Way:
    """The search for a direction that lowers J."""

    problem: Problem
    W: np.ndarray
    v: np.ndarray
    c: float
    on_plane: np.ndarray
    f: np.ndarray

    def steepest(self) -> _Escape | None:
        """Return the steepest direction of first order, else one that turns a unit at zero on, else None."""
        problem, X = self.problem, self.problem.data.X
        e = problem.slopes(self.f[:, None])[:, 0]
        strength = float(problem.penalty.strength)
        in_penalty = (
            np.ones(X.shape[1], dtype=bool) if problem.penalty.biases else np.arange(X.shape[1]) < X.shape[1] - 1
        )
        H = self.W @ X.T
        dW, dv = np.zeros_like(self.W), np.zeros_like(self.v)
        size = float(np.abs(e) @ np.linalg.norm(X, axis=1)) + strength
        noise = problem.tolerances.stationarity * size
        falls = np.zeros(len(self.v))
        for j in range(len(self.v)):
            open_on = (H[j] > 0) & ~self.on_plane[j]
            g = self.v[j] * (e[open_on] @ X[open_on]) + strength * np.where(in_penalty, self.W[j], 0.0)
            planes = np.flatnonzero(self.on_plane[j]) if self.W[j].any() and self.v[j] != 0 else np.zeros(0, dtype=int)
            psi = float_lines(g, X[planes], self.v[j] * e[planes], problem.tolerances.parallel, noise)
            decision = nowhere_negative_float(psi, noise * (1 + abs(self.v[j])))
            if decision.holds is False and decision.direction is not None:
                u = decision.direction / np.linalg.norm(decision.direction)
                fall = -float(psi.value(u))
                dW[j], falls[j] = fall * u, max(fall, 0.0)
            slope = float(np.maximum(H[j], 0.0) @ e) + strength * self.v[j]
            if abs(slope) > noise * (1 + float(np.linalg.norm(self.W[j]))):
                dv[j] = -slope
                falls[j] = np.hypot(falls[j], slope)
        dc = 0.0
        if problem.output_bias:
            slope = float(e.sum()) + (strength * self.c if problem.penalty.biases else 0.0)
            dc = -slope if abs(slope) > noise else 0.0
        total = float(np.sqrt((falls**2).sum() + dc * dc))
        if total > 0:
            escape = self._checked(dW, dv, dc)
            if escape is not None:
                return _Escape(escape, True, total / size, tuple(int(j) for j in np.flatnonzero(falls)))
        return self._from_zero(e, strength)

    def _from_zero(self, e: np.ndarray, strength: float) -> _Escape | None:
        """Return a direction that turns a unit at zero on, where a cell is pulled by more than the decay."""
        idle = np.flatnonzero(~self.W.any(axis=1) & (self.v == 0))
        if not len(idle):
            return None
        cells = Cells(self.problem.data, decay_of(self.problem).penalised)
        pull = cells.climbed(e, self.W) if cells.too_many else cells.largest(e)
        if pull is None or pull.value <= strength * (1 + self.problem.tolerances.stationarity):
            return None
        dW, dv = np.zeros_like(self.W), np.zeros_like(self.v)
        dW[idle[0]], dv[idle[0]] = pull.direction, float(pull.sign)
        escape = self._checked(dW, dv, 0.0)
        return None if escape is None else _Escape(escape, False, 0.0, (int(idle[0]),))

    def _checked(self, dW: np.ndarray, dv: np.ndarray, dc: float) -> tuple[Any, ...] | None:
        """Return the direction, halved until J falls at its end and at its halves, or None."""
        now = _objective(self.problem, self.W, self.v, self.c)
        room = 8 * MACHINE_PRECISION * max(abs(now), self.problem.zero_value)

        def gain(t: float) -> float:
            return now - _objective(self.problem, self.W + t * dW, self.v + t * dv, self.c + t * dc)

        t = 1.0 / max(float(np.abs(dW).max(initial=0.0)), float(np.abs(dv).max(initial=0.0)), abs(dc))
        for _ in range(HALVINGS):
            # the gain is concave enough at such a scale: half the step gains at least a quarter
            if gain(t) > room and gain(t / 2) > max(room / 4, gain(t) / 8) and gain(t / 4) > 0:
                return readonly(t * dW), readonly(t * dv), t * dc
            t /= 2
        return None
