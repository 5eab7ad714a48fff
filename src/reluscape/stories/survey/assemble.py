"""The survey itself: it asks the rooms below and puts their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import bounds
from ...basins import affine_fit, basin_value, constant_fit
from ...errors import AssumptionError, ReluscapeError, TooLarge
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, as_dataset, standardize
from ...problem.networks.initialization import get_law
from ..claims import loss_claim, plain, probability_claim
from ..opening import about_data, check_subject, opening
from .counts import BASIN_TEXT, layer_regions, unit_regions
from .pictures import data_picture, fan_picture, slice_picture
from .plan import LISTED_SHARE, Settings
from .reference import Reference, References, prepare_solvers
from .result import Survey
from .search import search_width
from .starts import Clock, Sampler
from .verdict import verdict_lines

SHOWN_VALUES = 400
POPULATION = "random initialisations of this width"
OTHER_LAW = "torch"
ALMOST_PARALLEL = 0.99
CUT = "the time ({:g} s) cut the work short, so a faster machine may find other numbers; more with --seconds"
# wide enough for the solvers' other branch, narrow enough to cost nothing
WIDE = 16

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
) -> Survey:
    """Return the map of a data set: regions, basins, the chance of a good start, and the width that is enough.

    A start is good where its basin value is at most reference + tolerance * (loss of the best constant - reference);
    the reference of a width is the lowest loss known for it, found without the starts that estimate the chance.
    Weights are drawn for standardised inputs (with a column of ones an invertible change that alters no pattern, rank
    or basin value).

    Args:
        X: (n, d) samples or a Dataset (give `Dataset(X, y, bias=True)` for a hidden bias; none is added here).
        y: (n,) targets.
        widths: numbers of hidden units to report.
        law: law of initialisation.
        trials: random starts per number.
        tolerance: how far above the reference a good basin may lie.
        seconds: bound on the time spent on random starts.
        max_width: widest layer tried in the search for 95 %.
        output_bias: whether the network has a free output bias.
        seed: root of every random stream.
        progress: called with (what, share done).
        classes: {-1: name, 1: name} for a classification.
        file: name of the data, for the report.
        command: what was typed, for the report.
        warnings: sentences to pass on.

    Returns:
        A `Survey` with `.verdict`, `.to_json()`, `.to_html(path)`.

    Raises:
        InputError: no targets, one sample, a constant target, an impossible width.

    Example:
        >>> data = Dataset([[0], [1], [2], [3]], [0, 1, 0, 1], bias=True)
        >>> print(survey(data, widths=(1, 2), trials=20, max_width=2).report["regions"]["value"])
        8
    """
    begin = time.monotonic()
    data = as_dataset(X, y)
    classes = classes or data.classes
    settings = Settings(
        tuple(np.atleast_1d(widths).tolist()), law, trials, tolerance, seconds, max_width, output_bias, seed
    )
    check_subject(data, "survey")
    tell = progress or (lambda what, share: None)
    constant, affine = constant_fit(data), affine_fit(data)
    variance = float(np.var(data.y))
    sampler = Sampler(data, output_bias, seed)
    tell("preparing", 0.0)
    sampler.warm_up((1, settings.widths[-1], min(settings.max_width, WIDE)))
    prepare_solvers(output_bias)
    clock = Clock(settings.budget)
    tell("counting regions", 0.04)
    regions = unit_regions(data, seed, settings.budget)
    unit_count = int(regions["value"]) if regions["kind"] == "exact" else None
    references = References(sampler, affine.value, output_bias, unit_count, law, clock)
    entries: list[dict[str, Any]] = []
    tried: dict[int, Probability] = {}
    for k, width in enumerate(settings.widths):
        tell(f"width {width}", 0.05 + 0.5 * k / len(settings.widths))
        part = clock.part(LISTED_SHARE / (len(settings.widths) - k * LISTED_SHARE))
        entry, good = _width_entry(data, sampler, references, settings, regions, width, constant.value, part)
        entries.append(entry)
        tried[width] = good

    def measure(width: int) -> Probability | None:
        if clock.left <= 0:
            return None
        tell(f"looking for the width that is enough: {width}", min(0.95, 1 - clock.left / settings.budget))
        reference = references.get(width, clock.part(0.3))
        starts = sampler.draw("starts", width, law, settings.trials, clock.part(0.5))
        return _share(starts.values, _threshold(reference, settings, constant.value), get_law(law).name)

    found = search_width(tried, measure, settings.probability, settings.max_width)
    tell("drawing", 0.96)
    best_width, best = min(
        references.found.items(), key=lambda item: (_snapped(item[1].value, constant.value), item[0])
    )
    network = _network(sampler, best, output_bias)
    hurried = references.hurried or sampler.hurried
    cut = (CUT.format(settings.budget),) if hurried else ()
    report: dict[str, Any] = {
        **opening("survey", command or "reluscape.survey(X, y)", seed),
        "data": about_data(data, file, classes, output_bias, (*warnings, *cut)),
        "settings": {
            "law": get_law(law).name,
            "trials": settings.trials,
            "tolerance": settings.tolerance,
            "widths": list(settings.widths),
            "max_width": settings.max_width,
            "seconds": settings.seconds,
        },
        "losses": {
            "constant": loss_claim(
                constant.value, variance, "exact", _accuracy(data, classes, np.full(data.n, constant.intercept))
            ),
            "affine": loss_claim(affine.value, variance, "exact", _accuracy(data, classes, _affine(data, affine))),
            "best_network": loss_claim(
                _snapped(best.value, constant.value),
                variance,
                "numerical",
                _accuracy(data, classes, network[1] if network else _affine(data, affine)),
                width=best_width,
                source=best.source,
            ),
            "any_width": loss_claim(references.floor, variance, "exact"),
        },
        "regions": regions,
        "widths": entries,
        "hurried": hurried,
        "width_for": {
            "probability": settings.probability,
            "width": found.width,
            "more_than": found.more_than,
            "stopped_by": found.stopped_by,
            "curve": [{"width": w, "good": probability_claim(p)} for w, p in sorted(tried.items())],
        },
        "promises": _promises(data, settings),
        "pictures": _pictures(data, sampler, references, network, classes),
    }
    report["verdict"] = verdict_lines(report)
    report["seconds"] = round(time.monotonic() - begin, 2)
    tell("done", 1.0)
    return Survey(report, data, best.state)


def _threshold(reference: Reference, settings: Settings, constant: float) -> float:
    """Return the loss up to which a basin is good."""
    level = reference.value + settings.tolerance * max(constant - reference.value, 0.0)
    return level + DEFAULT.zero_loss * constant


def _snapped(value: float, constant: float) -> float:
    """Return a computed loss, zero where it cannot be told from zero."""
    return 0.0 if value <= DEFAULT.zero_loss * constant else value


def _share(values: np.ndarray, threshold: float, law: str) -> Probability:
    """Return the sampled share of random starts whose basin value is at most the threshold; undecided ones widen it."""
    hits, undecided = int((values <= threshold).sum()), int(np.isnan(values).sum())
    return Probability.sampled(hits, len(values), POPULATION, law, undecided=undecided)


def _width_entry(
    data: Dataset,
    sampler: Sampler,
    references: References,
    settings: Settings,
    regions: dict[str, Any],
    width: int,
    constant: float,
    clock: Clock,
) -> tuple[dict[str, Any], Probability]:
    """Measure one width."""
    law = get_law(settings.law).name
    reference = references.get(width, clock.part(0.25))
    clock = Clock(clock.seconds * 0.75)  # what the reference took is not taken from the starts
    starts = sampler.draw("starts", width, settings.law, settings.trials, clock.part(0.6), ranks=True)
    threshold = _threshold(reference, settings, constant)
    good = _share(starts.values, threshold, law)
    variance = float(np.var(data.y))
    entry: dict[str, Any] = {
        "width": width,
        "regions": layer_regions(regions, width),
        "basins": layer_regions(regions, width, 2, BASIN_TEXT),
        "full_rank": probability_claim(
            Probability.sampled(int(starts.full_rank or 0), len(starts.values), POPULATION, law)
        ),
        "reference": loss_claim(_snapped(reference.value, constant), variance, "numerical", source=reference.source),
        "threshold": plain(threshold),
        "good": probability_claim(good),
        "zero": probability_claim(_share(starts.values, DEFAULT.zero_loss * constant, law)),
        "better_than_affine": probability_claim(
            _share(starts.values, np.nextafter(references.affine - DEFAULT.zero_loss * constant, -np.inf), law)
        ),
        "basin_values": _distribution(starts.values),
    }
    if law != OTHER_LAW:
        other = sampler.draw("starts", width, OTHER_LAW, settings.trials, clock)
        entry["other_law"] = {"law": OTHER_LAW, "good": probability_claim(_share(other.values, threshold, OTHER_LAW))}
    return entry, good


def _distribution(values: np.ndarray) -> dict[str, Any]:
    """Return a sample of basin values: sorted, thinned where long, with its quartiles."""
    ordered = np.sort(values[~np.isnan(values)])
    undecided = len(values) - len(ordered)
    if not len(ordered):
        return {"sample": [], "kind": "sampled", "trials": len(values), "undecided": undecided}
    shown = (
        ordered if len(ordered) <= SHOWN_VALUES else ordered[np.linspace(0, len(ordered) - 1, SHOWN_VALUES).astype(int)]
    )
    return {
        "sample": shown.tolist(),
        "min": float(ordered[0]),
        "quartiles": np.quantile(ordered, [0.25, 0.5, 0.75]).tolist(),
        "max": float(ordered[-1]),
        "kind": "sampled",
        "trials": len(values),
        "undecided": undecided,
    }


def _network(sampler: Sampler, reference: Reference, output_bias: bool) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return (Z, predictions, loss) of the lowest point of a reference's basin, in standardised inputs."""
    if reference.state is None:
        return None
    basin = basin_value(sampler.basins.data, None, *reference.state, output_bias=output_bias)
    return np.asarray(basin.Z, dtype=float), np.asarray(basin.prediction, dtype=float), float(basin.value)


def _affine(data: Dataset, fit: Any) -> np.ndarray:
    """Return the predictions of the best affine fit."""
    return data.X @ np.asarray(fit.coefficients, dtype=float) + float(fit.intercept)


def _accuracy(data: Dataset, classes: dict[int, str] | None, prediction: np.ndarray) -> float | None:
    """Return the share of rows whose class a prediction's sign gives, or None for a regression."""
    if classes is None:
        return None
    return float(np.mean(np.where(prediction > 0, 1.0, -1.0) == data.y))


def _promises(data: Dataset, settings: Settings) -> list[dict[str, Any]]:
    """Return what the theorems promise for 95 %, each under its own law."""
    rows = []
    try:
        table = bounds.table(data, data.y_fractions, 1 - settings.probability)
    except (AssumptionError, TooLarge):
        return []
    widths = [1 << k for k in range(settings.max_width.bit_length())]
    for row in table:
        curve = None
        if row.applies and row.at_width is not None:
            try:
                curve = [[w, plain(row.at_width(w))] for w in widths]
            except (ReluscapeError, OverflowError):
                curve = None
        rows.append(
            {
                "statement": row.statement,
                "source": row.source,
                "law": row.law,
                "event": row.event,
                "applies": bool(row.applies),
                "reason": row.reason,
                "width": plain(row.width),
                "probability": plain(row.probability),
                "curve": curve,
            }
        )
    return rows


def _pictures(
    data: Dataset,
    sampler: Sampler,
    references: References,
    network: tuple[np.ndarray, np.ndarray, float] | None,
    classes: dict[int, str] | None,
) -> dict[str, Any]:
    """Return the geometry for the page's pictures."""
    transform = np.asarray(standardize(data).transform)
    original = None if network is None else network[0] @ transform.T
    corners: list[tuple[str, np.ndarray]] = []
    for width, reference in sorted(references.found.items()):
        found = _network(sampler, reference, sampler.basins.evaluator.programs.output_bias)
        if found is None:
            continue
        lengths = np.linalg.norm(found[0], axis=1)
        for j in np.argsort(-lengths)[: 1 if width == 1 else 2]:
            w = found[0][j] * (reference.state[1][j] if reference.state else 1.0)
            if lengths[j] > 0 and _apart(w, [u for _, u in corners]):
                corners.append((f"a unit of the best {width}-unit network", w))
    return {
        "data": data_picture(data, original, data.target or "y", classes),
        "fan": fan_picture(sampler),
        "slice": slice_picture(sampler, corners),
    }


def _apart(w: np.ndarray, others: list[np.ndarray]) -> bool:
    """Return whether a direction is far from parallel to others."""
    return all(abs(w @ u) < ALMOST_PARALLEL * np.linalg.norm(w) * np.linalg.norm(u) for u in others)
