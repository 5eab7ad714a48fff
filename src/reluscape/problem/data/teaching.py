"""Two classes in the plane that a straight line does not part, for teaching: moons, circles, spirals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.checks import whole_number
from ...numbers.exact import exact_decimals
from ...numbers.seeds import as_generator
from . import Dataset

# figures behind the point: short decimals keep exact arithmetic short
PLACES = 3
TURNS = 1.75


def moons(n: int = 60, noise: float = 0.1, rng: Any = 0, bias: bool = True) -> Dataset:
    """Return n points on two half circles that reach into each other, labels -1 and +1 in turn.

    Args:
        n: number of points, at least 2.
        noise: deviation of the normal noise on every coordinate.
        rng: anything `numpy.random.default_rng` takes.
        bias: append a column of ones.

    Raises:
        InputError: fewer than 2 points, or noise that is no number from 0.

    Example:
        >>> moons(4, noise=0, rng=1).X.shape
        (4, 3)
    """

    def curve(t: np.ndarray, first: np.ndarray) -> np.ndarray:
        x, y = np.cos(np.pi * t), np.sin(np.pi * t)
        return np.column_stack([np.where(first, x, 1 - x), np.where(first, y, 0.5 - y)])

    return _drawn(curve, n, noise, rng, bias)


def circles(n: int = 60, noise: float = 0.1, rng: Any = 0, bias: bool = True) -> Dataset:
    """Return n points on two circles around the origin, radius 1 (label -1) and 1/2 (label +1) in turn.

    Args:
        n: number of points, at least 2.
        noise: deviation of the normal noise on every coordinate.
        rng: anything `numpy.random.default_rng` takes.
        bias: append a column of ones.

    Raises:
        InputError: fewer than 2 points, or noise that is no number from 0.

    Example:
        >>> np.hypot(*circles(4, noise=0).X[:, :2].T).round(2).tolist()
        [1.0, 0.5, 1.0, 0.5]
    """

    def curve(t: np.ndarray, first: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * t
        return np.where(first, 1.0, 0.5)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])

    return _drawn(curve, n, noise, rng, bias)


def spirals(n: int = 60, noise: float = 0.02, rng: Any = 0, bias: bool = True) -> Dataset:
    """Return n points on two spirals, one the other turned by half a circle, labels -1 and +1 in turn.

    Args:
        n: number of points, at least 2.
        noise: deviation of the normal noise on every coordinate.
        rng: anything `numpy.random.default_rng` takes.
        bias: append a column of ones.

    Raises:
        InputError: fewer than 2 points, or noise that is no number from 0.

    Example:
        >>> sorted(set(spirals(6).y.tolist()))
        [-1.0, 1.0]
    """

    def curve(t: np.ndarray, first: np.ndarray) -> np.ndarray:
        angle, side = 2 * np.pi * TURNS * np.sqrt(t), np.where(first, 1.0, -1.0)
        return (side * np.sqrt(t))[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])

    return _drawn(curve, n, noise, rng, bias)


def _drawn(
    curve: Callable[[np.ndarray, np.ndarray], np.ndarray], n: int, noise: float, rng: Any, bias: bool
) -> Dataset:
    """Return points at random places of a pair of curves, with noise, rounded to short decimals."""
    n, generator = whole_number("n", n, least=2), as_generator(rng)
    if not (isinstance(noise, int | float) and 0 <= noise < np.inf):
        raise InputError(f"noise is {noise!r}; give a number from 0")
    first = np.arange(n) % 2 == 0
    points = curve(generator.random(n), first) + noise * generator.standard_normal((n, 2))
    labels = np.where(first, -1, 1)
    return Dataset(exact_decimals(points.round(PLACES)), labels, bias=bias, features=("east", "north"), target="class")
