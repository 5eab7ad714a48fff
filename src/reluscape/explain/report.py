"""The explanation as plain data: what the JSON holds and the page draws."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from fractions import Fraction
from importlib import metadata
from math import isfinite
from typing import Any

import numpy as np

from .._version import __version__
from ..basins import affine_fit, constant_fit
from ..networks import TwoLayerNet
from .findings import Findings
from .pictures import line_block, plane_block
from .reading import Trained
from .result import ModelReport
from .story import affine_text, next_steps, verdict_lines

PACKAGES = ("numpy", "scipy", "numba", "python-flint")
MOST_DIGITS = 200


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
    found: Findings, trained: Trained, summary: ModelReport, loss: Any, named: dict[str, Any]
) -> dict[str, Any]:
    """Return the report of schema 1."""
    net, verdict = trained.net, found.verdict
    name = loss if isinstance(loss, str) else type(loss).__name__
    is_affine, affine_words = affine_text(found)
    decay = named["weight_decay"]
    return {
        "schema": 1,
        "kind": "explain",
        "version": __version__,
        "command": named["command"] or "reluscape.explain(model, X, y)",
        "seed": named["seed"],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in PACKAGES}},
        "data": _data_block(trained, named["file"]),
        "model": {
            "file": named["model_file"] or "the model",
            "width": net.width,
            "hidden": [net.width],
            "trainable": "Wv",
            "output_bias": trained.output_bias,
            "loss": name,
            "weight_decay": decay if decay in ("unknown", "ignore") else plain(decay),
        },
        "verdict": {
            "kind": verdict.kind,
            "reason": verdict.reason,
            "is_local_minimum": verdict.is_local_minimum,
            "differentiable": verdict.differentiable,
            "loss": plain(verdict.loss),
            "exact_loss": exact_text(verdict.exact_loss),
            "slack": plain(verdict.slack),
            "method": verdict.method,
            "text": verdict_lines(found, trained, name, decay),
        },
        "losses": _losses(found, trained, name),
        "gradient_norm": plain(found.gradient_norm),
        "snapped": _snapped(found, summary),
        "nearest": _nearest(found, summary),
        "units": {
            "dead": list(found.anatomy.dead),
            "duplicated": [list(group) for group in found.anatomy.duplicated],
            "always_active": list(found.anatomy.always_active),
            "zero_output": list(found.anatomy.zero_output),
        },
        "samples": {"dead": list(found.anatomy.dead_samples)},
        "affine_fit": {"is_affine": is_affine, "text": affine_words},
        "next_steps": next_steps(found, trained),
        "lines": _lines(found, trained, summary) if name == "squared" else [],
        "slice": plane_block(trained, summary, found) if name == "squared" else None,
    }


def _data_block(trained: Trained, file: str | None) -> dict[str, Any]:
    """Describe the data."""
    data = trained.data
    values = sorted({float(v) for v in np.asarray(data.y)})
    position = data.general_position
    return {
        "file": file or "the data",
        "target": data.target or "y",
        "features": list(data.features),
        "n": data.n,
        "d": data.d,
        "rank": data.rank,
        "bias": data.bias,
        "output_bias": trained.output_bias,
        "task": "classification" if len(values) == 2 else "regression",
        "classes": None,
        "warnings": [f"rows {list(g)} are equal but have different targets" for g in data.conflicts[:3]],
        "duplicates": sum(len(g) - 1 for g in data.duplicates),
        "zero_rows": list(data.zero_rows),
        "general_position": {"status": position.status, "text": str(getattr(position, "text", ""))},
    }


def _losses(found: Findings, trained: Trained, name: str) -> dict[str, Any]:
    """Return the losses that are compared."""
    data, net = trained.data, trained.net
    y = np.asarray(data.y)

    def entry(value: float | None, kind: str, prediction: Any = None) -> dict[str, Any] | None:
        if value is None:
            return None
        share = value / found.constant if found.constant > 0 else None
        accuracy = None if prediction is None else _accuracy(np.asarray(prediction), y, name)
        return {"value": plain(value), "share": plain(share), "accuracy": accuracy, "kind": kind}

    blocks = {
        "model": entry(found.loss, "numerical", net.predict(data)),
        "constant": entry(found.constant, "exact" if name == "squared" else "numerical"),
        "basin": entry(found.basin, "numerical"),
    }
    if name == "squared":
        affine, constant = affine_fit(data), constant_fit(data)
        blocks["affine"] = entry(found.affine, "exact", data.X @ affine.coefficients + affine.intercept)
        blocks["constant"] = entry(found.constant, "exact", np.full(data.n, constant.intercept))
    if found.best is not None:
        blocks["best_known"] = entry(found.best[1], "numerical", found.best[0].predict(data))
    return {key: block for key, block in blocks.items() if block is not None}


def _accuracy(f: np.ndarray, y: np.ndarray, name: str) -> float | None:
    """Return the share of samples on the right side for targets with two values, else None."""
    values = sorted(set(y.tolist()))
    if len(values) != 2:
        return None
    threshold = 0.0 if name in ("bce", "logistic") else sum(values) / 2
    return float(np.mean((f > threshold) == (y == values[1])))


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


def _lines(found: Findings, trained: Trained, summary: ModelReport) -> list[dict[str, Any]]:
    """Return the exact loss along the lines that matter."""
    net, data = trained.net, trained.data
    lines = []
    if summary.snapped is not None:
        lines.append(line_block("To the exact point beside it", net, summary.snapped, data))
    elif summary.nearest is not None:
        lines.append(line_block("To the nearest exact minimum found", net, summary.nearest, data))
    escape = found.verdict.escape
    if escape is not None:
        base = found.near.net if found.near is not None and found.near.verdict is found.verdict else net
        c = base.c + (float(escape[2]) if len(escape) > 2 else 0.0)
        ahead = TwoLayerNet(base.W + np.asarray(escape[0], dtype=float), base.v + np.asarray(escape[1], dtype=float), c)
        lines.append(line_block("Along a direction that lowers the loss", base, ahead, data))
    if found.best is not None and found.best[0] is not net and found.best[0] is not summary.nearest:
        lines.append(line_block("To the best network known", net, found.best[0], data))
    return lines
