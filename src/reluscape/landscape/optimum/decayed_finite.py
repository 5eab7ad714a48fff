"""The lowest objective with weight decay of one width: by the bound of all widths, else over all basins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import numpy as np

from ...basins.decay.programs import decay_of, programs_of
from ...basins.decay.pulls import Cells
from ...critical.decay.descent import balanced_network, decayed_walk
from ...numbers.checks import readonly
from ...numbers.seeds import stream
from ...problem.losses import able
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .decayed_infinite import DecayedInfiniteWidthMinimum, decayed_infinite_width_minimum
from .decayed_proof import prove_width
from .result import GlobalMinimum

# basins up to which all of a width are solved, and descents that look for the lowest beyond it
MOST_BASINS, STARTS = 20_000, 30
# layers up to which slopes that bound them all are looked for
MOST_LAYERS = 50_000


@dataclass(frozen=True, eq=False)
class _Found:
    """The lowest network of a width that was found, with what bounds it from below."""

    net: TwoLayerNet
    value: float
    lower: Any
    complete: bool
    looked_at: int


def decayed_minimum(problem: Problem, width: int) -> GlobalMinimum:
    """Return the global minimum of a width.

    From m* units on, the fewest that reach the optimum of infinite width, it is that optimum, proved at both ends. Of
    fewer units slopes are looked for that bound every layer from below, also proved at both ends for the squared loss;
    beyond some thousands of pulls every basin is solved, one for each multiset of states, each with a lower bound in
    floats; where these are too many the interval between the bound of all widths and the lowest end of some descents
    is returned.

    Args:
        problem: what is minimised, with weight decay.
        width: number of hidden units m.
    """
    wide = decayed_infinite_width_minimum(problem)
    if width < wide.least_width:
        return _narrow(problem, width, wide)
    idle = width - wide.net.width
    W = np.concatenate([wide.net.W, np.zeros((idle, wide.net.d))])
    net = TwoLayerNet(W, np.append(wide.net.v, np.zeros(idle)), wide.net.c, problem.output_bias)
    return _told(
        problem, net, wide.value, wide.lower, wide.upper, wide.certificate is not None, 0, wide.certificate, wide.kind
    )


def _narrow(problem: Problem, width: int, wide: DecayedInfiniteWidthMinimum) -> GlobalMinimum:
    """Return the lowest of all layers with proof, else of all basins, or an interval where they are too many."""
    cells = Cells(problem.data, decay_of(problem).penalised)
    states = [(A, s) for A in cells.patterns for s in (1, -1)]
    number = comb(len(states) + width - 1, width)
    proof = prove_width(problem, cells, width) if able(problem.loss, "quadratic") and number <= MOST_LAYERS else None
    if proof is not None:
        net = balanced_network(problem, proof.point, proof.signs)
        value = float(proof.upper)
        return _told(
            problem, net, value, proof.lower, proof.upper, True, proof.looked_at, proof.certificate, "certified"
        )
    search = _over_basins(problem, states, width) if number <= MOST_BASINS else _over_starts(problem, width, wide.lower)
    return _told(
        problem,
        search.net,
        search.value,
        search.lower,
        search.value,
        search.complete,
        search.looked_at,
        None,
        "numerical",
    )


def _over_basins(problem: Problem, states: list[tuple[np.ndarray, int]], width: int) -> _Found:
    """Return the lowest of all basins; a unit at zero lies in every cell, so that none has to be left out."""
    programs, n = programs_of(problem), max(problem.n, 1)
    best: tuple[float, Any, np.ndarray] | None = None
    lower, looked_at = np.inf, 0
    for layer in combinations_with_replacement(states, width):
        pattern, signs = np.array([A for A, _ in layer]), np.array([s for _, s in layer])
        point = programs.solve(pattern, signs)
        lower, looked_at = min(lower, point.value - point.gap), looked_at + 1
        if best is None or point.value < best[0]:
            best = point.value, point, signs
    assert best is not None
    net = balanced_network(problem, best[1], best[2])
    value = problem.value(net)
    return _Found(net, value, min(lower / n, value), True, looked_at)


def _over_starts(problem: Problem, width: int, lower: Any) -> _Found:
    """Return the lowest end of some descents."""
    best: tuple[float, TwoLayerNet] | None = None
    spread = float(np.std(problem.y)) or 1.0
    for k in range(STARTS):
        rng = stream(0, "start with decay", k)
        W, v = rng.normal(size=(width, problem.data.d)), spread * rng.normal(size=width)
        net = decayed_walk(problem, W, v, 0.0).net
        value = problem.value(net)
        if best is None or value < best[0]:
            best = value, net
    assert best is not None
    return _Found(best[1], best[0], lower, False, 0)


def _told(
    problem: Problem,
    net: TwoLayerNet,
    value: float,
    lower: Any,
    upper: Any,
    complete: bool,
    looked_at: int,
    certificate: dict[str, Any] | None,
    kind: str,
) -> GlobalMinimum:
    """Return what was found as a global minimum."""
    return GlobalMinimum(
        value=value,
        exact_value=None,
        net=net,
        lower=lower,
        upper=upper,
        complete=complete,
        layers=None,
        looked_at=looked_at,
        pattern=readonly((problem.data.X @ net.W.T > 0).T),
        signs=readonly(np.where(net.v < 0, -1, 1).astype(np.int8)),
        certificate=certificate,
        kind=kind,
        problem=problem,
    )
