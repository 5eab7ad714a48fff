"""A path as a list of networks, and what a path's end can be: two layers, any depth, arrays or a torch Sequential."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.problem import Problem

Net = TwoLayerNet | DeepNet


@dataclass(frozen=True, eq=False)
class Path:
    """Networks along a path, with their losses.

    Attributes:
        points: the networks, in order.
        losses: (k,) mean loss of each.
        scales: (k,) positive factor on the last layer, against the path that was given.
        parameters: (k,) position along that path in [0, 1].
        problem: what was minimised.
    """

    points: tuple[Net, ...]
    losses: np.ndarray
    scales: np.ndarray
    parameters: np.ndarray
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)

    @property
    def largest_scale(self) -> float:
        """Largest factor on the last layer."""
        return float(self.scales.max(initial=1.0))


def as_net(model: Any) -> Net:
    """Return a network from a network, (W, v), (W, v, c), (weights, biases) or a torch Sequential.

    Raises:
        InputError: anything else.
    """
    if isinstance(model, TwoLayerNet | DeepNet):
        return model
    if hasattr(model, "children"):
        return DeepNet.from_torch(model)
    if isinstance(model, tuple | list) and len(model) in (2, 3):
        first, second = model[0], model[1]
        if isinstance(first, tuple | list) and first and np.ndim(first[0]) == 2:
            return DeepNet(list(first), list(second))
        return TwoLayerNet(first, second, *model[2:])
    raise InputError(
        f"{type(model).__name__} is no network: give a TwoLayerNet, a DeepNet, (W, v) or a torch Sequential"
    )


def between(a: Net, b: Net, t: float) -> Net:
    """Return the network at (1 - t) a + t b.

    Raises:
        ShapeError: the two networks differ in kind or shape.
    """
    if isinstance(a, TwoLayerNet) and isinstance(b, TwoLayerNet):
        if a.W.shape != b.W.shape:
            raise ShapeError(f"the ends have hidden weights of shapes {a.W.shape} and {b.W.shape}; they must agree")
        return TwoLayerNet((1 - t) * a.W + t * b.W, (1 - t) * a.v + t * b.v, (1 - t) * a.c + t * b.c)
    if isinstance(a, DeepNet) and isinstance(b, DeepNet):
        if [w.shape for w in a.weights] != [w.shape for w in b.weights]:
            raise ShapeError("the ends have layers of different shapes; they must agree")
        pairs = zip([*a.weights, *a.biases], [*b.weights, *b.biases], strict=True)
        if a.slopes != b.slopes:
            raise ShapeError(f"the ends have units of slopes {a.slopes} and {b.slopes} below 0; they must agree")
        arrays = [(1 - t) * p + t * q for p, q in pairs]
        return DeepNet(arrays[: a.depth], arrays[a.depth :], _either(a, b), a.slopes)
    raise ShapeError("one end is a TwoLayerNet, the other a DeepNet; give both in one form")


def _either(a: DeepNet, b: DeepNet) -> tuple[bool, ...]:
    """Return which layers have a bias in one of two networks."""
    return tuple(p or q for p, q in zip(a.has_bias, b.has_bias, strict=True))


def scaled(net: Net, c: float) -> Net:
    """Return the network with its last layer, bias included, times c: its predictions are multiplied by c."""
    if isinstance(net, TwoLayerNet):
        return TwoLayerNet(net.W, c * net.v, c * net.c)
    return replace(net, weights=[*net.weights[:-1], c * net.weights[-1]], biases=[*net.biases[:-1], c * net.biases[-1]])
