"""How often random starts reach the global minimum with weight decay, and how often gradient descent does."""

from __future__ import annotations

import numpy as np

from ....numbers.checks import readonly
from ....numbers.estimates import Probability
from ....problem.networks import TwoLayerNet
from ....problem.problem import Problem
from ..gradient import STEPS, decayed_training
from ..result import ReachChances
from ..starts import Starts
from ..valleys import first_node
from .graph import DecayedGraph

ARRIVED = 0.99


def decayed_chances(graph: DecayedGraph, problem: Problem, starts: Starts, steps: int = STEPS) -> ReachChances:
    """Return what drawn starts can reach in a landscape with decay that is already related.

    Above the objective of the best constant every start can reach a global minimum without climbing, at any width.
    """
    trials = len(starts.W)
    lowest, constant = float(graph.birth[graph.lowest]), graph.constant_value
    W, v, c = starts.raw
    counts = np.zeros(3, dtype=int)
    for t in range(trials):
        net = TwoLayerNet(W[t], v[t], c)
        start = first_node(graph, problem.data.X, net.W, net.v)
        level = problem.value(net)
        end, _ = decayed_reached(graph, start, level)
        counts += [not graph.above(end, graph.lowest), not graph.above(start, graph.lowest), level >= constant]
    ends = np.sort(decayed_training(problem, starts, steps))
    arrivals = int((ends <= constant - ARRIVED * (constant - lowest)).sum())
    shares = [
        Probability.sampled(int(k), trials, "initialization", starts.law.name)
        for k in (counts[0], counts[1], arrivals, counts[2])
    ]
    return ReachChances(shares[0], shares[1], shares[2], shares[3], lowest, constant, readonly(ends), steps, problem)


def decayed_reached(graph: DecayedGraph, start: int, level: float) -> tuple[int, float]:
    """Return (node that a path which never rises can reach, height up to which walls are open)."""
    ceiling = max(level, float(graph.birth[start])) + graph.noise
    if level >= graph.constant_value:
        return graph.lowest, ceiling
    return int(graph.lowest_below(np.array([start]), np.array([ceiling]))[0]), ceiling
