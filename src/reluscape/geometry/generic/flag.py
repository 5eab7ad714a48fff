"""A central arrangement seen from a generic flag: one hyperplane at infinity, then a generic sweep; exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from ...numbers import exact
from ...numbers.checks import readonly

ROTATION_BITS = 30
PERTURBATION_BITS = 60


@dataclass(frozen=True, eq=False)
class Flag:
    """Coordinates u with w = basis @ u in which the last normal is a positive multiple of the last unit vector.

    The half with <w, x_last> > 0 is then the affine space {u : u_D = 1}, D = rank - 1, cut by the other m = k - 1
    hyperplanes <a_j, u'> + b_j = 0, and the coordinates D - 1, D - 2, ..., 0 are the directions of the sweep.

    Attributes:
        basis: (r, r) integers, nonsingular.
        rows: (m, r) integers, the other normals in these coordinates: a_j in the first D columns, b_j in the last.
    """

    basis: np.ndarray
    rows: np.ndarray

    @property
    def m(self) -> int:
        """Number of affine hyperplanes."""
        return int(self.rows.shape[0])

    @property
    def D(self) -> int:
        """Dimension of the affine space."""
        return int(self.basis.shape[0]) - 1

    @cached_property
    def level_sizes(self) -> tuple[int, ...]:
        """Number of regions born at each level k = 0, ..., D: the k-subsets of the m hyperplanes."""
        return tuple(comb(self.m, k) for k in range(self.D + 1))

    @cached_property
    def floats(self) -> np.ndarray:
        """(m, r) rows scaled to largest entry 1, each entry correctly rounded."""
        out = np.zeros(self.rows.shape)
        for j, row in enumerate(self.rows):
            top = max((abs(int(v)) for v in row), default=0) or 1
            out[j] = [int(v) / top for v in row]
        return readonly(out)

    def level(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the linear parts (m, k) and offsets (m,) of level k in floats."""
        return self.floats[:, :k], self.floats[:, self.D] if k == self.D else -self.floats[:, k]

    def exact_level(self, k: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return linear parts and offsets of level k of integer rows (j, r), as integers."""
        return rows[:, :k], rows[:, self.D] if k == self.D else -rows[:, k]


def generic_flag(normals: np.ndarray, rng: np.random.Generator) -> Flag:
    """Return a flag of an arrangement of full rank, drawn at random and kept as exact integers.

    Args:
        normals: (k, r) integers of rank r >= 1, no two parallel; the last one goes to infinity.
        rng: a generic rotation is drawn from it; a non-generic draw shows itself as an exact zero later.
    """
    k, r = normals.shape
    last = [int(v) for v in normals[-1]]
    pivot = max(range(r), key=lambda c: abs(last[c]))
    others = [c for c in range(r) if c != pivot]
    rotation = np.linalg.qr(rng.standard_normal((r - 1, r - 1)))[0] if r > 1 else np.zeros((0, 0))
    integers = np.rint(rotation * 2.0**ROTATION_BITS).astype(np.int64).astype(object)
    basis = np.zeros((r, r), dtype=object)
    for column in range(r - 1):
        for position, c in enumerate(others):
            basis[c, column] = int(integers[position, column]) * last[pivot]
            basis[pivot, column] -= int(integers[position, column]) * last[c]
    basis[pivot, r - 1] = last[pivot] << ROTATION_BITS
    rows = np.zeros((k - 1, r), dtype=object)
    if k > 1:
        product = exact.fmpz_matrix(normals[:-1]) * exact.fmpz_matrix(basis)
        rows[:] = np.array([int(v) for v in product.entries()], dtype=object).reshape(k - 1, r)
    return Flag(readonly(basis, dtype=object), readonly(rows, dtype=object))


@dataclass(frozen=True, eq=False)
class Perturbation:
    """Rows moved by an infinitesimal generic amount, as integers so large that every determinant has its limit sign.

    rows * 2^shift + noise, where 2^shift exceeds twice every coefficient of every minor as a polynomial in the size of
    the perturbation; the sign of a minor is then that of its lowest non-zero coefficient.
    """

    rows: np.ndarray


def perturbation(flag: Flag, rng: np.random.Generator) -> Perturbation:
    """Return the flag's rows with a random infinitesimal perturbation."""
    m, r = flag.rows.shape
    half = 2 ** (PERTURBATION_BITS - 1)
    noise = rng.integers(-half, half, size=(m, r)).astype(object)
    # |row + z noise| <= |row|_1 + |noise|_1 for |z| <= 1; a minor has at most r rows (Hadamard, Cauchy's estimate).
    sizes = sorted(
        (sum(abs(int(v)) for v in row) + sum(abs(int(v)) for v in extra)).bit_length()
        for row, extra in zip(flag.rows, noise, strict=True)
    )
    shift = sum(sizes[-r:]) + 2
    return Perturbation(readonly((flag.rows * (1 << shift)) + noise, dtype=object))
