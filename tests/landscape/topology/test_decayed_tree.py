"""The barrier tree with weight decay: flood fills of all parameters, published values, conic programs, descents."""

import itertools
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, TooLarge
from reluscape.landscape.topology.decay.states import DecayedStates
from reluscape.problem.problem import Problem
from tests.oracles.decayed import cells, conic_value, descended
from tests.oracles.decayed_flood import components, grid_values

XOR, TARGETS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
FREE = {"biases": False}

TINY = [
    # X, y, loss, decay, width, output bias, grid steps
    ([[1], [-1]], [1, 2], "squared", "1/5", 1, False, 161),
    ([[1], [-1]], [1, 2], "squared", "1/10", 1, True, 81),
    ([[1], [-1]], [1, -2], "squared", "1/5", 2, False, 41),
    ([[1], [-1]], [1, 2], "squared", "1/5", 2, False, 41),
    ([[1], [-1]], [1, 1], "logistic", "1/20", 2, False, 33),
    ([[1], [-1]], [1, -1], "logistic", "1/20", 1, True, 81),
    ([[1, 0], [0, 1], [-1, -1]], [1, 2, 1], "squared", "1/10", 1, False, 97),
    ([[1, 0], [0, 1]], [1, -1], "squared", "1/5", 1, False, 81),
    ([[2, 1], [-1, 1], [1, -1]], [2, 1, -1], "squared", "1/10", 1, False, 97),
    ([[1, 1], [-1, 1]], [1, -1], "logistic", "1/50", 1, False, 81),
]


@pytest.mark.parametrize(("X", "y", "loss", "decay", "width", "bias", "steps"), TINY)
def test_sublevel_sets_have_the_components_of_the_tree(X, y, loss, decay, width, bias, steps):
    """Labelled flood fill: at each level between two heights of the tree, all parameters on a grid."""
    problem = Problem(X, y, loss=loss, weight_decay=decay, output_bias=bias)
    tree = rs.barrier_tree(problem, width=width, labelled=True)
    top = problem.zero_value
    heights = sorted({v.value for v in tree.valleys} | {v.merge_height for v in tree.valleys} - {np.inf} | {top * 1.1})
    reach = float(np.sqrt(2 * top * 1.1 / float(problem.penalty.strength)))
    values = grid_values(problem, width, reach, steps)
    looked = 0
    for low, high in pairwise(heights):
        # a grid of this spacing cannot tell levels that are nearer
        if high - low < 0.02 * top:
            continue
        level = low + 0.7 * (high - low)
        alive = sum(v.value <= level < v.merge_height for v in tree.valleys)
        assert components(values, level) == alive, (level, heights)
        looked += 1
    assert looked


# half sums of squares, decay beside it: values of the isolated minima from a general conic solver and descents
PUBLISHED = {
    ("1/100", True): [0.02788, 0.04148, 0.26394, 0.34263],
    ("1/5", True): [0.40569, 0.45284, 0.46853, 0.46856],
    ("3/10", True): [0.48853, 0.49426, 0.49618],
    ("1/100", False): [0.02789, 0.03885, 0.04755, 0.04913, 0.05725, 0.26671, 0.3432, 0.34686],
    ("1/10", False): [0.2438, 0.31896, 0.36521, 0.36666, 0.39322, 0.40945, 0.42129, 0.44675],
    ("3/10", False): [0.51201, 0.52691],
}


@pytest.mark.parametrize(("lam", "free"), PUBLISHED)
def test_valleys_of_xor_are_published_minima(lam, free):
    """Every valley is a local minimum; a split unit whose halves can be given up is one and no valley."""
    decay = rs.WeightDecay(Fraction(lam) / 2, biases=not free)
    tree = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay=decay)
    listed = PUBLISHED[lam, free]
    for valley in tree.valleys:
        assert min(abs(2 * valley.value - v) for v in listed) < 1e-5
    assert 2 * float(tree.global_minimum) == pytest.approx(listed[0], abs=1e-5)


def random_problem(seed, loss):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(3, 6)), int(rng.integers(1, 3))
    Z = rng.integers(-3, 4, (n, d))
    y = rng.integers(-3, 4, n) if loss == "squared" else rng.choice([-1, 1], n)
    free, bias = bool(seed % 2), bool(seed % 3)
    data = rs.Dataset(Z, y, bias=True)
    decay = rs.WeightDecay(["1/100", "1/10", "1/2"][seed % 3], biases=not (free and bias))
    return Problem(data, loss=loss, weight_decay=decay, output_bias=bias)


@pytest.mark.parametrize("seed", range(8))
def test_births_are_conic_programs(seed):
    problem = random_problem(seed, "squared")
    states = DecayedStates(problem)
    rng = np.random.default_rng(seed)
    programs = rng.integers(0, states.states, (12, 2))
    programs[programs[:, 0] == programs[:, 1], 1] = -1
    found = states.solve(programs)
    for program, value in zip(programs, found.values, strict=True):
        live = [states.describe(int(s)) for s in program if s >= 0]
        pattern = np.array([states.cells.patterns[c] for c, _ in live])
        expected = conic_value(problem, pattern, np.array([s for _, s in live]))
        assert value == pytest.approx(expected, abs=1e-7 * max(1.0, problem.zero_value))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_facets_are_what_both_cells_share(seed, loss):
    """The lowest point on a facet lies in both closed cells and is not lower than either."""
    problem = random_problem(seed, loss)
    states = DecayedStates(problem)
    number = len(states.facets)
    found = states.solve(np.arange(states.states, states.states + number)[:, None], points=True)
    for k, (s, t, plane) in enumerate(states.facets):
        ends = states.solve(np.array([[s], [t]])).values
        assert found.values[k] >= ends.max() - 1e-8 * problem.zero_value
        U, signs, c = states.weights(np.array([states.states + k]), found.points[k])
        row = problem.data.X[states.first[plane]]
        assert abs(row @ U[0]) <= 1e-9 * np.linalg.norm(row) * max(np.linalg.norm(U[0]), 1e-9)
        f = np.maximum(problem.data.X @ U[0], 0.0) * signs[0] + c
        penalty = states.decay.norms(U)[0] + (c * c / 2 if states.decay.constant == "decayed" else 0.0)
        value = float(np.mean(problem.loss.value(f, problem.y))) + float(problem.penalty.strength) * penalty
        assert value == pytest.approx(found.values[k], abs=1e-7 * problem.zero_value)


@pytest.mark.parametrize("seed", range(6))
def test_descents_end_at_no_lower_value_and_reach_the_lowest(seed):
    problem = random_problem(seed, "squared")
    tree = rs.barrier_tree(problem, width=2)
    ends = descended(problem, 2, 30, np.random.default_rng(seed))
    room = 1e-6 * problem.zero_value
    assert min(ends) >= float(tree.global_minimum) - room
    assert min(ends) <= float(tree.global_minimum) + 1e-3 * problem.zero_value


@pytest.mark.parametrize("seed", range(4))
def test_enclosures_hold_births_and_passes(seed):
    problem = random_problem(seed, "squared")
    tree = rs.barrier_tree(problem, width=1 + seed % 2)
    for valley in tree.valleys[:4]:
        lower, upper = valley.bounds
        assert isinstance(lower, Fraction)
        assert lower <= upper
        assert float(upper - lower) <= 1e-7 * problem.zero_value
        assert float(lower) - 1e-9 * problem.zero_value <= valley.value <= float(upper) + 1e-9 * problem.zero_value
        low, high = valley.pass_bounds
        if np.isfinite(valley.merge_height):
            assert low <= high
            assert abs(float(low) - valley.merge_height) <= 1e-7 * problem.zero_value
            assert abs(float(high) - valley.merge_height) <= 1e-7 * problem.zero_value


def test_logistic_enclosures_are_floats_around_the_value():
    problem = Problem(XOR, [-1, 1, 1, -1], loss="logistic", weight_decay="1/200")
    for valley in rs.barrier_tree(problem, width=2).valleys[:3]:
        lower, upper = valley.bounds
        assert lower <= valley.value <= upper
        assert upper - lower < 1e-8


def test_the_mirror_image_of_xor_ties_by_symmetry():
    tree = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay=rs.WeightDecay("1/20", **FREE))
    assert [len(group) for group in tree.ties] == [2, 4, 4]
    assert set(tree.tie_reasons) == {"by symmetry"}


def test_symmetries_leave_the_objective_alone():
    from reluscape.landscape.topology.decay.symmetry import symmetries

    problem = Problem(XOR, TARGETS, weight_decay=rs.WeightDecay("1/20", **FREE), output_bias=True)
    found = symmetries(problem)
    assert len(found) == 8  # the square's own, half of them with a change of sign
    best = rs.barrier_tree(problem, width=2).valleys[0].net
    f = best.predict(problem.data)
    for order, sign in found:
        image = np.empty(4)
        image[order] = f
        middle = 0.0 if sign == 1 else 1.0
        assert np.mean((sign * image + middle - problem.y) ** 2) == pytest.approx(np.mean((f - problem.y) ** 2))


def test_a_way_out_climbs_to_its_pass_and_no_higher():
    problem = Problem(XOR, TARGETS, weight_decay=rs.WeightDecay("1/20", **FREE), output_bias=True)
    tree = rs.barrier_tree(problem, width=2)
    for k, valley in enumerate(tree.valleys):
        if valley.parent is None:
            continue
        heights = [problem.value(net) for net in tree.path(k)]
        assert max(heights) == pytest.approx(valley.merge_height, abs=1e-9)
        assert heights[-1] == pytest.approx(tree.valleys[valley.parent].value, abs=1e-9)


def test_a_height_cap_cuts_the_tree():
    decay = rs.WeightDecay("1/20", **FREE)
    whole = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay=decay)
    capped = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay=decay, height_cap=0.2)
    low = [pair for pair in capped.pairs if np.isfinite(pair[1])]
    kept = [pair for pair in whole.pairs if pair[1] <= 0.2]
    assert np.array(low) == pytest.approx(np.array(kept), abs=1e-9)
    assert capped.nodes < whole.nodes


def test_everything_above_the_constant_is_one_component():
    """Above lambda_max the landscape is a single bowl."""
    tree = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay="1/2")
    assert tree.pairs == []
    assert len(tree.valleys) == 1


def test_what_does_not_fit_is_refused_by_name():
    with pytest.raises(InputError, match="not rational"):
        rs.barrier_tree(XOR, TARGETS, 2, weight_decay="1/20", exact=True)
    with pytest.raises(InputError, match="squared and the logistic"):
        rs.barrier_tree(Problem(XOR, TARGETS, loss="huber", weight_decay="1/20"), width=1)
    rows = np.random.default_rng(0).integers(-50, 50, (40, 3))
    with pytest.raises(TooLarge, match=r"cone programs|basins"):
        rs.barrier_tree(rs.Dataset(rows, np.arange(40), bias=True), width=2, weight_decay="1/20")


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[1, 1], [1, 1], [2, 2]], [1, 2, 1]),
        ([[0, 0], [1, 1]], [1, 2]),
        ([[1, 2, 1], [2, 4, 1]], [1, -1]),
        ([[0, 0]], [1]),
    ],
)
def test_degenerate_rows(X, y):
    for bias, width in itertools.product((False, True), (1, 2)):
        problem = Problem(X, y, weight_decay="1/10", output_bias=bias)
        tree = rs.barrier_tree(problem, width=width)
        listed = [(A, s) for A in cells(problem.data.X) if A.any() for s in (1, -1)]
        nothing = [(np.zeros(len(y), dtype=bool), 1)]
        chosen = itertools.combinations_with_replacement(listed + nothing, width)
        values = [
            conic_value(problem, np.array([A for A, _ in some]), np.array([s for _, s in some])) for some in chosen
        ]
        assert min(values) == pytest.approx(float(tree.global_minimum), abs=1e-7)
