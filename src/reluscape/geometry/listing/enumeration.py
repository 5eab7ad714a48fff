"""All regions of an arrangement, half of them listed: compiled where int64 and doubles suffice, exact where not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ...errors import SolverError
from ...numbers import exact
from ..counting import restriction_kernel
from ..counting.counting import cover_number
from ..counting.restriction_kernel import DONE
from . import enumeration_plain
from .balance import column_units, divided, restored
from .enumeration_kernel import half_cells
from .exact_restriction import Normals, line_trace, restrict
from .half import Half
from .mended_walk import MendedWalk, OutOfRangeError, packed

INT64 = 2**62
# rounded integers keep this many bits, so that cross products in the plane still fit
ROUNDED_BITS = 50
# traces with at most so many cells are listed whole where a shard needs some of them
MOST_LISTED = 4_000_000
# rounded traces that need more mending than this share of the regions are not those of the data
MOST_MENDED = 0.01


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
    prefix = np.array(sides, dtype=np.int8)
    source, turn = np.array(source, dtype=np.int64), np.array(turn, dtype=bool)
    if normals.shape[1] == 1:
        lead = 1.0 if normals[0, 0] > 0 else -1.0
        return Half(packed((source >= 0) & ~turn), np.array([[lead]]))
    units = column_units(exact.fraction_matrix(normals)) if units is None else units
    rows = [tuple(int(v) for v in row) for row in divided(normals, units)]
    try:
        half, in_floats = _by_tiers(rows, source, turn, prefix, points)
    except OutOfRangeError:
        return enumeration_plain.half_regions(normals, source, turn, sides, points)
    return restored(half, normals, units, in_floats)


def _by_tiers(
    rows: Normals, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray, points: bool
) -> tuple[Half, bool]:
    """Return the regions from int64 traces, else from rounded ones, else from integers of any size."""
    if len(rows[0]) > 2 and len(prefix) < 2:
        try:
            return _listed(rows, source, turn, prefix, points, compiled_only=True)
        except OverflowError:
            answer = _from_rounded(rows, source, turn, prefix, points)
            if answer is not None:
                return answer
    return _listed(rows, source, turn, prefix, points)


def _from_rounded(
    rows: Normals, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray, points: bool
) -> tuple[Half, bool] | None:
    """Return the regions of data in general position from traces in rounded integers, or None where that fails.

    The walk proves every region that it lists on the integers themselves, whatever the traces say, and no arrangement
    has more regions than Cover's number: a list of that length is complete.
    """
    m, d = len(rows), len(rows[0])
    int_rows = np.array([_rounded(row) for row in rows], dtype=np.int64)
    pivots = np.zeros(m, dtype=np.int64)
    halves: list[Half | None] = [None]
    for k in range(1, m):
        status, pivots[k], traces, below, flips, _ = restriction_kernel.restrict(int_rows, k, prefix[:0], True)
        if status == DONE and len(traces) == k:
            status, bits, inside = half_cells(traces, below, flips, prefix[:0], True)
        else:
            return None
        if status != DONE:
            return None
        halves.append(Half(bits, inside))
    walk = MendedWalk(rows, source, turn, prefix)
    number = cover_number(m, d) // 2
    walk.patience = 10 + int(MOST_MENDED * number)
    try:
        half = _walked(walk, pivots, halves, points)
    except SolverError:
        return None
    return (half, walk.mended == 0) if len(half.bits) == number else None


def _rounded(row: tuple[int, ...]) -> list[int]:
    """Return the row with its largest entry cut to a fixed number of bits."""
    shift = max(abs(v) for v in row).bit_length() - ROUNDED_BITS
    return [(v + (1 << shift >> 1)) >> shift if shift > 0 else v for v in row]


def _cells(rows: Normals, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray, compiled_only: bool) -> Half:
    """Return the cells of a trace: compiled, or with every doubt settled exactly where the kernel gives up."""
    if all(abs(v) < INT64 for row in rows for v in row):
        status, bits, points = half_cells(np.array(rows, dtype=np.int64), source, turn, prefix, False)
        if status == DONE:
            return Half(bits, points)
    if compiled_only:
        raise OverflowError
    half = _shard_of_rounded(rows, source, turn, prefix)
    if half is None:
        half, _ = _listed(rows, source, turn, prefix, True)
    for i, point in half.fractions.items():
        top = max(abs(v) for v in point)
        half.points[i] = [float(v / top) for v in point]
    return half


def _shard_of_rounded(rows: Normals, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray) -> Half | None:
    """Return those cells of a trace that have the wanted sides, from the list of all where rounded integers give it."""
    if len(rows[0]) < 3 or cover_number(len(rows), len(rows[0])) > MOST_LISTED:
        return None
    whole = _from_rounded(rows, source, turn, prefix[:1], True)
    if whole is None:
        return None
    bearer = {int(g): j for j, g in reversed(list(enumerate(source)))}
    samples = [bearer[g] for g in range(len(prefix))]
    cells, n = whole[0], len(source)
    mask, value = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    mask[samples], value[samples] = True, (prefix == 1) != turn[samples]
    picks = np.flatnonzero(((cells.bits & packed(mask)) == packed(value)).all(axis=1))
    place = {int(old): new for new, old in enumerate(picks)}
    fractions = {place[i]: point for i, point in cells.fractions.items() if i in place}
    return Half(cells.bits[picks], cells.points[picks], fractions)


def _listed(
    rows: Normals,
    source: np.ndarray,
    turn: np.ndarray,
    prefix: np.ndarray,
    points: bool,
    compiled_only: bool = False,
) -> tuple[Half, bool]:
    """Return the cells of an arrangement from those of its traces, and whether floats found all their points.

    Raises:
        OverflowError: a trace leaves int64 although only compiled code was asked for.
    """
    m, d = len(rows), len(rows[0])
    pivots = np.zeros(m, dtype=np.int64)
    halves: list[Half | None] = [None]
    for k in range(1, m):
        cells = None
        if d == 2:
            line = line_trace(rows, k, prefix)
            pivots[k] = line.pivot
            if line.bits is not None:
                cells = Half(line.bits, np.array([[line.point]]))
        else:
            trace = restrict(rows, k, prefix)
            pivots[k] = trace.pivot
            if trace.rows:
                cells = _cells(trace.rows, trace.source, trace.turn, trace.wanted, compiled_only)
        halves.append(cells)
    walk = MendedWalk(rows, source, turn, prefix)
    return _walked(walk, pivots, halves, points), walk.mended == 0


def _walked(walk: MendedWalk, pivots: np.ndarray, halves: list[Half | None], points: bool) -> Half:
    """Return the leaves of a walk, given the cells on each hyperplane (None for none); the list is emptied."""
    m, d = walk.integers.shape
    ends = np.zeros(m + 1, dtype=np.int64)
    ends[1:] = np.cumsum([0 if cells is None else len(cells.bits) for cells in halves])
    total = int(ends[m])
    trace_bits, trace_points = np.zeros((total, (m + 63) // 64), dtype=np.uint64), np.empty((total, d - 1))
    for k, cells in enumerate(halves):
        if cells is not None:
            trace_bits[ends[k] : ends[k + 1], : cells.bits.shape[1]] = cells.bits
            trace_points[ends[k] : ends[k + 1]] = cells.points
            halves[k] = None
    side_count = len(walk.wanted)
    most = total + 1 if side_count < 2 else total - int(ends[min(side_count, m)]) + 1
    return walk.run(pivots, ends, trace_bits, trace_points, most, points)


__all__ = ["half_regions"]
