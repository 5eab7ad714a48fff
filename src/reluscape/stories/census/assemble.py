"""The landscape's story: it asks the rooms below and puts their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...basins import affine_fit, constant_fit
from ...errors import TooLarge
from ...landscape.optimum import infinite_width_value
from ...landscape.topology import BarrierTree, Coordinates, LayerSize, barrier_tree, layer_size
from ...landscape.topology.result import ReachChances
from ...numbers.seeds import stream
from ...problem.data import Dataset, as_dataset, standardize
from ...problem.networks.initialization import get_law
from ...problem.targets import check_subject
from .. import schema
from ..claims import as_float, loss_claim, plain, probability_claim
from ..opening import about_data, opening
from ..wording import duration
from .pictures import disconnectivity, passages, ways_out
from .plane import plane_picture
from .result import Landscape
from .verdict import verdict_lines

MOST_VALLEYS = 60
MOST_PAIRS = 2_000
MOST_DIGITS = 120


def landscape(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = True,
    law: Any = "normal",
    trials: int = 400,
    height_cap: float | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    classes: dict[int, str] | None = None,
    file: str | None = None,
    command: str | None = None,
    warnings: tuple[str, ...] = (),
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
        seed: root of every random stream.
        progress: called with (what, share done).
        classes: {-1: name, 1: name} for a classification.
        file: name of the data, for the report.
        command: what was typed, for the report.
        warnings: sentences to pass on.

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
    data = as_dataset(X, y)
    check_subject(data)
    tell = progress or (lambda what, share: None)
    refuse(data, width, height_cap)
    tell("relating basins", 0.05)
    tree = barrier_tree(data, None, width, output_bias=output_bias, height_cap=height_cap)
    tell("random starts", 0.5)
    scale = _scale(data, output_bias, classes)
    shares = tree.shares(law, trials, stream(seed, "landscape shares", width), scale)
    chances = None
    if height_cap is None:
        chances = tree.chances(law, trials, stream(seed, "landscape", width), scale)
    kept = _most_lasting(tree, MOST_VALLEYS)
    report: schema.CensusReport = {
        **opening("census", command or "reluscape.landscape(X, y)", seed),
        "data": about_data(data, file, classes, output_bias, warnings),
        "settings": {"width": width, "law": get_law(law).name, "trials": trials, "height_cap": plain(height_cap)},
        "losses": _losses(data, tree, width, output_bias),
        "size": {"basins": tree.nodes, "walls": tree.edges},
        "valley_count": len(tree.valleys),
        "spurious_count": sum(v.spurious for v in tree.valleys),
        "ties": [len(group) for group in tree.ties],
        "valleys": [],
        "pairs": [[plain(tree.told(float(a))), plain(tree.told(float(b)))] for a, b in tree.pairs[:MOST_PAIRS]],
        "chances": None if chances is None else _chances(chances),
    }
    tell("certifying valleys", 0.7)
    variance = float(constant_fit(data).value)
    report["valleys"] = [_valley(tree, k, kept, variance, shares) for k in kept]
    tell("drawing", 0.9)
    ways = ways_out(tree, kept, data)
    report["pictures"] = {
        "disconnectivity": disconnectivity(tree, kept, as_float(report["losses"]["zero"]["value"])),
        "passages": passages(tree, kept, ways, data),
        "plane": plane_picture(data, tree, kept, ways, scale),
    }
    report["verdict"] = verdict_lines(report)
    report["seconds"] = round(time.monotonic() - begin, 2)
    tell("done", 1.0)
    return Landscape(dict(report), tree, data, tuple(kept))


def dry_run(X: Any, y: Any = None, width: int = 1, height_cap: float | None = None) -> dict[str, Any]:
    """Return what a landscape of these data would cost, without computing it.

    Raises:
        TooLarge: even the cells may be too many to count; the message names what fits.
    """
    data = as_dataset(X, y)
    size = _size(data, width)
    if size is None:
        raise _too_large(data, width)
    fits = size.fits or (height_cap is not None and size.fits_capped)
    bias = " with the column of ones" if data.bias else ""
    lines = [
        f"{data.n} rows, {data.d} inputs{bias} (rank {data.rank}), {size.cells:,} cells of one unit",
        f"width {width}: {size.basins:,} basins and up to {size.walls:,} walls between them; "
        + ("that fits" if fits else "that is too large"),
        f"time: about {duration(max(round(size.seconds), 1))}; "
        f"memory: about {size.megabytes:,.0f} MB beside the program"
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
    size = _size(data, width)
    if size is None or not (size.fits or (height_cap is not None and size.fits_capped)):
        raise _too_large(data, width)


def _size(data: Dataset, width: int) -> LayerSize | None:
    """Return the size of a landscape, or None where even its cells are too many."""
    try:
        return layer_size(data, width)
    except TooLarge:
        return None


def _too_large(data: Dataset, width: int) -> TooLarge:
    """Return the refusal with the numbers and the choices that fit."""
    size, ways = _size(data, width), ", ".join(_ways_to_fit(data, width))
    if size is None:
        return TooLarge(f"one unit has too many cells on {data.n} rows in rank {data.rank}; feasible: {ways}")
    words = f"{size.cells:,} cells give {size.basins:,} basins at width {width}, more than can be related"
    return TooLarge(f"{words}; feasible: {ways}", estimate=size.basins)


def _ways_to_fit(data: Dataset, width: int) -> list[str]:
    """Return the choices that make a landscape small enough; every one named was counted."""

    def fits(columns: list[int]) -> bool:
        part = _size(Dataset(data.fractions[:, columns]), width)
        return part is not None and part.fits

    size = _size(data, width)
    ways = [f"width {size.feasible_width}"] if size is not None and size.feasible_width else []
    names, ones = list(data.features), [data.d - 1] if data.bias else []
    for first in range(len(names) - 1, 0, -1):
        if fits([*range(first), *ones]):
            ways.append(f"--features {','.join(names[:first])}")
            break
    if data.bias and data.d > 1 and fits(list(range(data.d - 1))):
        ways.append("--no-bias")
    if size is not None and size.fits_capped and not size.fits:
        ways.append("a low --height-cap")
    return ways or ["fewer rows (--rows)"]


def _scale(data: Dataset, output_bias: bool, classes: dict[int, str] | None) -> Coordinates:
    """Return the scale on which networks are drawn and trained: standardised inputs, targets too unless classes."""
    inputs = np.asarray(standardize(data).transform)
    if classes:
        return Coordinates(inputs)
    y = np.asarray(data.y, dtype=float)
    shift = float(y.mean()) if output_bias else 0.0
    return Coordinates(inputs, float(np.sqrt(np.mean((y - shift) ** 2))), shift)


def _losses(data: Dataset, tree: BarrierTree, width: int, output_bias: bool) -> schema.CensusLosses:
    """Return the losses that everything is measured against."""
    constant, affine = float(constant_fit(data).value), float(affine_fit(data).value)
    variance = constant
    zero = constant if output_bias else float(np.mean(np.asarray(data.y, dtype=float) ** 2))
    return {
        "constant": loss_claim(constant, variance, "exact"),
        "affine": loss_claim(affine, variance, "exact"),
        "zero": loss_claim(zero, variance, "exact"),
        "best_network": loss_claim(tree.told(float(tree.global_minimum)), variance, "numerical", width=width),
        "any_width": loss_claim(float(infinite_width_value(data, output_bias)[0]), variance, "exact"),
    }


def _chances(found: ReachChances) -> schema.Chances:
    """Return what random starts can reach."""
    return {
        "without_climbing": probability_claim(found.without_climbing),
        "first_basin": probability_claim(found.first_basin),
        "gradient_descent": probability_claim(found.gradient_descent),
        "above_zero": probability_claim(found.above_zero),
        "steps": found.steps,
        "descent_losses": [plain(v) for v in found.descent_losses],
    }


def _most_lasting(tree: BarrierTree, most: int) -> list[int]:
    """Return the valleys with the highest barriers, lowest loss first; a parent outlasts its children."""
    order = sorted(range(len(tree.valleys)), key=lambda k: (-tree.valleys[k].barrier, k))
    return sorted(order[:most])


def _valley(tree: BarrierTree, k: int, kept: list[int], variance: float, shares: Any) -> schema.Valley:
    """Describe one valley."""
    valley, verdict = tree.valleys[k], tree.valleys[k].verdict
    exact = str(verdict.exact_loss) if verdict.exact_loss is not None else None
    value = tree.told(valley.value) if verdict.exact_loss is None else float(verdict.exact_loss)
    net = valley.net
    return {
        "value": plain(value),
        "share": plain(value / variance) if variance else None,
        "exact": exact if exact is not None and len(exact) <= MOST_DIGITS else None,
        "kind": "exact" if verdict.exact_loss is not None else "numerical",
        "barrier": plain(valley.barrier),
        "merge_height": plain(valley.merge_height),
        "spurious": valley.spurious,
        "parent": kept.index(valley.parent) if valley.parent in kept else None,
        "dimension": valley.dimension,
        "basins": valley.basins,
        "verdict": verdict.kind,
        "starts": probability_claim(shares[k]),
        "active": [int(pattern.sum()) for pattern, _ in valley.states],
        "signs": [int(sign) for _, sign in valley.states],
        "network": {"W": net.W.tolist(), "v": net.v.tolist(), "c": plain(net.c)},
    }
