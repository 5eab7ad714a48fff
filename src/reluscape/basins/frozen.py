"""The basin value of a network with frozen output weights and any number of outputs: convex in the hidden weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..certificates import fraction_texts
from ..errors import InputError, NoTargetsError, ShapeError, SolverError
from ..numbers import exact as rational
from ..numbers.checks import doubles, readonly, real_numbers
from ..numbers.entries import entries
from ..problem.data import Dataset, as_dataset, check_signs
from ..problem.losses import CrossEntropy, able, check_classes, check_labels, get_loss, plain_loss
from ..problem.problem import Problem, as_problem
from ..solvers.cell_cones import CellCones
from ..solvers.outputs import Softmax, frozen_features
from ..solvers.scaling import coordinates
from ..solvers.separable import EachEntry
from ..solvers.smooth import SmoothSolution, minimise
from .decided import LARGEST
from .exact_value import ExactBasin, deadline_of, proven
from .patterns import live_pattern
from .result import Basin


def frozen_basin(
    X: Any,
    y: Any,
    pattern: Any,
    sign: Any,
    v: Any,
    loss: Any,
    exact: bool,
    output_bias: bool,
    time_limit: float | None,
) -> Basin:
    """Return the basin of weights W with the given pattern and output weights v; see `basin_value`."""
    if isinstance(X, Problem):
        task = as_problem(X, y, loss=loss, output_bias=output_bias)
        task.refuse_penalty()
        X, y, loss, output_bias = task.data, task.given_targets, task.loss, task.output_bias
    if isinstance(X, Dataset) and y is None:
        y = X.y_fractions
    data = Dataset(X.fractions) if isinstance(X, Dataset) else as_dataset(X)
    if y is None:
        raise NoTargetsError()
    A = live_pattern(data, pattern)
    V = _output_weights(v, len(A))
    if sign is not None:
        signs = check_signs(sign, len(A))
        wrong = [j for j in range(len(A)) if V.shape[1] == 1 and V[j, 0] * int(signs[j]) < 0]
        if V.shape[1] > 1 or wrong:
            raise InputError("sign and v do not agree; with frozen output weights give sign=None")
    loss = plain_loss(loss)
    softmax = loss == CrossEntropy.name
    Y = _targets(y, data.n, V.shape[1], softmax)
    shares = np.eye(V.shape[1])[Y] if softmax else Y
    problem = Problem(data, shares, loss=loss, output_bias=output_bias)
    if exact and (softmax or not able(get_loss(loss), "quadratic")):
        raise InputError("exact=True needs the squared loss: the value of another loss is no rational number")
    numerical = _Numerical(data, A, V, Y, loss, softmax, output_bias)
    rational_loss = not softmax and able(get_loss(loss), "quadratic")
    small = rational_loss and data.n * len(A) * data.d <= LARGEST
    if exact or (small and numerical.failure is not None):
        return replace(_exact(numerical, deadline_of(time_limit, len(A) * data.d)), problem=problem)
    if numerical.failure is not None:
        raise numerical.failure
    return replace(numerical.basin(), problem=problem)


def _output_weights(v: Any, m: int) -> np.ndarray:
    """Return v as fractions (m, k)."""
    V = rational.fraction_array(entries(v, "v"))
    shape = V.shape
    if V.ndim == 1:
        V = V.reshape(m, 1) if V.shape == (m,) and m else V.reshape(0, 1)
    if V.ndim != 2 or len(V) != m or V.shape[1] == 0:
        raise ShapeError(f"the output weights have shape {shape}, expected ({m}, k): one row per unit")
    return V


def _targets(y: Any, n: int, k: int, softmax: bool) -> np.ndarray:
    """Return the targets as fractions (n, k), or labels (n,)."""
    Y = entries(y, "y")
    if softmax:
        if Y.ndim == 2 and np.isin(Y, (0, 1)).all() and (Y.sum(axis=1) == 1).all():
            Y = Y.argmax(axis=1)
        if Y.shape != (n,):
            raise ShapeError(f"the labels have shape {Y.shape}, expected ({n},)")
        return check_classes(real_numbers("y", Y), k)
    if Y.ndim == 1 and k == 1:
        Y = Y.reshape(-1, 1)
    if Y.shape != (n, k):
        raise ShapeError(f"y has shape {Y.shape}, expected ({n}, {k}): samples by outputs")
    if Y.dtype.kind == "f" and not np.isfinite(Y).all():
        raise InputError(f"y has a value that is not finite at row {int(np.argwhere(~np.isfinite(Y))[0, 0])}")
    fractions = rational.fraction_array(Y)
    doubles(fractions, "y", squared=True)
    return fractions


class _Numerical:
    """The program in floats."""

    def __init__(
        self, data: Dataset, A: np.ndarray, V: np.ndarray, Y: np.ndarray, loss: Any, softmax: bool, output_bias: bool
    ) -> None:
        self.data, self.A, self.V, self.Y, self.output_bias = data, A, V, Y, output_bias
        floats = V.astype(float)
        self.length = np.linalg.norm(floats, axis=1)
        self.used = np.flatnonzero((self.length > 0) & A.any(axis=1))
        space = self.space = coordinates(data, np.zeros(data.n), output_bias, merge=False)
        samples = space.sample
        U = floats[self.used] / self.length[self.used, None]
        F = frozen_features(space.U, space.E, A[np.ix_(self.used, samples)], U)
        sides = np.where(A[self.used][:, samples[space.rows]], 1.0, -1.0)
        cones = CellCones(space.C, sides, F.shape[1])
        rest = np.setdiff1d(np.arange(data.n), samples)
        self.scale, self.square = 1.0, 1.0
        problem: EachEntry | Softmax
        if softmax:
            problem = Softmax(F, cones, Y[samples], V.shape[1])
            self.outside = float(CrossEntropy().value(np.zeros((len(rest), V.shape[1])), Y[rest]).sum())
        else:
            loss_object, targets = get_loss(loss), Y.astype(float)
            check_labels(loss_object, targets)
            if able(loss_object, "quadratic"):  # the square of a scale can be taken out of such a loss
                self.scale = float(np.abs(targets).max(initial=0.0)) or 1.0
                self.square = self.scale**2
            problem = EachEntry(F, cones, targets[samples].T.reshape(-1) / self.scale, loss_object)
            self.outside = float(loss_object.value(np.zeros((len(rest), V.shape[1])), targets[rest]).sum())
        self.optimum: SmoothSolution | None = None
        self.failure: SolverError | None = None
        try:
            self.optimum = minimise(problem)
        except SolverError as problem_in_floats:
            self.failure = problem_in_floats

    def weights(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return W (m, d) and c (k,) in the original coordinates."""
        space, r = self.space, self.space.r
        W = np.zeros((len(self.A), self.data.d))
        size = len(self.used) * r
        W[self.used] = self.scale * (x[:size].reshape(len(self.used), r) @ space.back.T) / self.length[self.used, None]
        c = self.scale * x[size:] / space.e_scale if self.output_bias else np.zeros(self.V.shape[1])
        return W, np.asarray(c)

    def basin(self) -> Basin:
        """Return the basin."""
        optimum, data = self.optimum, self.data
        assert optimum is not None
        W, c = self.weights(optimum.x)
        far = None if optimum.direction is None else self.weights(optimum.direction)
        return Basin(
            value=(self.square * optimum.total + self.outside) / max(data.n, 1),
            exact_value=None,
            Z=readonly(W),
            c=readonly(c),
            prediction=readonly((self.A * (W @ data.X.T)).T @ self.V.astype(float) + c),
            attained=far is None,
            direction=None if far is None else readonly(far[0]),
            c_direction=None if far is None else readonly(far[1]),
            residual=optimum.residual,
            gap=self.square * (optimum.total - optimum.lower) / max(data.n, 1),
            kind="numerical",
            zero_rows=data.zero_rows,
            certificate=None,
        )

    def guesses(self) -> list[tuple[int, np.ndarray, np.ndarray]]:
        """Return each unit's weights and the samples on whose hyperplanes they seem to lie."""
        if self.optimum is None:
            return []
        space, tight = self.space, self.optimum.tight
        W, _ = self.weights(self.optimum.x)
        return [(int(j), W[j], space.sample[space.rows[row]]) for j, row in zip(self.used.tolist(), tight, strict=True)]


def _exact(numerical: _Numerical, deadline: float | None) -> Basin:
    """Return the basin of the squared loss with its value as a fraction and the certificate that proves it."""
    data, A, V, Y = numerical.data, numerical.A, numerical.V, numerical.Y
    program = ExactBasin(data, Y, A, V, numerical.output_bias, deadline)
    units = set(program.units)
    value, W, c, multipliers = program.solve([guess for guess in numerical.guesses() if guess[0] in units])
    heights = (data.fractions @ W.T).T * A.astype(int) if len(A) else np.empty((0, data.n), dtype=object)
    prediction = np.array(heights.T @ V + np.array(c, dtype=object), dtype=object).reshape(data.n, V.shape[1])
    claim = {"weights": fraction_texts(V)}
    witness = {"W": fraction_texts(W), "c": fraction_texts(c)}
    return proven(program, "frozen-basin-value", Y, value, W, c, prediction, claim, witness, multipliers)
