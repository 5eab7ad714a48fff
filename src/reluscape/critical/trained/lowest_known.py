"""The lowest network known beside a trained one, and the lowest loss that a way down from it reaches."""

from __future__ import annotations

from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.trained.layered import Layered
from .examination import Part, with_top
from .last_layer import LastLayer
from .leaky import LeakyLayer
from .one_hidden_layer import Findings
from .onward import trained_on


def lowest_known(
    layered: Layered,
    part: Part | None,
    last: LastLayer,
    leaky: LeakyLayer | None,
    onward: tuple[DeepNet, float],
    loss: float,
) -> tuple[DeepNet, float] | None:
    """Return the lowest network known, with its loss; None where none is lower.

    With several hidden layers only networks with the given first layers are put forward.
    """
    options = [(last.net, loss_of(layered, last.net))]
    if part is not None and part.saved is not None:
        options.append(lifted(layered, part.saved[0]))
    if part is not None and part.findings.best is not None:
        options.append(lifted(layered, part.findings.best[0]))
    if leaky is not None:
        options += [onward, *([leaky.best] if leaky.best is not None else [])]
    lowest = min(options, key=lambda option: option[1])
    return lowest if lowest[1] < loss else None


def way_down(layered: Layered, findings: Findings) -> float:
    """Return the lowest loss that a way down from here is known to reach, for a network under the exact test."""
    descent = findings.descent
    losses = [] if findings.basin is None else [findings.basin]
    if descent is not None:
        losses.append(descent.net.loss(layered.data, layered.Y[:, 0], loss=layered.loss.each))
    if descent is None or not descent.finished:
        losses.append(trained_on(layered)[1])
    return min(losses)


def downhill(
    layered: Layered,
    part: Part | None,
    last: LastLayer,
    leaky: LeakyLayer | None,
    onward: tuple[DeepNet, float],
    loss: float,
) -> float:
    """Return the same for any other network."""
    losses = [loss, last.lowest, onward[1]]
    if leaky is not None and leaky.basin is not None:
        losses.append(leaky.basin)
    if part is not None and part.findings.descent is not None:
        losses.append(lifted(layered, part.findings.descent.net)[1])
    return min(losses)


def lifted(layered: Layered, upper: TwoLayerNet) -> tuple[DeepNet, float]:
    """Return the network with new last two layers and its loss."""
    net = with_top(layered, upper)
    return net, loss_of(layered, net)


def loss_of(layered: Layered, net: DeepNet) -> float:
    """Return the loss of a network on the same data."""
    return layered.loss.value(net.hidden(layered.X)[-1], layered.Y)
