"""One activation pattern: realizable with a witness, or impossible with Gordan's multipliers; both exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...certificates import fraction_texts, new
from ...numbers.checks import readonly
from ...problem.data import Dataset, as_dataset, check_pattern
from ...solvers.linear import Rows


@dataclass(frozen=True, eq=False)
class Realizability:
    """Whether one unit can have an activation pattern, with the proof of the answer.

    Attributes:
        pattern: (n,) bool, the pattern asked about.
        realizable: whether some w has <w, x_i> > 0 exactly where the pattern is True and < 0 elsewhere.
        witness: (d,) such a w, doubles read as exact dyadic numbers; where no double vector was found inside the region
            an object array of `Fraction`; None where not realizable.
        gordan: (n,) object array of `Fraction`, lambda_i >= 0, not all zero, with sum_i lambda_i s_i x_i = 0 where
            s_i = +1 for True and -1 for False; None where realizable.
        kind: always "exact".
    """

    pattern: np.ndarray
    realizable: bool
    witness: np.ndarray | None
    gordan: np.ndarray | None
    data: Dataset = field(repr=False)
    kind: str = "exact"

    def __bool__(self) -> bool:
        """Return whether the pattern is realizable."""
        return self.realizable

    @property
    def certificate(self) -> dict[str, Any]:
        """The proof as plain JSON, for `reluscape.verify`."""
        claim = {"pattern": "".join("1" if bit else "0" for bit in self.pattern), "realizable": self.realizable}
        kind, key = ("region-witness", "w") if self.realizable else ("region-empty", "lambda")
        proof = self.witness if self.realizable else self.gordan
        return new(kind, self.data.fractions, None, claim, {key: fraction_texts(proof)})


def is_realizable(X: Any, pattern: Any) -> Realizability:
    """Decide whether one unit can have an activation pattern on the samples, exactly.

    Exactly one of these exists: w with s_i <w, x_i> > 0 for all i, or lambda >= 0, not all zero, with
    sum_i lambda_i s_i x_i = 0 (s_i = +1 where the pattern is True, else -1).

    Args:
        X: (n, d) samples or a `Dataset`; floats are read as the dyadic rationals they store.
        pattern: (n,) bool or 0/1.

    Returns:
        `Realizability` with the witness or the multipliers. A zero row makes every pattern impossible (its unit
        multiplier proves it); with no samples at all the empty pattern is realizable.

    Raises:
        ShapeError: the pattern does not have n entries.
        InputError: NaN or infinity in X, or entries of the pattern other than 0 and 1.

    Source: Karhadkar et al., Section 3 (the region S_X^A of one unit); Gordan (1873).

    Example:
        >>> is_realizable([[1, 0], [0, 1], [1, 1]], [1, 1, 1]).realizable
        True
        >>> is_realizable([[1, 0], [0, 1], [1, 1]], [1, 1, 0]).gordan.tolist()
        [Fraction(1, 1), Fraction(1, 1), Fraction(1, 1)]
    """
    data = as_dataset(X)
    bits = check_pattern(pattern, data.n, 1)[0]
    signs = np.where(bits, 1.0, -1.0)
    feasibility = _prepared(data).decide(signs)
    if feasibility.feasible:
        witness = feasibility.witness
        if witness is not None and witness.dtype == object:
            witness = readonly([Fraction(int(v)) for v in witness], dtype=object)
        return Realizability(readonly(bits), True, witness, None, data)
    multipliers = [] if feasibility.multipliers is None else feasibility.multipliers.tolist()
    zero = Fraction(0)
    gordan = [Fraction(m) / s if m else zero for m, s in zip(multipliers, data.row_scale, strict=True)]
    return Realizability(readonly(bits), False, None, readonly(gordan, dtype=object), data)


# A data set never changes, so its rows are prepared once for as long as it lives.
_PREPARED: WeakKeyDictionary[Dataset, Rows] = WeakKeyDictionary()


def _prepared(data: Dataset) -> Rows:
    """Return the rows of a data set ready for decisions."""
    if data not in _PREPARED:
        _PREPARED[data] = Rows(data.rows)
    return _PREPARED[data]
