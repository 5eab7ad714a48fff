"""The survey itself: it asks the rooms below and puts their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...basins import basin_value
from ...errors import InputError, ReluscapeError
from ...landscape.optimum import infinite_width_minimum
from ...landscape.widths.reference import MOST_SEARCHED, Reference, References, prepare_solvers
from ...landscape.widths.settings import Settings
from ...landscape.widths.subject import Subject
from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...probability.random_starts import Sampler
from ...probability.training import held_out
from ...probability.training.by_width import Trainings
from ...probability.width_search import WidthSearch, search_width
from ...problem.data import Dataset, standardize
from ...problem.networks.initialization import get_law
from ...problem.penalties import NONE, as_penalty
from ...problem.problem import Problem, as_problem
from .. import schema
from ..claims import loss_claim, plain, probability_claim
from ..opening import about_data, opening
from ..wording import count
from .counts import BASIN_TEXT, layer_regions, unit_regions
from .pictures import corner_units, data_picture, fan_picture, slice_picture
from .promised import promised
from .result import Survey
from .start_entry import share, start_entry
from .trainings import training_block
from .verdict import verdict_lines

CUT = "the time ({:g} s) cut the work short, so a faster machine may find other numbers; more with --seconds"
# wide enough for the solvers' other branch, narrow enough to cost nothing
WIDE = 16
# shares of the seconds left: trainings of the listed widths, of further ones, rows left out, searches for better
# networks, basins of starts, the proof of the least width
TRAINED, FURTHER, FOLDS, DEEPER, STARTED, LEAST = 0.35, 0.4, 0.2, 0.35, 0.5, 0.25
# of the nominal time of a further width, the share that must be left for it to be begun
FEWEST = 0.25
# trainings of each fold; rows times rank up to which basins are solved for a picture
FOLD_RUNS, MOST_SLICED = 2, 2_000
# nominal time of a width's folds, as a share of that of its trainings
FOLD_COST = 0.2

ProgressCall = Callable[[str, float], None]


def survey(
    X: Any,
    y: Any = None,
    widths: Any = (1, 2, 4, 8),
    law: Any = "normal",
    trials: int = 400,
    tolerance: float = 0.05,
    seconds: float | None = None,
    max_width: int = 128,
    output_bias: bool = True,
    seed: int = 0,
    progress: ProgressCall | None = None,
    classes: dict[int, str] | None = None,
    file: str | None = None,
    command: str | None = None,
    warnings: tuple[str, ...] = (),
    trainings: int = 20,
    raw: bool = False,
    loss: Any = "squared",
    weight_decay: Any = None,
) -> Survey:
    """Return the map of a data set: what trainings of each width end in, the width that is enough, regions, starts.

    A training (Adam over all samples, PyTorch's default first weights) ends well, and a start's basin is good, where
    its loss is at most reference + tolerance * (loss of the best constant - reference); the reference of a width is the
    lowest loss known for it: of trainings, descents, grown networks, searches, narrower widths, the best plane.
    Weights are drawn for standardised inputs (with a column of ones an invertible change that alters no pattern, rank
    or basin value).

    Args:
        X: (n, d) samples or a Dataset (give `Dataset(X, y, bias=True)` for a hidden bias; none is added here).
        y: (n,) targets, (n, k) for several, or classes 0, ..., k - 1 for "cross_entropy".
        widths: numbers of hidden units to report.
        law: law of initialisation of the random starts.
        trials: random starts per number.
        tolerance: how far above the reference a training may end, or a good basin lie.
        seconds: bound on the time.
        max_width: widest layer tried in the search for 95 %.
        output_bias: whether the network has a free output bias.
        seed: root of every random stream.
        progress: called with (what, share done).
        classes: names of the classes by their numbers, for a classification.
        file: name of the data, for the report.
        command: what was typed, for the report.
        warnings: sentences to pass on.
        trainings: runs of each width, fewer where the time is over.
        raw: True trains on the inputs as they are.
        weight_decay: None; another is refused.
        loss: what is minimised, as in `Problem`; basins and starts are told for "squared" with one target.

    Returns:
        A `Survey` with `.verdict`, `.to_json()`, `.to_html(path)`.

    Raises:
        InputError: no targets, one sample, a constant target, an impossible width.

    Example:
        >>> data = Dataset([[0], [1], [2], [3]], [0, 1, 0, 1], bias=True)
        >>> print(survey(data, widths=(1, 2), trials=20, max_width=2).report["regions"]["value"])
        8
    """
    settings = Settings(
        tuple(np.atleast_1d(widths).tolist()), law, trials, tolerance, seconds, max_width, output_bias, seed,
        trainings=trainings, raw=raw,
    )  # fmt: skip
    if as_penalty(weight_decay) is not NONE:
        raise InputError(
            "a survey trains and maps the plain loss; leave out weight_decay (lambda_max, width_law take it)"
        )
    if isinstance(X, Problem):
        problem = as_problem(X, y, loss=loss)
        problem.refuse_penalty()
        X, y, loss, output_bias = (
            problem.data,
            None if problem.outputs == 1 else problem.given_targets,
            problem.given_loss,
            problem.output_bias,
        )
        settings = replace(settings, output_bias=output_bias)
    subject = Subject.of(X, y, loss, classes, output_bias)
    return _Work(subject, settings, progress).survey(file, command, warnings)


class _Work:
    """One survey on its way."""

    def __init__(self, subject: Subject, settings: Settings, progress: ProgressCall | None) -> None:
        self.begin = time.monotonic()
        self.subject, self.settings, self.tell = subject, settings, progress or (lambda what, part: None)
        self.data = subject.data
        self.tell("preparing", 0.0)
        self.sampler = Sampler(self.data, settings.output_bias, settings.seed) if subject.single else None
        if self.sampler is not None:
            self.sampler.warm_up((1, settings.widths[-1], min(settings.max_width, WIDE)))
            prepare_solvers(self.data, settings.output_bias)
        self.clock = Clock(settings.budget(self.data.n, self.data.d))
        X = self.data.X if settings.raw else np.asarray(standardize(self.data).X)
        Y = subject.Y[:, 0] if subject.Y.shape[1] == 1 else subject.Y
        self.trainings = Trainings(X, Y, settings.output_bias, subject.loss, settings.trainings, settings.seed)
        self.trainings.set_steps(settings.widths, TRAINED * self.clock.seconds)
        self.found: dict[int, Reference] = {}
        self.solved: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
        self.references: References | None = None

    def survey(self, file: str | None, command: str | None, warnings: tuple[str, ...]) -> Survey:
        """Return the whole survey."""
        subject, settings, clock = self.subject, self.settings, self.clock
        self.tell("counting regions", 0.04)
        regions = unit_regions(self.data, settings.seed, clock.seconds)
        if self.sampler is not None:
            exact = int(regions["value"] or 0) if regions["kind"] == "exact" else None
            self.references = References(
                self.sampler, subject.affine, settings.output_bias, exact, self.trainings, clock, settings.raw
            )
        trained = clock.part(TRAINED)
        for k, width in enumerate(settings.widths):
            self.tell(f"training {count(width, 'unit')}", 0.05 + 0.4 * k / len(settings.widths))
            rest = sum(self.trainings.seconds(w) for w in settings.widths[k:])
            self.reference(width, trained.part(self.trainings.seconds(width) / rest))
        self.tell("looking for the width that is enough", 0.45)
        self._widen(clock.part(FURTHER))
        self.tell("looking for better networks", 0.52)
        self._deepen(clock.part(DEEPER))
        least = self._least(clock.part(LEAST))
        self.tell("looking at rows left out", 0.58)
        folds = self._folds(clock.part(FOLDS))
        enough, curve = self._enough()
        entries, good = self._starts(regions, clock.part(0.9))
        self.tell("drawing", 0.96)
        best_width, best = min(self.found.items(), key=lambda item: (self._snapped(item[1].value), item[0]))
        hurried = bool(self.sampler and self.references and (self.references.hurried or self.sampler.hurried))
        hurried |= self.trainings.cut
        cut = (CUT.format(clock.seconds),) if hurried else ()
        report: schema.SurveyReport = {
            **opening("survey", command or "reluscape.survey(X, y)", settings.seed),
            "data": {
                **about_data(self.data, file, subject.classes, settings.output_bias, (*warnings, *cut)),
                "loss": subject.loss if isinstance(subject.loss, str) else type(subject.loss).__name__,
                "outputs": subject.Y.shape[1],
                "inputs": "as they are" if settings.raw else "standardised",
            },
            "settings": {
                "law": get_law(settings.law).name,
                "trials": settings.trials,
                "trainings": settings.trainings,
                "tolerance": settings.tolerance,
                "widths": list(settings.widths),
                "max_width": settings.max_width,
                "seconds": settings.seconds,
            },
            "losses": self._losses(best_width, best),
            "held_out": folds,
            "regions": regions,
            "widths": entries,
            "hurried": hurried,
            "width_for": {
                "probability": settings.probability,
                "width": enough.width,
                "more_than": enough.more_than,
                "stopped_by": enough.stopped_by,
                "curve": curve,
                "least": least,
            },
            "every_start": good,
            "promises": promised(self.data, settings) if subject.single else [],
            "pictures": self._pictures(best),
        }
        if not subject.single:
            report["data"]["floor_share"] = None
        report["verdict"] = verdict_lines(dict(report))
        report["seconds"] = round(time.monotonic() - self.begin, 2)
        self.tell("done", 1.0)
        return Survey(dict(report), self.data, best.state, self.subject.problem)

    def reference(self, width: int, clock: Clock) -> Reference:
        """Return the reference of a width."""
        if width not in self.found:
            self.trainings.at(width, clock)
            if self.references is not None:
                self.found[width] = self.references.get(width, clock)
            else:
                value = self.trainings.lowest(width)[0]
                source = f"best of {self.trainings.count(width)} trainings"
                others = [r for w, r in self.found.items() if w < width]
                others.append(Reference(self.subject.constant, False, "the best constant", None))
                if width >= 2 * self.subject.Y.shape[1] or (width >= self.subject.Y.shape[1] and self.data.bias):
                    others.append(Reference(self.subject.affine, False, "the best affine fit", None))
                self.found[width] = min([Reference(value, False, source, None), *others], key=lambda r: r.value)
        return self.found[width]

    def mark(self, width: int) -> float:
        """Return the loss up to which a training of a width ended well."""
        reference, constant = self.found[width].value, self.subject.constant
        return reference + self.settings.tolerance * max(constant - reference, 0.0) + DEFAULT.zero_loss * constant

    def _snapped(self, value: float) -> float:
        """Return a computed loss, zero where it cannot be told from zero."""
        return 0.0 if value <= DEFAULT.zero_loss * self.subject.constant else value

    def _widen(self, clock: Clock) -> None:
        """Train further widths until one is enough, and that one more often."""
        settings, trainings = self.settings, self.trainings

        def measure(width: int) -> Probability | None:
            if clock.left < FEWEST * trainings.seconds(width):
                return None
            self.tell(f"training {count(width, 'unit')}", 0.5)
            self.reference(width, clock)
            return trainings.adam[width].ended(self.mark(width))

        found = search_width(self._observed(), measure, settings.probability, settings.max_width, self._is_enough)
        if found.width is not None:
            trainings.confirm(found.width, clock)

    def _deepen(self, clock: Clock) -> None:
        """Lower the references of the listed widths by searches and growth."""
        if self.references is not None:
            for k, width in enumerate(self.settings.widths):
                self.found[width] = self.references.deepen(width, clock.part(1 / (len(self.settings.widths) - k)))
        self._settle()

    def _is_enough(self, width: int) -> bool:
        """Return whether trainings of a width end well often enough, and no other width tried fits clearly better."""
        best = min(self.found, key=lambda w: self.found[w].value)
        fits = self.found[width].value <= self.mark(best)
        return fits and float(self.trainings.adam[width].ended(self.mark(width)).value) >= self.settings.probability

    def _enough(self) -> tuple[WidthSearch, list[schema.TrainedPoint]]:
        """Return the least width tried that is enough, and the curve of all that were tried."""
        tried, settings = self._observed(), self.settings
        found = search_width(dict(tried), lambda width: None, settings.probability, settings.max_width, self._is_enough)
        curve: list[schema.TrainedPoint] = [
            {
                "width": w,
                "trained": probability_claim(p),
                "reference": loss_claim(self._snapped(self.found[w].value), self.subject.constant, "numerical"),
            }
            for w, p in sorted(tried.items())
        ]
        return found, curve

    def _observed(self) -> dict[int, Probability]:
        """Return the shares of trainings that ended well, by width."""
        return {w: runs.ended(self.mark(w)) for w, runs in self.trainings.adam.items()}

    def _settle(self) -> None:
        """Lower every reference to what any training of its width, or a narrower reference, has reached."""
        lowest: Reference | None = None
        for width in sorted(self.found):
            value = self.trainings.lowest(width)[0] if width in self.trainings.adam else np.inf
            if value < self.found[width].value and not self.found[width].exhaustive:
                source = f"best of {self.trainings.count(width)} trainings"
                _, training, run = self.trainings.lowest(width)
                known = None if self.references is None else self.references.from_training(value, source, training, run)
                self.found[width] = known or Reference(value, False, source, None)
            if lowest is not None and lowest.value < self.found[width].value:
                # lowest of its own width, which says nothing about a wider one
                carried = replace(lowest, exhaustive=False)
                self.found[width] = carried if self.references is None else self.references.told(carried)
            lowest = self.found[width]

    def _starts(self, regions: schema.Claim, clock: Clock) -> tuple[list[schema.Width], schema.EveryStart | None]:
        """Return the entries of the listed widths, and the width at which every start is good."""
        settings, tried = self.settings, {}
        entries: list[schema.Width] = []
        for k, width in enumerate(settings.widths):
            self.tell(f"random starts of {count(width, 'unit')}", 0.6 + 0.25 * k / len(settings.widths))
            reference, constant, mark = self.found[width], self.subject.constant, self.mark(width)
            entry: Any = {
                "width": width,
                "regions": layer_regions(regions, width),
                "basins": layer_regions(regions, width, 2, BASIN_TEXT),
                "reference": loss_claim(self._snapped(reference.value), constant, "numerical", source=reference.source),
                "threshold": plain(mark),
                "good": None,
                "trained": probability_claim(self.trainings.adam[width].ended(mark)),
            }
            if self.sampler is not None:
                part = clock.part(STARTED / (len(settings.widths) - k * STARTED))
                more, tried[width] = start_entry(
                    self.sampler, settings, width, mark, constant, self.subject.affine, part
                )
                entry.update(more)
            entry["training"] = training_block(
                self.trainings, width, mark, constant, self._proof_data(), clock.part(0.2)
            )
            entries.append(entry)
        return entries, self._every_start(tried, clock) if tried else None

    def _proof_data(self) -> Dataset | None:
        """Return the samples on which traps may be proved, None where they are too many or the loss is another."""
        if self.sampler is None or self.settings.raw:
            return None
        return self.sampler.basins.data

    def _every_start(self, tried: dict[int, Probability], clock: Clock) -> schema.EveryStart:
        """Return the width from which a random start is good often enough."""
        settings = self.settings

        def measure(width: int) -> Probability | None:
            if clock.left <= 0 or self.sampler is None:
                return None
            if width not in self.found and clock.left < self.trainings.seconds(width):
                return None
            self.tell(f"every start good: {count(width, 'unit')}", 0.9)
            self.reference(width, clock.part(0.3))
            starts = self.sampler.draw("starts", width, settings.law, settings.trials, clock.part(0.5))
            return share(starts.values, self.mark(width), get_law(settings.law).name)

        found = search_width(tried, measure, settings.probability, settings.max_width)
        return {
            "probability": settings.probability,
            "width": found.width,
            "more_than": found.more_than,
            "stopped_by": found.stopped_by,
            "curve": [{"width": w, "good": probability_claim(p)} for w, p in sorted(tried.items())],
        }

    def _folds(self, clock: Clock) -> schema.HeldOut | None:
        """Return the losses on rows left out, at the listed width that does best there; None for too few rows."""
        if self.data.n < 10:
            return None
        subject, best = self.subject, None
        for width in self.settings.widths:
            batch = self.trainings.batch(width)
            plan = self.trainings.fold_plan(FOLD_RUNS)
            if best is not None and clock.left < FOLD_COST * self.trainings.seconds(width):
                continue
            found = held_out(batch, plan, subject.classes is not None)
            if best is None or found.network < best[1].network:
                best = (width, found)
        if best is None:
            return None
        width, found = best
        right = found.right or (None, None, None)
        network, straight, constant = (
            loss_claim(value, found.constant, "estimate", accuracy)
            for value, accuracy in zip((found.network, found.plane, found.constant), right, strict=True)
        )
        return {"folds": found.folds, "width": width, "network": network, "affine": straight, "constant": constant}

    def _least(self, clock: Clock) -> schema.LeastWidth | None:
        """Return the least width known to reach the lowest loss of any width, and how far that is proved."""
        if self.references is None or self.data.n * self.data.rank > MOST_SEARCHED:
            return None
        reach = [w for w, r in self.found.items() if self.references.is_lowest(r.value)]
        width = min(reach, default=None)
        # a search that was complete proves that its width does not reach it
        at_least = 1 + max((w for w, r in self.found.items() if r.exhaustive and w not in reach), default=0)
        if clock.left > 0 and width != at_least:
            try:
                found = infinite_width_minimum(
                    self.data, None, self.settings.output_bias, clock.left, self.settings.seed
                )
            except ReluscapeError:
                found = None
            if found is not None:
                at_least = max(at_least, found.at_least)
                if found.kind != "span":
                    width = found.width if width is None else min(width, found.width)
        if width is None:
            return None
        floor = self.references.floor
        return {
            "width": width,
            "proved": at_least == width,
            "at_least": at_least,
            "loss": plain(floor),
            "share": plain(floor / self.subject.constant),
        }

    def _losses(self, best_width: int, best: Reference) -> schema.SurveyLosses:
        """Return the fits that everything is measured against."""
        subject = self.subject
        kind = "exact" if subject.single else "numerical"
        straight = subject.straight()
        network = self._outputs(best_width, best)
        losses: schema.SurveyLosses = {
            "constant": loss_claim(subject.constant, subject.constant, kind, subject.commonest()),
            "affine": loss_claim(subject.affine, subject.constant, kind, subject.accuracy(straight)),
            "best_network": loss_claim(
                self._snapped(best.value),
                subject.constant,
                "numerical",
                subject.accuracy(straight if network is None else network),
                width=best_width,
                source=best.source,
            ),
        }
        if self.references is not None:
            losses["any_width"] = loss_claim(self.references.floor, subject.constant, "exact")
        return losses

    def _outputs(self, width: int, best: Reference) -> np.ndarray | None:
        """Return the outputs (k, n) of the best network known, None where that is the best plane."""
        basin = self._network(best)
        if basin is not None:
            return basin[1][None]
        if width not in self.trainings.adam or best.source == "the best affine fit":
            return None
        _, training, run = self.trainings.lowest(width)
        return training.batch.predict(training.points[run : run + 1])[0]

    def _network(self, reference: Reference) -> tuple[np.ndarray, np.ndarray] | None:
        """Return (Z, predictions) of a reference's network, in standardised inputs, None for a fit that is none."""
        if reference.state is None or self.sampler is None:
            return None
        if reference.net is not None:
            net = reference.net
            return np.abs(net.v)[:, None] * net.W, net.predict(self.sampler.basins.data)
        key = reference.state[0].tobytes() + reference.state[1].tobytes()
        if key not in self.solved:
            basin = basin_value(self.sampler.basins.data, None, *reference.state, output_bias=self.settings.output_bias)
            self.solved[key] = np.asarray(basin.Z, dtype=float), np.asarray(basin.prediction, dtype=float)
        return self.solved[key]

    def _pictures(self, best: Reference) -> schema.SurveyPictures:
        """Return the geometry for the page's pictures."""
        subject, network = self.subject, self._network(best)
        transform = np.asarray(standardize(self.data).transform)
        original = None if network is None else network[0] @ transform.T
        rows = data_picture(self.data, original, self.data.target or "y", subject.classes)
        if self.sampler is None:
            return {"data": rows, "fan": None, "slice": None}
        networks = [(w, self._network(r), r.state) for w, r in sorted(self.found.items()) if w in self.settings.widths]
        corners = corner_units([(w, net[0], state[1]) for w, net, state in networks if net and state])
        few = self.data.n * self.data.rank <= MOST_SLICED
        cut = slice_picture(self.sampler, corners) if few else None
        return {"data": rows, "fan": fan_picture(self.sampler) if few else None, "slice": cut}
