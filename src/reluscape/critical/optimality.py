"""The exact test of local optimality: every point is decided, smooth or on any number of kinks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..basins.infimum import infimum_in_reach
from ..basins.result import Basin
from ..errors import InputError
from ..numbers.entries import entries
from ..numbers.overflow import refuses_overflow
from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.losses import able
from ..problem.penalties import NONE, as_penalty
from ..problem.problem import Problem, as_problem
from .decay.optimality import decayed_verdict
from .escape import Violation, build_escape
from .onesided import OneSided, nowhere_negative, vanishes
from .onesided_float import nowhere_negative_float, vanishes_float
from .point import Point, build_point, is_rational, weight_arrays
from .separated import falling_direction
from .units import Lines, UnitForm, unit_forms
from .verdict import MINIMUM, NOT_STATIONARY, SADDLE, UNDECIDED, Verdict, minimum_certificate, not_minimum_certificate


@refuses_overflow
def certify(
    X: Any,
    y: Any,
    W: Any,
    v: Any,
    c: Any = None,
    loss: Any = "squared",
    exact: bool | None = None,
    trainable: str = "Wv",
    slope: Any = 0,
    tolerances: Tolerances = DEFAULT,
    weight_decay: Any = None,
) -> Verdict:
    """Decide whether a network is a local minimum of the objective, and show why.

    With e_i = l'(f(x_i), y_i) and psi_j(u) = sum over active samples of e_i <x_i, u> + sum over samples on unit j's
    hyperplane of e_i relu(<x_i, u>), the point is a local minimum if and only if for every unit v_j psi_j(u) >= 0 for
    all u where v_j is not 0, and psi_j vanishes where v_j = 0 (no condition there if v is frozen), and sum_i e_i = 0
    where an output bias is trained. Nothing of second order is needed.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        W: (m, d) hidden weights.
        v: (m,) output weights.
        c: None for a network without output bias, else its value; it is trained.
        loss: "squared", "logistic", "bce", or a convex differentiable object with value(f, y) and gradient(f, y).
        exact: True reads floats as the dyadic rationals they store; False computes in floats; None is exact where no
            input is a float.
        trainable: "Wv", or "W" for frozen output weights.
        slope: negative slope of the units, 0 for ReLU.
        tolerances: the numerical policy for float input.
        weight_decay: None, a number, or a `WeightDecay`: the objective is the mean loss plus the penalty. A minimum is
            then an algebraic number: "certified" says that one is proved to lie within 1e-6 of the given weights.

    Returns:
        `Verdict`.

    Raises:
        ShapeError, InputError: input that does not fit.

    Source: Liu, Part 1, Lemma 3 and Theorem 3, replaced by a test for any number of kinks: the printed conditions
    (29) and (30) are strict inequalities for one unit on one sample, which is sufficient, not necessary.

    Example:
        >>> certify([[1, 0], [0, 1]], [1, 1], [[1, 0]], [1]).escape[0].tolist()
        [[0.0, 0.5]]
    """
    if trainable not in ("Wv", "W"):
        raise InputError(f"trainable is {trainable!r}; it is 'Wv' (all weights) or 'W' (output weights frozen)")
    y = None if y is None else entries(y, "y")
    if isinstance(X, Problem) or as_penalty(weight_decay) is not NONE:
        task = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=c is not None, tolerances=tolerances)
        if task.penalty is not NONE:
            if trainable != "Wv" or slope != 0:
                raise InputError("weight decay needs ReLU units and output weights that are trained")
            W, v = weight_arrays(W, v, task.data.d)
            return decayed_verdict(task, W, v, 0 if c is None and task.output_bias else c, exact=exact)
    if exact is None and y is not None and not is_rational(y):
        exact = False
    problem = as_problem(X, y, loss=loss, output_bias=c is not None, tolerances=tolerances)
    problem.only(loss=True, output_bias=True)
    point = build_point(problem, W, v, 0 if c is None and problem.output_bias else c, exact, slope)
    verdict = replace(decide(point, trainable, tolerances), problem=problem)
    return _not_only_flat(point, verdict) if verdict.is_local_minimum and not point.rational else verdict


def _not_only_flat(point: Point, verdict: Verdict) -> Verdict:
    """Return the verdict, corrected where slopes are small only because the loss flattens out far away."""
    falling = falling_direction(point)
    if falling is None:
        return verdict
    escape, slack = falling.escape, 0.0
    if falling.proved:
        reason = "the loss falls for ever along a direction of the units' cells, the more slowly the farther out"
        problem = Problem(point.data, loss=point.loss, output_bias=point.c is not None)

        def build_infimum() -> Basin | None:
            return infimum_in_reach(problem, falling.pattern, falling.signs)

        return replace(
            verdict, kind=NOT_STATIONARY, is_local_minimum=False, reason=reason, escape=escape, slack=slack,
            build_certificate=None, build_infimum=build_infimum,
        )  # fmt: skip
    reason = "in floats the loss seems to fall for ever along a direction of the units' cells, which is not proved"
    return replace(verdict, kind=UNDECIDED, is_local_minimum=None, reason=reason, slack=slack, build_certificate=None)


@refuses_overflow
def decide(point: Point, trainable: str = "Wv", tolerances: Tolerances = DEFAULT) -> Verdict:
    """Return the verdict on a point."""
    forms = unit_forms(point, tolerances)
    violations: list[Violation] = []
    proofs: list[OneSided | None] = []
    margins, residuals, open_units = [], [0.0], []
    hidden: list[int] = []
    for j, form in enumerate(forms):
        if point.v[j] == 0:
            if trainable == "W":
                proofs.append(None)
                continue
            violation, residual = _silent_unit(point, form, j)
            proofs.append(OneSided(True, None, None, "vanishes"))
        else:
            violation, proof, margin, residual = _speaking_unit(point, form, j)
            proofs.append(proof)
            margins.append(margin)
            if violation is None and proof is not None and proof.holds is None:
                open_units.append(j)
        residuals.append(residual)
        if violation is not None:
            violations.append(violation)
        elif not point.rational and _hides(point, form, j):
            hidden.append(j)
    bias = _bias_violation(point, tolerances)
    if bias is not None:
        violations.append(bias)
    return _verdict(
        point, trainable, forms, violations, proofs, margins, max(residuals), tuple(open_units), tuple(hidden)
    )


def _hides(point: Point, form: UnitForm, j: int) -> bool:
    """Return whether a row is so short that a unit's tolerance hides its pull, though its error is surely not zero."""
    lengths, errors = point.largest, np.abs(np.array(point.errors, dtype=float))
    short = (lengths > 0) & (lengths * errors.max(initial=0.0) <= max(form.tolerance, form.floor))
    if not short.any():
        return False
    taking = point.signs[:, j] >= 0 if point.slope == 0 else np.ones(point.data.n, dtype=bool)
    return bool((short & taking & (errors > point.noise)).any())


def _silent_unit(point: Point, form: UnitForm, j: int) -> tuple[Violation | None, float]:
    """Test a unit with v_j = 0: psi must vanish."""
    size = max(form.size, np.finfo(float).tiny)
    length = float(np.linalg.norm(np.array(point.W[j], dtype=float)))
    if abs(form.pull) > form.tolerance * length:
        descent = abs(float(form.pull / form.scale)) / (size * length)
        return Violation(j, True, None, descent), 0.0
    if point.rational:
        zero, u = vanishes(form.psi)
    else:
        zero, u = vanishes_float(form.psi, form.tolerance)
    residual = 0.0 if point.rational else max(float(np.linalg.norm(form.psi.g)) - form.rounding, 0.0) / size
    return (None, residual) if zero else (Violation(j, False, u, 0.0), 0.0)


def _speaking_unit(point: Point, form: UnitForm, j: int) -> tuple[Violation | None, OneSided | None, float, float]:
    """Test a unit with v_j != 0: psi times the sign of v_j must nowhere be negative."""
    psi = form.psi.signed(1 if point.v[j] > 0 else -1)
    size = max(form.size, np.finfo(float).tiny)
    if point.rational:
        proof = nowhere_negative(psi)
        if proof.holds is False:
            u = proof.direction
            fall = _steepness(psi, u, form.scale) / size
            return Violation(j, True, u, fall), None, 0.0, 0.0
        return None, proof, _margin(proof), 0.0
    decision = nowhere_negative_float(psi, form.tolerance)
    if decision.holds is False:
        u = decision.direction
        fall = _steepness(psi, u, 1.0) / size
        return Violation(j, True, u, fall), None, 0.0, 0.0
    proof = OneSided(decision.holds, None, None, "numerical")
    return None, proof, decision.margin, max(decision.residual - form.rounding, 0.0) / size


def _steepness(psi: Lines, u: Any, scale: Any) -> float:
    """Return |psi(u)| / |u|, with numbers of any size brought into the range of doubles first."""
    top = max(abs(value) for value in u)
    short = u / top
    return abs(float(psi.value(short) / scale)) / float(np.linalg.norm(np.array(short, dtype=float)))


def _margin(proof: OneSided) -> float:
    """Return the smallest distance of a multiplier from 0 and 1."""
    flat: list[Any] = [t for row in proof.multipliers or () for t in row]
    if proof.method == "rays":
        return 0.0
    return float(min((min(t, 1 - t) for t in flat), default=np.inf))


def _bias_violation(point: Point, tolerances: Tolerances) -> Violation | None:
    """Test the output bias: the errors must sum to zero."""
    if point.c is None or point.data.n == 0:
        return None
    total, size = sum(point.errors), float(np.abs(np.array(point.errors, dtype=float)).sum())
    tolerance = 0.0 if point.rational else tolerances.stationarity * size + float(point.noise.sum())
    return Violation(-1, True, None, abs(float(total)) / size) if abs(total) > tolerance else None


def _verdict(
    point: Point,
    trainable: str,
    forms: list[UnitForm],
    violations: list[Violation],
    proofs: list[OneSided | None],
    margins: list[float],
    residual: float,
    open_units: tuple[int, ...],
    hidden: tuple[int, ...],
) -> Verdict:
    """Put the answer together."""
    first = [violation for violation in violations if violation.first_order]
    units = tuple(violation.unit for violation in violations if violation.unit >= 0)
    escape, build = None, None
    provable = point.rational and able(point.loss, "quadratic")  # certificates are those of the squared loss
    if violations:
        kind, is_minimum = (NOT_STATIONARY, False) if first else (SADDLE, False)
        slack = -max(violation.descent for violation in violations)
        escape = build_escape(point, forms, violations)
        reason = _reason(point, violations, first)
        if provable and escape is not None:
            build = lambda: not_minimum_certificate(point, escape, trainable)  # noqa: E731
    elif open_units:
        kind, is_minimum, slack = UNDECIDED, None, 0.0
        reason = f"degenerate: too many dependent samples lie on the hyperplane of unit {open_units[0]}, "
        reason += "and the sufficient condition (one affine map from corners to multipliers) does not hold"
        if not point.rational:
            reason += ", or it is too close to call in floats; exact=True may decide"
        units = open_units
    elif hidden:
        kind, is_minimum, slack = UNDECIDED, None, 0.0
        reason = (
            f"rows differ so much in length that the rounding of the longest hides what others ask of unit {hidden[0]}"
        )
        reason += "; rescale the inputs, or ask with exact=True"
        units = hidden
    else:
        kind, is_minimum = MINIMUM, True
        slack = min([_clearance(point), *margins])
        where = "at a smooth point" if point.differentiable else "on a kink"
        reason = f"no direction lowers the loss, {where}"
        if provable:
            build = lambda: minimum_certificate(point, proofs, trainable)  # noqa: E731
    return Verdict(
        kind=kind, reason=reason, is_local_minimum=is_minimum, differentiable=point.differentiable, loss=point.value,
        exact_loss=point.exact_value, escape=escape, slack=float(slack), residual=residual, units=units,
        method="exact" if point.rational else "numerical", zero_rows=point.zero_rows, build_certificate=build,
    )  # fmt: skip


def _reason(point: Point, violations: list[Violation], first: list[Violation]) -> str:
    """Say which condition fails."""
    worst = max(first or violations, key=lambda violation: violation.descent)
    if not first:
        return f"unit {worst.unit} has output weight 0 and can be turned on so that the loss falls to second order"
    if worst.unit < 0:
        return "the output bias can be moved so that the loss falls to first order"
    return f"the weights of unit {worst.unit} can be moved so that the loss falls to first order"


def _clearance(point: Point) -> float:
    """Return the smallest angle-like distance of a sample off all hyperplanes from one of them."""
    lengths = np.outer(np.linalg.norm(point.data.X, axis=1), np.linalg.norm(np.array(point.W, dtype=float), axis=1))
    off = (point.signs != 0) & (lengths > 0)
    return float((np.abs(point.heights[off]) / lengths[off]).min(initial=np.inf))
