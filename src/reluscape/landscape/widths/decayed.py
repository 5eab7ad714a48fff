"""What weight decay does to the widths of one data set: where it stands, the best network of any width, its width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from ...critical.decay.descent import decayed_walk
from ...critical.decay.optimality import decayed_verdict
from ...critical.training import Training, Traps
from ...errors import ReluscapeError
from ...numbers.clock import Clock
from ...numbers.width_curve import WidthCurve
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ..optimum.decayed_infinite import DecayedInfiniteWidthMinimum, decayed_infinite_width_minimum
from ..optimum.lambda_max import LambdaMax, lambda_max
from ..optimum.width_law import law_of
from .reference import Reference
from .settings import Settings
from .subject import Subject

Result = TypeVar("Result")
# cells up to which lambda_max is told, the best network of any width too, and both with proof
MOST_CELLS, MOST_OPTIMAL_CELLS, MOST_PROVED_CELLS = 5_000, 1_500, 500
# rows times units up to which ends of trainings are led down from basin to basin
MOST_WALKED = 2_000
# basins of one way down, and digits of the numbers by which inputs are centred and scaled
BASINS, DIGITS = 60, 4


@dataclass(frozen=True, eq=False)
class DecayMap:
    """What is known of a data set under weight decay.

    Attributes:
        problem: what is minimised, in the inputs that networks are trained on.
        most: the decay above which the best network of any width is a constant, None where it is not known.
        most_as_given: the same for the inputs as they were given, None where they are those trained on.
        wide: the best network of any width, None where it is not known.
        law: share of basins that hold a global minimum of every width, None where it is not known.
        reasons: why something is not known, by its name.
    """

    problem: Problem
    most: LambdaMax | None
    most_as_given: LambdaMax | None
    wide: DecayedInfiniteWidthMinimum | None
    law: WidthCurve | None
    reasons: dict[str, str]


def decayed_problem(subject: Subject, raw: bool) -> Problem:
    """Return what trainings minimise: exact inputs, centred and scaled by decimals where they are not taken raw.

    The map of the samples is linear and invertible, so that the cells are those of the given data.
    """
    data = subject.data
    original = subject.problem
    targets: Any = original.targets
    if original.outputs == 1 and data.y is not None and (np.asarray(data.y) == original.targets[:, 0]).all():
        targets = data.y_fractions
    elif original.outputs == 1 or original.given_loss == "cross_entropy":
        targets = original.given_targets[:, 0]
    whole = data if raw else Dataset(_scaled(data))
    return Problem(whole, targets, loss=subject.loss, weight_decay=subject.penalty, output_bias=subject.output_bias)


def _scaled(data: Dataset) -> np.ndarray:
    """Return exact samples, centred and scaled by decimals of a few digits, which keeps exact arithmetic short."""
    F = data.fractions.copy()
    for j in range(data.d - int(data.bias)):
        column = data.X[:, j]
        spread = float(column.std() if data.bias else np.sqrt(np.mean(column**2)))
        if spread > np.finfo(float).eps * float(np.abs(column).max(initial=0.0)):
            unit = 10.0 ** np.floor(np.log10(spread)) / 10**DIGITS
            centre = Fraction(round(float(column.mean()) / unit)) if data.bias else Fraction(0)
            F[:, j] = (F[:, j] / Fraction(f"{unit:e}") - centre) / round(spread / unit)
    return F


def decay_map(subject: Subject, settings: Settings, regions: int | None) -> DecayMap:
    """Return where the decay stands, the best network of any width and the width law, as far as cells can be listed.

    Args:
        subject: with weight decay.
        settings: of the survey.
        regions: exact number of regions of one unit, None where it is not known.
    """
    problem = decayed_problem(subject, settings.raw)
    reasons: dict[str, str] = {}
    if problem.outputs != 1:
        return DecayMap(problem, None, None, None, None, {"most": "it is told for a single output"})
    with_proof = regions is not None and regions <= MOST_PROVED_CELLS
    if regions is None or regions > MOST_CELLS:
        few = f"there are more than {MOST_CELLS:,} activation regions of one unit, too many to look at each"
        return DecayMap(problem, None, None, None, None, {"most": few, "wide": few, "law": few})

    def known(name: str, run: Callable[[], Result]) -> Result | None:
        try:
            return run()
        except (ReluscapeError, np.linalg.LinAlgError) as problem_met:
            reasons[name] = str(problem_met)
            return None

    most = known("most", lambda: lambda_max(problem, exact=with_proof))
    raw_most = None
    if not settings.raw and most is not None:
        raw_most = known("most_as_given", lambda: lambda_max(subject.problem, exact=with_proof))
    if regions > MOST_OPTIMAL_CELLS:
        reasons["wide"] = f"there are more than {MOST_OPTIMAL_CELLS:,} activation regions of one unit"
        return DecayMap(problem, most, raw_most, None, None, reasons)
    wide = known("wide", lambda: decayed_infinite_width_minimum(problem, with_proof))
    law = None if wide is None else known("law", lambda: law_of(problem, wide, "regions"))
    return DecayMap(problem, most, raw_most, wide, law, reasons)


def lowest_reference(decay: DecayMap, width: int, best: Reference, training: Training, run: int) -> Reference:
    """Return the lowest network known of a width: where a training's end leads from basin to basin, or the best of all.

    Args:
        decay: what is known under weight decay.
        width: number of units.
        best: the reference so far.
        training: the trainings with the lowest end.
        run: its number.
    """
    problem, wide = decay.problem, decay.wide
    if wide is not None and width >= wide.least_width:
        source = "the best network of any width"
        remark = " (proved)" if wide.kind == "certified" else ""
        return Reference(wide.value, True, f"{source}{remark}; no network of any width has less", None, wide.net)
    if problem.outputs != 1:
        return best
    net = training.network(run)
    candidates = [best, replace(best, value=problem.value(net), net=net)]
    if problem.n * width <= MOST_WALKED:
        end = _led_down(problem, net)
        if end is not None:
            count = f"{best.source}, then descent from basin to basin"
            candidates.append(Reference(problem.value(end), False, count, None, end))
    return min(candidates, key=lambda r: r.value)


def _led_down(problem: Problem, net: TwoLayerNet) -> TwoLayerNet | None:
    """Return where a network leads from basin to basin, None where floats cannot carry it."""
    try:
        with np.errstate(all="ignore"):
            return decayed_walk(problem, net.W, net.v, net.c, BASINS).net
    except (ReluscapeError, np.linalg.LinAlgError, ArithmeticError):
        return None


def judged_under_decay(decay: DecayMap, training: Training, mark: float, clock: Clock, most: int) -> Traps:
    """Return the different traps above a mark, the first `most` of them led down and proved where they are minima."""
    problem, traps = decay.problem, training.traps(mark)
    verdicts: list[bool | None] = []
    for run in traps.points:
        if len(verdicts) >= most or clock.left <= 0 or problem.outputs != 1 or not _walks(problem, training):
            verdicts.append(None)
            continue
        end = _led_down(problem, training.network(run))
        verdicts.append(end is not None and _is_trap(problem, end, mark))
    return replace(traps, certified=tuple(verdicts))


def _walks(problem: Problem, training: Training) -> bool:
    """Return whether ends of a training are led down by basins."""
    return problem.n * training.batch.width <= MOST_WALKED


def _is_trap(problem: Problem, net: TwoLayerNet, mark: float) -> bool:
    """Return whether a network above the mark is proved to be a local minimum."""
    c: Any = net.c if problem.output_bias else None
    return problem.value(net) > mark and bool(decayed_verdict(problem, net.W, net.v, c).is_local_minimum)
