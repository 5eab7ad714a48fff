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


def build_report(width_map: WidthMap, origin: Origin) -> schema.SurveyReport:
    """Return the report of a survey, its seconds left out.

    Args:
        width_map: what networks of each width reach.
        origin: where the data come from.
    """
    subject, settings = width_map.subject, width_map.settings
    cut = (CUT.format(width_map.seconds),) if width_map.cut else ()
    regions = region_claim(width_map.regions)
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
        "losses": _losses(width_map),
        "held_out": _held_out(width_map),
        "all_rows": _all_rows(width_map),
        "regions": regions,
        "widths": [_entry(width, regions, width_map) for width in width_map.widths],
        "hurried": width_map.cut,
        "width_for": {
            "probability": settings.probability,
            "width": width_map.enough.width,
            "more_than": width_map.enough.more_than,
            "stopped_by": width_map.enough.stopped_by,
            "curve": _curve(width_map),
            "least": _least(width_map),
        },
        "every_start": _every_start(width_map),
        "promises": promised(subject.data, settings) if subject.single else [],
        "pictures": {
            "data": data_picture(subject.data, width_map.units, subject.data.target or "y"),
            "fan": fan_picture(width_map.fan),
            "slice": slice_picture(width_map.slice),
            "fit": fit_picture(width_map),
        },
    }
    if not subject.single:
        report["data"]["floor_share"] = None
    if width_map.decay is not None:
        report["weight_decay"] = decay_block(width_map.decay, width_map)
    report["verdict"] = verdict_lines(dict(report))
    return report


def _losses(width_map: WidthMap) -> schema.SurveyLosses:
    """Return the fits that everything is measured against."""
    subject, best = width_map.subject, width_map.best
    kind = "exact" if subject.single else "numerical"
    straight = subject.straight()
    constant, lowest = subject.constant, subject.snapped(best.value)
    if width_map.decay is not None:  # what networks leave is told without the penalty
        constant, lowest = plain_losses(width_map)
    losses: schema.SurveyLosses = {
        "constant": loss_claim(constant, constant, kind, subject.commonest()),
        "affine": loss_claim(subject.affine, constant, kind, subject.accuracy(straight)),
        "best_network": loss_claim(
            lowest,
            constant,
            best.kind,
            subject.accuracy(straight if width_map.outputs is None else width_map.outputs),
            width=width_map.best_width,
            source=best.source,
        ),
    }
    if width_map.floor is not None:
        losses["any_width"] = loss_claim(width_map.floor, subject.constant, "exact")
    return losses


def _held_out(width_map: WidthMap) -> schema.HeldOut | None:
    """Return the losses on rows left out, at the listed width that does best there; None for too few rows."""
    if width_map.folds is None:
        return None
    folds = width_map.folds.losses
    network, straight, constant = _fits(folds.network, folds.plane, folds.constant, folds.right)
    return {
        "folds": folds.folds,
        "rows": folds.rows,
        "trained_on": folds.trained_on,
        "width": width_map.folds.width,
        "tried": list(width_map.folds.tried),
        "network": network,
        "affine": straight,
        "constant": constant,
    }


def _all_rows(width_map: WidthMap) -> schema.AllRows | None:
    """Return the fits of all rows of a table that those surveyed were drawn from; None where all were."""
    fits = width_map.all_rows
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


def _entry(width: Width, regions: schema.Claim, width_map: WidthMap) -> schema.Width:
    """Return the entry of a listed width."""
    subject, reference = width_map.subject, width.reference
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


def _curve(width_map: WidthMap) -> list[schema.TrainedPoint]:
    """Return for every width tried how often trainings end well, and the reference."""
    subject = width_map.subject
    return [
        {
            "width": width,
            "trained": probability_claim(share),
            "reference": loss_claim(
                subject.snapped(width_map.references[width].value), subject.constant, width_map.references[width].kind
            ),
        }
        for width, share in width_map.trained.items()
    ]


def _least(width_map: WidthMap) -> schema.LeastWidth | None:
    """Return the least width known to reach the lowest loss of any width, and how far that is proved."""
    least = width_map.least
    if least is None:
        return None
    return {
        "width": least.width,
        "proved": least.at_least == least.width,
        "at_least": least.at_least,
        "loss": plain(least.loss),
        "share": plain(least.loss / width_map.subject.constant),
    }


def _every_start(width_map: WidthMap) -> schema.EveryStart | None:
    """Return the width from which a random start is good often enough, None where there are no such shares."""
    if width_map.every_start is None:
        return None
    return {
        "probability": width_map.settings.probability,
        "width": width_map.every_start.width,
        "more_than": width_map.every_start.more_than,
        "stopped_by": width_map.every_start.stopped_by,
        "curve": [{"width": w, "good": probability_claim(p)} for w, p in sorted(width_map.started.items())],
    }
