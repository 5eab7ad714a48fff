"""Cones cut by one sample after the other, for the verifier: rays in integers, edges told by ranks."""

from __future__ import annotations

from math import gcd, lcm

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .effort import Effort

MOST_CELLS, MOST_HELD = 300_000, 20_000_000

Ray = tuple[int, ...]


class Cones:
    """The closed cells that samples cut weight space into, one sample after the other, where they are asked for.

    Cell 0 is all of weight space. Weights are told by their coordinates in as many columns as the samples have rank.
    The first samples, as many as the rank, are independent, so that a cell of k of them has k rays; what is left of
    weight space changes none of their products.

    Args:
        X: (n, d) fractions in the order in which they cut.
        effort: what the cutting may still cost.

    Raises:
        CertificateError: the first samples are dependent.
    """

    def __init__(self, X: np.ndarray, effort: Effort | None = None) -> None:
        self.effort, self.held = effort or Effort(), 0
        self.effort.spend(X.size * min(X.shape), "the rank of the samples")
        pivots = list(exact.pivot_columns(X)) if X.size else []
        unit = lcm(1, *(v.denominator for v in X.flat))
        self.rows = [[int(v * unit) for v in row[pivots]] for row in X]
        self.rank = len(pivots)
        self.bits = self.rank * max((abs(v).bit_length() for row in self.rows for v in row), default=0)
        first = np.array(self.rows[: self.rank], dtype=object)
        if self.rank and exact.rank(first) < self.rank:
            raise CertificateError(f"the first {self.rank} samples of the order are dependent")
        units = exact.fractions_of(exact.fmpq_matrix(first).inv().transpose()) if self.rank else first
        self.dual = [_shortest(row) for row in exact.integer_rows(units)[0]] if self.rank else []
        self.cells: list[tuple[int, list[Ray], str]] = [(0, [], "")]
        self.parts: dict[int, list[int]] = {}

    def rays(self, cell: int) -> list[Ray]:
        """Return the rays of a cell."""
        return self.cells[cell][1]

    def pattern(self, cell: int) -> str:
        """Return the activations of a cell on the samples it has seen, as zeros and ones."""
        return self.cells[cell][2]

    def begin(self, k: int) -> None:
        """Refuse to begin with k samples where the independent ones among them already make too many cells."""
        if 2 ** min(k, self.rank, 64) > MOST_CELLS:
            raise CertificateError(f"the samples cut weight space into more than {MOST_CELLS:,} cells to follow")

    def inside(self, cell: int, k: int) -> list[int]:
        """Return the cells of the first k samples inside a cell."""
        parts = [cell]
        while self.cells[parts[0]][0] < k:
            parts = [part for c in parts for part in self._cut(c)]
        return parts

    def features(self, rays: list[Ray], k: int) -> np.ndarray:
        """Return max(0, <x_i, ray>) times a common number (q, k) for the first k samples."""
        return np.array([[max(_dot(row, ray), 0) for row in self.rows[:k]] for ray in rays], dtype=object)

    def heights(self, rays: list[Ray], k: int) -> np.ndarray:
        """Return <x_i, ray> times a common number (q, k) for the first k samples."""
        return np.array([[_dot(row, ray) for row in self.rows[:k]] for ray in rays], dtype=object)

    def _cut(self, cell: int) -> list[int]:
        """Cut a cell by its next sample; return the parts that are not flat."""
        if cell in self.parts:
            return self.parts[cell]
        depth, rays, pattern = self.cells[cell]
        row, sides = self.rows[depth], []
        if depth < self.rank:
            ray = self.dual[depth]
            sides = [([*rays, ray], "1"), ([*rays, tuple(-v for v in ray)], "0")]
        else:
            heights = [_dot(row, ray) for ray in rays]
            above = [(ray, h) for ray, h in zip(rays, heights, strict=True) if h > 0]
            below = [(ray, h) for ray, h in zip(rays, heights, strict=True) if h < 0]
            pairs = len(above) * len(below)
            self.effort.spend_integers((len(rays) + pairs * depth) * self.rank, self.bits, "the cells of the samples")
            if above and below:
                flat = [ray for ray, h in zip(rays, heights, strict=True) if h == 0]
                for u, h in above:
                    for v, g in below:
                        if self._edge(u, v, depth):
                            flat.append(_shortest([h * b - g * a for a, b in zip(u, v, strict=True)]))
                sides = [([ray for ray, _ in above] + flat, "1"), ([ray for ray, _ in below] + flat, "0")]
            else:
                sides = [(rays, "1" if above else "0")]
        self.held += sum(len(part) for part, _ in sides)
        if len(self.cells) > MOST_CELLS or self.held > MOST_HELD:
            raise CertificateError(f"the samples cut weight space into more than {MOST_CELLS:,} cells to follow")
        self.parts[cell] = list(range(len(self.cells), len(self.cells) + len(sides)))
        self.cells += [(depth + 1, part, pattern + side) for part, side in sides]
        return self.parts[cell]

    def _edge(self, u: Ray, v: Ray, depth: int) -> bool:
        """Return whether two rays of a cell span an edge: the samples that vanish on both have rank r - 2."""
        shared = [row for row in self.rows[:depth] if _dot(row, u) == 0 and _dot(row, v) == 0]
        goal = self.rank - 2
        return len(shared) >= goal and exact.rank(np.array(shared, dtype=object).reshape(-1, self.rank)) == goal


def _dot(a: list[int], b: Ray) -> int:
    return sum(x * z for x, z in zip(a, b, strict=True))


def _shortest(vector: list[int]) -> Ray:
    divisor = gcd(*(int(v) for v in vector))
    return tuple(int(v) // divisor for v in vector)
