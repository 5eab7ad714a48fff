"""What targets a loss has a meaning for, and whether an own loss is convex, differentiable and the one of its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.tolerances import DEFAULT, ROUNDING, SPECK, Tolerances
from .kinds import Loss, able, loss_name

# places beside a target and beside 0 at which an own loss is tried, in units of 1 + |y|
PLACES = np.concatenate([-(4.0 ** np.arange(5, -6, -1)), [0.0], 4.0 ** np.arange(-5, 6)])
NEAR = 8
# sizes of predictions and targets at which a loss that declares to be the squared one is tried
SIZES = 1.37 * 10.0 ** np.arange(-12, 13, 2)
HALVINGS, FIRST = 48, 8


def check_classes(y: np.ndarray, k: int) -> np.ndarray:
    """Return labels as whole numbers 0 to k - 1.

    Raises:
        InputError: fewer than two outputs, or a label that is none of them.
    """
    y = np.asarray(y, dtype=float)
    if k < 2:
        raise ShapeError("cross_entropy needs at least two outputs: with one the loss is constant")
    if y.ndim != 1 or (y != np.round(y)).any() or (y < 0).any():
        raise InputError("cross_entropy needs labels 0 to k - 1, one whole number per sample")
    if (y >= k).any():
        raise InputError(f"label {int(y.max())} with {k} outputs; labels run from 0")
    return y.astype(int)


def check_labels(loss: Loss, y: np.ndarray) -> None:
    """Refuse targets that the loss has no meaning for, and an own loss that is not what it must be on them.

    Raises:
        InputError: the logistic loss needs -1/+1, the binary cross-entropy 0/1; an own loss must return one finite
            number per sample, its gradient must be the slope of its value and rise with the prediction without jumps.
    """
    codes = getattr(loss, "labels", None)
    if codes is not None and not np.isin(np.asarray(y, dtype=float), codes).all():
        name, (low, high) = loss_name(loss), codes
        raise InputError(
            f"the {name} loss needs targets {low} and {high}; code the two classes so, or take another loss",
            {"--labels": f"--labels NEG={low},POS={high}", "--positive": "--positive CLASS codes one against the rest"},
        )
    if not able(loss, "known"):
        _check_own(loss, np.asarray(y, dtype=float).reshape(-1))


def check_exact(loss: Any, exact: bool | None) -> None:
    """Refuse rational arithmetic where the loss has no rational derivative.

    Raises:
        InputError: exact is True and the loss does not declare `rational`.
    """
    if exact and not able(loss, "rational"):
        raise InputError(
            f"exact=True needs a loss with rational derivatives, the squared one; that of {loss_name(loss)} is a float"
        )


def check_any_length(loss: Any, y: np.ndarray) -> None:
    """Refuse an own loss that does not judge each sample by its prediction and its target alone.

    Raises:
        InputError: it fails, or says something else, where there is one sample more.
    """
    if able(loss, "known") or not len(y):
        return
    more = np.append(y, y[0])
    try:
        array = _one_each(loss, "value", np.zeros(len(more)), more)
    except InputError as problem:
        raise InputError(f"{problem}; a loss must judge each sample by its prediction and its target alone") from None
    alone = _one_each(loss, "value", np.zeros(len(y)), y)
    if not np.allclose(array[:-1], alone, rtol=DEFAULT.own_loss, atol=0.0, equal_nan=True):
        name = type(loss).__name__
        raise InputError(
            f"the loss {name} judges a sample by its place or its neighbours; only prediction and target may count"
        )


def check_quadratic(loss: Any, tolerances: Tolerances = DEFAULT) -> None:
    """Refuse an own loss that declares `quadratic` and is not (f - y)^2 with the slope 2 (f - y).

    Raises:
        InputError: with the first place where it is something else.
    """
    scales = np.concatenate([-(SIZES[::-1]), [0.0], SIZES])
    f, y = (side.reshape(-1) for side in np.meshgrid(scales, scales))
    for method, true in (("value", (f - y) ** 2), ("gradient", 2 * (f - y))):
        array = _one_each(loss, method, f, y)
        room = tolerances.own_loss * (f * f + y * y if method == "value" else np.abs(f) + np.abs(y))
        wrong = ~(np.abs(array - true) <= room)
        if wrong.any():
            i = int(np.flatnonzero(wrong)[0])
            formula = "(f - y)^2" if method == "value" else "2 (f - y)"
            raise InputError(
                f"the loss {type(loss).__name__} declares `quadratic`, but its {method} at f = {f[i]:.6g}, "
                f"y = {y[i]:.6g} is {array[i]:.6g}, not {formula} = {true[i]:.6g}; leave the declaration out"
            )


def _check_own(loss: Any, y: np.ndarray, tolerances: Tolerances = DEFAULT) -> None:
    """Try an own loss at places beside the targets and beside zero, all samples at once.

    A convex differentiable l has l'(a) (b - a) <= l(b) - l(a) <= l'(b) (b - a) for a < b, and no jump of l'.
    """
    if not len(y):
        return
    name, unit = type(loss).__name__, 1.0 + np.abs(y)
    with np.errstate(all="ignore"):
        for centre in (np.zeros(len(y)), y):
            points = centre + PLACES[:, None] * unit
            values = np.array([_one_each(loss, "value", f, y) for f in points])
            slopes = np.array([_one_each(loss, "gradient", f, y) for f in points])
            middle = len(PLACES) // 2
            close = slice(middle - NEAR // 2, middle + NEAR // 2 + 1)
            if not (np.isfinite(values[close]).all() and np.isfinite(slopes[close]).all()):
                i = int(np.argwhere(~(np.isfinite(values[close]) & np.isfinite(slopes[close])))[0, 1])
                raise InputError(f"the loss {name} is NaN or infinite near f = {centre[i]:g}, y = {y[i]:g}")
            falls = slopes[1:] - slopes[:-1] < -tolerances.own_loss * (np.abs(slopes[1:]) + np.abs(slopes[:-1]))
            if falls.any():
                k, i = np.argwhere(falls)[0]
                raise InputError(
                    f"the loss {name} is not convex: its gradient falls from {slopes[k, i]:.6g} to "
                    f"{slopes[k + 1, i]:.6g} as the prediction rises from {points[k, i]:.6g} to "
                    f"{points[k + 1, i]:.6g} at target {y[i]:g}"
                )
            step = tolerances.own_loss_step * (unit + np.abs(points))
            _check_slopes(loss, name, points, step, y, tolerances)
            _check_jumps(loss, name, points, slopes, y, tolerances)
            _check_curvature(loss, name, points, step, y, tolerances)


def _one_each(loss: Any, method: str, f: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return value or gradient, one number per sample."""
    try:
        out = getattr(loss, method)(f, y)
        array = np.asarray(out, dtype=float)
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise InputError(f"{type(loss).__name__}.{method}(f, y) failed on arrays of shape {f.shape}: {error}") from None
    if array.shape != f.shape:
        raise InputError(
            f"{type(loss).__name__}.{method}(f, y) returned shape {array.shape} for arrays of shape {f.shape}; it must "
            "return one number per sample (the mean is taken here)"
        )
    if not isinstance(out, np.ndarray | np.generic) or out.dtype.kind not in "fiub":
        kind = f"an array of {out.dtype}" if isinstance(out, np.ndarray) else f"a {type(out).__name__}"
        raise InputError(
            f"{type(loss).__name__}.{method}(f, y) returned {kind}; it must return a NumPy array of floats, one per "
            "sample (the mean is taken here)"
        )
    return array


def _check_slopes(loss: Any, name: str, points: Any, step: Any, y: np.ndarray, tolerances: Tolerances) -> None:
    """Refuse a gradient that is not the slope of the value."""
    for f, h in zip(points, step, strict=True):
        low, high = _one_each(loss, "gradient", f - h, y), _one_each(loss, "gradient", f + h, y)
        below, above = _one_each(loss, "value", f - h, y), _one_each(loss, "value", f + h, y)
        slope = (above - below) / ((f + h) - (f - h))
        room = tolerances.own_loss * (np.abs(low) + np.abs(high) + (np.abs(below) + np.abs(above)) / h)
        wrong = np.isfinite(slope) & np.isfinite(room) & ((slope < low - room) | (slope > high + room))
        if wrong.any():
            i = int(np.flatnonzero(wrong)[0])
            said_slope = _one_each(loss, "gradient", f, y)[i]
            raise InputError(
                f"the gradient of the loss {name} is not the slope of its value: {said_slope:.6g} "
                f"beside {slope[i]:.6g} at prediction {f[i]:.6g}, target {y[i]:g}"
            )


def _check_curvature(loss: Any, name: str, points: Any, step: Any, y: np.ndarray, tolerances: Tolerances) -> None:
    """Refuse a curvature that is not the rise of the gradient at most places; a narrow peak may be missed at some."""
    if not callable(getattr(loss, "curvature", None)):
        return
    wrong = []
    for f, h in zip(points, step, strict=True):
        low, high = _one_each(loss, "gradient", f - h, y), _one_each(loss, "gradient", f + h, y)
        rise = (high - low) / ((f + h) - (f - h))
        said = np.array([_one_each(loss, "curvature", at, y) for at in (f - h, f, f + h)])
        room = tolerances.own_loss * (np.abs(low) + np.abs(high)) / h
        fits = (rise >= said.min(axis=0) / 2 - room) & (rise <= 2 * said.max(axis=0) + room)
        wrong.append(np.isfinite(rise) & ~fits)
    if np.mean(wrong) > 1 / 2:
        raise InputError(f"the curvature of the loss {name} is not the rise of its gradient; mend it, or leave it out")


def _check_jumps(
    loss: Any, name: str, points: np.ndarray, slopes: np.ndarray, y: np.ndarray, tolerances: Tolerances
) -> None:
    """Refuse a gradient that jumps: halve every stretch, sample by sample, towards the larger part of its rise.

    A rise that hardly shrinks while its stretch does, by a factor of millions, is a jump; one that shrinks as fast as
    its stretch is smooth.
    """
    low, high, below, above = points[:-1], points[1:], slopes[:-1], slopes[1:]
    rounding = ROUNDING * np.maximum(np.abs(below), np.abs(above)) + SPECK
    first = above - below
    for step in range(HALVINGS):
        smooth = (step == 2 * FIRST) & (above - below <= 2 * 0.5**FIRST * first)
        open_ = ((above - below > rounding) & ~smooth).any(axis=1)
        if not open_.any():
            break
        low, high, below, above, rounding, first = (part[open_] for part in (low, high, below, above, rounding, first))
        if step in (FIRST, HALVINGS // 2):
            first = above - below
        middle = (low + high) / 2
        there = _slopes_at(loss, middle, y)
        right = above - there > there - below
        low, below = np.where(right, middle, low), np.where(right, there, below)
        high, above = np.where(right, high, middle), np.where(right, above, there)
    jumps = (above - below > rounding) & (above - below > tolerances.own_loss_jump * first)
    if jumps.any():
        k, i = np.argwhere(jumps)[0]
        raise InputError(
            f"the loss {name} is not differentiable: its gradient jumps from {below[k, i]:.6g} to {above[k, i]:.6g} at "
            f"prediction {low[k, i]:.6g}, target {y[i]:g}"
        )


def _slopes_at(loss: Any, points: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the gradients at (k, n) points: in one call where the loss takes more numbers than there are samples."""
    try:
        return _one_each(loss, "gradient", points.reshape(-1), np.tile(y, len(points))).reshape(points.shape)
    except InputError:
        return np.array([_one_each(loss, "gradient", f, y) for f in points])
