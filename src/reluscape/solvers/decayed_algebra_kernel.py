"""Products, cones and factors of basin programs with weight decay: the small linear algebra of their kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.kernels import inner, kernel
from ..numbers.tolerances import DEFAULT, HUGE_PIVOT, SPECK

# kernels that only kernels call; sums may be taken in any order, so that they are computed some numbers at a time
INSIDE: dict[str, Any] = {"error_model": "numpy"}
SUMS: dict[str, Any] = {**INSIDE, "fastmath": {"reassoc", "contract"}}
# rows of a factor that are subtracted together
BLOCK = 4
# numbers of the policy as the compiled code reads them
PIVOT, RIDGE = DEFAULT.decayed_pivot, DEFAULT.decayed_ridge


@inner(**SUMS)
def corner(A: np.ndarray, B: np.ndarray, i: int, j: int, n: int) -> tuple[float, ...]:
    """Return the products of rows i, i + 1 of A with rows j to j + 3 of B, n numbers each: eight sums at a time."""
    s0, s1, s2, s3, t0, t1, t2, t3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for p in range(n):
        b0, b1, b2, b3 = B[j, p], B[j + 1, p], B[j + 2, p], B[j + 3, p]
        a = A[i, p]
        s0 += a * b0
        s1 += a * b1
        s2 += a * b2
        s3 += a * b3
        a = A[i + 1, p]
        t0 += a * b0
        t1 += a * b1
        t2 += a * b2
        t3 += a * b3
    return s0, s1, s2, s3, t0, t1, t2, t3


@inner(**SUMS)
def _product(A: np.ndarray, i: int, j: int, n: int) -> float:
    """Return the product of the first n numbers of two rows."""
    total = 0.0
    for p in range(n):
        total += A[i, p] * A[j, p]
    return total


@inner(**SUMS)
def factor(A: np.ndarray, n: int) -> None:
    """Fill the lower triangle of A with L, L L^T a positive definite matrix that the upper triangle tells.

    Tiny pivots become huge. Four columns at a time, below them two rows at a time.
    """
    top = np.zeros(n)
    for i in range(n):
        top[i] = abs(A[i, i])
        A[i, i] *= 1.0 + RIDGE
    for k in range(0, n, BLOCK):
        last = min(k + BLOCK, n)
        for c in range(k, last):
            pivot = A[c, c] - _product(A, c, c, c)
            A[c, c] = np.sqrt(pivot) if pivot > PIVOT * top[c] and pivot > SPECK else HUGE_PIVOT
            top[c] = 1.0 / A[c, c]
            for r in range(c + 1, last):
                A[r, c] = (A[c, r] - _product(A, r, c, c)) * top[c]
        if last - k < BLOCK:
            break
        l10, l20, l21 = A[k + 1, k], A[k + 2, k], A[k + 2, k + 1]
        l30, l31, l32 = A[k + 3, k], A[k + 3, k + 1], A[k + 3, k + 2]
        d0, d1, d2, d3 = top[k], top[k + 1], top[k + 2], top[k + 3]
        for i in range(last, n - 1, 2):
            s0, s1, s2, s3, t0, t1, t2, t3 = corner(A, A, i, k, k)
            x0 = (A[k, i] - s0) * d0
            x1 = (A[k + 1, i] - s1 - l10 * x0) * d1
            x2 = (A[k + 2, i] - s2 - l20 * x0 - l21 * x1) * d2
            A[i, k], A[i, k + 1], A[i, k + 2] = x0, x1, x2
            A[i, k + 3] = (A[k + 3, i] - s3 - l30 * x0 - l31 * x1 - l32 * x2) * d3
            x0 = (A[k, i + 1] - t0) * d0
            x1 = (A[k + 1, i + 1] - t1 - l10 * x0) * d1
            x2 = (A[k + 2, i + 1] - t2 - l20 * x0 - l21 * x1) * d2
            A[i + 1, k], A[i + 1, k + 1], A[i + 1, k + 2] = x0, x1, x2
            A[i + 1, k + 3] = (A[k + 3, i + 1] - t3 - l30 * x0 - l31 * x1 - l32 * x2) * d3
        if (n - last) % 2:
            for c in range(k, last):
                A[n - 1, c] = (A[c, n - 1] - _product(A, n - 1, c, c)) * top[c]


@inner(**SUMS)
def solve(L: np.ndarray, n: int, b: np.ndarray) -> None:
    """Replace b by the solution of L L^T x = b, four rows at a time."""
    whole = n - n % BLOCK
    for i in range(0, whole, BLOCK):
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for p in range(i):
            share = b[p]
            s0 += L[i, p] * share
            s1 += L[i + 1, p] * share
            s2 += L[i + 2, p] * share
            s3 += L[i + 3, p] * share
        x0 = (b[i] - s0) / L[i, i]
        x1 = (b[i + 1] - s1 - L[i + 1, i] * x0) / L[i + 1, i + 1]
        x2 = (b[i + 2] - s2 - L[i + 2, i] * x0 - L[i + 2, i + 1] * x1) / L[i + 2, i + 2]
        s3 += L[i + 3, i] * x0 + L[i + 3, i + 1] * x1 + L[i + 3, i + 2] * x2
        b[i], b[i + 1], b[i + 2], b[i + 3] = x0, x1, x2, (b[i + 3] - s3) / L[i + 3, i + 3]
    for i in range(whole, n):
        total = 0.0
        for p in range(i):
            total += L[i, p] * b[p]
        b[i] = (b[i] - total) / L[i, i]
    for i in range(n - 1, whole - 1, -1):
        b[i] /= L[i, i]
        share = b[i]
        for p in range(i):
            b[p] -= share * L[i, p]
    for i in range(whole - BLOCK, -1, -BLOCK):
        x3 = b[i + 3] / L[i + 3, i + 3]
        x2 = (b[i + 2] - L[i + 3, i + 2] * x3) / L[i + 2, i + 2]
        x1 = (b[i + 1] - L[i + 3, i + 1] * x3 - L[i + 2, i + 1] * x2) / L[i + 1, i + 1]
        x0 = (b[i] - L[i + 3, i] * x3 - L[i + 2, i] * x2 - L[i + 1, i] * x1) / L[i, i]
        b[i], b[i + 1], b[i + 2], b[i + 3] = x0, x1, x2, x3
        for p in range(i):
            b[p] -= x0 * L[i, p] + x1 * L[i + 1, p] + x2 * L[i + 2, p] + x3 * L[i + 3, p]


@inner(**INSIDE)
def copy(source: np.ndarray, target: np.ndarray) -> None:
    """Fill a matrix with another one; an assignment of slices would compile the wording of its errors for seconds."""
    for j in range(source.shape[0]):
        for a in range(source.shape[1]):
            target[j, a] = source[j, a]


@inner(**SUMS)
def times(F: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with F x."""
    for i in range(F.shape[0]):
        total = 0.0
        for a in range(F.shape[1]):
            total += F[i, a] * x[a]
        out[i] = total


@inner(**INSIDE)
def back(F: np.ndarray, e: np.ndarray, out: np.ndarray) -> None:
    """Fill out with F^T e."""
    for a in range(F.shape[1]):
        out[a] = 0.0
    for i in range(F.shape[0]):
        share = e[i]
        for a in range(F.shape[1]):
            out[a] += share * F[i, a]


@inner(**INSIDE)
def heights(C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out (m, k) with C_j x_j."""
    for j in range(len(states)):
        st = states[j]
        for r in range(K[st]):
            out[j, r] = 0.0
        for a in range(off[j + 1] - off[j]):
            share = x[off[j] + a]
            for r in range(K[st]):
                out[j, r] += share * C[st, a, r]


@inner(**SUMS)
def pushes(C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with C_j^T z_j, one unit after another."""
    for j in range(len(states)):
        st = states[j]
        for a in range(off[j + 1] - off[j]):
            total = 0.0
            for r in range(K[st]):
                total += C[st, a, r] * z[j, r]
            out[off[j] + a] = total


@inner(**SUMS)
def blocks(
    C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, s: np.ndarray, z: np.ndarray, H: np.ndarray
) -> None:
    """Add C_j^T diag(z_j / s_j) C_j to the upper triangles of the blocks of H."""
    k = s.shape[1]
    ratio, wide = np.zeros(k), np.zeros((2, k))
    for j in range(len(states)):
        st, a0 = states[j], off[j]
        rows, count = off[j + 1] - a0, K[st]
        cone = C[st]
        for r in range(count):
            ratio[r] = z[j, r] / s[j, r]
        for first in range(0, rows, 2):
            pair = min(first + 2, rows)
            for a in range(first, pair):
                for r in range(count):
                    wide[a - first, r] = cone[a, r] * ratio[r]
            whole = first
            if pair == first + 2:
                for c in range(first, rows - 3, 4):
                    s0, s1, s2, s3, t0, t1, t2, t3 = corner(wide, cone, 0, c, count)
                    a, b = a0 + first, a0 + c
                    H[a, b] += s0
                    H[a, b + 1] += s1
                    H[a, b + 2] += s2
                    H[a, b + 3] += s3
                    H[a + 1, b] += t0
                    H[a + 1, b + 1] += t1
                    H[a + 1, b + 2] += t2
                    H[a + 1, b + 3] += t3
                    whole = c + 4
            for a in range(first, pair):
                for c in range(max(whole, a), rows):
                    value = 0.0
                    for r in range(count):
                        value += wide[a - first, r] * cone[c, r]
                    H[a0 + a, a0 + c] += value


@kernel(lambda F, h, H: F.size * F.shape[1] / 2, seconds=1.0, **SUMS)
def products(F: np.ndarray, h: np.ndarray, H: np.ndarray) -> None:
    """Fill the upper triangle of H with F^T diag(h) F, two rows of it and four columns at a time."""
    n, N = F.shape
    columns, wide = np.zeros((N + 4, n)), np.zeros((2, n))
    for i in range(n):
        for a in range(N):
            columns[a, i] = F[i, a]
    for a in range(0, N, 2):
        for r in range(2):
            for i in range(n):
                wide[r, i] = h[i] * columns[a + r, i]
        for c in range(a, N, 4):
            s0, s1, s2, s3, t0, t1, t2, t3 = corner(wide, columns, 0, c, n)
            if c + 4 <= N:  # and the second row is within the matrix too
                H[a, c], H[a, c + 1], H[a, c + 2], H[a, c + 3] = s0, s1, s2, s3
                H[a + 1, c], H[a + 1, c + 1], H[a + 1, c + 2], H[a + 1, c + 3] = t0, t1, t2, t3
                continue
            upper, lower = (s0, s1, s2, s3), (t0, t1, t2, t3)
            for b in range(N - c):
                H[a, c + b] = upper[b]
                if a + 1 < N:
                    H[a + 1, c + b] = lower[b]
