from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

import reluscape as rs
from reluscape.landscape.optimum import branch, global_minimum, infinite_width_minimum
from reluscape.landscape.optimum.branch import branch_and_bound, reaches
from reluscape.landscape.optimum.infinite import infinite_width_value
from reluscape.numbers import exact
from tests.oracles.intersections import closed_cells, lines_and_rays
from tests.strategies import problems


def brute(X, y, width, bias):
    """The lowest basin of all, each program by scipy over the rays of an independent arrangement."""
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    target = y - y.mean() if bias else y
    lines, rays, basis = lines_and_rays(X)
    if not lines.size:
        return target @ target / len(y)
    cells, inside = closed_cells(lines, rays)
    features = np.maximum(np.where(np.abs(X @ basis.T @ rays.T) < 1e-9, 0, X @ basis.T @ rays.T), 0)
    if bias:
        features = features - features.mean(axis=0)
    best = np.inf
    for layer in combinations_with_replacement([(c, s) for c in range(len(cells)) for s in (1, -1)], width):
        A = np.array([s * features[:, q] for c, s in set(layer) for q in inside[c]]).reshape(-1, len(y)).T
        A = A[:, np.linalg.norm(A, axis=0) > 1e-9]
        best = min(best, nnls(A, target, maxiter=10000)[1] ** 2 if A.shape[1] else target @ target)
    return best / len(y)


@given(problems(max_n=4, max_d=2), st.integers(1, 2), st.booleans())
@settings(max_examples=20)
def test_global_minimum_against_all_basins(problem, width, bias):
    X, y = problem
    if rs.Dataset(X).rank > 2:
        width = 1
    size = max(1.0, float(sum(v * v for v in y)))
    found = global_minimum(X, y, width, output_bias=bias)
    assert found.complete
    assert found.value == pytest.approx(brute(X, y, width, bias), abs=1e-8 * size)
    assert found.net.loss(X, y) == pytest.approx(found.value, abs=1e-8 * size)
    assert found.lower <= found.upper


@given(problems(max_n=5, max_d=2), st.integers(1, 3), st.booleans(), st.integers(0, 5))
@settings(max_examples=25)
def test_branch_and_bound_equals_the_list_of_all_layers(problem, width, bias, seed):
    """Whatever the order of the rows, from a start without any network."""
    X, y = problem
    data = rs.Dataset(X, y)
    width = 1 if data.rank > 2 else min(width, 2 if data.n > 4 else 3)
    size = max(1.0, float(sum(v * v for v in y)))
    order = np.random.default_rng(seed).permutation(data.n)
    found = branch_and_bound(data, width, bias, np.inf, order)
    truth = brute(X, y, width, bias)
    assert found.finished
    assert found.upper / data.n == pytest.approx(truth, abs=1e-8 * size)
    assert found.lower <= data.n * truth + 1e-12 * size
    assert found.best.loss(data) == pytest.approx(truth, abs=1e-8 * size)
    patterns, signs = np.array([p for p, _ in found.states]), [s for _, s in found.states]
    own = rs.basin_value(data, None, patterns, signs, output_bias=bias).value
    assert own == pytest.approx(truth, abs=1e-7 * size)


@pytest.mark.parametrize("seed", range(4))
def test_interval_holds_the_truth_whenever_it_stops(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    data = rs.Dataset(np.c_[rng.integers(-9, 10, (9, 2)), np.ones(9)].astype(int), rng.integers(-5, 6, 9))
    truth = global_minimum(data, width=2, output_bias=True)
    assert truth.complete
    order = rng.permutation(9)
    lowers = []
    for steps in (0, 1, 2, 4, 8, 1000):
        ticks = iter([0.0] * steps + [2.0] * 10_000)
        monkeypatch.setattr(branch.time, "monotonic", lambda ticks=ticks: next(ticks))
        stopped = branch_and_bound(data, 2, True, 1e6, order, deadline=1.0)
        monkeypatch.undo()
        assert stopped.lower <= 9 * truth.value + 1e-9
        assert stopped.upper >= 9 * truth.value - 1e-9
        lowers.append(stopped.lower)
    assert stopped.finished
    assert (np.diff(lowers) >= -1e-9).all()


def test_search_agrees_with_the_tree_of_all_basins_on_real_data():
    data = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", features=["chins"], bias=True)
    for width in (1, 2):
        found = global_minimum(data, width=width, output_bias=True)
        tree = rs.barrier_tree(data, width=width, output_bias=True, exact=True)
        assert found.complete
        assert found.exact_value == tree.global_minimum
        assert found.net.loss(data) == pytest.approx(found.value, rel=1e-9)


@given(problems(max_n=5, max_d=2), st.booleans())
@settings(max_examples=20)
def test_infinite_width_against_scipy_and_wide_layers(problem, bias):
    X, y = problem
    found = infinite_width_minimum(X, y, output_bias=bias)
    A = np.array(X, dtype=float)
    target = np.array(y, dtype=float) - (np.mean(np.array(y, dtype=float)) if bias else 0)
    lines, rays, basis = lines_and_rays(A)
    columns = np.zeros((len(y), 0))
    if lines.size:
        F = np.maximum(np.where(np.abs(A @ basis.T @ rays.T) < 1e-9, 0, A @ basis.T @ rays.T), 0)
        F = F - F.mean(axis=0) if bias else F
        columns = np.c_[F, -F][:, np.tile(np.linalg.norm(F, axis=0) > 1e-9, 2)]
    expected = nnls(columns, target, maxiter=10000)[1] ** 2 if columns.shape[1] else target @ target
    size = max(1.0, float(sum(v * v for v in y)))
    assert found.value == pytest.approx(expected / len(y), abs=1e-8 * size)
    assert isinstance(found.exact_value, Fraction)
    assert found.net.loss(X, y) == pytest.approx(found.value, abs=1e-8 * size)
    if 1 <= found.width <= 2:
        assert global_minimum(X, y, found.width, output_bias=bias).value == pytest.approx(found.value, abs=1e-8 * size)
    if found.width == 2 and found.width_is_least:
        assert global_minimum(X, y, 1, output_bias=bias).value > found.value


@given(problems(max_n=6, max_d=3), st.booleans(), st.integers(0, 9))
@settings(max_examples=40)
def test_infinite_width_is_the_projection_on_the_features_of_many_units(problem, bias, seed):
    """In fractions: with enough random units the span is complete, and no unit adds to it."""
    data = rs.Dataset(*problem)
    rng = np.random.default_rng(seed)
    W = rng.integers(-99, 100, (6 * data.n, data.d))
    features = [[max(exact.dot(w, x), Fraction(0)) for x in data.fractions] for w in W.tolist()]
    if bias:
        features.append([Fraction(1)] * data.n)
    F = np.array(features, dtype=object)
    kept = list(exact.pivot_columns(F.T)) if any(map(any, features)) else []
    rest = data.y_fractions
    if kept:
        weights = exact.solve(F[kept].dot(F[kept].T), F[kept].dot(rest))
        rest = rest - np.array(weights, dtype=object).dot(F[kept])
    value, dimension = infinite_width_value(data, bias)
    assert value == sum((v * v for v in rest), Fraction(0)) / data.n
    assert dimension == len(kept)


def test_width_from_which_more_units_cannot_help_on_a_real_table():
    """Flowers with the same petals and different species keep every network above 2/75."""
    data = rs.Dataset.from_csv(
        "examples/iris_versicolor_virginica.csv", target="species", features=["petal_length", "petal_width"], bias=True
    )
    found = infinite_width_minimum(data, output_bias=True, time_limit=4)
    table = {}
    for x, y in zip(data.fractions.tolist(), data.y_fractions, strict=True):
        table.setdefault(tuple(x), []).append(y)
    noise = sum(sum((v - sum(ys) / len(ys)) ** 2 for v in ys) for ys in table.values())
    assert found.exact_value == noise / 100 == Fraction(2, 75)
    assert found.net.loss(data) == pytest.approx(float(found.exact_value), abs=1e-8)
    # no straight line fits the means: one unit is too few; how much more is proved depends on the time
    assert 1 <= found.at_least <= found.width <= found.dimension
    assert reaches(data, 1, True, float(found.exact_value)) is False
    assert found.width_is_least == (found.at_least == found.width)


def test_infinite_width_without_time_has_the_width_of_the_span():
    found = infinite_width_minimum([[1, 2], [2, 1], [-1, 1], [3, 1]], [1, -2, 3, 1], time_limit=0)
    assert found.exact_value == 0
    assert found.width <= found.dimension == 4
    assert found.net.loss([[1, 2], [2, 1], [-1, 1], [3, 1]], [1, -2, 3, 1]) < 1e-12
    with pytest.raises(rs.InputError, match="time limit"):
        infinite_width_minimum([[1]], [1], time_limit=-1)


def test_xor_has_the_published_values():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    assert global_minimum(X, y, 1, output_bias=True, exact=True).exact_value == Fraction(1, 6)
    two = global_minimum(X, y, 2, exact=True)
    assert two.exact_value == 0
    assert rs.verify(two.certificate)
    assert infinite_width_minimum(X, y).width == 2


def test_stopped_early_the_interval_is_valid():
    data = rs.datasets.load("linnerud", bias=True)
    found = global_minimum(data, width=3, output_bias=True, time_limit=0)
    assert not found.complete
    assert found.lower <= found.upper == found.value
    assert found.net.loss(data) == pytest.approx(found.value)
    assert found.lower >= 0
    with pytest.raises(rs.InputError, match="time limit"):
        global_minimum([[1]], [1], 1, time_limit=-1)
    with pytest.raises(rs.InputError, match="1 or more"):
        global_minimum([[1]], [1], 0)


@pytest.mark.parametrize("big", [10**19, 10**30])
@pytest.mark.parametrize("bias", [False, True])
def test_rows_beyond_machine_words(big, bias):
    """Two samples on one line: a weighted mean in closed form."""
    X, y = [[big], [2]], [1, 3]
    found = global_minimum(X, y, 1, output_bias=bias)
    if bias:
        assert found.exact_value == 0
    else:
        slope = Fraction(big * 1 + 2 * 3, big * big + 4)
        assert found.exact_value == ((big * slope - 1) ** 2 + (2 * slope - 3) ** 2) / 2
    assert rs.verify(found.certificate)
    doubles = global_minimum([[1e-20], [2.0]], y, 1, output_bias=bias)
    assert rs.verify(doubles.certificate)


@pytest.mark.parametrize("width", [10, 50, 2000])
def test_wide_layers_reach_what_no_width_beats_at_once(width):
    X, y = [[1], [1], [-1], [2], [-3]], [1, -2, 3, 1, 5]
    found = global_minimum(X, y, width)
    assert found.exact_value == infinite_width_value(rs.Dataset(X, y), False)[0]
    assert found.complete
    assert found.net.width == width


def test_a_width_is_called_least_only_where_it_is_proven():
    """Nearly parallel samples: floats find no network, and what they find is not taken for a proof."""
    e = Fraction(1, 5 * 10**8)
    X, y = [[0, 3], [-1, -3], [-e, -3 - e / 2], [e, 3 - e / 2]], [-2, -3, 1, 0]
    found = infinite_width_minimum(X, y)
    assert found.exact_value == 0
    assert found.at_least <= found.width <= found.dimension
    assert found.kind != "exact" or found.net.loss(X, y) < 1e-3
    assert found.kind == "exact" or not found.width_is_least
    tiny = Fraction(1, 10**12)
    lost = infinite_width_minimum([[-2], [-4 + tiny], [-4 + 3 * tiny]], [0, -1, 1], output_bias=True)
    assert lost.at_least <= lost.width <= lost.dimension
    rounded = infinite_width_minimum([[-1], [0], [1]], [-100 * tiny, 3 + 100 * tiny, -1])
    assert not rounded.width_is_least or rounded.width == 2
    far = infinite_width_minimum([[-1, 1, 1], [-1, 1, -1], [0, 10**15, -(10**15)]], [-1, 1, 1])
    assert far.exact_value == 0


def test_impossible_limits_and_seeds_are_named():
    for search in (global_minimum, infinite_width_minimum):
        assert search([[1], [-1]], [1, 2], time_limit="1").value >= 0
        for limit in ("abc", 10**400, -1, float("nan")):
            with pytest.raises(rs.InputError, match="time limit"):
                search([[1], [-1]], [1, 2], time_limit=limit)
        with pytest.raises(rs.InputError, match="seed"):
            search([[1], [-1]], [1, 2], seed=-1)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-7, 1e150, 1e200])
def test_the_search_for_a_width_never_takes_the_closed_form_down(scale):
    """Rows in general position are fitted by wide networks whatever their size, so the value is 0 and exact."""
    rng = np.random.default_rng(1)
    X, y = scale * rng.normal(size=(6, 2)), rng.normal(size=6)
    found = rs.infinite_width_minimum(X, y, time_limit=0.5)
    assert found.exact_value == 0
    assert found.at_least <= found.width
    assert np.isfinite(found.net.W).all()
    beside = np.c_[np.ones(6), 1 + 1e-9 * rng.normal(size=6)]
    assert rs.infinite_width_minimum(beside, y, time_limit=0.5).exact_value == 0


def test_numbers_too_long_for_python_s_own_reading_are_read():
    """Networks of many units have exact weights of thousands of digits."""
    from reluscape.certificates import fraction_text
    from reluscape.landscape.optimum.proof import exact_basin

    long = Fraction(10**4500 + 1, 10**4500 - 1)
    data = rs.Dataset([[Fraction(1, 3)], [1]], [long, 3 * long])
    found = exact_basin(data, False, np.array([[True, True]]), np.array([1]))
    assert found is not None
    assert found.value == 0
    assert len(fraction_text(found.W[0, 0])) > 4300


def test_a_time_that_is_up_begins_no_new_work():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    found = rs.infinite_width_minimum(X, y, time_limit=0)
    assert (found.exact_value, found.at_least) == (0, 1)
    one = rs.global_minimum(X, y, 12, time_limit=0)
    assert one.lower <= one.value
    walked = rs.descend(X, y, rng.normal(size=(3, 3)), rng.normal(size=3), time_limit=0)
    assert walked.reason == "the time is up"
    assert not walked.finished
