"""Each layer of a network: its gradient, the samples on or near its kinks, units that are off, on, or the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.trained.layered import Layered
from ..anatomy import parallel_groups
from .rounding import gradient_errors


@dataclass(frozen=True)
class LayerFacts:
    """What one layer does on the data; units and samples count from 0.

    Attributes:
        layer: its number, from 1; the last one is the output.
        units: number of units.
        dead: units that are on for no sample; none is dead where units have a slope below 0.
        always_active: units that are on for every sample.
        duplicated: groups of units with parallel weights, biases included.
        dead_samples: samples for which no unit of the layer is on: from here the network is a constant; none where
            units have a slope below 0.
        on_kink: (unit, sample) pairs on a hyperplane up to rounding.
        near_kink: pairs within a small angle of one, the former counted.
        gradient_norm: length of the loss gradient in the layer's weights and trained biases.
        relative_gradient: the same relative to the size of the terms that add up to it, 0 to 1.
        rounding: a bound on what rounding alone can make of the gradient's length.
    """

    layer: int
    units: int
    dead: tuple[int, ...]
    always_active: tuple[int, ...]
    duplicated: tuple[tuple[int, ...], ...]
    dead_samples: tuple[int, ...]
    on_kink: int
    near_kink: int
    gradient_norm: float
    relative_gradient: float
    rounding: float = 0.0

    def is_steep(self, tolerances: Tolerances = DEFAULT) -> bool:
        """Return whether the gradient is more than rounding and more than nothing beside its terms."""
        return self.relative_gradient > tolerances.deep_gradient and self.gradient_norm > self.rounding


def layer_facts(layered: Layered, tolerances: Tolerances = DEFAULT) -> tuple[LayerFacts, ...]:
    """Return the facts of every layer, the output last.

    With delta_k = d loss / d (pre-activation of layer k), a unit counted as off on its own hyperplane, the gradient is
    delta_k^T h_(k-1) in the weights and the column sums of delta_k in the biases.
    """
    net = layered.net
    inputs, pre = layered.inputs(), net.hidden(layered.X)
    delta = layered.loss.gradient(pre[-1], layered.Y)
    facts: list[LayerFacts] = []
    noise = gradient_errors(layered)
    for k in range(net.depth - 1, -1, -1):
        facts.insert(0, replace(_facts(layered, k, inputs[k], pre[k], delta, tolerances), rounding=noise[k]))
        if k:
            delta = (delta @ net.weights[k]) * net.derivative(k - 1, pre[k - 1])
    return tuple(facts)


def gradient_norm(facts: tuple[LayerFacts, ...]) -> float:
    """Return the length of the whole gradient."""
    return float(np.sqrt(sum(layer.gradient_norm**2 for layer in facts)))


def _facts(
    layered: Layered, k: int, h: np.ndarray, z: np.ndarray, delta: np.ndarray, tolerances: Tolerances
) -> LayerFacts:
    """Return the facts of layer k, from its inputs h, pre-activations z and the derivatives in them."""
    w, b, has_bias = layered.net.weights[k], layered.net.biases[k], layered.biases[k]
    gradient, size = delta.T @ h, np.abs(delta).T @ np.abs(h)
    total, terms = (gradient**2).sum(), (size**2).sum()
    if has_bias:
        total += (delta.sum(axis=0) ** 2).sum()
        terms += (np.abs(delta).sum(axis=0) ** 2).sum()
    norm = float(np.sqrt(total))
    share = float(np.sqrt(total / terms)) if terms > 0 else 0.0
    if k == layered.net.depth - 1:
        return LayerFacts(k + 1, len(w), (), (), (), (), 0, 0, norm, share)
    on, leaks = z > 0, bool(layered.net.slopes[k])
    live = np.asarray((h != 0).any(axis=1)) | np.full(len(h), bool(b.any()))
    dead = np.asarray(~on.any(axis=0)) & (not leaks)
    always = np.asarray(on[live].all(axis=0) & ~dead) if live.any() else np.zeros(len(w), dtype=bool)
    near = [int(_close(h, z, w, b, angle).sum()) for angle in (tolerances.snap_angles[1], tolerances.snap_angles[3])]
    return LayerFacts(
        layer=k + 1, units=len(w), dead=_places(dead), always_active=_places(always),
        duplicated=parallel_groups(np.concatenate([w, b[:, None]], axis=1), ~dead, tolerances.duplicate),
        dead_samples=_places(np.asarray(~on.any(axis=1)) & (not leaks)), on_kink=near[0], near_kink=near[1],
        gradient_norm=norm, relative_gradient=share,
    )  # fmt: skip


def kink_mask(layered: Layered, k: int, angle: float) -> np.ndarray:
    """Return which samples lie within an angle of which units' hyperplanes in hidden layer k (from 0), (n, units)."""
    h, z = layered.inputs()[k], layered.net.hidden(layered.X)[k]
    w, b = layered.net.weights[k], layered.net.biases[k]
    return _close(h, z, w, b, angle)


def _close(h: np.ndarray, z: np.ndarray, w: np.ndarray, b: np.ndarray, angle: float) -> np.ndarray:
    """Return where |z| is at most this share of the product of both lengths; a unit that gets nothing is on no kink."""
    constant = float(b.any())
    units = np.sqrt((w**2).sum(axis=1) + b**2)
    samples = np.sqrt((h**2).sum(axis=1) + constant)
    live = np.asarray((h != 0).any(axis=1)) | np.full(len(h), bool(b.any()))
    return np.asarray((np.abs(z) <= angle * np.outer(samples, units)) & live[:, None] & (units > 0))


def _places(picks: np.ndarray) -> tuple[int, ...]:
    """Return the places of the true entries."""
    return tuple(int(j) for j in np.flatnonzero(picks))
