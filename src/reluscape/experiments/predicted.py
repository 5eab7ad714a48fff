"""Predicted against observed: how often a first basin is good, and how often training from the same starts succeeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..basins import BasinEvaluator
from ..errors import InputError
from ..numbers.checks import readonly
from ..numbers.estimates import Probability
from ..numbers.exact import signs_of_products
from ..numbers.seeds import as_generator
from ..probability import good_basin_probability
from ..probability.good_basin.good_basin import is_good
from ..probability.sampling import check_trials, check_width
from ..problem.networks.initialization import get_law
from ..problem.problem import as_problem
from .together import final_losses

CHUNK = 1 << 21


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the first basin predicts and what training from the same starts does.

    Attributes:
        width: number of units.
        threshold: the mean squared loss up to which a basin is good and training has succeeded.
        predicted: P[value of the first basin <= threshold]: exact or certified where it can be, else sampled.
        first_basin: the same from these starts.
        gradient_descent: share of the starts from which gradient descent ends at or below the threshold.
        adam: the same for Adam.
        good: (trials,) bool, which starts lie in a good basin.
        losses: for "gd" and "adam" the final losses (trials,).
    """

    width: int
    threshold: float
    predicted: Probability
    first_basin: Probability
    gradient_descent: Probability
    adam: Probability
    good: np.ndarray
    losses: dict[str, np.ndarray]

    def success_given(self, good: bool, optimizer: str = "gd") -> Probability:
        """Return the share of successes among the starts in a good (or in a poor) first basin."""
        in_group = self.good == good
        hits = int((self.losses[optimizer][in_group] <= self.threshold).sum())
        return Probability.sampled(hits, int(in_group.sum()), "initialization", self.predicted.law)

    def __str__(self) -> str:
        """Return a table, one line for each number."""
        rows = [
            ("good first basin, predicted", self.predicted),
            ("good first basin, these starts", self.first_basin),
            ("gradient descent succeeds", self.gradient_descent),
            ("  from a good basin", self.success_given(True)),
            ("  from a poor basin", self.success_given(False)),
            ("Adam succeeds", self.adam),
            ("  from a good basin", self.success_given(True, "adam")),
            ("  from a poor basin", self.success_given(False, "adam")),
        ]
        head = f"{self.width} units, loss at most {self.threshold:g}, starts from the law {self.predicted.law!r}"
        return "\n".join([head, *(f"  {name:32s} {chance}" for name, chance in rows)])


def predicted_against_observed(
    X: Any,
    y: Any = None,
    width: int = 1,
    threshold: float = 0.01,
    law: Any = "normal",
    output_bias: bool = True,
    trials: int = 1000,
    rng: Any = None,
    steps: int = 4000,
    rates: tuple[float, float] = (0.1, 0.01),
) -> Comparison:
    """Return the probability of a good first basin beside the success of gradient descent and Adam, same starts.

    A first basin is good when some point of it has a loss of at most the threshold; training succeeds when its last
    loss is at most the threshold. All weights are trained, full batch. A basin binds no optimizer: steps leave it, and
    a success from a poor basin, or a failure in a good one, is no contradiction.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.
        threshold: mean squared loss, above 0: no optimizer reaches 0.
        law: law of initialisation; the output bias starts at 0.
        output_bias: True gives the network an output bias.
        trials: number of starts.
        rng: anything that `numpy.random.default_rng` takes.
        steps: number of steps of each optimizer.
        rates: step sizes of gradient descent and of Adam.

    Returns:
        `Comparison`; sampled shares come with Clopper-Pearson intervals at 95 %.

    Raises:
        InputError: no targets, or a threshold that is not positive.

    Source: the question of Safran and Shamir, Section 4, asked of two optimizers.

    Example:
        >>> X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
        >>> found = predicted_against_observed(X, y, 2, trials=50, rng=0, steps=300)
        >>> found.predicted.kind, found.first_basin.trials, found.adam.low <= found.adam.value <= found.adam.high
        ('certified', 50, True)
    """
    problem = as_problem(X, y, output_bias=output_bias)
    data, output_bias = problem.only(output_bias=True), problem.output_bias
    if not threshold > 0:
        raise InputError(f"threshold is {threshold!r}; no optimizer reaches 0 exactly, give a positive loss")
    width, trials, generator, weight_law = check_width(width), check_trials(trials), as_generator(rng), get_law(law)
    evaluator = BasinEvaluator(data, None, output_bias)
    values, ends = [], {"gd": [], "adam": []}  # type: tuple[list[np.ndarray], dict[str, list[np.ndarray]]]
    left = trials
    while left:
        t = min(left, max(1, CHUNK // max(1, width * max(data.n, data.d))))
        W, v = weight_law.sample_many(generator, t, width, data.d)
        patterns = (signs_of_products(data.rows, W.reshape(-1, data.d)) > 0).reshape(t, width, data.n)
        values.append(evaluator.values(patterns, np.where(v > 0, 1, -1)))
        for (name, parts), rate in zip(ends.items(), rates, strict=True):
            settings = {"optimizer": name, "rate": rate, "steps": steps}
            parts.append(final_losses(data.X, data.y, W, v, settings, output_bias))
        left -= t
    good = is_good(data, np.concatenate(values), threshold)
    losses = {name: readonly(np.concatenate(parts)) for name, parts in ends.items()}

    def share(hits: np.ndarray) -> Probability:
        return Probability.sampled(int(hits.sum()), trials, "initialization", weight_law.name)

    good_share = share(good)
    prediction = good_basin_probability(data, None, width, threshold, law, None, output_bias, trials, generator)
    return Comparison(
        width,
        float(threshold),
        prediction if prediction.kind != "sampled" else replace(good_share),
        good_share,
        share(losses["gd"] <= threshold),
        share(losses["adam"] <= threshold),
        readonly(good),
        losses,
    )
