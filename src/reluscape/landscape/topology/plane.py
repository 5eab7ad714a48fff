"""The landscape itself for data in the plane: losses on a grid, the cells' borders, minima, passes and ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from .result import BarrierTree
from .starts import Coordinates
from .ways import Way

GRID = 89
# figures to which the angles of walls that look alike agree
FIGURES = 5
WINDOW = 1.5
FINE = 16


@dataclass(frozen=True, eq=False)
class Panel:
    """The loss over a plane of weights for one choice of output signs.

    Attributes:
        signs: of the output weights.
        loss: (p, p) over the ticks, the second coordinate first.
        minima: the bottoms of valleys: number of the valley, and the place (2,).
        passes: the highest points of ways out: number of the way, and the place (2,).
        ways: parts of ways out: number of the way, and the points (k, 2).
        ticks: (2, p) values of both coordinates.
    """

    signs: tuple[int, ...]
    loss: np.ndarray
    minima: list[tuple[int, np.ndarray]]
    passes: list[tuple[int, np.ndarray]]
    ways: list[tuple[int, np.ndarray]]
    ticks: np.ndarray


@dataclass(frozen=True, eq=False)
class PlaneLandscape:
    """The landscape of one or two units on data in the plane.

    Attributes:
        kind: "weights", over the weights z = v w of one unit, or "directions", over the angles of two.
        walls: angles of the lines on which a unit switches for some sample.
        panels: one for each choice of output signs, up to relabelling.
    """

    kind: str
    walls: list[float]
    panels: list[Panel]


def plane_landscape(
    data: Dataset, tree: BarrierTree, picks: list[int], ways: list[Way], scale: Coordinates
) -> PlaneLandscape | None:
    """Return the landscape of one or two units on data in the plane, or None where there is no such picture.

    One unit: the loss over its weights z = v w in the plane, one panel for each sign of its output weight. Two units:
    the lowest loss over the sizes of the weights, against the two units' directions, one panel for each pair of signs.
    For fixed directions and signs the loss is convex in the sizes, so a panel has the valleys of the landscape.
    """
    if data.d != 2 or data.rank != 2 or tree.width > 2 or not picks:
        return None
    make = _weights if tree.width == 1 else _directions
    return make(data, tree, picks, ways, scale)


def _weights(data: Dataset, tree: BarrierTree, picks: list[int], ways: list[Way], scale: Coordinates) -> PlaneLandscape:
    """Return the two panels of one unit."""
    turn = _to_scale(scale)
    X = scale.samples(data.X)
    spots = {k: _place(tree.valleys[k].net, turn) for k in picks}
    routes = [[_place(net, turn) for net in way.networks] for way in ways]
    panels = []
    for sign in (1, -1):
        tops = [route[way.top] for way, route in zip(ways, routes, strict=True)]
        legs = [
            [[a[1].tolist(), b[1].tolist()] for a, b in pairwise(route) if {a[0], b[0]} in ({sign}, {sign, 0})]
            for route in routes
        ]
        minima = [(number, spots[k][1]) for number, k in enumerate(picks) if spots[k][0] in (sign, 0)]
        passes = [(number, z) for number, (side, z) in enumerate(tops) if side in (sign, 0)]
        ticks = _window([z for _, z in [*minima, *passes]])
        grid = np.stack(np.meshgrid(*ticks), axis=-1)
        panels.append(
            Panel(
                signs=(sign,),
                loss=_losses(sign * np.maximum(grid @ X.T, 0.0), data, tree.output_bias),
                minima=minima,
                passes=passes,
                ways=[(number, np.array(part)) for number, leg in enumerate(legs) for part in _runs(leg)],
                ticks=ticks,
            )
        )
    return PlaneLandscape("weights", _walls(X), panels)


def _window(places: list[np.ndarray]) -> np.ndarray:
    """Return the ticks (2, p) of a square around places in the plane and its origin, where every unit is off."""
    spots = np.array([*places, np.zeros(2)])
    low, high = spots.min(axis=0), spots.max(axis=0)
    half = WINDOW * (float((high - low).max()) / 2 or 1.0)
    return np.stack([np.linspace(middle - half, middle + half, GRID) for middle in (low + high) / 2])


def _directions(
    data: Dataset, tree: BarrierTree, picks: list[int], ways: list[Way], scale: Coordinates
) -> PlaneLandscape:
    """Return the three panels of two units."""
    turn = _to_scale(scale)
    X = scale.samples(data.X)
    angles = np.linspace(-np.pi, np.pi, GRID)
    features = np.maximum(X @ np.stack([np.cos(angles), np.sin(angles)]), 0.0)
    y = np.asarray(data.y, dtype=float)
    if tree.output_bias:
        features, y = features - features.mean(axis=0), y - y.mean()
    panels = []
    for signs in ((1, 1), (1, -1), (-1, -1)):
        tops = [_angles(way.networks[way.top], turn, signs)[:1] for way in ways]
        panels.append(
            Panel(
                signs=signs,
                loss=profile(signs[0] * features, signs[1] * features, y).T,
                minima=[
                    (number, np.array(spot))
                    for number, k in enumerate(picks)
                    for spot in _angles(tree.valleys[k].net, turn, signs)
                ],
                passes=[(number, np.array(spot)) for number, top in enumerate(tops) for spot in top],
                ways=[
                    (number, np.array(part))
                    for number, way in enumerate(ways)
                    for part in _curve(way.networks, turn, signs)
                ],
                ticks=np.stack([angles, angles]),
            )
        )
    walls = sorted({round(float(a), FIGURES) for w in _walls(X) for a in (w, w - np.pi if w > 0 else w + np.pi)})
    return PlaneLandscape("directions", walls, panels)


def profile(first: np.ndarray, second: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the lowest loss (p, q) of y over sizes >= 0 of two generators, columns of (n, p) and of (n, q).

    With Gram entries a, b, g and products r, s with y the explained part is the largest of 0, r_+^2 / a, s_+^2 / b and,
    where both sizes come out positive, (b r^2 - 2 g r s + a s^2) / (a b - g^2).
    """
    a, b = (first**2).sum(axis=0)[:, None], (second**2).sum(axis=0)[None, :]
    r, s, g = (first.T @ y)[:, None], (second.T @ y)[None, :], first.T @ second
    tiny = np.finfo(float).tiny
    alone = np.maximum(np.maximum(r, 0.0) ** 2 / np.maximum(a, tiny), np.maximum(s, 0.0) ** 2 / np.maximum(b, tiny))
    room = a * b - g * g
    usable = (room > np.finfo(float).eps * 64 * a * b) & (b * r > g * s) & (a * s > g * r)
    both = (b * r * r - 2 * g * r * s + a * s * s) / np.where(usable, room, 1.0)
    gain = np.where(usable, np.maximum(both, alone), alone)
    return np.asarray((float(y @ y) - gain) / len(y))


def _losses(out: np.ndarray, data: Dataset, output_bias: bool) -> np.ndarray:
    """Return mean squared losses of predictions (..., n), with the best constant where one is free."""
    error = out - np.asarray(data.y, dtype=float)
    if output_bias:
        error = error - error.mean(axis=-1, keepdims=True)
    return np.asarray((error**2).mean(axis=-1))


def _to_scale(scale: Coordinates) -> np.ndarray:
    """Return the map (d, d) that takes raw weights (rows) to the scale of the picture."""
    return np.eye(2) if scale.inputs is None else np.linalg.inv(scale.inputs.T)


def _place(net: TwoLayerNet, turn: np.ndarray) -> tuple[int, np.ndarray]:
    """Return (sign of the output weight, |v| w on the picture's scale); the sign is 0 where nothing is added."""
    z = np.abs(net.v[0]) * (net.W[0] @ turn)
    return (int(np.sign(net.v[0])) if z.any() else 0), z


def _angles(net: TwoLayerNet, turn: np.ndarray, signs: tuple[int, int]) -> list[tuple[float, float]]:
    """Return the two units' directions, both ways round where their signs agree; nothing for other signs."""
    W = net.W @ turn
    sides = tuple(int(np.sign(v)) if w.any() else 0 for v, w in zip(net.v, W, strict=True))
    angle = np.arctan2(W[:, 1], W[:, 0])
    orders = [(0, 1), (1, 0)]
    fits = [(i, j) for i, j in orders if (sides[i], sides[j]) == signs]
    return [(float(angle[i]), float(angle[j])) for i, j in fits]


def _curve(networks: Sequence[TwoLayerNet], turn: np.ndarray, signs: tuple[int, int]) -> list[list[list[float]]]:
    """Return the parts of a way that lie in one panel, broken where an angle wraps round or a unit is switched off."""
    parts: list[list[list[float]]] = []
    now: list[list[float]] = []
    for a, b in pairwise(networks):
        for t in np.linspace(0.0, 1.0, FINE):
            net = TwoLayerNet(a.W + t * (b.W - a.W), a.v + t * (b.v - a.v))
            spots = _angles(net, turn, signs)
            if not spots:
                parts, now = ([*parts, now] if len(now) > 1 else parts), []
                continue
            spot = list(spots[0])
            if now and max(abs(p - q) for p, q in zip(spot, now[-1], strict=True)) > np.pi:
                parts, now = ([*parts, now] if len(now) > 1 else parts), []
            if not now or spot != now[-1]:
                now.append(spot)
    return [*parts, now] if len(now) > 1 else parts


def _runs(segments: list[list[list[float]]]) -> list[list[list[float]]]:
    """Return segments joined end to end into lines."""
    lines: list[list[list[float]]] = []
    for a, b in segments:
        if lines and lines[-1][-1] == a:
            lines[-1].append(b)
        else:
            lines.append([a, b])
    return lines


def _walls(X: np.ndarray) -> list[float]:
    """Return the angles in [0, pi) of the lines on which a unit switches for some sample."""
    live = X[np.abs(X).sum(axis=1) > 0]
    return sorted({round(float(np.arctan2(x[0], -x[1]) % np.pi), FIGURES) for x in live})
