"""Basin values of random initialisations, each set of states solved once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..basins import BasinEvaluator
from ..errors import InputError, ShapeError, TieError
from ..numbers.checks import whole_number
from ..numbers.entries import entries
from ..numbers.exact import scaled_floats, signs_of_products
from ..numbers.seeds import as_generator
from ..problem.data import as_dataset
from ..problem.networks.initialization import Law, get_law

CHUNK_BYTES = 1 << 25


class BasinSampler:
    """Draws initialisations of a two-layer network over one data set and values their basins.

    The programs solved are remembered, so that many widths and laws over the same data share them.

    Args:
        X: (n, d) samples or a `Dataset` with targets.
        y: (n,) targets.
        output_bias: True adds a free constant c.
        threads: size of the thread pool; None takes one a core.
        mark_undecided: True returns NaN for a value that neither floats nor a short exact search decide, in place of
            raising SolverError.

    Example:
        >>> sampler = BasinSampler([[1, 0], [0, 1]], [1, 1])
        >>> sorted(set(sampler.values(1, trials=50, rng=0).round(6).tolist()))
        [0.0, 0.5, 1.0]
    """

    def __init__(
        self,
        X: Any,
        y: Any = None,
        output_bias: bool = False,
        threads: int | None = None,
        mark_undecided: bool = False,
    ) -> None:
        self.evaluator = BasinEvaluator(as_dataset(X, y), None, output_bias, threads, mark_undecided=mark_undecided)
        self.data = self.evaluator.data
        self._kept = np.array([i for i in range(self.data.n) if i not in set(self.data.zero_rows)], dtype=np.int64)
        self._rows = self.data.rows[self._kept]
        self._scaled = scaled_floats(self._rows)

    def states(
        self, width: int, law: Any = "normal", trials: int = 1000, rng: Any = None, signs: Any = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return patterns (trials, width, n) bool and output signs (trials, width) of random initialisations.

        Args:
            width: number of units.
            law: law of initialisation.
            trials: number of draws.
            rng: anything that `numpy.random.default_rng` takes.
            signs: frozen output signs, (width,) or one for all; None takes those of the law.

        Raises:
            TieError: the law put a unit exactly on a sample's hyperplane.
        """
        weight_law: Law = get_law(law)
        W, v = weight_law.sample_many(as_generator(rng), int(trials), int(width), self.data.d)
        sides = signs_of_products(self._rows, W.reshape(-1, self.data.d), self._scaled).reshape(
            trials, width, len(self._kept)
        )
        if (sides == 0).any():
            raise TieError(
                f"the law {weight_law.name!r} put a unit exactly on a sample's hyperplane; use a law with a density"
            )
        patterns = np.zeros((trials, width, self.data.n), dtype=bool)
        patterns[:, :, self._kept] = sides > 0
        frozen = frozen_signs(signs, width)
        if frozen is None and (v == 0).any():
            raise TieError(f"the law {weight_law.name!r} drew an output weight of zero, whose sign is neither + nor -")
        unit_signs = np.where(v > 0, 1, -1) if frozen is None else np.broadcast_to(frozen, (trials, width))
        return patterns, unit_signs

    def values(
        self, width: int, law: Any = "normal", trials: int = 1000, rng: Any = None, signs: Any = None
    ) -> np.ndarray:
        """Return the basin values (trials,) of random initialisations; the arguments are those of `states`."""
        width, trials = check_width(width), check_trials(trials)
        generator = as_generator(rng)
        size = max(1, min(trials, CHUNK_BYTES // max(1, 8 * width * max(self.data.n, self.data.d))))
        parts = []
        while trials > 0:
            t = min(size, trials)
            parts.append(self.evaluator.values(*self.states(width, law, t, generator, signs)))
            trials -= t
        return np.concatenate(parts)


def frozen_signs(signs: Any, width: int) -> np.ndarray | None:
    """Return frozen output signs as (width,), or None where they are drawn."""
    if signs is None:
        return None
    array = np.atleast_1d(entries(signs, "signs"))
    if array.shape == (1,) and width != 1:
        array = np.repeat(array, width)
    if array.shape != (width,):
        raise ShapeError(f"{len(array)} output signs for {width} units; give one for each, or one for all")
    if array.size and not np.isin(array, (-1, 1)).all():
        raise InputError("output signs are -1 or +1")
    return array.astype(np.int64)


def check_width(width: Any) -> int:
    """Return a width as an int."""
    return whole_number("the width", width)


def check_trials(trials: Any) -> int:
    """Return a number of trials as an int."""
    return whole_number("trials", trials, 1)
