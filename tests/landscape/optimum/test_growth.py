"""Pricing against every state of one unit, and networks that grow."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.landscape.optimum.growth import constant_network, grown
from reluscape.landscape.optimum.pricing import best_unit
from tests.strategies import problems


def most(data, residual, bias):
    """What one unit can take off a sum of squares: over all states, the part of the residual in the state's cone."""
    target = rs.Dataset(data.fractions, residual)
    patterns = rs.enumerate_regions(data).patterns
    lowest = min(
        rs.basin_value(target, None, pattern[None], [sign], output_bias=bias).value
        for pattern in patterns
        for sign in (1, -1)
    )
    flat = residual - residual.mean() if bias else residual
    return float(flat @ flat) - data.n * lowest


@pytest.mark.parametrize("bias", [False, True])
def test_priced_unit_takes_off_what_the_best_of_all_states_can(bias):
    """Never more, and nearly always as much: the ascent can end in a region that is only locally best."""
    best = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        data = rs.Dataset(np.c_[rng.integers(-9, 10, (7, 2)), np.ones(7, dtype=int)])
        residual = rng.integers(-5, 6, 7).astype(float)
        if bias:
            residual -= residual.mean()
        w, sign = best_unit(data, residual, bias, rng)
        feature = sign * np.maximum(data.X @ w, 0)
        feature = feature - feature.mean() if bias else feature
        gained = float(residual @ residual - (residual - feature) @ (residual - feature))
        possible = most(data, residual, bias)
        assert gained <= possible * (1 + 1e-9) + 1e-9
        best += gained >= 0.999 * possible
    assert best >= 17


@given(problems(max_n=6, max_d=3), st.booleans(), st.integers(0, 5))
@settings(max_examples=20)
def test_a_unit_more_never_raises_the_loss_and_ends_at_the_lowest_of_all_widths(problem, bias, seed):
    data = rs.Dataset(*problem)
    size = max(1.0, float(sum(v * v for v in problem[1])))
    net, losses = constant_network(data, bias), []
    for _ in range(data.n + 1):
        losses.append(net.loss(data))
        net = grown(data, bias, net, np.random.default_rng(seed))
    assert net.width == data.n + 1
    assert all(b <= a + 1e-9 * size for a, b in pairwise(losses))
    lowest = float(rs.infinite_width_minimum(data, output_bias=bias, time_limit=0).exact_value)
    assert min(losses) >= lowest - 1e-9 * size
