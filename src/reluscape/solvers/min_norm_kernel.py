"""Wolfe's min-norm point of a polytope given by its points: the compiled kernel."""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel

ROUNDING = 2.0**-51
TINY = float(np.finfo(float).tiny)


def _sums(terms: np.ndarray) -> np.ndarray:
    """Return the sums of rows, term after term as a loop takes them, so that the last digits are the same."""
    total = np.zeros(len(terms))
    for column in terms.T:
        total += column
    return total


def _shortest_of_array(points: np.ndarray) -> int:
    """Return the number of the shortest point."""
    return int(np.argmin(_sums(points * points)))


@inner(arrays=_shortest_of_array)
def _shortest(points: np.ndarray) -> int:
    """Return the number of the shortest point."""
    best, smallest = 0, np.inf
    for i in range(len(points)):
        square = 0.0
        for c in range(points.shape[1]):
            square += points[i, c] * points[i, c]
        if square < smallest:
            smallest, best = square, i
    return best


def _lowest_of_array(points: np.ndarray, signs: np.ndarray, w: np.ndarray) -> tuple[float, int]:
    """Return the lowest signs[i] <points[i], w> and its number."""
    products = signs * _sums(points * w)
    at = int(np.argmin(products))
    return float(products[at]), at


@inner(arrays=_lowest_of_array)
def _lowest(points: np.ndarray, signs: np.ndarray, w: np.ndarray) -> tuple[float, int]:
    """Return the lowest signs[i] <points[i], w> and its number."""
    lowest, at = np.inf, 0
    for i in range(len(points)):
        product = 0.0
        for c in range(len(w)):
            product += points[i, c] * w[c]
        product *= signs[i]
        if product < lowest:
            lowest, at = product, i
    return lowest, at


def _is_certain_of_array(points: np.ndarray, signs: np.ndarray, w: np.ndarray) -> bool:
    """Return whether signs[i] <points[i], w> exceeds its rounding error for all i."""
    terms = points * w
    return bool((signs * _sums(terms) > (len(w) + 4) * ROUNDING * _sums(np.abs(terms)) + TINY).all())


@inner(arrays=_is_certain_of_array)
def _is_certain(points: np.ndarray, signs: np.ndarray, w: np.ndarray) -> bool:
    """Return whether signs[i] <points[i], w> exceeds its rounding error for all i."""
    for i in range(len(points)):
        product, bulk = 0.0, 0.0
        for c in range(len(w)):
            term = points[i, c] * w[c]
            product += term
            bulk += abs(term)
        if not signs[i] * product > (len(w) + 4) * ROUNDING * bulk + TINY:
            return False
    return True


@kernel(lambda points, *_: 60 * points.shape[1] ** 3 + points.size * points.shape[1], seconds=3.5)
def min_norm_point(
    points: np.ndarray, signs: np.ndarray, gap: float, zero: float, dependent: float, limit: int
) -> tuple[bool, np.ndarray, np.ndarray]:
    """Return whether w separates, w in the convex hull of the points signs[i] * points[i], and its support.

    Ends early at the first w with <w, p> > 0 for every point p; at w = 0 up to the threshold `zero` on |w|^2; or at the
    min-norm point, where <w, p> >= (1 - gap) |w|^2. The caller decides in exact arithmetic which one it was.

    Args:
        points: (n, d) C-contiguous float64, n >= 1, rows of about unit length.
        signs: (n,) float64, entries -1.0 or +1.0.
        gap: relative gap at which w counts as the min-norm point.
        zero: squared length below which w counts as zero, and weight below which a point leaves the support.
        dependent: relative pivot below which the support counts as affinely dependent (the search then ends).
        limit: largest number of points that may enter the support.

    Returns:
        certain: whether signs[i] <points[i], w> exceeds its rounding error for all i, where the points themselves are
            off by at most two roundings an entry; then w (d,) and the support (k,) int64, k <= d + 1.
    """
    d = points.shape[1]
    size = d + 2
    support = np.zeros(size, np.int64)
    order = np.zeros(size, np.int64)
    weight = np.zeros(size)
    gram = np.zeros((size, size))
    factor = np.zeros((size, size))
    target = np.zeros(size)
    w = np.zeros(d)
    best = _shortest(points)
    support[0] = best
    weight[0] = 1.0
    for c in range(d):
        gram[0, 0] += points[best, c] * points[best, c]
    k = 1
    for c in range(d):
        w[c] = signs[best] * points[best, c]
    for _ in range(limit):
        length = 0.0
        for c in range(d):
            length += w[c] * w[c]
        if length <= zero:
            break
        lowest, entering = _lowest(points, signs, w)
        if lowest > 0.0 or lowest > (1.0 - gap) * length or k == size - 1:
            break
        is_repeat = False
        for a in range(k):
            is_repeat = is_repeat or support[a] == entering
        if is_repeat:
            break
        support[k] = entering
        weight[k] = 0.0
        for a in range(k + 1):
            product = 0.0
            for c in range(d):
                product += points[support[a], c] * points[entering, c]
            product *= signs[support[a]] * signs[entering]
            gram[a, k] = product
            gram[k, a] = product
        k += 1
        stuck = False
        while True:
            # The affine hull's nearest point: (gram + 1 1^T) t = 1, weights t / sum t.
            for a in range(k):
                for b in range(a + 1):
                    value = gram[a, b] + 1.0
                    for c in range(b):
                        value -= factor[a, c] * factor[b, c]
                    if a == b:
                        if value <= dependent * (gram[a, a] + 1.0):
                            stuck = True
                            value = 1.0
                        factor[a, a] = np.sqrt(value)
                    else:
                        factor[a, b] = value / factor[b, b]
            if stuck:
                break
            for a in range(k):
                value = 1.0
                for c in range(a):
                    value -= factor[a, c] * target[c]
                target[a] = value / factor[a, a]
            total = 0.0
            for r in range(k):
                a = k - 1 - r
                value = target[a]
                for c in range(a + 1, k):
                    value -= factor[c, a] * target[c]
                target[a] = value / factor[a, a]
                total += target[a]
            step, inside, blocking = 1.0, True, -1
            for a in range(k):
                target[a] /= total
                if target[a] <= 0.0:
                    inside = False
                    share = weight[a] / (weight[a] - target[a]) if weight[a] > target[a] else 0.0
                    if blocking < 0 or share < step:
                        step, blocking = share, a
            if inside:
                for a in range(k):
                    weight[a] = target[a]
                break
            new_count = 0
            for a in range(k):
                value = (1.0 - step) * weight[a] + step * target[a]
                if a != blocking and value > zero:
                    support[new_count] = support[a]
                    weight[new_count] = value
                    order[new_count] = a
                    new_count += 1
            if new_count == 0:
                stuck = True
                break
            k = new_count
            for a in range(k):
                for b in range(k):
                    gram[a, b] = gram[order[a], order[b]]
        if stuck:
            break
        for c in range(d):
            w[c] = 0.0
            for a in range(k):
                w[c] += weight[a] * signs[support[a]] * points[support[a], c]
    return _is_certain(points, signs, w), w, support[:k].copy()
