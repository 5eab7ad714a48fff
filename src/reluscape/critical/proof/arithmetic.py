"""Three kinds of numbers for one and the same program: doubles, intervals in doubles, and intervals of many digits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...numbers.intervals import ball
from .balls import Balls, enclosed, from_arb, to_arb

FLOATS, BALLS, ARB = "floats", "balls", "arb"


@dataclass(frozen=True)
class Arithmetic:
    """What a program over numbers of one kind needs beside +, - and *.

    Attributes:
        kind: "floats" (nothing is proved), "balls" (intervals in doubles), "arb" (intervals of `flint.ctx.prec` bits).
    """

    kind: str

    def numbers(self, values: Any) -> Any:
        """Return exact numbers (an array of fractions) in this arithmetic."""
        array = np.asarray(values, dtype=object)
        if self.kind == FLOATS:
            return np.array([float(v) for v in array.reshape(-1)], dtype=float).reshape(array.shape)
        if self.kind == BALLS:
            return enclosed(array)
        return _objects([ball(v) for v in array.reshape(-1)], array.shape)

    def doubles(self, values: Any) -> Any:
        """Return an array of doubles, taken as exact, in this arithmetic."""
        array = np.asarray(values, dtype=float)
        if self.kind == FLOATS:
            return array
        if self.kind == BALLS:
            return Balls(array)
        return _objects([flint.arb(v) for v in array.reshape(-1).tolist()], array.shape)

    def number(self, value: Fraction) -> Any:
        """Return one exact number in this arithmetic."""
        if self.kind == FLOATS:
            return float(value)
        return self.numbers(np.array([value], dtype=object))[0]

    def zeros(self, shape: tuple[int, ...]) -> Any:
        """Return zeros."""
        return self.doubles(np.zeros(shape))

    def product(self, A: Any, B: Any) -> Any:
        """Return the product of two matrices."""
        if self.kind != ARB:
            return A @ B
        if 0 in (*A.shape, *B.shape):
            return self.zeros((A.shape[0], B.shape[1]))
        return from_matrix(as_matrix(A) * as_matrix(B))

    def as_arb(self, values: Any) -> np.ndarray:
        """Return numbers as an object array of `flint.arb`."""
        if self.kind == BALLS:
            return to_arb(values)
        if self.kind == FLOATS:
            return to_arb(Balls(values))
        return np.asarray(values, dtype=object)

    def back(self, values: np.ndarray) -> Any:
        """Return an object array of `flint.arb` in this arithmetic."""
        if self.kind == BALLS:
            return from_arb(values)
        if self.kind == FLOATS:
            return from_arb(values).mid
        return values


def as_matrix(A: np.ndarray) -> Any:
    """Return a matrix of objects as `flint.arb_mat`."""
    return flint.arb_mat([list(row) for row in A])


def from_matrix(A: Any) -> np.ndarray:
    """Return a `flint.arb_mat` as a matrix of objects."""
    return _objects(A.entries(), (A.nrows(), A.ncols()))


def _objects(values: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    out = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        out[i] = value
    return out.reshape(shape)
