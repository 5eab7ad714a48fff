"""Data sets by design: singletons, orthogonal samples, clusters, teachers, and data whose basins are mostly poor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import AssumptionError, InputError, ShapeError
from ...numbers.checks import real_number, real_numbers, whole_number
from ...numbers.exact import fraction_array, fraction_matrix, to_fraction
from ...numbers.seeds import as_generator
from ..losses import able, get_loss
from . import as_dataset

__all__ = ["clusters", "orthogonal", "poor_basins", "singletons", "teacher"]

Pair = tuple[np.ndarray, np.ndarray]


def singletons(positive: Sequence[Any], negative: Sequence[Any] | None = None) -> Pair:
    """Return data on the axes: e_j with target positive[j], and -e_j with target negative[j].

    Args:
        positive: d targets.
        negative: d targets, or None for no samples on the negative half-axes.

    Returns:
        X (d or 2 d, d) and y, exact.

    Source: Safran and Shamir, Section 4.1: a singleton has one coordinate that is not zero.

    Example:
        >>> X, y = singletons([1, 1], [-1, 1])
        >>> X.tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1]]
        True
    """
    if not np.iterable(positive) or isinstance(positive, str):
        raise InputError(f"the targets are a list of numbers, not {positive!r}")
    d = len(positive)
    if negative is not None and len(negative) != d:
        raise ShapeError(f"{len(negative)} targets on the negative half-axes for {d} coordinates")
    eye = fraction_matrix(np.eye(d, dtype=int).astype(object))
    X = eye if negative is None else np.concatenate([eye, -eye])
    return X, fraction_array([*positive, *(negative or [])])


def orthogonal(y: Sequence[Any], lengths: Sequence[Any] | None = None) -> Pair:
    """Return pairwise orthogonal samples lengths[i] * e_i with targets y.

    Example:
        >>> X, y = orthogonal([1, -1], [2, 1])
        >>> X.tolist() == [[2, 0], [0, 1]]
        True
    """
    n = len(y)
    sizes = fraction_array(list(lengths) if lengths is not None else [1] * n)
    if len(sizes) != n or any(v == 0 for v in sizes):
        raise InputError(f"orthogonal samples need {n} lengths, none of them zero")
    X = np.full((n, n), Fraction(0), dtype=object)
    for i in range(n):
        X[i, i] = sizes[i]
    return X, fraction_array(list(y))


def clusters(
    centers: Any,
    delta: float,
    targets: Sequence[float] | None = None,
    size: int = 5,
    gamma: float = 0.0,
    rng: Any = None,
) -> Pair:
    """Return samples uniform in balls around centres, with targets that vary by at most gamma times the distance.

    Args:
        centers: (k, d) centres.
        delta: radius of the balls.
        targets: (k,) target at each centre; None takes +1 and -1 in turn.
        size: samples per cluster.
        gamma: Lipschitz constant of the targets inside a cluster.
        rng: anything that `numpy.random.default_rng` takes.

    Returns:
        X (k * size, d) and y, floats; cluster by cluster.

    Source: Safran and Shamir, Theorem 5.

    Example:
        >>> X, y = clusters([[1, 1], [-2, 0.5]], 0.02, [1, -1], size=3, rng=0)
        >>> X.shape, bool((np.linalg.norm(X[:3] - [1, 1], axis=1) <= 0.02).all()), y.tolist()
        ((6, 2), True, [1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    """
    C = np.atleast_2d(real_numbers("centers", centers))
    delta, gamma, size = real_number("delta", delta), real_number("gamma", gamma), whole_number("size", size)
    k, d = C.shape
    if targets is None:
        targets = [(-1.0) ** j for j in range(k)]
    if len(targets) != k:
        raise ShapeError(f"{len(targets)} targets for {k} centres")
    if not (delta > 0 and gamma >= 0 and size >= 1):
        raise InputError("clusters need delta > 0, gamma >= 0 and at least one sample each")
    generator = as_generator(rng)
    steps = generator.standard_normal((k, size, d))
    steps *= delta * generator.uniform(0, 1, (k, size, 1)) ** (1 / d) / np.linalg.norm(steps, axis=2, keepdims=True)
    slope = generator.standard_normal((k, d))
    slope *= gamma / np.linalg.norm(slope, axis=1, keepdims=True)
    y = np.asarray(targets, dtype=float)[:, None] + np.einsum("ksd,kd->ks", steps, slope)
    return (C[:, None, :] + steps).reshape(k * size, d), y.reshape(k * size)


def teacher(X: Any, W: Any, v: Any) -> Pair:
    """Return the samples with the predictions of a two-layer network as targets, exactly: y = sum_j v_j relu(X w_j).

    Args:
        X: (n, d) samples or a `Dataset`.
        W: (m, d) hidden weights.
        v: (m,) output weights.

    Example:
        >>> X, y = teacher([[1, 0], [-1, 2]], [[1, 0], [0, 1]], [1, -1])
        >>> [int(value) for value in y]
        [1, -2]
    """
    data = as_dataset(X)
    weights, outputs = fraction_matrix(W), fraction_array(v)
    if weights.shape[1] != data.d or outputs.shape != (len(weights),):
        raise ShapeError(f"W has shape {weights.shape} and v {outputs.shape}, expected (m, {data.d}) and (m,)")
    heights = data.fractions @ weights.T
    y = np.empty(data.n, dtype=object)
    for i, row in enumerate(heights):
        y[i] = sum((max(h, Fraction(0)) * o for h, o in zip(row, outputs, strict=True)), Fraction(0))
    return np.array(data.fractions), y


def poor_basins(d: int, eps: Any, loss: Any = "squared", variant: str = "C.2") -> Pair:
    """Return data on which one ReLU unit has 2^d strict local minima, most of them poor.

    For each coordinate j there are two samples, x_1 e_j with target y_1 and -e_j with target 1. One unit with v = 1
    decides each coordinate on its own: the sign of w_j fits one of the two samples. The best minimum has loss eps.

    Args:
        d: number of inputs.
        eps: loss of the best minimum, 0 < eps < l(0, 1) / 2.
        loss: symmetric convex loss, for variant "theorem 6".
        variant: "C.2" (x_1 = 1/2, y_1 = sqrt(2 eps), squared loss) or "theorem 6" (x_1 = y_1 = delta with
            l(0, delta) = 2 eps, so that the poor minimum lies at 1).

    Returns:
        X (2 d, d) and y (2 d,): exact where sqrt(2 eps) is rational, else floats.

    Raises:
        AssumptionError: eps out of range (print allows every eps > 0, the proof needs eps < l(0, 1) / 2), or a loss
            that is seen on a grid not to be symmetric or not to be zero exactly where its arguments are equal.

    Source: Safran and Shamir, Theorem 6 and Appendix C.2 (there the poor minimum lies at 2 sqrt(2 eps)).

    Example:
        >>> X, y = poor_basins(1, "1/50")
        >>> X.tolist() == [[Fraction(1, 2)], [-1]], [str(value) for value in y]
        (True, ['1/5', '1'])
    """
    if isinstance(d, str) or int(d) != d or d < 1:
        raise InputError(f"d is {d!r}; it is a whole number, 1 or more")
    if variant not in ("C.2", "theorem 6"):
        raise InputError(f"variant is {variant!r}; choose 'C.2' or 'theorem 6'")
    criterion = get_loss(loss)
    share = to_fraction(str(eps) if isinstance(eps, float) else eps)
    top = float(criterion.value(np.zeros(1), np.ones(1))[0])
    if not 0 < share < Fraction(top) / 2:
        raise AssumptionError(f"eps is {float(share):g}; the construction needs 0 < eps < l(0, 1) / 2 = {top / 2:g}")
    squared = able(criterion, "quadratic")
    if not squared:
        _require_distance(criterion)
    if variant == "C.2" and not squared:
        raise AssumptionError("variant C.2 is the squared loss's; use variant='theorem 6' for another loss")
    delta = _root(2 * share) if squared else _level(criterion, 2 * float(share))
    first = Fraction(1, 2) if variant == "C.2" else delta
    kind: type = object if isinstance(delta, Fraction) else float
    X: np.ndarray = np.full((2 * d, d), Fraction(0) if kind is object else 0.0, dtype=kind)
    y: np.ndarray = np.full(2 * d, Fraction(1) if kind is object else 1.0, dtype=kind)
    for j in range(d):
        X[2 * j, j], X[2 * j + 1, j] = first, Fraction(-1)
        y[2 * j] = delta
    return X, y


def _require_distance(loss: Any) -> None:
    """Raise where a loss is not symmetric, or not zero exactly where its arguments are equal, on a grid of [-1, 1]."""
    grid = np.linspace(-1.0, 1.0, 65)
    f, y = (side.reshape(-1) for side in np.meshgrid(grid, grid))
    there, back = np.asarray(loss.value(f, y), dtype=float), np.asarray(loss.value(y, f), dtype=float)
    if not np.allclose(there, back):
        raise AssumptionError("hypothesis violated: Theorem 6 needs a symmetric loss, l(a, b) = l(b, a)")
    equal = f == y
    if np.any(there[equal] != 0) or np.any(there[~equal] <= 0):
        raise AssumptionError("hypothesis violated: Theorem 6 needs a loss that is 0 exactly where a = b")


def _root(square: Fraction) -> Fraction | float:
    """Return the square root, as a fraction where it is one."""
    p, q = math.isqrt(square.numerator), math.isqrt(square.denominator)
    return Fraction(p, q) if p * p == square.numerator and q * q == square.denominator else math.sqrt(square)


def _level(loss: Any, value: float) -> float:
    """Return delta in (0, 1) with l(0, delta) = value, by bisection: l(0, .) rises from 0."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if float(loss.value(np.zeros(1), np.full(1, middle))[0]) < value:
            low = middle
        else:
            high = middle
    return high
