"""Extreme rays of one cell, exactly: from any of its points to a ray on which a linear function is no smaller."""

from __future__ import annotations

from fractions import Fraction

import flint

from ..solvers.exact_cone import primitive


class Cell:
    """The closed cone {w : <s_i, w> >= 0} of signed integer rows whose rank is their number of columns.

    Args:
        rows: signed rows s_i, k of r integers.
        r: number of columns.
    """

    def __init__(self, rows: list[list[int]], r: int) -> None:
        self.rows = rows
        self.r = r
        self.matrix = flint.fmpz_mat(len(rows), r, [v for row in rows for v in row])
        self.above = [sum(row[c] for row in rows) for c in range(r)]

    def heights(self, w: list[int]) -> list[int]:
        """Return <s_i, w>."""
        product = self.matrix * flint.fmpz_mat(self.r, 1, w)
        return [int(product[i, 0]) for i in range(len(self.rows))]

    def extreme_ray(self, w: list[int], h: list[int]) -> list[int]:
        """Return an extreme ray of the face of w, with <h, ray> / <e, ray> no smaller than at w; e sums the rows.

        On the section where <e, .> keeps its value the cell is a polytope: step along the face, towards larger <h, .>,
        until another row becomes tight; each step lowers the face's dimension.
        """
        while True:
            heights = self.heights(w)
            tight = [i for i, v in enumerate(heights) if v == 0]
            moves = self.null_vectors([self.rows[i] for i in tight] + [self.above])
            if not moves:
                return primitive(w)
            v = moves[0]
            if sum(a * b for a, b in zip(h, v, strict=True)) < 0:
                v = [-a for a in v]
            drops = self.heights(v)
            step = min(Fraction(a, -b) for a, b in zip(heights, drops, strict=True) if b < 0)
            w = primitive([step.denominator * a + step.numerator * b for a, b in zip(w, v, strict=True)])

    def decompose(self, w: list[int]) -> list[list[int]]:
        """Return extreme rays whose positive combination is w."""
        rays = []
        while any(w):
            ray = self.extreme_ray(w, self.above)
            rays.append(ray)
            step = min(Fraction(a, b) for a, b in zip(self.heights(w), self.heights(ray), strict=True) if b > 0)
            w = primitive([step.denominator * a - step.numerator * b for a, b in zip(w, ray, strict=True)])
        return rays

    def null_vectors(self, rows: list[list[int]]) -> list[list[int]]:
        """Return integer vectors that span {v : <row, v> = 0 for all rows}."""
        M = flint.fmpz_mat(len(rows), self.r, [v for row in rows for v in row])
        kernel, nullity = M.nullspace()
        return [primitive([int(kernel[i, c]) for i in range(self.r)]) for c in range(int(nullity))]
