"""Karhadkar and Montufar's Propositions 4 and 13: the pictures of all regions and of all units on a line."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...geometry.faces.zonotope import Zonotope, zonotope
from ...geometry.line.functionspace import function_space_1d
from ...problem.data import as_dataset
from ..arguments import require, which_form

__all__ = ["karhadkar_proposition_4", "karhadkar_proposition_13"]


def karhadkar_proposition_4(X: Any, form: str | None = None) -> Zonotope:
    """Return the zonotope of the samples, the sum of the segments [0, x_i]; its vertices are the activation regions.

    Args:
        X: (n, d) samples or a `Dataset`.
        form: "printed" refuses a row of zeros, for which the statement fails; "corrected" (default) leaves such rows
            out and writes False in their column.

    Raises:
        AssumptionError: "printed" and a row of zeros.

    Source: Karhadkar and Montufar, Proposition 4. With x = (1, 0), (0, 0) four patterns label two vertices, and no
    strict region is left.

    Example:
        >>> karhadkar_proposition_4([[1, 0], [0, 1]]).vertices.tolist()
        [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    data = as_dataset(X)
    if which_form(form, "corrected", ("printed", "corrected")) == "printed":
        require(not data.zero_rows, f"no row is zero, got {list(data.zero_rows)}")
    return zonotope(data)


def karhadkar_proposition_13(x: Any) -> np.ndarray:
    """Return the polyline (2n, n) over which the values of one unit with bias on a line form a cone.

    Vertex i is ([x_i - x_j]_+)_j, vertex n + i is ([x_j - x_i]_+)_j; the first and the last are 0.

    Args:
        x: n sorted points, all different.

    Raises:
        AssumptionError: one point alone, where the polyline is 0 but a unit takes every value of at least 0.
        InputError: points that are not sorted, or equal.

    Source: Karhadkar and Montufar, Proposition 13 (for n >= 2).

    Example:
        >>> karhadkar_proposition_13([0, 1]).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    return function_space_1d(x)
