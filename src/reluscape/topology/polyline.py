"""Polylines of networks between basins: a way through walls and hubs on which the loss stays below a ceiling."""

from __future__ import annotations

from collections import deque

import numpy as np

from ..networks import TwoLayerNet
from .graph import Graph


def polyline(
    graph: Graph, net: TwoLayerNet, start: int, end: int, ceiling: float, c: float | None
) -> list[TwoLayerNet]:
    """Return corner networks from the start to the bottom of a node; between corners the loss stays below the ceiling.

    Each piece moves w_j at fixed v_j, or v_j at w_j = 0 (or any w_j at v_j = 0), so predictions change linearly inside
    one basin and the loss is convex there.
    """
    path = [net, *into_basin(graph, net, start, c)]
    if start == end:
        return path
    order = _slots(graph, net)
    for a, b, edge in _edges_between(graph, start, end, ceiling):
        order = _cross(graph, path, order, a, b, edge, c)
    path += _descend(graph, path[-1], order, c)
    return path


def _slots(graph: Graph, net: TwoLayerNet) -> list[int]:
    """Return the state of each unit of a network, -1 for a unit that is switched off."""
    return [graph_state(graph, graph.generators.cells.data.X, w, out) for w, out in zip(net.W, net.v, strict=True)]


def graph_state(graph: Graph, X: np.ndarray, w: np.ndarray, out: float) -> int:
    """Return the state of one unit, -1 where its output weight is zero or no sample activates it."""
    if out == 0:
        return -1
    products = X @ w
    patterns = graph.generators.cells.patterns
    size = np.abs(X) @ np.abs(w)
    certain = np.abs(products) > np.finfo(float).eps * 64 * size
    cell = int(np.argmax((patterns[:, certain] == (products > 0)[certain]).all(axis=1)))
    return graph.generators.state(cell, 1 if out > 0 else -1)


def into_basin(graph: Graph, net: TwoLayerNet, node: int, c: float | None) -> list[TwoLayerNet]:
    """Return the corners from a network to the lowest point of its own basin."""
    return _descend(graph, net, _slots(graph, net), c)


def _descend(graph: Graph, net: TwoLayerNet, order: list[int], c: float | None) -> list[TwoLayerNet]:
    """Return the corners to the lowest point with every unit in its present state (switched-off units stay off)."""
    units = [graph.generators.rays_of_state[s] if s >= 0 else () for s in order]
    Z, bias = graph.generators.minimiser(units)
    return _move(net, np.array(Z, dtype=float), None if c is None else float(bias))


def _move(net: TwoLayerNet, Z: np.ndarray, bias: float | None) -> list[TwoLayerNet]:
    """Return corners from a network to given products z_j = v_j w_j without changing any output weight's sign.

    A unit with v_j = 0 first drops its w_j, which changes no prediction, and then takes v_j = 1 at w_j = 0.
    """
    corners = []
    W, v, c = np.array(net.W), np.array(net.v), net.c
    off = v == 0
    if off.any():
        W = np.where(off[:, None], 0.0, W)
        corners.append(TwoLayerNet(W, v, c))
        v = np.where(off, 1.0, v)
        corners.append(TwoLayerNet(W, v, c))
    target = Z / v[:, None]
    corners.append(TwoLayerNet(target, v, c if bias is None else bias))
    return corners


def _edges_between(graph: Graph, start: int, end: int, ceiling: float) -> list[tuple[int, int, int]]:
    """Return the edges (from, to, number) of a shortest way between two nodes below the ceiling."""
    usable = np.flatnonzero(graph.height <= ceiling)
    tails = np.concatenate([graph.left[usable], graph.right[usable]])
    heads = np.concatenate([graph.right[usable], graph.left[usable]])
    numbers = np.concatenate([usable, usable])
    by_tail = np.argsort(tails, kind="stable")
    tails, heads, numbers = tails[by_tail], heads[by_tail], numbers[by_tail]
    first = np.searchsorted(tails, np.arange(len(graph.birth) + 1))
    came: dict[int, tuple[int, int]] = {start: (-1, -1)}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node == end:
            break
        for k in range(int(first[node]), int(first[node + 1])):
            head = int(heads[k])
            if head not in came:
                came[head] = (node, int(numbers[k]))
                queue.append(head)
    way = []
    node = end
    while node != start:
        before, edge = came[node]
        way.append((before, node, edge))
        node = before
    return way[::-1]


def _cross(
    graph: Graph, path: list[TwoLayerNet], order: list[int], a: int, b: int, edge: int, c: float | None
) -> list[int]:
    """Append the corners that cross one edge, and return the units' states on its other side."""
    to = list(graph.members(b))
    remaining = list(to)
    keep = [False] * len(order)
    for j, s in enumerate(order):
        if s in remaining:
            remaining.remove(s)
            keep[j] = True
    moving = [j for j, kept in enumerate(keep) if not kept]
    generators = graph.generators
    units = [generators.rays_of_state[s] if kept and s >= 0 else () for s, kept in zip(order, keep, strict=True)]
    new = list(order)
    if not moving:
        return new
    if len(to) < len(order) or len(moving) > 1 or order[moving[0]] < 0:
        # into or out of a hub: the moving units pass through z_j = 0
        Z, bias = generators.minimiser(units)
        path += _move(path[-1], np.array(Z, dtype=float), None if c is None else float(bias))
        last = path[-1]
        for j in moving:
            new[j] = remaining.pop(0) if remaining else -1
        signs = [generators.describe(s)[1] if s >= 0 else 0 for s in new]
        v = np.array([s * max(abs(x), 1.0) if s and np.sign(x) != s else x for s, x in zip(signs, last.v, strict=True)])
        if not np.array_equal(v, last.v):
            path.append(TwoLayerNet(last.W, v, last.c))
        return new
    j, target = moving[0], remaining[0]
    units[j] = generators.shared_rays(order[j], target)
    Z, bias = generators.minimiser(units)
    path += _move(path[-1], np.array(Z, dtype=float), None if c is None else float(bias))
    new[j] = target
    return new
