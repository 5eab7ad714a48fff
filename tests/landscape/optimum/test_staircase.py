"""The staircase of connectivity: Kim, Mishkin and Pilanci's example, XOR, random data against linear programs."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError
from reluscape.landscape.optimum.optimal_set import pieces
from tests.oracles.optimal_set import components

XOR, TARGETS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]


@pytest.mark.parametrize("X", [[[1, -1, 0], [0, 1, -1]], [[-(3**0.5), 1], [3**0.5, 1]]])
def test_example_1_of_kim_mishkin_and_pilanci(X):
    """Two samples at an angle of 120 degrees: the unit between them does what one unit on each does."""
    steps = rs.staircase(X, [1, 1], weight_decay="1/20")
    assert (steps.least_width, steps.most_width, steps.connected_width) == (1, 2, 3)
    assert [row.components for row in steps.rows] == [1, 3, 1, 1]
    assert [row.isolated for row in steps.rows] == [1, 2, 0, 0]
    assert [row.classes for row in steps.rows] == [1, 2, 1, 1]
    assert all(row.holds for row in steps.rows)
    assert steps.connected_from == 3


def assert_as_by_programs(steps, most=3):
    best, problem = steps.optimum, steps.problem
    features = np.maximum(problem.data.X @ best.directions.T, 0.0) * best.signs
    target = features @ best.weights
    for row in steps.rows[:most]:
        if row.reaches:
            assert (row.components, row.classes) == components(features, target, row.width)


def test_example_1_by_linear_programs():
    assert_as_by_programs(rs.staircase([[1, -1, 0], [0, 1, -1]], [1, 1], weight_decay="1/20"))


@pytest.mark.parametrize("decay", ["1/200", "1/20", "1/8"])
def test_xor(decay):
    steps = rs.staircase(XOR, TARGETS, decay)
    assert all(row.holds for row in steps.rows if row.reaches)
    assert_as_by_programs(steps, 4)


def test_xor_with_free_biases_has_two_ways_to_be_right():
    steps = rs.staircase(XOR, TARGETS, rs.WeightDecay("1/20", False), output_bias=True)
    assert (steps.least_width, steps.most_width) == (2, 2)
    assert [row.components for row in steps.rows] == [None, 4, 2, 1, 1]
    assert not steps.covered
    assert all(row.holds is None for row in steps.rows)
    assert "biases are free" in str(steps)


@pytest.mark.parametrize("seed", range(12))
def test_random_tables_climb_the_staircase(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    X = np.concatenate([rng.integers(-3, 4, (n, d)), np.ones((n, 1), int)], axis=1)
    steps = rs.staircase(X, rng.integers(-3, 4, n), "1/50")
    assert all(row.holds for row in steps.rows if row.reaches and steps.covered)
    if len(steps.optimum.signs) <= 6:
        assert_as_by_programs(steps)


def test_the_theorem_leaves_out_a_largest_vertex_of_one_unit():
    """M* = 1: print says that the set of one unit is not connected; it is a single network."""
    steps = rs.staircase([[3, 1], [-3, 1]], [0, -3], "1/50")
    assert (steps.least_width, steps.most_width) == (1, 1)
    assert steps.rows[0].components == steps.rows[0].isolated == 1
    assert "a single network" in str(steps)


def test_a_constant_is_the_whole_optimal_set():
    steps = rs.staircase(XOR, TARGETS, 2)
    assert (steps.least_width, steps.most_width, steps.covered) == (0, 0, False)
    assert {row.components for row in steps.rows} == {1}


@pytest.mark.parametrize("seed", range(8))
def test_pieces_of_any_list_of_vertices_shrink_to_one(seed):
    """Beyond m* + M* units any vertex can be set up beside any other."""
    rng = np.random.default_rng(seed)
    supports = {tuple(sorted(rng.choice(5, rng.integers(1, 4), replace=False).tolist())) for _ in range(3)}
    supports = tuple(s for s in supports if not any(set(t) < set(s) for t in supports))
    least, most = min(map(len, supports)), max(map(len, supports))
    assert pieces(supports, (), least + most).components == 1
    assert pieces(supports, (), least).isolated == pieces(supports, (), least).components
    assert pieces(supports, (), most).isolated > 0
    assert pieces(supports, (), most + 1).isolated == 0


def test_a_pair_lets_one_unit_turn():
    assert pieces(((0,), (1,)), (), 1).components == 2
    assert pieces(((0,), (1,)), ((0, 1),), 1).components == 1


def test_too_many_placements_are_not_counted():
    assert pieces((tuple(range(9)),), (), 9) is None


def test_it_can_be_read_and_drawn():
    steps = rs.staircase(XOR, TARGETS, "1/20")
    assert "m*" in str(steps)
    assert "<table>" in steps._repr_html_()
    assert steps.plot().get_ylabel().startswith("pieces")
    assert repr(steps).startswith("Staircase(m* = 3")


def test_no_decay_is_refused():
    with pytest.raises(InputError, match="weight decay above 0"):
        rs.staircase(XOR, TARGETS)
