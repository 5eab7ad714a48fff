"""A stretch of gradient descent: the way on where a basin's minimiser cannot be told apart from its neighbours."""

from __future__ import annotations

import numpy as np

from ...problem.data import Dataset
from ...problem.gradients import predictions, weight_gradient
from ...problem.losses import Loss
from ...problem.networks import TwoLayerNet


def gradient_stretch(data: Dataset, net: TwoLayerNet, output_bias: bool, loss: Loss, iterations: int) -> TwoLayerNet:
    """Return the network after some L-BFGS steps on the mean loss, balanced so that |w_j| = |v_j| to begin with.

    Args:
        data: samples with targets.
        net: where to start.
        output_bias: whether c is trained.
        loss: value(f, y) and gradient(f, y).
        iterations: most steps.
    """
    from scipy.optimize import minimize

    X, y = data.X, np.asarray(data.y, dtype=float)
    (m, d), n = net.W.shape, max(data.n, 1)
    size = np.linalg.norm(net.W, axis=1)
    both = (size > 0) & (net.v != 0)
    factor = np.where(both, np.sqrt(np.abs(net.v) / np.where(both, size, 1.0)), 1.0)
    start = np.concatenate([(net.W * factor[:, None]).ravel(), net.v / factor, [net.c]])

    def value(theta: np.ndarray) -> tuple[float, np.ndarray]:
        W, v, c = theta[: m * d].reshape(m, d), theta[m * d : -1], theta[-1]
        f, heights = predictions(X, W, v, c)
        slope = weight_gradient(X, heights, v, loss.gradient(f, y) / n)
        in_c = float(slope.c) if output_bias else 0.0
        return float(np.mean(loss.value(f, y))), np.concatenate([slope.W.ravel(), slope.v, [in_c]])

    end = minimize(value, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "gtol": 0.0})
    theta = end.x
    return TwoLayerNet(theta[: m * d].reshape(m, d), theta[m * d : -1], float(theta[-1]))
