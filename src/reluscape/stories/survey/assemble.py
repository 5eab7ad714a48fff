"""The survey itself: it has the widths of a data set explored and puts the answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from ...landscape.widths.decayed import decayed_problem
from ...landscape.widths.explore import explore
from ...landscape.widths.settings import Settings
from ...landscape.widths.subject import Subject
from ...landscape.widths.undrawn import Undrawn
from ...numbers.checks import real_number
from ...numbers.threads import one_thread
from ...problem.penalties import NONE, as_penalty
from ...problem.problem import Problem, as_problem
from ..options import DataOrigin, Origin, SurveyOptions, check_options
from ..wording import count
from .report import build_report
from .result import Survey

ProgressCall = Callable[[str, float], None]
# what begins, in words; of a width, with its units
STAGES = {
    "preparing": "preparing",
    "regions": "counting regions",
    "training": "training {}",
    "widening": "looking for the width that is enough",
    "deepening": "looking for better networks",
    "folds": "looking at rows left out",
    "starts": "random starts of {}",
    "every start": "every start good: {}",
    "drawing": "drawing",
}


@one_thread()
def survey(
    X: Any,
    y: Any = None,
    widths: Any = (1, 2, 4, 8),
    *,
    loss: Any = "squared",
    weight_decay: Any = None,
    seed: int = 0,
    progress: ProgressCall | None = None,
    **options: Unpack[SurveyOptions],
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
        loss: what is minimised, as in `Problem`; basins and starts are told for "squared" with one target.
        weight_decay: None, a number, or a `WeightDecay`, which counts in the inputs that networks are trained on,
            standardised unless `raw`. Trainings then minimise mean loss + penalty, values of widths and of trainings
            are those of this objective, and the report tells lambda_max, m* and M*, and the width law.
        seed: root of every random stream.
        progress: called with (what, share done).
        options: by keyword, `law` of initialisation of the random starts ("normal"), `trials`, random starts per number
            (400), `tolerance`, how far above the reference a training may end or a good basin lie (0.05), `seconds`,
            bound on the time, `max_width`, widest layer tried in the search for 95 % (128), `output_bias`, whether the
            network has a free output bias (True), `trainings`, runs of each width, fewer where the time is over (20),
            `raw`, True trains on the inputs as they are, `undrawn`, inputs (r, d) and targets (r, k) of further rows of
            the same table, on which losses on rows left out are then told, and fits of all rows, `spent`, seconds that
            are over already and count, half of all seconds at most; for the report
            `file`, name of the data, `command`, what was typed, `warnings`, sentences to pass on, `classes`, names of
            the classes by their numbers.

    Returns:
        A `Survey` with `.verdict`, `.to_json()`, `.to_html(path)`.

    Raises:
        InputError: no targets, one sample, a constant target, an impossible width.

    Example:
        >>> from reluscape import Dataset
        >>> data = Dataset([[0], [1], [2], [3]], [0, 1, 0, 1], bias=True)
        >>> print(survey(data, widths=(1, 2), trials=20, max_width=2).report["regions"]["value"])
        8
    """
    check_options("survey", options, SurveyOptions)
    origin = Origin.of(options)
    apart = {"undrawn", "spent", *DataOrigin.__optional_keys__}
    choices: dict[str, Any] = {name: value for name, value in options.items() if name not in apart}
    settings = Settings(tuple(np.atleast_1d(widths).tolist()), seed=seed, **choices)
    penalty = as_penalty(weight_decay)
    if isinstance(X, Problem):
        problem = as_problem(X, y, loss=loss, weight_decay=weight_decay)
        X, y, loss = problem.data, None if problem.outputs == 1 else problem.given_targets, problem.given_loss
        settings, penalty = replace(settings, output_bias=problem.output_bias), problem.penalty
    subject = Subject.of(X, y, loss, origin.classes, settings.output_bias, penalty)
    if penalty is not NONE:
        decayed_problem(subject, settings.raw)  # refuses free biases without a column of ones before any work is done
    extra_rows = options.get("undrawn")
    undrawn = None if extra_rows is None else Undrawn.of(subject, *extra_rows)
    spent = real_number("spent", options.get("spent", 0.0))
    return _told(subject, settings, progress or (lambda what, part: None), origin, undrawn, spent)


def _told(
    subject: Subject, settings: Settings, tell: ProgressCall, origin: Origin, undrawn: Undrawn | None, spent: float
) -> Survey:
    """Return the survey of a subject."""
    begin = time.monotonic()

    def progress(stage: str, width: int | None, part: float) -> None:
        tell(STAGES[stage].format("" if width is None else count(width, "unit")), part)

    width_map = explore(subject, settings, progress, undrawn, spent)
    report = build_report(width_map, origin)
    report["seconds"] = round(time.monotonic() - begin, 2)
    tell("done", 1.0)
    if width_map.decay is not None:
        wide = width_map.decay.wide
        proof = None if wide is None else wide.certificate
        return Survey(dict(report), subject.data, None, width_map.decay.problem, proof)
    best = width_map.best
    return Survey(dict(report), subject.data, best.state, subject.problem, best.certificate)
