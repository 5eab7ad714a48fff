"""Compiled list of the cells that lines through the origin cut in half the plane, in lexicographic order."""

from __future__ import annotations

import math

import numpy as np

from ...numbers.kernels import inner
from ..counting.restriction_kernel import DONE, OVERFLOW, REPAIR

# a cross product of unit vectors above this has the sign that doubles say: three roundings of each of two products
CLEAR = 2.0**-49
# with entries below this a cross product that floats cannot tell from zero is below 2**63, and int64 has it exactly
LARGEST = 2**55
# below this int64 has every cross product
SMALL = 2**30


@inner()
def turn_of(a: int, b: int, c: int, d: int, small: bool) -> int:
    """Return the sign of a d - b c for integers below LARGEST.

    The float value is within 2^-50 (|a d| + |b c|) <= 2^61 of the truth; if that leaves the sign open, the truth is
    below 2^62 and int64, which wraps around at 2^64, holds it.
    """
    if not small:
        p, q = float(a) * float(d), float(b) * float(c)
        value = p - q
        if abs(value) > 2.0**-50 * (abs(p) + abs(q)):
            return 1 if value > 0.0 else -1
    determinant = a * d - b * c
    return 1 if determinant > 0 else (-1 if determinant < 0 else 0)


@inner()
def plane_cells(
    rows: np.ndarray, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray
) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the cells on the positive side of line 0: its rays in order of angle are compared in integers.

    Args:
        rows: (m, 2) int64, pairwise non-parallel.
        source: (n,) the line that decides each bit of the output, -1 for a bit that is never set.
        turn: (n,) bool, whether its negative side sets the bit.
        prefix: (q,) the first q sides of the cells asked for; or empty.

    Returns:
        (DONE, or why int64 or doubles do not suffice; bits (N, words); points (N, 2)).
    """
    m, n = len(rows), len(source)
    words = (n + 63) >> 6
    one = np.uint64(1)
    bits = np.zeros((m, words), np.uint64)
    points = np.empty((m, 2))
    top = 0
    for k in range(m):
        top = max(top, max(abs(rows[k, 0]), abs(rows[k, 1])))
    if top >= LARGEST:
        return OVERFLOW, bits, points
    small = top < SMALL
    # rays in the half plane, counterclockwise from the edge (rows[0, 1], -rows[0, 0])
    rays = np.empty((m + 1, 2), np.int64)
    order = np.empty(m, np.int64)
    begin = np.zeros(m, np.bool_)
    begin[0] = True
    rays[0, 0], rays[0, 1] = rows[0, 1], -rows[0, 0]
    for k in range(1, m):
        begin[k] = turn_of(rows[k, 0], rows[k, 1], rows[0, 0], rows[0, 1], small) > 0
        x = -rows[k, 1] if begin[k] else rows[k, 1]
        y = rows[k, 0] if begin[k] else -rows[k, 0]
        at = k
        while at > 1 and turn_of(rays[at - 1, 0], rays[at - 1, 1], x, y, small) < 0:
            rays[at, 0], rays[at, 1], order[at] = rays[at - 1, 0], rays[at - 1, 1], order[at - 1]
            at -= 1
        rays[at, 0], rays[at, 1], order[at] = x, y, k
    rays[m, 0], rays[m, 1] = -rays[0, 0], -rays[0, 1]
    flips = np.zeros((m, words), np.uint64)
    now = np.zeros(words, np.uint64)
    inside = 0
    for k in range(min(m, len(prefix))):
        inside += begin[k] == (prefix[k] == 1)
    for i in range(n):
        if source[i] >= 0:
            bit = one << np.uint64(63 - (i & 63))
            flips[source[i], i >> 6] |= bit
            if begin[source[i]] != turn[i]:
                now[i >> 6] |= bit
    count = 0
    px = py = 0.0
    for i in range(m):
        if i > 0:
            k = order[i]
            for t in range(words):
                now[t] ^= flips[k, t]
            if k < len(prefix):
                begin[k] = not begin[k]
                inside += 1 if begin[k] == (prefix[k] == 1) else -1
        if inside < min(m, len(prefix)):
            continue
        px, py = float(rays[i, 0]), float(rays[i, 1])
        qx, qy = float(rays[i + 1, 0]), float(rays[i + 1, 1])
        p, q = 1.0 / math.sqrt(px * px + py * py), 1.0 / math.sqrt(qx * qx + qy * qy)
        px, py, qx, qy = px * p, py * p, qx * q, qy * q
        x, y = px + qx, py + qy
        if x * x + y * y < 0.01:
            x, y = -py, px
        if m > 1 and not (px * y - py * x > CLEAR and x * qy - y * qx > CLEAR):
            return REPAIR, bits, points
        if m == 1:
            x, y = -py, px
        # keep the cells sorted by their bits
        at = count
        while at > 0:
            less = False
            for t in range(words):
                if now[t] != bits[at - 1, t]:
                    less = now[t] < bits[at - 1, t]
                    break
            if not less:
                break
            for t in range(words):
                bits[at, t] = bits[at - 1, t]
            points[at, 0], points[at, 1] = points[at - 1, 0], points[at - 1, 1]
            at -= 1
        for t in range(words):
            bits[at, t] = now[t]
        points[at, 0], points[at, 1] = x, y
        count += 1
    return DONE, bits[:count], points[:count]
