"""Extreme rays against all intersections of hyperplanes."""

import itertools
from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import InputError
from reluscape.geometry.faces.cone import cone_rays
from reluscape.numbers import exact


def brute_rays(rows):
    """Every line in which r - 1 independent rows meet, kept where it satisfies all inequalities."""
    r = len(rows[0])
    found = set()
    for subset in itertools.combinations(rows, r - 1):
        M = np.array(subset, dtype=object).reshape(r - 1, r)
        kernel = exact.nullspace(M) if r > 1 else exact.nullspace(np.zeros((0, 1), dtype=object))
        if len(kernel) != 1:
            continue
        for sign in (1, -1):
            ray = [sign * v for v in kernel[0]]
            if all(sum(a * b for a, b in zip(row, ray, strict=True)) >= 0 for row in rows):
                scale = np.lcm.reduce([int(v.denominator) for v in ray])
                integers = [int(v * int(scale)) for v in ray]
                found.add(tuple(v // gcd(*integers) for v in integers))
    return found


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 5), st.integers(1, 3))
def test_rays_of_random_cells(seed, r, extra, bound):
    rng = np.random.default_rng(seed)
    rows = rng.integers(-bound, bound + 1, size=(r + extra, r))
    w = rng.integers(-50, 51, size=r)
    rows = np.concatenate([rows, np.eye(r, dtype=int)])
    products = rows @ w
    rows = (rows * np.sign(products)[:, None])[products != 0]
    if np.linalg.matrix_rank(rows) < r:
        return
    rows = rows.tolist()
    rays, masks = cone_rays(rows)
    assert {tuple(ray) for ray in rays} == brute_rays(rows)
    assert len(rays) == len(set(map(tuple, rays)))
    for ray, mask in zip(rays, masks, strict=True):
        for j, row in enumerate(rows):
            assert (mask >> j & 1) == (sum(a * b for a, b in zip(row, ray, strict=True)) == 0)


def test_an_empty_open_cone_is_refused():
    with pytest.raises(InputError, match="no region"):
        cone_rays([[1, 0], [0, 1], [-1, 0]])
    with pytest.raises(InputError, match="no region"):
        cone_rays([[1, 0], [0, 1], [-1, -1]])
    with pytest.raises(InputError, match="span"):
        cone_rays([[1, 0], [2, 0]])


def test_the_cube_cone():
    # The cone over a square: four rays, every one on two of the four walls.
    rays, masks = cone_rays([[1, 0, 1], [-1, 0, 1], [0, 1, 1], [0, -1, 1]])
    assert {tuple(r) for r in rays} == {(1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, 1)}
    assert all(mask.bit_count() == 2 for mask in masks)
