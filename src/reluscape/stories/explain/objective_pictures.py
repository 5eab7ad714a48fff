"""The objective, loss plus penalty, on a line and on a plane through the point that an interval proof is about."""

from __future__ import annotations

import numpy as np

from ...critical.proof import Proof
from ...critical.trained.examination import Examination
from ...numbers.seeds import stream
from ...problem.networks import DeepNet
from .. import schema
from ..wording import percent

# half width of the pictures, relative to the weights, points of a line to 1, and of a plane along an axis
REACH, POINTS, GRID = 0.1, 100, 41
AXIS = "objective (loss plus penalty)"
READING = "Loss and penalty together; the bends are where a unit switches for a row. Drawn from {} points."


def objective_line(it: Examination, seed: int) -> list[schema.Line]:
    """Return the objective through the proved point: towards a lower network, or in a random direction."""
    proof = it.proof
    if proof is None or proof.method == "none":
        return []
    start = _vector(proof.net)
    if proof.lower is not None:
        step, title, ends = _vector(proof.lower) - start, "Towards a network that is certainly lower", "that network"
    else:
        step = _directions(proof, seed)[0]
        title, ends = "Through the proved minimum", f"{percent(REACH)} of the weights away in a random direction"
    low = -1.0 if proof.lower is None else -0.25
    t = np.arange(round(low * POINTS), round(1.25 * POINTS) + 1) / POINTS
    values = [_objective(it, _net(proof.net, start + s * step)) for s in t]
    return [
        {
            "title": title, "ends": ends, "breakpoints": [], "loss": [], "minima": [],
            "samples": [[float(s), float(v)] for s, v in zip(t, values, strict=True)],
            "note": "the objective is the loss plus the penalty of the weight decay",
            "axis": AXIS, "reading": READING.format(len(t)),
        }
    ]  # fmt: skip


def objective_plane(it: Examination, seed: int) -> schema.Slice | None:
    """Return the objective on a plane through the proved point."""
    proof = it.proof
    if proof is None or proof.method == "none":
        return None
    start, (first, second) = _vector(proof.net), _directions(proof, seed)
    points: list[list[str | float]] = [["the proved point", 0.0, 0.0]]
    if proof.lower is not None:
        first = _vector(proof.lower) - start
        second = second - first * (second @ first) / (first @ first)
        second = second * np.linalg.norm(first) / np.linalg.norm(second)
        points = [["this network", 0.0, 0.0], ["a certainly lower network", 1.0, 0.0]]
    ticks = np.linspace(-1.5, 1.5, GRID)
    values = [[_objective(it, _net(proof.net, start + a * first + b * second)) for a in ticks] for b in ticks]
    towards = "towards the lower network" if proof.lower is not None else f"a random direction, 1 is {percent(REACH)}"
    return {
        "points": points,
        "window": [-1.5, 1.5, -1.5, 1.5],
        "borders": {"kinks": [], "zero_outputs": []},
        "a": ticks.tolist(),
        "b": ticks.tolist(),
        "loss": [[float(f"{v:.6g}") for v in row] for row in values],
        "x_label": towards,
        "y_label": "a random direction at right angles to it",
        "note": f"the colour is the {AXIS}, at {GRID} times {GRID} points",
        "reading": f"A flat cut through the space of all weights. Colour is the {AXIS}, dark is good.",
    }


def _objective(it: Examination, net: DeepNet) -> float:
    """Return loss plus penalty."""
    value = it.layered.loss.value(net.hidden(it.layered.X)[-1], it.layered.Y)
    ones = bool(it.layered.data.bias) and not it.layered.biases[0]
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        weights = w[:, :-1] if k == 0 and ones and not it.penalty.biases else w
        value += float(it.penalty.strength) / 2 * float((weights**2).sum() + (b**2).sum() * it.penalty.biases)
    return float(value)


def _directions(proof: Proof, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two random directions at right angles, REACH times as long as the weights, in weights that are not 0."""
    start, rng = _vector(proof.net), stream(seed, "objective picture")
    moves = rng.normal(size=(2, len(start))) * (start != 0)
    Q, _ = np.linalg.qr(moves.T)
    size = REACH * max(float(np.linalg.norm(start)), 1e-12)
    return size * Q[:, 0], size * Q[:, 1]


def _vector(net: DeepNet) -> np.ndarray:
    """Return all weights and biases."""
    parts = [part.reshape(-1) for w, b in zip(net.weights, net.biases, strict=True) for part in (w, np.asarray(b))]
    return np.concatenate(parts)


def _net(like: DeepNet, vector: np.ndarray) -> DeepNet:
    """Return the network of a vector, of the same shape."""
    weights, biases, at = [], [], 0
    for w, b in zip(like.weights, like.biases, strict=True):
        weights.append(vector[at : at + w.size].reshape(w.shape))
        biases.append(vector[at + w.size : at + w.size + len(b)])
        at += w.size + len(b)
    return DeepNet(weights, biases)
