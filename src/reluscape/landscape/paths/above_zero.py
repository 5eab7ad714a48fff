"""How often a random start lies above the zero network's loss, beside what Propositions 1 and 2 promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ...bounds.safran.statements import safran_equation_9
from ...errors import InputError
from ...numbers.estimates import Probability
from ...numbers.seeds import as_generator
from ...problem.losses import able
from ...problem.networks.initialization import Law, get_law
from ...problem.problem import Problem, as_problem
from .objective import Objective

CHUNK = 1 << 21
GRID = 9


@dataclass(frozen=True, eq=False)
class AboveZero(Probability):
    """P[L(W_0) > L(0)] by simulation.

    Attributes:
        promised: lower bound r (1 - 2^-m) / 2, m units in the last hidden layer: Proposition 1 with r = 1 for the
            squared loss and cross-entropies, Proposition 2 with the lower end of `strictly_convex` for other losses;
            with several hidden layers and no hidden biases the product over all of them (Eq. (9) corrected). None where
            the law does not meet Assumption 1, and 0 where every sample is zero and no layer has a bias, so that the
            prediction is 0.
        zero_loss: L(0), the loss of the zero network.
        strictly_convex: for other losses the share of starts with a prediction other than 0 along whose ray c P,
            -1 <= c <= 1, the loss bends at every point tried; None where it always does.
        problem: what was minimised.
    """

    promised: Fraction | float | None = None
    zero_loss: float = 0.0
    strictly_convex: Probability | None = None
    problem: Problem | None = field(default=None, repr=False, compare=False)


def start_above_zero(
    law: Any,
    X: Any,
    y: Any = None,
    width: int | Sequence[int] = 1,
    trials: int = 1000,
    rng: Any = None,
    loss: Any = "squared",
    outputs: int = 1,
    hidden_biases: bool = False,
) -> AboveZero:
    """Return P[L(W_0) > L(0)], the second hypothesis of the monotone path, with its interval.

    Args:
        law: law of initialisation, used for every layer.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets; labels 0 to k - 1 for "cross_entropy".
        width: number of units m, or of each hidden layer.
        trials: number of draws.
        rng: anything that `numpy.random.default_rng` takes.
        loss: "squared", "logistic", "bce", "cross_entropy" or an object with value and gradient.
        outputs: number k of outputs for "cross_entropy".
        hidden_biases: True gives the second and later hidden layers biases (those of the first come from a column of
            ones in X).

    Raises:
        InputError: no targets, or numbers that are no counts.

    Source: Safran and Shamir, Propositions 1 and 2, Eq. (9). Multiplying the output layer by a large number brings the
    probability near that of a prediction that is not zero.

    Example:
        >>> found = start_above_zero("normal", [[1.0]], [100.0], 3, trials=2000, rng=0)
        >>> found.promised, found.low < 0.44 < found.high
        (Fraction(7, 16), True)
    """
    problem = as_problem(X, y, loss=loss)
    data = problem.data
    if int(trials) != trials or trials < 1:
        raise InputError(f"trials is {trials!r}; it is a whole number, 1 or more")
    widths = [int(m) for m in np.atleast_1d(np.asarray(width))]
    if min(widths, default=0) < 0 or any(m != w for m, w in zip(widths, np.atleast_1d(np.asarray(width)), strict=True)):
        raise InputError(f"width is {width!r}; it is a whole number, or one for each hidden layer")
    if outputs > 1 and not able(problem.loss, "joint"):
        raise InputError("several outputs are for loss='cross_entropy'")
    weight_law, objective, generator = get_law(law), Objective(problem), as_generator(rng)
    shape = (data.n, int(outputs)) if objective.cross_entropy else (data.n,)
    zero = objective(np.zeros(shape))
    strict = able(problem.loss, "known") and able(problem.loss, "bends")
    hits = bends = alive = 0
    left = int(trials)
    while left:
        t = min(left, max(1, CHUNK // max(1, max(widths) * data.n)))
        P = _predictions(weight_law, generator, data.X, widths, t, int(outputs), hidden_biases).reshape(t, *shape)
        hits += sum(objective(p) > zero for p in P)
        if not strict:
            nonzero = [p for p in P if p.any()]
            alive += len(nonzero)
            bends += sum(_bends(objective, p) for p in nonzero)
        left -= t
    base = Probability.sampled(hits, int(trials), "initialization", weight_law.name)
    silent = len(data.zero_rows) == data.n and not (hidden_biases and len(widths) > 1)
    share = None if strict else Probability.sampled(bends, alive, "initialization", weight_law.name)
    return AboveZero(
        base.value,
        base.low,
        base.high,
        base.kind,
        base.trials,
        base.population,
        base.law,
        base.confidence,
        Fraction(0) if silent else _promised(weight_law, widths, hidden_biases, share),
        zero,
        share,
        problem,
    )


def _promised(law: Law, widths: list[int], hidden_biases: bool, share: Probability | None) -> Fraction | float | None:
    """Return r / 2 times the corrected Eq. (9)."""
    if not law.meets_assumption_1 or min(widths, default=0) < 1:
        return None
    alive = safran_equation_9(widths, hidden_biases=hidden_biases) / 2
    return alive if share is None else float(share.low) * float(alive)


def _predictions(
    law: Law, rng: np.random.Generator, X: np.ndarray, widths: list[int], t: int, k: int, hidden_biases: bool
) -> np.ndarray:
    """Return predictions (t, n, k) of random networks."""
    h = np.broadcast_to(X, (t, *X.shape))
    for depth, m in enumerate(widths):
        if depth and hidden_biases:
            h = np.concatenate([h, np.ones((t, len(X), 1))], axis=2)
        W, v = law.sample_many(rng, t, m, h.shape[2])
        h = np.maximum(h @ W.transpose(0, 2, 1), 0.0)
    outputs = [v, *(law.sample_many(rng, t, widths[-1], 1)[1] for _ in range(k - 1))]
    return np.asarray(h @ np.stack(outputs, axis=2))


def _bends(objective: Objective, p: np.ndarray) -> bool:
    """Return whether c -> L(c p) lies strictly below its chords between neighbouring points of a grid on [-1, 1]."""
    values = np.array([objective(c * p) for c in np.linspace(-1.0, 1.0, GRID)])
    second = values[2:] - 2 * values[1:-1] + values[:-2]
    return bool((second > 8 * np.finfo(float).eps * np.abs(values).max()).all())
