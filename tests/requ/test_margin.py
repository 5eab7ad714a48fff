from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reluscape.errors import AssumptionError, InputError
from reluscape.requ.interpolation import interpolate_exactly
from reluscape.requ.margin import margin

LINE = [[0], [1], [2], [3]]


def exact_ratio(X, y, c, U):
    """min_i y_i p(x_i) / sum |c| |u|^2 in fractions, by the definition."""
    C = [Fraction(float(v)) for v in c]
    rows = [[Fraction(float(v)) for v in u] for u in U]
    margins = []
    for x, label in zip(X, y, strict=True):
        z = [*(Fraction(v) for v in x), Fraction(1)]
        total = Fraction(0)
        for weight, u in zip(C, rows, strict=True):
            t = sum(a * b for a, b in zip(u, z, strict=True))
            total += weight * max(t, Fraction(0)) ** 2
        margins.append(int(label) * total)
    return min(margins) / sum(abs(w) * sum(v * v for v in u) for w, u in zip(C, rows, strict=True))


def grid_value(X, y, angles=4000):
    """gamma* of one-dimensional data from a linear program over a fine grid of directions, a lower bound."""
    t = np.linspace(0, 2 * np.pi, angles, endpoint=False)
    Z = np.column_stack([np.asarray(X, float), np.ones(len(X))])
    F = np.maximum(np.column_stack([np.cos(t), np.sin(t)]) @ Z.T, 0) ** 2 * np.asarray(y, float)
    columns = np.concatenate([F, -F])
    A = np.column_stack([-columns.T, np.ones(len(y))])
    answer = linprog(
        [0.0] * len(columns) + [-1.0], A_ub=A, b_ub=np.zeros(len(y)), A_eq=[[1.0] * len(columns) + [0.0]], b_eq=[1.0],
        bounds=[(0, None)] * len(columns) + [(None, None)],
    )  # fmt: skip
    return -answer.fun


@pytest.mark.parametrize(
    ("X", "y", "value"),
    [
        ([[1], [-1]], [1, -1], 1.0),
        (LINE[:2], [1, -1], np.sqrt(2) / 3),
        (LINE[:3], [1, -1, 1], 0.185585),
        (LINE, [1, -1, 1, -1], 0.054034),
    ],
)
def test_known_values(X, y, value):
    found = margin(X, y, rng=0)
    assert found.kind == "exact"
    assert found.lower == pytest.approx(value, abs=6e-7)
    assert found.lower <= found.upper <= found.lower * (1 + 1e-6)


@pytest.mark.parametrize("x", [[3.0], [0.0], [1.0, -2.0, 0.5]])
def test_one_sample_closed_form(x):
    found = margin([x], [1])
    assert found.lower == pytest.approx(1 + float(np.square(x).sum()), rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.integers(-6, 6), st.sampled_from([-1, 1]), min_size=1, max_size=6), st.integers(0, 9))
def test_line_against_a_program_over_a_grid_of_directions(labels, seed):
    X, y = [[v] for v in labels], list(labels.values())
    found = margin(X, y, rng=seed)
    grid = grid_value(X, y)
    assert found.kind == "exact"
    assert grid <= found.upper * (1 + 1e-9)
    assert found.lower == pytest.approx(grid, rel=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), st.integers(2, 7), st.integers(0, 10**6))
def test_both_bounds_proved_another_way(d, n, seed):
    g = np.random.default_rng(seed)
    X = g.integers(-2, 3, (n, d))
    X = X[np.sort(np.unique(X, axis=0, return_index=True)[1])]
    y = g.choice([-1, 1], len(X))
    found = margin(X, y, rng=seed)
    assert exact_ratio(X.tolist(), y, found.c, found.U) == found.exact_lower
    assert Fraction(found.lower) <= found.exact_lower
    assert found.q.min() >= 0
    assert found.q.sum() == pytest.approx(1)
    U = g.standard_normal((20000, d + 1))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    psi = np.maximum(U @ np.column_stack([X, np.ones(len(X))]).T, 0) ** 2 @ (found.q * y)
    assert np.abs(psi).max() <= found.upper * (1 + 1e-12)
    assert found.kind in ("exact", "certified")


def test_order_labels_and_repeats_change_nothing():
    g = np.random.default_rng(3)
    X, y = g.standard_normal((6, 2)), np.array([1, -1, 1, -1, -1, 1])
    value = margin(X, y, rng=0).lower
    order = g.permutation(6)
    for other in (
        margin(X[order], y[order], rng=1),
        margin(X, -y, rng=2),
        margin(X[[0, *range(6)]], y[[0, *range(6)]]),
    ):
        assert other.lower == pytest.approx(value, rel=1e-6)


def test_never_below_what_interpolation_along_the_line_gives():
    for y in ([1, -1, 1, -1], [1, 1, -1, 1], [-1, 1, 1, -1]):
        assert margin(LINE, y).upper >= interpolate_exactly([0, 1, 2, 3], y, -1).margin_ratio()


def test_hard_labels_leave_a_tiny_margin_that_is_still_proven():
    # close neighbours with different labels: doubles cannot hold the program, the exact ratio is still positive
    X, y = [[k, Fraction(k * k, 10**12)] for k in range(12)], [(-1) ** k for k in range(12)]
    found = margin(X, y, rng=0)
    assert found.lower > 0
    assert Fraction(found.lower) <= found.exact_lower


@pytest.mark.parametrize(
    ("X", "y", "error", "text"),
    [
        ([[0], [0]], [1, -1], AssumptionError, "samples 0 and 1 are the same point"),
        ([[0], [1]], [0, 1], InputError, "neither -1 nor \\+1.*numpy.where"),
        ([[0], [1], [2]], [0, 1, 2], InputError, "two classes"),
        ([[0], [1]], ["a", "b"], InputError, "not numbers"),
        ([[0], [1]], [1, np.nan], InputError, "neither"),
        ([[0.0], [np.nan]], [1, -1], InputError, "not a finite number|not finite|NaN"),
        ([[0], [1]], [1], InputError, "1 labels for 2 samples"),
        ([[0], [1]], None, InputError, "no labels"),
        (np.zeros((0, 2)), [], InputError, "no samples"),
    ],
)
def test_bad_input(X, y, error, text):
    with pytest.raises(error, match=text):
        margin(X, y)


@pytest.mark.parametrize("n", [12, 30, 50])
def test_long_alternating_lines_stay_exact(n):
    # both bounds are proven, so their agreement to seven digits is a statement about gamma* itself
    found = margin([[k] for k in range(n)], [(-1) ** k for k in range(n)], rng=0)
    assert found.kind == "exact"
    assert found.gap < 1e-7
    assert Fraction(found.lower) <= found.exact_lower


# inputs far below the column of ones leave the program few digits; both bounds stay proven, a gap may stay too
@pytest.mark.parametrize(("scale", "gap"), [(1e-3, 1.0), (1.0, 1e-6), (1e6, 1e-6)])
def test_any_scale_of_the_inputs(scale, gap):
    g = np.random.default_rng(0)
    X, y = scale * g.standard_normal((10, 2)), np.resize([1, -1], 10)
    found = margin(X, y, rng=0)
    assert found.kind in ("exact", "certified")
    assert 0 < found.lower <= found.upper
    assert found.gap <= gap


def test_where_doubles_give_up_a_positive_bound_is_left():
    found = margin([[0.0], [1e-100]], [1, -1])
    assert 0 < found.lower < 1e-190
    assert found.kind == "certified"
    assert found.upper < 1.1
