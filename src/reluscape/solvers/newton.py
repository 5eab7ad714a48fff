"""Basin programs of any convex differentiable loss: one interior point with the loss's own slopes, and a lower bound.

Minimise L(F x) over a cone of x. With the slopes g = L'(q) at any q and multipliers mu >= 0 with F^T g = G^T mu the
tangent of L at q never lies below L(q) - g q on the cone, so that L(q) - g q bounds the infimum from below. Such a
pair is found beside the minimiser; nothing about the loss is needed but its value and its slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import scipy.linalg

from ..numbers.tolerances import DEFAULT, Tolerances
from .cell_cones import CellCones

STEPS = 150
BACKTRACKS = 40
REPAIRS = 4
TO_THE_BOUNDARY = 0.995
LONGEST = 8.0
NARROWER = 0.1
PATIENCE = 6
POLISH = 2
# gap of the barrier, in units of the gap that is wanted, from which bounds are tried
BOUND_FROM = 1e3
# share of the loss of a prediction of size 1 below which a loss is no scale of its own
SMALL = 1e-6


class Problem(Protocol):
    """A convex function of the predictions f = F x over the cones of x."""

    F: np.ndarray
    cones: CellCones

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the losses."""
        ...

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives in f."""
        ...

    def curvatures(self, f: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Return the curvatures, as the rise of the slopes over stretches of these half widths."""
        ...

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures' matrix times M."""
        ...

    def within(self, g: np.ndarray) -> np.ndarray:
        """Return the slopes nearest to g that the losses have."""
        ...

    def tangents(self, g: np.ndarray, f: np.ndarray) -> float:
        """Return sum_i l_i(q_i) - g_i q_i where q has the slopes g; f is near q."""
        ...


@dataclass(frozen=True, eq=False)
class Minimum:
    """A minimiser of a problem, with the bound that proves it.

    Attributes:
        x: the point, inside the cones.
        total: the sum of the losses there.
        lower: a lower bound on the infimum.
        slopes: the slopes that prove the bound.
        multipliers, slacks: (p, k) of the cones.
        residual: dual residual and complementarity relative to the terms of the gradient.
        scale: the size of the losses that a gap is compared with.
    """

    x: np.ndarray
    total: float
    lower: float
    slopes: np.ndarray
    multipliers: np.ndarray
    slacks: np.ndarray
    residual: float
    scale: float


def minimise_inside(problem: Problem, tolerances: Tolerances = DEFAULT) -> Minimum:
    """Return a minimiser and a lower bound that meets it as nearly as floats allow.

    A primal-dual barrier method: Newton's direction for L(F x) - tau sum log s, followed to the minimum of this convex
    function on the line, with tau going to zero. Curvatures are rises of the slopes over stretches as long as the last
    step, so that kinks of the derivative, flat stretches and slopes that hardly change over a long way are met too.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # steps that overflow are not taken
        return _Search(problem, tolerances).run()


class _Search:
    """The state of one search."""

    def __init__(self, problem: Problem, tolerances: Tolerances) -> None:
        self.problem, self.tolerances = problem, tolerances
        self.F, self.cones = problem.F, problem.cones
        self.x = self.cones.inside(tolerances)
        reach = float((np.abs(self.F) @ np.abs(self.x)).max(initial=0.0))  # without what cancels
        if reach > 0:
            self.x = self.x / reach
        self.f = self.F @ self.x
        # a cone without interior is widened by a little, which no bound makes use of
        self.s = np.maximum(self.cones.heights(self.x), tolerances.widened)
        self.width = 1.0 + np.abs(self.f)
        zero = np.zeros(len(self.f))
        self.start = problem.value(zero)
        self.total = problem.value(self.f)
        some = np.linspace(-1.0, 1.0, len(self.f) + 1)[1:]
        rises = [abs(problem.value(sign * some) - self.start) for sign in (1.0, -1.0)]
        self.least = SMALL * float(np.nan_to_num(max(rises), nan=0.0, posinf=0.0)) + np.finfo(float).tiny
        steepest = np.abs(np.concatenate([problem.slopes(zero), problem.slopes(self.f)])).max(initial=0.0)
        self.size = float(steepest * np.abs(self.F).max(initial=0.0)) or 1.0
        pull = float(np.abs(problem.slopes(self.f)) @ np.abs(self.f))
        self.tau = (
            max(pull, 0.1 * abs(self.start), np.finfo(float).tiny) / self.cones.count if self.cones.count else 0.0
        )
        self.mu = self.tau / self.s if self.cones.count else self.s
        self.centre = self.x
        self.ridge = 0.0

    @property
    def scale(self) -> float:
        """The size of the losses that a gap is compared with."""
        return max(abs(self.total), abs(self.start - self.total), self.least)

    def run(self) -> Minimum:
        """Step until the bound meets the value, or nothing gets better."""
        best: Minimum | None = None
        worse = 0
        for _ in range(STEPS):
            g = self.problem.slopes(self.f)
            h = self.problem.curvatures(self.f, self.width)
            factor = self._factor(h)
            fall = self._step(g, factor)
            near = self.cones.count * self.tau <= BOUND_FROM * self.tolerances.newton_gap * self.scale
            at_rest = fall <= max(0.5 * self.cones.count * self.tau, self.tolerances.newton_decrement * self.scale)
            if near and (at_rest or worse):
                latest = self._bound()
                far = best is None or latest.total - latest.lower < 0.5 * (best.total - best.lower)
                best = latest if best is None or self._rank(latest) < self._rank(best) else best
                worse = 0 if far else worse + 1
                if worse > PATIENCE or self._done(best, worse):
                    break
            if at_rest and self.cones.count:
                self.centre = self.x
                least = self.tolerances.newton_decrement * self.scale / self.cones.count
                self.tau = max(0.1 * self.tau, least)
            elif at_rest:
                self.centre = self.x
        return self._bound() if best is None else best

    def _rank(self, minimum: Minimum) -> tuple[bool, float]:
        """Return what the better of two bounds has less of: without cones the last digits of the point count."""
        gap = minimum.total - minimum.lower
        is_tight = gap <= self.tolerances.newton_gap * self.scale
        return not is_tight, minimum.residual if is_tight and not self.cones.count else gap

    def _done(self, best: Minimum, worse: int) -> bool:
        """Return whether nothing is left to gain."""
        is_tight = best.total - best.lower <= self.tolerances.newton_gap * self.scale
        return is_tight and (self.cones.count > 0 or worse > POLISH or best.residual == 0.0)

    def _factor(self, h: np.ndarray) -> Any:
        """Return the Cholesky factor of the Newton matrix."""
        F = self.F
        M = F.T @ self.problem.times(h, F)
        top = float(np.diag(M).max(initial=0.0))
        self.ridge = self.tolerances.newton_ridge * top or 1.0
        if self.cones.count:
            self.cones.add_gram(M, self.mu / self.s)
        M[np.diag_indices_from(M)] += self.ridge
        extra = 0.0
        for _ in range(REPAIRS):
            try:
                return scipy.linalg.cho_factor(M, lower=True, check_finite=False)
            except np.linalg.LinAlgError:
                more = max(self.tolerances.interior_ridge * float(np.diag(M).max()), 100 * extra)
                M[np.diag_indices_from(M)] += more - extra
                extra = more
        return scipy.linalg.cho_factor(np.diag(np.diag(M)), lower=True, check_finite=False)

    def _step(self, g: np.ndarray, factor: Any) -> float:
        """Move along Newton's direction; return how fast the barrier function fell at its start."""
        cones, tau = self.cones, self.tau
        slope = self.F.T @ g + self.ridge * (self.x - self.centre)
        if cones.count:
            slope = slope - cones.pull(tau / self.s)
        dx = -scipy.linalg.cho_solve(factor, slope, check_finite=False)
        df, ds = self.F @ dx, cones.heights(dx)
        fall = -float(slope @ dx)
        if not np.isfinite(fall) or not fall > 0:
            self.width = np.maximum(NARROWER * self.width, 0.0)
            return 0.0
        falling = ds < 0
        limit = TO_THE_BOUNDARY * float((-self.s[falling] / ds[falling]).min(initial=np.inf))

        def rise(a: float) -> float:
            value = float(self.problem.slopes(self.f + a * df) @ df)
            value += self.ridge * float((self.x + a * dx - self.centre) @ dx)
            if cones.count:
                value -= tau * float((ds / (self.s + a * ds)).sum())
            return value if np.isfinite(value) else np.inf

        a = _zero_of(rise, -fall, min(1.0, limit), min(LONGEST, limit))
        if cones.count:
            dmu = tau / self.s - self.mu - self.mu / self.s * ds
            shrinking = dmu < 0
            most = TO_THE_BOUNDARY * float((-self.mu[shrinking] / dmu[shrinking]).min(initial=np.inf))
            self.mu = self.mu + min(1.0, most) * dmu
        self.x, self.s = self.x + a * dx, self.s + a * ds
        self.f = self.F @ self.x
        moves = np.abs(a * df) if a > 0.1 or a >= limit else np.sqrt(a) * np.abs(df)
        self.width = np.maximum(moves, NARROWER * self.width)
        self.total = self.problem.value(self.f)
        return fall

    def _bound(self) -> Minimum:
        """Return the point with the lower bound that slopes beside its own prove."""
        problem, cones, F = self.problem, self.cones, self.F
        g, mu = problem.slopes(self.f), self.mu
        h = problem.curvatures(self.f, np.zeros(len(self.f)))
        factor = self._factor(h)
        size = max(self.size, float((np.abs(F).T @ np.abs(g)).max(initial=0.0)))
        stationarity = float(np.abs(F.T @ g - cones.pull(mu)).max(initial=0.0)) / size
        slack = float((mu * self.s).sum()) / self.scale if cones.count else 0.0
        for _ in range(REPAIRS):
            rest = F.T @ g - cones.pull(mu)
            step = scipy.linalg.cho_solve(factor, rest, check_finite=False)
            g = problem.within(g - problem.times(h, (F @ step)[:, None])[:, 0])
            if cones.count:
                mu = np.maximum(mu + mu / self.s * cones.heights(step), 0.0)
        rest = F.T @ g - cones.pull(mu)
        lower = problem.tangents(g, self.f) - float(np.abs(rest) @ np.abs(self.x))
        if not np.isfinite(lower) or np.abs(rest).max(initial=0.0) > self.tolerances.newton_dual * size:
            lower = -np.inf
        return Minimum(self.x, self.total, min(lower, self.total), g, mu, self.s, max(stationarity, slack), self.scale)


def _zero_of(rise: Any, at_zero: float, first: float, last: float) -> float:
    """Return a step where the rising function `rise`, negative at 0, is near zero, at most `last`."""
    close = 0.1 * abs(at_zero)
    low, low_value, a = 0.0, at_zero, first
    value = rise(a)
    while value < -close and a < last:
        low, low_value, a = a, value, min(2.0 * a, last)
        value = rise(a)
    if value <= close:
        return a
    high, high_value = a, value
    for k in range(BACKTRACKS):
        share = low_value / (low_value - high_value) if np.isfinite(high_value) else 0.1
        share = min(max(share, 0.1), 0.9) if k % 3 else 0.5 if np.isfinite(high_value) else 0.1
        a = low + share * (high - low)
        value = rise(a)
        if abs(value) <= close:
            return a
        if value < 0:
            low, low_value = a, value
        else:
            high, high_value = a, value
    return low if low > 0 else a
