"""The value of one basin: the convex program of its cell, for the squared and for other convex losses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import InputError
from ..numbers.checks import readonly
from ..numbers.overflow import refuses_overflow
from ..numbers.tolerances import DEFAULT
from ..problem.data import check_signs
from ..problem.losses import able
from ..problem.penalties import NONE, as_penalty
from ..problem.problem import as_problem
from ..solvers.quadratic import BasinPrograms
from .decay.value import decayed_basin
from .decided import decided_exactly, sure
from .merged_units import member_weights
from .patterns import live_pattern
from .result import Basin


@refuses_overflow
def basin_value(
    X: Any,
    y: Any,
    pattern: Any,
    sign: Any,
    loss: Any = "squared",
    exact: bool = False,
    output_bias: bool = False,
    v: Any = None,
    time_limit: float | None = None,
    weight_decay: Any = None,
) -> Basin:
    """Return the value of one basin: the infimum of the objective with every unit's pattern and output sign kept.

    Bas = min (1/n) sum_i l(sum_j A_ji <z_j, x_i> + c, y_i) over z_j = v_j w_j with s_j <z_j, x_i> >= 0 where A_ji is
    True and <= 0 elsewhere; c = 0 without an output bias. The program is convex; for the squared loss its minimum is
    attained, and it is the squared distance of y to a polyhedral cone.

    With several outputs f_io = sum_j v_jo A_ji <w_j, x_i> + c_o the products of w_j with a row of output weights are no
    longer free, and the program is not convex; with output weights frozen (`v` given) it is convex in the w_j.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem`; zero rows count with the loss that no unit can change.
        y: (n,) targets, None where X is a `Dataset` with targets; (n, k) with `v`, labels (n,) for "cross_entropy".
        pattern: (m, n) bool, the activation pattern of a cell.
        sign: (m,) -1 or 1, the signs of the output weights; None with `v`.
        loss: "squared", "logistic" (y = -1, 1), "bce" (y = 0, 1), "huber", "cross_entropy" (y = 0, ..., k - 1; with
            `v`), a loss module of torch, or a convex differentiable object with value(f, y) and gradient(f, y).
        exact: True returns the value as a `Fraction` with a certificate (squared loss).
        output_bias: True adds a free constant c, one for each output.
        v: (m, k) frozen output weights; the loss of one sample is the sum over its outputs.
        time_limit: seconds after which an exact value is given up; None refuses more than 4,000 variables.
        weight_decay: None, a number, or a `WeightDecay`. The value is then that of the mean loss plus the penalty,
            min (1/n) L(sum_j s_j A_j (X u_j) + c) + decay sum_j |P u_j| (+ decay c^2 / 2) over u_j = |v_j| w_j in the
            cells, which is attained for every convex loss; exact=True gives rational `lower` and `upper` ends.

    A float value of the squared loss is returned only with a bound on its distance from the minimum (`gap`) that is at
    most `Tolerances.kkt` of the mean square of the targets, with every rounding counted: a dual point that is feasible
    whatever the rounding, or a face proved to hold the minimum. Where floats cannot give one, exact arithmetic decides
    (kind "certified"); only above 2,000 samples x units x inputs, on samples neither close nor ill-scaled, a
    first-order estimate from the residuals stands for it.

    Returns:
        `Basin`; with `v` its Z are the hidden weights w_j.

    Raises:
        ShapeError: shapes that do not fit.
        InputError: no targets, several outputs without frozen output weights, or a pattern that no unit has because
            it splits samples on one line through the origin.
        TooLarge: the exact value is out of reach, or `time_limit` ran out.
        SolverError: the lower bound for another loss stays away from its value; or floats cannot tell the value, and
            the basin is too large for exact arithmetic unasked.

    Source: Safran and Shamir, Definitions 1 and 2, Lemma 3. Their sign matrix A is units by samples (n x m in their
    letters; printed n x d), and a zero sample, which empties every cell of theirs, is dropped with its loss kept.

    Example:
        >>> round(basin_value([[1, 0], [0, 1]], [1, -1], [[True, True]], [1]).value, 9)
        0.5
        >>> basin_value([[1, 0], [0, 1]], ["1/3", -1], [[True, True]], [1], exact=True).exact_value
        Fraction(1, 2)
    """
    if v is not None:
        if as_penalty(weight_decay) is not NONE:
            raise InputError("weight decay needs output weights that are trained; leave out v")
        from .frozen import frozen_basin

        return frozen_basin(X, y, pattern, sign, v, loss, exact, output_bias, time_limit)
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    if problem.penalty is not NONE:
        return replace(decayed_basin(problem, pattern, sign, exact), problem=problem)
    if problem.outputs > 1:
        raise InputError(
            "several outputs: with trained output weights the program of a basin is not convex, since the outputs of a "
            "unit share its weights; freeze the output weights with v=..., an (m, k) array"
        )
    data = problem.only(loss=True, output_bias=True)
    A = live_pattern(data, pattern)
    signs = check_signs(sign, len(A))
    output_bias = problem.output_bias
    if not able(problem.loss, "quadratic"):
        if exact:
            raise InputError(
                "exact=True needs the squared loss: the value of another loss is no rational number; "
                "`logistic_infimum` proves that of the logistic loss between rational ends"
            )
        from .smooth import SmoothBasins

        return replace(SmoothBasins(data, problem.loss, output_bias).solve(A, signs), problem=problem)
    if exact:
        from .exact_value import exact_basin

        return replace(exact_basin(data, A, signs, output_bias, time_limit), problem=problem)
    programs = BasinPrograms(data, output_bias)
    program, members = programs.presolve(A, signs)
    solution = programs.solve(program)
    if not sure(solution, data.n * len(A) * data.d, DEFAULT):
        return replace(decided_exactly(data, A, signs, output_bias, solution.gap), problem=problem)
    Z = member_weights(data, A, signs, members, solution.Z)
    return Basin(
        value=solution.value,
        exact_value=None,
        Z=readonly(Z),
        c=solution.c,
        prediction=solution.prediction,
        attained=True,
        direction=None,
        residual=solution.residual,
        gap=programs.in_losses(solution.gap),
        kind="numerical",
        zero_rows=data.zero_rows,
        certificate=None,
        problem=problem,
    )
