"""The basin value of LeakyReLU units: a convex program in which every unit reaches every sample."""

from __future__ import annotations

import numpy as np

from ..numbers.checks import readonly
from ..problem.data import Dataset
from ..problem.losses import Loss
from ..solvers.cell_cones import CellCones
from ..solvers.quadratic import BasinPrograms
from ..solvers.separable import EachEntry
from ..solvers.smooth import minimise
from .patterns import refuse_split_lines
from .result import Basin


def leaky_basin(
    data: Dataset, pattern: np.ndarray, signs: np.ndarray, slope: float, loss: Loss, output_bias: bool
) -> Basin:
    """Return the basin of units a(t) = t above 0 and slope t below: the infimum with pattern and output signs kept.

    Bas = min (1/n) sum_i l(sum_j B_ji <z_j, x_i> + c, y_i), B_ji = 1 where A_ji is True and the slope elsewhere, over
    z_j = v_j w_j with s_j <z_j, x_i> >= 0 where A_ji is True and <= 0 elsewhere. The value is returned only with a
    lower bound that meets it.

    Args:
        data: samples with targets.
        pattern: (m, n) bool.
        signs: (m,) -1 or 1, the signs of the output weights.
        slope: of the units below 0.
        loss: value(f, y) and gradient(f, y), checked.
        output_bias: True adds a free constant.

    Raises:
        InputError: a pattern that no unit has because it splits samples on one line through the origin.
        SolverError: the lower bound stays away from the value.
    """
    A = np.array(pattern, dtype=bool)
    A[:, list(data.zero_rows)] = False
    refuse_split_lines(data, A)
    space = BasinPrograms(data, output_bias, merge=False).space
    targets, m = np.asarray(data.y, dtype=float), len(A)
    blocks = [np.where(row[space.sample], 1.0, slope)[:, None] * space.U for row in A]
    if output_bias:
        blocks.append(space.E[:, None])
    F = np.concatenate(blocks, axis=1) if blocks else np.zeros((len(space.sample), 0))
    sides = np.where(A[:, space.sample[space.rows]], 1.0, -1.0) * np.asarray(signs, dtype=float)[:, None]
    minimum = minimise(EachEntry(F, CellCones(space.C, sides, F.shape[1]), targets[space.sample], loss))
    rest = np.setdiff1d(np.arange(data.n), space.sample)
    outside = float(np.sum(loss.value(np.zeros(len(rest)), targets[rest])))
    n = max(data.n, 1)

    def original(x: np.ndarray) -> tuple[np.ndarray, float]:
        weights = np.asarray(x[: m * space.r].reshape(m, space.r) @ space.back.T)
        return weights, float(x[-1] / space.e_scale) if output_bias else 0.0

    Z, c = original(minimum.x)
    outputs = np.where(A, 1.0, slope) * (Z @ data.X.T)
    direction, c_direction = (None, None) if minimum.direction is None else original(minimum.direction)
    return Basin(
        value=(minimum.total + outside) / n,
        exact_value=None,
        Z=readonly(Z),
        c=c,
        prediction=readonly(outputs.sum(axis=0) + c),
        attained=direction is None,
        direction=None if direction is None else readonly(direction),
        c_direction=c_direction,
        residual=minimum.residual,
        gap=(minimum.total - minimum.lower) / n,
        kind="numerical",
        zero_rows=data.zero_rows,
        certificate=None,
    )
