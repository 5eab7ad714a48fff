"""How often a random start lies above the zero network's loss, beside Proposition 1's promise."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..bounds.safran import safran_proposition_1
from ..data import as_dataset
from ..errors import InputError
from ..estimates import Probability
from ..initialization import get_law
from ..losses import get_loss
from ..seeds import as_generator

CHUNK = 1 << 21


@dataclass(frozen=True, eq=False)
class AboveZero(Probability):
    """P[L(W_0) > L(0)] by simulation.

    Attributes:
        promised: Proposition 1's lower bound (1 - 2^-m) / 2; None where the law does not meet Assumption 1.
        zero_loss: L(0), the loss of the zero network.
    """

    promised: Fraction | None = None
    zero_loss: float = 0.0


def start_above_zero(
    law: Any, X: Any, y: Any = None, width: int = 1, trials: int = 1000, rng: Any = None, loss: Any = "squared"
) -> AboveZero:
    """Return P[L(W_0) > L(0)], the second hypothesis of the monotone path, with its interval.

    Args:
        law: law of initialisation.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        width: number of units m.
        trials: number of draws.
        rng: anything that `numpy.random.default_rng` takes.
        loss: a convex loss.

    Source: Safran and Shamir, Propositions 1 and 2. Multiplying the output layer by a large number brings the
    probability near that of a prediction that is not zero.

    Example:
        >>> found = start_above_zero("normal", [[1.0]], [100.0], 3, trials=2000, rng=0)
        >>> found.promised, found.low < 0.44 < found.high
        (Fraction(7, 16), True)
    """
    data = as_dataset(X, y)
    if data.y is None:
        raise InputError("a loss needs targets; give y")
    if int(trials) != trials or trials < 1:
        raise InputError(f"trials is {trials!r}; it is a whole number, 1 or more")
    chosen, measure, generator = get_law(law), get_loss(loss), as_generator(rng)
    zero = float(np.mean(measure.value(np.zeros(data.n), data.y)))
    hits, left = 0, int(trials)
    while left:
        t = min(left, max(1, CHUNK // max(1, width * data.n)))
        W, v = chosen.sample_many(generator, t, width, data.d)
        f = np.einsum("tmn,tm->tn", np.maximum(W @ data.X.T, 0.0), v)
        hits += int((measure.value(f, data.y).mean(axis=1) > zero).sum())
        left -= t
    base = Probability.sampled(hits, int(trials), "initialization", chosen.name)
    return AboveZero(
        base.value,
        base.low,
        base.high,
        base.kind,
        base.trials,
        base.population,
        base.law,
        base.confidence,
        safran_proposition_1(width) if chosen.meets_assumption_1 and width else None,
        zero,
    )
