"""Safran and Shamir's Theorem 3 on the user's data: a teacher given or searched for, its constants checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import AssumptionError
from ...numbers.seeds import as_generator
from ...numbers.tolerances import DEFAULT
from ...problem.data import as_dataset
from ...problem.networks import TwoLayerNet
from ...problem.targets import with_targets
from ..arguments import require
from .basins import as_two_layer

__all__ = ["safran_theorem_3_conditions", "safran_theorem_3_teacher"]


def safran_theorem_3_teacher(X: Any, y: Any = None, candidates: int | None = None, rng: Any = 0) -> TwoLayerNet:
    """Return a network of few units that fits the data exactly, found by a linear program.

    Among random directions w on the sphere of the data's span, and the directions of the samples, the combination
    sum_s c_s relu(X w_s) = y with the least sum of |c_s| has at most n units.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        candidates: number of random directions; None takes 20 n.
        rng: anything that `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: no combination of the candidates fits (equal samples with different targets, a zero sample with
            a target other than 0, or too few candidates).

    Source: the teacher that Safran and Shamir's Theorem 3 supposes.

    Example:
        >>> net = safran_theorem_3_teacher([[1, 0], [0, 1], [1, 1]], [1, -1, 0])
        >>> net.width <= 3, bool(abs(net.predict([[1, 0], [0, 1], [1, 1]]) - [1, -1, 0]).max() < 1e-9)
        (True, True)
    """
    from scipy.optimize import linprog

    data = with_targets(X, y)
    targets = np.asarray(data.y)
    if not targets.any():
        return TwoLayerNet(np.zeros((0, data.d)), np.zeros(0))
    require(data.rank > 0, "a teacher that fits the data exactly (every sample is zero, and not every target is)")
    _, values, basis = np.linalg.svd(data.X, full_matrices=False)
    span = basis[: data.rank]
    count = 20 * data.n if candidates is None else int(candidates)
    lengths = np.linalg.norm(data.X, axis=1)
    own = data.X[lengths > 0] / lengths[lengths > 0, None]
    draws = as_generator(rng).standard_normal((count, len(span))) @ span
    directions = np.concatenate([own, -own, draws / np.linalg.norm(draws, axis=1, keepdims=True)])
    features = np.maximum(data.X @ directions.T, 0.0)
    size, scale = float(np.abs(targets).max()), float(values[0])
    matrix = np.concatenate([features, -features], axis=1) / scale
    optimum = linprog(np.ones(matrix.shape[1]), A_eq=matrix, b_eq=targets / size, bounds=(0, None), method="highs")
    if optimum.x is None:
        raise AssumptionError(
            f"hypothesis violated: a teacher that fits the data exactly (none among {len(directions)} directions; "
            "give one, or more candidates)"
        )
    weight = optimum.x[: len(directions)] - optimum.x[len(directions) :]
    support = np.flatnonzero(np.abs(weight) > DEFAULT.least_coefficient * np.abs(weight).max())
    # the program's equations hold to its own tolerance; on its support they are solved again
    exact = np.linalg.lstsq(features[:, support], targets, rcond=None)[0]
    return TwoLayerNet(np.abs(exact)[:, None] * directions[support], np.where(exact >= 0, 1.0, -1.0))


def safran_theorem_3_conditions(X: Any, y: Any, W: Any, v: Any) -> dict[str, float]:
    """Check that a network is a teacher for Theorem 3 on these data, and return the theorem's constants.

    Weights are projected to the data's span first. Samples longer than 1 are divided by the largest length, which
    multiplies the teacher's weights by it.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        W: (k, d) hidden weights of the teacher.
        v: (k,) its output weights.

    Returns:
        width (units that do something), rank, B (largest |v_j| |w_j|), scale (by which the samples are divided).

    Raises:
        AssumptionError: naming the hypothesis: the teacher misses a sample, or has no unit.

    Source: Safran and Shamir, Theorem 3. A column of ones makes samples longer than 1; print overlooks it.

    Example:
        >>> safran_theorem_3_conditions([[2, 0], [0, 1]], [2, 0], [[1, -1]], [1])["B"]
        2.8284271247461903
    """
    data, net = with_targets(X, y), as_two_layer((W, v))
    targets = np.asarray(data.y)
    _, _, basis = np.linalg.svd(data.X, full_matrices=False)
    span = basis[: data.rank]
    size = np.abs(net.v) * np.linalg.norm(net.W @ span.T, axis=1)
    off = np.abs(net.predict(data.X) - targets)
    slack = DEFAULT.kkt * max(1.0, float(np.abs(targets).max(initial=0.0)), float(size.sum()))
    worst = int(off.argmax()) if data.n else 0
    require(not data.n or off[worst] <= slack, f"the teacher fits the data (sample {worst} is off by {off.max():.3g})")
    in_use = size > 0
    require(bool(in_use.any()), "the teacher has a unit that does something (all targets are 0)")
    longest = float(np.linalg.norm(as_dataset(data).X, axis=1).max())
    scale = max(1.0, longest)
    return {"width": int(in_use.sum()), "rank": data.rank, "B": float(size.max() * scale), "scale": scale}
