"""Polylines of networks between basins: a way through walls and hubs on which the loss stays below a ceiling."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from ...problem.networks import TwoLayerNet
from .graph import Graph


def polyline(
    graph: Graph, net: TwoLayerNet, states: list[int], end: int, open_edges: np.ndarray, c: float | None
) -> list[TwoLayerNet]:
    """Return corner networks from the start to the bottom of a node; between corners the loss stays below the ceiling.

    Each piece moves w_j at fixed v_j, or v_j at w_j = 0 (or any w_j at v_j = 0), so predictions change linearly inside
    one basin and the loss is convex there.

    Args:
        graph: the landscape.
        net: the start.
        states: a state for each unit whose closed cell holds it, -1 for a unit that adds nothing.
        end: the node to reach.
        open_edges: the edges that may be taken; none is above the ceiling.
        c: the output bias where it is trained, else None.
    """
    start = graph.node_of(states)
    path = [net, *_descend(graph, net, states, c)]
    if start == end:
        return path
    order = list(states)
    for _, b, _ in edges_between(graph, start, end, open_edges):
        order = _cross(graph, path, order, b, c)
    path += _descend(graph, path[-1], order, c)
    return path


def _descend(graph: Graph, net: TwoLayerNet, order: list[int], c: float | None) -> list[TwoLayerNet]:
    """Return the corners to the lowest point with every unit in its present state (switched-off units stay off)."""
    units = [graph.generators.rays_of_state[s] if s >= 0 else () for s in order]
    return _move(graph, net, order, units, c)


def _move(
    graph: Graph, net: TwoLayerNet, order: list[int], units: list[tuple[int, ...]], c: float | None
) -> list[TwoLayerNet]:
    """Return corners to the lowest point over the given rays without changing any output weight's sign.

    A unit with v_j = 0 first drops its w_j, which changes no prediction, and then takes v_j = 1 or -1 at w_j = 0, the
    sign of its state.
    """
    exact, bias = graph.generators.minimiser(units)
    corners = []
    W, v, now = np.array(net.W), np.array(net.v), net.c
    off = v == 0
    if off.any():
        W = np.where(off[:, None], 0.0, W)
        corners.append(TwoLayerNet(W, v, now))
        signs = [graph.generators.describe(s)[1] if s >= 0 else 1 for s in order]
        v = np.where(off, np.array(signs, dtype=float), v)
        corners.append(TwoLayerNet(W, v, now))
    target = np.array(exact, dtype=float) / v[:, None]
    corners.append(TwoLayerNet(target, v, now if c is None else float(bias)))
    return corners


def edges_between(graph: Graph, start: int, end: int, usable: np.ndarray) -> list[tuple[int, int, int]]:
    """Return the edges (from, to, number) of a shortest way between two nodes along usable edges."""
    tails = np.concatenate([graph.left[usable], graph.right[usable]])
    heads = np.concatenate([graph.right[usable], graph.left[usable]])
    numbers = np.concatenate([usable, usable])
    by_tail = np.argsort(tails, kind="stable")
    tails, heads, numbers = tails[by_tail], heads[by_tail], numbers[by_tail]
    first = np.searchsorted(tails, np.arange(len(graph.births) + 1))
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


def matched(order: Sequence[int], members: Iterable[int]) -> tuple[list[bool], list[int]]:
    """Return which units keep their state on the way to a node, and the node's states that are left for the others."""
    keep, remaining = [False] * len(order), list(members)
    for j, s in enumerate(order):
        if s in remaining:
            remaining.remove(s)
            keep[j] = True
    return keep, remaining


def _cross(graph: Graph, path: list[TwoLayerNet], order: list[int], b: int, c: float | None) -> list[int]:
    """Append the corners that cross the edge to node b, and return the units' states on its other side."""
    into_hub = len(graph.members(b)) < len(order)
    keep, remaining = matched(order, graph.members(b))
    moving = [j for j, stays in enumerate(keep) if not stays]
    generators = graph.generators
    units = [generators.rays_of_state[s] if stays and s >= 0 else () for s, stays in zip(order, keep, strict=True)]
    new = list(order)
    if not moving:
        return new
    if into_hub or len(moving) > 1 or order[moving[0]] < 0:
        # into or out of a hub: the moving units pass through z_j = 0
        path += _move(graph, path[-1], order, units, c)
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
    path += _move(graph, path[-1], order, units, c)
    new[j] = target
    return new
