"""Restriction of an arrangement to one of its hyperplanes in integers of any size."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np

Normals = list[tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Trace:
    """What hyperplanes 0..k-1 cut on hyperplane k.

    Attributes:
        pivot: the eliminated coordinate.
        rows: the distinct traces, each oriented like the first hyperplane that has it; empty where no cell has the
            wanted sides.
        source: (k,) the trace of each hyperplane.
        turn: (k,) bool, whether its positive side is the trace's negative one.
        wanted: (q,) int8 wanted sides of the first traces.
    """

    pivot: int
    rows: Normals
    source: np.ndarray
    turn: np.ndarray
    wanted: np.ndarray


@dataclass(frozen=True, eq=False)
class LineTrace:
    """The half of a line in the plane where the first hyperplane is positive.

    Attributes:
        pivot: the eliminated coordinate.
        bits: (1, words) uint64 sides of the earlier hyperplanes, or None where they are not the wanted ones.
        point: the other coordinate of a point on it.
    """

    pivot: int
    bits: np.ndarray | None
    point: float


def restrict(rows: Normals, k: int, prefix: np.ndarray) -> Trace:
    """Restrict hyperplanes 0..k-1 to hyperplane k and merge those that become parallel."""
    pivot, traces = _eliminated(rows, k)
    place: dict[tuple[int, ...], int] = {}
    source, turn = np.empty(k, dtype=np.int64), np.zeros(k, dtype=bool)
    sides: dict[int, int] = {}
    for j, trace in enumerate(traces):
        divisor = gcd(*trace)
        row = tuple(v // divisor for v in trace)
        opposite = tuple(-v for v in row)
        along = opposite not in place
        group = place.setdefault(row, len(place)) if along else place[opposite]
        source[j], turn[j] = group, not along
        if j < len(prefix):
            side = int(prefix[j]) if along else 1 - int(prefix[j])
            if sides.setdefault(group, side) != side:
                return Trace(pivot, [], source, turn, prefix[:0])
    trace_sides = np.array([sides[g] for g in range(len(sides))], dtype=np.int8)
    return Trace(pivot, list(place), source, turn, trace_sides)


def line_trace(rows: Normals, k: int, prefix: np.ndarray) -> LineTrace:
    """Return the half of line k (rows in the plane) where the first hyperplane is positive."""
    pivot, traces = _eliminated(rows, k)
    up = traces[0][0] > 0
    bits = np.zeros((1, (len(rows) + 63) // 64), dtype=np.uint64)
    for j, trace in enumerate(traces):
        inside = (trace[0] > 0) == up
        if j < len(prefix) and inside != bool(prefix[j]):
            return LineTrace(pivot, None, 0.0)
        if inside:
            bits[0, j // 64] |= _bit(j)
    return LineTrace(pivot, bits, 1.0 if up else -1.0)


def _eliminated(rows: Normals, k: int) -> tuple[int, list[list[int]]]:
    """Return the pivot and the earlier rows in the other coordinates of hyperplane k, orientation kept."""
    normal = rows[k]
    pivot = min((c for c, v in enumerate(normal) if v), key=lambda c: abs(normal[c]))
    lead = abs(normal[pivot])
    sign = 1 if normal[pivot] > 0 else -1
    others = [c for c in range(len(normal)) if c != pivot]
    return pivot, [[lead * row[c] - sign * row[pivot] * normal[c] for c in others] for row in rows[:k]]


def _bit(j: int) -> np.uint64:
    """Return the bit of hyperplane j in its word, the first one highest."""
    return np.uint64(1 << (63 - j % 64))
