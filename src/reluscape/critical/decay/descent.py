"""Finite descent with weight decay: solve a basin, test every unit, move the worst one to the cell it falls into."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ...basins.decay.programs import programs_of
from ...basins.decay.pulls import Cells, Pull
from ...numbers.checks import readonly
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from ..descent.result import Descent
from ..onesided_float import nowhere_negative_float
from ..units import float_lines
from .optimality import decayed_verdict, open_pattern


def decayed_descent(
    problem: Problem, W: np.ndarray, v: np.ndarray, c: float, max_basins: int = 500, deadline: float = np.inf
) -> Descent:
    """Descend from basin to basin until no unit falls into another cell.

    Each basin is a convex program; its minimiser is balanced. A unit on kinks falls where the one-sided derivative is
    negative, a unit at zero where a cell is pulled by more than the decay, and entering that cell lowers J strictly.

    Args:
        problem: one output, weight decay.
        W: (m, d) hidden weights of the start.
        v: (m,) its output weights.
        c: its output bias.
        max_basins: stop after this many.
        deadline: on the monotonic clock.

    Returns:
        `Descent`; its verdict is certified where the proof succeeds.
    """
    walk = decayed_walk(problem, W, v, c, max_basins, deadline)
    net = walk.net
    verdict = decayed_verdict(problem, net.W, net.v, net.c if problem.output_bias else None)
    return Descent(
        net, walk.values, verdict, readonly(net.W), readonly(net.v), net.c if problem.output_bias else None,
        len(walk.values) - 1, walk.finished, walk.reason, problem=problem,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk from basin to basin before its end is tested.

    Attributes:
        net: the last network.
        values: J of the start and of every basin's minimiser, falling.
        finished: whether no unit falls any more.
        reason: why it stopped.
    """

    net: TwoLayerNet
    values: tuple[float, ...]
    finished: bool
    reason: str


def decayed_walk(
    problem: Problem, W: np.ndarray, v: np.ndarray, c: float, max_basins: int = 500, deadline: float = np.inf
) -> Walk:
    """Return the walk of `decayed_descent` without a verdict on its end."""
    data, programs = problem.data, programs_of(problem)
    pattern = open_pattern(problem, W)
    signs = np.where(v < 0, -1, 1)
    losses = [problem.value(TwoLayerNet(W, v, c))]
    cells = Cells(data, programs.decay.penalised)
    net, reason, at_end = TwoLayerNet(W, v, c), f"stopped after {max_basins} basins", False
    for _ in range(max_basins):
        if time.monotonic() >= deadline:
            reason = "the time was up"
            break
        point = programs.solve(pattern, signs)
        steps = falling_units(problem, cells, point, pattern, signs)
        if not steps:  # slopes with all their digits decide
            point = programs.solve(pattern, signs, sharp=True)
            steps = falling_units(problem, cells, point, pattern, signs)
        there = balanced_network(problem, point, signs)
        value = problem.value(there)
        if len(losses) > 1 and not value < losses[-1]:
            reason, at_end = "no basin beside is lower", True
            break
        net = there
        if value < losses[-1]:
            losses.append(value)
        if not steps:
            reason, at_end = "no unit falls into another cell", True
            break
        for j, cell, sign in steps:
            pattern[j], signs[j] = cell, sign
    return Walk(_asleep(problem, cells, net), tuple(losses), at_end, reason)


def balanced_network(problem: Problem, point: DecayedPoint, signs: np.ndarray) -> TwoLayerNet:
    """Return the balanced network of a point; a unit whose norm is rounding is at zero."""
    decay = programs_of(problem).decay
    norms = decay.norms(point.u)
    floor = problem.tolerances.kink_widths[0] * max(point.value / float(decay.lam), np.finfo(float).tiny)
    root = np.sqrt(np.where(norms > floor, norms, 0.0))
    W = np.where(root[:, None] > 0, point.u / np.where(root > 0, root, 1.0)[:, None], 0.0)
    c = point.c
    if decay.constant == "free":
        X = problem.data.X
        for j, (s, u) in enumerate(zip(signs, point.u, strict=True)):
            if root[j] == 0:  # a unit of no weight but its bias is a constant
                c += float(s * u[-1])
            elif len(X) and float((X @ W[j]).min()) > -floor:  # active everywhere: its bias may be shared with c
                lift = float(np.linalg.norm(W[j, :-1])) * float(np.linalg.norm(X, axis=1).max())
                W[j, -1] += lift
                c -= float(s * root[j] * lift)
    return TwoLayerNet(W, signs * root, c)


def _asleep(problem: Problem, cells: Cells, net: TwoLayerNet) -> TwoLayerNet:
    """Return the network with its units at zero dead for a negative free bias, where the cells are too many to look at.

    Such a unit is dead in a neighbourhood, whatever the slopes are.
    """
    idle = (net.v == 0) & ~net.W.any(axis=1)
    if problem.penalty.biases or not idle.any() or not cells.too_many:
        return net
    W = net.W.copy()
    W[idle, -1] = -1.0
    return TwoLayerNet(W, net.v, net.c)


def falling_units(
    problem: Problem, cells: Cells, point: DecayedPoint, pattern: np.ndarray, signs: np.ndarray
) -> list[tuple[int, np.ndarray, int]]:
    """Return (unit, its new pattern, its new sign) for each unit that falls, or for one at zero that is pulled.

    First order separates over the units and the objective is convex on the product of the new cells, so that all may
    move at once.
    """
    decay = programs_of(problem).decay
    X, lam, e = problem.data.X, float(decay.lam), point.slopes
    lengths = np.linalg.norm(X, axis=1)
    noise = problem.tolerances.proposal * (lam + float(np.abs(e) @ lengths))
    net = balanced_network(problem, point, signs)
    steps: list[tuple[int, np.ndarray, int]] = []
    for j in range(len(pattern)):
        if net.v[j] == 0:
            continue
        u = point.u[j]
        heights = X @ u
        kinks = (np.abs(heights) <= problem.tolerances.kink_widths[1] * np.linalg.norm(u) * lengths) & problem.live
        on = (heights > 0) & ~kinks
        size = float(np.linalg.norm(u[decay.penalised]))
        g = signs[j] * (e[on] @ X[on]) + np.where(decay.penalised, lam * u / size, 0.0)
        psi = float_lines(g, X[kinks], signs[j] * e[kinks], problem.tolerances.parallel, noise)
        decision = nowhere_negative_float(psi, noise)
        if decision.holds is not False or decision.direction is None:
            continue
        direction = decision.direction / np.linalg.norm(decision.direction)
        other = np.where(kinks, X @ direction > 0, on) & problem.live
        if -float(psi.value(direction)) > noise and (other != pattern[j]).any():
            steps.append((j, other, int(signs[j])))
    idle = [j for j in range(len(pattern)) if net.v[j] == 0]
    if idle and len(cells.first) and not steps:  # the search through the cells is the dear part, and comes last
        pull = _any_pull(cells, e, point.u, lam + noise)
        if pull is not None:
            steps.append((idle[0], pull.pattern, pull.sign))
    return steps


def _any_pull(cells: Cells, e: np.ndarray, weights: np.ndarray, least: float) -> Pull | None:
    """Return a pull above `least`: by a climb from the weights, from every sample, at last among all cells."""
    for samples in (False, True):
        pull = cells.climbed(e, weights, samples)
        if pull is not None and pull.value > least:
            return pull
    return None if cells.too_many else next(cells.pulls(e, least), None)
