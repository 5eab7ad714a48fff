"""Lines and planes through weight space as data for the page, with their captions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...critical.trained import routes
from ...critical.trained.examination import Examination
from ...critical.trained.loss_line import loss_line
from ...critical.trained.loss_plane import Plane, loss_plane
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from .. import schema
from ..fitted import fitted
from ..options import Origin
from ..wording import count
from .case import Case

# figures of a number in a picture
FIGURES = 6
# a line's title and what lies at its end
TITLES = {
    routes.EXACT_POINT: ("To the exact point beside it", "the exact point"),
    routes.MINIMUM: ("To the nearest exact minimum found", "the minimum"),
    routes.ESCAPE: ("Along a direction that lowers the loss", "the lowest point along it"),
    routes.BEST: ("To the best network known", "the best network known"),
}
# losses whose output is a margin, 0 between the classes
MARGINS = ("logistic", "bce")
PART_ONLY = " (the last two layers move)"


def line_blocks(it: Examination) -> list[schema.Line]:
    """Return the loss along the lines that matter, of the whole network or of its last two layers."""
    part, blocks = it.part, []
    if part is None:
        return []
    ways = [way for way in routes.routes(part) if not _rounding_only(way, it)]
    for way in ways:
        title, ends = TITLES[way.to]
        title += "" if part.whole else PART_ONLY
        blocks.append(line_block(title, way.start, way.end, part.trained.data, it.layered.loss.each, ends))
    return blocks


def _rounding_only(way: routes.Route, it: Examination) -> bool:
    """Return whether both ends of a way have the same loss up to rounding and lie close together."""
    data, size = it.part.trained.data if it.part else None, 1.0
    a, b = way.start, way.end
    parts = ((a.W, b.W), (a.v, b.v), (np.array([a.c]), np.array([b.c])))
    distance = max(float(np.abs(p - q).max(initial=0.0)) for p, q in parts)
    size = max(float(np.abs(p).max(initial=0.0)) for p, _ in parts)
    if data is None or distance > DEFAULT.same_weights * size:
        return False
    losses = [net.loss(data, None, it.layered.loss.each) for net in (a, b)]
    return abs(losses[0] - losses[1]) <= DEFAULT.same_loss * max(losses)


def last_layer_block(it: Examination) -> list[schema.Line]:
    """Return the loss on the way from the last layer to the best one, where the exact test does not cover the whole."""
    line = None if it.whole is not None else routes.last_layer_line(it)
    if line is None:
        return []
    return [
        {
            "title": "To the best last layer for these features",
            "ends": "the best last layer",
            "breakpoints": [],
            "loss": [],
            "samples": np.stack(line, axis=1).tolist(),
            "minima": [],
            "note": "only the last layer moves, so no unit switches; the loss is convex along this line",
        }
    ]


def slice_block(it: Examination, seed: int) -> schema.Slice | None:
    """Return the plane through the network, the exact point beside it and the best network known."""
    part = it.part
    if part is None:
        return None
    near = part.findings.near
    labels = {
        routes.BEST: "best network known",
        routes.EXACT_POINT: "" if near is None else f"exact {near.verdict.kind} beside it",
        routes.MINIMUM: "nearest exact minimum found",
        routes.ESCAPE: "lowest point along the escape",
    }
    plane = routes.picture_plane(part, labels, seed)
    return None if plane is None else plane_block(*plane, part.trained.data, it.layered.loss.each)


def fit_block(case: Case, origin: Origin) -> schema.Fit | None:
    """Return what the network computes over its samples; None for more than two inputs or one output."""
    layers = case.it.layered
    data = layers.data
    if layers.Y.shape[1] != 1:
        return None
    columns = data.d - 1 if data.bias else data.d
    mean, size = (0.0, 1.0) if case.scale is None else (float(case.scale.mean[0]), float(case.scale.deviation[0]))

    def predict(inputs: np.ndarray) -> np.ndarray:
        X = np.column_stack([inputs, np.ones(len(inputs))]) if data.bias else inputs
        return np.asarray(mean + size * layers.net.hidden(X)[-1][:, 0])

    codes = np.unique(layers.Y)
    level = 0.0 if layers.loss.name in MARGINS else float(codes.mean()) if len(codes) == 2 else None
    target = origin.target or data.target or "y"
    return fitted(predict, data.X[:, :columns], mean + size * layers.Y[:, 0], list(data.features), target, level)


def line_block(
    title: str, a: TwoLayerNet, b: TwoLayerNet, data: Dataset, loss: Any = "squared", ends: str = "the other end"
) -> schema.Line:
    """Return the loss along the line from one network through another, as the page draws it.

    Args:
        title: what the line is.
        a: the network at 0.
        b: the network at 1, of the same width.
        data: samples with targets.
        loss: name or object.
        ends: what lies at 1.
    """
    line = loss_line(a, b, data, loss)
    place, low = line.lowest
    note = f"{count(line.switches, 'breakpoint')}, solved; lowest loss on the line {low:.6g} at {place:.4g}"
    if len(line.breakpoints) < line.switches:
        note += f"; {len(line.breakpoints)} of them are drawn"
    return {
        "title": title,
        "ends": ends,
        "breakpoints": line.breakpoints.tolist(),
        "loss": line.heights.tolist(),
        "samples": np.stack([line.t, line.values], axis=1).tolist(),
        "minima": [list(pair) for pair in line.minima],
        "note": note,
    }


def plane_block(plane: Plane, net: TwoLayerNet, data: Dataset, loss: Any = "squared") -> schema.Slice:
    """Return the loss on a plane and its borders, as the page draws them.

    Args:
        plane: the plane.
        net: a network of the shape that the plane's vectors have.
        data: samples with targets.
        loss: name or object.
    """
    picture = loss_plane(plane, net, data, loss)
    note = f"{count(picture.crossing, 'border crosses', 'borders cross')} this window, each solved as a straight line"
    if len(picture.switches) < picture.crossing:
        note += f"; the {len(picture.switches)} nearest to this network are drawn"
    note += "; the colour is the loss at each point of the plane"
    kinks = [[*which, *_rounded(ends)] for which, ends in zip(picture.switches, picture.segments, strict=True)]
    zeros = [[unit, *_rounded(ends)] for unit, ends in zip(picture.silent, picture.silent_segments, strict=True)]
    return {
        "points": [list(point) for point in plane.points],
        "window": list(plane.window),
        "borders": {"kinks": kinks, "zero_outputs": zeros},
        "a": _rounded(picture.a),
        "b": _rounded(picture.b),
        "loss": [_rounded(row) for row in picture.values],
        "x_label": f"towards {plane.points[1][0]}" if len(plane.points) > 1 else "a random direction",
        "y_label": "a direction at right angles to it",
        "note": note,
    }


def _rounded(numbers: Any) -> list[float]:
    """Return numbers with as many digits as a picture needs."""
    return [float(f"{float(value):.{FIGURES}g}") for value in numbers]
