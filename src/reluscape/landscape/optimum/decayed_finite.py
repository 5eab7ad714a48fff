"""The lowest objective with weight decay of one width: by the bound of all widths, else over all basins."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, inf
from typing import Any

import numpy as np

from ...basins.decay.exact import proved_interval
from ...basins.decay.programs import decay_of, programs_of
from ...basins.decay.pulls import Cells
from ...critical.decay.descent import balanced_network, decayed_walk
from ...errors import InputError, SolverError
from ...numbers.checks import readonly
from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from ...problem.losses import able
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .decayed_infinite import DecayedInfiniteWidthMinimum, all_units, decayed_infinite_width_minimum
from .decayed_layers import cone_certificate, split_width
from .decayed_proof import prove_width
from .decayed_splitting import Splits
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


def decayed_minimum(problem: Problem, width: int, deadline: float = inf) -> GlobalMinimum:
    """Return the global minimum of a width.

    From m* units on, the fewest that reach the optimum of infinite width, it is that optimum, proved at both ends. Of
    fewer units slopes are looked for that bound every layer from below, also proved at both ends for the squared loss:
    layers of cells, or, where these are many, layers of cones that are cut where they need to be. Where that takes too
    long the interval between the bound of all widths and the lowest end of some descents is proved. For another loss
    every basin is solved, one for each multiset of states, each with a lower bound in floats, or, where these are too
    many, the same interval is told in floats.

    Args:
        problem: what is minimised, with weight decay.
        width: number of hidden units m.
        deadline: time of the monotonic clock after which no new step of a search below m* begins.
    """
    wide = decayed_infinite_width_minimum(problem, told_apart=all_units(problem))
    if width < wide.least_width:
        return _narrow(problem, width, wide, deadline)
    idle = width - wide.net.width
    W = np.concatenate([wide.net.W, np.zeros((idle, wide.net.d))])
    net = TwoLayerNet(W, np.append(wide.net.v, np.zeros(idle)), wide.net.c, problem.output_bias)
    return _told(
        problem, net, wide.value, wide.lower, wide.upper, wide.certificate is not None, 0, wide.certificate, wide.kind
    )


def _narrow(problem: Problem, width: int, wide: DecayedInfiniteWidthMinimum, deadline: float) -> GlobalMinimum:
    """Return the lowest of all layers with proof, else of all basins, or an interval where they are too many."""
    cells = Cells(problem.data, decay_of(problem).penalised)
    states = [] if cells.too_many else [(A, s) for A in cells.patterns for s in (1, -1)]
    number = inf if cells.too_many else comb(len(states) + width - 1, width)
    squared = able(problem.loss, "quadratic")
    proof = prove_width(problem, cells, width, deadline) if squared and number <= MOST_LAYERS else None
    search = None
    if proof is None and (squared or number > MOST_BASINS):
        search = _over_starts(problem, width, wide.lower, deadline)
    if proof is None and squared and search is not None:
        start, floor = _basin_of(problem, search.net), float(wide.lower) * max(problem.n, 1)
        proof = split_width(problem, width, start, floor, deadline)
    if proof is not None:
        net = balanced_network(problem, proof.point, proof.signs)
        ends = proof.lower, proof.upper, proof.complete
        kind = "certified" if proof.complete else "numerical"
        return _told(problem, net, float(proof.upper), *ends, proof.looked_at, proof.certificate, kind)
    if number <= MOST_BASINS and (search is None or time.monotonic() <= deadline):
        search = _over_basins(problem, states, width)
    assert search is not None
    interval = _between(problem, width, wide, search.net) if squared and not search.complete else None
    if interval is not None:
        return _told(problem, search.net, float(interval[1]), *interval[:2], False, 0, interval[2], "numerical")
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


def _basin_of(problem: Problem, net: TwoLayerNet) -> tuple[np.ndarray, np.ndarray]:
    """Return pattern (m, n) and signs (m,) of a network."""
    return np.asarray((problem.data.X @ net.W.T > 0).T), np.where(net.v < 0, -1, 1)


def _between(
    problem: Problem, width: int, wide: DecayedInfiniteWidthMinimum, net: TwoLayerNet
) -> tuple[Fraction, Fraction, dict[str, Any]] | None:
    """Return (lower end of every width, upper end of a network, proof of both), None where there is no proof."""
    if wide.certificate is None or wide.certificate["kind"] != "decayed-cone-minimum":
        wide = decayed_infinite_width_minimum(problem, told_apart=Splits(problem))
    if wide.certificate is None:
        return None
    pattern, signs = _basin_of(problem, net)
    try:
        top = proved_interval(
            problem, pattern, signs, programs_of(problem).solve(pattern, signs, sharp=True), DEFAULT.decayed_interval
        )
    except (SolverError, InputError):
        return None
    proof = {key: wide.certificate["witness"][key] for key in ("order", "slopes", "cuts", "bounds")}
    return wide.lower, top.upper, cone_certificate(problem, width, wide.lower, top, proof)


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


def _over_starts(problem: Problem, width: int, lower: Any, deadline: float) -> _Found:
    """Return the lowest end of some descents."""
    best: tuple[float, TwoLayerNet] | None = None
    spread = float(np.std(problem.y)) or 1.0
    for k in range(STARTS):
        if best is not None and time.monotonic() > deadline:
            break
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
