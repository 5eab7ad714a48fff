"""The gradient along the kinks: what can be gained while every sample that lies on a hyperplane stays on it."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.networks import DeepNet
from ...problem.trained.layered import Layered
from .jacobian_facts import output_jacobian
from .layers import kink_mask

MOST_ENTRIES = 5_000_000


def tangential_gradient(layered: Layered, tolerances: Tolerances = DEFAULT) -> float | None:
    """Return the length of the gradient along the kinks, relative to the size of its terms; None where too large.

    A direction that keeps all pre-activations on hyperplanes at 0 to first order crosses none of them, so the loss
    has the derivative <g, d> along it whatever side of its kink each unit counts to; with d the projection of -g on
    these directions, a length that is not 0 shows that the point is not stationary.

    Args:
        layered: the network on its data.
        tolerances: how close to a hyperplane counts as on it.
    """
    net, n = layered.net, layered.data.n
    columns = sum(w.size + len(b) for w, b in zip(net.weights, net.biases, strict=True))
    if n * max(layered.Y.shape[1], *net.widths) * columns > MOST_ENTRIES:
        return None
    J = output_jacobian(layered)
    errors = layered.loss.gradient(layered.predictions, layered.Y).reshape(-1)
    gradient, size = J.T @ errors, np.abs(J).T @ np.abs(errors)
    rows = [_tied_rows(layered, k, J.shape[1], tolerances) for k in range(net.depth - 1)]
    normals = np.concatenate(rows)
    if len(normals):
        scale = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = normals / np.where(scale > 0, scale, 1.0)
        gradient = gradient - normals.T @ np.linalg.lstsq(normals.T, gradient, rcond=None)[0]
    terms = float(np.linalg.norm(size))
    return float(np.linalg.norm(gradient)) / terms if terms > 0 else 0.0


def _tied_rows(layered: Layered, k: int, columns: int, tolerances: Tolerances) -> np.ndarray:
    """Return the derivatives of layer k's pre-activations that lie on hyperplanes, one row each."""
    net = layered.net
    on_kink = kink_mask(layered, k, tolerances.snap_angles[1])
    if not on_kink.any():
        return np.zeros((0, columns))
    part = DeepNet(net.weights[: k + 1], net.biases[: k + 1], net.has_bias[: k + 1], net.slopes[:k])
    below = Layered(
        part, layered.data, np.zeros(on_kink.shape), layered.biases[: k + 1], layered.loss, None, None, False,
    )  # fmt: skip
    J = output_jacobian(below)[on_kink.reshape(-1)]
    return np.concatenate([J, np.zeros((len(J), columns - J.shape[1]))], axis=1)
