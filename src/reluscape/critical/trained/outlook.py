"""What the answer rests on, gathered for one hidden layer and for any depth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import standardize
from ...problem.networks.untrained import drawn_by
from ...problem.trained.layered import Layered
from .answer import Outlook
from .last_layer import constant_loss
from .onward import value_and_gradient, weights_of
from .predictions import flatness, renumbered, rows_right, standardised_outputs


def floor_of(layered: Layered) -> float | None:
    """Return a loss that no network of any width goes below, None for a loss of the user's own.

    Rows with equal inputs get equal outputs, so each group of them leaves at least the loss of its best constant.
    """
    if not (layered.loss.quadratic or layered.loss.classes):
        return None
    n = len(layered.Y)
    groups = [list(group) for group in layered.data.duplicates]
    return float(sum(len(group) / n * _group_floor(layered, group) for group in groups))


def _group_floor(layered: Layered, group: list[int]) -> float:
    """Return the lowest loss of equal rows."""
    Y = layered.Y[group]
    return max(constant_loss(replace(layered, Y=Y)), 0.0) if (Y[0] != Y).any() else 0.0


def outlook(
    layered: Layered,
    kind: str,
    loss: float,
    constant: float,
    downhill: float | None,
    best: float | None,
    weight_decay: Any,
    tolerances: Tolerances = DEFAULT,
) -> Outlook:
    """Return everything that the answer rests on.

    Args:
        layered: the network on its data.
        kind: the verdict's kind.
        loss: of the network.
        constant: of the best constant.
        downhill: lowest loss that a way down is known to reach, or None.
        best: lowest loss known, or None.
        weight_decay: "unknown" where the training may have added a penalty that its gradient shows.
        tolerances: the numerical policy.
    """
    F = layered.predictions
    flat = flatness(F, layered.Y, loss, constant, tolerances)
    rescaling = standardised_outputs(F, layered.Y, tolerances) if layered.loss.quadratic else None
    if flat is not None and rescaling is not None:
        flat, rescaling = (None, rescaling) if rescaling.plain and not flat.exact else (flat, None)
    return Outlook(
        kind=kind,
        loss=loss,
        constant=constant,
        floor=floor_of(layered),
        downhill=downhill,
        best=best,
        right=rows_right(F, layered.Y, layered.loss.classes) if layered.loss.classes else None,
        rows=len(F),
        flat=flat,
        silent=is_silent(layered),
        rescaled=rescaling,
        renumbered=renumbered(F, layered.Y, layered.loss.classes, tolerances),
        decay=shown_decay(layered, tolerances) if weight_decay == "unknown" else None,
        drawn=drawn_by(layered.net, layered.has_bias, layered.data.bias),
    )


def fits_on_scaled_inputs(layered: Layered) -> bool:
    """Return whether the network beats the best constant once the inputs are standardised."""
    F = layered.net.hidden(np.asarray(standardize(layered.data).X))[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        value = layered.loss.value(F, layered.Y)
    return bool(np.isfinite(value)) and value < constant_loss(layered)


def is_silent(layered: Layered) -> bool:
    """Return whether some hidden layer is off on every row, so that only biases after it can still learn."""
    pre = zip(layered.net.hidden(layered.X)[:-1], layered.net.slopes, strict=True)
    return any(len(z) and not slope and not (z > 0).any() for z, slope in pre)


def shown_decay(layered: Layered, tolerances: Tolerances = DEFAULT) -> float | None:
    """Return the weight decay lambda for which the network is stationary, None where there is none.

    At a stationary point of loss + (lambda / 2) |theta|^2 the gradient of the plain loss is -lambda theta. The
    multiple is fitted by least squares over all weights, with the biases and without them.
    """
    gradient, theta, hidden = _gradients(layered)
    for mask in (np.ones(len(theta), dtype=bool), hidden):
        g, t = gradient[mask], theta[mask]
        size, length = float(np.linalg.norm(g)), float(t @ t)
        if size == 0 or length == 0:
            continue
        decay = -float(g @ t) / length
        rest = float(np.linalg.norm(g + decay * t))
        if decay > tolerances.stationarity * size / np.sqrt(length) and rest <= tolerances.decay_fit * size:
            return decay
    return None


def _gradients(layered: Layered) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradient, the weights beside it, and which of them are no biases of the last column or a layer."""
    theta = weights_of(layered)
    _, gradient = value_and_gradient(layered, theta)
    weights = []
    for k, (w, b, on) in enumerate(zip(layered.net.weights, layered.net.biases, layered.biases, strict=True)):
        mask = np.ones(w.shape, dtype=bool)
        if k == 0 and layered.data.bias and w.shape[1]:
            mask[:, -1] = False
        weights += [mask.reshape(-1), np.zeros(len(b) * on, dtype=bool)]
    return gradient, theta, np.concatenate(weights)
