"""The reference of a width: the lowest loss known for it, never from the starts that estimate a probability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from typing import Any

import numpy as np

from ...basins import basin_value
from ...critical.descent import descend
from ...critical.training import Training, sharpen
from ...critical.training.by_width import Trainings
from ...errors import SolverError
from ...numbers.clock import Clock
from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from ...probability.random_starts import Sampler
from ...problem.data import Dataset, standardize
from ...problem.networks import TwoLayerNet
from ..optimum import constant_network, global_minimum, grown, infinite_width_value
from .shares import MOST_SEARCHED

# up to this many layers the search looks at all it needs, beyond it at so many for each second of the survey
FEW_LAYERS, SEARCH_STEPS, ALL_STEPS = 20_000, 3_000, 10**9
# units up to which a global minimum is searched for
MOST_UNITS = 4
# rows times units, over all widths, that growing a network may go through
GROWTH_STEPS = 20_000
# of a survey's seconds, the share after which searches and growth stop whatever they have: the last stop
SEARCH_SHARE = 0.6
# rows times units up to which a descent is a matter of a moment, and up to which one is tried while there is time
ALWAYS_POLISHED, MOST_POLISHED = 200, 2_000
# lowest ends that are led down by descent after each round of the search for lower losses
DESCENDED = 2
# what is said of a loss that nothing can be lower than
LOWEST = "; no network of any width has less"
# rows times units times inputs up to which the basin of the best training is solved
MOST_SOLVED = 100_000


@dataclass(frozen=True)
class Reference:
    """A lowest known loss.

    Attributes:
        value: the loss.
        exhaustive: every basin of this width was solved, so it is the global minimum up to rounding.
        source: where it comes from, in words.
        state: (pattern, signs) of a basin that has it, or None where another fit does.
        net: a network in that basin, in standardised inputs, or None where only the basin is known.
        certificate: the proof that a basin has this infimum, or None.
    """

    value: float
    exhaustive: bool
    source: str
    state: tuple[np.ndarray, np.ndarray] | None
    net: TwoLayerNet | None = None
    certificate: dict[str, Any] | None = None

    @property
    def kind(self) -> str:
        """Return "certified" with a certificate, else "numerical"."""
        return "numerical" if self.certificate is None else "certified"


class References:
    """Finds references, width after width; a wider layer is never given a higher one.

    Args:
        sampler: draws and solves.
        affine: loss of the best affine fit, which two units reach (one, with both biases).
        output_bias: a free constant is added.
        regions: exact number of regions of one unit, None where it is not known.
        trainings: observed runs; the lowest minimum beside an end of a width is a candidate.
        clock: of the survey; searches and growth stop when a share of it is over, whatever they have done.
        raw: whether the trainings saw the inputs as they are, not standardised.
    """

    def __init__(
        self,
        sampler: Sampler,
        affine: float,
        output_bias: bool,
        regions: int | None,
        trainings: Trainings,
        clock: Clock,
        raw: bool = False,
    ) -> None:
        self.sampler, self.affine, self.trainings, self.clock, self.raw = sampler, affine, trainings, clock, raw
        self.searching, self.steps_left, self.hurried = clock.part(SEARCH_SHARE), GROWTH_STEPS, False
        self.regions, self.output_bias = regions, output_bias
        self.affine_from = 1 if sampler.data.bias and output_bias else 2
        self.found: dict[int, Reference] = {}
        data = sampler.data
        self.floor = float(infinite_width_value(data, output_bias)[0])
        self.scale = self.constant = float(np.mean((np.asarray(data.y, dtype=float) - np.mean(data.y)) ** 2))
        if not output_bias:
            self.constant = float(np.mean(np.square(np.asarray(data.y, dtype=float))))
        self.chain = constant_network(data, output_bias)
        self.rng = stream(sampler.seed, "reference", "growth")

    def get(self, width: int, clock: Clock) -> Reference:
        """Return the lowest of the trainings of a width, narrower widths, the best plane and the best constant."""
        if width not in self.found:
            candidates = [*self._trained(width, clock), Reference(self.constant, False, "the best constant", None)]
            candidates += [replace(r, exhaustive=False) for w, r in self.found.items() if w < width]
            if width >= self.affine_from:
                candidates.append(Reference(self.affine, False, "the best affine fit", None))
            self.found[width] = self.told(min(candidates, key=lambda r: r.value))
        return self.found[width]

    def train_on(self, width: int, clock: Clock, sure: float) -> Reference:
        """Return the lowest of rounds of short trainings, each with descents from its lowest ends, while there is time.

        Rounds of so many nominal seconds, `sure`, are made whatever the clock says. A width with few layers is searched
        for its global minimum at once. What a round and its descents find depends on the rounds before it alone.
        """
        layers = self._layers(width)
        if layers is not None and layers <= FEW_LAYERS and clock.left > 0:
            return self.deepen(width, clock)
        if not self.found[width].exhaustive:
            choices, visits = [self.found[width]], set[tuple[int, float]]()
            self.trainings.search(
                width, clock, self.is_lowest, sure, lambda found: choices.extend(self._led_down(found, visits, clock))
            )
            value, training, run = self.trainings.lowest(width)
            choices.append(self.from_training(value, self._best_of(width), training, run))
            self.found[width] = self.told(min(choices, key=lambda r: r.value))
        return self.found[width]

    def deepen(self, width: int, clock: Clock) -> Reference:
        """Return what searches for the global minimum and networks grown unit by unit find, while there is time."""
        best = self.found[width]
        if best.exhaustive or clock.left <= 0:
            return best
        layers = self._layers(width)
        if layers is not None:
            result = self._searched(width, layers, None if layers <= FEW_LAYERS else clock)
            if result.exhaustive or result.value < best.value:
                best = result
        if not best.exhaustive and clock.left > 0:
            best = min([best, *self._grown(width)], key=lambda r: r.value)
        self.found[width] = self.told(best)
        return self.found[width]

    def told(self, best: Reference) -> Reference:
        """Return a reference, marked where nothing can be lower."""
        if self.is_lowest(best.value) and not best.exhaustive:
            return replace(best, exhaustive=True, source=f"{best.source.removesuffix(LOWEST)}{LOWEST}")
        return best

    def is_lowest(self, value: float) -> bool:
        """Return whether a loss is, up to rounding, the lowest of all widths."""
        return value <= self.floor + DEFAULT.kkt * self.scale

    def _grown(self, width: int) -> list[Reference]:
        """Return a network grown unit by unit, within so many steps; the chain goes on at the next width."""
        data = self.sampler.data
        while self.chain.width < width and not self.is_lowest(self.chain.loss(data)):
            size = (self.chain.width + 1) * data.n
            if size > MOST_POLISHED or size > self.steps_left or self._late():
                break
            self.steps_left -= size
            self.chain = grown(data, self.output_bias, self.chain, self.rng)
        if not self.chain.width or self.chain.width > width:
            return []
        try:
            value, state = self._basin(data, self.chain)
        except SolverError:
            return []
        return [Reference(value, False, "a network grown unit by unit", state)]

    def _basin(self, data: Dataset, net: TwoLayerNet) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
        """Return the value of a network's basin, and its pattern and signs."""
        pattern, signs = self._state(data, net)
        return float(basin_value(data, None, pattern, signs, output_bias=self.output_bias).value), (pattern, signs)

    def _trained(self, width: int, clock: Clock) -> list[Reference]:
        """Return the lowest minimum beside a training's end, led on by descent, and the lowest point of its basin.

        The same is done for the first group of trainings alone, which is there whatever the time.
        """
        self.trainings.at(width, clock)
        ends = self.trainings.lowest_of_all_and_first(width)
        return [reference for end in ends for reference in self._followed(width, *end, clock)]

    def _followed(self, width: int, value: float, training: Training, run: int, clock: Clock) -> list[Reference]:
        """Return the minimum beside a run's end, led on by descent, and the lowest point of its basin."""
        data, source = self.sampler.basins.data, self._best_of(width)
        choices = [self.from_training(value, source, training, run)]
        state, net = choices[0].state, choices[0].net
        if self.is_lowest(value) or state is None or net is None:
            return choices
        size = data.n * width
        if size <= ALWAYS_POLISHED or (size <= MOST_POLISHED and clock.left > 0):
            end, lower, _ = sharpen(data, net, self.output_bias, seconds=max(clock.left, 1.0))
            if lower < value:
                state, net = self._state(data, end), end
                choices.append(Reference(lower, False, f"{source}, then descent", state, net))
        if size * data.d <= MOST_SOLVED and clock.left > 0:
            lowest = float(self.sampler.basins.evaluator.values(state[0][None], state[1][None])[0])
            if np.isfinite(lowest):
                choices.append(Reference(lowest, False, f"{source}, then the minimum of its basin", state, net))
        return choices

    def _led_down(self, training: Training, visits: set[tuple[int, float]], clock: Clock) -> list[Reference]:
        """Return the ends of descents from the lowest ends of trainings that none has begun at, while there is time."""
        data, width = self.sampler.basins.data, training.batch.width
        size, ends = data.n * width, []
        for run in training.lowest_few(DESCENDED, DEFAULT.other_end * self.constant):
            value = float(training.rest[run])
            late = clock.left <= 0 and size > ALWAYS_POLISHED
            if late or size > MOST_POLISHED or (run, value) in visits or not np.isfinite(value):
                continue
            visits.add((run, value))
            start = self.from_training(value, self._best_of(width), training, run)
            if start.net is None or self.is_lowest(value):
                break
            end, lower, _ = sharpen(data, start.net, self.output_bias, seconds=max(clock.left, 1.0))
            if lower < value:
                ends.append(
                    Reference(lower, False, f"{self._best_of(width)}, then descent", self._state(data, end), end)
                )
        return ends

    def _best_of(self, width: int) -> str:
        """Return where the lowest end of a width's trainings comes from, in words."""
        return f"best of {self.trainings.count(width)} trainings"

    def from_training(self, value: float, source: str, training: Training, run: int) -> Reference:
        """Return the minimum beside a run's end as a reference."""
        net = training.network(run)
        if self.raw:
            W = np.linalg.solve(np.asarray(standardize(self.sampler.data).transform), net.W.T).T
            net = TwoLayerNet(W, net.v, net.c)
        return Reference(value, False, source, self._state(self.sampler.basins.data, net), net)

    def _layers(self, width: int) -> int | None:
        """Return how many layers a search for the global minimum chooses from, None where it is not tried."""
        cells, data = self.regions, self.sampler.data
        if cells is None or width > MOST_UNITS or data.n * data.rank > MOST_SEARCHED:
            return None
        return comb(2 * cells + width - 1, width)

    def _late(self) -> bool:
        """Return whether searches and growth have to stop for the time; then the answer is this machine's."""
        self.hurried |= self.searching.left <= 0
        return self.hurried

    def _searched(self, width: int, layers: int, clock: Clock | None) -> Reference:
        """Return the global minimum, or the best network that the search for it came across in the time."""
        limit = None if clock is None else max(clock.left, 0.0)
        steps = ALL_STEPS if clock is None else int(SEARCH_STEPS * self.clock.seconds)
        result = global_minimum(self.sampler.data, None, width, self.output_bias, limit, exact=False, steps=steps)
        if not result.complete and result.looked_at < steps:
            self.hurried = True
        how = f"global minimum: the lowest of all {layers:,} basins" if result.complete else "best network of a search"
        return Reference(result.value, result.complete, how, (result.pattern, result.signs))

    def _state(self, data: Dataset, net: TwoLayerNet) -> tuple[np.ndarray, np.ndarray]:
        """Return the pattern and the signs of a network's basin."""
        return net.W @ data.X.T > 0, np.where(net.v > 0, 1, -1)


def prepare_solvers(data: Dataset, output_bias: bool) -> None:
    """Solve a tiny problem in every way that a reference of these data is found, so that compiling takes no time."""
    tiny = Dataset([[0], [1], [2], [3], [5]], [0, 2, 1, 3, 0], bias=True)
    if data.n * data.rank <= MOST_SEARCHED:
        global_minimum(tiny, None, 2, output_bias, exact=False, steps=50)
    if data.n <= MOST_POLISHED:
        W, c = np.array([[1.0, -0.5], [-1.0, 1.5]]), 0.0 if output_bias else None
        descend(tiny, None, W, np.array([1.0, -1.0]), c, exact=False)
