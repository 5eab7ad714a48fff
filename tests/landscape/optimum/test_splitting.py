"""Cells split one row at a time, by the search and by the verifier, against the arrangement listed at once."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.basins.cones import cells_of
from reluscape.certificates.splitting import Cones
from reluscape.errors import CertificateError
from reluscape.landscape.optimum.branch import branch_and_bound
from reluscape.landscape.optimum.proof import _bounds_of
from reluscape.landscape.optimum.relaxation import Relaxation, refined
from reluscape.landscape.optimum.splitting import CellTree
from tests.strategies import problems


def whole(data):
    """The patterns of all cells, each with its rays in the pivot columns, from the listed arrangement."""
    cells = cells_of(data)
    pivots = list(CellTree(data).pivots)
    return {
        tuple(pattern.tolist()): {tuple(int(v) for v in cells.rays[q][pivots]) for q in np.flatnonzero(inside)}
        for pattern, inside in zip(cells.patterns, cells.on_ray, strict=True)
    }


@given(problems(max_n=7, max_d=3), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_search_and_verifier_split_into_the_cells_of_the_arrangement(problem, random):
    """Repeated, parallel, antipodal and zero rows included, in any order."""
    data = rs.Dataset(problem[0])
    order = random.sample(range(data.n), data.n)
    tree = CellTree(data)
    order = [*tree.begin(order), *(i for i in order if i not in tree.basis)]
    for row in order:
        tree.see(row)
    expected = whole(data)
    cells = tree.inside(0, 0, data.n)
    found = {
        tuple(tree.pattern(data.n, c).tolist()): {tree.rays[q] for q in tree.cells[data.n][c].tolist()} for c in cells
    }
    assert len(found) == len(cells)
    assert found == expected
    cones = Cones(data.fractions[order])
    own = cones.inside(0, data.n)
    back = np.argsort(order)
    checked = {tuple(bool(int(cones.pattern(c)[k])) for k in back): set(cones.rays(c)) for c in own}
    assert len(checked) == len(own)
    assert checked == expected
    for k in range(data.n + 1):
        assert len(tree.inside(0, 0, k)) == len(cones.inside(0, k))
        if k:
            assert len(tree.inside(0, 0, k)) == rs.count_regions(data.fractions[order[:k]], zero_rows="drop")


def test_whole_numbers_beyond_machine_words_are_split_exactly():
    big = 10**14
    X = [[big, 1, 3], [1, big, -2], [5, 7, big], [big + 1, big, big], [-big, big - 1, 2 * big], [3 * big, 1, 1 - big]]
    data = rs.Dataset(X)
    tree = CellTree(data)
    for row in [*tree.begin(range(6)), 3, 4, 5]:
        tree.see(row)
    cells = tree.inside(0, 0, 6)
    assert len(cells) == rs.count_regions(X) == 32
    assert {tuple(tree.pattern(6, c).tolist()) for c in cells} == set(whole(data))


def test_dependent_first_samples_are_refused_by_the_verifier():
    with pytest.raises(CertificateError, match="dependent"):
        Cones(rs.Dataset([[1, 0], [2, 0], [0, 1]]).fractions)


def test_refined_layers_are_all_choices_once():
    children, first = np.array([0, 1, 2, 3, 4]), np.array([0, 2, 5])
    layers = np.array([[0, 0], [0, 1], [1, 1]])
    counts = np.diff(first)[layers]
    found = refined(layers, counts, first, children).tolist()
    expected = {tuple(sorted((a, b))) for a in range(5) for b in range(5)}
    assert len(found) == len(expected)
    assert {tuple(row) for row in found} == expected


@given(problems(max_n=5, max_d=2), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_bounds_of_a_layer_lie_between_the_rows_seen_and_the_best_layer_inside(problem, bias, random):
    """The rows seen alone bound from below; where all are seen, the bound is the basin's value."""
    data = rs.Dataset(*problem)
    relaxation = Relaxation(data, bias, range(data.n))
    order = [*relaxation.basis, *(i for i in range(data.n) if i not in relaxation.basis)]
    relaxation.see(order)
    k = random.randint(1, data.n)
    cells = relaxation.tree.inside(0, 0, k)
    layers = np.array([sorted(random.choices(range(2 * len(cells)), k=2)) for _ in range(2)])
    bounds = relaxation.bounds(k, layers)
    part = rs.Dataset(data.fractions[order[:k]], data.y_fractions[order[:k]])
    size = max(1.0, float(sum(v * v for v in problem[1])))
    for layer, bound in zip(layers, bounds, strict=True):
        pattern = np.array([relaxation.tree.pattern(k, s // 2)[order[:k]] for s in layer.tolist()])
        signs = [-1 if s % 2 else 1 for s in layer.tolist()]
        own = k * rs.basin_value(part, None, pattern, signs, exact=True, output_bias=bias).exact_value
        assert relaxation.exact_bound(k, layer) == own
        assert bound >= float(own) - 1e-8 * size
        inside, _ = relaxation.children(k, data.n, layer[None], np.inf)
        least = min(relaxation.exact_bound(data.n, each) for each in inside)
        assert bound <= float(least) + 1e-8 * size
        if k < relaxation.tree.rank or k == data.n:
            assert bound == pytest.approx(float(own), abs=1e-8 * size)
        fit = relaxation.fit(k, layer)
        assert fit.net.predict(data)[order[:k]] == pytest.approx(fit.prediction[order[:k]], abs=1e-6 * size)
        assert np.sum((fit.prediction - relaxation.y)[order[:k]] ** 2) <= bound + 1e-8 * size


@given(problems(max_n=5, max_d=2), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_every_bound_of_a_proof_is_below_the_layers_that_it_covers(problem, bias, random):
    """Vectors of few rows, or of all with outputs between the rays', against the exact values of layers of all rows."""
    data = rs.Dataset(*problem)
    relaxation = Relaxation(data, bias, range(data.n))
    order = [*relaxation.basis, *(i for i in range(data.n) if i not in relaxation.basis)]
    relaxation.see(order)
    k = random.randint(1, data.n)
    cells = relaxation.tree.inside(0, 0, k)
    table = np.arange(2 * len(cells)).reshape(-1, 1)
    search, _, states = _bounds_of(relaxation, k, table, order)
    for _ in range(2):
        layer = sorted(random.choices(range(len(states)), k=2))
        bound = search.exact(*search.extended(tuple(layer), 0.0, np.ones(len(states), dtype=bool)))
        covers = np.flatnonzero(bound.covers)
        if not len(covers):
            continue
        pair = np.sort(states[np.array(random.choices(covers.tolist(), k=2))])[None]
        inside, _ = relaxation.children(k, data.n, pair, np.inf)
        share = Fraction(search.n) * bound.value
        assert all(share <= relaxation.exact_bound(data.n, each) for each in inside)


def test_rank_beyond_the_listed_arrangement():
    """Five inputs with 40 rows have 181,900 cells; the search splits some hundreds."""
    rng = np.random.default_rng(3)
    X = np.c_[rng.integers(-9, 10, (40, 4)), np.ones(40, dtype=int)]
    y = np.maximum(X @ [2, -1, 0, 1, 3], 0) + rng.integers(-1, 2, 40)
    data = rs.Dataset(X, y)
    starts = [rs.descend(data, None, rng.normal(size=(1, 5)), [1.0], 0.0).net.loss(data) for _ in range(40)]
    found = branch_and_bound(data, 1, True, 40 * min(starts) * (1 + 1e-6), np.arange(40))
    assert found.finished
    pattern, signs = np.array([p for p, _ in found.states]), [s for _, s in found.states]
    assert 40 * rs.basin_value(data, None, pattern, signs, output_bias=True).value == pytest.approx(found.upper)
    assert found.upper / 40 == pytest.approx(min(starts), rel=1e-9)


def test_nearly_parallel_rows_do_not_rule_out_the_best_layer():
    """Lines 1e-6 apart make rays that nearly depend on each other; floats alone took a loss too high by 0.8."""
    close = Fraction(1, 10**6)
    X = [[1, 0, 1], [1, close, 1], [1, 0, 1 + close], [0, 1, 1], [close, 1, 1], [-1, 1, 1], [2, -1, 1]]
    y = [1, -1, 2, 0, 3, -2, 1]
    found = rs.global_minimum(X, y, 2, output_bias=True)
    tree = rs.barrier_tree(X, y, 2, output_bias=True, exact=True)
    assert found.exact_value == tree.global_minimum
    assert rs.verify(found.certificate)
