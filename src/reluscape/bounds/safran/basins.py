"""Safran and Shamir's Assumption 1, Definitions 1 and 2 and Lemmas 1 to 3: basins, and what holds inside one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ...errors import AssumptionError, InputError, ShapeError, SolverError, TooLarge
from ...numbers.exact import signs_of_products
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, as_dataset, check_pattern, check_signs
from ...problem.losses import mean_loss
from ...problem.networks import TwoLayerNet
from ...problem.networks.initialization import get_law
from ...problem.targets import with_targets
from ...solvers.linear import Rows
from ...solvers.quadratic import BasinPrograms
from ..arguments import require, which_form

__all__ = [
    "SublevelPromise",
    "safran_assumption_1",
    "safran_definition_1",
    "safran_definition_2",
    "safran_lemma_1",
    "safran_lemma_2",
    "safran_lemma_3",
]

MOST_CELLS = 4096


@dataclass(frozen=True)
class SublevelPromise:
    """What Lemma 1 promises for two points of one basin.

    Attributes:
        level: a path inside the basin joins the points without rising above this loss.
        minima_are_global: whether a local minimum on the basin at the first point must be a global one.
        reason: why, or which unit stands against it.
    """

    level: float
    minima_are_global: bool
    reason: str


def as_two_layer(point: Any) -> TwoLayerNet:
    """Return a network with one hidden layer from a `TwoLayerNet` or (W, v) or (W, v, c)."""
    if isinstance(point, TwoLayerNet):
        return point
    if isinstance(point, tuple | list) and len(point) in (2, 3):
        return TwoLayerNet(*point)
    raise InputError(f"{type(point).__name__} is no network with one hidden layer; give a TwoLayerNet or (W, v)")


def sides(data: Dataset, W: np.ndarray) -> np.ndarray:
    """Return the exact signs of <w_j, x_i> as (m, n) int8; 0 on hyperplanes and on zero samples."""
    if W.shape[1] != data.d:
        raise ShapeError(f"W has shape {W.shape}, expected (m, {data.d})")
    return signs_of_products(data.rows, np.atleast_2d(W)).reshape(len(W), data.n)


def safran_assumption_1(law: Any = "normal") -> bool | None:
    """Return whether a law of initialisation meets Assumption 1; None for a function, whose law nobody knows.

    Units are drawn independently, the direction of each hidden weight is uniform on the sphere, and output signs are
    fair coins of their own. A box is not spherical, so PyTorch's default does not meet it.

    Args:
        law: name of a law or a callable `(rng, m, d) -> (W, v)`.

    Raises:
        InputError: no such law.

    Source: Safran and Shamir, Assumption 1. Theorems 2 and 4 need only signs that are fair and independent.

    Example:
        >>> safran_assumption_1("sphere"), safran_assumption_1("torch")
        (True, False)
    """
    return get_law(law).meets_assumption_1


def safran_definition_1(X: Any, y: Any, pattern: Any, sign: Any, output_bias: bool = False) -> float:
    """Return the basin value: the least loss on the closed basin with this pattern and these output signs.

    Bas(B) = min over (W, v) in B of (1/n) sum_i (f(x_i) - y_i)^2.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        pattern: (m, n) bool, the pattern of a cell.
        sign: (m,) -1 or 1.
        output_bias: True adds a free constant.

    Raises:
        InputError: no targets.

    Source: Safran and Shamir, Definition 1; squared loss, kind "numerical", and the minimum is attained. `basin_value`
    has the minimiser, other losses and the exact value with its proof.

    Example:
        >>> round(safran_definition_1([[1, 0], [0, 1]], [1, -1], [[True, False]], [1]), 9)
        0.5
    """
    return safran_lemma_2(X, y, pattern, sign, range(len(np.atleast_1d(sign))), output_bias)


def safran_definition_2(X: Any, W: Any, v: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return every basin that holds a point, each as (pattern (m, n) bool, signs (m,)).

    One basin where no unit lies on a sample's hyperplane and no output weight is 0; else all closed cells that meet
    there. Zero samples have no sign: they are left out and read False.

    Args:
        X: (n, d) samples or a `Dataset`.
        W: (m, d) hidden weights.
        v: (m,) output weights.

    Raises:
        TooLarge: more than 4,096 cells meet at the point.

    Source: Safran and Shamir, Definition 2. Their A is units by samples (printed n x d), and a zero sample would make
    every cell empty.

    Example:
        >>> cells = safran_definition_2([[1, 0], [0, 1]], [[1.0, 0.0]], [2.0])
        >>> [(pattern.tolist(), signs.tolist()) for pattern, signs in cells]
        [([[True, False]], [1]), ([[True, True]], [1])]
    """
    data, net = as_dataset(X), as_two_layer((W, v))
    heights = sides(data, net.W)
    zero = set(data.zero_rows)
    choices: list[list[np.ndarray]] = []
    estimate = 1
    for row in heights:
        open_rows = [i for i in range(data.n) if row[i] == 0 and i not in zero]
        estimate *= 2 ** len(open_rows)
        if estimate > MOST_CELLS:
            raise TooLarge(f"up to {estimate:,} cells meet at this point, {MOST_CELLS:,} are feasible", estimate)
        around = Rows(data.rows[open_rows])
        patterns = []
        for side in product((-1, 1), repeat=len(open_rows)):
            if len(open_rows) == 0 or around.decide(np.array(side, dtype=float)).witness is not None:
                pattern = row > 0
                pattern[open_rows] = np.array(side) > 0
                patterns.append(pattern)
        choices.append(patterns)
    signs = [[int(np.sign(value))] if value != 0 else [-1, 1] for value in net.v]
    estimate = prod(map(len, choices)) * prod(map(len, signs))
    if estimate > MOST_CELLS:
        raise TooLarge(f"{estimate:,} cells meet at this point, {MOST_CELLS:,} are feasible", estimate)
    shape = (len(net.W), data.n)
    return [
        (np.array(pattern, dtype=bool).reshape(shape), np.array(sign, dtype=np.int64))
        for pattern in product(*choices)
        for sign in product(*signs)
    ]


def common_signs(data: Dataset, a: TwoLayerNet, b: TwoLayerNet) -> np.ndarray:
    """Return output signs of a closed basin that holds both points.

    Raises:
        AssumptionError: there is none; the message names the unit.
    """
    if a.W.shape != b.W.shape:
        raise ShapeError(f"the points have hidden weights of shapes {a.W.shape} and {b.W.shape}; they must agree")
    opposite = np.flatnonzero(np.sign(a.v) * np.sign(b.v) < 0)
    require(
        not len(opposite), f"one basin (unit {opposite[0] if len(opposite) else 0} has output weights of both signs)"
    )
    apart = np.argwhere(sides(data, a.W) * sides(data, b.W) < 0)
    if len(apart):
        j, i = apart[0]
        raise AssumptionError(f"hypothesis violated: one basin (unit {j} lies on both sides of sample {i})")
    signs = np.where(a.v != 0, np.sign(a.v), np.sign(b.v))
    return np.where(signs == 0, 1.0, signs)


def safran_lemma_1(
    X: Any, y: Any, start: Any, end: Any, loss: Any = "squared", form: str | None = None
) -> SublevelPromise:
    """Return the level below which two points of one basin are connected inside it, max(L(start), L(end)).

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        start: a point of the basin, the one whose local minimality is asked about: `TwoLayerNet` or (W, v).
        end: another point of it.
        loss: a convex loss.
        form: "printed": every local minimum on the basin is global; "corrected" (default): where all v_j differ from 0.

    Raises:
        AssumptionError: the points lie in no common basin; the message names the unit.

    Source: Safran and Shamir, Lemma 1. The second half is false where some v_j = 0: identity samples, targets (1, -1),
    w = (0, 1), v = 0 is a local minimum on its basin with loss 1 while the basin's value is 1/2. Truth: `connect`.

    Example:
        >>> safran_lemma_1([[1, 0], [0, 1]], [1, -1], ([[0, 1]], [0]), ([[1, 0]], [1])).minima_are_global
        False
    """
    data = with_targets(X, y)
    a, b = as_two_layer(start), as_two_layer(end)
    common_signs(data, a, b)
    level = max(mean_loss(loss, net.predict(data.X), data.y) for net in (a, b))
    silent = np.flatnonzero(a.v == 0)
    if which_form(form, "corrected", ("printed", "corrected")) == "corrected" and len(silent):
        return SublevelPromise(level, False, f"output weight {silent[0]} is 0: only a non-increasing path is promised")
    return SublevelPromise(level, True, "a local minimum on the basin is a global one")


def safran_lemma_2(X: Any, y: Any, pattern: Any, sign: Any, units: Any, output_bias: bool = False) -> float:
    """Return the basin value of some units alone, which bounds that of all units from above.

    Equality where every unit left out is dead or repeats the (pattern, sign) of one that stays.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        pattern: (m, n) bool, the pattern of a cell.
        sign: (m,) -1 or 1.
        units: numbers of the units that stay.
        output_bias: True adds a free constant.

    Raises:
        InputError: no targets, or no such unit.

    Source: Safran and Shamir, Lemma 2; squared loss, kind "numerical". Truth: `basin_value` with all units.

    Example:
        >>> round(safran_lemma_2([[1, 0], [0, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1], [0]), 9)
        0.5
    """
    data = with_targets(X, y)
    A = check_pattern(pattern, data.n)
    signs = check_signs(sign, len(A))
    picks = [int(j) for j in np.atleast_1d(np.array(units, dtype=int))]
    if any(not 0 <= j < len(A) for j in picks):
        raise InputError(f"units are {picks}; there are units 0 to {len(A) - 1}")
    programs = BasinPrograms(data, output_bias, merge=False)
    program, _ = programs.presolve(A[picks], signs[picks])
    solution = programs.solve(program)
    if not solution.gap <= DEFAULT.kkt:
        raise SolverError(
            f"floats cannot tell the value of these {len(picks)} unit(s): rows lie too close together or differ too "
            "much in scale; ask basin_value with exact=True"
        )
    return solution.value


def safran_lemma_3(
    X: Any, y: Any, pattern: Any, sign: Any, Z0: Any, Z1: Any, share: float, loss: Any = "squared"
) -> float:
    """Return the chord (1 - t) L(Z0) + t L(Z1), which lies above the loss at (1 - t) Z0 + t Z1.

    L(Z) is the mean loss of the predictions sum_j A_ji <z_j, x_i>, with z_j = v_j w_j.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        pattern: (m, n) bool, the pattern of a cell.
        sign: (m,) -1 or 1.
        Z0: (m, d) weights v_j w_j of a point of the basin.
        Z1: (m, d) those of another.
        share: t in [0, 1].
        loss: a convex loss.

    Raises:
        AssumptionError: a point does not lie in the basin; the message names unit and sample.

    Source: Safran and Shamir, Lemma 3. Truth: the loss between the points.

    Example:
        >>> safran_lemma_3([[1.0]], [1.0], [[1]], [1], [[0.0]], [[2.0]], 0.5)
        1.0
    """
    data = with_targets(X, y)
    A = check_pattern(pattern, data.n)
    signs = check_signs(sign, len(A))
    require(0 <= share <= 1, f"0 <= t <= 1, got {share:g}")
    ends = []
    for Z in (np.asarray(Z0, dtype=float), np.asarray(Z1, dtype=float)):
        outside = np.argwhere(signs[:, None] * np.where(A, 1, -1) * sides(data, Z) < 0)
        if len(outside):
            j, i = outside[0]
            raise AssumptionError(f"hypothesis violated: points of one basin (unit {j} is outside at sample {i})")
        ends.append(mean_loss(loss, (A * (Z @ data.X.T)).sum(axis=0), data.y))
    return (1 - share) * ends[0] + share * ends[1]
