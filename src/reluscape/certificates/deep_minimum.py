"""Checking that an exact local minimum of a network of any depth lies beside a point, with interval arithmetic.

J = (1/n) sum_i l(f(x_i), y_i) + decay / 2 |penalised weights|^2. The equations grad L = 0, c = 0 (L = J with all
kinked units off, plus multipliers times their preactivations c) have exactly one solution in a box by Krawczyk's
theorem. It is a local minimum where each multiplier lies strictly between 0 and the jump of the slope at its kink and
L is positive definite along c = 0, across the symmetries of the network, along which nothing changes.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from ..numbers.tolerances import DEFAULT, SPECK
from .deep_box import Point, Sweep, ball, balls, every_multiplier, times
from .deep_directions import Answered, check_directions
from .deep_network import ZERO, DeepClaim, Reduced, read_point, reduce_network, refuse_far
from .deep_rows import middles, sums_from_one
from .deep_symmetries import across, slices
from .effort import Effort
from .fields import shaped
from .schema import Part

BITS = 128
MOST_UNKNOWNS = 1_300
ROUNDS = 4


def check_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that a local minimum lies within the claimed radius of the claimed weights."""
    assert y is not None
    point = read_point(part.claim, X, y)
    if not len(X):
        raise CertificateError("a local minimum is claimed without samples")
    net = reduce_network(point, part, X, effort)
    refuse_far(X.reshape(-1), y.reshape(-1), [part.claim["radius"]], [kink.value for kink in net.kinks])
    size = sum(M.size for M in net.layers) + len(net.free)
    if size > MOST_UNKNOWNS:
        raise CertificateError(f"{size:,} parameters and kinks are too many to check; at most {MOST_UNKNOWNS:,}")
    effort.spend_integers(5 * size * size * size // 4 + 4 * len(X) * size * size, 3 * 64, "the equations")
    with flint.ctx.workprec(BITS):
        return _checked(part, point, net, X, y)


def check_not_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that the second network has a lower objective than the first."""
    assert y is not None
    point = read_point(part.claim, X, y)
    lower = part.witness["lower"]
    if len(lower) != len(point.layers):
        raise CertificateError("the lower network has another number of layers")
    other = [shaped(rows, M.shape, "the weights of the lower network")
             for rows, M in zip(lower, point.layers, strict=True)]  # fmt: skip
    refuse_far(X.reshape(-1), y.reshape(-1), *(M.reshape(-1) for M in other))
    effort.spend(2 * len(X) * sum(M.size for M in other), "the networks")
    with flint.ctx.workprec(2 * BITS):
        first, second = (_objective(point, layers, X, y) for layers in (point.layers, other))
        if not second < first:
            raise CertificateError("the second network is not certainly lower than the first")
        text = f"{float(first if isinstance(first, Fraction) else first.mid()):.12g}"
    squares = [(a - b) ** 2 for A, B in zip(point.layers, other, strict=True) for a, b in
               zip(A.reshape(-1), B.reshape(-1), strict=True)]  # fmt: skip
    away = float(sum(squares, Fraction(0))) ** 0.5
    return (
        f"{_named(point, X)}: its objective is about {text}, and a network at a distance of {away:.3g} has a "
        "lower one, so that it is not the lowest within that distance"
    )


def _named(point: DeepClaim, X: np.ndarray) -> str:
    shape = "-".join(str(k) for k in (X.shape[1], *(len(M) for M in point.layers)))
    loss = {"squared": "squared loss", "bce": "logistic loss", "cross_entropy": "softmax cross-entropy"}[point.loss]
    decay = f" with weight decay {float(point.decay):.6g}" if point.decay else ""
    return f"a network {shape} on {len(X)} samples under the {loss}{decay}"


def _objective(point: DeepClaim, layers: list[np.ndarray], X: np.ndarray, y: np.ndarray) -> Any:
    """Return J: a fraction for the squared loss, else a ball."""
    H, n = X, len(X)
    for k, (M, has) in enumerate(zip(layers, point.has_bias, strict=True)):
        inputs = np.concatenate([H, np.full((n, 1), Fraction(1), dtype=object)], axis=1) if has else H
        if 0 in (*inputs.shape, *M.shape):
            A = np.full((n, len(M)), Fraction(0), dtype=object)
        else:
            A = exact.fractions_of(exact.fmpq_matrix(inputs) * exact.fmpq_matrix(M.T))
        H = np.array([[max(v, Fraction(0)) for v in row] for row in A], dtype=object) if k + 1 < len(layers) else A
        H = H.reshape(n, len(M))
    squares = (w * w for M, mask in zip(layers, point.penalised, strict=True) for w in M[mask])
    penalty = point.decay / 2 * sum(squares, Fraction(0))
    if point.loss == "squared":
        return sum(((f - t) ** 2 for f, t in zip(H.reshape(-1), y.reshape(-1), strict=True)), Fraction(0)) / n + penalty
    total = flint.arb(0)
    for f, t in zip(H, y, strict=True):
        if point.loss == "bce":
            total += sum(((1 + ball(a).exp()).log() - ball(a * b) for a, b in zip(f, t, strict=True)), flint.arb(0))
        else:
            logs = sum((ball(a - f[0]).exp() for a in f), flint.arb(0)).log()
            total += logs + ball(f[0] - sum((a * b for a, b in zip(f, t, strict=True)), Fraction(0)))
    return total / n + ball(penalty)


def _checked(part: Part, point: DeepClaim, net: Reduced, X: np.ndarray, y: np.ndarray) -> str:
    """Check everything over one box."""
    at = Point(net, balls(X), balls(y), point.loss, ball(point.decay))
    weights = np.concatenate([M.reshape(-1) for M in net.layers])
    values = np.array([kink.value for kink in net.free], dtype=object)
    fields, G = slices(point, net, np.array([float(w) for w in weights]))
    box, p, q = _krawczyk(at, weights, values, G), len(weights), len(values)
    for place, (ours, weight) in enumerate(zip(box[:p], weights, strict=True)):
        if not abs(ours - ball(weight)).upper() <= ball(part.claim["radius"]):
            raise CertificateError(f"the box around weight {place} is wider than the claimed radius")
    if not across(point, net, fields, box[:p], G):
        raise CertificateError("the slice across the symmetries of the network is not proved to be one")
    swept = at.sweep(box[:p], box[p : p + q])
    _check_signs(at, swept, point, part, net)
    _check_multipliers(net, swept, box[p : p + q])
    _, C = at.kinks(swept)
    _check_curvature(at.second(swept), np.concatenate([C, balls(G)]) if q or len(G) else C)
    resting = _check_zero_units(point, net, part, swept)
    count = len(net.kinks)
    return (
        f"{_named(point, X)} has an exact local minimum within {float(part.claim['radius']):.2g} of the claimed "
        f"weights, on {count} kink{'' if count == 1 else 's'}{resting}"
    )


def _equations(at: Point, unknowns: np.ndarray, weights: np.ndarray, G: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the equations and their derivatives."""
    p, q = len(weights), len(at.net.free)
    swept = at.sweep(unknowns[:p], unknowns[p : p + q])
    c, C = at.kinks(swept)
    rows = np.concatenate([C, balls(G)]) if q or len(G) else C
    first = at.gradient(unknowns[:p], swept)
    if len(G):
        first = first + times(balls(G).T, unknowns[p + q :].reshape(-1, 1))[:, 0]
    slice_ = times(balls(G), (unknowns[:p] - balls(weights)).reshape(-1, 1))[:, 0]
    size = p + len(rows)
    M = balls(np.zeros((size, size)))
    M[:p, :p], M[p:, :p], M[:p, p:] = at.second(swept), rows, rows.T
    return np.concatenate([first, c, slice_]), M


def _krawczyk(at: Point, weights: np.ndarray, values: np.ndarray, G: np.ndarray) -> np.ndarray:
    """Return a box with exactly one solution of the equations."""
    middle = np.concatenate([balls(weights), balls(values), balls(np.zeros(len(G)))])
    F, M = _equations(at, middle, weights, G)
    inverse = _inverse(np.array([[float(v.mid()) for v in row] for row in M], dtype=float).reshape(M.shape))
    step = times(balls(inverse), F.reshape(-1, 1))[:, 0]
    radius = [(4 * abs(s)).upper() + abs(m).upper() * flint.arb(2) ** (12 - BITS) + flint.arb(2) ** (-4 * BITS)
              for s, m in zip(step, middle, strict=True)]  # fmt: skip
    for _ in range(ROUNDS):
        box = np.array([m + flint.arb(0, r) for m, r in zip(middle, radius, strict=True)], dtype=object)
        wide = np.array([float(r.upper()) for r in radius]) * (1 + DEFAULT.outward)
        rest = sums_from_one(inverse, _equations(at, box, weights, G)[1], wide)
        if not np.isfinite(rest).all():
            break
        image = [(abs(s) + flint.arb(t)).upper() for s, t in zip(step, rest.tolist(), strict=True)]
        if all(v < r for v, r in zip(image, radius, strict=True)):
            return box
        radius = [(4 * v).upper() + r for v, r in zip(image, radius, strict=True)]
    raise CertificateError("no box around the claimed weights has exactly one critical point: Krawczyk's test fails")


def _inverse(M: np.ndarray) -> np.ndarray:
    """Return about the inverse of a matrix; a bad one proves nothing, so that it needs no check."""
    size = np.sqrt(np.abs(M).max(axis=1, initial=0.0))
    size = 1 / np.where(size > 0, size, 1.0)
    try:
        inverse = np.linalg.inv(M * size[:, None] * size) * size[:, None] * size
    except np.linalg.LinAlgError:
        raise CertificateError("the equations are singular at the claimed weights") from None
    if not np.isfinite(inverse).all():
        raise CertificateError("the equations are singular at the claimed weights")
    return np.asarray(inverse)


def _check_signs(at: Point, swept: Sweep, point: DeepClaim, part: Part, net: Reduced) -> None:
    """Check that no sample off the kinks reaches one, and that silent units stay off."""
    nothing = ~np.array([any(v != 0 for v in row) for row in at.X], dtype=bool)
    for k, (on, kink) in enumerate(zip(net.on, net.kink, strict=True)):
        still = nothing & (not net.has_bias[k])
        for i, j in np.argwhere(~kink):
            height = swept.heights[k][i, j]
            if not ((height > 0) if on[i, j] else (height < 0 or still[i])):
                raise CertificateError(f"sample {i} may lie on the kink of unit {net.chosen[k][j]} of layer {k + 1}")
        for j, text in enumerate(part.witness["units"][k]):
            if text == "silent":
                mine = net.chosen[k - 1] if k else list(range(len(at.X[0])))
                row = [*(point.layers[k][j][c] for c in mine), *(point.layers[k][j][-1:] if net.has_bias[k] else ())]
                heights = times(swept.taken[k], balls(np.array(row, dtype=object)).reshape(-1, 1))[:, 0]
                if not all(v < 0 or still[i] for i, v in enumerate(heights)):
                    raise CertificateError(f"unit {j} of layer {k + 1} is not off for every sample")
        # a unit at zero that wakes would feed every sample
        nothing = ~(on | kink).any(axis=1) & (ZERO not in part.witness["units"][k])


def _check_multipliers(net: Reduced, swept: Sweep, multipliers: np.ndarray) -> None:
    """Check that every multiplier, or sum of those that belong together, lies strictly between 0 and its jump."""
    every = every_multiplier(net, multipliers)
    for together in net.alike:
        total, up, down = flint.arb(0), flint.arb(0), flint.arb(0)
        for number, factor in together:
            kink = net.kinks[number]
            jump = swept.reaching[kink.layer][kink.row, kink.unit] * ball(abs(factor))
            up, down = (up + jump, down) if factor > 0 else (up, down - jump)
            total += every[number] * ball(factor)
        if not (down < total and total < up):
            first = net.kinks[together[0][0]]
            raise CertificateError(
                f"the multiplier of unit {net.chosen[first.layer][first.unit]} of layer {first.layer + 1} at sample "
                f"{first.row} is not strictly between 0 and the jump of the slope there"
            )


def _check_curvature(H: np.ndarray, C: np.ndarray) -> None:
    """Check that H is positive definite where C vanishes."""
    if not len(H):
        return
    middle = np.array([[float(v.mid()) for v in row] for row in H])
    size = np.sqrt(np.abs(np.diag(middle)))
    size = 1 / np.maximum(size, DEFAULT.diagonal_scale * size.max(initial=SPECK))
    curvature = H * balls(size)[:, None] * balls(size)[None, :]
    rows = C * balls(size)[None, :] if len(C) else C
    if len(rows):
        lengths = np.array([np.linalg.norm([float(v.mid()) for v in row]) for row in rows])
        if not (lengths > 0).all():
            raise CertificateError("a kink function has no gradient")
        rows = rows * balls(1 / lengths)[:, None]
        square = times(rows.T, rows)
    for weight in (10, 1_000, 100_000) if len(rows) else (0,):
        Q = curvature + square * flint.arb(weight) if len(rows) else curvature
        if _definite(Q):
            return
    raise CertificateError("the curvature along the kinks is not positive in every direction")


def _definite(Q: np.ndarray) -> bool:
    """Return whether R Q R^T is the identity up to row sums below 1, for R made of the middle of Q."""
    middle = np.array([[float(v.mid()) for v in row] for row in Q])
    try:
        R = np.linalg.inv(np.linalg.cholesky((middle + middle.T) / 2))
    except np.linalg.LinAlgError:
        return False
    return bool((sums_from_one(R, Q, np.ones(len(Q)), R.T) < 1).all())


def _check_zero_units(point: DeepClaim, net: Reduced, part: Part, swept: Sweep) -> str:
    """Check that no unit at zero can wake; return the words for it."""
    count = 0
    for k, texts in enumerate(part.witness["units"]):
        if ZERO not in texts:
            continue
        count += texts.count(ZERO)
        h, e = middles(swept.taken[k]), middles(swept.signals[k + 1])
        lengths, sizes = np.linalg.norm(h[0], axis=1), np.linalg.norm(e[0], axis=1)
        wide_h, wide_e = np.linalg.norm(h[1], axis=1), np.linalg.norm(e[1], axis=1)
        error = (
            float(
                (wide_h * (sizes + wide_e) + lengths * wide_e).sum() + DEFAULT.sums_of_floats * (lengths * sizes).sum()
            )
            * 1.01
        )
        answers = _answered(point, net, swept, k)
        check_directions(h[0], wide_h, e[0], error, float(point.decay) * (1 - DEFAULT.outward), answers)
    return f", and {count} unit{'s' if count > 1 else ''} at zero cannot wake" if count else ""


def _answered(point: DeepClaim, net: Reduced, swept: Sweep, layer: int) -> list[Answered]:
    """Return the directions for which the equations of an active unit bound f by the decay.

    One unit above: with a = |v_j| = |w_j|, f(w) <= decay <w_j, w> / a - (kinks, which only lower it). Several above:
    a unit without kinks whose signal matrix G has the decay as largest singular value, no other one as large.
    """
    out = []
    above = swept.weights[layer + 1]
    for j in range(net.on[layer].shape[1]):
        on, kink = net.on[layer][:, j], net.kink[layer][:, j]
        if not (net.penalised[layer][j].all() and net.penalised[layer + 1][:, j].all()):
            continue
        if len(above) == 1:
            if above[0, j] > 0 or above[0, j] < 0:
                side = -1 if above[0, j] > 0 else 1
                out.append(Answered(on, kink, side if kink.any() else 0))
        elif not kink.any():
            G = times(swept.taken[layer][on].T, swept.signals[layer + 1][on])
            w = swept.weights[layer][j].reshape(-1, 1)
            length = sum((v * v for v in w[:, 0]), flint.arb(0))
            if not length > 0:
                continue
            square = ball(point.decay) ** 2
            Q = balls(np.eye(len(G))) * square - times(G, G.T) + times(w, w.T) * (square / length)
            if _definite(Q):
                out.append(Answered(on, kink, 0))
    return out
