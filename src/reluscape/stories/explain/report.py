"""The explanation as plain data: what the JSON holds and the page draws."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...critical import Verdict
from ...critical.trained.answer import WRONG_INPUT
from ...critical.trained.comparison import Compared
from ...critical.trained.examination import Examination
from ...critical.trained.jacobian_facts import JacobianFacts
from ...critical.trained.last_layer import LastLayer
from ...critical.trained.layers import LayerFacts
from ...critical.trained.one_hidden_layer import Findings
from ...problem.penalties import NONE
from .. import schema
from ..claims import plain
from ..opening import opening
from ..options import Origin
from .case import Case
from .objective_pictures import objective_line, objective_plane
from .pictures import fit_block, last_layer_block, line_blocks, slice_block
from .story import affine_text
from .words import facts, verdict_lines

MOST_DIGITS = 200


def build_report(case: Case, next_steps: tuple[str, ...], origin: Origin, seed: int) -> schema.ExplainReport:
    """Return the report of schema 1.

    Args:
        case: the network under examination.
        next_steps: what to do next, in lines.
        origin: where data and model come from.
        seed: root of the random streams.
    """
    it = case.it
    has_pictures = case.answer != WRONG_INPUT  # else it is not the network that was trained
    report: schema.ExplainReport = {
        **opening("explain", origin.command or "reluscape.explain(model, X, y)", seed),
        "answer": case.answer,
        "data": _data(case, origin),
        "model": _model(case, origin),
        "verdict": {**_verdict(it.verdict), "text": verdict_lines(case)},
        "story": [{"name": what, "text": words} for what, words in facts(case)],
        "losses": _losses(case),
        "gradient_norm": plain(it.gradient_norm),
        "snapped": _snapped(it),
        "nearest": None if it.whole is None else _nearest(it.whole.findings),
        "better_basin": None if it.whole is None else _better(it.whole.findings),
        "units": _units(it),
        "samples": {"dead": list(_dead_samples(it))},
        "affine_fit": _affine(it),
        "layers": [_layer(layer, layer is it.layers[-1]) for layer in it.layers],
        "last_layer": _last_layer(it.last) if it.penalty is NONE else None,
        "jacobian": None if it.jacobian is None else _jacobian(it.jacobian),
        "next_steps": list(next_steps),
        "lines": _lines(it, seed) if has_pictures else [],
        "slice": slice_block(it, seed) or objective_plane(it, seed) if has_pictures else None,
        "fit": fit_block(case, origin) if has_pictures else None,
    }
    if it.whole is None:
        report["last_two_layers"] = None if it.part is None else _verdict(it.part.findings.verdict)
    return report


def _lines(it: Examination, seed: int) -> list[schema.Line]:
    """Return the loss along the lines that matter; with weight decay the objective alone."""
    plain_lines = [*last_layer_block(it), *line_blocks(it)] if it.penalty is NONE else []
    return [*objective_line(it, seed), *plain_lines]


def exact_text(value: Fraction | None) -> str | None:
    """Return an exact number as text where it is short enough to read."""
    return str(value) if value is not None and len(str(value)) <= MOST_DIGITS else None


def _data(case: Case, origin: Origin) -> schema.Data:
    """Describe the data."""
    layers = case.it.layered
    data, whole = layers.data, case.it.whole
    values = sorted({float(v) for v in np.asarray(data.y)}) if data.y is not None else []
    equal = [f"rows {list(group)} are equal but have different targets" for group in data.conflicts[:3]]
    position = data.general_position
    return {
        "file": origin.file or "the data",
        "target": origin.target or data.target or "y",
        "features": list(data.features),
        "n": data.n,
        "d": data.d,
        "rank": data.rank,
        "bias": data.bias if whole is not None else layers.biases[0],
        "output_bias": layers.biases[-1],
        "task": "classification" if len(values) == 2 else "regression",
        "classes": {f"{k:+d}" if k != 0 else "0": v for k, v in (origin.classes or {}).items()} or None,
        "warnings": [*origin.warnings, *equal],
        "duplicates": sum(len(group) - 1 for group in data.duplicates),
        "zero_rows": list(data.zero_rows),
        "general_position": {"status": position.status, "text": str(getattr(position, "text", ""))},
    }


def _model(case: Case, origin: Origin) -> schema.Model:
    """Describe the network and the loss it is judged by."""
    layers, decay = case.it.layered, case.weight_decay
    hidden = list(layers.net.widths)
    return {
        "file": origin.model_file or "the model",
        "width": hidden[-1],
        "hidden": hidden,
        "outputs": layers.Y.shape[1],
        "weight_decay": decay if decay in ("unknown", "ignore") else plain(decay),
        "output_bias": layers.biases[-1],
        "loss": case.loss.name,
        "loss_reason": case.choice.reason or "it was asked for",
        "trainable": "all weights" if case.it.whole is None else "Wv",
    }


def _verdict(verdict: Verdict) -> schema.VerdictBlock:
    """Describe a verdict."""
    return {
        "kind": verdict.kind,
        "reason": verdict.reason,
        "is_local_minimum": verdict.is_local_minimum,
        "differentiable": verdict.differentiable,
        "loss": plain(verdict.loss),
        "exact_loss": exact_text(verdict.exact_loss),
        "slack": plain(verdict.slack),
        "method": verdict.method,
    }


def _losses(case: Case) -> schema.ExplainLosses:
    """Return the losses that are compared."""
    entries: Any = {name: _entry(entry) for name, entry in case.compared.items()}
    losses: schema.ExplainLosses = entries
    return losses


def _entry(entry: Compared) -> schema.Loss:
    """Describe one loss."""
    block: schema.Loss = {
        "value": plain(entry.value),
        "share": plain(entry.share),
        "accuracy": entry.accuracy,
        "kind": entry.kind,
    }
    return block if entry.test is None else {**block, "test": plain(entry.test)}


def _snapped(it: Examination) -> schema.Snapped | None:
    """Describe the exact point beside what the exact test covers."""
    near = None if it.part is None else it.part.findings.near
    if near is None:
        return None
    change = abs(near.verdict.loss - it.loss) / it.constant if it.constant > 0 else 0.0
    return {
        "loss": plain(near.verdict.loss),
        "exact_loss": exact_text(near.verdict.exact_loss) if it.whole is not None else None,
        "distance": plain(near.distance),
        "relative_change": plain(change),
    }


def _nearest(findings: Findings) -> schema.Nearest | None:
    """Describe the nearest exact minimum found, where it is beyond the limits of snapping."""
    path = findings.descent
    if findings.near is not None or path is None or not path.finished:
        return None
    return {
        "loss": plain(path.loss),
        "exact_loss": exact_text(path.verdict.exact_loss),
        "distance": plain(findings.descent_distance),
        "basins": path.basins,
        "kinks": findings.kinks_away,
    }


def _better(findings: Findings) -> schema.Better | None:
    """Describe the nearest better basin."""
    better = findings.better
    if better is None:
        return None
    return {
        "kinks": better.kinks,
        "value": plain(better.value),
        "at_least": better.at_least,
        "unit": better.unit,
        "samples": list(better.samples),
    }


def _units(it: Examination) -> schema.Units:
    """Describe what the units of the first layer do."""
    first = it.layers[0] if it.whole is None else it.whole.findings.anatomy
    return {
        "dead": list(first.dead),
        "duplicated": [list(group) for group in first.duplicated],
        "always_active": list(first.always_active),
        "zero_output": [] if it.whole is None else list(it.whole.findings.anatomy.zero_output),
    }


def _dead_samples(it: Examination) -> tuple[int, ...]:
    """Return the rows on which no unit of the first layer is on."""
    return it.layers[0].dead_samples if it.whole is None else it.whole.findings.anatomy.dead_samples


def _affine(it: Examination) -> schema.AffineFit:
    """Say whether the network is an affine function; nothing is known of it with several hidden layers or outputs."""
    if it.whole is None:
        return {"is_affine": None, "text": ""}
    return {"is_affine": it.whole.findings.is_affine, "text": affine_text(it.whole.findings)}


def _layer(layer: LayerFacts, output: bool) -> schema.Layer:
    """Describe one layer."""
    return {
        "layer": layer.layer,
        "units": layer.units,
        "output": output,
        "dead": list(layer.dead),
        "always_active": list(layer.always_active),
        "duplicated": [list(group) for group in layer.duplicated],
        "dead_samples": list(layer.dead_samples),
        "on_kink": layer.on_kink,
        "near_kink": layer.near_kink,
        "gradient_norm": plain(layer.gradient_norm),
        "relative_gradient": plain(layer.relative_gradient),
    }


def _last_layer(last: LastLayer) -> schema.LastLayer:
    """Describe the last layer alone."""
    return {
        "lowest": plain(last.lowest),
        "gap": plain(last.gap),
        "share": plain(last.share),
        "optimal": last.optimal,
        "attained": last.attained,
        "kind": last.kind,
    }


def _jacobian(jacobian: JacobianFacts) -> schema.Jacobian:
    """Describe the Jacobian."""
    return {
        "rank": jacobian.rank,
        "rows": jacobian.rows,
        "columns": jacobian.columns,
        "full": jacobian.full,
        "bound": plain(jacobian.bound),
        "sigma_min": plain(jacobian.sigma_min),
        "kind": jacobian.kind,
    }
