"""A trained network of one hidden layer and one output under weight decay: verdict, way down, better networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ReluscapeError
from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import standardize
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ..decay.descent import Walk, decayed_walk
from ..decay.optimality import decayed_verdict
from ..decay.stretch import decayed_stretch
from ..verdict import Verdict

# work of one basin program, samples times the square of the unknowns, up to which basins are walked through; of one
# walk; and the steps of gradient descent before it
MOST_PROGRAM, MOST_WALK, MOST_BASINS = 40_000_000, 1_500_000_000, 200
STEPS = 1_000
# products of one pass times steps of one stretch
MOST_STRETCH = 1_000_000_000
DRAWS = 5


@dataclass(frozen=True, eq=False)
class Decayed:
    """What is known about a trained network under weight decay.

    Attributes:
        problem: what is minimised.
        verdict: on the network, or on the minimum beside it where that decides.
        given: on exactly the given weights.
        value: J of the given network.
        constant: J of the best constant.
        downhill: the network where a way down from here ends, with its J.
        best: the best network known, with its J.
        distance: how far the end of the way down is, relative to the weights.
        starts: fresh starts that were made.
    """

    problem: Problem
    verdict: Verdict
    given: Verdict
    value: float
    constant: float
    downhill: tuple[TwoLayerNet, float]
    best: tuple[TwoLayerNet, float]
    distance: float
    starts: int

    @property
    def near(self) -> TwoLayerNet | None:
        """The proved minimum beside the network, None where the verdict is on the given weights."""
        return None if self.verdict is self.given else self.downhill[0]


def decayed(problem: Problem, net: TwoLayerNet, starts: int, seed: int, tolerances: Tolerances = DEFAULT) -> Decayed:
    """Return what is known about a network under weight decay.

    A way down is a stretch of gradient descent on J and the walk from basin to basin after it; where it ends at a
    proved minimum that is near in weights and in J, the verdict is on that.

    Args:
        problem: with weight decay and one output.
        net: the network.
        starts: fresh starts for a better one.
        seed: root of their random streams.
        tolerances: the numerical policy.
    """
    c = net.c if problem.output_bias else None
    own_verdict = decayed_verdict(problem, net.W, net.v, c)
    value, constant = problem.value(net), constant_objective(problem)
    end, distance, verdict = net, 0.0, own_verdict
    if not own_verdict.is_local_minimum:
        end = _descended(problem, net)
        distance = _distance(net, end)
        low = problem.value(end)
        near = distance <= tolerances.snap_distance and value - low <= tolerances.snap_loss * constant
        if near:
            there = decayed_verdict(problem, end.W, end.v, end.c if problem.output_bias else None)
            verdict = there if there.is_local_minimum else own_verdict
    downhill = (end, min(problem.value(end), value))
    ends = [downhill, *((k, problem.value(k)) for k in _fresh(problem, net.width, starts, seed))]
    return Decayed(
        problem, verdict, own_verdict, value, constant, downhill, min(ends, key=lambda k: k[1]), distance, starts
    )  # fmt: skip


def constant_objective(problem: Problem) -> float:
    """Return J of the best constant; where the constant decays, that of the constant whose loss is lowest at most."""
    if not problem.output_bias:
        return problem.zero_value
    return min(problem.constant_value, problem.zero_value) if not problem.penalty.biases else problem.zero_value


def _program(problem: Problem, width: int) -> int:
    """Return the work of one basin program."""
    size = width * problem.data.d + 1
    return max(problem.n, 1) * min(size, problem.n + problem.data.d) ** 2


def _steps(problem: Problem, width: int) -> int:
    """Return the steps of a stretch."""
    return int(np.clip(MOST_STRETCH // max(problem.n * width * problem.data.d, 1), 20, STEPS))


def _descended(problem: Problem, net: TwoLayerNet) -> TwoLayerNet:
    """Return the end of a stretch of gradient descent and of the walk from basin to basin after it."""
    start = decayed_stretch(problem, net, _steps(problem, net.width))
    work = _program(problem, net.width)
    if work > MOST_PROGRAM:
        return start
    try:
        walk: Walk = decayed_walk(problem, start.W, start.v, start.c, int(np.clip(MOST_WALK // work, 2, MOST_BASINS)))
    except (ReluscapeError, np.linalg.LinAlgError):
        return start
    return walk.net if problem.value(walk.net) < problem.value(start) else start


def _fresh(problem: Problem, width: int, starts: int, seed: int) -> list[TwoLayerNet]:
    """Return the ends of fresh starts: the lowest of a few short stretches goes on from basin to basin."""
    data, y = problem.data, np.asarray(problem.y, dtype=float)
    transform = standardize(data).transform if starts else np.eye(data.d)
    spread, centre = float(np.std(y)) or 1.0, float(np.mean(y)) if problem.output_bias else 0.0
    steps = max(_steps(problem, width) // DRAWS, 20)
    ends = []
    for k in range(starts):
        rng = stream(seed, "best known under decay", k)
        draws = []
        for _ in range(DRAWS):
            W, v = rng.normal(size=(width, data.d)) @ transform.T, rng.normal(size=width) * spread
            draws.append(decayed_stretch(problem, TwoLayerNet(W, v, centre), steps))
        ends.append(_descended(problem, min(draws, key=problem.value)))
    return ends


def _distance(a: TwoLayerNet, b: TwoLayerNet) -> float:
    """Return the distance of two networks relative to the length of the first."""
    size = float(np.sqrt((a.W**2).sum() + (a.v**2).sum() + a.c**2))
    away = float(np.sqrt(((a.W - b.W) ** 2).sum() + ((a.v - b.v) ** 2).sum() + (a.c - b.c) ** 2))
    return away / size if size > 0 else away
