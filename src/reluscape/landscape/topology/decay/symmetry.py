"""Symmetries of a problem with weight decay, by which minima have exactly equal values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ....problem.losses import LogisticLoss
from ....problem.problem import Problem

if TYPE_CHECKING:
    from .graph import DecayedGraph

MOST, MOST_STEPS, MOST_ROWS = 400, 200_000, 60


def symmetries(problem: Problem) -> list[tuple[np.ndarray, int]]:
    """Return permutations p of the samples (p[i] is where sample i goes) with a sign that leave the objective alone.

    A permutation that keeps every inner product of samples is an orthogonal map of weight space; where the hidden bias
    is free, one that keeps every distance of samples is. The targets go along, or change their sign together with the
    output weights (around their middle where the output bias is free). At most 400 are returned; the identity is one.

    >>> [(p.tolist(), s) for p, s in symmetries(Problem([[1], [-1]], [2, 2], weight_decay=1))]
    [([0, 1], 1), ([1, 0], 1)]
    """
    data, n = problem.data, problem.n
    if n > MOST_ROWS:
        return [(np.arange(n), 1)]
    X = data.fractions
    if problem.penalty.biases:
        table = X.dot(X.T)
    else:
        Z = X[:, :-1]
        square = (Z * Z).sum(axis=1)
        table = square[:, None] + square[None, :] - 2 * Z.dot(Z.T)
    y = [Fraction(v) for v in data.y_fractions]
    out: list[tuple[np.ndarray, int]] = []
    for sign in (1, -1):
        goal = _images(problem, y, sign)
        if goal is not None:
            out += [(np.array(p), sign) for p in _permutations(table, y, goal)]
    return out[:MOST]


def _images(problem: Problem, y: list[Fraction], sign: int) -> list[Fraction] | None:
    """Return the target that each sample's image must have, None where the sign cannot change."""
    if sign == 1:
        return y
    if isinstance(problem.loss, LogisticLoss):
        return [-v for v in y] if problem.loss.labels == (-1, 1) else [1 - v for v in y]
    if problem.output_bias and not problem.penalty.biases:
        return [min(y) + max(y) - v for v in y]
    return [-v for v in y]


def _permutations(table: np.ndarray, y: list[Fraction], goal: list[Fraction]) -> list[list[int]]:
    """Return the permutations that keep a symmetric table and send each sample to one with its goal as target."""
    n = len(y)
    key = [tuple(sorted(map(str, table[i]))) for i in range(n)]
    out: list[list[int]] = []
    steps = 0

    def extend(image: list[int]) -> None:
        nonlocal steps
        steps += 1
        if len(out) >= MOST or steps > MOST_STEPS:
            return
        i = len(image)
        if i == n:
            out.append(list(image))
            return
        for k in range(n):
            if k in image or y[k] != goal[i] or table[k, k] != table[i, i] or key[k] != key[i]:
                continue
            if all(table[i, a] == table[k, b] for a, b in enumerate(image)):
                extend([*image, k])

    extend([])
    return out


def symmetric_leaves(graph: DecayedGraph, problem: Problem, leaves: list[int], group: tuple[int, ...]) -> bool:
    """Return whether the valleys of a group (places among the leaves) are images of one another."""
    targets = {leaves[k] for k in group}
    start = leaves[group[0]]
    images = {start}
    place = {p.tobytes(): c for c, p in enumerate(graph.states.cells.patterns)}
    members = [graph.states.describe(s) for s in graph.members(start)]
    for order, sign in symmetries(problem):
        states = []
        for cell, out in members:
            image = np.zeros(problem.n, dtype=bool)
            image[order] = graph.states.cells.patterns[cell]
            states.append(graph.states.state(place.get(image.tobytes(), -1), out * sign))
        if all(s >= 0 for s in states):
            states += [-1] * (graph.nodes.units - len(states))
            images.add(int(graph.lowest_from(np.array([graph.node_of(states)]))[0]))
    return targets <= images
