"""Adam and BFGS for small problems: one compiled kernel, one run after another.

Adam takes the steps of the array program `adam`, which works on all runs at once; on a small table that one spends
nearly all its time between operations on short arrays, and here a step costs what its arithmetic costs. BFGS stands for
`lbfgs`: while a matrix of the parameters is small beside the samples, it costs nothing to remember all steps.

The compiler works on a function again in each one that calls it, and for each kind of arguments. So both optimisers
stand around one place where the loss is evaluated, and the types of all arguments are said.
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
ROUNDING = float(np.finfo(np.float64).eps)
# types of the functions that only the kernel calls: without them each kind of number among the arguments has its own
VECTOR, MATRIX = "float64[::1]", "float64[:,::1]"
ROW = f"{MATRIX}, int64"


@inner(f"float64({ROW}, {ROW})", **SUMS)
def _dot(A: np.ndarray, i: int, B: np.ndarray, j: int) -> float:
    """Return the product of two rows."""
    total = 0.0
    for q in range(A.shape[1]):
        total += A[i, q] * B[j, q]
    return total


@inner(f"void({ROW}, float64, {ROW})", **SUMS)
def _add(A: np.ndarray, i: int, times: float, B: np.ndarray, j: int) -> None:
    """Add a multiple of row j of B to row i of A."""
    for q in range(A.shape[1]):
        A[i, q] += times * B[j, q]


@inner(f"void({MATRIX}, {VECTOR}, {VECTOR})", **SUMS)
def _times(H: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Write the product of a matrix and a vector."""
    for q in range(len(b)):
        total = 0.0
        for r in range(len(b)):
            total += H[q, r] * b[r]
        out[q] = total


@inner(
    f"float64({VECTOR}, {VECTOR}, {MATRIX}, {MATRIX}, {MATRIX}, int64, int64, {VECTOR}, int64, boolean, {MATRIX}, "
    f"{MATRIX})",
    **SUMS,
)
def _evaluate(
    theta: np.ndarray,
    slope: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
    shares: np.ndarray,
    run: int,
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
        shares: (r, n) or (1, n) sample weights that add up to 1.
        run: row of the sample weights.
        kind: of the loss.
        strengths: (p,) strength of the decay of each parameter, or none.
        width: number of units m.
        free: whether the outputs have constants.
        A: (m + 2, n) room for the hidden layer, the slopes of a unit, and a row of ones.
        F: (k, n) room for the outputs.
    """
    d, n, k = len(X), X.shape[1], len(Y)
    slopes, ones = width, width + 1
    for o in range(k):
        for i in range(n):
            F[o, i] = theta[width * (d + k) + o]
    for j in range(width):
        for i in range(n):
            A[j, i] = 0.0
        for q in range(d):
            _add(A, j, theta[j * d + q], X, q)
        for i in range(n):
            A[j, i] = 0.0 if A[j, i] <= 0.0 else A[j, i]  # keeps NaN
        for o in range(k):
            _add(F, o, theta[width * d + j * k + o], A, j)
    total = 0.0
    if kind == SQUARED:
        for o in range(k):
            for i in range(n):
                r = F[o, i] - Y[o, i]
                total += shares[run, i] * r * r
                F[o, i] = 2.0 * shares[run, i] * r
    elif kind == LOGISTIC:
        for o in range(k):
            for i in range(n):
                t = Y[o, i] * F[o, i]
                e = np.exp(-abs(t))
                total += shares[run, i] * (np.log1p(e) - min(t, 0.0))
                F[o, i] = -Y[o, i] * shares[run, i] * (e if t > 0.0 else 1.0) / (1.0 + e)
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
            total += shares[run, i] * ((np.log(powers) + top) * weight - along)
            for o in range(k):
                F[o, i] = shares[run, i] * (F[o, i] / powers * weight - Y[o, i])
    for j in range(width):
        for i in range(n):
            A[slopes, i] = 0.0
        for o in range(k):
            place = width * d + j * k + o
            slope[place] = _dot(A, j, F, o)
            _add(A, slopes, theta[place], F, o)
        for i in range(n):
            A[slopes, i] = A[slopes, i] if A[j, i] > 0.0 else 0.0
        for q in range(d):
            slope[j * d + q] = _dot(A, slopes, X, q)
    for o in range(k):
        slope[width * (d + k) + o] = _dot(A, ones, F, o) if free else 0.0
    for q in range(len(strengths)):
        total += strengths[q] * theta[q] * theta[q] / 2.0
        slope[q] += strengths[q] * theta[q]
    return total


def _work(points: np.ndarray, X: np.ndarray, *_: Any) -> float:
    """Return more steps than plain Python ever takes: the array programs are there for what is not compiled."""
    return float(points.size * X.size)


@kernel(
    _work,
    seconds=0.0,
    signature=f"void({MATRIX}, {MATRIX}, {MATRIX}, {MATRIX}, int64, {VECTOR}, int64, boolean, int64, float64, float64, "
    f"float64, {VECTOR}, int64[::1])",
    **SUMS,
)
def optimise_runs(
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
    counts: np.ndarray,
) -> None:
    """Replace points (r, p) by the ends of runs from them.

    With a rate they are the lowest points of Adam's runs, see `adam`; with rate 0 the last ones of runs of BFGS, with
    the line search and the stops of `lbfgs`.

    Args:
        points: (r, p) first points.
        X: (d, n) samples.
        Y: (k, n) targets, of the logistic loss -1 and 1.
        shares: (r, n) or (1, n) sample weights that add up to 1.
        kind: of the loss.
        strengths: (p,) strength of the decay of each parameter, or none.
        width: number of units.
        free: whether the outputs have constants.
        steps: most steps of a run of Adam, most evaluations of one of BFGS.
        rate: step size of Adam, or 0 for BFGS.
        goal: loss at which nothing is left to do.
        stall: relative fall between two looks below which a run stops.
        lowest: (r,) where the losses go.
        counts: (r,) where the steps or evaluations go.
    """
    p, n = points.shape[1], X.shape[1]
    bfgs = rate == 0.0
    side = p if bfgs else 0
    A, F, H = np.empty((width + 2, n)), np.empty((len(Y), n)), np.empty((side, side))
    trial, gradient, point, slope, direction = np.empty(p), np.empty(p), np.empty(p), np.empty(p), np.empty(p)
    move, change, image = np.empty(p), np.empty(p), np.empty(p)  # of Adam: the moments in the first two
    for i in range(n):
        A[width + 1, i] = 1.0
    for run in range(len(points)):
        row = run if len(shares) > 1 else 0
        for q in range(p):
            trial[q], direction[q], move[q], change[q] = points[run, q], 0.0, 0.0, 0.0
        low, high, before, power_1, power_2 = np.inf, np.inf, np.inf, 1.0, 1.0  # low: of Adam the lowest loss
        value, size, descent, length = 0.0, 0.0, 0.0, 0.0
        count, tries, iterations, newton, going = 0, 0, 0, False, True
        while going:
            end = _evaluate(trial, gradient, X, Y, shares, row, kind, strengths, width, free, A, F)
            if not bfgs:
                if end < low:
                    low = end
                    for q in range(p):
                        points[run, q] = trial[q]
                if count % WINDOW == 0:
                    going = count == 0 or (before - low > stall * low and low > goal and np.isfinite(end))
                    before = low
                going = going and count < steps
                if going:
                    count += 1
                    power_1 *= BETA_1
                    power_2 *= BETA_2
                    scale = rate * np.sqrt(1.0 - power_2) / (1.0 - power_1)
                    for q in range(p):
                        g = gradient[q]
                        first, second = move[q], change[q]
                        first += (1.0 - BETA_1) * (g - first)
                        second += (1.0 - BETA_2) * (g * g - second)
                        trial[q] -= scale * first / (np.sqrt(second) + EPSILON)
                        move[q], change[q] = first, second
                value = low
                continue
            count += 1
            accepted = count == 1
            if count > 1:
                tries += 1
                falls = end <= value + FALL * length * descent  # false for NaN
                along = 0.0
                for q in range(p):
                    along += gradient[q] * direction[q]
                accepted = falls and (along >= CURVE * descent or tries >= LONGEST_SEARCH)
                if not accepted:
                    going = tries < LONGEST_SEARCH
                    if falls:
                        low = length
                    else:
                        high = length
                    length = (low + high) / 2.0 if np.isfinite(high) else 2.0 * length
            if accepted:  # a new point, from where a new direction leads
                size, product, spread = 0.0, 0.0, 0.0
                for q in range(p):
                    g = gradient[q]
                    a, b = trial[q] - point[q], g - slope[q]
                    size += g * g
                    product += a * b
                    spread += b * b
                    move[q], change[q], point[q], slope[q] = a, b, trial[q], g
                value = end
                going = np.isfinite(value) and value > goal and size > 0.0
                if count == 1:
                    length = 1.0 / np.sqrt(size) if size > 1.0 else 1.0
                else:
                    if product > ROUNDING * spread and product > SPECK and spread > SPECK:
                        if not newton:
                            for q in range(p):
                                for r in range(p):
                                    H[q, r] = 0.0
                                H[q, q] = product / spread
                        _times(H, change, image)
                        along = 0.0
                        for q in range(p):
                            along += image[q] * change[q]
                        along = (1.0 + along / product) / product
                        for q in range(p):
                            mine, other = along * move[q] - image[q] / product, -move[q] / product
                            for r in range(p):
                                H[q, r] += mine * move[r] + other * image[r]
                        newton = True
                    length = 1.0
                    iterations += 1
                    if iterations % LOOK == 0:
                        going = going and before - value > stall * value
                        before = value
                low, high, tries, descent = 0.0, np.inf, 0, 0.0
                if newton:
                    _times(H, slope, image)
                    for q in range(p):
                        direction[q] = -image[q]
                        descent -= image[q] * slope[q]
                newton = newton and descent < 0.0
                if not newton:  # downhill it is minus the slope where the matrix does not tell
                    for q in range(p):
                        direction[q] = -slope[q]
                    descent = -size
            going = going and count < steps
            for q in range(p):
                trial[q] = point[q] + length * direction[q]
        if bfgs:
            for q in range(p):
                points[run, q] = point[q]
        lowest[run], counts[run] = value, count
