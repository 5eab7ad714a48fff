"""The landscape's story: it has the whole landscape of a width computed and puts the answers together."""

from __future__ import annotations

import time
from typing import Any, Unpack

import numpy as np

from ...errors import InputError, TooLarge
from ...landscape.topology.choices import fitting_choices, known_size
from ...landscape.topology.decay.graph import decayed_seconds, refuse_slow
from ...landscape.topology.whole import LandscapeSettings, whole_landscape
from ...numbers.threads import one_thread
from ...problem.data import Dataset, as_dataset
from ...problem.losses import BinaryCrossEntropy, LogisticLoss, SquaredLoss, able, get_loss
from ...problem.penalties import as_penalty
from ...problem.problem import Problem
from ...problem.targets import check_subject
from ..claims import plain
from ..options import LandscapeOptions, Origin, check_options
from ..wording import count, duration
from .report import build_report
from .result import Landscape

# what begins, in words
STAGES = {
    "basins": "relating basins",
    "starts": "random starts",
    "valleys": "certifying valleys",
    "ways": "drawing",
}


@one_thread()
def landscape(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = True,
    law: Any = "normal",
    trials: int = 400,
    height_cap: float | None = None,
    **options: Unpack[LandscapeOptions],
) -> Landscape:
    """Return the whole landscape of one width: valleys, barriers, ways out, what random starts can reach.

    Args:
        X: (n, d) samples or a Dataset (give `Dataset(X, y, bias=True)` for a hidden bias; none is added here).
        y: (n,) targets.
        width: number of hidden units.
        output_bias: whether the network has a free output bias.
        law: law of initialisation, for standardised inputs (and standardised targets, unless they are classes); an
            output bias starts at the mean target.
        trials: random starts per number.
        height_cap: leave out basins and walls above this loss.
        options: by keyword, `weight_decay`, None, a number, or a `WeightDecay`: losses are then objectives, mean loss
            plus penalty, and the decay acts on the weights of the inputs as given; `loss`, "squared" or, with a decay,
            "logistic" or "bce"; `seed`, root of every random stream (0), `progress`, called with (what, share done);
            for the report `classes`, {-1: name, 1: name} for a classification, `file`, name of the data, `command`,
            what was typed, `warnings`, sentences to pass on.

    Returns:
        A `Landscape` with `.verdict`, `.tree`, `.to_json()`, `.to_html(path)`.

    Raises:
        TooLarge: too many basins to relate; the message names what fits.
        InputError: no targets, one sample, a constant target, a height cap below the lowest loss.

    Example:
        >>> found = landscape([[1], [-1]], [1, 2], width=1, output_bias=False, trials=50)
        >>> [valley["exact"] for valley in found.report["valleys"]]
        ['1/2', '2']
    """
    begin = time.monotonic()
    check_options("landscape", options, LandscapeOptions)
    origin, tell = Origin.of(options), options.get("progress") or (lambda what, share: None)
    data = as_dataset(X, y)
    check_subject(data)
    penalty = as_penalty(options.get("weight_decay"))
    decay = penalty if penalty.strength else None
    loss = chosen_loss(data, options.get("loss"), decay)
    refuse(data, width, height_cap)
    size = None if decay is None else known_size(data, width)
    if size is not None:
        refuse_slow(size, height_cap is not None)
    seed = options.get("seed", 0)
    raw = bool(origin.classes) or loss != SquaredLoss.name
    settings = LandscapeSettings(width, output_bias, law, trials, height_cap, seed, raw, decay, loss)
    whole = whole_landscape(data, settings, lambda stage, share: tell(STAGES[stage], share))
    report = build_report(whole, origin)
    report["seconds"] = round(time.monotonic() - begin, 2)
    tell("done", 1.0)
    return Landscape(dict(report), whole.tree, data, whole.kept)


def chosen_loss(data: Dataset, name: str | None, decay: Any) -> str:
    """Return the name of the loss of a landscape.

    Raises:
        InputError: no loss that a whole landscape is known for, one without the decay that it needs, other labels.
    """
    loss = get_loss(name or SquaredLoss.name)
    if able(loss, "quadratic"):
        return SquaredLoss.name
    if not isinstance(loss, LogisticLoss):
        raise InputError(f"the whole landscape is known for the squared and the logistic loss, not for {name!r}")
    if decay is None:
        raise InputError(
            "the whole landscape of the logistic loss is known only with weight decay; give weight_decay "
            "(--weight-decay)"
        )
    kind = LogisticLoss if set(np.unique(data.y)) == set(LogisticLoss.labels) else BinaryCrossEntropy
    Problem(data, loss=kind.name)  # refuses targets that are no labels
    return kind.name


def dry_run(
    X: Any, y: Any = None, width: int = 1, height_cap: float | None = None, decays: bool = False
) -> dict[str, Any]:
    """Return what a landscape of these data would cost, without computing it; `decays` with weight decay.

    Raises:
        TooLarge: even the cells may be too many to count; the message names what fits.
    """
    data = as_dataset(X, y)
    size = known_size(data, width)
    if size is None:
        raise _too_large(data, width)
    fits = size.fits or (height_cap is not None and size.fits_capped)
    seconds = decayed_seconds(size, height_cap is not None) if decays else size.seconds
    bias = " and a hidden bias" if data.bias else ""
    lines = [
        f"{count(data.n, 'row')}, {count(data.d - data.bias, 'input')}{bias} (rank {data.rank}), "
        f"{size.cells:,} cells of one unit",
        f"width {width}: {size.basins:,} basins and up to {size.walls:,} walls between them; "
        + ("that fits" if fits else "that is too large"),
        f"time: about {duration(max(round(seconds), 1))}; memory: about {size.megabytes:,.0f} MB beside the program"
        if fits
        else f"what fits: {', '.join(_ways_to_fit(data, width))}",
    ]
    return {
        "schema": 1,
        "kind": "plan",
        "cells": plain(size.cells),
        "basins": plain(size.basins),
        "walls": plain(size.walls),
        "fits": fits,
        "feasible_width": size.feasible_width,
        "lines": lines,
    }


def refuse(data: Dataset, width: int, height_cap: float | None = None) -> None:
    """Raise TooLarge before any work, naming what is feasible on the command line."""
    size = known_size(data, width)
    if size is None or not (size.fits or (height_cap is not None and size.fits_capped)):
        raise _too_large(data, width)


def _too_large(data: Dataset, width: int) -> TooLarge:
    """Return the refusal with the numbers and the choices that fit."""
    size, ways = known_size(data, width), ", ".join(_ways_to_fit(data, width))
    if size is None:
        return TooLarge(f"one unit has too many cells on {data.n} rows in rank {data.rank}; feasible: {ways}")
    words = f"{size.cells:,} cells give {size.basins:,} basins at width {width}, more than can be related"
    return TooLarge(f"{words}; feasible: {ways}", estimate=size.basins)


def _ways_to_fit(data: Dataset, width: int) -> list[str]:
    """Return the choices that make a landscape small enough, as the command line has them."""
    choices = fitting_choices(data, width)
    ways = [f"width {choices.width}"] if choices.width else []
    if choices.features:
        ways.append(f"--features {','.join(choices.features)}")
    if choices.without_bias:
        ways.append("--no-bias")
    if choices.capped:
        ways.append("a low --height-cap")
    return ways or ["fewer rows (--rows)"]
