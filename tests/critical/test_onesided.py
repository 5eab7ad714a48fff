"""Deciding psi >= 0: corners, rays and random directions agree; merging keeps the function."""

from __future__ import annotations

import numpy as np
import pytest

from reluscape.critical.lines import Lines, exact_lines, float_lines
from reluscape.critical.onesided import _corners, _rays, nowhere_negative, vanishes
from reluscape.critical.onesided_float import nowhere_negative_float
from reluscape.critical.zonotope import nearest_point
from reluscape.exact import fraction_array, integer_rows, pivot_columns


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
