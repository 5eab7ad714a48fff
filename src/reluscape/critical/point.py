"""One point of weight space with everything the test needs: signs, prediction, loss derivatives, linear parts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np

from ..errors import InputError, ShapeError
from ..numbers import exact
from ..numbers.entries import entries
from ..numbers.tolerances import MACHINE_PRECISION, Tolerances
from ..problem.data import Dataset
from ..problem.losses import Loss, able, check_exact, fitted, loss_name, mean_loss
from ..problem.problem import Problem


@dataclass(frozen=True, eq=False)
class Point:
    """A network on its data.

    Attributes:
        data: samples with targets.
        W, v, c: weights, `Fraction` where `exact_signs`, else floats; c is None without an output bias.
        slope: negative slope of the units (0 for ReLU).
        loss: the loss.
        signs: (n, m) int8 sign of <w_j, x_i>; 0 on a hyperplane and for zero rows.
        heights: (n, m) floats <w_j, x_i>.
        prediction: (n,) f(x_i).
        errors: (n,) derivative of the loss at f(x_i), not divided by n.
        value: mean loss.
        exact_value: the same as a `Fraction`, or None.
        exact_signs: the signs are those of rational weights on rational data.
        rational: `errors` are rational too, so that every decision is exact.
        noise: (n,) floats, how far rounding can put each entry of `errors` off; 0 where rational.
    """

    data: Dataset
    W: np.ndarray
    v: np.ndarray
    c: Any
    slope: Any
    loss: Loss
    signs: np.ndarray
    heights: np.ndarray
    prediction: np.ndarray
    errors: np.ndarray
    value: float
    exact_value: Fraction | None
    exact_signs: bool
    rational: bool
    noise: np.ndarray

    @cached_property
    def live(self) -> np.ndarray:
        """(n,) bool, samples that are not zero."""
        live = np.ones(self.data.n, dtype=bool)
        live[list(self.zero_rows)] = False
        return live

    @cached_property
    def lengths(self) -> np.ndarray:
        """(n,) lengths of the samples."""
        return np.asarray(np.linalg.norm(self.data.X, axis=1))

    @cached_property
    def largest(self) -> np.ndarray:
        """(n,) largest absolute entry of each sample, also where the squares of entries are no doubles."""
        return np.asarray(np.abs(self.data.X).max(axis=1, initial=0.0))

    @cached_property
    def zero_rows(self) -> tuple[int, ...]:
        """Samples that are zero."""
        return tuple(self.data.zero_rows)

    @property
    def differentiable(self) -> bool:
        """Whether no non-zero sample lies on a unit's hyperplane."""
        return not (self.signs[self.live] == 0).any()


def is_rational(*values: Any) -> bool:
    """Return whether no value is a float."""
    for value in values:
        if isinstance(value, np.ndarray) and value.dtype != object:
            if value.dtype.kind == "f":
                return False
            continue
        flat = np.asarray(value, dtype=object).reshape(-1)
        if any(isinstance(item, float | np.floating) for item in flat):
            return False
    return True


def build_point(
    problem: Problem, W: Any, v: Any, c: Any = None, exact_mode: bool | None = None, slope: Any = 0
) -> Point:
    """Check the weights and evaluate the network at them.

    Args:
        problem: what is minimised, without a penalty.
        W: (m, d) hidden weights.
        v: (m,) output weights.
        c: output bias, None where there is none.
        exact_mode: True evaluates in rational arithmetic, False in floats; None in rational arithmetic where samples
            and weights are given as exact numbers.
        slope: of a unit below 0.

    Raises:
        ShapeError: W is not (m, d) or v not (m,).
        InputError: a weight that is no finite number, or exact arithmetic asked of a loss without rational derivatives.
    """
    data, loss_object = problem.data, problem.loss
    check_exact(loss_object, exact_mode)
    W, v = weight_arrays(W, v, data.d)
    given_exact = data.exact_input and is_rational(W, v, 0 if c is None else c, slope)
    if exact_mode if exact_mode is not None else given_exact:
        return _exact_point(data, W, v, c, loss_object, slope)
    return _float_point(data, W, v, c, loss_object, slope, problem.tolerances)


def weight_arrays(W: Any, v: Any, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights as arrays of the right shapes, their entries as given."""
    try:
        W, v = entries(W, "W"), entries(v, "v")
    except ShapeError as problem:
        raise ShapeError(f"{problem}; expected (m, {d}) hidden weights, one row per unit, and v (m,)") from None
    if W.size == 0:
        W = W.reshape(len(v), d)
    if W.ndim != 2 or W.shape[1] != d:
        raise ShapeError(f"W has shape {W.shape}, expected (m, {d}): one row per unit, one column per input")
    if v.shape != (W.shape[0],):
        raise ShapeError(f"v has shape {v.shape}, expected ({W.shape[0]},): one output weight per unit")
    return W, v


def _floats(values: Any, name: str) -> np.ndarray:
    """Return finite floats."""
    array = np.asarray(values)
    if array.dtype == object:
        array = exact.fraction_array(array)
    array = np.array(array, dtype=float)
    if not np.isfinite(array).all():
        raise InputError(f"{name} has a value that is NaN or infinite; training diverged before it was saved")
    return array


def _exact_point(data: Dataset, W: np.ndarray, v: np.ndarray, c: Any, loss: Loss, slope: Any) -> Point:
    """Evaluate in rational arithmetic; a loss whose derivative is no rational number has exact signs only."""
    _floats(W, "W"), _floats(v, "v")
    W, v = exact.fraction_array(W).reshape(W.shape), exact.fraction_array(v)
    c = None if c is None else exact.to_fraction(c)
    slope = exact.to_fraction(slope)
    integers, scales = exact.integer_rows(W)
    n, m = data.n, len(W)
    products = np.zeros((n, m), dtype=object)
    if n and m and data.d:
        product = exact.fmpz_matrix(data.rows) * exact.fmpz_matrix(integers).transpose()
        products = np.array([int(p) for p in product.entries()], dtype=object).reshape(n, m)
    signs = ((products > 0).astype(np.int8) - (products < 0).astype(np.int8)).astype(np.int8)
    outputs = v * scales
    active = np.where(signs > 0, products, slope * products if slope else 0)
    inner = np.array([Fraction(0)] * n, dtype=object)
    if n and m:
        matrix = exact.fmpq_matrix(active) if slope else flint.fmpq_mat(exact.fmpz_matrix(active))
        inner = exact.fractions_of(matrix * exact.fmpq_matrix(outputs[:, None]))[:, 0]
    prediction = data.row_scale * inner + (c or 0) if n else np.zeros(0, dtype=object)
    rational, y = able(loss, "rational"), data.y_fractions
    floats = np.array(prediction, dtype=float)
    value = None
    if able(loss, "quadratic"):
        errors = 2 * (prediction - y)
        left = exact.fmpq_matrix((prediction - y)[None, :])
        value = exact.to_fraction((left * left.transpose())[0, 0]) / n if n else Fraction(0)
    elif rational:
        errors = _fractions(loss, "gradient", prediction, y)
        value = sum(_fractions(loss, "value", prediction, y), Fraction(0)) / max(n, 1)
    else:
        errors = _gradient(loss, floats, data.y)
    heights = np.zeros((n, m))
    if n and m:
        heights = data.X @ np.array(W, dtype=float).T
    size = _size(data, np.array(W, dtype=float), np.array(v, dtype=float), c)
    return Point(
        data=data, W=W, v=v, c=c, slope=slope, loss=loss, signs=signs, heights=heights, prediction=prediction,
        errors=errors, value=float(value) if value is not None else mean_loss(loss, floats, np.asarray(data.y)),
        exact_value=value, exact_signs=True, rational=rational,
        noise=np.zeros(n) if rational else _noise(loss, floats, data.y, errors, size),
    )  # fmt: skip


def _float_point(
    data: Dataset, W: np.ndarray, v: np.ndarray, c: Any, loss: Loss, slope: Any, tolerances: Tolerances
) -> Point:
    """Evaluate in floats; a sample counts as on a hyperplane within the tolerance for angles."""
    W, v = _floats(W, "W"), _floats(v, "v")
    c = None if c is None else float(_floats([c], "c")[0])
    slope = float(slope)
    heights = data.X @ W.T
    reach = tolerances.boundary * np.outer(np.linalg.norm(data.X, axis=1), np.linalg.norm(W, axis=1))
    signs = (heights > reach).astype(np.int8) - (heights < -reach).astype(np.int8)
    outputs = (
        np.maximum(heights, slope * heights) if 0 <= slope <= 1 else np.where(heights > 0, heights, slope * heights)
    )
    prediction = outputs @ v + (c or 0.0)
    errors = _gradient(loss, prediction, data.y)
    return Point(
        data=data, W=W, v=v, c=c, slope=slope, loss=loss, signs=signs, heights=heights, prediction=prediction,
        errors=errors, value=mean_loss(loss, prediction, np.asarray(data.y)),
        exact_value=None, exact_signs=False, rational=False,
        noise=_noise(loss, prediction, data.y, errors, _size(data, W, v, c)),
    )  # fmt: skip


def _gradient(loss: Loss, f: np.ndarray, y: Any) -> np.ndarray:
    """Return the loss derivatives, one per sample."""
    gradient = np.asarray(loss.gradient(f, np.asarray(y, dtype=float)), dtype=float)
    if gradient.shape != f.shape:
        raise InputError(f"the loss gradient has shape {gradient.shape}, expected {f.shape}: one number per sample")
    if not np.isfinite(gradient).all():
        raise InputError("the loss gradient is NaN or infinite at this point; the loss must be differentiable")
    return gradient


def _fractions(loss: Loss, method: str, f: np.ndarray, y: Any) -> np.ndarray:
    """Return values or derivatives of a loss that declares to be rational, one `Fraction` for each sample."""
    try:
        numbers = np.asarray(getattr(loss, method)(f, np.asarray(y, dtype=object)), dtype=object)
        whole = numbers.shape == f.shape and all(isinstance(t, int | Fraction | np.integer) for t in numbers)
    except TypeError:
        whole = False
    if not whole:
        raise InputError(
            f"the loss {loss_name(loss)} declares `rational`, but its {method} of fractions is not one fraction per "
            "sample; leave the declaration out"
        )
    return np.array([Fraction(t) for t in numbers], dtype=object)


def _noise(loss: Loss, f: np.ndarray, y: Any, slopes: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return how far rounding can put each slope off: as far as it changes over what rounds the prediction.

    Where a loss flattens out far from its targets the slopes are tiny and yet sure, however large the predictions.
    Where a sample lies so near the minimum of its own loss that reaching it would gain nothing beyond rounding, its
    slope may as well be 0.
    """
    reach = size * MACHINE_PRECISION
    if able(loss, "quadratic"):
        return reach
    beside = [np.abs(np.asarray(loss.gradient(f + s * reach, y), dtype=float) - slopes) for s in (1.0, -1.0)]
    wide = np.maximum(*beside) if len(f) else np.zeros(0)
    noise = np.where(np.isfinite(wide), wide, reach) + 4.0 * MACHINE_PRECISION * np.abs(slopes)
    return np.where(fitted(loss, f, y), np.maximum(noise, np.abs(slopes)), noise)


def _size(data: Dataset, W: np.ndarray, v: np.ndarray, c: Any) -> np.ndarray:
    """Return the size of the terms that add up to each sample's residual, times the rounding errors they collect."""
    reach = np.linalg.norm(data.X, axis=1) * float(np.abs(v) @ np.linalg.norm(W, axis=1)) if len(v) else 0.0
    terms = np.abs(np.asarray(data.y, dtype=float)) + reach + abs(float(c or 0))
    return 4.0 * (data.d + len(v) + 2) * terms
