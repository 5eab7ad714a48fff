"""Training a convolutional ReQU network in double precision: its loss with gradient, and L-BFGS from a given start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..errors import AssumptionError
from ..numbers.tolerances import DEFAULT, Tolerances
from .certify import certify
from .constants import training_error
from .conv import ConvReQUNet, leaky, pad_convolve, toeplitz
from .labels import with_labels
from .losses import margin_loss
from .network import ReQUNet

__all__ = ["ConvTraining", "conv_loss", "train_conv"]

HALVINGS = 40


@dataclass(frozen=True, eq=False)
class ConvTraining:
    """Where a training run ended.

    Attributes:
        net: the network.
        loss: its loss (6), sum over the samples plus regulariser.
        gradient: largest entry of the gradient there; kinks of the leaky ReLU can keep it above 0.
        training_error: share of samples on the wrong side.
        active: number of ReQU units that are not zero.
        quiet: whether no silent unit lowers the loss on the features of this point: a local minimum needs it.
    """

    net: ConvReQUNet
    loss: float
    gradient: float
    training_error: float
    active: int
    quiet: bool


def conv_loss(
    net: ConvReQUNet, X: Any, y: Any, loss: Any = "logistic", base: float = 2
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the loss (6) and its gradient by the parameters' names: a, W, b, filters.

    At a kink of the leaky ReLU the gradient takes the slope 1.

    Args:
        net: the network with its coefficients.
        X: (n, d) samples.
        y: (n,) labels -1 or 1.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.

    Raises:
        InputError, ShapeError: data or labels that cannot be used.

    Source: Liang, Sun and Srikant, (6), (27), (28).
    """
    parts = _Parts(net, X, y, loss, base)
    value, gradient = parts.at(_flat(net))
    return value, dict(zip(("a", "W", "b", "filters"), parts.split(gradient), strict=True))


def train_conv(
    net: ConvReQUNet,
    X: Any,
    y: Any,
    loss: Any = "logistic",
    base: float = 2,
    iterations: int = 5000,
    rounds: int = 8,
    tolerances: Tolerances = DEFAULT,
) -> ConvTraining:
    """Run L-BFGS from a network; set small units to zero, let silent ones out while that lowers the loss.

    Args:
        net: the start, with its coefficients.
        X: (n, d) samples.
        y: (n,) labels -1 or 1.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        iterations: most iterations of each round.
        rounds: most rounds of descent and escape.
        tolerances: size below which a unit is set to 0 where the loss does not rise; gradient at which a round ends.

    Example:
        >>> from reluscape.requ.conv import random_net
        >>> end = train_conv(random_net(1, 1, 1, 2, [0.05, 0.08], rng=0), [[1.0]], [1.0])
        >>> end.training_error, end.quiet, end.gradient < 1e-5
        (0.0, True, True)
    """
    parts = _Parts(net, X, y, loss, base)
    point = _flat(net)
    options = {"maxiter": iterations, "maxfun": 4 * iterations, "ftol": 0.0, "maxcor": 30}
    quiet = False
    for _ in range(max(1, rounds)):
        result = minimize(
            parts.at, point, jac=True, method="L-BFGS-B", options={**options, "gtol": tolerances.requ_gradient}
        )
        point = _snapped(parts, result.x, tolerances.requ_silent)
        escape, quiet = _escaped(parts, point)
        if escape is None:
            break
        point = escape
    value, gradient = parts.at(point)
    end = parts.net_at(point)
    active = int(np.count_nonzero(np.abs(end.a) + np.linalg.norm(end.U, axis=1)))
    return ConvTraining(end, value, float(np.abs(gradient).max()), training_error(end, X, parts.y), active, quiet)


def _escaped(parts: _Parts, point: np.ndarray) -> tuple[np.ndarray | None, bool]:
    """Return a point of lower loss with one silent unit let out, or None; and whether no silent unit helps."""
    net = parts.net_at(point)
    try:
        certificate = certify(
            net.features(parts.X), parts.y, ReQUNet(net.a, net.U), net.lambdas, parts.loss, prove=False
        )
    except AssumptionError:  # filters that send samples of both labels to one point
        return None, False
    if not certificate.inactive:
        return None, True
    if certificate.peak.value <= certificate.least_lambda:
        return None, True
    j = min(certificate.inactive, key=lambda k: net.lambdas[k])
    value = parts.at(point)[0]
    for halvings in range(HALVINGS):
        trial = point.copy()
        a, W, b, _ = parts.split(trial)
        a[j] = certificate.peak.sign * 2.0**-halvings
        W[:, j], b[j] = np.abs(a[j]) * certificate.peak.direction[:-1], np.abs(a[j]) * certificate.peak.direction[-1]
        if parts.at(trial)[0] < value:
            return trial, False
    return None, False


def _snapped(parts: _Parts, point: np.ndarray, zero: float) -> np.ndarray:
    """Set small units to zero, one by one, where the loss does not rise."""
    value = parts.at(point)[0]
    for j in range(parts.m):
        trial = point.copy()
        a, W, b, _ = parts.split(trial)
        if max(abs(a[j]), np.abs(W[:, j]).max(), abs(b[j])) < zero:
            a[j], W[:, j], b[j] = 0.0, 0.0, 0.0
            lower = parts.at(trial)[0]
            if lower <= value:
                point, value = trial, lower
    return point


class _Parts:
    """The loss and its gradient as functions of one flat vector."""

    def __init__(self, net: ConvReQUNet, X: Any, y: Any, loss: Any, base: float) -> None:
        self.net, self.loss = net, margin_loss(loss, base)
        data, self.y = with_labels(X, y)
        self.X = data.X
        self.m, self.h = net.width, len(net.W)

    def split(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return views of a, W, b and the filters."""
        m, h = self.m, self.h
        ends = np.cumsum([m, h * m, m])
        a, W, b, v = np.split(point, ends)
        return a, W.reshape(h, m), b, v.reshape(self.net.filters.shape)

    def net_at(self, point: np.ndarray) -> ConvReQUNet:
        """Return the network of a point."""
        return ConvReQUNet(*self.split(point), self.net.lambdas, self.net.lambda_c, self.net.slope)

    def at(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Return loss and gradient."""
        a, W, b, filters = self.split(point)
        slope = self.net.slope
        layers, before = [self.X], []
        for v in filters:
            before.append(pad_convolve(v, layers[-1]))
            layers.append(leaky(before[-1], slope))
        heights = np.maximum(layers[-1] @ W + b, 0.0)
        f = heights**2 @ a
        z = -self.y * f
        U = np.concatenate([W, b[None, :]])
        size = np.linalg.norm(U, axis=0)
        free = (filters**2).sum(axis=1) - 1
        lam, lam_c = self.net.lambdas, self.net.lambda_c
        value = float(np.sum(self.loss.value(z)))
        value += float(lam @ (np.abs(a) ** 3 + 2 * size**3)) / 3 + lam_c / 4 * float(free @ free)
        pull = -self.y * np.asarray(self.loss.derivative(z), dtype=float)
        inner = 2 * pull[:, None] * heights * a
        grad_a = heights.T**2 @ pull + lam * np.abs(a) * a
        grad_W = layers[-1].T @ inner + 2 * lam * size * W
        grad_b = inner.sum(axis=0) + 2 * lam * size * b
        grad_v = np.zeros_like(filters)
        back = inner @ W.T
        for k in range(len(filters) - 1, -1, -1):
            back = back * np.where(before[k] >= 0, 1.0, slope)
            s, h = filters.shape[1], layers[k].shape[1]
            wide_layer = np.pad(layers[k], ((0, 0), (s - 1, s - 1)))
            for i in range(s):
                grad_v[k, i] = np.sum(back * wide_layer[:, i : i + h + s - 1])
            back = back @ toeplitz(filters[k], h)
        grad_v += lam_c * free[:, None] * filters
        return value, np.concatenate([grad_a, grad_W.ravel(), grad_b, grad_v.ravel()])


def _flat(net: ConvReQUNet) -> np.ndarray:
    """Return all parameters in one vector."""
    return np.concatenate([net.a, net.W.ravel(), net.b, net.filters.ravel()])
