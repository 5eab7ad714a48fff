"""Finite descent with weight decay: solve a basin, test every unit, move the worst one to the cell it falls into."""

from __future__ import annotations

import time

import numpy as np

from ...basins.decay.programs import programs_of
from ...basins.decay.pulls import Cells
from ...errors import TooLarge
from ...numbers.checks import readonly
from ...numbers.seeds import stream
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ...solvers.decayed import DecayedPoint
from ..descent.result import Descent
from ..onesided_float import nowhere_negative_float
from ..units import float_lines
from .optimality import decayed_verdict


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
    data, programs = problem.data, programs_of(problem)
    pattern = _pattern(problem, W)
    signs = np.where(v < 0, -1, 1)
    losses = [problem.value(TwoLayerNet(W, v, c))]
    cells = Cells(data, programs.decay.penalised)
    net, reason, finished = TwoLayerNet(W, v, c), f"stopped after {max_basins} basins", False
    for _ in range(max_basins):
        if time.monotonic() >= deadline:
            reason = "the time was up"
            break
        point = programs.solve(pattern, signs, sharp=True)
        there = balanced_network(problem, point, signs)
        value = problem.value(there)
        if len(losses) > 1 and not value < losses[-1]:
            reason, finished = "no basin beside is lower", True
            break
        net = there
        if value < losses[-1]:
            losses.append(value)
        step = worst_unit(problem, cells, point, pattern, signs)
        if step is None:
            reason, finished = "no unit falls into another cell", True
            break
        j, pattern[j], signs[j] = step
    verdict = decayed_verdict(problem, net.W, net.v, net.c if problem.output_bias else None)
    return Descent(
        net, tuple(losses), verdict, readonly(net.W), readonly(net.v), net.c if problem.output_bias else None,
        len(losses) - 1, finished, reason, problem=problem,
    )  # fmt: skip


def _pattern(problem: Problem, W: np.ndarray) -> np.ndarray:
    """Return an open cell of each unit, samples on hyperplanes put aside in one direction."""
    X = problem.data.X
    aside = stream(0, "side of a hyperplane").normal(size=problem.data.d)
    heights = W @ X.T
    near = np.abs(heights) <= problem.tolerances.boundary * np.outer(
        np.linalg.norm(W, axis=1), np.linalg.norm(X, axis=1)
    )
    return np.where(near, X @ aside > 0, heights > 0) & problem.live


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


def worst_unit(
    problem: Problem, cells: Cells, point: DecayedPoint, pattern: np.ndarray, signs: np.ndarray
) -> tuple[int, np.ndarray, int] | None:
    """Return (unit, its new pattern, its new sign) of the steepest fall, or None where no unit falls."""
    decay = programs_of(problem).decay
    X, lam, e = problem.data.X, float(decay.lam), point.slopes
    noise = problem.tolerances.proposal * (lam + float(np.abs(e) @ np.linalg.norm(X, axis=1)))
    net = balanced_network(problem, point, signs)
    best: tuple[float, int, np.ndarray, int] | None = None
    lengths = np.linalg.norm(X, axis=1)
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
        fall = -float(psi.value(direction))
        other = np.where(kinks, X @ direction > 0, on) & problem.live
        if fall > noise and (best is None or fall > best[0]) and (other != pattern[j]).any():
            best = fall, j, other, int(signs[j])
    idle = [j for j in range(len(pattern)) if net.v[j] == 0]
    if idle and len(cells.first):
        try:
            found = cells.largest(e)
        except TooLarge:
            found = None
        if found is not None and found.value - lam > max(noise, 0.0 if best is None else best[0]):
            best = found.value - lam, idle[0], found.pattern, found.sign
    return None if best is None else best[1:]
