"""The point of a zonotope g + sum_k [0, 1] z_k nearest to the origin, over the rationals."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np

from ..numbers import exact


def nearest_point(g: np.ndarray, generators: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest point p and multipliers lambda in [0, 1] with p = g + sum_k lambda_k z_k.

    Wolfe's search, with the vertices of the zonotope found by their signs: over rationals the squared length falls at
    every round and no support returns, so it ends. Where p is not zero every point q of the zonotope has
    <p, q> >= |p|^2, so -p is the direction in which the support function is most negative.

    Args:
        g: (d,) integers or fractions.
        generators: (k, d) integers or fractions.

    Returns:
        p (d,) and lambda (k,), object arrays of `Fraction`.
    """
    d = len(g)
    G = exact.fmpq_matrix(exact.fraction_matrix(generators)) if len(generators) else flint.fmpq_mat(0, d)
    start = exact.fmpq_matrix(exact.fraction_matrix(np.asarray(g, dtype=object)[None, :]))

    def vertex(p: flint.fmpq_mat) -> tuple[tuple[int, ...], flint.fmpq_mat]:
        """Return the vertex that is lowest in direction p."""
        heights = G * p.transpose()
        bits = tuple(int(heights[k, 0] < 0) for k in range(len(generators)))
        offset = flint.fmpq_mat(1, len(bits), list(bits)) * G if bits else flint.fmpq_mat(1, d)
        return bits, start + offset

    corners = [vertex(start)]
    weights = [flint.fmpq(1)]
    while True:
        target = _affine_weights([c[1] for c in corners])
        while min(target) < 0:
            step = min(w / (w - t) for w, t in zip(weights, target, strict=True) if t < 0)
            new_weights = [w + step * (t - w) for w, t in zip(weights, target, strict=True)]
            corners = [c for c, w in zip(corners, new_weights, strict=True) if w > 0]
            weights = [w for w in new_weights if w > 0]
            target = _affine_weights([c[1] for c in corners])
        corners = [c for c, w in zip(corners, target, strict=True) if w > 0]
        weights = [w for w in target if w > 0]
        p = flint.fmpq_mat(1, d)
        for w, (_, corner) in zip(weights, corners, strict=True):
            p += corner * w
        length = (p * p.transpose())[0, 0]
        entering = vertex(p)
        if length == 0 or (entering[1] * p.transpose())[0, 0] >= length:
            multipliers = np.full(len(generators), Fraction(0), dtype=object)
            for w, (bits, _) in zip(weights, corners, strict=True):
                multipliers += exact.to_fraction(w) * np.array(bits, dtype=object)
            return exact.fractions_of(p)[0], multipliers
        corners.append(entering)
        weights.append(flint.fmpq(0))


def _affine_weights(points: list[flint.fmpq_mat]) -> list[flint.fmpq]:
    """Return the weights of the point of the affine hull of independent points that is nearest to the origin."""
    k = len(points)
    matrix = flint.fmpq_mat(k + 1, k + 1)
    for a in range(k):
        matrix[a, k] = matrix[k, a] = flint.fmpq(1)
        for b in range(a, k):
            matrix[a, b] = matrix[b, a] = (points[a] * points[b].transpose())[0, 0]
    right = flint.fmpq_mat(k + 1, 1, [0] * k + [1])
    solution = matrix.solve(right)
    return [solution[a, 0] for a in range(k)]
