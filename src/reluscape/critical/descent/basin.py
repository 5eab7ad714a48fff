"""One basin of the descent: its minimiser as units that lie inside their cells, and the kinks it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...basins.smooth import SmoothBasins
from ...errors import SolverError
from ...numbers.tolerances import Tolerances
from ...problem.data import Dataset
from ...problem.losses import Loss, able
from ...solvers.quadratic import BasinPrograms


@dataclass(frozen=True, eq=False)
class BasinPoint:
    """A minimiser of one basin's program.

    Attributes:
        value: the basin's value.
        Z: (m, d) v_j w_j in the closed cells with the basin's signs.
        c: output bias.
        kinks: (m, n) bool, constraints whose multiplier exceeds the slack; None where the solver does not say.
        idle: (m,) bool, alive units that another unit of the same state stands for; their Z is 0.
    """

    value: float
    Z: np.ndarray
    c: float
    kinks: np.ndarray | None
    idle: np.ndarray


class BasinStep:
    """Solves one basin after another over one data set."""

    def __init__(self, data: Dataset, loss: Loss, output_bias: bool, tolerances: Tolerances) -> None:
        self.data, self.loss, self.output_bias, self.tolerances = data, loss, output_bias, tolerances
        self.smooth = None if able(loss, "quadratic") else SmoothBasins(data, loss, output_bias)
        self.programs = BasinPrograms(data, output_bias, tolerances=tolerances)

    def solve(self, pattern: np.ndarray, signs: np.ndarray, W: np.ndarray) -> BasinPoint | None:
        """Return the minimiser, or None where no point attains the value or floats cannot prove a lower bound on it.

        It is proposed only: every point of the walk is fitted on its faces and tested anew, so that for the squared
        loss a minimiser that floats could not vouch for does no harm.

        Args:
            pattern: (m, n) bool, the pattern of a cell.
            signs: (m,) -1 or 1.
            W: (m, d) weights in the closed cells, the interior ones where possible.
        """
        if self.smooth is not None:
            try:
                basin = self.smooth.solve(pattern, signs)
            except SolverError:
                return None
            if not basin.attained:
                return None
            Z = np.array(basin.Z, dtype=float)
            return BasinPoint(float(basin.value), Z, float(basin.c), None, np.zeros(len(Z), dtype=bool))
        program, members = self.programs.presolve(pattern, signs)
        solution = self.programs.solve(program, prove=False)
        space = self.programs.space
        place = np.full(len(space.sample) + 1, -1)
        place[space.rows] = np.arange(len(space.rows))
        column = place[space.group]
        Z, kinks = np.zeros(W.shape), np.zeros(pattern.shape, dtype=bool)
        idle = np.zeros(len(W), dtype=bool)
        for a, units in enumerate(members):
            idle[units] = True
            if program.codes[a] != 0:
                Z[units[0]], idle[units[0]] = solution.Z[a], False
                kinks[units[0]] = np.where(column >= 0, solution.tight[a][column], False)
                continue
            plus = next(j for j in units if signs[j] > 0)
            minus = next(j for j in units if signs[j] < 0)
            w = self._interior(pattern[plus], W[units])
            t = self._push(pattern[plus], solution.Z[a], w)
            Z[plus], Z[minus] = solution.Z[a] + t * w, -t * w
            idle[[plus, minus]] = False
        return BasinPoint(solution.value, Z, float(solution.c), kinks, idle)

    def _interior(self, row: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return unit weights well inside a cell: the best of the known ones, else those of the largest margin."""
        live = np.linalg.norm(self.data.X, axis=1) > 0
        rows = self.data.X[live] * np.where(row[live], 1.0, -1.0)[:, None]
        rows = rows / np.linalg.norm(rows, axis=1)[:, None]
        best, margin = np.zeros(rows.shape[1]), 0.0
        for w in points:
            length = np.linalg.norm(w)
            if length > 0 and len(rows) and (rows @ w).min() / length > margin:
                best, margin = w / length, float((rows @ w).min() / length)
        return best if margin > self.tolerances.clearance else _largest_margin(rows, best)

    def _push(self, row: np.ndarray, z: np.ndarray, w: np.ndarray) -> float:
        """Return t > 0 with z + t w inside the cell that w is inside of."""
        side = np.where(row, 1.0, -1.0)
        heights, reach = side * (self.data.X @ z), side * (self.data.X @ w)
        lacking = (heights <= 0) & (reach > 0)
        need = float((-heights[lacking] / reach[lacking]).max(initial=0.0))
        return 2 * need + (float(np.linalg.norm(z)) or 1.0)


def _largest_margin(rows: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Return weights with the largest smallest product with unit rows."""
    from scipy.optimize import linprog

    d = rows.shape[1]
    A = np.concatenate([-rows, np.ones((len(rows), 1))], axis=1)
    cost: Any = np.append(np.zeros(d), -1.0)
    solution = linprog(cost, A_ub=A, b_ub=np.zeros(len(rows)), bounds=[(-1, 1)] * d + [(None, 1)])
    if solution.x is None or solution.x[-1] <= 0:
        return otherwise
    return solution.x[:d] / np.linalg.norm(solution.x[:d])
