"""All regions of an arrangement, half of them listed: compiled where int64 and doubles suffice, exact where not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .. import exact
from ..errors import SolverError
from . import enumeration_plain
from .balance import column_units, divided, restored
from .enumeration_kernel import half_cells
from .exact_restriction import Normals, line_trace, restrict
from .half import Half
from .prefix_walk_kernel import padded, products, start, walk
from .restriction_kernel import DONE, REPAIR, UNCERTAIN

INT64 = 2**62
# entries of a row further apart than this leave the range of doubles when points are lifted and multiplied
LEAST_POWER = -400


class _OutOfRangeError(Exception):
    """The integers are too far apart for floats to propose points."""


def half_regions(
    normals: np.ndarray,
    source: np.ndarray,
    turn: np.ndarray,
    sides: Sequence[int] = (),
    points: bool = True,
    units: list[Fraction] | None = None,
) -> Half:
    """Return the regions of a central arrangement on the positive side of its first hyperplane.

    Args:
        normals: (k, r) integers of any size, rank r >= 1, pairwise non-parallel.
        source: (n,) the hyperplane that decides each bit of the output, -1 for a bit that is never set.
        turn: (n,) bool, whether its negative side sets the bit.
        sides: 0 or 1 for the first hyperplanes, the first of them 1: only regions that begin like this.
        points: False leaves the points of the result out.
        units: (r,) the columns are divided by these; None for their greatest common divisors.
    """
    wanted = np.array(sides, dtype=np.int8)
    source, turn = np.ascontiguousarray(source, dtype=np.int64), np.ascontiguousarray(turn, dtype=bool)
    if normals.shape[1] == 1:
        lead = 1.0 if normals[0, 0] > 0 else -1.0
        return Half(packed((source >= 0) & ~turn), np.array([[lead]]))
    units = column_units(exact.fraction_matrix(normals)) if units is None else units
    rows = [tuple(int(v) for v in row) for row in divided(normals, units)]
    try:
        half, checked = _listed(rows, source, turn, wanted, points)
    except _OutOfRangeError:
        return enumeration_plain.half_regions(normals, source, turn, sides, points)
    return restored(half, normals, units, checked)


def packed(sides: np.ndarray) -> np.ndarray:
    """Return booleans (n,) as one row (1, words) of bits, the first one highest."""
    words = (len(sides) + 63) // 64
    full = np.zeros(64 * words, dtype=bool)
    full[: len(sides)] = sides
    return np.packbits(full).view(">u8").astype(np.uint64)[None]


def _cells(rows: Normals, source: np.ndarray, turn: np.ndarray, wanted: np.ndarray) -> Half:
    """Return the cells of a trace: compiled, or with every doubt settled exactly where the kernel gives up."""
    if all(abs(v) < INT64 for row in rows for v in row):
        status, bits, points = half_cells(np.array(rows, dtype=np.int64), source, turn, wanted)
        if status == DONE:
            return Half(bits, points)
    found, _ = _listed(rows, source, turn, wanted, True)
    for i, point in found.fractions.items():
        top = max(abs(v) for v in point)
        found.points[i] = [float(v / top) for v in point]
    return found


def _listed(rows: Normals, source: np.ndarray, turn: np.ndarray, wanted: np.ndarray, points: bool) -> tuple[Half, bool]:
    """Return the cells of an arrangement from those of its traces, and whether floats found all their points."""
    m, d = len(rows), len(rows[0])
    words = (m + 63) // 64
    pivots = np.zeros(m, dtype=np.int64)
    found: list[Half] = []
    ends = np.zeros(m + 1, dtype=np.int64)
    for k in range(1, m):
        cells = None
        if d == 2:
            line = line_trace(rows, k, wanted)
            pivots[k] = line.pivot
            if line.bits is not None:
                cells = Half(line.bits, np.array([[line.point]]))
        else:
            trace = restrict(rows, k, wanted)
            pivots[k] = trace.pivot
            if trace.rows:
                cells = _cells(trace.rows, trace.source, trace.turn, trace.wanted)
        ends[k + 1] = ends[k]
        if cells is not None:
            ends[k + 1] += len(cells.bits)
            found.append(cells)
    total = int(ends[m])
    trace_bits, trace_points = np.zeros((total, words), dtype=np.uint64), np.empty((total, d - 1))
    at = 0
    for i, cells in enumerate(found):
        trace_bits[at : at + len(cells.bits), : cells.bits.shape[1]] = cells.bits
        trace_points[at : at + len(cells.bits)] = cells.points
        at += len(cells.bits)
        found[i] = Half(cells.bits[:0].copy(), cells.points[:0].copy())
    mender = _Walk(rows, source, turn, wanted)
    most = total + 1 if len(wanted) < 2 else total - int(ends[min(len(wanted), m)]) + 1
    return mender.run(pivots, ends, trace_bits, trace_points, most, points), mender.mended == 0


class _Walk:
    """The walk over the prefixes of one arrangement, its floats mended by exact arithmetic where they are in doubt."""

    def __init__(self, rows: Normals, source: np.ndarray, turn: np.ndarray, wanted: np.ndarray) -> None:
        self.source, self.turn, self.wanted = source, turn, wanted
        self.integers = np.empty((len(rows), len(rows[0])), dtype=object)
        self.integers[:] = rows
        self.columns, self.power = scaled(rows)
        m, d = self.integers.shape
        self.table, self.error = products(self.columns, m)
        self.state, self.depth, self.doubtful, self.points, self.sides = start(self.columns, self.table, self.error, m)
        self.mended_points = np.zeros((2, d))
        self.mended_sides = np.zeros((2, self.sides.shape[1]), dtype=np.uint64)
        self.mended_doubtful = np.zeros(2, dtype=np.int64)
        self.mended = 0
        self.fractions: list[tuple[Fraction, ...]] = []

    def run(
        self,
        pivots: np.ndarray,
        ends: np.ndarray,
        trace_bits: np.ndarray,
        trace_points: np.ndarray,
        most: int,
        points: bool,
    ) -> Half:
        """Return the leaves of the walk."""
        out_bits = np.empty((most, (len(self.source) + 63) // 64), dtype=np.uint64)
        out_points = np.empty((most if points else 0, len(self.power)))
        cursor = ends[:-1].copy()
        while True:
            status = walk(
                self.columns,
                self.power,
                self.table,
                self.error,
                pivots,
                ends,
                trace_bits,
                trace_points,
                self.wanted,
                self.source,
                self.turn,
                self.state,
                cursor,
                self.depth,
                self.doubtful,
                self.points,
                self.sides,
                self.mended_points,
                self.mended_sides,
                self.mended_doubtful,
                out_bits,
                out_points,
            )
            top = int(self.state[0])
            if status == REPAIR:
                self._mend(top, int(self.depth[top]))
                self.mended += 1
                self.state[2] = 1
            elif status == UNCERTAIN:
                self._settle(top, int(self.depth[top]))
            else:
                break
        if status != DONE:
            raise SolverError("a trace of the arrangement met no region, which is impossible; please report these data")
        written = int(self.state[1])
        out_bits, out_points = out_bits[:written], out_points[:written]
        places = np.flatnonzero(np.isnan(out_points[:, 0])) if self.fractions else np.empty(0, dtype=np.int64)
        known = {int(i): self.fractions[round(float(out_points[i, 1] * self.power[1]))] for i in places}
        return Half(out_bits, out_points, known)

    def _settle(self, top: int, k: int) -> None:
        """Decide the sides of the point at work exactly."""
        signs = exact.signs_of_products(self.integers, self.points[top] / self.power)
        if signs[k] == 0:
            raise SolverError("a point lies on a hyperplane that misses its region; please report these data")
        self.sides[top], self.doubtful[top] = self._sides(signs, k)

    def _mend(self, top: int, k: int) -> None:
        """Find points on both sides of hyperplane k in the cell at work, in exact arithmetic."""
        from ..solvers.linear import Rows

        prepared = Rows(self.integers[: k + 1])
        inside = np.unpackbits(self.sides[top].astype(">u8").view(np.uint8))[: k + 1].astype(float)
        for side in range(2):
            inside[k] = side
            point = prepared.decide(2.0 * inside - 1.0).witness
            if point is None:
                raise SolverError(
                    "a region that a trace splits is empty, which is impossible; please report these data"
                )
            if point.dtype == object:
                self.mended_points[side, :2] = np.nan, len(self.fractions)
                self.fractions.append(tuple(Fraction(int(v)) for v in point))
                signs = np.array([exact.sign(v) for v in self.integers.dot(point)])
            else:
                self.mended_points[side] = point * self.power
                signs = exact.signs_of_products(self.integers, point)
            self.mended_sides[side], self.mended_doubtful[side] = self._sides(signs, k)

    def _sides(self, signs: np.ndarray, k: int) -> tuple[np.ndarray, int]:
        """Return exact sides as bits, and the first hyperplane from k on that the point lies on."""
        on = np.flatnonzero(signs[k:] == 0)
        return packed(signs > 0)[0], k + int(on[0]) if len(on) else padded(len(signs))


def scaled(rows: Normals) -> tuple[np.ndarray, np.ndarray]:
    """Return integer rows of any size as columns of floats (d, padded m), and the power of two of each coordinate."""
    m, d = len(rows), len(rows[0])
    tops = [max(v.bit_length() for v in row) for row in rows]
    powers = [max(row[c].bit_length() - top for row, top in zip(rows, tops, strict=True)) for c in range(d)]
    if min(powers) < LEAST_POWER:
        raise _OutOfRangeError
    wide = np.zeros((d, padded(m)))
    for j, row in enumerate(rows):
        for c in range(d):
            wide[c, j] = row[c] / (1 << tops[j]) / 2.0 ** powers[c]
    wide[:, :m] /= 2.0 ** np.frexp(np.abs(wide[:, :m]).max(axis=0))[1]
    return wide, 2.0 ** np.array(powers, dtype=float)


__all__ = ["half_regions"]
