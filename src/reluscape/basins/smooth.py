"""The basin value of a loss other than the squared one, with a recession direction where no point attains it."""

from __future__ import annotations

import numpy as np

from ..data import Dataset, readonly
from ..losses import Loss
from ..solvers.newton import minimise
from ..solvers.quadratic import BasinPrograms
from .result import Basin


def smooth_basin(data: Dataset, A: np.ndarray, signs: np.ndarray, loss: Loss, output_bias: bool) -> Basin:
    """Return the basin of a convex differentiable loss.

    Args:
        data: samples with targets.
        A: (m, n) pattern, False on zero rows.
        signs: (m,) -1 or 1.
        loss: value(f, y) and gradient(f, y).
        output_bias: True adds a free constant.
    """
    from .value import spread

    targets = np.asarray(data.y, dtype=float)
    programs = BasinPrograms(data, output_bias, merge=False)
    space = programs.space
    program, members = programs.presolve(A, signs)
    found = minimise(space, program.patterns, program.codes, targets[space.sample], loss)
    rest = np.setdiff1d(np.arange(data.n), space.sample)
    outside = float(loss.value(np.zeros(len(rest)), targets[rest]).sum())

    def original(x: np.ndarray) -> tuple[np.ndarray, float]:
        size = len(program.codes) * space.r
        merged = x[:size].reshape(len(program.codes), space.r) @ space.back.T
        return spread(data, A, signs, members, merged), float(x[-1] / space.e_scale) if output_bias else 0.0

    Z, c = original(found.x)
    direction = None if found.direction is None else original(found.direction)[0]
    return Basin(
        value=(found.total + outside) / max(data.n, 1),
        exact_value=None,
        Z=readonly(Z),
        c=c,
        prediction=readonly((A * (Z @ data.X.T)).sum(axis=0) + c),
        attained=direction is None,
        direction=None if direction is None else readonly(direction),
        residual=found.residual,
        kind="numerical",
        zero_rows=data.zero_rows,
        certificate=None,
    )
