from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.basins.cones import Faces, Generators, cells_of, generators_of
from reluscape.landscape.topology import LandscapeSize, barrier_tree, size
from reluscape.landscape.topology.graph import build
from reluscape.landscape.topology.measure import by_floats
from tests.oracles.rational_merges import Basins, nearest_distance
from tests.strategies import integer_matrices, problems


def agree(X, y, width, bias=False, labelled=False, signs=None):
    """Compare everything that an exact tree decides with the intersection graph in fractions."""
    lowest, pairs, valleys = Basins(X, y, width, bias, labelled, signs).tree()
    tree = barrier_tree(X, y, width, labelled, bias, signs, exact=True)
    assert tree.kind == "exact"
    assert tree.noise == 0
    assert tree.global_minimum == lowest
    assert tree.pairs == pairs
    assert sorted((v.exact_value, v.basins) for v in tree.valleys) == valleys
    values = [value for value, _ in valleys]
    assert [v.exact_value for v in tree.valleys] == values
    assert [v.spurious for v in tree.valleys] == [value > lowest for value in values]
    groups = [tuple(k for k, v in enumerate(values) if v == value) for value in sorted(set(values))]
    assert tree.ties == tuple(group for group in groups if len(group) > 1)
    return tree


@given(problems(max_n=5, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=100)
def test_exact_tree_is_that_of_all_pairs_of_basins(problem, width, bias):
    X, y = problem
    agree(X, y, 1 if rs.Dataset(X).rank > 2 else width, bias)


@given(integer_matrices(max_n=5, max_d=2, bound=1), st.integers(1, 3), st.booleans(), st.data())
@settings(max_examples=60)
def test_exact_tree_with_many_exact_ties(X, width, bias, data):
    y = data.draw(st.lists(st.integers(-1, 1), min_size=len(X), max_size=len(X)))
    most = {0: 3, 1: 3, 2: 2}.get(rs.Dataset(X).rank, 1)
    agree(X, y, min(width, most), bias)


@given(problems(max_n=3, max_d=2, bias=False), st.booleans())
@settings(max_examples=40)
def test_exact_labelled_tree(problem, bias):
    agree(*problem, 2, bias, labelled=True)


@given(problems(max_n=4, max_d=2, bias=False), st.sampled_from([(1,), (-1,), (1, 1), (1, -1), (-1, -1)]), st.booleans())
@settings(max_examples=60)
def test_exact_tree_with_frozen_signs(problem, signs, bias):
    agree(*problem, len(signs), bias, signs=signs)


@given(problems(max_n=3, max_d=2, bias=False), st.sampled_from([(1,), (-1,), (1, 1), (1, -1), (-1, 1)]), st.booleans())
@settings(max_examples=60)
def test_exact_labelled_tree_with_frozen_signs(problem, signs, bias):
    agree(*problem, len(signs), bias, labelled=True, signs=signs)


@pytest.mark.parametrize("signs", [(1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, 1)])
@pytest.mark.parametrize("labelled", [True, False])
def test_three_units_with_frozen_signs(signs, labelled):
    rng = np.random.default_rng(sum(signs) + 10)
    for _ in range(4):
        X, y = rng.integers(-2, 3, (3, 1)), rng.integers(-3, 4, 3)
        agree(X.tolist(), y.tolist(), 3, bool(rng.integers(2)), labelled=labelled, signs=signs)


def test_units_of_opposite_signs_have_no_valley_to_leave():
    """By hand: relu(w_1 x) - relu(w_2 x) fits y = x from w = (1, -1), and every start falls there in its own basin."""
    assert barrier_tree([[1], [-1]], [1, -1], 2, signs=[1, -1], labelled=True).pairs == []


def test_ties_broken_far_below_rounding():
    """Integers moved by 1e-6 to 1e-18: what floats call a tie is told apart, and what is a tie stays one."""
    rng = np.random.default_rng(7)
    differs = 0
    for _ in range(30):
        n, d, bias = int(rng.integers(2, 6)), int(rng.integers(1, 3)), bool(rng.integers(2))
        X, y = (rng.integers(-2, 3, shape).astype(object) for shape in ((n, d), n))
        X[-1] = X[0] * int(rng.integers(-2, 3))
        X = X + Fraction(1, 10 ** int(rng.integers(6, 19))) * rng.integers(-1, 2, X.shape).astype(object)
        y = y + Fraction(1, 10 ** int(rng.integers(6, 19))) * rng.integers(-1, 2, n).astype(object)
        width = 3 - max(d, 1) + int(rng.integers(2))
        tree = agree(X, y, width, bias)
        differs += len(tree.valleys) != len(barrier_tree(X, y, width, output_bias=bias).valleys)
    assert differs


def test_two_units_in_space():
    agree([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], [1, -1, 2, 0], 1, bias=True)
    agree([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, -1, 1], 2)


def test_a_valley_shallower_than_rounding():
    """One unit fits one of two opposite samples: losses 1/2 and d^2/2, and (1 + d^2)/2 between them."""
    d = Fraction(1, 10**7)
    X, y = [[1], [-1]], [d, 1]
    assert barrier_tree(X, y, 1).pairs == []
    tree = agree(X, y, 1)
    assert tree.pairs == [(Fraction(1, 2), (1 + d * d) / 2)]
    assert tree.pairs[0][1] / tree.pairs[0][0] - 1 < Fraction(1, 10**12)
    assert tree.valleys[1].barrier == pytest.approx(float(d * d / 2), rel=1e-12)
    heights = [net.loss(X, [float(d), 1.0]) for net in tree.path(1)]
    assert max(heights) == pytest.approx(float(tree.pairs[0][1]), abs=1e-12)


def test_values_and_heights_closer_than_rounding():
    """One unit fits one of two opposite samples: losses 1/2 and (1 + e)^2 / 2."""
    e = Fraction(1, 10**15)
    X, y = [[1], [-1]], [1, 1 + e]
    tied = barrier_tree(X, y, 1)
    assert tied.ties == ((0, 1),)
    assert not tied.valleys[1].spurious
    tree = agree(X, y, 1)
    assert tree.ties == ()
    assert tree.valleys[1].spurious
    assert [v.exact_value for v in tree.valleys] == [Fraction(1, 2), (1 + e) ** 2 / 2]
    assert float(tree.valleys[1].exact_value) == pytest.approx(0.5, rel=1e-12)
    wider = [[1, 0, 1], [0, 1, 1], [-1, -1, 1], [1 + e, 0, 1]]
    agree(wider, [1, 0, 2, -1], 1, bias=True)


def test_a_height_cap_is_compared_exactly():
    X, y = [[1], [-1]], [1, 2]
    top = Fraction(5, 2)
    assert barrier_tree(X, y, 1, exact=True, height_cap=top).pairs == [(2, top)]
    below = barrier_tree(X, y, 1, exact=True, height_cap=top - Fraction(1, 10**30))
    assert below.pairs == [(2, np.inf)]
    assert below.valleys[1].barrier == np.inf
    with pytest.raises(rs.InputError, match="below the lowest loss"):
        barrier_tree(X, y, 1, exact=True, height_cap=Fraction(1, 2) - Fraction(1, 10**30))
    assert barrier_tree(X, y, 1, exact=True, height_cap=Fraction(1, 2)).nodes == 1
    assert barrier_tree(X, y, 1, exact=True, height_cap=np.inf).pairs == [(2, top)]


@given(problems(max_n=4, max_d=2), st.booleans(), st.sampled_from(["none", "all", "random"]), st.data())
@settings(max_examples=60)
def test_wrong_proposals_are_refuted(problem, bias, kind, data):
    """Whatever part of a cone floats propose as the support, the exact distance comes out."""
    generators = generators_of(cells_of(rs.Dataset(*problem)), bias)
    g = len(generators.columns)
    drawn = data.draw(st.lists(st.sets(st.integers(0, g - 1), max_size=6), min_size=1, max_size=4)) if g else [set()]
    sets = [tuple(sorted(s)) for s in drawn]
    marks = data.draw(st.lists(st.booleans(), min_size=sum(map(len, sets)), max_size=sum(map(len, sets))))
    used = np.array({"none": [False] * len(marks), "all": [True] * len(marks), "random": marks}[kind], dtype=bool)
    faces = Faces(generators)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Generators, "proposals", lambda self, starts, members: (None, used, None))
        found = faces.of(sets)
    y = list(generators.targets)
    for number, chosen in zip(found, sets, strict=True):
        expected = nearest_distance([tuple(generators.column(k)) for k in chosen], y) / len(y)
        value = faces.values[number]
        assert Fraction(int(value.p), int(value.q)) == expected
    places, values = faces.ranks(found)
    exact = [Fraction(int(faces.values[f].p), int(faces.values[f].q)) for f in found]
    assert list(values) == sorted(set(exact))
    assert [values[k] for k in places] == exact
    below = faces.lower(found[:, None].repeat(len(found), 1).ravel(), np.tile(found, len(found)))
    assert below.tolist() == [a < b for a in exact for b in exact]


def test_starts_sink_by_exact_values():
    d = Fraction(1, 10**7)
    exact, rough = (build(rs.Dataset([[1], [-1]], [d, 1]), 1, exact=e) for e in (True, False))
    nodes = np.arange(exact.nodes.number)
    first = [tuple(exact.generators.cells.patterns[exact.generators.describe(s)[0]]) for s in range(4)]
    trap = next(k for k in nodes if first[k] == (True, False) and exact.birth[k] < 0.5 + 1e-15 and k % 2 == 0)
    assert exact.lowest_from(nodes)[trap] == trap
    assert rough.lowest_from(nodes)[trap] == rough.lowest


def test_numbers_with_hundreds_of_digits():
    """A change far below any float leaves the tree of data in general position as it is."""
    rng = np.random.default_rng(4)
    X, y = rng.integers(-9, 10, (6, 2)), rng.integers(-5, 6, 6)
    tiny = Fraction(1, 2**900)
    near = [
        [Fraction(int(v)) + tiny * int(u) for v, u in zip(row, turn, strict=True)]
        for row, turn in zip(X, rng.integers(1, 99, X.shape), strict=True)
    ]
    base = barrier_tree(X, y, 2, exact=True).pairs
    for exact in (False, True):
        found = barrier_tree(near, y, 2, exact=exact).pairs
        assert np.array(found, dtype=float) == pytest.approx(np.array(base, dtype=float), abs=1e-9)


def test_too_much_for_exact_values_is_said_first(monkeypatch):
    data = rs.Dataset([[1, 2], [-1, 3], [2, 1]], [1, 2, 3])
    large = LandscapeSize(10**4, 2 * 10**8, 8 * 10**8, True, True, 2, 1e4, 1e5)
    with pytest.raises(rs.TooLarge, match=r"about 2[0-9][0-9] minutes and .* GB; leave out exact=True") as refusal:
        size.refuse_exact(large, generators_of(cells_of(data)))
    assert refusal.value.estimate == 10**9
    monkeypatch.setattr(size, "EXACT_SECONDS", 0.0)
    with pytest.raises(rs.TooLarge, match="leave out exact=True"):
        barrier_tree(data, width=2, exact=True)
    assert barrier_tree(data, width=2).kind == "numerical"


def test_rounding_is_not_told_as_a_loss():
    tree = barrier_tree([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0], 3, output_bias=True)
    assert tree.told(tree.noise / 2) == 0.0
    assert tree.told(2 * tree.noise) == 2 * tree.noise
    assert tree.global_minimum <= tree.noise
    assert "global minimum 0\n" in str(tree) + "\n"


def cones_of_two(X, y):
    """Return generators, sets of two states of opposite signs, and their exact losses over all subsets."""
    generators = generators_of(cells_of(rs.Dataset(X, y)))
    plus, minus = generators.of_state[::2], generators.of_state[1::2]
    sets = [tuple(sorted({*a, *b})) for a in plus for b in minus]
    columns = [tuple(generators.column(g)) for g in range(len(generators.columns))]
    target = [Fraction(v) for v in y]
    return generators, sets, [nearest_distance([columns[g] for g in s], target) / len(y) for s in sets]


def test_floats_keep_their_digits_where_generators_nearly_cancel():
    """Three samples within 1e-4 of one line: units of opposite signs with weights of 1e4."""
    e = Fraction(1, 10**4)
    generators, sets, losses = cones_of_two([[1, 0], [1, e], [1, 2 * e], [1, 1], [1, -1]], [1, -2, 2, 1, -1])
    assert generators.values(sets) == pytest.approx([float(v) for v in losses], abs=1e-14)


@pytest.mark.parametrize("digits", [5, 6, 7, 9, 12])
def test_losses_that_floats_cannot_find_are_looked_up(digits):
    """So near one line that floats take some generators for dependent; their losses were wrong by up to 0.8."""
    e = Fraction(1, 10**digits)
    X, y = [[1, 0], [1, e], [1, 2 * e], [1, 1], [1, -1]], [1, -2, 2, 1, -1]
    generators, sets, losses = cones_of_two(X, y)
    found = by_floats(generators).marks(sets)
    assert found == pytest.approx([float(v) for v in losses], abs=1e-9)


def test_rows_that_nearly_repeat():
    """Each row twice, 1e-9 apart: floats look up what they cannot find, and miss only valleys within their noise."""
    rng = np.random.default_rng(2)
    X = np.c_[rng.normal(size=(8, 1)).round(1), np.ones(8)]
    X[4:] = X[:4] + 1e-9 * rng.normal(size=(4, 2))
    y = rng.normal(size=8).round(1)
    rough, exact = (barrier_tree(X, y, 2, output_bias=True, exact=e) for e in (False, True))
    assert float(exact.global_minimum) == pytest.approx(rough.global_minimum, abs=1e-12)
    lasting = [(float(p), float(q)) for p, q in exact.pairs if q - p > rough.noise]
    assert np.array(rough.pairs) == pytest.approx(np.array(lasting), abs=1e-12)
    assert len(lasting) < len(exact.pairs)
