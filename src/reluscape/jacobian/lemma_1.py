"""Lemma 1 with numbers: how large the loss can still be where the gradient is small and the Jacobian has full rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.problem import Problem, as_problem
from .matrix import jacobian

__all__ = ["LossBound", "loss_bound"]


@dataclass(frozen=True)
class LossBound:
    """What Lemma 1 says at a point.

    Attributes:
        bound: the mean squared loss is at most this; infinite where the Jacobian's rank is below n.
        rank: numerical rank of the Jacobian.
        sigma_min: its n-th singular value (0 where there are fewer than n).
        gap: sigma_rank / sigma_(rank + 1), how clearly the rank shows; infinite where nothing follows.
        grad_norm: length of the gradient of the mean loss in the trained weights.
        loss: the mean squared loss at the point.
        kind: always "numerical".
        problem: what was minimised.
    """

    bound: float
    rank: int
    sigma_min: float
    gap: float
    grad_norm: float
    loss: float
    kind: str = "numerical"
    problem: Problem | None = field(default=None, repr=False, compare=False)


def loss_bound(net: Any, X: Any, y: Any = None, trainable: str = "W", jacobian_of: Any = None) -> LossBound:
    """Return a bound on the mean squared loss at a differentiable point from its gradient alone.

    The gradient of L = (1/n) |f - y|^2 is (2/n) J^T (f - y), so that L <= n |grad L|^2 / (4 sigma_min(J)^2), where
    sigma_min is the n-th singular value of the Jacobian J (n, p). At a critical point of full rank the loss is 0.

    Args:
        net: a TwoLayerNet, a DeepNet, a torch module (automatic differentiation in all its trainable parameters), or
            any object with `predict(X)` or function of X with a `jacobian_of`, or with a method `jacobian(X)`. That the
            point is differentiable is checked for the first two only.
        X: samples (n, d) or a Dataset with targets.
        y: targets (n,).
        trainable: "W" or "Wv", for a TwoLayerNet (a number c that is added to the output is not trained).
        jacobian_of: function from X to the Jacobian (n, p) in the trained weights; replaces everything above.

    Raises:
        TieError: a sample lies on the boundary of a unit of a TwoLayerNet or DeepNet.
        InputError: no way to the Jacobian of this net.

    Source: Karhadkar and Montufar, Lemma 1, in a form that needs no exact critical point.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> found = loss_bound(TwoLayerNet([[1.0, 0.5]], [1.0]), [[1.0, 1.0]], [2.0])
        >>> found.rank, found.loss <= found.bound + 1e-15
        (1, True)
    """
    problem = as_problem(X, y)
    data = problem.only(output_bias=True)
    predict = getattr(net, "predict", net)
    if jacobian_of is not None and callable(predict):
        J = np.asarray(jacobian_of(data.X), dtype=float)
        predictions = predict(data.X)
    elif hasattr(net, "W") and hasattr(net, "v"):
        J = jacobian(net.W, net.v, data, trainable=trainable)
        predictions = predict(data.X)
    elif hasattr(net, "jacobian") and callable(predict):
        J = np.asarray(net.jacobian(data.X), dtype=float)
        predictions = predict(data.X)
    elif hasattr(net, "named_parameters"):
        from ..interop.torch_jacobian import module_jacobian

        predictions, J = module_jacobian(net, data.X)
    else:
        raise InputError(
            f"no Jacobian for a {type(net).__name__}; give a model with predict(X), or a function, and "
            "jacobian_of=function(X) -> (n, p)"
        )
    if J.shape[0] != data.n:
        raise ShapeError(f"the Jacobian has {J.shape[0]} rows for {data.n} samples")
    residual = np.asarray(predictions, dtype=float).reshape(-1) - data.y
    n = data.n
    gradient = 2 / n * J.T @ residual if n else np.zeros(J.shape[1])
    sigma = np.linalg.svd(J, compute_uv=False) if J.size else np.zeros(0)
    cutoff = DEFAULT.rank * MACHINE_PRECISION * max(J.shape) * (sigma[0] if sigma.size else 0.0)
    rank = int((sigma > cutoff).sum())
    least = float(sigma[n - 1]) if 0 < n <= len(sigma) else 0.0
    after = float(sigma[rank]) if rank < len(sigma) else 0.0
    norm = float(np.linalg.norm(gradient))
    bound = 0.0
    if n:
        bound = n * norm**2 / (4 * least**2) if rank == n else inf
    gap = float(sigma[rank - 1]) / after if rank and after > 0 else inf
    return LossBound(bound, rank, least, gap, norm, float(np.mean(residual**2)) if n else 0.0, problem=problem)
