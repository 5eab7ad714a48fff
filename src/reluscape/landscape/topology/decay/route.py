"""Ways between basins with weight decay: corners u_j = |v_j| w_j, joined by lines inside closed basins."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ....problem.networks import TwoLayerNet
from ..polyline import edges_between, matched
from .graph import DecayedGraph

# (U (m, d), output signs (m,), c)
Point = tuple[np.ndarray, np.ndarray, float]
PIECES = 24


def balanced_net(U: np.ndarray, signs: np.ndarray, c: float, decay: Any, stretch: float = 0.0) -> TwoLayerNet:
    """Return the network with these u_j = |v_j| w_j, |P w_j| = |v_j| times e^(2 stretch)."""
    norms = decay.norms(U)
    root = np.sqrt(norms)
    safe = np.where(norms > 0, root, 1.0)[:, None]
    W = np.where((norms > 0)[:, None], U / safe, 0.0) * np.exp(stretch)
    return TwoLayerNet(W, signs * root * np.exp(-stretch), c)


def route(graph: DecayedGraph, start: Point, states: list[int], end: int, open_edges: np.ndarray) -> list[Point]:
    """Return the corners from a point to the bottom of a node; between corners u and c move along lines.

    Along a line the objective of balanced weights is convex, so that it stays below the higher of two corners.

    Args:
        graph: the landscape.
        start: a point.
        states: a state for each unit whose closed cell holds it, -1 for a unit at zero.
        end: the node to reach.
        open_edges: the edges that may be taken.
    """
    order = list(states)
    corners = [start, graph.lowest_point(order)]
    begin = graph.node_of(order)
    if begin == end:
        return corners
    for _, b, _ in edges_between(graph, begin, end, open_edges):
        order = _cross(graph, corners, order, b)
    corners.append(graph.lowest_point(order))
    return corners


def _cross(graph: DecayedGraph, corners: list[Point], order: list[int], b: int) -> list[int]:
    """Append the corner that lies on the edge to node b, and return the units' states on its other side."""
    into_hub = len(graph.members(b)) < len(order)
    keep, remaining = matched(order, graph.members(b))
    moving = [j for j, stays in enumerate(keep) if not stays]
    new = list(order)
    if not moving:
        return new
    if into_hub or len(moving) > 1 or order[moving[0]] < 0:
        corners.append(graph.lowest_point([s if stays else -1 for s, stays in zip(order, keep, strict=True)]))
        for j in moving:
            new[j] = remaining.pop(0) if remaining else -1
        return new
    j, target = moving[0], remaining[0]
    new[j] = target
    on_wall = list(order)
    on_wall[j] = graph.states.wall(order[j], target)
    corners.append(graph.lowest_point(on_wall))
    return new


def sampled(corners: list[Point], pieces: int = PIECES) -> list[Point]:
    """Return points along the lines between corners, each corner among them.

    A unit whose sign differs at the two ends is at zero at one of them.
    """
    out = [corners[0]]
    for (U, s, c), (V, t, d) in pairwise(corners):
        there = np.abs(V).sum(axis=1) > 0
        signs = np.where(there, t, s)
        out += [(U + q * (V - U), signs, c + q * (d - c)) for q in np.linspace(0.0, 1.0, pieces + 1)[1:]]
    return out
