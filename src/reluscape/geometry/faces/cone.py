"""Extreme rays of a closed cell, by the double description method over the integers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import flint
import numpy as np

from ...errors import InputError
from ...numbers import exact
from ...numbers.checks import readonly

if TYPE_CHECKING:
    from ..arrangement import Arrangement


def extreme_rays(arrangement: Arrangement, class_signs: Any) -> np.ndarray:
    """Return the extreme rays of the closure of a region, exactly zero on their own hyperplanes.

    The closed cell {w : s_j <a_j, w> >= 0} of a region is the set of non-negative combinations of these rays (plus,
    where the data do not span R^d, the subspace orthogonal to all samples).

    Args:
        arrangement: the arrangement of the data.
        class_signs: (k,) entries -1 or +1, the region's side of each distinct hyperplane; the region must exist.

    Returns:
        (q, d) primitive Python integers, one ray a row, in the span of the pivot coordinates.

    Raises:
        InputError: there is no region with these sides.

    Source: Motzkin, Raiffa, Thompson and Thrall, "The double description method" (1953).
    """
    pivot_normals = np.asarray(arrangement.reduced, dtype=object)
    signs = np.asarray(class_signs).reshape(-1)
    rays, _ = cone_rays([[int(s) * int(v) for v in row] for s, row in zip(signs, pivot_normals, strict=True)])
    out = np.zeros((len(rays), arrangement.normals.shape[1]), dtype=object)
    if len(rays):
        out[:, list(arrangement.pivots)] = np.array(rays, dtype=object).reshape(len(rays), -1)
    return readonly(out, dtype=object)


def cone_rays(rows: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """Return the extreme rays of {u : <a_j, u> >= 0 for all j} and, as bit masks, the rows that vanish on each.

    Args:
        rows: integer rows that span R^r, with some u strictly inside.

    Returns:
        primitive integer rays, and a mask per ray with bit j set where <a_j, ray> = 0.

    Raises:
        InputError: the open cone is empty.
    """
    if not rows or not rows[0]:
        return [], []
    r = len(rows[0])
    start = list(exact.pivot_columns(np.array(rows, dtype=object).T))
    if len(start) < r:
        raise InputError(f"the rows span {len(start)} of {r} dimensions; use reduced coordinates")
    inverse = flint.fmpz_mat(r, r, [v for i in start for v in rows[i]]).inv()
    rays = [_primitive([exact.to_fraction(inverse[c, column]) for c in range(r)]) for column in range(r)]
    masks = [sum(1 << i for i in start if i != start[column]) for column in range(r)]
    for j in (j for j in range(len(rows)) if j not in set(start)):
        if not rays:
            break
        values = [sum(a * b for a, b in zip(rows[j], ray, strict=True)) for ray in rays]
        if min(values) >= 0:
            masks = [mask | (1 << j) if v == 0 else mask for mask, v in zip(masks, values, strict=True)]
            continue
        rays, masks = _cut(rays, masks, values, j, r)
    for j in range(len(rows)):
        if all(mask >> j & 1 for mask in masks):
            raise InputError("no region has these sides: their intersection has no interior")
    return rays, masks


def _cut(
    rays: list[list[int]], masks: list[int], values: list[int], j: int, r: int
) -> tuple[list[list[int]], list[int]]:
    """Return the rays and masks after intersecting with row j, on which the rays have the given values."""
    new_rays = [ray for ray, v in zip(rays, values, strict=True) if v >= 0]
    kept_masks = [mask | (1 << j if v == 0 else 0) for mask, v in zip(masks, values, strict=True) if v >= 0]
    above = [i for i, v in enumerate(values) if v > 0]
    below = [i for i, v in enumerate(values) if v < 0]
    for p in above:
        for q in below:
            common = masks[p] & masks[q]
            if common.bit_count() < r - 2:
                continue
            if any(common & ~mask == 0 for i, mask in enumerate(masks) if i != p and i != q):
                continue
            ray = [values[p] * b - values[q] * a for a, b in zip(rays[p], rays[q], strict=True)]
            new_rays.append(_primitive(ray))
            kept_masks.append(common | (1 << j))
    return new_rays, kept_masks


def _primitive(values: list[Any]) -> list[int]:
    """Return the primitive integer vector on the ray through rational values."""
    common = math.lcm(*(v.denominator for v in values))
    integers = [int(v * common) for v in values]
    divisor = math.gcd(*integers) or 1
    return [v // divisor for v in integers]
