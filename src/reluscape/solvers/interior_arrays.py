"""Interior point for basin programs of one shape as an array program: for large ones, and for few."""

from __future__ import annotations

import numpy as np

from ..numbers.tolerances import Tolerances
from .newton_systems import SquareSystems, WideSystems
from .scaling import Coordinates

MORE_VARIABLES, LEAST_WIDE = 1.5, 64
STEP, WORSE, LEAST_STEP, COMPACT = 0.9975, 8, 1e-9, 0.75
# slacks at the start times the square root of the number of variables
START = 0.6


def interior_points(
    space: Coordinates,
    active: np.ndarray,
    sides: np.ndarray,
    codes: np.ndarray,
    tolerances: Tolerances,
    limit: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Minimise |sum_j active_j * (U z_j) + c E - y|^2 / 2 subject to s_jt <z_j, C_t> >= 0 for B programs of one shape.

    Mehrotra's predictor-corrector on the primal-dual system, all programs in step; those that are done leave.

    Args:
        space: coordinates of the data: U, E, y, C and the samples of the constraints.
        active: (B, m, n) bool; units with a cone first, equally many in every program.
        sides: (B, m, k) bool, on which side of each constraint a unit with sign 1 lies.
        codes: (B, m) sign of each unit, 0 for one without cone; s_jt is the sign on that side, else minus it.
        tolerances: gap, ridge and pivot.
        limit: largest number of iterations.

    Returns:
        minimisers (B, m r + bias), multipliers (B, p, k), slacks (B, p, k), and (B, 5): |residual|^2 and what
        separates it from the minimum: complementarity, the primal residual times the multipliers, the dual residual
        times the weights; iterations.
    """
    with np.errstate(all="ignore"):  # a program that diverges ends in NaN, and is one that failed
        return _Programs(space, active, sides, codes, tolerances, limit).run()


class _Programs:
    """The state of the programs that are still running."""

    MOVING = ("ids", "F", "q", "o", "x", "s", "mu", "worse", "last")

    def __init__(
        self,
        space: Coordinates,
        active: np.ndarray,
        sides: np.ndarray,
        codes: np.ndarray,
        tolerances: Tolerances,
        limit: int,
    ) -> None:
        B, m, n = active.shape
        self.space, self.normals, self.limit, self.gap_limit = space, space.C.T, limit, tolerances.interior_gap
        self.m, self.r, self.k = m, space.r, len(space.C)
        self.p = int((codes[0] != 0).sum()) if B else 0
        F = (space.U.T * active[:, :, None, :]).reshape(B, m * self.r, n)
        if space.E.size:
            F = np.concatenate([F, np.broadcast_to(space.E, (B, 1, n))], axis=1)
        self.F = F
        N = F.shape[1]
        self.q = F @ space.y
        base = tolerances.interior_ridge * np.maximum((F * F).sum(axis=(1, 2)) / max(N, 1), 1e-12)
        wide = self.p == m and MORE_VARIABLES * n < N and N > LEAST_WIDE
        self.systems = (WideSystems if wide else SquareSystems)(F, base, tolerances.interior_pivot)
        self.o = np.where(sides[:, : self.p], 1.0, -1.0) * codes[:, : self.p, None]
        self.count = self.p * self.k
        # heights of a minimiser are of the order of 1 / sqrt(number of variables)
        self.x = np.zeros((B, N))
        self.s = np.full((B, self.p, self.k), min(1.0, START / np.sqrt(max(m * self.r, 1))))
        start = np.maximum(np.abs(self.q).max(axis=1, initial=0.0), 1e-8) / np.sqrt(max(self.k, 1))
        self.mu = np.ones_like(self.s) * start[:, None, None]
        self.ids, self.worse, self.last = np.arange(B), np.zeros(B, dtype=int), np.ones(B)
        self.best = np.full(B, np.inf)
        self.record = self.x.copy(), np.zeros_like(self.mu), np.zeros_like(self.s), np.zeros((B, 5))
        self.record[3][:, 1] = np.inf
        a, b = np.tril_indices(self.r)
        self.entry = np.empty((self.r, self.r), dtype=int)
        self.entry[a, b] = self.entry[b, a] = np.arange(len(a))

    def run(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return minimisers, multipliers, slacks and statistics of all programs."""
        x, mu, _, stats = self.record
        whole = self.F
        for iteration in range(self.limit + 1):
            primal, dual, gap, at_end = self._look(iteration)
            if iteration == self.limit or at_end.all():
                break
            if at_end.mean() > 1.0 - COMPACT:
                keep = ~at_end
                for owner in (self, self.systems):
                    for name in owner.MOVING:
                        setattr(owner, name, getattr(owner, name)[keep])
                primal, dual, gap = primal[keep], dual[keep], gap[keep]
            self._step(primal, dual, gap)
        left = (x[:, None, :] @ whole)[:, 0, :] - self.space.y
        stats[:, 0] = (left * left).sum(axis=1)
        # residuals count with what they multiply: a slack too short with its multipliers, a slope with the weights
        stats[:, 2] *= 1.0 + mu.sum(axis=(1, 2))
        stats[:, 3] *= 1.0 + np.abs(x).sum(axis=1)
        return self.record

    def _heights(self, x: np.ndarray) -> np.ndarray:
        """Return <z_j, C_t> (B, p, k) for weights in x (B, N)."""
        return np.asarray(x[:, : self.p * self.r].reshape(len(x), self.p, self.r) @ self.normals)

    def _pulled(self, work: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Return out (B, N) with sum_t work_jt C_t added for every unit with a cone."""
        out[:, : self.p * self.r] += (work @ self.space.C).reshape(len(work), -1)
        return out

    def _look(self, iteration: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return primal and dual residuals, the gaps and which programs are done; remember the best points."""
        primal = self.o * self._heights(self.x) - self.s
        gap = (self.s * self.mu).sum(axis=(1, 2))
        dual = self._pulled(-self.o * self.mu, self.systems.times(self.F, self.x) - self.q)
        primal_size = np.abs(primal).max(axis=(1, 2), initial=0.0)
        dual_size = np.abs(dual).max(axis=1, initial=0.0)
        merit = np.maximum(np.maximum(gap, primal_size / np.abs(self.x).max(axis=1, initial=1.0)), dual_size)
        better = merit < self.best[self.ids]
        rows = self.ids[better]
        self.best[rows] = merit[better]
        x, mu, s, stats = self.record
        x[rows], mu[rows], s[rows] = self.x[better], self.mu[better], self.s[better]
        stats[rows, 1], stats[rows, 2], stats[rows, 3] = gap[better], primal_size[better], dual_size[better]
        stats[rows, 4] = iteration
        self.worse = np.where(better, 0, self.worse + 1)
        at_end = (merit <= self.gap_limit) | (self.worse > WORSE) | ~np.isfinite(merit) | (self.last < LEAST_STEP)
        return primal, dual, gap, at_end

    def _blocks(self, weights: np.ndarray) -> np.ndarray:
        """Return sum_t weights_jt C_t C_t^T (B, p, r, r)."""
        products = self.space.products
        if len(products):
            return np.asarray((weights @ products)[:, :, self.entry])
        units = [(weights[:, j, None, :] * self.normals) @ self.space.C for j in range(self.p)]
        return np.stack(units, axis=1)

    def _step(self, primal: np.ndarray, dual: np.ndarray, gap: np.ndarray) -> None:
        """Take one predictor and corrector step."""
        inverse = 1.0 / self.s
        weights = self.mu * inverse
        self.systems.prepare(self.F, self._blocks(weights))
        if not self.count:
            self.x = self.x + self.systems.solve(self.F, -dual)
            return
        away = -self.o
        aim = weights * primal
        aim += self.mu
        step = self.systems.solve(self.F, self._pulled(aim * away, -dual))
        step_s, change = self._moved(step, primal, inverse)
        # at first multipliers change by -(1 + change) of themselves, and products s mu by -s mu together
        along = 1.0 / np.maximum(np.maximum(-change.min(axis=(1, 2)), 1.0 + change.max(axis=(1, 2))), 1.0)
        fall = weights * step_s
        fall += self.mu
        extra = step_s * fall
        after = gap * (1.0 - along) - along * along * extra.sum(axis=(1, 2))
        target = (after / gap) ** 3 * gap / self.count
        extra += target[:, None, None]
        extra *= inverse
        aim -= extra
        step = self.systems.solve(self.F, self._pulled(aim * away, -dual))
        step_s, change = self._moved(step, primal, inverse)
        step_mu = weights * step_s
        step_mu += self.mu
        step_mu -= extra  # so far with the wrong sign
        shrink = np.maximum(-change.min(axis=(1, 2)), (step_mu / self.mu).max(axis=(1, 2)))
        self.last = np.where(shrink > 1.0, np.minimum(1.0, STEP / shrink), 1.0)
        wide = self.last[:, None, None]
        self.x = self.x + self.last[:, None] * step
        self.s = self.s + wide * step_s
        self.mu = self.mu - wide * step_mu

    def _moved(self, step: np.ndarray, primal: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the changes (B, p, k) of the slacks that a step of the weights asks for, and as shares of them."""
        step_s = self._heights(step)
        step_s *= self.o
        step_s += primal
        return step_s, step_s * inverse
