"""The compiled walk over the cells of an arrangement of integers of any size, doubts settled in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...errors import SolverError
from ...numbers import exact
from ..counting.restriction_kernel import DONE, REPAIR, UNCERTAIN
from .exact_restriction import Normals
from .half import Half
from .prefix_walk_kernel import padded, products, start, walk

# entries of a row further apart than this leave the range of doubles when points are lifted and multiplied
LEAST_POWER = -400


class OutOfRangeError(Exception):
    """The integers are too far apart for floats to propose points."""


class MendedWalk:
    """The walk over the prefixes of one arrangement, its floats mended by exact arithmetic where they are in doubt."""

    def __init__(self, rows: Normals, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray) -> None:
        self.source, self.turn, self.wanted = source, turn, prefix
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
        self.patience = -1
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
                if self.mended == self.patience:
                    raise SolverError("too many points need mending")
                self.state[2] = 1
            elif status == UNCERTAIN:
                self._settle(top, int(self.depth[top]))
            else:
                break
        if status != DONE:
            raise SolverError("a trace of the arrangement met no region, which is impossible; please report these data")
        count = int(self.state[1])
        out_bits, out_points = out_bits[:count], out_points[:count]
        places = np.flatnonzero(np.isnan(out_points[:, 0])) if self.fractions else np.empty(0, dtype=np.int64)
        fractions = {int(i): self.fractions[round(float(out_points[i, 1] * self.power[1]))] for i in places}
        return Half(out_bits, out_points, fractions)

    def _settle(self, top: int, k: int) -> None:
        """Decide the sides of the point at work exactly."""
        signs = exact.signs_of_products(self.integers, self.points[top] / self.power)
        if signs[k] == 0:
            raise SolverError("a point lies on a hyperplane that misses its region; please report these data")
        self.sides[top], self.doubtful[top] = self._sides(signs, k)

    def _mend(self, top: int, k: int) -> None:
        """Find points on both sides of hyperplane k in the cell at work, in exact arithmetic."""
        from ...solvers.linear import Rows

        system = Rows(self.integers[: k + 1])
        inside = np.unpackbits(self.sides[top].astype(">u8").view(np.uint8))[: k + 1].astype(float)
        for side in range(2):
            inside[k] = side
            point = system.decide(2.0 * inside - 1.0).witness
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
        raise OutOfRangeError
    wide = np.zeros((d, padded(m)))
    for j, row in enumerate(rows):
        for c in range(d):
            wide[c, j] = row[c] / (1 << tops[j]) / 2.0 ** powers[c]
    wide[:, :m] /= 2.0 ** np.frexp(np.abs(wide[:, :m]).max(axis=0))[1]
    return wide, 2.0 ** np.array(powers, dtype=float)


def packed(sides: np.ndarray) -> np.ndarray:
    """Return booleans (n,) as one row (1, words) of bits, the first one highest."""
    words = (len(sides) + 63) // 64
    full = np.zeros(64 * words, dtype=bool)
    full[: len(sides)] = sides
    return np.packbits(full).view(">u8").astype(np.uint64)[None]
