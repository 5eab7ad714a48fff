"""Linear pieces of a network against brute force: slopes and signs on fine grids, and tent maps counted by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import flint
import numpy as np
import pytest

import reluscape as rs
from reluscape.geometry.pieces import _neighbours


def _net(rng, sizes):
    """Return a network with small integer weights, so that floats are exact."""
    pairs = list(pairwise(sizes))
    return rs.DeepNet(
        [rng.integers(-3, 4, (o, i)).astype(float) for i, o in pairs], [rng.integers(-3, 4, o) / 4.0 for _, o in pairs]
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("sizes", [(1, 5, 1), (1, 3, 3, 1), (1, 3, 2, 2, 2)])
def test_on_a_segment_the_pieces_are_the_runs_of_one_slope_on_a_fine_grid(seed, sizes):
    """A cell holds a grid step on which the slope is constant, but for cells shorter than two steps."""
    net = _net(np.random.default_rng(seed), sizes)
    pieces = rs.linear_pieces(net, [[-2.0], [2.0]])
    lengths = [abs(float(cell.corners[1, 0] - cell.corners[0, 0])) for cell in pieces.cells]
    assert sum(lengths) == pytest.approx(4)
    x = np.linspace(-2, 2, 100_001)
    values = net.predict(x[:, None]).reshape(len(x), -1)
    slopes = np.diff(values, axis=0) / np.diff(x)[:, None]
    same = np.isclose(slopes[1:], slopes[:-1], rtol=0, atol=1e-6).all(axis=1)
    # a kink inside a grid step has a mixed slope, which changes at both ends of the step: one place
    changes = np.flatnonzero(~same)
    kinks = sum(1 for k, place in enumerate(changes) if k == 0 or place > changes[k - 1] + 1)
    if min(lengths) > 2e-4:
        assert pieces.count == kinks + 1
    assert pieces.functions <= pieces.count <= pieces.regions
    for cell in pieces.cells:
        middle = cell.corners.mean(axis=0, keepdims=True)
        assert net.predict(middle).reshape(-1) == pytest.approx(cell.values.mean(axis=0), abs=1e-9)
        for on, heights in zip(cell.patterns, net.hidden(middle)[:-1], strict=True):
            assert ((heights[0] > 1e-12) <= on).all()
            assert ((heights[0] < -1e-12) <= ~on).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sizes", [(2, 4, 1), (2, 3, 3, 1)])
def test_in_the_plane_every_pattern_on_a_grid_is_a_cell_and_the_cells_fill_the_box(seed, sizes):
    net = _net(np.random.default_rng(seed), sizes)
    pieces = rs.linear_pieces(net, [[-1.0, -1.0], [1.0, 1.0]])
    x = np.linspace(-1, 1, 101) + 1e-4 * np.sqrt(2)
    grid = np.array([[a, b] for a in x[:-1] for b in x[:-1]])
    heights = net.hidden(grid)[:-1]
    seen = {tuple(np.concatenate([z[i] > 0 for z in heights])) for i in range(len(grid))}
    cells = [tuple(np.concatenate(cell.patterns)) for cell in pieces.cells]
    assert seen <= set(cells)
    assert len(set(cells)) == len(cells)
    areas = []
    for cell in pieces.cells:
        a, b = cell.corners.T
        areas.append(abs(a @ np.roll(b, 1) - b @ np.roll(a, 1)) / 2)
    assert sum(areas) == pytest.approx(4)
    assert min(areas) > 0
    large = {pattern for pattern, area in zip(cells, areas, strict=True) if area > 0.05}
    assert large <= seen


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_the_tent_map_of_a_depth_has_two_to_the_depth_pieces(depth):
    """Telgarsky's sawtooth: x -> 2 relu(x) - 4 relu(x - 1/2), composed with itself."""
    weights, biases = [np.array([[1.0], [1.0]])], [np.array([0.0, -0.5])]
    for _ in range(depth - 1):
        weights.append(np.array([[2.0, -4.0]] * 2))
        biases.append(np.array([0.0, -0.5]))
    net = rs.DeepNet([*weights, [[2.0, -4.0]]], [*biases, [0.0]])
    pieces = rs.linear_pieces(net, [[0], [1]])
    assert pieces.count == 2**depth
    ends = sorted({float(t) for cell in pieces.cells for t in cell.corners[:, 0]})
    assert ends == [float(Fraction(k, 2**depth)) for k in range(2**depth + 1)]


def test_cells_that_compute_the_same_are_one_piece():
    """relu(x) - relu(-x) = x, a unit of weight 0, and two units that cancel: the function has one piece, two cells."""
    net = rs.DeepNet([[[1.0], [-1.0]], [[1.0, -1.0]]], [[0.0, 0.0], [0.0]])
    pieces = rs.linear_pieces(net, [[-1], [1]])
    assert (pieces.count, pieces.functions, pieces.regions) == (1, 1, 2)
    flat = rs.DeepNet([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0]]], [[0.0, 0.0], [0.0]])
    plane = rs.linear_pieces(flat, [[-1, -1], [1, 1]])
    assert (plane.count, plane.functions, plane.regions) == (2, 2, 4)


def test_two_pieces_of_one_function_that_touch_in_a_point_stay_two():
    """relu(|x| - |y|) is 0 above and below the diagonals, two pieces that touch in 0, and has four slopes beside."""
    net = rs.DeepNet(
        [[[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], [[1.0, 1.0, -1.0, -1.0]], [[1.0]]],
        [[0.0] * 4, [0.0], [0.0]],
    )
    pieces = rs.linear_pieces(net, [[-1, -1], [1, 1]])
    assert pieces.functions == 5
    assert pieces.count == 6


def test_in_many_inputs_a_segment_and_a_triangle():
    rng = np.random.default_rng(5)
    net = _net(rng, (4, 5, 3, 1))
    ends = rng.integers(-3, 4, (3, 4)).astype(float)
    segment = rs.linear_pieces(net, corners=ends[:2])
    line = rs.DeepNet(
        [net.weights[0] @ (ends[1] - ends[0])[:, None], *net.weights[1:]],
        [net.biases[0] + net.weights[0] @ ends[0], *net.biases[1:]],
    )
    assert segment.count == rs.linear_pieces(line, [[0], [1]]).count
    triangle = rs.linear_pieces(net, corners=ends)
    assert triangle.regions >= segment.regions
    assert triangle.cells[0].corners.shape[1] == 4


def test_a_column_of_ones_is_no_input_that_varies_and_what_is_refused():
    net = rs.TwoLayerNet([[1.0, -0.5], [1.0, 0.0]], [1.0, 2.0])
    assert rs.linear_pieces(net, rs.Dataset([[-1.0], [1.0]], bias=True)).count == 3
    deep = _net(np.random.default_rng(0), (3, 4, 1))
    with pytest.raises(rs.InputError, match="3 columns vary"):
        rs.linear_pieces(deep, np.eye(3))
    with pytest.raises(rs.InputError, match="one point"):
        rs.linear_pieces(deep, corners=[[1, 2, 3], [1, 2, 3]])
    with pytest.raises(rs.InputError, match="one line"):
        rs.linear_pieces(deep, corners=[[0, 0, 0], [1, 1, 1], [2, 2, 2]])
    with pytest.raises(rs.InputError, match="say where"):
        rs.linear_pieces(deep)
    with pytest.raises(rs.TooLarge, match="more than 2 activation regions"):
        rs.linear_pieces(_net(np.random.default_rng(1), (1, 9, 1)), [[-2], [2]], most=2)


def _rectangle(left, right, low, high):
    """Return the corners of a rectangle."""
    return tuple(tuple(map(flint.fmpq, p)) for p in ((left, low), (right, low), (right, high), (left, high)))


def test_cells_are_neighbours_across_borders_that_begin_and_end_anywhere_but_not_across_a_corner():
    cells = {
        0: _rectangle(0, 1, 0, 2), 1: _rectangle(-1, 0, -1, 1), 2: _rectangle(-1, 0, 1, 3),  # along a part of a side
        3: _rectangle(1, 2, 2, 3), 4: _rectangle(2, 3, 2, 3),  # 3 meets 0 in a corner
    }  # fmt: skip
    groups = {frozenset(pair) for pair in _neighbours(cells)}
    assert frozenset((3, 4)) in groups
    assert not any(len({0, 1, 2} & group) == 1 for group in groups)
    assert {i for group in groups for i in group} == {0, 1, 2, 3, 4}
    ends = {
        0: ((flint.fmpq(0),), (flint.fmpq(1),)),
        1: ((flint.fmpq(1),), (flint.fmpq(2),)),
        2: ((flint.fmpq(3),),) * 2,
    }
    assert {frozenset(pair) for pair in _neighbours(ends)} == {frozenset((0, 1))}
