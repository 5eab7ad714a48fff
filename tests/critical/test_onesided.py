"""Deciding psi >= 0: corners, rays and random directions agree; merging keeps the function."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reluscape.critical.inclusion import exact_inclusion, float_inclusion
from reluscape.critical.onesided import _corners, _rays, nowhere_negative, vanishes
from reluscape.critical.onesided_float import nowhere_negative_float
from reluscape.critical.units import Lines, exact_lines, float_lines
from reluscape.critical.zonotope import nearest_point
from reluscape.numbers.exact import fraction_array, integer_rows, nullspace, pivot_columns
from reluscape.numbers.fans import fan_blocks, fan_minima, ray_count


def random_form(rng, d=None, k=None):
    d, k = d or int(rng.integers(1, 4)), k or int(rng.integers(0, 7))
    rows = rng.integers(-2, 3, size=(k, d))
    rows = rows[rows.any(axis=1)]
    weights = rng.integers(-2, 5, size=len(rows))
    generators = rows * np.maximum(weights, 0)[:, None]
    g = -np.round(generators.sum(axis=0) * rng.random()).astype(int) if rng.random() < 0.8 else rng.integers(-1, 2, d)
    primitive = integer_rows(fraction_array(rows.astype(object)).reshape(rows.shape))[0] if len(rows) else rows
    return fraction_array(g.astype(object)), primitive.astype(object), weights.astype(object)


def psi(g, rows, weights, u):
    return g @ u + sum(w * max(r @ u, 0) for r, w in zip(rows, weights, strict=True))


def test_merging_keeps_the_function():
    rng = np.random.default_rng(0)
    for _ in range(200):
        g, rows, weights = random_form(rng)
        merged = exact_lines(g, rows, weights)
        floats = float_lines(g.astype(float), rows.astype(float), weights.astype(float), 1e-9, 1e-12)
        for u in rng.integers(-5, 6, size=(10, len(g))).astype(object):
            assert merged.value(u) == psi(g, rows, weights, u)
            assert float(floats.value(u.astype(float))) == pytest.approx(float(merged.value(u)), abs=1e-9)


def test_all_ways_to_decide_agree():
    rng = np.random.default_rng(1)
    answers = []
    for _ in range(400):
        form = exact_lines(*random_form(rng))
        found = nowhere_negative(form)
        answers.append(found.holds)
        if found.holds:
            us = rng.normal(size=(200, len(form.g)))
            values = us @ form.g.astype(float) + np.maximum(us @ form.rows.astype(float).T, 0) @ form.weights.astype(
                float
            )
            assert values.min() > -1e-9
        else:
            assert form.value(found.direction) < 0
        numerical = nowhere_negative_float(
            float_lines(form.g.astype(float), form.rows.astype(float), form.weights.astype(float), 1e-9, 1e-12), 1e-9
        )
        assert numerical.holds == found.holds
        columns = pivot_columns(form.rows) if len(form.rows) else ()
        if found.method in ("corners", "guess") and len(columns):
            negative = [i for i, w in enumerate(form.weights) if w < 0]
            assert _rays(form, columns).holds == _corners(form, negative).holds == found.holds
    assert 40 < sum(answers) < 360


def test_vanishing():
    rng = np.random.default_rng(2)
    for _ in range(200):
        form = exact_lines(*random_form(rng))
        zero, u = vanishes(form)
        assert zero == (len(form.rows) == 0 and not any(form.g))
        assert zero or form.value(u) != 0
    g, rows = fraction_array([1, 0]), np.array([[1, 0], [-1, 0]], dtype=object)
    assert vanishes(exact_lines(-g, rows, np.array([1, -1], dtype=object)))[0]


def test_a_small_budget_leaves_the_question_open():
    rows = np.array([[1, k, k * k] for k in range(-6, 7)], dtype=object)
    weights = np.array([(-1) ** k * 3 + 1 for k in range(13)], dtype=object)
    form = Lines(fraction_array([0, 0, 0]), rows, weights)
    assert nowhere_negative(form, budget=5).holds is not True


def test_nearest_point_of_a_zonotope_is_optimal():
    rng = np.random.default_rng(3)
    for _ in range(100):
        d, k = int(rng.integers(1, 4)), int(rng.integers(0, 6))
        g, Z = fraction_array(rng.integers(-4, 5, d).astype(object)), rng.integers(-3, 4, size=(k, d)).astype(object)
        p, t = nearest_point(g, Z)
        assert all(0 <= value <= 1 for value in t)
        assert list(g + sum((a * z for a, z in zip(t, Z, strict=True)), 0 * g)) == list(p)
        lowest = p @ g + sum(min(p @ z, 0) for z in Z)
        assert lowest >= p @ p


def many_lines(rng, k, d, down):
    """Pairwise non-parallel integer lines, some of negative weight, g near the middle of the positive zonotope."""
    rows = {}
    while len(rows) < k:
        row = rng.integers(-4, 5, size=d)
        if row.any():
            row = row // np.gcd.reduce(row)
            rows[tuple(row if row[np.flatnonzero(row)[0]] > 0 else -row)] = row
    Z = np.array([[int(t) for t in row] for row in rows], dtype=object)
    weights = rng.integers(3, 12, size=k)
    chosen = rng.choice(k, size=down, replace=False)
    weights[chosen] = -rng.integers(1, 4, size=down)
    middle = (np.maximum(weights, 0)[:, None] * Z).sum(axis=0)
    return Lines(fraction_array(-(middle // 2)), Z, np.array(weights.tolist(), dtype=object))


def test_rays_of_a_fan_are_those_of_elimination():
    rng = np.random.default_rng(4)
    for d in (1, 2, 3, 4):
        rows = many_lines(rng, {1: 1, 2: 5, 3: 6, 4: 6}[d], d, 0).rows
        if len(pivot_columns(rows)) < d:
            continue
        lines = [u for block in fan_blocks(rows) for u in block]
        assert 2 * len(lines) == ray_count(len(rows), d)
        for u, subset in zip(lines, itertools.combinations(range(len(rows)), d - 1), strict=True):
            free = nullspace(rows[list(subset)]) if subset else fraction_array([[1]])
            assert any(u) == (len(free) == 1)
            if any(u):
                (line,) = free
                place = next(i for i, t in enumerate(line) if t)
                assert list(u) == [t * u[place] / line[place] for t in line]


def test_long_integers_take_the_same_way():
    form = many_lines(np.random.default_rng(5), 7, 3, 2)
    big = Lines(form.g * 10**30, form.rows, form.weights * 10**30)
    short = np.concatenate([v for _, v in fan_minima(form.g, form.rows, form.weights)])
    long = np.concatenate([v for _, v in fan_minima(big.g, big.rows, big.weights)])
    assert short.dtype == np.int64
    assert long.dtype == object
    assert (long == [int(v) * 10**30 for v in short]).all()


@pytest.mark.parametrize(("k", "d", "down"), [(12, 3, 4), (12, 2, 5), (14, 4, 7), (9, 3, 7)])
def test_one_map_for_all_corners_is_sound(k, d, down):
    rng = np.random.default_rng(k + down)
    held = 0
    for _ in range(12):
        form = many_lines(rng, k, d, down)
        columns = pivot_columns(form.rows)
        negative = [i for i in range(k) if form.weights[i] < 0]
        truth = _corners(form, negative).holds
        assert _rays(form, columns).holds == truth == nowhere_negative(form).holds
        found = exact_inclusion(form)
        numerical = float_inclusion(form)
        if found is not None:
            held += 1
            assert truth
            assert numerical[1] > 0
        if truth is False:
            assert numerical is None or numerical[1] <= 1e-9
        floats = float_lines(form.g.astype(float), form.rows.astype(float), form.weights.astype(float), 1e-9, 1e-12)
        assert nowhere_negative_float(floats, 1e-9).holds == truth
    assert held or k < 10
