"""A stretch of gradient descent on the objective with weight decay."""

from __future__ import annotations

import numpy as np

from ...problem.gradients import predictions, weight_gradient
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem


def decayed_stretch(problem: Problem, net: TwoLayerNet, iterations: int) -> TwoLayerNet:
    """Return the network after some L-BFGS steps on J; the given one where they do not lower it.

    Args:
        problem: one output, weight decay.
        net: where to start.
        iterations: most steps.
    """
    from scipy.optimize import minimize

    X, y, strength = problem.data.X, problem.y, float(problem.penalty.strength)
    (m, d), n = net.W.shape, max(problem.n, 1)
    in_penalty = np.ones((m, d))
    if not problem.penalty.biases:
        in_penalty[:, -1] = 0.0
    of_c = strength if problem.penalty.biases else 0.0

    def value(theta: np.ndarray) -> tuple[float, np.ndarray]:
        W, v, c = theta[: m * d].reshape(m, d), theta[m * d : -1], float(theta[-1])
        f, heights = predictions(X, W, v, c)
        slope = weight_gradient(X, heights, v, np.asarray(problem.loss.gradient(f, y), dtype=float) / n)
        in_c = float(slope.c) + of_c * c if problem.output_bias else 0.0
        gradient = np.concatenate([(slope.W + strength * in_penalty * W).ravel(), slope.v + strength * v, [in_c]])
        penalty = strength * float((in_penalty * W * W).sum() + (v * v).sum()) + of_c * c * c
        return float(np.mean(problem.loss.value(f, y))) + penalty / 2, gradient

    start = np.concatenate([net.W.ravel(), net.v, [net.c]])
    with np.errstate(over="ignore", invalid="ignore"):
        optimum = minimize(
            value, start, jac=True, method="L-BFGS-B",
            options={"maxiter": iterations, "maxfun": 2 * iterations, "gtol": 0.0, "ftol": 0.0},
        )  # fmt: skip
    theta = optimum.x
    if not np.isfinite(theta).all() or not optimum.fun < value(start)[0]:
        return net
    return TwoLayerNet(theta[: m * d].reshape(m, d), theta[m * d : -1], float(theta[-1]))
