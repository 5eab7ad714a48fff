"""All isolated local minima of a narrow network with weight decay: every multiset of states, each end proved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from ...basins.decay.programs import programs_of
from ...basins.decay.pulls import Cells
from ...errors import TooLarge
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ..verdict import Verdict
from .descent import balanced_network, falling_units
from .optimality import decayed_verdict

MOST_BASINS = 20_000


@dataclass(frozen=True, eq=False)
class DecayedMinima:
    """The isolated local minima of a width with weight decay.

    Attributes:
        values: sorted different objectives of the minima, each certified.
        nets: a network with each value.
        verdicts: the verdict on each network, with its certificate.
        undecided: objectives of basins' minimisers that pass the test in floats and have no proof (ties, minima that
            are not isolated).
        basins: how many basins were solved.
        problem: what was minimised.
    """

    values: tuple[float, ...]
    nets: tuple[TwoLayerNet, ...]
    verdicts: tuple[Verdict, ...]
    undecided: tuple[float, ...]
    basins: int
    problem: Problem


def decayed_minima(problem: Problem, width: int) -> DecayedMinima:
    """Return all isolated local minima of a width, up to the order of the units.

    A local minimum is the minimiser of each closed basin that it lies in, so that one program a multiset of live states
    finds them all; a unit at zero stands for the states that are left out.

    Raises:
        TooLarge: more than 20,000 basins.
    """
    programs = programs_of(problem)
    cells = Cells(problem.data, programs.decay.penalised)
    states = [(A, s) for A in (cells.patterns if problem.n else ()) for s in (1, -1)]
    number = comb(len(states) + width, width)
    if number > MOST_BASINS:
        raise TooLarge(
            f"{number:,} basins of {width} units, {MOST_BASINS:,} are solved one by one; take fewer rows or units, or "
            "descend from random starts",
            number,
        )
    gap = problem.tolerances.decayed_same * max(problem.zero_value, np.finfo(float).tiny)
    minima: list[tuple[float, TwoLayerNet, Verdict]] = []
    open_values: list[float] = []
    none = np.zeros(problem.n, dtype=bool), 1
    for choice in combinations_with_replacement([none, *states], width):
        pattern, signs = np.array([A for A, _ in choice]), np.array([s for _, s in choice])
        point = programs.solve(pattern, signs, sharp=True)
        if falling_units(problem, cells, point, pattern, signs):
            continue
        net = balanced_network(problem, point, signs)
        value = problem.value(net)
        if any(abs(value - other) <= gap for other, _, _ in minima):
            continue
        verdict = decayed_verdict(problem, net.W, net.v, net.c if problem.output_bias else None)
        if verdict.is_local_minimum:
            minima.append((value, net, verdict))
        elif verdict.is_local_minimum is None and all(abs(value - other) > gap for other in open_values):
            open_values.append(value)
    minima.sort(key=lambda entry: entry[0])
    values = [value for value, _, _ in minima]
    left = [value for value in sorted(open_values) if all(abs(value - other) > gap for other in values)]
    return DecayedMinima(
        tuple(values), tuple(net for _, net, _ in minima), tuple(v for _, _, v in minima), tuple(left), number, problem
    )
