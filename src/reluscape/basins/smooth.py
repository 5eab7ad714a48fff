"""The basin value of a loss other than the squared one, with a recession direction where no point attains it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ..numbers.checks import readonly
from ..problem.data import Dataset
from ..problem.losses import Loss, check_any_length
from ..solvers.cell_cones import CellCones
from ..solvers.conic import feature_matrix
from ..solvers.quadratic import BasinPrograms
from ..solvers.separable import EachEntry
from ..solvers.smooth import minimise
from ..solvers.tails import Tail, tails
from .merged_units import member_weights
from .result import Basin


class SmoothBasins:
    """Basins of one convex differentiable loss over one data set, whose coordinates are found once.

    Args:
        data: samples with targets.
        loss: value(f, y) and gradient(f, y), checked.
        output_bias: True adds a free constant.
    """

    def __init__(self, data: Dataset, loss: Loss, output_bias: bool) -> None:
        self.data, self.loss, self.output_bias = data, loss, output_bias
        self.programs = BasinPrograms(data, output_bias, merge=False)
        self.targets = np.asarray(data.y, dtype=float)
        check_any_length(loss, self.targets)

    @cached_property
    def ends(self) -> tuple[Tail, Tail]:
        """What the loss of each sample does far out."""
        return tails(self.loss, self.targets[self.programs.space.sample])

    def solve(self, pattern: np.ndarray, signs: np.ndarray) -> Basin:
        """Return the basin of a pattern (m, n) and signs (m,)."""
        A = np.array(pattern, dtype=bool)
        A[:, list(self.data.zero_rows)] = False
        return _basin(self, A, signs)


def _basin(basins: SmoothBasins, A: np.ndarray, signs: np.ndarray) -> Basin:
    """Return the basin of a pattern that is False on zero rows."""
    programs, loss, targets = basins.programs, basins.loss, basins.targets
    data, space, output_bias = programs.data, programs.space, programs.output_bias
    program, members = programs.presolve(A, signs)
    p = int((program.codes != 0).sum())
    sides = np.where(program.patterns[:p][:, space.rows], 1.0, -1.0) * program.codes[:p, None]
    F = feature_matrix(space, program.patterns)
    cones = CellCones(space.C, sides, F.shape[1])
    minimum = minimise(EachEntry(F, cones, targets[space.sample], loss, ends=basins.ends))
    rest = np.setdiff1d(np.arange(data.n), space.sample)
    outside = float(loss.value(np.zeros(len(rest)), targets[rest]).sum())

    def original(x: np.ndarray) -> tuple[np.ndarray, float]:
        size = len(program.codes) * space.r
        weights = x[:size].reshape(len(program.codes), space.r) @ space.back.T
        return member_weights(data, A, signs, members, weights), float(x[-1] / space.e_scale) if output_bias else 0.0

    Z, c = original(minimum.x)
    direction, c_direction = (None, None) if minimum.direction is None else original(minimum.direction)
    return Basin(
        value=(minimum.total + outside) / max(data.n, 1),
        exact_value=None,
        Z=readonly(Z),
        c=c,
        prediction=readonly((A * (Z @ data.X.T)).sum(axis=0) + c),
        attained=direction is None,
        direction=None if direction is None else readonly(direction),
        c_direction=c_direction,
        residual=minimum.residual,
        gap=(minimum.total - minimum.lower) / max(data.n, 1),
        kind="numerical",
        zero_rows=data.zero_rows,
        certificate=None,
    )
