"""From a data set to the map of its widths: what is done, in which order, and in which share of the time."""

from __future__ import annotations

import time

import numpy as np

from ...critical.training import Traps, held_out
from ...critical.training.ends import judged
from ...critical.training.held_out import HeldOut
from ...errors import ReluscapeError
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import load_kernels
from ...geometry.regions.affordable import unit_regions
from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...probability.width_search import WidthSearch, search_width
from ...problem.data import standardize
from ..optimum import infinite_width_minimum
from .cells import Fan, Slice, corner_units, fan, plane_slice
from .decayed import judged_under_decay
from .result import Folds, LeastWidth, Width, WidthMap
from .settings import Settings
from .shares import DEEPER, FEWEST_FOLDED, FITTED, FOLD_COST, FOLDS, FURTHER, LEAST, MOST_SEARCHED, STARTED, TRAINED
from .starts import good_share, start_shares
from .study import Progress, Study
from .subject import Subject
from .undrawn import AllRows, Undrawn, beside, of_all_rows, trained_on_all

# of the seconds, the share that rows left out take in any case, nominally
SURELY_FOLDED = 0.1
# trainings of each fold, rows times rank up to which basins are solved for a picture
FOLD_RUNS, MOST_SLICED = 3, 2_000
# different traps that are proved, and rows times units up to which a proof is tried
MOST_PROVED, PROVED_SIZE = 3, 2_000


def explore(
    subject: Subject, settings: Settings, progress: Progress, undrawn: Undrawn | None = None, spent: float = 0.0
) -> WidthMap:
    """Return the map of a data set: what trainings, searches and random starts of each width reach.

    Args:
        subject: samples, targets and loss.
        settings: what is asked for.
        progress: told what begins.
        undrawn: rows of the same table that were not drawn; losses on rows left out are told on them, and fits of all.
        spent: seconds that are over already and count.
    """
    progress("preparing", None, 0.0)
    began = time.thread_time()
    load_kernels(Arrangement.of(subject.data))
    study = Study(subject, settings, progress, TRAINED, spent + time.thread_time() - began)
    clock = study.clock
    progress("regions", None, 0.04)
    regions = unit_regions(study.data, settings.seed, clock.seconds)
    study.search_from(regions.value if regions.is_exact else None)
    study.train_listed(clock.part(TRAINED))
    # first what the best is, then which width trainings reach it with
    progress("deepening", None, 0.45)
    study.deepen(clock.part(DEEPER))
    progress("widening", None, 0.52)
    study.widen(clock.part(FURTHER))
    least = _least(study, clock.part(LEAST))
    progress("folds", None, 0.58)
    folds, all_rows = _folds(study, undrawn, clock.part(FOLDS)), _all_rows(study, undrawn, clock.part(FITTED))
    training_shares, enough = dict(sorted(study.trained().items())), study.enough()
    widths, good_shares, every_start = _starts(study, clock.part(0.9))
    progress("drawing", None, 0.96)
    best = study.best_width()
    picture_of_fan, picture_of_slice = _cells(study)
    cut = bool(study.sampler and study.references and (study.references.hurried or study.sampler.hurried))
    return WidthMap(
        subject=subject,
        settings=settings,
        seconds=clock.seconds,
        cut=cut or study.trainings.cut,
        regions=regions,
        widths=widths,
        references=dict(study.lowest),
        trained=training_shares,
        enough=enough,
        started=good_shares,
        every_start=every_start,
        least=least,
        folds=folds,
        all_rows=all_rows,
        best_width=best,
        outputs=study.outputs(best),
        floor=None if study.references is None else study.references.floor,
        units=_units(study, best),
        fan=picture_of_fan,
        slice=picture_of_slice,
        decay=study.decay,
    )


def _least(study: Study, clock: Clock) -> LeastWidth | None:
    """Return the least width known to reach the lowest loss of any width, and how far that is proved."""
    references, data, settings = study.references, study.data, study.settings
    if references is None or data.n * data.rank > MOST_SEARCHED:
        return None
    reaching = [w for w, r in study.lowest.items() if references.is_lowest(r.value)]
    width = min(reaching, default=None)
    # a search that was complete proves that its width does not reach it
    at_least = 1 + max((w for w, r in study.lowest.items() if r.exhaustive and w not in reaching), default=0)
    if clock.left > 0 and width != at_least:
        try:
            minimum = infinite_width_minimum(data, None, settings.output_bias, clock.left, settings.seed)
        except ReluscapeError:
            minimum = None
        if minimum is not None:
            at_least = max(at_least, minimum.at_least)
            if minimum.kind != "span":
                width = minimum.width if width is None else min(width, minimum.width)
    return None if width is None else LeastWidth(width, at_least, references.floor)


def _folds(study: Study, undrawn: Undrawn | None, clock: Clock) -> Folds | None:
    """Return the listed width that does best on rows left out, and the losses there; None for too few rows."""
    widths = study.settings.widths
    if undrawn is not None and study.decay is None:
        runs = {width: study.trainings.judging(width) for width in widths}
        return Folds(*beside(study.subject, undrawn, runs, study.settings.raw), widths)
    if study.data.n < FEWEST_FOLDED:
        return None
    results: dict[int, HeldOut] = {}
    sure = SURELY_FOLDED * study.clock.seconds
    for width in _promising(study):
        cost = FOLD_COST * study.trainings.seconds(width)
        sure -= cost
        if results and sure < 0 and clock.left < cost:
            continue
        plan = study.trainings.fold_plan(FOLD_RUNS)
        results[width] = held_out(study.trainings.batch(width), plan, study.subject.classes is not None)
    best = min(results, key=lambda width: results[width].network)
    return Folds(best, results[best], tuple(sorted(results)))


def _all_rows(study: Study, undrawn: Undrawn | None, clock: Clock) -> AllRows | None:
    """Return fits of all rows, of a network of the best width, None where all rows were drawn or under decay."""
    width = study.best_width()
    if undrawn is None or study.decay is not None or width not in study.trainings.adam:
        return None
    _, training, run = study.trainings.lowest(width)
    fits = of_all_rows(study.subject, undrawn, training, run, study.settings.raw, clock.part(FITTED))
    enough = study.enough().width or width
    return trained_on_all(study.subject, undrawn, fits, enough, study.trainings.plan, study.settings, clock)


def _promising(study: Study) -> list[int]:
    """Return the listed widths, first those that should do best on rows left out by Akaike's final prediction error.

    With p parameters and n rows that is the loss times (n + p) / (n - p); widths with as many parameters as rows come
    last, the narrowest first.
    """
    n = len(study.trainings.X)

    def expected(width: int) -> tuple[float, int]:
        parameters = study.trainings.batch(width).size
        if parameters >= n:
            return np.inf, width
        return study.lowest[width].value * (n + parameters) / (n - parameters), width

    return sorted(study.settings.widths, key=expected)


def _starts(study: Study, clock: Clock) -> tuple[tuple[Width, ...], dict[int, Probability], WidthSearch | None]:
    """Return the listed widths, the shares of good starts by width, and the width from which they are enough."""
    settings, subject, shares = study.settings, study.subject, {}
    entries = []
    for k, width in enumerate(settings.widths):
        study.progress("starts", width, 0.6 + 0.25 * k / len(settings.widths))
        mark, starts = study.mark(width), None
        if study.sampler is not None:
            part = clock.part(STARTED / (len(settings.widths) - k * STARTED))
            starts = start_shares(study.sampler, settings, width, mark, subject.constant, subject.affine, part)
            shares[width] = starts.good
        traps, runs = _traps(study, width, clock.part(0.2)), study.trainings
        judging, other = runs.judging(width), runs.lbfgs.get(width)
        entries.append(Width(width, study.lowest[width], mark, judging, other, traps, starts))
    return tuple(entries), shares, _every_start(study, shares, clock) if shares else None


def _traps(study: Study, width: int, clock: Clock) -> Traps:
    """Return the different traps of a width, a few of them proved where that is possible and there is time."""
    runs, mark, data = study.trainings.judging(width), study.mark(width), study.proof_data()
    if study.decay is not None:
        return judged_under_decay(study.decay, runs, mark, clock, MOST_PROVED)
    if data is None or data.n * width > PROVED_SIZE:
        return runs.traps(mark)
    return judged(data, runs, mark, lambda: clock.left, MOST_PROVED, study.subject.loss)


def _every_start(study: Study, shares: dict[int, Probability], clock: Clock) -> WidthSearch:
    """Return the width from which a random start is good often enough; the widths tried are added to the shares."""
    settings, sampler = study.settings, study.sampler

    def measure(width: int) -> Probability | None:
        if clock.left <= 0 or sampler is None:
            return None
        if width not in study.lowest and clock.left < study.trainings.seconds(width):
            return None
        study.progress("every start", width, 0.9)
        study.reference(width, clock.part(0.3))
        return good_share(sampler, settings, width, study.mark(width), clock.part(0.5))

    return search_width(shares, measure, settings.probability, settings.max_width)


def _units(study: Study, width: int) -> np.ndarray | None:
    """Return the products |v_j| w_j (m, d) of a width's best network in the data's own units, None where unknown."""
    network = study.network(study.lowest[width])
    return None if network is None else network[0] @ np.asarray(standardize(study.data).transform).T


def _cells(study: Study) -> tuple[Fan | None, Slice | None]:
    """Return weight space of one unit as a fan, and a plane through the units of the best networks."""
    if study.sampler is None or study.data.n * study.data.rank > MOST_SLICED:
        return None, None
    references = [(w, study.lowest[w]) for w in sorted(study.lowest) if w in study.settings.widths]
    networks = [(w, study.network(r)) for w, r in references]
    corners = corner_units([(w, net[0]) for w, net in networks if net])
    return fan(study.sampler), plane_slice(study.sampler, corners)
