"""The largest |psi(u)| on the unit sphere, psi(u) = sum_i r_i relu(<u, z_i>)^2: climbed to, and bounded by cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..geometry.counting.counting import cover_number
from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.data import Dataset
from .network import lifted

__all__ = ["Peak", "Sphere"]

# most cells that are listed for a proof, and most entries of their table
MOST_CELLS, MOST_ENTRIES = 300_000, 30_000_000
BLOCK = 20_000
ROUNDS = 100


@dataclass(frozen=True, eq=False)
class Peak:
    """The largest |psi(u)| over |u| = 1, between the value found and a bound.

    Attributes:
        value: |psi| at `direction`, a lower bound up to rounding.
        direction: (k,) unit vector.
        sign: the sign of psi there, +1 or -1.
        upper: no unit vector has a larger |psi|.
        proof: "cells": `upper` from every cell of the data's arrangement, tight up to rounding in general;
            "eigenvalue": from the two halves of psi alone, seldom tight.
    """

    value: float
    direction: np.ndarray
    sign: int
    upper: float
    proof: str


class Sphere:
    """The data's side of psi, prepared once for many weights r.

    Args:
        X: (n, d) samples without ones, or a Dataset of them; z_i = (x_i, 1).
        cells: False leaves the proof from cells out; None does so where they are too many.
        tolerances: the numerical policy.
    """

    def __init__(self, X: Any, cells: bool | None = None, tolerances: Tolerances = DEFAULT) -> None:
        self.tolerances = tolerances
        self.data = X if isinstance(X, Dataset) else Dataset(X)
        self.Z = lifted(self.data)
        self.n, self.k = self.Z.shape
        self.squares = np.einsum("ni,nj->nij", self.Z, self.Z).reshape(self.n, -1)
        number = cover_number(self.n, self.k)
        self.cells_fit = number <= MOST_CELLS and number * self.n <= MOST_ENTRIES and cells is not False

    @cached_property
    def patterns(self) -> np.ndarray:
        """(R, n) activation pattern of every cell."""
        from ..geometry.regions import enumerate_regions

        plain = self.data
        with_ones = Dataset(plain.fractions if plain.exact_input else plain.X, bias=True)
        return readonly(enumerate_regions(with_ones, witnesses=False).patterns)

    @cached_property
    def doubles(self) -> bool:
        """Whether every input is a double."""
        inputs = zip(self.data.fractions.reshape(-1), self.data.X.reshape(-1).tolist(), strict=True)
        return all(Fraction(value) == exact for exact, value in inputs)

    def psi(self, r: np.ndarray, U: np.ndarray) -> np.ndarray:
        """Return psi at each row of U (S, k)."""
        return np.maximum(U @ self.Z.T, 0.0) ** 2 @ r

    def form(self, r: np.ndarray, patterns: np.ndarray) -> np.ndarray:
        """Return the (S, k, k) matrices M_A = sum_{i in A} r_i z_i z_i^t; psi(u) = u^t M_A u on the cell A."""
        return (patterns @ (r[:, None] * self.squares)).reshape(-1, self.k, self.k)

    def ascend(self, r: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Climb from each start to a local maximum of psi and to one of -psi.

        Every step is the power step of psi + s |u|^2, convex for the s taken and so never downhill, or a jump to the
        top eigenvector of the cell's matrix where that is higher.

        Returns:
            values (2 S,) of |psi|, highest first; directions (2 S, k); signs (2 S,).
        """
        U = np.concatenate([starts, starts])
        U = U / np.linalg.norm(U, axis=1, keepdims=True)
        signs = np.repeat([1.0, -1.0], len(starts))
        positive, negative = self._halves(r)
        shift = np.where(signs > 0, negative, positive)
        values = signs * self.psi(r, U)
        moving = np.arange(len(U))
        least = 4 * MACHINE_PRECISION * (positive + negative)
        for _ in range(ROUNDS):
            u, s = U[moving], signs[moving]
            M = s[:, None, None] * self.form(r, u @ self.Z.T > 0)
            jump = np.linalg.eigh(M)[1][:, :, -1]
            jump *= np.where(np.einsum("sk,sk->s", jump, u) < 0, -1.0, 1.0)[:, None]
            step = np.einsum("skl,sl->sk", M, u) + shift[moving, None] * u
            length = np.linalg.norm(step, axis=1, keepdims=True)
            step = np.where(length > 0, step / np.where(length > 0, length, 1.0), u)
            at = np.stack([s * self.psi(r, jump), s * self.psi(r, -jump), s * self.psi(r, step)])
            best = np.argmax(at, axis=0)
            top = at[best, np.arange(len(u))]
            better = top > values[moving] + self.tolerances.climb * np.abs(values[moving]) + least
            winners = np.stack([jump, -jump, step])[best, np.arange(len(u))]
            U[moving[better]], values[moving[better]] = winners[better], top[better]
            moving = moving[better]
            if not len(moving):
                break
        order = np.argsort(-values, kind="stable")
        return values[order], U[order], signs[order]

    def peak(self, r: Any, starts: np.ndarray, prove: bool = True) -> Peak:
        """Return the largest |psi| over |u| = 1 for weights r (n,): climbed from starts, bounded from above.

        At a maximum the gradient 2 M_A u is radial for every cell A whose closure holds u, so u is an eigenvector of
        M_A and |psi(u)| the size of its eigenvalue. Every cell's eigenpairs are looked at; a pair counts unless its
        eigenvector leaves the closed cell by more than the error of a computed eigenvector. The bound is raised by
        the rounding error of the matrices.
        """
        weights = np.asarray(r, dtype=float)
        values, U, signs = self.ascend(weights, starts)
        value, u, sign = float(values[0]), U[0], signs[0]
        slack = self._rounding(weights)
        if not (prove and self.cells_fit):
            upper = max(self._halves(weights)) + slack
            return Peak(max(value, 0.0), readonly(u), int(sign), max(upper, value), "eigenvalue")
        upper = value
        for eigenvalue, vector, inside in self._eigenpairs(weights, value, slack):
            upper = max(upper, abs(eigenvalue))
            if inside:
                here = float(self.psi(weights, vector[None])[0])
                if abs(here) > value:
                    value, u, sign = abs(here), vector, float(np.sign(here))
        return Peak(max(value, 0.0), readonly(u), int(sign), max(upper + slack, value), "cells")

    def _eigenpairs(self, r: np.ndarray, floor: float, slack: float) -> Iterator[tuple[float, np.ndarray, bool]]:
        """Yield the eigenpairs above a floor that may lie in their cell, and whether they do."""
        for begin in range(0, len(self.patterns), BLOCK):
            pattern = self.patterns[begin : begin + BLOCK]
            if self.k == 2:
                Z = self.Z.astype(np.longdouble)
                squares = np.einsum("ni,nj->nij", Z, Z).reshape(self.n, -1)
                values, vectors = _plane_eigenpairs(pattern @ (r[:, None] * squares))
            else:
                M = self.form(r, pattern)
                large = np.linalg.norm(M, axis=(1, 2)) > floor
                pattern, (values, vectors) = pattern[large], np.linalg.eigh(M[large])
            cell, which = np.nonzero(np.abs(values) > floor + slack)
            if not len(cell):
                continue
            v = vectors[cell, :, which]
            side = np.where(pattern[cell], 1.0, -1.0) * (v @ self.Z.T) / np.linalg.norm(self.Z, axis=1)
            # by how much the eigenvector, turned the better way, leaves the closed cell
            low, high = side.min(axis=1), side.max(axis=1)
            leaves = np.where(-high > low, high, -low)
            flips = np.where(-high > low, -1.0, 1.0)
            error = 4 * slack / np.maximum(_gap(values, cell, which), slack) + 64 * MACHINE_PRECISION * self.k
            for at in np.flatnonzero(leaves <= np.minimum(error, 1.0)):
                yield float(values[cell[at], which[at]]), flips[at] * v[at], bool(leaves[at] <= 0)

    def _halves(self, r: np.ndarray) -> tuple[float, float]:
        """Return the largest eigenvalues of psi's positive and negative parts: psi <= the one, -psi <= the other."""
        parts = [self.form(np.maximum(s * r, 0.0), np.ones((1, self.n), dtype=bool))[0] for s in (1.0, -1.0)]
        return max(0.0, float(np.linalg.eigvalsh(parts[0])[-1])), max(0.0, float(np.linalg.eigvalsh(parts[1])[-1]))

    def _rounding(self, r: np.ndarray) -> float:
        """Return a bound on the rounding error of a cell's eigenvalues.

        The sums have n terms of a few roundings each, and a symmetric solver adds a few for every row. In the plane
        both are done in the longest floats there are. Samples that are no doubles were rounded once before.
        """
        size = float(np.abs(r) @ (self.Z**2).sum(axis=1))
        unit = float(np.finfo(np.longdouble).eps) if self.k == 2 else MACHINE_PRECISION
        data_error = 0.0 if self.doubles else 4 * MACHINE_PRECISION
        return (4 * (self.n + 8 * self.k) * unit + data_error) * size


def _plane_eigenpairs(M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues (S, 2) and eigenvectors (S, 2, 2), in columns, of symmetric 2 by 2 matrices (S, 4)."""
    a, b, c = M[:, 0], M[:, 1], M[:, 3]
    middle, radius = (a + c) / 2, np.hypot((a - c) / 2, b)
    angle = np.arctan2(2 * b, a - c).astype(float) / 2
    top, low = (np.stack([np.cos(t), np.sin(t)], axis=1) for t in (angle, angle + np.pi / 2))
    return np.stack([middle + radius, middle - radius], axis=1), np.stack([top, low], axis=2)


def _gap(values: np.ndarray, cell: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Return the distance of each eigenvalue from the others of its matrix."""
    distance = np.abs(values[cell] - values[cell, which][:, None])
    distance[np.arange(len(cell)), which] = np.inf
    return distance.min(axis=1)
