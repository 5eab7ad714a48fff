"""What the regulariser holds together: its value, coercivity constants, sublevel radii; and the training error."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import AssumptionError, InputError, ShapeError
from ..numbers.checks import real_number, real_numbers

__all__ = ["coercivity_constant", "filter_radius", "positive", "regularizer", "sublevel_radius", "training_error"]


def positive(name: str, values: Any, m: int | None = None) -> np.ndarray:
    """Return regularisation coefficients (m,) as floats; a single number stands for m equal ones.

    Raises:
        AssumptionError: one of them is not a positive finite number.
        ShapeError: not one per unit.
    """
    array = np.atleast_1d(real_numbers(name, values))
    if np.ndim(values) == 0 and m is not None:
        array = np.full(m, float(array[0]))
    if array.ndim != 1 or not array.size or (m is not None and len(array) != m):
        raise ShapeError(f"{name} has shape {array.shape}, expected ({'m' if m is None else m},): one per unit")
    bad = np.flatnonzero(~(np.isfinite(array) & (array > 0)))
    if len(bad):
        raise AssumptionError(f"hypothesis violated: every {name} is positive and finite, number {bad[0]} is not")
    return array


def regularizer(a: Any, U: Any, lambdas: Any) -> float:
    """Return V = (1/3) sum_j lambda_j (|a_j|^3 + 2 |u_j|^3), u_j = (w_j, b_j).

    Args:
        a: (m,) output weights.
        U: (m, d + 1) hidden weights, the bias in the last column.
        lambdas: (m,) positive coefficients, or one number for all.

    Raises:
        AssumptionError: a coefficient that is not positive.
        ShapeError: shapes that do not fit.

    Source: Liang, Sun and Srikant, (4).

    Example:
        >>> regularizer([1.0], [[0.0, 2.0]], [3.0])
        17.0
    """
    out, hidden = real_numbers("a", a), real_numbers("U", U)
    if out.ndim != 1 or hidden.ndim != 2 or len(out) != len(hidden):
        raise ShapeError(f"a has shape {out.shape} and U {hidden.shape}; expected (m,) and (m, d + 1)")
    if not (np.isfinite(out).all() and np.isfinite(hidden).all()):
        raise InputError("the network has a weight that is NaN or infinite; its regulariser is no number")
    weights = positive("lambda", lambdas, len(out))
    return float(weights @ (np.abs(out) ** 3 + 2 * np.linalg.norm(hidden, axis=1) ** 3) / 3)


def coercivity_constant(lambdas: Any, form: str = "sharp") -> float:
    """Return the c for which L(theta) >= c |theta|^3 holds everywhere.

    "printed": lambda_min / (3 sqrt(2 m)). "sharp" (default): 2/(3 sqrt 5) (sum_j lambda_j^-2)^(-1/2), attained where
    |a_j| = 2 |u_j| is proportional to 1/lambda_j; no larger constant holds for the regulariser. For equal coefficients
    it is 1.265 times the printed one.

    Args:
        lambdas: (m,) positive coefficients.
        form: "printed" or "sharp".

    Raises:
        AssumptionError: a coefficient that is not positive.
        InputError: another form.

    Source: Liang, Sun and Srikant, Section 5 (printed). With p = |a|^2 and |u|^2 the regulariser is convex in p, so its
    one critical point on the simplex is its minimum (sharp).

    Example:
        >>> round(coercivity_constant([1.0, 1.0], "printed"), 4), round(coercivity_constant([1.0, 1.0]), 4)
        (0.1667, 0.2108)
    """
    weights = positive("lambda", lambdas)
    if form == "printed":
        return float(weights.min() / (3 * np.sqrt(2 * len(weights))))
    if form == "sharp":
        smallest = weights.min()
        return float(2 / (3 * np.sqrt(5)) * smallest / np.linalg.norm(smallest / weights))
    raise InputError(f"form is {form!r}; this constant comes as printed, sharp")


def filter_radius(level: float, lambda_c: float) -> float:
    """Return the largest length of one filter where the loss is at most `level`: |v_k|^2 <= 1 + 2 sqrt(level/lambda_c).

    It is attained where nothing else adds to the loss.

    Raises:
        AssumptionError: lambda_c not positive, or a negative level.

    Source: follows from (6) of Liang, Sun and Srikant, whose term is lambda_c/4 (|v_k|^2 - 1)^2.

    Example:
        >>> filter_radius(1.0, 1.0) ** 2
        2.9999999999999996
    """
    scale = float(positive("lambda_c", lambda_c)[0])
    return float(np.sqrt(1 + 2 * np.sqrt(_level(level) / scale)))


def sublevel_radius(
    level: float, lambdas: Any, form: str = "sharp", lambda_c: float | None = None, filters: int = 0
) -> float:
    """Return a radius R such that every theta with L(theta) <= level has |theta| <= R.

    Last layer: (level / c)^(1/3) with the coercivity constant c. With filters v_1, ..., v_F it bounds all parameters:
    sum |v_k|^2 <= F + 2 sqrt(F level / lambda_c), by the convexity of t^2 ("printed": F times the bound of one).

    Args:
        level: the loss, for example that of the starting point.
        lambdas: (m,) positive coefficients of the last layer.
        form: "printed" or "sharp".
        lambda_c: coefficient of the filters; needed where there are some.
        filters: number F = l - 1 of convolutional layers.

    Raises:
        AssumptionError: a negative level, or a coefficient that is not positive.
        InputError: filters without lambda_c.

    Source: Liang, Sun and Srikant, Theorems 1 and 2 (1), in numbers.

    Example:
        >>> round(sublevel_radius(2.0, [1.0, 1.0]), 4)
        2.1169
    """
    radius = (_level(level) / coercivity_constant(lambdas, form)) ** (1 / 3)
    if not filters:
        return float(radius)
    if lambda_c is None:
        raise InputError("filters need their coefficient; give lambda_c")
    scale = float(positive("lambda_c", lambda_c)[0])
    spread = 2 * np.sqrt(level / scale) * (filters if form == "printed" else np.sqrt(filters))
    return float(np.sqrt(radius**2 + filters + spread))


def training_error(f: Any, X: Any, y: Any = None) -> float:
    """Return R_n, the share of samples with sgn(f(x_i)) != y_i; sgn(0) = 0 is an error for either label.

    Args:
        f: (n,) predictions, with the labels as second argument; or a network with `predict`.
        X: (n,) labels -1 or 1 of the predictions; or the samples of the network.
        y: (n,) labels, where a network is given.

    Raises:
        InputError: a label other than -1 and 1, or no sample.
        ShapeError: not one label per prediction.

    Source: Liang, Sun and Srikant, (3). Print leaves sgn(0) open; with it as an error a silent network is wrong on all
    samples.

    Example:
        >>> training_error([0.0, 2.0, -1.0, 3.0], [1, 1, -1, -1])
        0.5
    """
    values = real_numbers("the prediction", f.predict(X) if hasattr(f, "predict") else f).reshape(-1)
    labels = real_numbers("y", X if y is None else y).reshape(-1)
    if len(values) != len(labels):
        raise ShapeError(f"{len(values)} predictions for {len(labels)} labels")
    if not len(labels):
        raise InputError("there are no samples; the training error needs one")
    wrong = np.flatnonzero(np.abs(labels) != 1)
    if len(wrong):
        raise InputError(f"label {labels[wrong[0]]:g} of sample {wrong[0]} is neither -1 nor 1; map the two classes")
    return 1.0 - int(np.count_nonzero(np.sign(values) == labels)) / len(labels)


def _level(level: float) -> float:
    """Return a loss, checked not to be negative."""
    level = real_number("the loss", level)
    if not level >= 0 or not np.isfinite(level):
        raise AssumptionError(f"hypothesis violated: the loss is not negative and finite, got {level:g}")
    return level
