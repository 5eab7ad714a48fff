"""Which network to give back: the exact one beside the given weights, or one that escapes to a lower loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.losses import able, get_loss
from ...problem.networks import TwoLayerNet
from ...problem.trained.reading import Trained
from ..match import balanced
from ..slices import loss_slice
from .one_hidden_layer import Findings

HALVINGS = 40


def snapped_or_escaped(
    findings: Findings, trained: Trained, loss: Any, ahead: TwoLayerNet | None
) -> TwoLayerNet | None:
    """Return the network worth saving, or None.

    At a minimum that is the snapped network; elsewhere the lower one of the descent's end and the lowest point along
    the escape. It is balanced: |w_j| = |v_j| for every unit.

    Args:
        findings: what is known about the network.
        trained: the network on its data.
        loss: name or object.
        ahead: the lowest network along the escape, as `escaped` returns it.
    """
    if findings.verdict.is_local_minimum:
        return balanced(findings.near.net if findings.near is not None else trained.net)
    options = [findings.descent.net] if findings.descent is not None else []
    if ahead is not None:
        options.append(ahead)
    lowest = min(options, key=lambda net: net.loss(trained.data, loss=loss), default=None)
    if lowest is None:
        return None
    even = balanced(lowest)
    return even if even.loss(trained.data, loss=loss) < findings.loss else None


def escape_base(findings: Findings, trained: Trained) -> TwoLayerNet:
    """Return the network that the verdict and its escape are about."""
    return findings.here or trained.net


def escaped(findings: Findings, trained: Trained, loss: Any) -> TwoLayerNet | None:
    """Return the lowest network found along the escape direction, or None where there is none.

    The step is halved until the loss falls and then doubled while it goes on falling; for the squared loss the lowest
    point of the line is then solved.
    """
    escape = findings.verdict.escape
    if escape is None:
        return None
    base, data = escape_base(findings, trained), trained.data
    dW, dv = (np.asarray(part, dtype=float) for part in escape[:2])
    dc = float(escape[2]) if len(escape) > 2 else 0.0

    def ahead(step: float) -> TwoLayerNet:
        return TwoLayerNet(base.W + step * dW, base.v + step * dv, base.c + step * dc)

    def at(step: float) -> float:
        return ahead(step).loss(data, loss=loss)

    now, step = base.loss(data, loss=loss), 1.0
    for _ in range(HALVINGS):
        if at(step) < now:
            break
        step /= 2
    else:
        return None
    for _ in range(HALVINGS):
        if not at(2 * step) < at(step):
            break
        step *= 2
    if able(get_loss(loss), "quadratic"):
        place, value = loss_slice(base, ahead(2 * step), data).minimum()
        if place > 0 and value < at(step):
            return ahead(2 * step * place)
    return ahead(step)
