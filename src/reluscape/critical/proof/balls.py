"""Arrays of intervals in doubles, middle and radius, whose radii hold every rounding error whatever BLAS does.

A sum of k products in any order is off by at most k u / (1 - k u) times the sum of their absolute values (u = 2^-53;
Higham, Accuracy and Stability of Numerical Algorithms, section 3.1; Rump, BIT 39, 1999, for matrices of intervals).
Twice that bound is taken, and the radii are rounded upwards by a factor that holds their own rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...numbers.tolerances import MACHINE_PRECISION as EPS

# more than what an underflow can take from one product
UNDERFLOW = 1e-307


class Balls:
    """An array of intervals [mid - rad, mid + rad].

    Attributes:
        mid: middles.
        rad: radii, not negative, of the same shape.

    Example:
        >>> third = Balls(np.array([1 / 3]), np.array([1e-16]))
        >>> bool(((third + third + third) - 1.0).holds_zero().all())
        True
    """

    __array_ufunc__ = None

    def __init__(self, mid: Any, rad: Any = None) -> None:
        self.mid = np.asarray(mid, dtype=float)
        self.rad = np.zeros_like(self.mid) if rad is None else np.asarray(rad, dtype=float)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.mid.shape

    @property
    def T(self) -> Balls:
        """The transpose."""
        return Balls(self.mid.T, self.rad.T)

    def __len__(self) -> int:
        return len(self.mid)

    def __getitem__(self, at: Any) -> Balls:
        return Balls(self.mid[at], self.rad[at])

    def __setitem__(self, at: Any, value: Any) -> None:
        value = as_balls(value)
        self.mid[at], self.rad[at] = value.mid, value.rad

    def reshape(self, *shape: int) -> Balls:
        """Return the same intervals in another shape."""
        return Balls(self.mid.reshape(*shape), self.rad.reshape(*shape))

    def transpose(self, *axes: int) -> Balls:
        """Return the same intervals with axes in another order."""
        return Balls(self.mid.transpose(*axes), self.rad.transpose(*axes))

    def copy(self) -> Balls:
        """Return a copy."""
        return Balls(self.mid.copy(), self.rad.copy())

    def __neg__(self) -> Balls:
        return Balls(-self.mid, self.rad)

    def __add__(self, other: Any) -> Balls:
        other = as_balls(other)
        mid = self.mid + other.mid
        return Balls(mid, (self.rad + other.rad + EPS * np.abs(mid)) * (1 + 4 * EPS))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Balls:
        return self + (-as_balls(other))

    def __rsub__(self, other: Any) -> Balls:
        return as_balls(other) + (-self)

    def __mul__(self, other: Any) -> Balls:
        other = as_balls(other)
        mid = self.mid * other.mid
        rad = np.abs(self.mid) * other.rad + self.rad * (np.abs(other.mid) + other.rad) + EPS * np.abs(mid)
        return Balls(mid, rad * (1 + 8 * EPS) + UNDERFLOW)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> Balls:
        other = as_balls(other)
        k = max(self.mid.shape[-1], 1)
        size = np.abs(other.mid)
        rad = np.abs(self.mid) @ (other.rad + 2 * k * EPS * size)
        if self.rad.any():
            rad = rad + self.rad @ (size + other.rad)
        return Balls(self.mid @ other.mid, rad * (1 + (4 * k + 16) * EPS) + k * UNDERFLOW)

    def __rmatmul__(self, other: Any) -> Balls:
        return as_balls(other) @ self

    def lower(self) -> np.ndarray:
        """Return numbers not above the intervals."""
        return np.nextafter(self.mid - self.rad, -np.inf)

    def upper(self) -> np.ndarray:
        """Return numbers not below the intervals."""
        return np.nextafter(self.mid + self.rad, np.inf)

    def size(self) -> np.ndarray:
        """Return bounds of the absolute values."""
        return np.nextafter(np.abs(self.mid) + self.rad, np.inf)

    def holds_zero(self) -> np.ndarray:
        """Return where zero lies in the interval, booleans."""
        return (self.lower() <= 0) & (self.upper() >= 0)


def as_balls(value: Any) -> Balls:
    """Return an array of doubles as intervals without width; intervals stay."""
    return value if isinstance(value, Balls) else Balls(value)


def enclosed(values: Any) -> Balls:
    """Return intervals around exact numbers (fractions)."""
    fractions = np.asarray(values, dtype=object)
    mid = np.array([float(v) for v in fractions.reshape(-1)], dtype=float).reshape(fractions.shape)
    same = [Fraction(m) == v for m, v in zip(mid.reshape(-1).tolist(), fractions.reshape(-1), strict=True)]
    exact = np.array(same, dtype=bool).reshape(fractions.shape)
    return Balls(mid, np.where(exact, 0.0, np.abs(mid) * EPS + UNDERFLOW))


def to_arb(values: Balls) -> np.ndarray:
    """Return the intervals as an object array of `flint.arb`."""
    out = np.empty(values.mid.size, dtype=object)
    for i, (m, r) in enumerate(zip(values.mid.reshape(-1).tolist(), values.rad.reshape(-1).tolist(), strict=True)):
        out[i] = flint.arb(m, r)
    return out.reshape(values.shape)


def from_arb(values: Any) -> Balls:
    """Return an object array of `flint.arb` as intervals in doubles around them."""
    array = np.asarray(values, dtype=object)
    mid = np.array([float(v.mid()) for v in array.reshape(-1)], dtype=float)
    rad = np.array([float(v.rad()) for v in array.reshape(-1)], dtype=float)
    return Balls(
        mid.reshape(array.shape), (rad + 2 * EPS * np.abs(mid)).reshape(array.shape) * (1 + 4 * EPS) + UNDERFLOW
    )


def join(parts: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one kind (doubles, objects or intervals) one after the other."""
    if any(isinstance(part, Balls) for part in parts):
        whole = [as_balls(part) for part in parts]
        return Balls(np.concatenate([w.mid for w in whole], axis), np.concatenate([w.rad for w in whole], axis))
    return np.concatenate(parts, axis)
