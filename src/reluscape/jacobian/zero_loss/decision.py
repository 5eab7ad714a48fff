"""Does an open activation region hold a point of zero loss: the public question and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...certificates import fraction_texts, new
from ...errors import ShapeError
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import Dataset, check_pattern
from ...problem.problem import Problem, as_problem
from ..rank import jacobian_rank
from .interior_point import Refutation, UnitTypes, decide

__all__ = ["ZeroLoss", "zero_loss"]


@dataclass(frozen=True, eq=False)
class ZeroLoss:
    """Whether an open region holds zero-loss weights, and the set of all of them.

    The set is {W in the region : J W = y}: a relatively open convex piece of an affine space.

    Attributes:
        exists: the answer, exact.
        pattern: (m, n) the region.
        v: (m,) output weights.
        kind: always "exact".
        problem: what was minimised.
    """

    exists: bool
    pattern: np.ndarray
    v: np.ndarray
    data: Dataset = field(repr=False)
    weights: Callable[[], np.ndarray] | None = field(repr=False)
    refutation: Refutation | None = field(repr=False)
    kind: str = "exact"
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def __bool__(self) -> bool:
        """Return the answer."""
        return self.exists

    @cached_property
    def exact_W(self) -> np.ndarray | None:
        """(m, d) object array of `Fraction`, strictly inside the region with f(x_i) = y_i exactly; None without."""
        return readonly(self.weights(), dtype=object) if self.weights else None

    @cached_property
    def W(self) -> np.ndarray | None:
        """(m, d) the same weights rounded to floats; None without."""
        return None if self.exact_W is None else readonly(self.exact_W.astype(float))

    @cached_property
    def codimension(self) -> int | None:
        """Codimension of the set of zero-loss weights in the space of W: the rank of J; None where it is empty."""
        return jacobian_rank(self.pattern, self.data, v=self.v) if self.exists else None

    @cached_property
    def directions(self) -> np.ndarray | None:
        """(k, m*d) exact basis of the directions of the set, the null space of J; None where the set is empty."""
        if not self.exists:
            return None
        blocks = [
            w * np.where(row[:, None], self.data.fractions, 0) for w, row in zip(self.v, self.pattern, strict=True)
        ]
        J = np.concatenate(blocks, axis=1) if blocks else np.empty((self.data.n, 0), dtype=object)
        return readonly(exact.nullspace(J), dtype=object)

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """The proof as plain JSON, for `reluscape.verify`."""
        claim = {
            "pattern": ["".join("1" if bit else "0" for bit in row) for row in self.pattern],
            "v": fraction_texts(self.v),
            "zero_loss": self.exists,
        }
        if self.refutation is None:
            witness = {"W": fraction_texts(self.exact_W)}
        else:
            witness = {"u": fraction_texts(self.refutation.u), "mu": fraction_texts(self.refutation.mu)}
        return new("zero-loss", self.data.fractions, self.data.y_fractions, claim, witness)


def zero_loss(X: Any, y: Any, pattern: Any, v: Any) -> ZeroLoss:
    """Decide whether the open activation region of a pattern holds weights W with zero loss, for fixed v.

    Zero loss means sum_j v_j a_ji <w_j, x_i> = y_i for all i with w_j strictly inside its cone; the targets must lie
    in the relative interior of the cone of the region's predictions. Units with equal (row, sign of v) are merged.

    Args:
        X: samples (n, d) or a Dataset; a row of zeros puts no condition on W, and zero loss needs its target to be 0.
        y: targets (n,), or None where X is a Dataset with targets.
        pattern: (m, n) bool.
        v: output weights (m,); zeros allowed.

    Returns:
        ZeroLoss with `.exists`, `.W`, `.codimension`, `.directions`, `.certificate`.

    Raises:
        ShapeError: shapes that do not match, or no targets.

    Source: Karhadkar and Montufar, Theorem 8 (print calls the set affine; it is an open convex piece of one).

    Example:
        >>> found = zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1])
        >>> found.exists, found.codimension, len(found.directions)
        (True, 2, 2)
        >>> zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, 1]).exists
        False
    """
    problem = as_problem(X, y)
    data = problem.plain_data()
    A = check_pattern(pattern, data.n)
    weights = exact.fraction_array(v).reshape(-1)
    if len(weights) != len(A):
        raise ShapeError(f"v has {len(weights)} entries for {len(A)} units")
    types = UnitTypes.of(A, weights)
    outcome = decide(data, data.y_fractions, types)
    if isinstance(outcome, Refutation):
        refutation = Refutation(outcome.u, types.per_unit(outcome.mu))
        return ZeroLoss(False, readonly(A), readonly(weights, dtype=object), data, None, refutation, problem=problem)
    point = outcome

    def all_weights() -> np.ndarray:
        return types.share_out(point(), data.d)

    return ZeroLoss(True, readonly(A), readonly(weights, dtype=object), data, all_weights, None, problem=problem)
