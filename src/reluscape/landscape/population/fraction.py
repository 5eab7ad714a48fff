"""How often descent on the population loss gets stuck, counted over random starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.checks import whole_number
from ...numbers.estimates import Probability
from ...numbers.seeds import as_generator
from ...numbers.tolerances import DEFAULT
from .descent import STUCK, UNDECIDED, Descent, descend
from .minimum import LocalMinimum, prove
from .published import PUBLISHED


@dataclass(frozen=True, eq=False)
class StuckFraction:
    """The share of random starts from which descent ends at a local minimum that is not global.

    Attributes:
        share: with its Clopper-Pearson interval; starts that ended undecided count for either end of it.
        values: the different losses of the minima reached, ascending.
        counts: how many starts ended at each.
        minima: for each value a proof (`LocalMinimum`) of one of its end points, None where intervals prove none.
        undecided: number of starts that ended neither at a loss of zero nor at a strict minimum.
        published: the share that Safran and Shamir 2018 give for this k and n, None where we know none.
    """

    share: Probability
    values: tuple[float, ...]
    counts: tuple[int, ...]
    minima: tuple[LocalMinimum | None, ...]
    undecided: int
    published: float | None

    def __float__(self) -> float:
        """Return the share."""
        return float(self.share)


def stuck_fraction(k: int, n: int | None = None, trials: int = 100, rng: Any = None) -> StuckFraction:
    """Return how often n units that imitate k orthonormal ones get stuck, and proofs of where.

    Starts are normal with variance 1 / k; descent is L-BFGS. The published shares are of gradient descent from
    Xavier's starts, so that both are of one size but not one number.

    Args:
        k: units of the teacher, and inputs.
        n: units of the student, as many as k or more; None stands for k.
        trials: number of starts.
        rng: anything that `numpy.random.default_rng` takes.

    Raises:
        InputError: fewer units than the teacher has, where every minimum is above zero.

    Source: Safran and Shamir 2018, section 5, Table 1.

    Example:
        >>> stuck_fraction(2, trials=5, rng=0).share.value
        0.0
    """
    k, trials = whole_number("k", k, 1), whole_number("trials", trials, 1)
    n = k if n is None else whole_number("n", n, 1)
    if n < k:
        raise InputError(
            f"{n} units cannot imitate {k}: every minimum is above zero, none counts as stuck; take n >= k"
        )
    draws = as_generator(rng)
    ends = [descend(draws.normal(size=(n, k)) / np.sqrt(k)) for _ in range(trials)]
    groups: list[list[Descent]] = []
    for end in sorted((e for e in ends if e.end == STUCK), key=lambda e: e.loss):
        if not groups or end.loss - groups[-1][0].loss > DEFAULT.same_trap * end.loss:
            groups.append([])
        groups[-1].append(end)
    open_ends = sum(e.end == UNDECIDED for e in ends)
    share = Probability.sampled(sum(map(len, groups)), trials, "initialization", "normal", undecided=open_ends)
    return StuckFraction(
        share,
        tuple(group[0].loss for group in groups),
        tuple(map(len, groups)),
        tuple(prove(group[0].W, group[0].teacher) for group in groups),
        open_ends,
        PUBLISHED.get((k, n)),
    )
