"""The rank of the span of a face of basin predictions, in exact arithmetic modulo a large prime."""

from __future__ import annotations

import flint
import numpy as np

from ..problem.data import Dataset

PRIME = 2**61 - 1


class Residues:
    """A data set modulo the prime.

    Args:
        data: the samples.
        samples: (N,) the rows that count.
    """

    def __init__(self, data: Dataset, samples: np.ndarray) -> None:
        self.d = data.d
        self.rows = [[v % PRIME for v in row] for row in data.rows.tolist()]
        self.table = flint.nmod_mat(len(samples), data.d, [v for i in samples.tolist() for v in self.rows[i]], PRIME)
        scales = [data.row_scale[i] for i in samples.tolist()]
        self.sound = all(v.numerator % PRIME and v.denominator % PRIME for v in scales)
        # primitive rows are the samples divided by their scales, and so is the column of ones
        self.ones = [v.denominator * pow(v.numerator, -1, PRIME) % PRIME for v in scales] if self.sound else []

    def rank(self, picks: np.ndarray) -> int:
        """Return the rank of some rows of the data."""
        rows = [v for i in picks.tolist() for v in self.rows[i]]
        return int(flint.nmod_mat(len(picks), self.d, rows, PRIME).rank())

    def span_rank(self, patterns: np.ndarray, tight: list[np.ndarray], output_bias: bool) -> int | None:
        """Return the rank of [A_1 X N_1 | A_2 X N_2 | ... | 1], N_j the null space of the tight samples of unit j.

        A rank modulo a prime is never above the rank over the rationals, and falls short only where the prime divides a
        determinant; with 61 bits that does not happen by chance. None where the prime divides a scale.

        Args:
            patterns: (m, N) bool.
            tight: for each unit the rows of the data on whose hyperplanes it lies.
            output_bias: True adds the column of ones.
        """
        if not self.sound:
            return None
        columns: list[list[int]] = []
        kernels: dict[bytes, tuple[list[int], int]] = {}  # units on the same samples share theirs
        for pattern, rows in zip(patterns, tight, strict=True):
            key = rows.tobytes()
            if key not in kernels:
                kernels[key] = self._image(rows)
            entries, width = kernels[key]
            active = pattern.tolist()
            columns.extend(
                [v if on else 0 for v, on in zip(entries[c::width], active, strict=True)] for c in range(width)
            )
        if output_bias:
            columns.append(self.ones)
        if not columns:
            return 0
        size = len(columns), len(columns[0])
        return int(flint.nmod_mat(*size, [v for column in columns for v in column], PRIME).rank())

    def _image(self, picks: np.ndarray) -> tuple[list[int], int]:
        """Return the entries of X N row by row and its number of columns, N the null space of some rows of the data."""
        if not len(picks):
            return [int(v) for v in self.table.entries()], self.d
        walls = [v for i in picks.tolist() for v in self.rows[i]]
        kernel, nullity = flint.nmod_mat(len(picks), self.d, walls, PRIME).nullspace()
        if not int(nullity):
            return [], 0
        image = self.table * flint.nmod_mat(
            self.d, int(nullity), [kernel[a, c] for a in range(self.d) for c in range(int(nullity))], PRIME
        )
        return [int(v) for v in image.entries()], int(nullity)
