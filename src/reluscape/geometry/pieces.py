"""The linear pieces of a given network over its inputs: on a segment, a rectangle or a triangle of them, exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from ..errors import InputError, TooLarge
from ..numbers import exact
from ..numbers.checks import readonly
from ..problem.data import as_dataset
from ..problem.networks import DeepNet
from ..problem.trained.opening import open_model
from ..problem.trained.rows import rows_for

Corner = tuple[flint.fmpq, ...]
Form = tuple[flint.fmpq, ...]  # constant, then one coefficient for each coordinate


@dataclass(frozen=True, eq=False)
class Cell:
    """Inputs on which every unit is on or off throughout.

    Attributes:
        corners: (p, d) corners of the segment or polygon, in order, as the network takes them.
        values: (p, k) outputs of the network there; it is affine between them.
        patterns: for each hidden layer (m,) bool, the units that are on.
    """

    corners: np.ndarray
    values: np.ndarray
    patterns: tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class LinearPieces:
    """The pieces of a piecewise linear function.

    Attributes:
        count: pieces: neighbouring cells on which the function is the same affine one are one piece.
        functions: different affine functions among them.
        cells: the activation regions, at least as many as pieces.
        labels: for each cell the number of its piece, from 0.
    """

    count: int
    functions: int
    cells: tuple[Cell, ...]
    labels: tuple[int, ...]

    @property
    def regions(self) -> int:
        """Number of activation regions."""
        return len(self.cells)

    def __str__(self) -> str:
        """Return the counts."""
        return (
            f"{self.count} linear pieces of {self.functions} different functions in {self.regions} activation regions"
        )

    __repr__ = __str__


def linear_pieces(model: Any, X: Any = None, *, corners: Any = None, most: int = 20_000) -> LinearPieces:
    """Return the linear pieces of a network on a segment, rectangle or triangle of inputs, in exact arithmetic.

    The weights are read as the rationals that their doubles are. Cell by cell every layer is an affine function, and a
    unit cuts a cell where its own changes sign; so the count is that of the function itself, at any depth.

    Args:
        model: any that `explain` reads, of any depth and number of outputs.
        X: (n, d) rows or a `Dataset`; the pieces are counted on the smallest box around them. One or two columns may
            vary; others, such as a column of ones, are constant.
        corners: in place of X, two rows for the segment between them or three for their triangle, in any number of
            inputs.
        most: more activation regions than this are refused.

    Raises:
        InputError: more than two columns vary and no corners are given, or corners that lie on one point or line.
        TooLarge: more activation regions than `most`.
        ModelError, ShapeError: as for `explain`.

    Source: for bounds on their number Montufar, Pascanu, Cho and Bengio (2014), On the number of linear regions of deep
    neural networks; the enumeration follows the definition.

    Example:
        >>> from reluscape import DeepNet
        >>> tent = [[[2.0], [2.0]], [[1.0, -2.0]]], [[0.0, -1.0], [0.0]]
        >>> linear_pieces(DeepNet(*tent), [[0], [1]]).count
        2
        >>> W, b = tent
        >>> twice = DeepNet([W[0], [[2.0, -4.0], [2.0, -4.0]], W[1]], [b[0], [0.0, -1.0], [0.0]])
        >>> linear_pieces(twice, [[0], [1]])
        4 linear pieces of 4 different functions in 4 activation regions
    """
    if (X is None) == (corners is None):
        raise InputError("say where: the rows X, whose box is taken, or two or three corners")
    opened = open_model(model)
    rows = rows_for(opened, X if corners is None else corners, None, lambda X, _: as_dataset(X)).data.fractions
    origin, sides, start = _box(rows) if corners is None else _simplex(rows)
    cells = _cut(opened.net, origin, sides, start, most)
    labels, functions = _joined(cells)
    regions = tuple(_shown(cell, origin, sides) for cell in cells)
    return LinearPieces(max(labels) + 1, functions, regions, tuple(labels))


@dataclass(frozen=True)
class _Open:
    """A cell with what the layers cut so far feed on: affine forms in its coordinates."""

    corners: tuple[Corner, ...]
    forms: tuple[Form, ...]
    patterns: tuple[tuple[bool, ...], ...]


def _box(rows: np.ndarray) -> tuple[list[Any], list[list[Any]], tuple[Corner, ...]]:
    """Return origin, sides and corners in these coordinates of the smallest box around rows."""
    if not len(rows):
        raise InputError("there is no row to take a box around")
    low, high = rows.min(axis=0), rows.max(axis=0)
    free = [k for k in range(rows.shape[1]) if low[k] < high[k]]
    if len(free) not in (1, 2):
        raise InputError(
            f"{len(free)} columns vary over the rows; the pieces are counted over one or two: give corners=, two rows "
            "for the segment between them or three for their triangle"
        )
    sides = [[(high - low)[k] * (k == one) for k in range(len(low))] for one in free]
    unit = [(0,), (1,)] if len(free) == 1 else [(0, 0), (1, 0), (1, 1), (0, 1)]
    return list(low), sides, tuple(tuple(flint.fmpq(t) for t in corner) for corner in unit)


def _simplex(rows: np.ndarray) -> tuple[list[Any], list[list[Any]], tuple[Corner, ...]]:
    """Return the same of two or three corners."""
    if len(rows) not in (2, 3):
        raise InputError(f"there are {len(rows)} corners; give two rows for a segment or three for a triangle")
    sides = rows[1:] - rows[0]
    if exact.rank(sides) < len(sides):
        raise InputError("the corners lie on one " + ("point" if len(rows) == 2 else "line"))
    unit = [(0,), (1,)] if len(rows) == 2 else [(0, 0), (1, 0), (0, 1)]
    return list(rows[0]), [list(side) for side in sides], tuple(tuple(map(flint.fmpq, corner)) for corner in unit)


def _cut(net: DeepNet, origin: list[Any], sides: list[list[Any]], start: tuple[Corner, ...], most: int) -> list[_Open]:
    """Return the activation regions with the affine forms of the outputs."""
    inputs = tuple(tuple(exact.fmpq(part[k]) for part in (origin, *sides)) for k in range(len(origin)))
    cells = [_Open(start, inputs, ())]
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        weights, biases = [[exact.fmpq(t) for t in row] for row in w], [exact.fmpq(t) for t in b]
        open_cells = [_Open(cell.corners, _affine(weights, biases, cell.forms), cell.patterns) for cell in cells]
        if k + 1 == net.depth:
            return open_cells
        below, cells = exact.fmpq(net.slopes[k]), []
        for cell in open_cells:
            for corners, on in _by_units(cell.corners, cell.forms):
                forms = tuple(
                    form if up else tuple(below * t for t in form) for form, up in zip(cell.forms, on, strict=True)
                )
                cells.append(_Open(corners, forms, (*cell.patterns, on)))
                if len(cells) > most:
                    raise TooLarge(
                        f"there are more than {most:,} activation regions; give a larger `most` or a smaller part", most
                    )
    return cells


def _affine(weights: list[list[Any]], biases: list[Any], forms: Sequence[Form]) -> tuple[Form, ...]:
    """Return weights times forms plus biases."""
    out = []
    for row, bias in zip(weights, biases, strict=True):
        terms = [(w, form) for w, form in zip(row, forms, strict=True) if w != 0]
        total = [sum((w * form[p] for w, form in terms), flint.fmpq(0)) for p in range(len(forms[0]))]
        out.append((total[0] + bias, *total[1:]))
    return tuple(out)


def _by_units(corners: tuple[Corner, ...], forms: Sequence[Form]) -> list[tuple[tuple[Corner, ...], tuple[bool, ...]]]:
    """Return the parts into which the zero lines of forms cut a cell, each with the signs of all forms on it."""
    parts: list[tuple[tuple[Corner, ...], tuple[bool, ...]]] = [(corners, ())]
    for form in forms:
        after = []
        for polygon, on in parts:
            heights = [_at(form, corner) for corner in polygon]
            if min(heights) < 0 < max(heights):
                after += [(_side(polygon, heights, up), (*on, up > 0)) for up in (1, -1)]
            else:
                after.append((polygon, (*on, max(heights) > 0)))
        parts = after
    return parts


def _at(form: Form, corner: Corner) -> Any:
    """Return the value of a form."""
    return form[0] + sum((a * t for a, t in zip(form[1:], corner, strict=True)), flint.fmpq(0))


def _side(polygon: tuple[Corner, ...], heights: list[Any], up: int) -> tuple[Corner, ...]:
    """Return the part of a segment or convex polygon on which the height times `up` is not negative."""
    corners: list[Corner] = []
    edges = range(len(polygon)) if len(polygon) > 2 else range(1)
    for i in edges:
        j = (i + 1) % len(polygon)
        a, b = up * heights[i], up * heights[j]
        if a >= 0:
            corners.append(polygon[i])
        if (a > 0 > b) or (a < 0 < b):
            t = a / (a - b)
            corners.append(tuple(p + t * (q - p) for p, q in zip(polygon[i], polygon[j], strict=True)))
        if len(polygon) == 2 and b >= 0:
            corners.append(polygon[j])
    return tuple(corners)


def _joined(cells: list[_Open]) -> tuple[list[int], int]:
    """Return the number of each cell's piece, and how many different functions there are."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for i, cell in enumerate(cells):
        alike[cell.forms].append(i)
    head = list(range(len(cells)))
    for group in alike.values():
        for i, j in _neighbours({i: cells[i].corners for i in group}):
            head[_root(head, j)] = _root(head, i)
    order: dict[int, int] = {}
    return [order.setdefault(_root(head, i), len(order)) for i in range(len(cells))], len(alike)


def _root(head: list[int], i: int) -> int:
    """Return the first cell of a cell's piece."""
    while head[i] != i:
        i = head[i]
    return i


def _neighbours(cells: dict[int, tuple[Corner, ...]]) -> Iterator[tuple[int, int]]:
    """Yield pairs that join all cells which share an end, or as polygons a border that is more than a point."""
    if len(cells) < 2:
        return
    lines: dict[Any, list[tuple[Any, Any, int]]] = defaultdict(list)
    for i, corners in cells.items():
        if len(corners) == 2:
            for end in corners:
                lines[end].append((flint.fmpq(0), flint.fmpq(1), i))
            continue
        for k, q in enumerate(corners):
            line, begin, end = _on_line(corners[k - 1], q)
            lines[line].append((begin, end, i))
    for parts in lines.values():
        parts.sort(key=lambda part: part[0])
        _, reach, last = parts[0]
        for begin, end, i in parts[1:]:
            if begin < reach and i != last:
                yield last, i
            if end > reach:
                reach, last = end, i


def _on_line(p: Corner, q: Corner) -> tuple[tuple[Any, ...], Any, Any]:
    """Return the line through two points, told in one way only, and the two as an interval on it."""
    x, y = q[0] - p[0], q[1] - p[1]
    if x == 0:
        return ("upright", p[0]), min(p[1], q[1]), max(p[1], q[1])
    rise = y / x
    return (rise, p[1] - rise * p[0]), min(p[0], q[0]), max(p[0], q[0])


def _shown(cell: _Open, origin: list[Any], sides: list[list[Any]]) -> Cell:
    """Return a cell in the coordinates of the inputs, as floats."""
    frame = [[exact.fmpq(t) for t in part] for part in (origin, *sides)]
    places = [
        [frame[0][k] + sum((t * side[k] for t, side in zip(corner, frame[1:], strict=True)), flint.fmpq(0)) for k in
         range(len(origin))] for corner in cell.corners
    ]  # fmt: skip
    values = [[_at(form, corner) for form in cell.forms] for corner in cell.corners]
    patterns = tuple(readonly(np.array(on, dtype=bool)) for on in cell.patterns)
    return Cell(_floats(places), _floats(values), patterns)


def _floats(table: list[list[Any]]) -> np.ndarray:
    """Return a table of rationals as floats."""
    return readonly(np.array([[float(exact.to_fraction(t)) for t in row] for row in table]))
