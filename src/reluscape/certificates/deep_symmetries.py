"""Directions along which a network of a certificate does not change, and a slice across them.

Units of a layer with one pattern and the same kinks are a linear network in between: turning them into one another
changes nothing where the penalty counts all of their weights alike, and without a penalty they can be mixed at will. A
constant may be added to the logits of a softmax where nothing counts it. On c = 0 the Lagrangian is constant along each
field t, so <t, grad L> = 0 there; with grad L + G^T nu = 0 this is T G^T nu = 0 for the fields T of the slice G at the
solution. So nu = 0 where T G^T is regular, which is checked over the box.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT
from .deep_box import balls, times
from .deep_network import DeepClaim, Reduced

# a field as the layer with the units i and j that it mixes, or the column of the last layer that it shifts
Field = tuple[int, int, int]
LOGITS = -1


def slices(point: DeepClaim, net: Reduced, near: np.ndarray) -> tuple[list[Field], np.ndarray]:
    """Return independent fields, and their directions at weights `near` as rows of doubles of length 1."""
    fields: list[Field] = []
    rows: list[np.ndarray] = []
    basis: list[np.ndarray] = []
    for field in _fields(point, net):
        step = _direction(net, field, near, point.decay == 0)
        size = np.linalg.norm(step)
        step = step / size if size > 0 else step
        rest = step
        for _ in range(2):
            for b in basis:
                rest = rest - (b @ rest) * b
        if np.linalg.norm(rest) > DEFAULT.slice_rest:
            basis.append(rest / np.linalg.norm(rest))
            fields.append(field)
            rows.append(step)
    return fields, np.array(rows).reshape(len(rows), len(near))


def across(point: DeepClaim, net: Reduced, fields: list[Field], box: np.ndarray, G: np.ndarray) -> bool:
    """Return whether T G^T is regular for the fields T at every point of a box of balls."""
    if not fields:
        return True
    T = np.array([_direction(net, field, box, point.decay == 0) for field in fields], dtype=object)
    K = times(T, balls(G.T))
    try:
        near = np.linalg.inv(np.array([[float(v.mid()) for v in row] for row in K]))
    except np.linalg.LinAlgError:
        return False
    rest = times(balls(near), K) - balls(np.eye(len(K)))
    return all(bool(sum((abs(v) for v in row), 0) < 1) for row in rest)


def _fields(point: DeepClaim, net: Reduced) -> list[Field]:
    """Return the fields of the network, dependent ones among them."""
    free = point.decay == 0
    out: list[Field] = []
    for k, (on, kink) in enumerate(zip(net.on, net.kink, strict=True)):
        above = net.penalised[k + 1]
        for i in range(on.shape[1]):
            for j in range(on.shape[1]):
                alike = (on[:, i] == on[:, j]).all() and (kink[:, i] == kink[:, j]).all()
                same = (net.penalised[k][i] == net.penalised[k][j]).all() and (above[:, i] == above[:, j]).all()
                if alike and (free or (i < j and same)):
                    out.append((k, i, j))
    if point.loss == "cross_entropy":
        columns = range(net.layers[-1].shape[1])
        out += [(LOGITS, c, c) for c in columns if free or not net.penalised[-1][:, c].any()]
    return out


def _direction(net: Reduced, field: Field, weights: np.ndarray, free: bool) -> np.ndarray:
    """Return the direction of a field at weights, doubles or balls."""
    shapes = [M.shape for M in net.layers]
    places = [0, *np.cumsum([a * b for a, b in shapes]).tolist()]
    step: Any = np.zeros(places[-1]) if weights.dtype != object else balls(np.zeros(places[-1]))
    parts = [step[a:b].reshape(shape) for a, b, shape in zip(places, places[1:], shapes, strict=False)]
    old = [weights[a:b].reshape(shape) for a, b, shape in zip(places, places[1:], shapes, strict=False)]
    k, i, j = field
    if k == LOGITS:
        parts[-1][:, i] = parts[-1][:, i] + 1.0
        return np.asarray(step)
    parts[k][i] = parts[k][i] + old[k][j]
    parts[k + 1][:, j] = parts[k + 1][:, j] - old[k + 1][:, i]
    if not free:
        parts[k][j] = parts[k][j] - old[k][i]
        parts[k + 1][:, i] = parts[k + 1][:, i] + old[k + 1][:, j]
    return np.asarray(step)
