"""How far the loss rises along the straight piece between two networks of one shape."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.networks import TwoLayerNet
from .objective import Objective
from .result import Net, between

# places at which a piece is looked at where it is no polynomial
SAMPLES = 32
# a change of sides this near to an end, as a share of the piece, waits until the piece is shorter
EDGE = 2.0**-20


def largest_rise(a: Net, b: Net, X: np.ndarray, objective: Objective) -> float:
    """Return the most by which the loss on the straight piece from a to b rises above an earlier point of it.

    Between two networks of one hidden layer and one output every unit changes sides at most once for each sample, and
    between these places the predictions are of degree 2 in the position and the squared loss of degree 4: its extremes
    are roots of a cubic, so that nothing between them is missed. Any other loss or depth is looked at in 32 places and
    where units change sides; a rise that is over between two of these is not seen.
    """
    if isinstance(a, TwoLayerNet) and isinstance(b, TwoLayerNet) and objective.squared:
        losses = _quartic_losses(a, b, X, objective.y)
    else:
        places = np.union1d(np.linspace(0.0, 1.0, SAMPLES + 1), _crossings(a, b, X))
        losses = np.array([objective(between(a, b, t).predict(X)) for t in places.tolist()])
    lowest = np.minimum.accumulate(losses)
    return float((losses - lowest).max(initial=0.0))


def rounding_of(objective: Objective, P: np.ndarray) -> float:
    """Return how far rounding may move a loss of predictions of this size."""
    return 64 * MACHINE_PRECISION * (objective(P) + objective(0 * P)) * max(len(P), 1)


def cut_of(a: Net, b: Net, X: np.ndarray) -> float:
    """Return where to cut the piece in two: where a unit changes sides, nearest the middle, or else in the middle.

    The factor that holds the loss down bends there, and halving alone would never put a point on the bend.
    """
    places = _crossings(a, b, X)
    places = places[(places > EDGE) & (places < 1 - EDGE)]
    return float(places[np.abs(places - 0.5).argmin()]) if len(places) else 0.5


def _crossings(a: Net, b: Net, X: np.ndarray) -> np.ndarray:
    """Return where on [0, 1] units change sides, in later layers where they would with pre-activations on a line."""
    h, end = np.hstack(_heights(a, X)), np.hstack(_heights(b, X))
    with np.errstate(divide="ignore", invalid="ignore"):
        places = (h / (h - end)).reshape(-1)
    return np.asarray(places[(places > 0) & (places < 1)])


def _heights(net: Net, X: np.ndarray) -> list[np.ndarray]:
    """Return the pre-activations of the hidden layers."""
    return [X @ net.W.T] if isinstance(net, TwoLayerNet) else net.hidden(X)[:-1] or [np.zeros((len(X), 0))]


def _quartic_losses(a: TwoLayerNet, b: TwoLayerNet, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the squared loss at the ends of every polynomial piece and at the extremes inside, in order."""
    h, dh = X @ a.W.T, X @ (b.W - a.W).T
    v, dv = a.v, b.v - a.v
    cuts = np.concatenate([[0.0], np.unique(_crossings(a, b, X)), [1.0]])
    losses = []
    for low, high in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        on = h + (low + high) / 2 * dh > 0
        # heights at the start of the piece keep the numbers small
        start, height, weight, length = h + low * dh, dh, v + low * dv, high - low
        r = (on * start) @ weight + (a.c + low * (b.c - a.c)) - y
        p = length * ((on * height) @ weight + (on * start) @ dv + (b.c - a.c))
        q = length**2 * ((on * height) @ dv)
        loss = np.array([r @ r, 2 * (r @ p), p @ p + 2 * (r @ q), 2 * (p @ q), q @ q]) / max(len(y), 1)
        losses += [loss[0], *_inside(loss), float(loss.sum())]
    return np.array(losses)


def _inside(loss: np.ndarray) -> list[float]:
    """Return the values of a quartic at its extremes in (0, 1), in order; none where its derivative keeps one sign."""
    d = loss[1:] * np.array([1.0, 2.0, 3.0, 4.0])
    # Bernstein coefficients of the derivative: all of one sign, no extreme
    corners = np.array([d[0], d[0] + d[1] / 3, d[0] + 2 * d[1] / 3 + d[2] / 3, d.sum()])
    if (corners <= 0).all() or (corners >= 0).all():
        return []
    roots = np.polynomial.polynomial.polyroots(np.trim_zeros(d, "b"))
    places = np.sort(roots.real[(roots.real > 0) & (roots.real < 1)])
    return [float(value) for value in np.polynomial.polynomial.polyval(places, loss)]
