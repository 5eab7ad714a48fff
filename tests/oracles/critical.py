"""Slow ways to see whether a small network is a local minimum: exact losses, probes, neighbouring cells."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import linprog


def fractions(values):
    """Return an object array of Fraction."""
    array = np.array(values, dtype=object)
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        out[index] = Fraction(array[index])
    return out


def loss(X, y, W, v, c=0, slope=0):
    """Mean squared error in rational arithmetic, written out."""
    total = Fraction(0)
    for x, target in zip(X, y, strict=True):
        f = Fraction(c or 0)
        for w, z in zip(W, v, strict=True):
            h = sum((a * b for a, b in zip(w, x, strict=True)), Fraction(0))
            f += z * (h if h > 0 else Fraction(slope) * h)
        total += (f - target) ** 2
    return total / len(y)


def falls_along(X, y, W, v, c, escape, slope=0, steps=(0, 3, 10, 20, 40)):
    """Whether the loss is strictly lower at t = 2^-k along an escape, for every k given."""
    dW, dv = fractions(escape[0]), fractions(escape[1])
    dc = Fraction(escape[2]) if len(escape) > 2 else Fraction(0)
    base = loss(X, y, W, v, c, slope)
    t = [Fraction(1, 2**k) for k in steps]
    return all(loss(X, y, W + s * dW, v + s * dv, (c or 0) + s * dc, slope) < base for s in t)


def probes_below(X, y, W, v, c, rng, radii=(1e-2, 1e-3, 1e-4), count=300, slope=0, trainable="Wv"):
    """Whether some random float perturbation lowers the loss beyond rounding."""
    X, y, W, v = (np.array(a, dtype=float) for a in (X, y, W, v))

    def value(W, v, c):
        h = X @ W.T
        return np.mean((np.where(h > 0, h, slope * h) @ v + c - y) ** 2)

    base = value(W, v, float(c or 0))
    for radius in radii:
        for _ in range(count):
            dW, dv = rng.normal(size=W.shape) * radius, rng.normal(size=v.shape) * radius
            if rng.random() < 0.5 and len(v) > 1:
                keep = np.arange(len(v)) == rng.integers(len(v))
                dW, dv = dW * keep[:, None], dv * keep
            dc = rng.normal() * radius if c is not None else 0.0
            moved = value(W + dW, v + (dv if trainable == "Wv" else 0.0), float(c or 0) + dc)
            if moved < base - 1e-12 * (1 + base):
                return True
    return False


def neighbour_cells_say_minimum(X, y, W, v, c=None):
    """Decide by one linear program per product of neighbouring cells; all output weights must be non-zero.

    In R_j = v_j w_j the loss is convex on every product of cells whose closures hold the point, so the point is a local
    minimum if and only if the gradient of each is nowhere negative on its cone.
    """
    n, d = X.shape
    m = len(v)
    heights = np.array([[sum(a * b for a, b in zip(w, x, strict=True)) for w in W] for x in X], dtype=object)
    f = [sum(z * max(h, 0) for z, h in zip(v, row, strict=True)) + (c or 0) for row in heights]
    e = np.array([float(2 * (a - b)) for a, b in zip(f, y, strict=True)])
    sign = np.array([1.0 if z > 0 else -1.0 for z in v])
    Xf = np.array(X, dtype=float)
    choices = []
    for j in range(m):
        ties = [i for i in range(n) if heights[i, j] == 0 and any(X[i])]
        choices.append([(ties, bits) for bits in product((0, 1), repeat=len(ties))])
    if c is not None and abs(e.sum()) > 1e-9:
        return False
    for selection in product(*choices):
        cost, rows = np.zeros(m * d), []
        for j, (ties, bits) in enumerate(selection):
            active = {i for i in range(n) if heights[i, j] > 0} | {i for i, b in zip(ties, bits, strict=True) if b}
            cost[j * d : (j + 1) * d] = sum((e[i] * Xf[i] for i in active), np.zeros(d))
            for i, b in zip(ties, bits, strict=True):
                row = np.zeros(m * d)
                row[j * d : (j + 1) * d] = -sign[j] * (1 if b else -1) * Xf[i]
                rows.append(row)
        A = np.array(rows) if rows else None
        found = linprog(cost, A_ub=A, b_ub=None if A is None else np.zeros(len(A)), bounds=(-1, 1))
        if found.fun < -1e-8:
            return False
    return True


def reduce_rows(rows):
    """Reduced row echelon form by plain elimination, with the pivot columns."""
    rows, pivots = [list(map(Fraction, row)) for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        rank = len(pivots)
        at = next((r for r in range(rank, len(rows)) if rows[r][column] != 0), None)
        if at is None:
            continue
        rows[rank], rows[at] = rows[at], rows[rank]
        rows[rank] = [a / rows[rank][column] for a in rows[rank]]
        for r in range(len(rows)):
            if r != rank and rows[r][column] != 0:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        pivots.append(column)
    return rows, pivots


def kernel(rows, d):
    """A basis of the vectors orthogonal to all rows."""
    reduced, pivots = reduce_rows(rows) if len(rows) else ([], [])
    basis = []
    for free in (k for k in range(d) if k not in pivots):
        b = [Fraction(int(k == free)) for k in range(d)]
        for row, pivot in zip(reduced, pivots, strict=False):
            b[pivot] = -row[free]
        basis.append(fractions(b))
    return basis


def least_squares_on_faces(X, y, faces, signs, c=False):
    """Exact least squares over R with R_j orthogonal to the samples on its face's hyperplanes; R (m, d) and the bias.

    Args:
        faces: (m, n) entries -1, 0, 1.
        signs: (m,) entries -1, 0, 1; 0 asks for R_j = 0.
        c: with a free constant.
    """
    n, d = X.shape
    columns, owners = [], []
    for j, (face, s) in enumerate(zip(faces, signs, strict=True)):
        for b in kernel([X[i] for i in range(n) if face[i] == 0], d) if s else []:
            columns.append([(b @ X[i]) if face[i] > 0 else Fraction(0) for i in range(n)])
            owners.append((j, b))
    if c:
        columns.append([Fraction(1)] * n)
        owners.append((-1, None))
    R, bias = fractions(np.zeros((len(faces), d), dtype=int)), Fraction(0)
    normal = [
        [sum(a * b for a, b in zip(p, q, strict=True)) for q in columns]
        + [sum(a * b for a, b in zip(p, y, strict=True))]
        for p in columns
    ]
    reduced, pivots = reduce_rows(normal) if normal else ([], [])
    for row, pivot in zip(reduced, pivots, strict=False):
        j, base = owners[pivot]
        if j < 0:
            bias = row[-1]
        else:
            R[j] = R[j] + row[-1] * base
    return R, bias


def random_critical_candidate(rng):
    """Random integer data and a point that is often critical: least squares on a random product of faces.

    Returns:
        X, y, W, v, c (None for half of them), all exact.
    """
    d, n, m = int(rng.integers(1, 4)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    X = rng.integers(-2, 3, size=(n, d))
    for i in range(1, n):
        if rng.random() < 0.3:
            X[i] = X[rng.integers(i)] * rng.choice([1, 2, -1])
    if d > 1 and rng.random() < 0.5:
        X[:, -1] = 1
    X = fractions(X)
    y = fractions(rng.choice([-1, 1], size=n) if rng.random() < 0.5 else rng.integers(-3, 4, size=n))
    W = fractions(rng.integers(-2, 3, size=(m, d)))
    faces = [[int((h := w @ x) > 0) - int(h < 0) for x in X] for w in W]
    signs = rng.choice([-1, 1, 1, -1, 0], size=m)
    with_bias = bool(rng.random() < 0.4)
    R, bias = least_squares_on_faces(X, y, faces, signs, with_bias)
    v = fractions(signs)
    for j, s in enumerate(signs):
        for t in (int(s), -int(s)) if s else ():
            if all((h := t * (R[j] @ x)) * f > 0 or h == f == 0 for x, f in zip(X, faces[j], strict=True)):
                W[j], v[j] = t * R[j], Fraction(t)
                break
    return X, y, W, v, bias if with_bias else None
