"""What follows for a whole network that the exact test does not cover, from its layers one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...numbers.tolerances import Tolerances
from ...problem.trained.layered import Layered
from .. import Verdict
from .last_layer import LastLayer
from .layers import LayerFacts
from .leaky import LeakyLayer
from .rounding import fits_up_to_rounding
from .silent_layer import SilentLayer
from .tangent import tangential_gradient


def whole_verdict(
    layered: Layered,
    layers: tuple[LayerFacts, ...],
    last: LastLayer,
    upper: Verdict | None,
    leaky: LeakyLayer | None,
    silent: SilentLayer | None,
    loss: float,
    tolerances: Tolerances,
) -> Verdict:
    """Return the verdict on a network of any depth and any number of outputs.

    Args:
        layered: the network on its data.
        layers: facts of every layer, the output last.
        last: what the last layer alone can reach.
        upper: the exact test's verdict on the last two layers, None for several outputs.
        leaky: what is known of one hidden layer of LeakyReLU, or None.
        silent: what follows from a layer that is off on every row, or None.
        loss: of the network.
        tolerances: the numerical policy.
    """
    if silent is not None and silent.given.kind != "undecided":
        return replace(silent.verdict, differentiable=not any(layer.on_kink for layer in layers))
    verdict = _from_layers(layered, layers, last, upper, leaky, loss, tolerances)
    if silent is not None and verdict.kind == "undecided":
        return replace(verdict, reason=silent.given.reason)
    return verdict


def _from_layers(
    layered: Layered,
    layers: tuple[LayerFacts, ...],
    last: LastLayer,
    upper: Verdict | None,
    leaky: LeakyLayer | None,
    loss: float,
    tolerances: Tolerances,
) -> Verdict:
    """Return what follows from the layers.

    A direction that lowers the loss in some layers lowers it in the network; that none exists in the last two layers
    decides nothing about the others.
    """
    hidden = layers[: -2 if upper is not None else -1]
    smooth = not any(layer.on_kink for layer in layers)
    steep = [layer for layer in hidden if layer.is_steep(tolerances)]
    moving = steep if smooth else []
    if layered.loss.quadratic and loss == 0.0:
        return as_verdict("local minimum", "the loss is zero, so no network is better", smooth, loss, upper)
    if layered.loss.quadratic and fits_up_to_rounding(layered):
        reason = "every prediction is its target up to rounding, so no network is better"
        return as_verdict("local minimum", reason, smooth, loss, upper)
    if leaky is not None:
        return leaky.verdict
    along = None if smooth else tangential_gradient(layered, tolerances)
    if upper is not None and upper.kind == "not stationary" and not moving:
        kind, reason = upper.kind, f"in the last two layers: {upper.reason}"
    elif moving:
        worst = max(moving, key=lambda layer: layer.relative_gradient)
        kind, reason = "not stationary", f"the weights of layer {worst.layer} can be moved so that the loss falls"
    elif along is not None and along > tolerances.deep_gradient:
        kind, reason = "not stationary", "the weights can be moved along the kinks so that the loss falls"
    elif upper is not None and upper.kind == "saddle":
        kind, reason = "saddle", f"in the last two layers: {upper.reason}"
    elif upper is None and not last.optimal:
        kind, reason = "not stationary", "the last layer alone can be moved so that the loss falls"
    else:
        kind, reason = "undecided", _why_open(layers, steep, upper)
    return as_verdict(kind, reason, smooth, loss, upper)


def _why_open(layers: tuple[LayerFacts, ...], steep: list[LayerFacts], upper: Verdict | None) -> str:
    """Say what is known where the whole network stays undecided."""
    if steep:
        return f"samples lie on kinks of {_named(layers)}, where a gradient says nothing"
    if upper is None:
        reason = "the last layer is the best one and the gradient of the layers before vanishes"
    elif upper.kind == "local minimum":
        reason = "the last two layers are in a local minimum and the gradient of the layers before vanishes"
    else:
        reason = upper.reason
    return reason + ", which decides nothing about the whole"


def _named(layers: tuple[LayerFacts, ...]) -> str:
    """Return the layers with samples on their kinks in words."""
    numbers = [str(layer.layer) for layer in layers if layer.on_kink]
    return f"layer{'' if len(numbers) == 1 else 's'} {' and '.join(numbers)}"


def as_verdict(kind: str, reason: str, smooth: bool, loss: float, upper: Verdict | None) -> Verdict:
    """Return a verdict in floats."""
    answers: dict[str, Any] = {"local minimum": True, "saddle": False, "not stationary": False}
    return Verdict(
        kind=kind, reason=reason, is_local_minimum=answers.get(kind), differentiable=smooth, loss=loss, exact_loss=None,
        escape=None, slack=0.0, residual=upper.residual if upper is not None else 0.0, units=(), method="numerical",
        zero_rows=(), build_certificate=None,
    )  # fmt: skip
