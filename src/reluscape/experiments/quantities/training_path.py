"""Sweep quantity: what happens along training: cells visited, Jacobian rank, loss and basin value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...jacobian import jacobian_rank
from ...problem.networks.initialization import get_law
from .optimizers import TRAINED, TRAINING, State, walk
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import WEIGHTS, flag, size

# moments at which a path is looked at closely, in per cent of its steps
MOMENTS = (0, 1, 2, 5, 10, 20, 50, 100)
TRACES = ("patterns", "rank", "loss", "basin")


def number(trace: str, moment: int) -> str:
    """Return the name of a trace's number at a moment.

    >>> number("loss", 50)
    'loss_50'
    """
    return f"{trace}_{moment}"


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Train once, count the distinct patterns of all steps so far, and look closely at the moments."""
    width, steps = size(parameters, "width"), size(parameters, "steps")
    X, y = draw_samples(parameters, rng, width)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    moments = {moment: round(moment * steps / 100) for moment in MOMENTS}
    patterns: set[bytes] = set()
    records: dict[int, tuple[State, int]] = {}
    for state in walk(X, y, W, v, parameters):
        if not np.isfinite(state.loss):
            break
        patterns.add(np.packbits(state.active).tobytes())
        if state.step in moments.values():
            records[state.step] = state, len(patterns)
    closely = {step: _look(X, y, state, flag(parameters, "basins")) for step, (state, _) in records.items()}
    result = dict.fromkeys(QUANTITY.numbers, float("nan"))
    for moment, step in moments.items():
        if step in records:
            values = {**closely[step], "patterns": float(records[step][1])}
            result.update({number(trace, moment): values[trace] for trace in TRACES})
    return result


def _look(X: np.ndarray, y: np.ndarray, state: State, basins: bool) -> dict[str, float]:
    """Return exact rank, loss and basin value at one moment; losses are shares of the best constant's."""
    constant = float(np.var(y)) or 1.0
    pattern = np.ascontiguousarray(state.active.T)
    value = float("nan")
    if basins:
        signs = np.where(state.v > 0, 1, -1)
        value = float(basin_values(X, y, pattern[None], signs[None], output_bias=True, threads=1)[0]) / constant
    return {"rank": float(jacobian_rank(pattern, X, state.v)), "loss": state.loss / constant, "basin": value}


QUANTITY = Quantity(
    "training_path",
    "distinct activation patterns so far, Jacobian rank, loss and value of the basin one is in, at 0, 1, 2, 5, 10, 20, "
    "50 and 100 per cent of the steps of gradient descent or Adam (losses as shares of the best constant's)",
    {
        **SAMPLES,
        "targets": "polynomial",
        "width": None,
        "law": "he_normal",
        **TRAINING,
        "rate": 0.1,
        "steps": 1000,
        "basins": True,
    },
    tuple(number(trace, moment) for trace in TRACES for moment in MOMENTS),
    _measure,
    checks={**WEIGHTS, **TRAINED, "basins": flag},
)
