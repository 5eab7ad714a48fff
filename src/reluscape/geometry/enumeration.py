"""All regions of an arrangement, half of them listed: compiled where int64 and doubles suffice, exact where not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .. import exact
from ..errors import SolverError
from .enumeration_kernel import begin, half_cells, merge, products
from .exact_restriction import Normals, line_trace, restrict
from .half import Half
from .restriction_kernel import DONE, REPAIR, UNCERTAIN

INT64 = 2**62


def half_regions(
    normals: np.ndarray, positive: np.ndarray, negative: np.ndarray, sides: Sequence[int] = (), points: bool = True
) -> Half:
    """Return the regions of a central arrangement on the positive side of its first hyperplane.

    Args:
        normals: (k, r) integers of any size, rank r >= 1, pairwise non-parallel.
        positive: (k, words) uint64, output bits that the positive side of a hyperplane sets.
        negative: (k, words) likewise for the negative side.
        sides: 0 or 1 for the first hyperplanes, the first of them 1: only regions that begin like this.
        points: False leaves the points of the result out.
    """
    wanted = np.array(sides, dtype=np.int8)
    if normals.shape[1] == 1:
        lead = 1.0 if normals[0, 0] > 0 else -1.0
        return Half(positive[:1].copy(), np.array([[lead]]))
    rows = [tuple(int(v) for v in row) for row in normals]
    return _listed(rows, np.ascontiguousarray(positive), np.ascontiguousarray(negative), wanted, points)


def _cells(rows: Normals, positive: np.ndarray, negative: np.ndarray, wanted: np.ndarray) -> Half:
    """Return the cells of a trace: compiled, or with every doubt settled exactly where the kernel gives up."""
    if all(abs(v) < INT64 for row in rows for v in row):
        status, bits, points = half_cells(np.array(rows, dtype=np.int64), positive, negative, wanted)
        if status == DONE:
            return Half(bits, points)
    found = _listed(rows, positive, negative, wanted, True)
    for i, point in found.fractions.items():
        top = max(abs(v) for v in point)
        found.points[i] = [float(v / top) for v in point]
    return found


def _listed(rows: Normals, positive: np.ndarray, negative: np.ndarray, wanted: np.ndarray, points: bool) -> Half:
    """Return the cells of an arrangement from those of its traces."""
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
                cells = _cells(trace.rows, trace.positive, trace.negative, trace.wanted)
        ends[k + 1] = ends[k]
        if cells is not None:
            ends[k + 1] += len(cells.bits)
            found.append(cells)
    total = int(ends[m])
    trace_bits, trace_points = np.empty((total, words), dtype=np.uint64), np.empty((total, d - 1))
    at = 0
    for i, cells in enumerate(found):
        trace_bits[at : at + len(cells.bits)], trace_points[at : at + len(cells.bits)] = cells.bits, cells.points
        at += len(cells.bits)
        found[i] = Half(cells.bits[:0].copy(), cells.points[:0].copy())
    walk = _Walk(rows, positive, negative, wanted)
    most = total + 1 if len(wanted) < 2 else total - int(ends[min(len(wanted), m)]) + 1
    return walk.run(pivots, ends, trace_bits, trace_points, most, points)


class _Walk:
    """The walk over the prefixes of one arrangement, its floats mended by exact arithmetic where they are in doubt."""

    def __init__(self, rows: Normals, positive: np.ndarray, negative: np.ndarray, wanted: np.ndarray) -> None:
        self.rows, self.positive, self.negative, self.wanted = rows, positive, negative, wanted
        self.integers = np.empty((len(rows), len(rows[0])), dtype=object)
        self.integers[:] = rows
        self.columns, self.power = scaled(rows)
        self.table, self.error = products(self.columns)
        m, d = self.integers.shape
        self.points, self.values = np.empty((m + 1, d)), np.empty((m + 1, m))
        self.stack = begin(self.columns, self.table, positive, (m + 63) // 64, self.points, self.values)
        self.mended = np.zeros((2, d + 1 + m))
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
        state, path, depth, reach, prefix, bits = self.stack
        out_bits = np.empty((most, self.positive.shape[1]), dtype=np.uint64)
        out_points = np.empty((most if points else 0, len(self.power)))
        cursor = ends[:-1].copy()
        while True:
            status = merge(
                self.columns,
                self.power,
                self.table,
                self.error,
                pivots,
                ends,
                trace_bits,
                trace_points,
                self.positive,
                self.negative,
                self.wanted,
                state,
                cursor,
                path,
                depth,
                reach,
                self.points,
                self.values,
                prefix,
                bits,
                self.mended,
                out_bits,
                out_points,
            )
            if status == REPAIR:
                self._mend(int(depth[state[0]]), path)
                state[2] = 1
            elif status == UNCERTAIN:
                self._settle(int(state[0]), int(depth[state[0]]))
            else:
                break
        if status != DONE:
            raise SolverError("a trace of the arrangement met no region, which is impossible; please report these data")
        written = int(state[1])
        out_bits, out_points = out_bits[:written], out_points[:written]
        places = np.flatnonzero(np.isnan(out_points[:, 0])) if self.fractions else np.empty(0, dtype=np.int64)
        known = {int(i): self.fractions[round(float(out_points[i, 1] * self.power[1]))] for i in places}
        return Half(out_bits, out_points, known)

    def _settle(self, top: int, k: int) -> None:
        """Replace the products of the point at work by their exact signs."""
        signs = exact.signs_of_products(self.integers[k:], self.points[top] / self.power)
        if signs[0] == 0:
            raise SolverError("a point lies on a hyperplane that misses its region; please report these data")
        self.values[top, k:] = _certain(signs)

    def _mend(self, k: int, path: np.ndarray) -> None:
        """Find points on both sides of hyperplane k in the cell at work, in exact arithmetic."""
        from ..solvers.linear import Rows

        prepared = Rows(self.integers[: k + 1])
        d = len(self.power)
        for side in range(2):
            signs = np.append(path[:k], 2.0 * side - 1.0)
            point = prepared.decide(signs).witness
            if point is None:
                raise SolverError(
                    "a region that a trace splits is empty, which is impossible; please report these data"
                )
            self.mended[side, d] = 1.0
            if point.dtype == object:
                self.mended[side, :2] = np.nan, len(self.fractions)
                self.fractions.append(tuple(Fraction(int(v)) for v in point))
                signs = np.array([exact.sign(v) for v in self.integers.dot(point)])
            else:
                self.mended[side, :d] = point * self.power
                signs = exact.signs_of_products(self.integers, point)
            self.mended[side, d + 1 :] = _certain(signs)


def _certain(signs: np.ndarray) -> np.ndarray:
    """Return products that no error bound reaches."""
    return np.where(signs == 0, 0.0, np.copysign(np.inf, signs.astype(float)))


def scaled(rows: Normals) -> tuple[np.ndarray, np.ndarray]:
    """Return integer rows of any size as columns of floats (d, m), and the power of two of each coordinate."""
    columns = np.array([[v / max(map(abs, row)) for v in row] for row in rows]).T
    power = 2.0 ** np.frexp(np.abs(columns).max(axis=1))[1]
    columns = columns / power[:, None]
    columns = columns / 2.0 ** np.frexp(np.abs(columns).max(axis=0))[1]
    return np.ascontiguousarray(columns), power


__all__ = ["half_regions"]
