"""gamma*: the largest margin that ReQU units of total size one can give all samples at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import SolverError
from ..numbers.checks import readonly
from ..numbers.seeds import as_generator
from ..numbers.tolerances import DEFAULT, Tolerances
from .labels import labelled
from .sphere import Sphere
from .units import ExactUnits, distinct_units, line_units, separating_line

__all__ = ["Margin", "margin"]

RANDOM_STARTS, MOST_ROUNDS = 20, 80
# on a line more digits cost little
LINE_GAP = 1e-3


@dataclass(frozen=True, eq=False)
class Margin:
    """gamma* between a proven lower bound and an upper one.

    Attributes:
        lower: a double not above `exact_lower`.
        exact_lower: min_i y_i p(x_i) / sum_k |c_k| |u_k|^2, a `Fraction`, computed in rationals from `c` and `U`
            (where only units along a line were found: before these were rounded to doubles).
        upper: max |psi_q| on the unit sphere for the weights q.
        kind: "exact": both bounds are proven and agree up to `tolerances.margin_exact` (one-dimensional data, and
            wherever the cells of the data can be listed, unless doubles cannot hold the program);
            "certified": both are proven and a gap is left;
            "numerical": `upper` was only climbed to, and only `lower` is proven.
        c: (K,) signed coefficients of p(x) = sum_k c_k relu(<u_k, (x, 1)>)^2.
        U: (K, d + 1) its units.
        q: (n,) weights of the samples, sum 1.
        sphere: the data prepared for further questions.
    """

    lower: float
    exact_lower: Fraction
    upper: float
    kind: str
    c: np.ndarray
    U: np.ndarray
    q: np.ndarray
    sphere: Sphere

    @property
    def gap(self) -> float:
        """(upper - lower) / lower."""
        return (self.upper - self.lower) / self.lower


def margin(X: Any, y: Any = None, rng: Any = None, prove: bool = True, tolerances: Tolerances = DEFAULT) -> Margin:
    """Return gamma* = max_p min_i y_i p(x_i) / sum_k |alpha_k| |v_k|^2 over p = sum_k alpha_k relu(<v_k, (x, 1)>)^2.

    By duality gamma* = min over q >= 0, sum q = 1, of max_{|u| = 1} |sum_i q_i y_i relu(<u, (x_i, 1)>)^2|. Column
    generation: a linear program over a growing list of units, and the units that its dual weights q point to.

    Args:
        X: (n, d) samples without a column of ones, or a Dataset of them. Repeated points of one label are fine.
        y: (n,) labels -1 and +1; None with a Dataset that has them.
        rng: where the search for units starts.
        prove: bound gamma* from above too, by all cells of the data where they can be listed; the lower bound is always
            proven.
        tolerances: the numerical policy; `margin_gap` is where the search stops.

    Raises:
        AssumptionError: equal points with different labels: no network separates them.
        InputError: other labels, NaN, no sample.

    Source: takes the place of lambda-tilde in the proof of Theorem 1 of Liang, Sun and Srikant, which cannot be
    computed as printed. The proof uses sum_k |alpha_k| |v_k|^2 alone, so it holds with gamma*, and lambda-tilde is at
    most 2 / (3 sqrt 3) gamma*.

    Example:
        >>> found = margin([[0], [1]], [1, -1])
        >>> round(found.lower, 6), found.kind  # sqrt(2) / 3
        (0.471405, 'exact')
    """
    data, labels = labelled(X, y)
    return _Search(Sphere(data, None if prove else False, tolerances), labels, as_generator(rng), tolerances).run()


class _Search:
    """Column generation: the units so far, the best lower bound, the upper bound of the last weights."""

    def __init__(self, sphere: Sphere, labels: np.ndarray, rng: np.random.Generator, tolerances: Tolerances) -> None:
        self.sphere, self.y, self.rng, self.tolerances = sphere, labels, rng, tolerances
        self.exact = ExactUnits(sphere.data, labels)
        Z = sphere.Z
        self.units = distinct_units(np.concatenate([Z, -Z, self._random(), line_units(sphere.data.X, rng)]))
        self.best = (Fraction(0), np.zeros(0), np.zeros((0, sphere.k)))
        # the upper bound with the weights that give it: climbed to, and proven
        self.climbed = (np.inf, np.full(len(labels), 1 / len(labels)))
        self.proven = (np.inf, self.climbed[1])

    def run(self) -> Margin:
        """Add units until both bounds meet, or nothing is gained any more."""
        failures = 0
        for _ in range(MOST_ROUNDS):
            solution = _program(self.sphere, self.y, self.units, self.best[2], self.tolerances)
            if solution is None:
                break
            coefficients, q = solution
            self._keep(coefficients)
            before = min(self.climbed[0], self.proven[0])
            new_units, bounds_meet = self._ask(q)
            failures = failures + 1 if min(self.climbed[0], self.proven[0]) >= before else 0
            near = (np.abs(self.sphere.psi(q * self.y, self.units)) > float(self.best[0]) / 2) | (coefficients != 0)
            old_units = self.units[near]
            self.units = distinct_units(np.concatenate([old_units, new_units]))
            if bounds_meet or len(self.units) == len(old_units) or failures > MOST_ROUNDS // 4:
                break
        if not self.best[0]:
            self.best = separating_line(self.sphere.data, self.y, self.rng)
        return self._result()

    def _keep(self, coefficients: np.ndarray) -> None:
        """Keep coefficients whose margin, in exact arithmetic, is the best so far."""
        support = np.flatnonzero(coefficients)
        ratio = self.exact.ratio(coefficients[support], self.units[support])
        if ratio > self.best[0]:
            self.best = (ratio, coefficients[support], self.units[support])

    def _ask(self, q: np.ndarray) -> tuple[np.ndarray, bool]:
        """Return the units that the weights q point to, and whether both bounds have met."""
        r, lower = q * self.y, float(self.best[0])
        enough = lower * (1 + self.tolerances.margin_gap * (LINE_GAP if self.sphere.k == 2 else 1.0))
        starts = np.concatenate([self.best[2], self.sphere.Z, -self.sphere.Z, self._random()])
        values, directions, _ = self.sphere.ascend(r, starts)
        if values[0] < self.climbed[0]:
            self.climbed = (float(values[0]), q)
        bounds_meet = bool(values[0] <= enough)
        better = directions[values > enough]
        if self.sphere.cells_fit and (bounds_meet or self.sphere.k == 2):
            peak = self.sphere.peak(r, directions[:1])
            if peak.upper < self.proven[0]:
                self.proven = (peak.upper, q)
            bounds_meet = peak.upper <= enough
            if not bounds_meet and peak.value > values[0]:
                better = np.concatenate([better, peak.direction[None]])
        return better, bounds_meet

    def _random(self) -> np.ndarray:
        """Return random directions."""
        return self.rng.standard_normal((RANDOM_STARTS, self.sphere.k))

    def _result(self) -> Margin:
        """Return the bounds with what proves them."""
        ratio, c, U = self.best
        if self.sphere.cells_fit and self.climbed[0] < np.inf and self.proven[0] == np.inf:
            peak = self.sphere.peak(self.climbed[1] * self.y, np.concatenate([U, self._random()]))
            self.proven = (peak.upper, self.climbed[1])
        lower = float(ratio)
        if Fraction(lower) > ratio:
            lower = float(np.nextafter(lower, 0.0))
        if not lower > 0:
            raise SolverError("gamma* of these data is below the smallest double; no usable lambda can be written down")
        if self.climbed[0] == np.inf:
            # one sample alone: no unit vector gives it more than its squared length
            sizes = (self.sphere.Z**2).sum(axis=1)
            self.proven = (float(sizes.min()) * (1 + self.tolerances.climb), np.eye(len(sizes))[np.argmin(sizes)])
        upper, q = self.proven if self.proven[0] < np.inf else self.climbed
        kind = "numerical"
        if self.proven[0] < np.inf:
            kind = "exact" if upper <= lower * (1 + self.tolerances.margin_exact) else "certified"
        return Margin(lower, ratio, max(upper, lower), kind, readonly(c), readonly(U), readonly(q), self.sphere)


def _program(
    sphere: Sphere, labels: np.ndarray, units: np.ndarray, so_far: np.ndarray, tolerances: Tolerances
) -> tuple[np.ndarray, np.ndarray] | None:
    """Solve min sum |c| with y_i p(x_i) >= 1 over the units; return c and the dual weights, or None where it fails.

    The margin of c / sum |c| is 1 / sum |c|; written like this, a tiny margin costs no accuracy. Outputs are
    scaled so that the units used so far have a largest output of one or more.
    """
    from scipy.optimize import linprog

    outputs = np.maximum(units @ sphere.Z.T, 0.0) ** 2
    top = (np.maximum(so_far @ sphere.Z.T, 0.0) ** 2).max(axis=1) if len(so_far) else np.median(outputs.max(axis=1))
    answer = None
    # where the solver gives up on one scale another may do
    for size in (float(np.min(top)) or 1.0, 1.0, float(outputs.max()) or 1.0):
        F = (outputs / size * labels).T
        answer = linprog(
            np.ones(2 * len(units)),
            A_ub=np.concatenate([-F, F], axis=1),
            b_ub=-np.ones(len(labels)),
            bounds=(0, None),
            method="highs-ds",
            options={
                "primal_feasibility_tolerance": tolerances.program_feasibility,
                "dual_feasibility_tolerance": tolerances.program_feasibility,
            },
        )
        if answer.status == 0 and answer.x is not None:
            break
    else:
        return None
    q = np.maximum(-np.asarray(answer.ineqlin.marginals), 0.0)
    if not (np.isfinite(q).all() and q.sum() > 0):
        return None
    half = len(units)
    return (answer.x[:half] - answer.x[half:]) / size, q / q.sum()
