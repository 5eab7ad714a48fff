"""Random starts of one width: basin values, Jacobian ranks, and the time they may take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..jacobian.rank import RankOracle, nonzero_samples
from ..numbers.clock import Clock
from ..numbers.seeds import stream
from ..problem.data import Dataset, standardize
from .sampling import BasinSampler

# starts that are drawn whatever the clock says, for so many rows times inputs times units at most; beyond, one
FIRST_CHUNKS = ((5_000, 20), (100_000, 8))


@dataclass(frozen=True)
class Starts:
    """A sample of random starts.

    Attributes:
        values: (trials,) basin values, NaN where neither floats nor a short exact search decide one.
        full_rank: how many of the Jacobians have full rank, or None where not asked for.
        best: (pattern (m, n), signs (m,)) of the lowest basin seen; any where none is decided.
    """

    values: np.ndarray
    full_rank: int | None
    best: tuple[np.ndarray, np.ndarray]

    @property
    def decided(self) -> np.ndarray:
        """The basin values that are known."""
        return self.values[~np.isnan(self.values)]


class Sampler:
    """Draws random starts in standardised inputs and solves their basins.

    Args:
        data: exact data; patterns and ranks are theirs.
        output_bias: a free constant is added.
        seed: root of the streams.
    """

    def __init__(self, data: Dataset, output_bias: bool, seed: int) -> None:
        self.data, self.seed, self.hurried = data, seed, False
        samples = Dataset(np.array(standardize(data).X), data.y_fractions)
        self.basins = BasinSampler(samples, output_bias=output_bias, mark_undecided=True)

    @cached_property
    def ranks(self) -> RankOracle:
        """Decides Jacobian ranks exactly."""
        return RankOracle.of(self.data)

    def warm_up(self, widths: tuple[int, ...]) -> None:
        """Solve one start of each width that is not large, so that compiling kernels takes no time from a clock."""
        for width in sorted(widths):
            if width == min(widths) or self._first_chunk(width) > 1:
                self.draw("warm-up", width, "normal", 1, Clock(0.0), ranks=True)

    def _first_chunk(self, width: int) -> int:
        """Return how many starts of a width are drawn whatever the clock says; one where a basin may take a second."""
        size = self.data.n * self.data.d * width
        return next((starts for most, starts in FIRST_CHUNKS if size <= most), 1)

    def draw(self, name: str, width: int, law: Any, trials: int, clock: Clock, ranks: bool = False) -> Starts:
        """Return up to `trials` starts, fewer where the clock runs out, never none.

        Chunks double in size whatever the clock says, so a seed fixes every start; time only cuts the tail.
        """
        generator = stream(self.seed, name, width, str(getattr(law, "name", law)))
        rows = nonzero_samples(self.data)
        values: list[np.ndarray] = []
        first = self._first_chunk(width)
        full, total, chunk = 0, 0, first
        best: tuple[float, Any] = (np.inf, None)
        while total < trials:
            begin = time.thread_time()
            patterns, signs = self.basins.states(width, law, min(chunk, trials - total), generator)
            part = self.basins.evaluator.values(patterns, signs)
            lowest = int(np.argmin(np.where(np.isnan(part), np.inf, part)))
            if part[lowest] < best[0] or best[1] is None:
                best = (float(np.nan_to_num(part[lowest], nan=np.inf)), (patterns[lowest], signs[lowest]))
            if ranks:
                full += sum(self.ranks.is_full(pattern) for pattern in patterns[:, :, rows])
            values.append(part)
            total += len(part)
            seconds = time.thread_time() - begin
            chunk *= 2
            if seconds * min(chunk, trials - total) / len(part) > clock.left:
                chunk = first
                if seconds * first / len(part) > clock.left:
                    self.hurried |= total < trials
                    break
        return Starts(np.concatenate(values), full if ranks else None, best[1])
