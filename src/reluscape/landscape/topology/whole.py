"""The whole landscape of one width on one data set: its tree, what starts reach, the ways out of the worst traps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...basins import affine_fit, constant_fit
from ...critical import Verdict
from ...critical.training import Batch
from ...critical.training.plain_fits import plane
from ...numbers.estimates import Probability
from ...numbers.seeds import stream
from ...problem.data import Dataset, standardize
from ...problem.losses import declares
from ...problem.problem import Problem
from ..optimum import infinite_width_value
from ..optimum.decayed_infinite import decayed_infinite_width_minimum
from .decay.states import DecayedStates
from .plane import PlaneLandscape, plane_landscape
from .result import BarrierTree, ReachChances
from .starts import Coordinates
from .tree import barrier_tree
from .ways import Passage, Way, passages, ways_out

MOST_VALLEYS = 60


@dataclass(frozen=True)
class LandscapeSettings:
    """Everything that decides the numbers of a landscape.

    Attributes:
        width: number of hidden units.
        output_bias: whether the network has a free output bias.
        law: law of initialisation, for standardised inputs and targets; an output bias starts at the mean target.
        trials: random starts per number.
        height_cap: basins and walls above this loss are left out; None leaves out none.
        seed: root of the random streams.
        raw_targets: whether the law is for the targets as they are.
        weight_decay: the decay that is added to the loss, on the weights of the inputs as given; None for none.
        loss: the loss that is minimised; another than the squared one needs the decay.
    """

    width: int = 1
    output_bias: bool = True
    law: Any = "normal"
    trials: int = 400
    height_cap: float | None = None
    seed: int = 0
    raw_targets: bool = False
    weight_decay: Any = None
    loss: str = "squared"


@dataclass(frozen=True, eq=False)
class WholeLandscape:
    """What is known of the landscape of one width.

    Attributes:
        data: the samples.
        settings: what was asked for.
        tree: valleys, merge heights, ways.
        kept: the valleys with the highest barriers, lowest loss first.
        verdicts: of the exact test at the bottom of each valley kept.
        shares: (valleys,) shares of the random starts that belong to each.
        chances: what random starts can reach, None under a height cap.
        constant, affine: losses of the best constant and of the best plane, without any decay.
        zero: loss (with decay: objective) of the zero network, with the best output bias where there is one.
        any_width: the lowest loss (with decay: objective) of any width.
        ways: from the traps with the highest barriers to lower valleys.
        passages: the loss along them.
        plane: the landscape on data in the plane, or None.
    """

    data: Dataset
    settings: LandscapeSettings
    tree: BarrierTree
    kept: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    shares: tuple[Probability, ...]
    chances: ReachChances | None
    constant: float
    affine: float
    zero: float
    any_width: float
    ways: tuple[Way, ...]
    passages: tuple[Passage, ...]
    plane: PlaneLandscape | None


def whole_landscape(
    data: Dataset, settings: LandscapeSettings, progress: Callable[[str, float], None]
) -> WholeLandscape:
    """Return the landscape of one width.

    Args:
        data: the samples, with targets.
        settings: what is asked for.
        progress: called with ("basins" | "starts" | "valleys" | "ways", share done).

    Raises:
        TooLarge: too many basins to relate.
        InputError: a height cap below the lowest loss.
    """
    width, seed, output_bias = settings.width, settings.seed, settings.output_bias
    progress("basins", 0.05)
    problem = Problem(data, loss=settings.loss, weight_decay=settings.weight_decay, output_bias=output_bias)
    decays = bool(problem.penalty.strength)
    tree = barrier_tree(problem, width=width, height_cap=settings.height_cap)
    progress("starts", 0.5)
    scale = coordinates(data, settings)
    shares = tree.shares(settings.law, settings.trials, stream(seed, "landscape shares", width), scale)
    chances = None
    if settings.height_cap is None:
        chances = tree.chances(settings.law, settings.trials, stream(seed, "landscape", width), scale)
    main_valleys = most_lasting(tree, MOST_VALLEYS)
    progress("valleys", 0.7)
    verdicts = tuple(tree.valleys[k].verdict for k in main_valleys)
    progress("ways", 0.9)
    ways = ways_out(tree, main_valleys, problem)
    constant, affine = _plain_fits(problem)
    zero = constant if output_bias else problem.zero_value
    if decays:
        if problem.penalty.biases or not output_bias:
            zero = float(DecayedStates(problem).solve(np.full((1, 1), -1)).values[0])
        any_width = decayed_infinite_width_minimum(problem).value
    else:
        any_width = float(infinite_width_value(data, output_bias)[0])
    return WholeLandscape(
        data=data,
        settings=settings,
        tree=tree,
        kept=tuple(main_valleys),
        verdicts=verdicts,
        shares=shares,
        chances=chances,
        constant=constant,
        affine=affine,
        zero=zero,
        any_width=any_width,
        ways=tuple(ways),
        passages=tuple(passages(tree, main_valleys, ways, problem)),
        plane=None if decays else plane_landscape(data, tree, main_valleys, ways, scale),
    )


def _plain_fits(problem: Problem) -> tuple[float, float]:
    """Return the losses of the best constant and of the best plane, without any decay."""
    if declares(problem.loss, "quadratic"):
        return float(constant_fit(problem.data).value), float(affine_fit(problem.data).value)
    batch = Batch.of(np.asarray(standardize(problem.data).X), problem.targets, 0, True, problem.loss)
    return problem.constant_value, plane(batch)[0]


def coordinates(data: Dataset, settings: LandscapeSettings) -> Coordinates:
    """Return the scale on which networks are drawn and trained: standardised inputs, and targets unless left raw."""
    inputs = np.asarray(standardize(data).transform)
    if settings.raw_targets:
        return Coordinates(inputs)
    y = np.asarray(data.y, dtype=float)
    shift = float(y.mean()) if settings.output_bias else 0.0
    return Coordinates(inputs, float(np.sqrt(np.mean((y - shift) ** 2))), shift)


def most_lasting(tree: BarrierTree, most: int) -> list[int]:
    """Return the valleys with the highest barriers, lowest loss first; a parent outlasts its children."""
    order = sorted(range(len(tree.valleys)), key=lambda k: (-tree.valleys[k].barrier, k))
    return sorted(order[:most])
