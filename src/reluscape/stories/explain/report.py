"""The explanation as plain data: what the JSON holds and the page draws."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from fractions import Fraction
from importlib import metadata
from math import isfinite
from typing import Any

import numpy as np

from ..._version import __version__
from ...basins import affine_fit, constant_fit
from ...critical.match import balanced
from ...critical.trained.answer import WRONG_INPUT
from ...critical.trained.jacobian_facts import JacobianFacts
from ...critical.trained.last_layer import LastLayer
from ...critical.trained.layers import LayerFacts
from ...critical.trained.one_hidden_layer import Findings
from ...critical.trained.predictions import rows_right
from ...critical.trained.saving import escape_base, escaped
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.trained.reading import Trained
from .judgement import Judgement
from .lines import line_block, same_point
from .plane import plane_block, plane_through
from .result import ModelReport
from .story import affine_text, facts, verdict_lines
from .summary import Layers

PACKAGES = ("numpy", "scipy", "numba", "python-flint")
MOST_DIGITS = 200
# pairs of a unit and a row up to which lines and planes are drawn
MOST_PAIRS = 200_000


def plain(value: Any) -> Any:
    """Return a number as JSON can hold it."""
    if value is None:
        return None
    number = float(value)
    return number if isfinite(number) else None


def exact_text(value: Fraction | None) -> str | None:
    """Return an exact number as text where it is short enough to read."""
    return str(value) if value is not None and len(str(value)) <= MOST_DIGITS else None


def build_report(
    found: Findings, trained: Trained, layers: Layers, summary: ModelReport, judged: Judgement, named: dict[str, Any]
) -> dict[str, Any]:
    """Return the report of schema 1 for one hidden layer and one output."""
    net, loss = trained.net, judged.choice.loss
    is_affine, affine_words = affine_text(found)
    model = {"output_bias": trained.output_bias, **loss_block(judged), "trainable": "Wv"}
    text = verdict_lines(found, trained, judged)
    told = judged.answer != WRONG_INPUT  # else it is not the network that was trained, and nothing more is said of it
    return {
        **header(named),
        "answer": judged.answer,
        "data": data_block(trained.data, named, trained.output_bias),
        "model": {**model_block(named, judged, [net.width], 1), **model},
        "verdict": {**verdict_block(found.verdict), "text": text},
        "story": [{"name": what, "text": words} for what, words in facts(found, trained, judged) if told],
        "losses": _losses(found, trained, judged),
        "gradient_norm": plain(found.gradient_norm),
        "snapped": _snapped(found, summary),
        "nearest": _nearest(found, summary),
        "better_basin": _better(found),
        "units": {
            "dead": list(found.anatomy.dead),
            "duplicated": [list(group) for group in found.anatomy.duplicated],
            "always_active": list(found.anatomy.always_active),
            "zero_output": list(found.anatomy.zero_output),
        },
        "samples": {"dead": list(found.anatomy.dead_samples)},
        "affine_fit": {"is_affine": is_affine, "text": affine_words},
        **layer_blocks(layers.layers, layers.last, layers.jacobian),
        "next_steps": list(summary.next_steps),
        "lines": line_blocks(found, trained, loss) if told else [],
        "slice": slice_block(found, trained, loss, named["seed"]) if told else None,
    }


def header(named: dict[str, Any]) -> dict[str, Any]:
    """Return where the report comes from."""
    return {
        "schema": 1,
        "kind": "explain",
        "version": __version__,
        "command": named["command"] or "reluscape.explain(model, X, y)",
        "seed": named["seed"],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in PACKAGES}},
    }


def loss_block(judged: Judgement) -> dict[str, Any]:
    """Describe the loss and why it was taken."""
    return {"loss": judged.loss.name, "loss_reason": judged.choice.reason or "it was asked for"}


def model_block(named: dict[str, Any], judged: Judgement, hidden: list[int], outputs: int) -> dict[str, Any]:
    """Describe the network."""
    decay = judged.weight_decay
    return {
        "file": named["model_file"] or "the model",
        "width": hidden[-1],
        "hidden": hidden,
        "outputs": outputs,
        "weight_decay": decay if decay in ("unknown", "ignore") else plain(decay),
    }


def verdict_block(verdict: Any) -> dict[str, Any]:
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


def layer_blocks(layers: tuple[LayerFacts, ...], last: LastLayer, jacobian: JacobianFacts | None) -> dict[str, Any]:
    """Describe every layer, the last one alone, and the Jacobian."""
    rows = [
        {
            "layer": layer.layer,
            "units": layer.units,
            "output": layer is layers[-1],
            "dead": list(layer.dead),
            "always_active": list(layer.always_active),
            "duplicated": [list(group) for group in layer.duplicated],
            "dead_samples": list(layer.dead_samples),
            "on_kink": layer.on_kink,
            "near_kink": layer.near_kink,
            "gradient_norm": plain(layer.gradient_norm),
            "relative_gradient": plain(layer.relative_gradient),
        }
        for layer in layers
    ]
    lowest = {
        "lowest": plain(last.lowest),
        "gap": plain(last.gap),
        "share": plain(last.share),
        "optimal": last.optimal,
        "attained": last.attained,
        "kind": last.kind,
    }
    rank = None
    if jacobian is not None:
        rank = {
            "rank": jacobian.rank,
            "rows": jacobian.rows,
            "columns": jacobian.columns,
            "full": jacobian.full,
            "bound": plain(jacobian.bound),
            "sigma_min": plain(jacobian.sigma_min),
            "kind": jacobian.kind,
        }
    return {"layers": rows, "last_layer": lowest, "jacobian": rank}


def data_block(data: Dataset, named: dict[str, Any], output_bias: bool) -> dict[str, Any]:
    """Describe the data."""
    values = sorted({float(v) for v in np.asarray(data.y)}) if data.y is not None else []
    position = data.general_position
    equal = [f"rows {list(g)} are equal but have different targets" for g in data.conflicts[:3]]
    return {
        "file": named["file"] or "the data",
        "target": named.get("target") or data.target or "y",
        "features": list(data.features),
        "n": data.n,
        "d": data.d,
        "rank": data.rank,
        "bias": data.bias,
        "output_bias": output_bias,
        "task": "classification" if len(values) == 2 else "regression",
        "classes": {f"{k:+d}" if k != 0 else "0": v for k, v in (named.get("classes") or {}).items()} or None,
        "warnings": [*named.get("warnings", []), *equal],
        "duplicates": sum(len(g) - 1 for g in data.duplicates),
        "zero_rows": list(data.zero_rows),
        "general_position": {"status": position.status, "text": str(getattr(position, "text", ""))},
    }


def _losses(found: Findings, trained: Trained, judged: Judgement) -> dict[str, Any]:
    """Return the losses that are compared."""
    data, net, quadratic, test = trained.data, trained.net, judged.loss.quadratic, judged.test
    Y = np.asarray(data.y)[:, None]

    def entry(value: float | None, kind: str, prediction: Any = None, of: Any = None) -> dict[str, Any] | None:
        if value is None:
            return None
        share = value / found.constant if found.constant > 0 else None
        right = None if prediction is None else rows_right(np.asarray(prediction)[:, None], Y, judged.loss.classes)
        accuracy = None if right is None else right / data.n
        block = {"value": plain(value), "share": plain(share), "accuracy": accuracy, "kind": kind}
        return block if test is None or of is None else {**block, "test": plain(test.loss(of))}

    blocks = {
        "model": entry(found.loss, "numerical", net.predict(data), net),
        "constant": entry(found.constant, "exact" if quadratic else "numerical"),
        "basin": entry(found.basin, "numerical"),
    }
    if quadratic:
        affine, constant = affine_fit(data), constant_fit(data)
        blocks["affine"] = entry(found.affine, "exact", data.X @ affine.coefficients + affine.intercept)
        blocks["constant"] = entry(found.constant, "exact", np.full(data.n, constant.intercept))
    if found.best is not None:
        blocks["best_known"] = entry(found.best[1], "numerical", found.best[0].predict(data), found.best[0])
    return {key: block for key, block in blocks.items() if block is not None}


def _snapped(found: Findings, summary: ModelReport) -> dict[str, Any] | None:
    """Describe the exact point beside the network."""
    near = found.near
    if near is None or summary.snapped is None:
        return None
    return {
        "loss": plain(near.verdict.loss),
        "exact_loss": exact_text(near.verdict.exact_loss),
        "distance": plain(near.distance),
        "relative_change": plain(abs(near.verdict.loss - found.loss) / found.constant) if found.constant > 0 else 0.0,
    }


def _better(found: Findings) -> dict[str, Any] | None:
    """Describe the nearest better basin."""
    better = found.better
    if better is None:
        return None
    return {
        "kinks": better.kinks,
        "value": plain(better.value),
        "at_least": better.at_least,
        "unit": better.unit,
        "samples": list(better.samples),
    }


def _nearest(found: Findings, summary: ModelReport) -> dict[str, Any] | None:
    """Describe the nearest exact minimum found, where it is beyond the limits of snapping."""
    path = found.descent
    if summary.snapped is not None or path is None or not path.finished:
        return None
    return {
        "loss": plain(path.loss),
        "exact_loss": exact_text(path.verdict.exact_loss),
        "distance": plain(found.descent_distance),
        "basins": path.basins,
        "kinks": found.kinks_away,
    }


def line_blocks(found: Findings, trained: Trained, loss: Any, which: str = "") -> list[dict[str, Any]]:
    """Return the exact loss along the lines that matter.

    Args:
        found: what was found.
        trained: the network on its data.
        loss: name or object.
        which: said of the weights that move, for a part of a network.
    """
    net, data = trained.net, trained.data
    lines: list[dict[str, Any]] = []
    if net.width * data.n > MOST_PAIRS:
        return lines

    def add(title: str, a: TwoLayerNet, b: TwoLayerNet, ends: str) -> None:
        a, b = balanced(a), balanced(b)
        if not same_point(a, b):
            lines.append(line_block(title + which, a, b, data, loss, ends))

    if found.near is not None:
        add("To the exact point beside it", net, found.near.net, "the exact point")
    elif found.descent is not None and found.descent.finished:
        add("To the nearest exact minimum found", net, found.descent.net, "the minimum")
    ahead = escaped(found, trained, loss)
    if ahead is not None:
        add("Along a direction that lowers the loss", escape_base(found, trained), ahead, "the lowest point along it")
    if found.best is not None and found.best[0] is not net and found.best[0] is not first_end(found):
        add("To the best network known", net, found.best[0], "the best network known")
    return lines


def first_end(found: Findings) -> TwoLayerNet | None:
    """Return the network that the first line leads to."""
    if found.near is not None:
        return found.near.net
    return found.descent.net if found.descent is not None and found.descent.finished else None


def slice_block(found: Findings, trained: Trained, loss: Any, seed: int) -> dict[str, Any] | None:
    """Return the plane through the network, the exact point beside it and the best network known."""
    net, others = trained.net, []
    if found.best is not None and found.best[0] is not net and found.best[0] is not first_end(found):
        others.append(("best network known", found.best[0]))
    if found.near is not None:
        others.append((f"exact {found.near.verdict.kind} beside it", found.near.net))
    elif found.descent is not None and found.descent.finished:
        others.append(("nearest exact minimum found", found.descent.net))
    ahead = escaped(found, trained, loss)
    if ahead is not None:
        others.append(("lowest point along the escape", ahead))
    if not 0 < net.width * trained.data.n <= MOST_PAIRS:
        return None
    net, others = balanced(net), [(label, balanced(other)) for label, other in others]
    return plane_block(plane_through(net, others, trained.data, trained.output_bias, seed), net, trained.data, loss)
