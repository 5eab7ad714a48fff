"""The last layer alone: with the hidden layers held, the loss is convex in it, so its lowest value can be found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...numbers import exact
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ...problem.losses import CrossEntropy
from ...problem.networks import DeepNet
from ...problem.references import constant_value
from ...problem.trained.layered import Layered
from ..face_fit import float_fit
from .predictions import rows_right

MOST_EXACT_PRODUCTS = 60_000
MOST_EXACT_COLUMNS = 24
CROSS_ENTROPY_STEPS = 5_000


@dataclass(frozen=True, eq=False)
class LastLayer:
    """What training the last layer alone can reach.

    Attributes:
        lowest: the lowest loss with the hidden layers as they are.
        gap: the loss now minus that, never negative.
        share: the gap relative to the loss of the best constant outputs.
        optimal: the gap is at most 1e-9 of that loss.
        attained: some last layer reaches the lowest loss; False where it is only approached.
        kind: "exact" (rational arithmetic on the weights as the doubles they are) or "numerical".
        net: the network with its last layer replaced by the best one.
    """

    lowest: float
    gap: float
    share: float
    optimal: bool
    attained: bool
    kind: str
    net: DeepNet


def last_layer(layered: Layered) -> LastLayer:
    """Return the lowest loss of the last layer alone.

    For the squared loss it is the residual of a least-squares fit on the features Phi = (h, 1), over the rationals
    where that is small enough; for other losses the end of Newton's method on a convex function.
    """
    features, F = layered.inputs()[-1], layered.predictions
    has_bias = layered.biases[-1]
    Phi = np.concatenate([features, np.ones((len(features), 1))], axis=1) if has_bias else features
    P = np.concatenate([layered.net.weights[-1], layered.net.biases[-1][:, None]], axis=1)[:, : Phi.shape[1]]
    offset = np.zeros(F.shape) if has_bias else np.broadcast_to(layered.net.biases[-1], F.shape)
    best, has_minimum = _fit(layered, Phi, P, offset)
    now, best_loss = layered.loss.value(F, layered.Y), layered.loss.value(Phi @ best.T + offset, layered.Y)
    lowest, kind = min(now, best_loss), "numerical"
    if layered.loss.classes and not offset.any() and any(_all_right(layered, G) for G in (F, Phi @ best.T)):
        lowest, has_minimum = 0.0, False  # larger and larger multiples of such a last layer
    gap = now - lowest
    exact = _exact_gap(layered, has_bias)
    if exact is not None:
        lowest, gap, kind = float(exact[0]), float(exact[1]), "exact"
    constant = constant_loss(layered)
    share = gap / constant if constant > 0 else 0.0
    weights = (*layered.net.weights[:-1], best[:, : features.shape[1]])
    biases = (*layered.net.biases[:-1], best[:, -1] if has_bias else layered.net.biases[-1])
    better = replace(layered.net, weights=weights, biases=biases, has_bias=layered.has_bias)
    net = better if best_loss < now else layered.net
    return LastLayer(lowest, gap, share, share <= DEFAULT.kkt, has_minimum, kind, net)


def _all_right(layered: Layered, F: np.ndarray) -> bool:
    """Return whether outputs (n, k) name every row's class, none of them on the border."""
    return rows_right(F, layered.Y, True) == len(F)


def constant_loss(layered: Layered) -> float:
    """Return the loss of the best constant outputs."""
    return constant_value(layered.loss.each or CrossEntropy(), layered.Y)


def constant_fit_of(layered: Layered, f: np.ndarray) -> np.ndarray | None:
    """Return the best constant outputs (k,) beside given ones, None where the lowest loss is only approached."""
    best, has_minimum = _fit(layered, np.ones((len(layered.Y), 1)), f[:, None], np.zeros(layered.Y.shape))
    return best[:, 0] if has_minimum else None


def _fit(layered: Layered, Phi: np.ndarray, P: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the best last layer (k, p) beside P, and whether it attains the lowest loss."""
    if layered.loss.quadratic:
        scale = np.linalg.norm(Phi, axis=0)
        scale[scale == 0] = 1.0
        cutoff = DEFAULT.rank * MACHINE_PRECISION * max(Phi.shape)
        best = P
        for _ in range(2):  # the second round removes the rounding of the first
            step = np.linalg.lstsq(Phi / scale, layered.Y - offset - Phi @ best.T, rcond=cutoff)[0]
            best = best + (step / scale[:, None]).T
        return best, True
    if layered.loss.each is None:
        return _joint_fit(layered, Phi, P, offset)
    rows, has_minimum = [], True
    on = np.ones((1, len(Phi)), dtype=np.int8)
    for o, row in enumerate(P):
        loss = _Shifted(layered.loss.each, offset[:, o])
        fit = float_fit(Phi, layered.Y[:, o], on, row[None, :], None, loss)
        rows.append(row if fit is None else fit.R[0])
        has_minimum = has_minimum and fit is not None
    return np.array(rows), has_minimum


class _Shifted:
    """A loss of predictions to which constants are added."""

    def __init__(self, loss: Any, offset: np.ndarray) -> None:
        self.loss, self.fixed = loss, offset

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the loss of f plus the constants."""
        return np.asarray(self.loss.value(f + self.fixed, y))

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return its derivative."""
        return np.asarray(self.loss.gradient(f + self.fixed, y))


def _joint_fit(layered: Layered, Phi: np.ndarray, P: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the best last layer for the cross-entropy, by a quasi-Newton method."""
    from scipy.optimize import minimize

    scale = np.linalg.norm(Phi, axis=0) / np.sqrt(len(Phi) or 1)
    scale[scale == 0] = 1.0
    M = Phi / scale

    def both(flat: np.ndarray) -> tuple[float, np.ndarray]:
        F = M @ flat.reshape(P.shape).T + offset
        return layered.loss.value(F, layered.Y), (layered.loss.gradient(F, layered.Y).T @ M).reshape(-1)

    options = {"maxiter": CROSS_ENTROPY_STEPS, "maxfun": 2 * CROSS_ENTROPY_STEPS, "ftol": 0.0, "gtol": DEFAULT.kkt}
    end = minimize(both, (P * scale).reshape(-1), jac=True, method="L-BFGS-B", options=options)
    is_flat = bool(np.abs(both(end.x)[1]).max(initial=0.0) <= np.sqrt(DEFAULT.kkt))
    is_large = bool(np.abs(end.x).max(initial=0.0) > 1 / np.sqrt(DEFAULT.kkt))
    return end.x.reshape(P.shape) / scale, is_flat and not is_large


def _exact_gap(layered: Layered, biased: bool) -> tuple[Fraction, Fraction] | None:
    """Return the lowest squared loss and the gap to it over the rationals, or None where that is too large."""
    net = layered.net
    columns = net.weights[-1].shape[1] + biased
    products = len(layered.X) * sum(w.size for w in net.weights)
    if (
        not layered.loss.quadratic
        or products > MOST_EXACT_PRODUCTS
        or columns > MOST_EXACT_COLUMNS
        or not len(layered.X)
    ):
        return None
    h = layered.data.fractions
    for w, b, slope in zip(net.weights[:-1], net.biases[:-1], net.slopes, strict=True):
        z = _product(h, exact.fraction_array(w).T) + exact.fraction_array(b)[None, :]
        on = (z > 0).astype(int).astype(object)
        h = z * on + Fraction(slope) * z * (1 - on)
    last, c = exact.fraction_array(net.weights[-1]), exact.fraction_array(net.biases[-1])
    residual = _product(h, last.T) + c[None, :] - exact.fraction_array(layered.Y)
    Phi = np.concatenate([h, np.full((len(h), 1), Fraction(1))], axis=1) if biased else h
    now = (residual**2).sum()
    gram, rights = _product(Phi.T, Phi), _product(Phi.T, residual)
    gain = Fraction(0)
    for o in range(residual.shape[1]):
        right = rights[:, o]
        step = exact.solve(gram, right)
        gain += right @ step if step is not None else Fraction(0)
    return (now - gain) / len(h), gain / len(h)


def _product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of two matrices of fractions."""
    return exact.fractions_of(exact.fmpq_matrix(A) * exact.fmpq_matrix(B))
