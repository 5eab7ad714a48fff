"""What one hidden layer can do on one-dimensional data: step vectors, the polyline of one unit, fewest units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, pairwise, product
from typing import Any

import numpy as np

from ...errors import AssumptionError, InputError, ShapeError
from ...numbers import exact
from ...numbers.checks import readonly
from ...numbers.tolerances import DEFAULT
from ...problem.networks import TwoLayerNet
from ...solvers.nonnegative import nearest_in_cone
from .kinks import Pieces, cut_counts, fewest_kinks

CANDIDATE_LIMIT = 100_000


def step_vectors(n: int) -> np.ndarray:
    """Return the activation patterns of one unit with bias on n distinct sorted points of the line.

    1^k 0^(n-k) for k = 0, ..., n, then 0^k 1^(n-k) for k = 1, ..., n - 1: 2n of them, both constant ones included.

    Args:
        n: number of points, at least 1.

    Returns:
        (2n, n) bool.

    Raises:
        InputError: n < 1.

    Source: Karhadkar et al., Lemma 6 (distinct sorted inputs; "step vectors" spelled out).

    Example:
        >>> step_vectors(2).astype(int).tolist()
        [[0, 0], [1, 0], [1, 1], [0, 1]]
    """
    if n < 1:
        raise InputError(f"n is {n}; there must be at least one point")
    prefix = np.arange(n)[None, :] < np.arange(n + 1)[:, None]
    return readonly(np.concatenate([prefix, ~prefix[1:n]]))


def function_space_1d(x: Any, exact_values: bool = False) -> np.ndarray:
    """Return the polyline whose cone is the set of functions that one unit with bias takes on the points.

    Vertices ([x_i - x_j]_+)_j for i = 1, ..., n, then ([x_j - x_i]_+)_j for i = 1, ..., n; the first and the last are
    zero, and the segment between vertex n and n + 1 carries the affine functions that are >= 0 on all points.

    Args:
        x: (n,) distinct numbers in ascending order, n >= 2.
        exact_values: True returns `Fraction`s in an object array.

    Returns:
        (2n, n) float.

    Raises:
        InputError: the points are not sorted and distinct.
        AssumptionError: fewer than two points (one unit then takes every f >= 0, which the polyline misses).

    Source: Karhadkar et al., Proposition 13 and Figure 6 (n >= 2 is needed).

    Example:
        >>> function_space_1d([0, 1, 2]).tolist()
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    points = _sorted_points(x)
    if len(points) < 2:
        raise AssumptionError("Proposition 13 needs at least two distinct points; with one, a unit takes every f >= 0")
    zero = Fraction(0)
    rows = [[max(zero, a - b) for b in points] for a in points] + [[max(zero, b - a) for b in points] for a in points]
    return readonly(rows, dtype=object) if exact_values else readonly(np.array(rows, dtype=float))


@dataclass(frozen=True, eq=False)
class Representation:
    """A layer that takes given values on one-dimensional data.

    Attributes:
        width: number of units, the fewest where `is_least`.
        is_least: whether fewer units are proven impossible.
        lower: proven lower bound for the width.
        W: (width, 2) exact weights, slope and bias, object array of `Fraction`.
        v: (width,) output weights, -1 or +1.
        net: the network in floats, for inputs (x, 1).
    """

    width: int
    is_least: bool
    lower: int
    W: np.ndarray
    v: np.ndarray

    @property
    def net(self) -> TwoLayerNet:
        """The network in floats, for inputs (x, 1)."""
        return TwoLayerNet(np.array(self.W, dtype=float).reshape(self.width, 2), np.array(self.v, dtype=float))


def represent_1d(x: Any, f: Any, coefficients: str = "any") -> Representation:
    """Return the fewest units whose sum or combination takes given values on points of the line.

    f(x_j) = sum_i v_i [w_i x_j + b_i]_+ with v_i = +-1 (coefficients "any": a linear combination of units), or all
    v_i = +1 (coefficients "nonnegative": a sum of units). There is no output bias.

    The number of kinks that f needs between its points is a lower bound K; K + 2 units always do for a combination. In
    between, all choices of patterns and signs are tried, each decided exactly; after 100,000 of them the best layer
    found is returned with `is_least` False.

    Args:
        x: (n,) distinct numbers in ascending order.
        f: (n,) numbers.
        coefficients: "any" or "nonnegative".

    Returns:
        `Representation`, with exact weights.

    Raises:
        InputError: the points are not sorted and distinct, or an unknown kind of coefficients.
        AssumptionError: a sum was asked for and no number of units gives it.
        ShapeError: f and x have different lengths.

    Source: Karhadkar et al., Proposition 13; its third point, corrected: coefficients that add to zero count too.

    Example:
        >>> represent_1d([0, 1, 2, 3], [2, 1, -1, -2]).width
        2
    """
    points = _sorted_points(x)
    values = list(exact.fraction_array(f))
    if len(values) != len(points):
        raise ShapeError(f"f has {len(values)} values for {len(points)} points")
    if coefficients not in ("any", "nonnegative"):
        raise InputError(f"coefficients is {coefficients!r}; choose 'any' or 'nonnegative'")
    signs = (1,) if coefficients == "nonnegative" else (1, -1)
    path, units = fewest_kinks(points, values), _Units(points, values, signs)
    upper = units.combine(range(len(units))) if signs == (1,) else _along(path, points, values)
    if upper is None:
        raise AssumptionError("no sum of units takes these values; coefficients='any' allows differences")
    tries = 0
    for width in range(path.kinks, len(upper)):
        for picks in units.choices(width):
            tries += 1
            if tries > CANDIDATE_LIMIT:
                return _representation(upper, width)
            combination = units.combine(picks)
            if combination is not None:
                return _representation(combination, len(combination))
    return _representation(upper, len(upper))


# sign, slope and bias of one unit of a layer
_Layer = list[tuple[int, Fraction, Fraction]]


def _sorted_points(x: Any) -> list[Fraction]:
    """Return the points as fractions after checking their order."""
    if not np.iterable(x) or isinstance(x, str):
        raise InputError(f"the points are a list of numbers, not {x!r}")
    points = list(exact.fraction_array(x).reshape(-1))
    for j in range(len(points) - 1):
        if points[j] >= points[j + 1]:
            raise InputError(
                f"points {j} and {j + 1} are not in ascending order or equal; sort them and merge repeated ones"
            )
    if not points:
        raise InputError("there must be at least one point")
    return points


class _Units:
    """The activation patterns with an output sign that one unit can have on the points, dead ones left out.

    Each has a closed cone of weights (slope, bias) with two generators, one for a single point; what every generator
    adds to the values is kept, and its inner products in floats.

    Args:
        points: the points in ascending order.
        values: what the units shall add up to.
        signs: the output signs allowed.
    """

    def __init__(self, points: list[Fraction], values: list[Fraction], signs: tuple[int, ...]) -> None:
        self.points, self.values = points, values
        self.most = 2 * len(signs)
        self.weights: list[tuple[int, Fraction, Fraction]] = []
        self.rows: list[list[Fraction]] = []
        self.generators: list[list[int]] = []
        one, last = Fraction(1), len(points) - 1
        self.gaps = [
            [
                self._unit(s, ends)
                for ends in (((one, -a), (one, -b)), ((-one, b), (-one, a)))  # active after the gap, active before it
                for s in signs
            ]
            for a, b in pairwise(points)
        ]
        ends = ((one, -points[0]), (-one, points[-1])) if last else ((Fraction(0), one),)
        self.affine = [self._unit(s, ends) for s in signs]
        G, f = np.array(self.rows, dtype=float), np.array(values, dtype=float)
        G /= np.abs(G).max(axis=1, keepdims=True)
        f /= np.abs(f).max(initial=0.0) or 1.0
        self.gram, self.right, self.square = G @ G.T, G @ f, float(f @ f)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.generators)

    def _unit(self, sign: int, ends: tuple[tuple[Fraction, Fraction], ...]) -> int:
        """Add a unit and return its number."""
        numbers = []
        for slope, bias in ends:
            row = [sign * max(Fraction(0), slope * p + bias) for p in self.points]
            if any(row):
                numbers.append(len(self.rows))
                self.rows.append(row)
                self.weights.append((sign, slope, bias))
        self.generators.append(numbers)
        return len(self.generators) - 1

    def choices(self, width: int) -> Iterator[tuple[int, ...]]:
        """Yield the sets of units of one width that could take the values, each once, with kinks where needed."""
        for affine in range(min(width, len(self.affine)) + 1):
            for counts in cut_counts(self.points, self.values, width - affine, self.most):
                parts = [combinations(self.gaps[gap], c) for gap, c in enumerate(counts) if c]
                parts.append(combinations(self.affine, affine))
                for picks in product(*parts):
                    yield tuple(chain.from_iterable(picks))

    def combine(self, units: Iterable[int]) -> _Layer | None:
        """Return a layer made of some of the units that takes the values, or None; exact."""
        if not any(self.values):
            return []
        owners = [(unit, g) for unit in units for g in self.generators[unit]]
        if not owners or self._clearly_apart(np.array([g for _, g in owners])):
            return None
        rows = np.array([self.rows[g] for _, g in owners], dtype=object)
        coefficients, residual = nearest_in_cone(rows, self.values)
        if any(residual):
            return None
        layer: dict[int, tuple[int, Fraction, Fraction]] = {}
        for c, (unit, g) in zip(coefficients, owners, strict=True):
            if c:
                sign, slope, bias = self.weights[g]
                _, w, b = layer.get(unit, (sign, Fraction(0), Fraction(0)))
                layer[unit] = (sign, w + c * slope, b + c * bias)
        return list(layer.values())

    def _clearly_apart(self, picks: np.ndarray) -> bool:
        """Return whether floats already show, with a wide margin, that the values are no combination of generators."""
        from ...solvers.nonnegative_kernel import project

        k = len(picks)
        gram, right = self.gram[np.ix_(picks, picks)], self.right[picks]
        nearest = project(gram, right, k, DEFAULT.cone_stationarity, np.empty((k + 3, k)), np.empty(k))
        return bool(self.square - nearest > DEFAULT.cone_clear**2)


def _along(pieces: Pieces, points: list[Fraction], values: list[Fraction]) -> _Layer:
    """Return a layer with one right-facing unit per kink and at most two units active on all points."""
    layer: _Layer = []

    def add(slope: Fraction, bias: Fraction, facing: int = 1) -> None:
        sign = 1 if slope * facing > 0 else -1
        if slope:
            layer.append((sign, sign * slope, sign * bias))

    for gap, cut in enumerate(pieces.cuts):
        s, t = pieces.slopes[gap], pieces.slopes[gap + 1]
        left, right = points[gap], points[gap + 1]
        jump_left = values[gap + 1] - t * (right - left) - values[gap]
        jump_right = values[gap + 1] - values[gap] - s * (right - left)
        if cut == 1 and s != t:
            add(t - s, jump_left - (t - s) * left)
        elif cut == 2:
            rise = jump_right / (right - left)
            fall = -jump_left / (right - left)
            add(rise, -rise * left)
            add(fall, -fall * right)
    first = pieces.slopes[0]
    ends = [values[0], values[0] + first * (points[-1] - points[0])]
    length = points[-1] - points[0] if len(points) > 1 else Fraction(1)
    if len(points) == 1:
        if values[0]:
            sign = 1 if values[0] > 0 else -1
            layer.append((sign, Fraction(0), sign * values[0]))
        return layer
    if ends[0] * ends[1] >= 0:
        if any(ends):
            sign = 1 if sum(ends) > 0 else -1
            layer.append((sign, sign * first, sign * (values[0] - first * points[0])))
        return layer
    add(ends[1] / length, -ends[1] / length * points[0])
    add(-ends[0] / length, ends[0] / length * points[-1], facing=-1)
    return layer


def _representation(layer: _Layer, lower: int) -> Representation:
    """Return a layer as a result."""
    W = np.empty((len(layer), 2), dtype=object)
    for i, (_, w, b) in enumerate(layer):
        W[i] = w, b
    v = readonly([sign for sign, _, _ in layer], dtype=np.int64)
    return Representation(len(layer), lower == len(layer), lower, readonly(W, dtype=object), v)
