"""What is known of the widths of one data set, as a value: everything that a survey puts into words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...critical.training import Training, Traps
from ...critical.training.held_out import HeldOut
from ...geometry.regions.affordable import UnitRegions
from ...numbers.estimates import Probability
from ...probability.width_search import WidthSearch
from .cells import Fan, Slice
from .decayed import DecayMap
from .reference import Reference
from .settings import Settings
from .starts import StartShares
from .subject import Subject
from .undrawn import AllRows


@dataclass(frozen=True, eq=False)
class Width:
    """What is known of one width.

    Attributes:
        width: number of units.
        reference: the lowest loss known.
        mark: up to this loss a training ends well and a basin is good.
        training: the runs of Adam that its share of successes is estimated from.
        other: the runs of L-BFGS, None where there was no time for any.
        traps: the different traps that the runs of Adam ended in.
        starts: what random starts are worth, None where the theory of basins does not apply.
    """

    width: int
    reference: Reference
    mark: float
    training: Training
    other: Training | None
    traps: Traps
    starts: StartShares | None


@dataclass(frozen=True)
class LeastWidth:
    """The least width known to reach the lowest loss of any width.

    Attributes:
        width: that width.
        at_least: fewer units than this are proved not to reach it.
        loss: the lowest loss of any width.
    """

    width: int
    at_least: int
    loss: float


@dataclass(frozen=True)
class Folds:
    """What fits do on rows that they were not trained on.

    Attributes:
        width: the listed width that does best there.
        losses: the losses there.
        tried: the listed widths that there was time for.
    """

    width: int
    losses: HeldOut
    tried: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class WidthMap:
    """What networks of each width reach on one data set.

    Attributes:
        subject: samples, targets and loss.
        settings: what was asked for.
        seconds: the time that the work was given.
        cut: whether that time cut the work short.
        regions: of one unit.
        widths: the listed widths, rising.
        references: the lowest loss known of every width tried.
        trained: share of trainings that ended well, by width tried.
        enough: the least width at which trainings end well often enough.
        started: share of good starts by width tried, empty where the theory of basins does not apply.
        every_start: the least width at which random starts are good often enough, None where it does not apply.
        least: the least width that reaches the lowest loss of any width, None where it is not known.
        folds: the listed width that does best on rows left out, with the losses there, or None for too few rows.
        all_rows: fits of all rows where those surveyed were drawn from more, else None.
        best_width: the width of the best network known.
        outputs: (k, n) predictions of that network, None where it is the best plane.
        floor: the lowest loss of any width, None where it is not known.
        units: (m, d) products |v_j| w_j of that network in the data's own units, None where it is not known.
        fan: weight space of rank-2 data, or None.
        slice: a plane through the weight space of one unit, or None.
        decay: what is known under weight decay, None without one; losses of references, trainings and traps are then
            values of the objective, that of `outputs` is not.
    """

    subject: Subject
    settings: Settings
    seconds: float
    cut: bool
    regions: UnitRegions
    widths: tuple[Width, ...]
    references: dict[int, Reference]
    trained: dict[int, Probability]
    enough: WidthSearch
    started: dict[int, Probability]
    every_start: WidthSearch | None
    least: LeastWidth | None
    folds: Folds | None
    all_rows: AllRows | None
    best_width: int
    outputs: np.ndarray | None
    floor: float | None
    units: np.ndarray | None
    fan: Fan | None
    slice: Slice | None
    decay: DecayMap | None = None

    @property
    def best(self) -> Reference:
        """The best network known."""
        return self.references[self.best_width]
