"""Lines with corners between two networks, their highest places lowered by a search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.gradients import layer_gradient, layer_outputs
from ...problem.losses import able
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.problem import Problem
from .objective import Objective
from .result import Net

# places on every leg that the search looks at; it flattens the highest of them in so many rounds, each so much sharper
SEARCH_SAMPLES, ROUNDS, SHARPER, STEPS = 8, 3, 5.0, 60


def has_output_bias(net: Net) -> bool:
    """Return whether the output bias is a weight like others."""
    if isinstance(net, DeepNet):
        return net.has_bias[-1]
    return bool(net.output_bias) if net.output_bias is not None else net.c != 0


def bent(a: Net, b: Net, problem: Problem, bends: int, seed: int) -> list[list[Net]]:
    """Return lines with corners whose highest places were lowered, by L-BFGS on a smooth maximum of their losses.

    The smooth maximum is log(mean exp(k L)) / k over places on all legs; k grows from round to round, one line each.
    """
    from scipy.optimize import minimize

    if not np.isfinite([_value(net, problem) for net in (a, b)]).all():
        raise InputError("a network has a loss that is not finite; training diverged")
    ends = [_vector(net) for net in (a, b)]
    rng = np.random.default_rng(seed)
    size = 0.01 * float(np.abs(ends[1] - ends[0]).mean())
    places = np.linspace(0.0, 1.0, bends + 2)
    inner = np.array([(1 - t) * ends[0] + t * ends[1] for t in places[1:-1]])
    inner = inner + size * rng.standard_normal(inner.shape)
    shares = np.linspace(0.0, 1.0, SEARCH_SAMPLES + 1)[:-1]
    sharp = 10.0

    def smooth(flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the smooth maximum and its gradient in the corners."""
        corners = [ends[0], *flat.reshape(inner.shape), ends[1]]
        losses, slopes, spots = [], [], []
        for leg in range(bends + 1):
            for t in shares:
                value, slope = _value_and_slope(a, (1 - t) * corners[leg] + t * corners[leg + 1], problem)
                losses.append(value)
                slopes.append(slope)
                spots.append((leg, t))
        exponents = sharp / scale * np.array(losses)
        top = exponents.max()
        weights = np.exp(exponents - top)
        total = scale / sharp * (top + np.log(weights.mean()))
        weights = weights / weights.sum()
        out = np.zeros((bends + 2, len(ends[0])))
        for weight, slope, (leg, t) in zip(weights, slopes, spots, strict=True):
            out[leg] += weight * (1 - t) * slope
            out[leg + 1] += weight * t * slope
        return float(total), out[1:-1].reshape(-1)

    scale = max(*(_value(net, problem) for net in (a, b)), MACHINE_PRECISION)
    lines, flat = [], inner.reshape(-1)
    for _ in range(ROUNDS):
        with np.errstate(over="ignore", invalid="ignore"):
            end = minimize(smooth, flat, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
        if np.isfinite(end.x).all():
            flat = end.x
        lines.append([a, *(_network(a, row) for row in flat.reshape(inner.shape)), b])
        sharp *= SHARPER
    return lines


def _vector(net: Net) -> np.ndarray:
    """Return all weights as one vector."""
    if isinstance(net, TwoLayerNet):
        return np.concatenate([np.reshape(net.W, -1), net.v, [net.c]])
    return np.concatenate(
        [np.reshape(part, -1) for w, b in zip(net.weights, net.biases, strict=True) for part in (w, b)]
    )


def _network(like: Net, theta: np.ndarray) -> Net:
    """Return the network of a vector; an output bias or a bias that the shape does not have stays 0."""
    if isinstance(like, TwoLayerNet):
        size = like.W.size
        c = float(theta[-1]) if has_output_bias(like) else like.c
        return TwoLayerNet(theta[:size].reshape(like.W.shape), theta[size:-1], c, like.output_bias)
    weights, biases, at = [], [], 0
    for w, b, has in zip(like.weights, like.biases, like.has_bias, strict=True):
        weights.append(theta[at : at + w.size].reshape(w.shape))
        biases.append(theta[at + w.size : at + w.size + len(b)] if has else np.zeros(len(b)))
        at += w.size + len(b)
    return replace(like, weights=weights, biases=biases)


def _value(net: Net, problem: Problem) -> float:
    """Return the mean loss of a network."""
    return float(Objective(problem)(net.predict(np.asarray(problem.data.X))))


def _value_and_slope(like: Net, theta: np.ndarray, problem: Problem) -> tuple[float, np.ndarray]:
    """Return the mean loss and its gradient at a vector of weights."""
    net = _network(like, theta)
    X, Y, mean = np.asarray(problem.data.X), problem.targets, problem.mean_loss
    below: tuple[float, ...] = ()
    if isinstance(net, TwoLayerNet):
        weights, biases = [net.W, net.v[None, :]], [np.zeros(len(net.v)), np.array([net.c])]
    else:
        weights, biases, below = list(net.weights), list(net.biases), net.slopes
    heights = layer_outputs(X, weights, biases, below)
    if heights[-1].shape != Y.shape:
        if not able(problem.loss, "joint"):
            raise ShapeError(f"the networks have {heights[-1].shape[1]} outputs, the targets {Y.shape[1]}")
        Y = np.eye(heights[-1].shape[1])[Objective(problem).labels(heights[-1])]
    slope = layer_gradient(X, weights, heights, mean.gradient(heights[-1], Y), below)
    if isinstance(net, TwoLayerNet):
        in_c = slope.biases[-1] if has_output_bias(like) else 0 * slope.biases[-1]
        flat = np.concatenate([slope.weights[0].reshape(-1), slope.weights[1][0], in_c])
    else:
        parts = zip(slope.weights, slope.biases, net.has_bias, strict=True)
        flat = np.concatenate([part.reshape(-1) for w, b, has in parts for part in (w, b if has else 0 * b)])
    return float(mean.value(heights[-1], Y)), flat
