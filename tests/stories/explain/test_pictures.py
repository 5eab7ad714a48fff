"""Lines and planes: solved breakpoints and borders, exact values on them."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.trained.loss_plane import plane_through
from reluscape.stories.explain.pictures import line_block, plane_block


def between(a, b, t):
    return rs.TwoLayerNet(a.W + t * (b.W - a.W), a.v + t * (b.v - a.v), a.c + t * (b.c - a.c))


def problem(seed, n=8, d=3, m=3):
    rng = np.random.default_rng(seed)
    data = rs.Dataset(rng.normal(size=(n, d - 1)), rng.normal(size=n), bias=True)
    nets = [rs.TwoLayerNet(rng.normal(size=(m, d)), rng.normal(size=m), rng.normal()) for _ in range(3)]
    return data, nets


@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_the_line_holds_the_loss_and_every_breakpoint(loss):
    data, (a, b, _) = problem(0)
    if loss == "logistic":
        data = rs.Dataset(data.X, np.sign(data.y))
    block = line_block("here", a, b, data, loss)
    for t, value in block["samples"]:
        assert value == pytest.approx(between(a, b, t).loss(data, loss=loss), rel=1e-9)
    for t, value in zip(block["breakpoints"], block["loss"], strict=True):
        assert np.abs(data.X @ between(a, b, t).W.T).min() < 1e-12
        assert value == pytest.approx(between(a, b, t).loss(data, loss=loss), rel=1e-9)
    ends = [np.sign(data.X @ between(a, b, t).W.T) for t in (-0.25, 1.25)]
    assert len(block["breakpoints"]) == int((ends[0] != ends[1]).sum())
    assert {0.0, 1.0, *block["breakpoints"]} <= {t for t, _ in block["samples"]}


def test_minima_on_the_line_are_lowest_nearby_and_none_is_missed():
    data, (a, b, _) = problem(1)
    minima = line_block("here", a, b, data)["minima"]
    fine = np.linspace(-0.25, 1.25, 20_001)
    losses = np.array([between(a, b, t).loss(data) for t in fine])
    inner = np.flatnonzero((losses[1:-1] <= losses[:-2]) & (losses[1:-1] <= losses[2:])) + 1
    assert len(minima) == len(inner)
    for (t, value), k in zip(minima, inner, strict=True):
        assert abs(t - fine[k]) < 2e-4
        assert value <= losses[k] + 1e-12


def at(plane, net, a, b):
    theta = plane.origin + a * plane.first + b * plane.second
    return rs.TwoLayerNet(theta[: net.W.size].reshape(net.W.shape), theta[net.W.size : -1], theta[-1])


def test_the_plane_goes_through_the_three_networks():
    data, (net, one, two) = problem(2)
    plane = plane_through(net, [("one", one), ("two", two)], data, True)
    assert [label for label, _, _ in plane.points] == ["this network", "one", "two"]
    for (_, a, b), expected in zip(plane.points, (net, one, two), strict=True):
        found = at(plane, net, a, b)
        np.testing.assert_allclose(found.W, expected.W, atol=1e-12)
        np.testing.assert_allclose(found.v, expected.v, atol=1e-12)
        assert plane.window[0] < a < plane.window[1]
        assert plane.window[2] < b < plane.window[3]


def test_borders_are_where_signs_change_and_cells_between_them_hold_one_pattern():
    data, (net, one, two) = problem(3)
    plane = plane_through(net, [("one", one), ("two", two)], data, True)
    block = plane_block(plane, net, data)
    for unit, sample, a0, b0, a1, b1 in block["borders"]["kinks"]:
        for s in (0.0, 0.4, 1.0):
            there = at(plane, net, a0 + s * (a1 - a0), b0 + s * (b1 - b0))
            assert abs(data.X[sample] @ there.W[unit]) < 1e-4
    for unit, a0, b0, a1, b1 in block["borders"]["zero_outputs"]:
        assert abs(at(plane, net, (a0 + a1) / 2, (b0 + b1) / 2).v[unit]) < 1e-4
    named = {(unit, sample) for unit, sample, *_ in block["borders"]["kinks"]}
    low_a, high_a, low_b, high_b = plane.window
    corners = [at(plane, net, a, b).W @ data.X.T > 0 for a in (low_a, high_a) for b in (low_b, high_b)]
    for unit in range(net.width):
        for sample in range(data.n):
            differ = len({bool(corner[unit, sample]) for corner in corners}) == 2
            assert ((unit, sample) in named) == differ  # a straight line crosses a square where its corners differ


def test_colours_are_the_loss_at_the_pixels():
    data, (net, one, two) = problem(4)
    plane = plane_through(net, [("one", one), ("two", two)], data, True)
    block = plane_block(plane, net, data)
    for k, q in ((0, 0), (7, 90), (60, 60)):
        expected = at(plane, net, block["a"][q], block["b"][k]).loss(data)
        assert block["loss"][k][q] == pytest.approx(expected, rel=1e-4)


def test_a_plane_without_other_networks_and_with_one_on_top():
    data, (net, _, _) = problem(5)
    for others in ([], [("the same", net)]):
        plane = plane_through(net, others, data, False)
        assert len(plane.points) == 1
        assert plane.first[-1] == plane.second[-1] == 0.0
        assert len(plane_block(plane, net, data)["loss"]) > 40
