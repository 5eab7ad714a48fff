"""Compiled test of general position modulo a prime: what is independent there is independent over the integers."""

from __future__ import annotations

from math import comb

import numpy as np

from ...numbers.kernels import inner, kernel


@inner("int64(int64, int64)", error_model="numpy")
def inverse(a: int, p: int) -> int:
    """Return 1 / a modulo a prime, a not zero."""
    r, s, x, y = p, a, 0, 1
    while s:
        q = r // s
        r, s = s, r - q * s
        x, y = y, x - q * y
    return x % p


@kernel(
    lambda rows, p: 40 * sum(comb(len(rows), i) for i in range(1, rows.shape[1])),
    signature="boolean(int64[:,::1], int64)",
    error_model="numpy",
)
def independent(rows: np.ndarray, p: int) -> bool:
    """Return whether every d of the rows are independent modulo p.

    That is so where no row is zero and, for each row k, the earlier rows modulo row k are again in general position;
    in the plane it means that all quotients differ.

    Args:
        rows: (m, d) residues 0 <= v < p, d >= 2.
        p: a prime below 2^31.
    """
    m, d = rows.shape
    if d == 2:
        # quotients y / x with one inversion for all of them; x = 0 is the point at infinity
        running = np.ones(m + 1, np.int64)
        infinite = 0
        for j in range(m):
            x = rows[j, 0]
            if x == 0:
                infinite += 1
                if rows[j, 1] == 0 or infinite > 1:
                    return False
            running[j + 1] = running[j] * (x if x else 1) % p
        back = inverse(running[m], p)
        slots = 4
        while slots < 2 * m:
            slots *= 2
        table = np.full(slots, -1, np.int64)
        for j in range(m - 1, -1, -1):
            x = rows[j, 0]
            if x == 0:
                continue
            quotient = back * running[j] % p * rows[j, 1] % p
            back = back * x % p
            slot = (quotient * 0x9E3779B1 >> 7) & (slots - 1)
            while table[slot] >= 0:
                if table[slot] == quotient:
                    return False
                slot = (slot + 1) & (slots - 1)
            table[slot] = quotient
        return True
    for k in range(1, m):
        pivot = -1
        for c in range(d):
            if rows[k, c] != 0:
                pivot = c
                break
        if pivot < 0:
            return False
        scale = p - inverse(rows[k, pivot], p)
        factors = np.empty(d, np.int64)
        for c in range(d):
            factors[c] = scale * rows[k, c] % p
        below = np.empty((k, d - 1), np.int64)
        for j in range(k):
            lead = rows[j, pivot]
            at = 0
            for c in range(d):
                if c != pivot:
                    below[j, at] = (rows[j, c] + lead * factors[c]) % p
                    at += 1
        if not independent(below, p):
            return False
    return True
