"""From the map of a data set's widths to the report: every number as a claim, then the verdict in words."""

from __future__ import annotations

from typing import Any

from ...landscape.widths.result import Width, WidthMap
from ...problem.losses import loss_name
from ...problem.networks.initialization import get_law
from .. import schema
from ..claims import loss_claim, plain, probability_claim
from ..opening import about_data, opening
from ..options import Origin
from .counts import BASIN_TEXT, layer_regions, region_claim
from .decayed import decay_block, plain_losses
from .pictures import data_picture, fan_picture, fit_picture, slice_picture
from .promised import promised
from .start_entry import start_entry
from .trainings import training_block
from .verdict import verdict_lines

CUT = "the time ({:g} s) cut the work short; more time (--seconds) or a faster machine goes on from here"


def build_report(known: WidthMap, origin: Origin) -> schema.SurveyReport:
    """Return the report of a survey, its seconds left out.

    Args:
        known: what networks of each width reach.
        origin: where the data come from.
    """
    subject, settings = known.subject, known.settings
    cut = (CUT.format(known.seconds),) if known.cut else ()
    regions = region_claim(known.regions)
    report: schema.SurveyReport = {
        **opening("survey", origin.command or "reluscape.survey(X, y)", settings.seed),
        "data": {
            **about_data(subject.data, origin.file, subject.classes, settings.output_bias, (*origin.warnings, *cut)),
            "loss": subject.loss if isinstance(subject.loss, str) else loss_name(subject.loss),
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
        "losses": _losses(known),
        "held_out": _held_out(known),
        "all_rows": _all_rows(known),
        "regions": regions,
        "widths": [_entry(width, regions, known) for width in known.widths],
        "hurried": known.cut,
        "width_for": {
            "probability": settings.probability,
            "width": known.enough.width,
            "more_than": known.enough.more_than,
            "stopped_by": known.enough.stopped_by,
            "curve": _curve(known),
            "least": _least(known),
        },
        "every_start": _every_start(known),
        "promises": promised(subject.data, settings) if subject.single else [],
        "pictures": {
            "data": data_picture(subject.data, known.units, subject.data.target or "y"),
            "fan": fan_picture(known.fan),
            "slice": slice_picture(known.slice),
            "fit": fit_picture(known),
        },
    }
    if not subject.single:
        report["data"]["floor_share"] = None
    if known.decay is not None:
        report["weight_decay"] = decay_block(known.decay, known)
    report["verdict"] = verdict_lines(dict(report))
    return report


def _losses(known: WidthMap) -> schema.SurveyLosses:
    """Return the fits that everything is measured against."""
    subject, best = known.subject, known.best
    kind = "exact" if subject.single else "numerical"
    straight = subject.straight()
    constant, lowest = subject.constant, subject.snapped(best.value)
    if known.decay is not None:  # what networks leave is told without the penalty
        constant, lowest = plain_losses(known)
    losses: schema.SurveyLosses = {
        "constant": loss_claim(constant, constant, kind, subject.commonest()),
        "affine": loss_claim(subject.affine, constant, kind, subject.accuracy(straight)),
        "best_network": loss_claim(
            lowest,
            constant,
            best.kind,
            subject.accuracy(straight if known.outputs is None else known.outputs),
            width=known.best_width,
            source=best.source,
        ),
    }
    if known.floor is not None:
        losses["any_width"] = loss_claim(known.floor, subject.constant, "exact")
    return losses


def _held_out(known: WidthMap) -> schema.HeldOut | None:
    """Return the losses on rows left out, at the listed width that does best there; None for too few rows."""
    if known.folds is None:
        return None
    folds = known.folds.losses
    network, straight, constant = _fits(folds.network, folds.plane, folds.constant, folds.right)
    return {
        "folds": folds.folds,
        "rows": folds.rows,
        "trained_on": folds.trained_on,
        "width": known.folds.width,
        "tried": list(known.folds.tried),
        "network": network,
        "affine": straight,
        "constant": constant,
    }


def _all_rows(known: WidthMap) -> schema.AllRows | None:
    """Return the fits of all rows of a table that those surveyed were drawn from; None where all were."""
    fits = known.all_rows
    if fits is None:
        return None
    network, straight, constant = _fits(fits.network, fits.plane, fits.constant, fits.right)
    return {
        "rows": fits.rows,
        "width": fits.width,
        "network": network,
        "affine": straight,
        "constant": constant,
        "trained_width": fits.trained_width if fits.trained else None,
        "trained": probability_claim(fits.trained) if fits.trained else None,
    }


def _fits(
    network: float, plane: float, constant: float, right: tuple[float, float, float] | None
) -> tuple[schema.Loss, schema.Loss, schema.Loss]:
    """Return losses of network, plane and constant as estimates, with their shares of right rows."""
    first, second, third = (
        loss_claim(value, constant, "estimate", accuracy)
        for value, accuracy in zip((network, plane, constant), right or (None, None, None), strict=True)
    )
    return first, second, third


def _entry(width: Width, regions: schema.Claim, known: WidthMap) -> schema.Width:
    """Return the entry of a listed width."""
    subject, reference = known.subject, width.reference
    entry: Any = {
        "width": width.width,
        "regions": layer_regions(regions, width.width),
        "basins": layer_regions(regions, width.width, 2, BASIN_TEXT),
        "reference": loss_claim(
            subject.snapped(reference.value), subject.constant, reference.kind, source=reference.source
        ),
        "threshold": plain(width.mark),
        "good": None,
        "trained": probability_claim(width.training.ended(width.mark)),
    }
    if width.starts is not None:
        entry.update(start_entry(width.starts))
    entry["training"] = training_block(width, subject.constant)
    return entry


def _curve(known: WidthMap) -> list[schema.TrainedPoint]:
    """Return for every width tried how often trainings end well, and the reference."""
    subject = known.subject
    return [
        {
            "width": width,
            "trained": probability_claim(share),
            "reference": loss_claim(
                subject.snapped(known.references[width].value), subject.constant, known.references[width].kind
            ),
        }
        for width, share in known.trained.items()
    ]


def _least(known: WidthMap) -> schema.LeastWidth | None:
    """Return the least width known to reach the lowest loss of any width, and how far that is proved."""
    least = known.least
    if least is None:
        return None
    return {
        "width": least.width,
        "proved": least.at_least == least.width,
        "at_least": least.at_least,
        "loss": plain(least.loss),
        "share": plain(least.loss / known.subject.constant),
    }


def _every_start(known: WidthMap) -> schema.EveryStart | None:
    """Return the width from which a random start is good often enough, None where there are no such shares."""
    if known.every_start is None:
        return None
    return {
        "probability": known.settings.probability,
        "width": known.every_start.width,
        "more_than": known.every_start.more_than,
        "stopped_by": known.every_start.stopped_by,
        "curve": [{"width": w, "good": probability_claim(p)} for w, p in sorted(known.started.items())],
    }
