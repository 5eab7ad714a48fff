"""The infimum of the basin that a training ended in, for a loss that may fall for ever, such as the logistic loss."""

from __future__ import annotations

import numpy as np

from ...basins import basin_value
from ...basins.infimum import infimum_in_reach
from ...critical.training import Training
from ...errors import ReluscapeError
from ...problem.losses import declares
from .reference import MOST_SOLVED, Reference
from .subject import Subject

OPEN = "; no network attains it, weights grow without end"


def basin_infimum(subject: Subject, best: Reference, training: Training, run: int) -> Reference:
    """Return the infimum of the basin where a run's minimum lies, or the reference given where that is no lower.

    Where rows of a class can be told apart in the closed cells, their part of the logistic loss falls towards 0 along
    a direction, and the others decide the infimum: trainings go on for ever without reaching it. Where the basin is
    small the infimum is proved between rational ends.

    Args:
        subject: one output, a convex loss other than the squared one.
        best: the reference so far.
        training: the trainings with the lowest end.
        run: its number.
    """
    batch = training.batch
    if subject.Y.shape[1] != 1 or declares(subject.loss, "quadratic") or batch.X.size * batch.width > MOST_SOLVED:
        return best
    net = training.network(run)
    pattern, signs = net.W @ batch.X.T > 0, np.where(net.v > 0, 1, -1)
    try:
        basin = infimum_in_reach(subject.problem, pattern, signs) or basin_value(subject.problem, None, pattern, signs)
    except (ReluscapeError, np.linalg.LinAlgError):
        return best
    if not basin.value < best.value:
        return best
    source = f"{best.source}, then the infimum of its basin{'' if basin.attained else OPEN}"
    return Reference(basin.value, False, source, None, certificate=basin.certificate)
