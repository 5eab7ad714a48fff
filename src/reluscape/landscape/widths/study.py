"""The work on one data set: trainings, references and starts, width after width, within the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...basins import basin_value
from ...critical.training.by_width import Trainings
from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...probability.random_starts import Sampler
from ...probability.width_search import WidthSearch, search_width
from ...problem.data import Dataset, standardize
from ...problem.penalties import NONE
from .decayed import DecayMap, decay_map, decayed_problem, lowest_reference
from .infimum import basin_infimum
from .reference import Reference, References, prepare_solvers
from .settings import Settings
from .shares import BEFORE, TRAINED_ON
from .subject import Subject

# called with what begins, the width or None, and the share done
Progress = Callable[[str, int | None, float], None]
# wide enough for the solvers' other branch, narrow enough to cost nothing
WIDE = 16
# of the nominal time of a further width, the share that must be left for it to be begun
FEWEST = 0.25
# shares of the seconds that trainings take in any case, nominally: more of the listed widths (what one does not need is
# the others'), those of further widths
SURELY, SURELY_WIDENED = 0.15, 0.1


class Study:
    """What is known so far of the widths of one data set.

    Args:
        subject: samples, targets and loss.
        settings: what is asked for.
        progress: told what begins.
        training_share: of the seconds, those for the trainings of the listed widths.
        spent: seconds that are over already, starting and loading among them; half of those there are at most count.
    """

    def __init__(
        self, subject: Subject, settings: Settings, progress: Progress, training_share: float, spent: float = 0.0
    ) -> None:
        began = time.thread_time()
        self.subject, self.settings, self.progress, self.data = subject, settings, progress, subject.data
        self.sampler = Sampler(self.data, settings.output_bias, settings.seed) if subject.single else None
        if self.sampler is not None:
            self.sampler.warm_up((1, settings.widths[-1], min(settings.max_width, WIDE)))
            prepare_solvers(self.data, settings.output_bias)
        seconds, now = settings.budget(self.data.n, self.data.d), time.thread_time()
        self.clock = Clock(seconds, now - min(spent + now - began, BEFORE * seconds))
        self.decay: DecayMap | None = None
        X = self.data.X if settings.raw else np.asarray(standardize(self.data).X)
        if subject.penalty is not NONE:
            X = np.asarray(decayed_problem(subject, settings.raw).data.X, dtype=float)
        Y = subject.Y[:, 0] if subject.Y.shape[1] == 1 else subject.Y
        self.trainings = Trainings(X, Y, settings.output_bias, subject.objective, settings.trainings, settings.seed)
        usual = settings.usual_seconds(self.data.n, self.data.d)
        self.trainings.set_steps(settings.widths, training_share * usual, training_share * self.clock.seconds)
        self.lowest: dict[int, Reference] = {}
        self.references: References | None = None
        self._solutions: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}

    def search_from(self, regions: int | None) -> None:
        """Begin to look for references beyond trainings, where the theory of basins applies.

        Args:
            regions: exact number of regions of one unit, None where it is not known.
        """
        if self.subject.penalty is not NONE:
            self.decay = decay_map(self.subject, self.settings, regions)
        if self.sampler is not None:
            self.references = References(
                self.sampler,
                self.subject.affine,
                self.settings.output_bias,
                regions,
                self.trainings,
                self.clock,
                self.settings.raw,
            )

    def train_listed(self, clock: Clock) -> None:
        """Train the listed widths."""
        widths = self.settings.widths
        for k, width in enumerate(widths):
            self.progress("training", width, 0.05 + 0.4 * k / len(widths))
            rest = sum(self.trainings.seconds(w) for w in widths[k:])
            self.reference(width, clock.part(self.trainings.seconds(width) / rest))

    def reference(self, width: int, clock: Clock) -> Reference:
        """Return the reference of a width."""
        if width not in self.lowest:
            self.trainings.at(width, clock)
            if self.references is not None:
                self.lowest[width] = self.references.get(width, clock)
            else:
                self.lowest[width] = self._trained(width)
        return self.lowest[width]

    def _trained(self, width: int) -> Reference:
        """Return the lowest of a width's trainings, narrower widths and the plain fits, where no basin is solved."""
        source, outputs = f"best of {self.trainings.count(width)} trainings", self.subject.Y.shape[1]
        others = [r for w, r in self.lowest.items() if w < width]
        others.append(Reference(self.subject.constant, False, "the best constant", None))
        plain = self.decay is None
        if plain and (width >= 2 * outputs or (width >= outputs and self.data.bias)):
            others.append(Reference(self.subject.affine, False, "the best affine fit", None))
        for value, training, run in self.trainings.lowest_of_all_and_first(width):
            best = Reference(value, False, source, None)
            if self.decay is not None:
                others.append(lowest_reference(self.decay, width, best, training, run))
            else:
                others.append(basin_infimum(self.subject, best, training, run))
        return min(others, key=lambda r: r.value)

    def mark(self, width: int) -> float:
        """Return the loss up to which a training of a width ended well."""
        reference, constant = self.lowest[width].value, self.subject.constant
        # under weight decay a training that ends at the best constant may be good, and comes near it only
        near = DEFAULT.zero_loss if self.decay is None else DEFAULT.solved
        return reference + self.settings.tolerance * max(constant - reference, 0.0) + near * constant

    def widen(self, clock: Clock) -> None:
        """Train further widths until one is enough that fresh runs confirm, while there is time."""
        sure = SURELY_WIDENED * self.clock.seconds

        def measure(width: int) -> Probability | None:
            nonlocal sure
            cost = self.trainings.seconds(width)
            sure -= cost
            if sure < 0 and clock.left < FEWEST * cost:
                return None
            self.progress("training", width, 0.5)
            self.reference(width, clock)
            return self._share(width)

        width = self._search(measure).width
        while width is not None and width not in self.trainings.confirmed and self.trainings.confirm(width, clock):
            self._settle()
            width = self._search(measure).width

    def _search(self, measure: Callable[[int], Probability | None]) -> WidthSearch:
        """Return the least width at which trainings end well often enough, and no other width fits clearly better."""
        settings = self.settings
        return search_width(self.trained(), measure, settings.probability, settings.max_width, self._is_enough)

    def deepen(self, clock: Clock) -> None:
        """Lower the references of the listed widths: by more trainings, then by searches and growth."""
        widths, training_clock = self.settings.widths, clock.part(TRAINED_ON)
        surely = SURELY * self.clock.seconds
        for k, width in enumerate(widths):
            part, sure = training_clock.part(1 / (len(widths) - k)), surely / (len(widths) - k)
            if self.references is None:
                known = self.lowest[width]
                self.trainings.search(width, part, lambda value, known=known: known.exhaustive, sure)  # type: ignore[misc]
            else:
                self.lowest[width] = self.references.train_on(width, part, sure)
            surely -= min(sure, self.trainings.seconds_searched(width))
        if self.references is not None:
            for k, width in enumerate(widths):
                self.lowest[width] = self.references.deepen(width, clock.part(1 / (len(widths) - k)))
        self._settle()

    def _settle(self) -> None:
        """Lower every reference to what any training of its width, or a narrower reference, has reached."""
        lowest: Reference | None = None
        for width in sorted(self.lowest):
            value = self.trainings.lowest(width)[0] if width in self.trainings.adam else np.inf
            if value < self.lowest[width].value and not self.lowest[width].exhaustive:
                source = f"best of {self.trainings.count(width)} trainings"
                _, training, run = self.trainings.lowest(width)
                entry = None if self.references is None else self.references.from_training(value, source, training, run)
                record = Reference(value, False, source, None)
                if self.decay is not None:
                    entry = lowest_reference(self.decay, width, record, training, run)
                elif entry is None:
                    entry = basin_infimum(self.subject, record, training, run)
                self.lowest[width] = entry or Reference(value, False, source, None)
            if lowest is not None and lowest.value < self.lowest[width].value:
                # lowest of its own width, which says nothing about a wider one
                copy = replace(lowest, exhaustive=False)
                self.lowest[width] = copy if self.references is None else self.references.told(copy)
            lowest = self.lowest[width]

    def trained(self) -> dict[int, Probability]:
        """Return the shares of trainings that ended well, by width."""
        return {width: self._share(width) for width in self.trainings.adam}

    def _share(self, width: int) -> Probability:
        """Return the share of a width's trainings that ended well, of fresh runs where the width was chosen."""
        return self.trainings.judging(width).ended(self.mark(width))

    def enough(self) -> WidthSearch:
        """Return the least width tried that is enough."""
        return self._search(lambda width: None)

    def _is_enough(self, width: int) -> bool:
        """Return whether trainings of a width end well often enough, and no other width tried fits clearly better."""
        best = min(self.lowest, key=lambda w: self.lowest[w].value)
        fits = self.lowest[width].value <= self.mark(best)
        return fits and float(self._share(width).value) >= self.settings.probability

    def best_width(self) -> int:
        """Return the least width with the lowest reference, losses that cannot be told from zero counting as zero."""
        return min(self.lowest, key=lambda width: (self.subject.snapped(self.lowest[width].value), width))

    def outputs(self, width: int) -> np.ndarray | None:
        """Return the outputs (k, n) of a width's best network, None where that is the best plane."""
        best = self.lowest[width]
        basin = self.network(best)
        if basin is not None:
            return basin[1][None]
        if width not in self.trainings.adam or best.source == "the best affine fit":
            return None
        _, training, run = self.trainings.lowest(width)
        return training.batch.predict(training.points[run : run + 1])[0]

    def network(self, reference: Reference) -> tuple[np.ndarray, np.ndarray] | None:
        """Return (Z, predictions) of a reference's network with z_j = |v_j| w_j, in standardised inputs, or None."""
        if self.decay is not None and reference.net is not None:
            net, outputs = reference.net, reference.net.predict(self.decay.problem.data)
            Z = np.abs(net.v)[:, None] * net.W
            if self.settings.raw:
                Z = np.linalg.solve(np.asarray(standardize(self.data).transform), Z.T).T
            return Z, outputs
        if reference.state is None or self.sampler is None:
            return None
        if reference.net is not None:
            net = reference.net
            return np.abs(net.v)[:, None] * net.W, net.predict(self.sampler.basins.data)
        key = reference.state[0].tobytes() + reference.state[1].tobytes()
        if key not in self._solutions:
            basin = basin_value(self.sampler.basins.data, None, *reference.state, output_bias=self.settings.output_bias)
            Z = np.asarray(basin.Z, dtype=float) * np.asarray(reference.state[1])[:, None]
            self._solutions[key] = Z, np.asarray(basin.prediction, dtype=float)
        return self._solutions[key]

    def proof_data(self) -> Dataset | None:
        """Return the samples on which traps may be proved, None where they are too many or the loss is another."""
        if self.sampler is None or self.settings.raw:
            return None
        return self.sampler.basins.data
