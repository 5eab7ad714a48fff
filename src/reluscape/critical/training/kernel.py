"""Adam and BFGS for small problems: the compiled kernels, one run after another.

Adam takes the steps of the array program `adam`, which works on all runs at once; on a small table that one spends
nearly all its time between operations on short arrays, and here a step costs what its arithmetic costs. BFGS stands for
`lbfgs`: while a matrix of the parameters is small beside the samples, it costs nothing to remember all steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.kernels import inner, kernel
from ...numbers.tolerances import SPECK
from .adam import BETA_1, BETA_2, EPSILON, WINDOW
from .lbfgs import CURVE, FALL, LONGEST_SEARCH, LOOK

SQUARED, LOGISTIC, SOFTMAX = 0, 1, 2
# sums may be taken in any order, so that they are computed some numbers at a time
SUMS: dict[str, Any] = {"error_model": "numpy", "fastmath": {"reassoc", "contract"}}


@inner(**SUMS)
def _dot(a: np.ndarray, b: np.ndarray) -> float:
    """Return the product of two vectors."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@inner(**SUMS)
def _add(a: np.ndarray, times: float, b: np.ndarray) -> None:
    """Add a multiple of the vector b to a."""
    for i in range(len(a)):
        a[i] += times * b[i]


@inner(**SUMS)
def _evaluate(
    theta: np.ndarray,
    slope: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
    shares: np.ndarray,
    kind: int,
    strengths: np.ndarray,
    width: int,
    free: bool,
    A: np.ndarray,
    F: np.ndarray,
) -> float:
    """Return the loss of one run, its decay among it, and write the gradient (p,) into `slope`.

    Args:
        theta: (p,) parameters, W before V before c.
        slope: (p,) where the gradient goes.
        X: (d, n) samples.
        Y: (k, n) targets, of the logistic loss -1 and 1.
        shares: (n,) sample weights that add up to 1.
        kind: of the loss.
        strengths: (p,) strength of the decay of each parameter.
        width: number of units m.
        free: whether the outputs have constants.
        A: (m + 1, n) room for the hidden layer.
        F: (k, n) room for the outputs.
    """
    d, n, k = len(X), X.shape[1], len(Y)
    for o in range(k):
        F[o] = theta[width * (d + k) + o]
    for j in range(width):
        a = A[j]
        a[:] = 0.0
        for q in range(d):
            _add(a, theta[j * d + q], X[q])
        for i in range(n):
            a[i] = 0.0 if a[i] <= 0.0 else a[i]  # keeps NaN
        for o in range(k):
            _add(F[o], theta[width * d + j * k + o], a)
    total = 0.0
    if kind == SQUARED:
        for o in range(k):
            for i in range(n):
                r = F[o, i] - Y[o, i]
                total += shares[i] * r * r
                F[o, i] = 2.0 * shares[i] * r
    elif kind == LOGISTIC:
        for o in range(k):
            for i in range(n):
                t = Y[o, i] * F[o, i]
                e = np.exp(-abs(t))
                total += shares[i] * (np.log1p(e) - min(t, 0.0))
                F[o, i] = -Y[o, i] * shares[i] * (e if t > 0.0 else 1.0) / (1.0 + e)
    else:
        for i in range(n):
            top = F[0, i]
            for o in range(1, k):
                top = max(top, F[o, i])
            powers, weight, along = 0.0, 0.0, 0.0
            for o in range(k):
                weight += Y[o, i]
                along += Y[o, i] * F[o, i]
                F[o, i] = np.exp(F[o, i] - top)
                powers += F[o, i]
            total += shares[i] * ((np.log(powers) + top) * weight - along)
            for o in range(k):
                F[o, i] = shares[i] * (F[o, i] / powers * weight - Y[o, i])
    g = A[width]
    for j in range(width):
        a = A[j]
        g[:] = 0.0
        for o in range(k):
            place = width * d + j * k + o
            slope[place] = _dot(a, F[o])
            _add(g, theta[place], F[o])
        for i in range(n):
            g[i] = g[i] if a[i] > 0.0 else 0.0
        for q in range(d):
            slope[j * d + q] = _dot(g, X[q])
    for o in range(k):
        along = 0.0
        for i in range(n):
            along += F[o, i]
        slope[width * (d + k) + o] = along if free else 0.0
    for q in range(len(strengths)):
        total += strengths[q] * theta[q] * theta[q] / 2.0
        slope[q] += strengths[q] * theta[q]
    return total


def _work(points: np.ndarray, X: np.ndarray, *_: Any) -> float:
    """Return more steps than plain Python ever takes: the array programs are there for what is not compiled."""
    return float(points.size * X.size)


@kernel(_work, seconds=0.0, **SUMS)
def adam_runs(
    points: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
    shares: np.ndarray,
    kind: int,
    strengths: np.ndarray,
    width: int,
    free: bool,
    steps: int,
    rate: float,
    goal: float,
    stall: float,
    lowest: np.ndarray,
    step_counts: np.ndarray,
) -> None:
    """Replace points (r, p) by the lowest ones of Adam's runs from them; see `adam`.

    Args:
        points: (r, p) first points.
        X: (d, n) samples.
        Y: (k, n) targets, of the logistic loss -1 and 1.
        shares: (r, n) or (1, n) sample weights that add up to 1.
        kind: of the loss.
        strengths: (p,) strength of the decay of each parameter, or none.
        width: number of units.
        free: whether the outputs have constants.
        steps: most steps of a run.
        rate: step size.
        goal: loss at which nothing is left to do.
        stall: relative fall within a window of steps below which a run stops.
        lowest: (r,) where the lowest losses go.
        step_counts: (r,) where the steps go.
    """
    p, n = points.shape[1], X.shape[1]
    A, F = np.empty((width + 1, n)), np.empty((len(Y), n))
    theta, slope, first, second = np.empty(p), np.empty(p), np.empty(p), np.empty(p)
    for run in range(len(points)):
        weights = shares[min(run, len(shares) - 1)]
        for q in range(p):
            theta[q], first[q], second[q] = points[run, q], 0.0, 0.0
        low, before, power_1, power_2 = np.inf, np.inf, 1.0, 1.0
        for step in range(steps + 1):
            value = _evaluate(theta, slope, X, Y, weights, kind, strengths, width, free, A, F)
            if value < low:
                low = value
                for q in range(p):
                    points[run, q] = theta[q]
            step_counts[run] = step
            if step % WINDOW == 0:
                if step and not (before - low > stall * low and low > goal and np.isfinite(value)):
                    break
                before = low
            power_1 *= BETA_1
            power_2 *= BETA_2
            scale = rate * np.sqrt(1.0 - power_2) / (1.0 - power_1)
            for q in range(p):
                first[q] += (1.0 - BETA_1) * (slope[q] - first[q])
                second[q] += (1.0 - BETA_2) * (slope[q] * slope[q] - second[q])
                theta[q] -= scale * first[q] / (np.sqrt(second[q]) + EPSILON)
        lowest[run] = low


@kernel(_work, seconds=0.0, **SUMS)
def bfgs_runs(
    points: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
    shares: np.ndarray,
    kind: int,
    strengths: np.ndarray,
    width: int,
    free: bool,
    steps: int,
    goal: float,
    stall: float,
    lowest: np.ndarray,
    evaluations: np.ndarray,
) -> None:
    """Replace points (r, p) by the last ones of the runs of BFGS from them, with the line search and stops of `lbfgs`.

    Args:
        points: (r, p) first points.
        X: (d, n) samples.
        Y: (k, n) targets, of the logistic loss -1 and 1.
        shares: (r, n) or (1, n) sample weights that add up to 1.
        kind: of the loss.
        strengths: (p,) strength of the decay of each parameter, or none.
        width: number of units.
        free: whether the outputs have constants.
        steps: most evaluations of a run.
        goal: loss at which nothing is left to do.
        stall: relative fall between two looks below which a run stops.
        lowest: (r,) where the losses go.
        evaluations: (r,) where the numbers of evaluations go.
    """
    p, n = points.shape[1], X.shape[1]
    A, F, H = np.empty((width + 1, n)), np.empty((len(Y), n)), np.empty((p, p))
    slope, trial, gradient, direction = np.empty(p), np.empty(p), np.empty(p), np.empty(p)
    move, change, image = np.empty(p), np.empty(p), np.empty(p)
    for run in range(len(points)):
        weights, point = shares[min(run, len(shares) - 1)], points[run]
        value, size, descent, count, newton = np.inf, 0.0, 0.0, 0, False
        length, low, high, tries = 0.0, 0.0, np.inf, 0
        iterations, before = 0, np.inf
        going, renew = True, False
        for q in range(p):
            direction[q] = 0.0
        while going and (count < steps or count == 0):
            if renew:  # a new direction; downhill it is minus the slope where the matrix does not tell
                descent = 0.0
                if newton:
                    for q in range(p):
                        direction[q] = -_dot(H[q], slope)
                    descent = _dot(direction, slope)
                newton = newton and descent < 0.0
                if not newton:
                    for q in range(p):
                        direction[q] = -slope[q]
                    descent = -size
                renew = False
            for q in range(p):
                trial[q] = point[q] + length * direction[q]
            end = _evaluate(trial, gradient, X, Y, weights, kind, strengths, width, free, A, F)
            count += 1
            if count == 1:  # the first point itself: one place of evaluation, because each is compiled for itself
                for q in range(p):
                    slope[q] = gradient[q]
                value, size, renew = end, _dot(slope, slope), True
                length = min(1.0 / max(np.sqrt(size), SPECK), 1.0)
                going = np.isfinite(value) and value > goal and size > 0.0
                continue
            tries += 1
            falls = end <= value + FALL * length * descent  # false for NaN
            flat = _dot(gradient, direction) >= CURVE * descent
            if not (falls and (flat or tries >= LONGEST_SEARCH)):
                going = tries < LONGEST_SEARCH
                if falls:
                    low = length
                else:
                    high = length
                length = (low + high) / 2.0 if np.isfinite(high) else 2.0 * length
                continue
            for q in range(p):
                move[q], change[q] = trial[q] - point[q], gradient[q] - slope[q]
                point[q], slope[q] = trial[q], gradient[q]
            value, size, product, spread = end, _dot(slope, slope), _dot(move, change), _dot(change, change)
            if product > np.finfo(np.float64).eps * spread and min(product, spread) > SPECK:
                if not newton:
                    for q in range(p):
                        for r in range(p):
                            H[q, r] = 0.0
                        H[q, q] = product / spread
                for q in range(p):
                    image[q] = _dot(H[q], change)
                along = (1.0 + _dot(image, change) / product) / product
                for q in range(p):
                    mine, other = along * move[q] - image[q] / product, -move[q] / product
                    for r in range(p):
                        H[q, r] += mine * move[r] + other * image[r]
                newton = True
            low, high, tries, length, renew = 0.0, np.inf, 0, 1.0, True
            iterations += 1
            going = value > goal and size > 0.0
            if iterations % LOOK == 0:
                going = going and before - value > stall * value
                before = value
        lowest[run], evaluations[run] = value, count
