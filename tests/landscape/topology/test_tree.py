import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

import reluscape as rs
from reluscape.basins.cones import NetStates, project
from reluscape.landscape.topology import barrier_tree
from reluscape.landscape.topology.graph import build
from reluscape.landscape.topology.valleys import first_node
from tests.oracles.flood import flood_pairs
from tests.oracles.intersections import merge_pairs
from tests.strategies import problems


def close(a, b, size):
    assert len(a) == len(b), (a, b)
    for (p, q), (r, s) in zip(a, b, strict=True):
        assert float(p) == pytest.approx(float(r), abs=1e-7 * size)
        assert float(q) == pytest.approx(float(s), abs=1e-7 * size)


@given(problems(max_n=4, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=20)
def test_tree_equals_the_intersection_graph_of_all_basins(problem, width, bias):
    X, y = problem
    if rs.Dataset(X).rank > 2 and width == 2:
        width = 1
    lowest, expected = merge_pairs(X, y, width, bias)
    tree = barrier_tree(X, y, width, output_bias=bias)
    size = max(1.0, float(sum(v * v for v in y)))
    assert float(tree.global_minimum) == pytest.approx(lowest, abs=1e-8 * size)
    close(tree.pairs, expected, size)


@given(problems(max_n=3, max_d=2, bias=False), st.booleans())
@settings(max_examples=12)
def test_labelled_tree_equals_the_intersection_graph_of_ordered_basins(problem, bias):
    X, y = problem
    lowest, expected = merge_pairs(X, y, 2, bias, labelled=True)
    tree = barrier_tree(X, y, 2, labelled=True, output_bias=bias)
    size = max(1.0, float(sum(v * v for v in y)))
    assert float(tree.global_minimum) == pytest.approx(lowest, abs=1e-8 * size)
    close(tree.pairs, expected, size)


@given(problems(max_n=4, max_d=2, bias=False), st.sampled_from([(1,), (-1,), (1, 1), (1, -1), (-1, -1)]), st.booleans())
@settings(max_examples=20)
def test_frozen_signs_keep_units_with_their_sign(problem, signs, bias):
    X, y = problem
    lowest, expected = merge_pairs(X, y, len(signs), bias, signs=signs)
    tree = barrier_tree(X, y, len(signs), output_bias=bias, signs=signs)
    size = max(1.0, float(sum(v * v for v in y)))
    assert float(tree.global_minimum) == pytest.approx(lowest, abs=1e-8 * size)
    close(tree.pairs, expected, size)


@given(problems(max_n=4, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=15)
def test_births_are_basin_values(problem, width, bias):
    X, y = problem
    width = 1 if rs.Dataset(X).rank > 2 else width
    tree = barrier_tree(X, y, width, output_bias=bias, exact=True)
    for valley in tree.valleys:
        pattern = np.array([p for p, _ in valley.states], dtype=bool).reshape(-1, len(y))
        if not len(pattern):
            pattern = np.zeros((1, len(y)), dtype=bool)
        signs = [s for _, s in valley.states] or [1]
        own = rs.basin_value(X, y, pattern, signs, exact=True, output_bias=bias)
        assert own.exact_value == valley.exact_value


@given(problems(max_n=3, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=12)
def test_valleys_are_the_local_minima_that_cannot_sink(problem, width, bias):
    """The list of all local minima comes from faces and spans, not from basins; plateaus that lead lower drop out."""
    X, y = problem
    width = 1 if rs.Dataset(X).rank > 2 else width
    census = rs.local_minima(X, y, width, output_bias=bias)
    tree = barrier_tree(X, y, width, output_bias=bias, exact=True)
    values = {v.exact_value for v in tree.valleys}
    assert values <= set(census.losses)
    size = max(1.0, float(sum(v * v for v in y)))
    graph, stay = build(rs.Dataset(X, y), width, output_bias=bias), set()
    for minimum in census.minima:
        node = first_node(graph, np.array(X, dtype=float), minimum.net.W, minimum.net.v)
        level = max(float(minimum.loss), graph.birth[node]) + graph.noise
        if graph.birth[graph.lowest_below(np.array([node]), np.array([level]))[0]] >= float(minimum.loss) - 1e-9 * size:
            stay.add(minimum.loss)
    assert stay == values


@given(problems(max_n=4, max_d=2, bias=False))
@settings(max_examples=8)
def test_exact_pairs_are_the_numerical_ones(problem):
    X, y = problem
    numerical, exact = barrier_tree(X, y, 2), barrier_tree(X, y, 2, exact=True)
    assert all(isinstance(v, Fraction) for pair in exact.pairs for v in pair)
    assert isinstance(exact.global_minimum, Fraction)
    close(sorted(exact.pairs), sorted(numerical.pairs), max(1.0, float(sum(v * v for v in y))))


def test_flood_fill_on_a_grid_at_width_one():
    rng = np.random.default_rng(1)
    for _ in range(3):
        X, y = rng.normal(size=(5, 2)).round(2), rng.normal(size=5).round(2)
        lowest, pairs = flood_pairs(X, y)
        tree = barrier_tree(rs.exact_decimals(X), rs.exact_decimals(y), 1)
        assert tree.global_minimum == pytest.approx(lowest, abs=5e-3)
        visible = [p for p in tree.pairs if p[1] - p[0] > 0.02]
        assert len(visible) == len([p for p in pairs if p[1] - p[0] > 0.02])
        for a, b in zip(visible, [p for p in pairs if p[1] - p[0] > 0.02], strict=True):
            assert a == pytest.approx(b, abs=0.02)


def test_labelled_copies_have_a_barrier_that_relabelling_removes():
    assert barrier_tree([[1], [-1]], [1, 2], 2).pairs == []
    assert barrier_tree([[1], [-1]], [1, 2], 2, labelled=True, exact=True).pairs == [(0, Fraction(1, 2))]


@given(problems(max_n=4, max_d=2), st.booleans())
@settings(max_examples=10)
def test_a_wider_layer_never_has_a_higher_global_minimum(problem, bias):
    X, y = problem
    widths = (1, 2) if rs.Dataset(X).rank > 2 else (1, 2, 3)
    minima = [barrier_tree(X, y, m, output_bias=bias).global_minimum for m in widths]
    assert (np.diff(minima) <= 1e-9 * max(1.0, float(sum(v * v for v in y)))).all()


def test_invariances_and_wider_layers():
    rng = np.random.default_rng(3)
    X, y = rng.integers(-3, 4, (5, 2)), rng.integers(-3, 4, 5)
    base = barrier_tree(X, y, 2)
    order = rng.permutation(5)
    turned = X @ np.array([[2, 1], [1, 1]])
    size = float(y @ y)
    close(barrier_tree(X[order], y[order], 2).pairs, base.pairs, size)
    close(barrier_tree(turned, y, 2).pairs, base.pairs, size)
    rotated = X @ np.array([[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]])
    close(barrier_tree(rotated, y, 2).pairs, base.pairs, size)
    close(barrier_tree(X, y, 2, signs=[1, -1]).pairs, barrier_tree(X, y, 2, signs=[-1, 1]).pairs, size)
    minima = [float(barrier_tree(X, y, m).global_minimum) for m in (1, 2, 3)]
    assert minima[0] >= minima[1] - 1e-12
    assert minima[1] >= minima[2] - 1e-12


def test_leaves_are_local_minima_by_the_exact_test():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    tree = barrier_tree(X, y, 2, output_bias=True)
    assert (
        sorted({round(v.value, 9) for v in tree.valleys}) == [0.0, 0.125, round(1 / 6, 9)]
        or tree.global_minimum < 1e-12
    )
    for valley in tree.valleys:
        net = valley.net
        assert net.loss(X, y) == pytest.approx(valley.value, abs=1e-9)
        verdict = rs.certify(X, y, net.W, net.v, c=net.c)
        assert verdict.is_local_minimum, verdict.reason


def test_frozen_signs():
    X, y = [[1, 0], [0, 1]], [1, -1]
    tree = barrier_tree(X, y, 2, signs=[1, 1])
    assert tree.global_minimum == pytest.approx(0.5)
    assert barrier_tree(X, y, 2, signs=[1, -1]).global_minimum == pytest.approx(0.0)


def test_shares_add_up_and_are_drawn():
    tree = barrier_tree([[1], [-1]], [1, 2], 1)
    shares = tree.shares(trials=2000, rng=0)
    assert [v.value for v in tree.valleys] == pytest.approx([0.5, 2.0])
    # first basins: v < 0 has basin value 5/2 = L(0), joined to the global valley; v > 0 splits by the side of w
    assert float(shares[1].low) <= 0.25 <= float(shares[1].high)
    assert float(shares[0].low) <= 0.75 <= float(shares[0].high)


def test_too_large_is_said_first():
    with pytest.raises(rs.TooLarge, match="width 1 fits"):
        barrier_tree(rs.datasets.load("linnerud", bias=True), width=2)
    with pytest.raises(rs.InputError, match="at least 1"):
        barrier_tree([[1]], [1], width=0)


@given(st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_ranks_number_the_table(states, units, labelled):
    layers = NetStates(states, units, labelled)
    make = (
        itertools.product(range(states), repeat=units)
        if labelled
        else itertools.combinations_with_replacement(range(states), units)
    )
    rows = list(make)
    assert layers.number == len(rows)
    assert [tuple(r) for r in layers.table.tolist()] == rows
    assert layers.rank(layers.table[:, ::-1] if not labelled else layers.table).tolist() == list(range(len(rows)))


@given(st.integers(0, 4), st.integers(1, 4), st.data())
def test_exact_projection_against_scipy(k, n, data):
    entry = st.integers(-3, 3)
    columns = [
        np.array([Fraction(v) for v in data.draw(st.lists(entry, min_size=n, max_size=n))], dtype=object)
        for _ in range(k)
    ]
    columns = [c for c in columns if any(c)]
    y = np.array([Fraction(v) for v in data.draw(st.lists(entry, min_size=n, max_size=n))], dtype=object)
    x = project(columns, y)
    r = y - sum((w * c for w, c in zip(x, columns, strict=True)), np.full(n, Fraction(0), dtype=object))
    assert all(w >= 0 for w in x)
    assert all(sum(a * b for a, b in zip(r, c, strict=True)) <= 0 for c in columns)
    assert sum(a * b for a, b in zip(r, y - r, strict=True)) == 0
    if columns:
        A = np.array([[float(v) for v in c] for c in columns]).T
        assert float(sum(v * v for v in r)) == pytest.approx(nnls(A, np.array(y, dtype=float))[1] ** 2, abs=1e-7)


@given(problems(max_n=4, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=15)
def test_ways_out_of_valleys_rise_to_the_merge_height_and_no_further(problem, width, bias):
    X, y = problem
    if rs.Dataset(X).rank > 2:
        width = 1
    tree = barrier_tree(X, y, width, output_bias=bias)
    size = max(1.0, float(sum(v * v for v in y)))
    for k, valley in enumerate(tree.valleys):
        if valley.parent is None:
            with pytest.raises(rs.InputError, match="no lower one"):
                tree.path(k)
            continue
        assert tree.valleys[valley.parent].value <= valley.value
        path = tree.path(k)
        heights = [rs.loss_slice(a, b, X, y)(np.linspace(0, 1, 60)) for a, b in itertools.pairwise(path)]
        assert heights[0][0] == pytest.approx(valley.value, abs=1e-8 * size)
        assert heights[-1][-1] == pytest.approx(tree.valleys[valley.parent].value, abs=1e-8 * size)
        assert max(h.max() for h in heights) == pytest.approx(valley.merge_height, abs=1e-8 * size)


@given(problems(max_n=4, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=15)
def test_every_valley_has_an_exactly_certified_bottom(problem, width, bias):
    X, y = problem
    if rs.Dataset(X).rank > 2:
        width = 1
    tree = barrier_tree(X, y, width, output_bias=bias, exact=True)
    for valley in tree.valleys:
        verdict = valley.verdict
        assert verdict.is_local_minimum, verdict.reason
        assert verdict.exact_loss == valley.exact_value
        assert rs.verify(verdict.certificate)


def test_dimension_of_the_minimum_set():
    # one unit on one sample, z = 1 is the only minimiser; a second input that no sample has is free
    assert barrier_tree([[1]], [1], 1).valleys[0].dimension == 0
    assert barrier_tree([[1, 0]], [1], 1).valleys[0].dimension == 1
    # two units share one prediction: z_1 + z_2 = 1
    assert barrier_tree([[1]], [1], 2).valleys[0].dimension == 1
    # one sample seen by a unit of two inputs: a line of minimisers, cut off by the other sample's boundary
    assert barrier_tree([[1, 0], [0, 1]], [1, 0], 1).valleys[0].dimension == 1
