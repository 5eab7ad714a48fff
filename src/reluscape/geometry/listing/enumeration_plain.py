"""All regions of a small arrangement by deletion and restriction in fractions: short, plain and slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from ..counting.counting import Rows, primitive, restrict
from .half import Half

# points are brought near 1 where their largest entry has a larger power of two
FAR = 100

Weight = list[Fraction]
Cell = tuple[tuple[bool, ...], Weight]


def cells(rows: Rows, sides: tuple[bool, ...] = ()) -> Iterator[Cell]:
    """Yield (sides, witness) of every region, False (negative side) before True, first hyperplane first.

    Hyperplane k splits exactly the cells of the hyperplanes before it that it meets, and those are the cells of their
    traces on it. Both lists are sorted, so one comparison with the next trace decides each cell; the trace's witness,
    moved a little to either side, is a witness of both halves.

    Args:
        rows: pairwise non-parallel integer normals that span their space.
        sides: yield only regions that begin with these sides.
    """
    d = len(rows[0]) if rows else 0
    if d == 0:
        yield (), []
        return
    traces = [_Traces(rows, k) for k in range(len(rows))]
    yield from _split(rows, traces, sides)


class _Traces:
    """The cells of the earlier hyperplanes' traces on hyperplane k, read in order."""

    def __init__(self, rows: Rows, k: int) -> None:
        self.cells = _cells_on(rows[:k], rows[k])
        self.head = next(self.cells, None)

    def meets(self, sides: tuple[bool, ...]) -> Weight | None:
        """Return a point of the cell on the hyperplane, or None where the hyperplane misses it."""
        while self.head is not None and self.head[0] < sides:
            self.head = next(self.cells, None)
        return self.head[1] if self.head is not None and self.head[0] == sides else None


def _split(rows: Rows, traces: list[_Traces], prefix: tuple[bool, ...]) -> Iterator[Cell]:
    """Yield all cells, walking the tree of prefixes depth first."""
    stack: list[Cell] = [((), [Fraction(0)] * len(rows[0]))]
    while stack:
        sides, point = stack.pop()
        k = len(sides)
        if k == len(rows):
            yield sides, point
            continue
        on = traces[k].meets(sides)
        if on is None:
            value = sum((a * b for a, b in zip(rows[k], point, strict=True)), Fraction(0))
            halves = [(value > 0, point)]
        else:
            step = _step(rows[:k], rows[k], on)
            halves = [
                (side, [p + (step if side else -step) * a for p, a in zip(on, rows[k], strict=True)])
                for side in (True, False)
            ]
        stack += [((*sides, side), inner) for side, inner in halves if k >= len(prefix) or side == prefix[k]]


def _step(rows: Rows, normal: tuple[int, ...], point: Weight) -> Fraction:
    """Return how far a point on a hyperplane may move along its normal without crossing the others."""
    step = Fraction(1)
    for row in rows:
        slope = abs(sum(a * b for a, b in zip(row, normal, strict=True)))
        if slope:
            gap = abs(sum((a * b for a, b in zip(row, point, strict=True)), Fraction(0)))
            step = min(step, gap / (2 * slope))
    power = 1
    while Fraction(1, power) > step:
        power *= 2
    return Fraction(1, power)


def _about_one(point: Weight) -> Weight:
    """Return a point times the power of two that brings its largest entry near 1 where it is far from it."""
    top = max((abs(v) for v in point), default=Fraction(0))
    power = top.numerator.bit_length() - top.denominator.bit_length()
    return point if abs(power) < FAR else [v / Fraction(2) ** power for v in point]


def _cells_on(rows: Rows, normal: tuple[int, ...]) -> Iterator[Cell]:
    """Yield the cells that hyperplanes cut on another one, sides given for all of them, in lexicographic order."""
    if not rows:
        yield (), [Fraction(0)] * len(normal)
        return
    pivot = min((i for i, v in enumerate(normal) if v), key=lambda i: abs(normal[i]))
    traces = restrict(rows, normal)
    place = {row: k for k, row in enumerate(traces)}
    role = [_role(row, normal, pivot, place) for row in rows]
    # a trace's positive side is that of the first hyperplane that has it, so that sides stay in order
    first = dict(reversed(role))
    trace_rows = tuple(tuple(-v for v in row) if first[k] else row for k, row in enumerate(traces))
    for sides, w in cells(trace_rows):
        full = tuple(sides[k] != (flip != first[k]) for k, flip in role)
        point = [*w[:pivot], Fraction(0), *w[pivot:]]
        other = sum((a * b for a, b in zip(normal, point, strict=True)), Fraction(0))
        point[pivot] = -other / normal[pivot]
        yield full, point


def _role(
    row: tuple[int, ...], normal: tuple[int, ...], pivot: int, place: dict[tuple[int, ...], int]
) -> tuple[int, bool]:
    """Return which trace a hyperplane has on another one, and whether its positive side is the trace's negative one."""
    lead, factor = normal[pivot], row[pivot]
    values = [lead * v - factor * u for i, (v, u) in enumerate(zip(row, normal, strict=True)) if i != pivot]
    start = next(v for v in values if v)
    return place[primitive(values)], (start < 0) != (lead < 0)


def half_regions(
    normals: np.ndarray, source: np.ndarray, turn: np.ndarray, sides: Sequence[int] = (), points: bool = True
) -> Half:
    """Return the regions on the positive side of the first hyperplane; see `enumeration.half_regions`."""
    rows = tuple(tuple(int(v) for v in row) for row in normals)
    cell_list = list(cells(rows, tuple(map(bool, sides)) or (True,)))
    bits = np.zeros((len(cell_list), (len(source) + 63) // 64), dtype=np.uint64)
    bearers = [
        (int(k), bool(t), i // 64, np.uint64(1 << (63 - i % 64)))
        for i, (k, t) in enumerate(zip(source, turn, strict=True))
    ]
    inside = np.full((len(cell_list), len(rows[0])), np.nan)
    fractions: dict[int, tuple[Fraction, ...]] = {}
    for i, (where, point) in enumerate(cell_list):
        for k, flip, word, bit in bearers:
            if k >= 0 and where[k] != flip:
                bits[i, word] |= bit
        exact_point = _about_one(point)
        float_point = [float(v) for v in exact_point]
        if [Fraction(v) for v in float_point] == exact_point:
            inside[i] = float_point
        else:
            fractions[i] = tuple(exact_point)
    return Half(bits, inside, fractions)
