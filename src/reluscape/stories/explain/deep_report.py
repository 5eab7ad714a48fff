"""The explanation of a network of any depth as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...critical.trained.answer import WRONG_INPUT
from ...critical.trained.deep import DeepFindings
from ...critical.trained.predictions import rows_right
from ...problem.networks import DeepNet
from ...problem.trained.layered import Layered
from .deep_story import deep_facts, deep_verdict_lines
from .judgement import Judgement
from .lines import AFTER, BEFORE, FINE
from .report import (
    data_block,
    header,
    layer_blocks,
    line_blocks,
    loss_block,
    model_block,
    plain,
    slice_block,
    verdict_block,
)
from .result import ModelReport

WHICH = " (the last two layers move)"


def build_deep_report(
    found: DeepFindings, seen: Layered, short: ModelReport, judged: Judgement, named: dict[str, Any]
) -> dict[str, Any]:
    """Return the report of schema 1 for a network of any depth and any number of outputs."""
    net, top = seen.net, found.top
    trains = {"output_bias": seen.biases[-1], **loss_block(judged), "trainable": "all weights"}
    model = {**model_block(named, judged, list(net.widths), seen.Y.shape[1]), **trains}
    text = deep_verdict_lines(found, seen, judged)
    told = judged.answer != WRONG_INPUT
    lines, slice_ = _last_layer_line(found, seen) if told else [], None
    if top is not None and told:
        lines += line_blocks(top.found, top.trained, seen.loss.each, WHICH)
        slice_ = slice_block(top.found, top.trained, seen.loss.each, named["seed"])
    first = found.layers[0]
    return {
        **header(named),
        "answer": judged.answer,
        "data": {**data_block(seen.data, named, seen.biases[-1]), "bias": seen.biases[0]},
        "model": model,
        "verdict": {**verdict_block(found.verdict), "text": text},
        "story": [{"name": what, "text": words} for what, words in deep_facts(found, seen, judged) if told],
        "losses": _losses(found, seen, judged),
        "gradient_norm": plain(found.gradient_norm),
        "snapped": _snapped(found, short),
        "nearest": None,
        "better_basin": None,
        "units": {
            "dead": list(first.dead),
            "duplicated": [list(group) for group in first.duplicated],
            "always_active": list(first.always_active),
            "zero_output": [],
        },
        "samples": {"dead": list(first.dead_samples)},
        "affine_fit": {"is_affine": None, "text": ""},
        **layer_blocks(found.layers, found.last, found.jacobian),
        "last_two_layers": None if top is None else verdict_block(top.found.verdict),
        "next_steps": list(short.next_steps),
        "lines": lines,
        "slice": slice_,
    }


def _losses(found: DeepFindings, seen: Layered, judged: Judgement) -> dict[str, Any]:
    """Return the losses that are compared."""

    def entry(value: float | None, kind: str, net: DeepNet | None = None) -> dict[str, Any] | None:
        if value is None:
            return None
        share = value / found.constant if found.constant > 0 else None
        right = None if net is None else rows_right(net.hidden(seen.X)[-1], seen.Y, judged.loss.classes)
        accuracy = None if right is None else right / len(seen.Y)
        block = {"value": plain(value), "share": plain(share), "accuracy": accuracy, "kind": kind}
        return block if judged.test is None or net is None else {**block, "test": plain(judged.test.loss(net))}

    better, lowest = found.better or (None, None), found.last.net
    blocks = {
        "model": entry(found.loss, "numerical", seen.net),
        "constant": entry(found.constant, "numerical"),
        "affine": entry(found.affine, "numerical"),
        "last_layer": entry(found.last.lowest, found.last.kind, lowest),
        "best_known": entry(better[1], "numerical", better[0]),
    }
    return {key: block for key, block in blocks.items() if block is not None}


def _last_layer_line(found: DeepFindings, seen: Layered) -> list[dict[str, Any]]:
    """Return the loss on the way from the last layer to the best one: no unit switches, so it has no breakpoint."""
    start, end = seen.predictions, found.last.net.hidden(seen.X)[-1]
    if found.last.net is seen.net:
        return []
    t = np.linspace(BEFORE, AFTER, FINE + 1)
    values = [seen.loss.value(start + s * (end - start), seen.Y) for s in t]
    note = "only the last layer moves, so no unit switches; the loss is convex along this line"
    return [
        {
            "title": "To the best last layer for these features",
            "ends": "the best last layer",
            "breakpoints": [],
            "loss": [],
            "samples": np.stack([t, values], axis=1).tolist(),
            "minima": [],
            "note": note,
        }
    ]


def _snapped(found: DeepFindings, short: ModelReport) -> dict[str, Any] | None:
    """Describe the exact point beside the last two layers."""
    near = found.top.found.near if found.top is not None else None
    if near is None or short.snapped is None:
        return None
    change = abs(near.verdict.loss - found.loss) / found.constant if found.constant > 0 else 0.0
    return {
        "loss": plain(near.verdict.loss),
        "exact_loss": None,
        "distance": plain(near.distance),
        "relative_change": plain(change),
    }
