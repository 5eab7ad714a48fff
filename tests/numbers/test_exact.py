from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import InputError, ShapeError
from reluscape.numbers import exact
from tests.strategies import integer_matrices


def eliminate(M):
    """Row echelon rank by hand."""
    rows = [[Fraction(v) for v in r] for r in M]
    r = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(r, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[r], rows[pivot] = rows[pivot], rows[r]
        for i in range(r + 1, len(rows)):
            f = rows[i][j] / rows[r][j]
            rows[i] = [a - f * b for a, b in zip(rows[i], rows[r], strict=True)]
        r += 1
    return r


@given(integer_matrices(max_n=6, max_d=4))
def test_rank_and_nullspace(X):
    r = eliminate(X)
    assert exact.rank(X) == r
    N = exact.nullspace(X)
    assert len(N) == X.shape[1] - r
    for z in N:
        assert all(exact.dot(x, z) == 0 for x in X)
    assert eliminate(N) == len(N)
    assert len(exact.pivot_columns(X)) == r
    assert eliminate(X[:, list(exact.pivot_columns(X))]) == r if r else True


@given(integer_matrices(max_n=5, max_d=4), st.data())
def test_solve(X, data):
    b = data.draw(st.lists(st.integers(-3, 3), min_size=len(X), max_size=len(X)))
    x = exact.solve(X, b)
    if x is None:
        assert eliminate(np.c_[X, np.array(b, dtype=object)]) == eliminate(X) + 1
    else:
        assert [exact.dot(row, x) for row in X] == b


@given(integer_matrices(max_n=6, max_d=3), st.data())
def test_integer_rows(X, data):
    rows, scales = exact.integer_rows(X)
    for x, row, scale in zip(X, rows, scales, strict=True):
        assert scale > 0
        assert [scale * v for v in row] == list(x)


def test_signs_are_exact_where_floats_are_not():
    big = 2**60
    rows = np.array([[big + 1, -big], [1, -1], [3, 1]], dtype=object)
    w = np.array([1.0, 1.0 + 2.0**-52])
    expected = [exact.sign(sum(Fraction(a) * int(b) for a, b in zip(w, r, strict=True))) for r in rows]
    assert exact.signs_of_products(rows, w).tolist() == expected
    tiny = np.array([[1, -1]], dtype=object)
    assert exact.signs_of_products(tiny, np.array([1.0, 1.0])).tolist() == [0]
    assert exact.signs_of_products(tiny, np.array([5e-324, 0.0])).tolist() == [1]
    huge = np.array([[10**400, -(10**400) + 1]], dtype=object)
    assert exact.signs_of_products(huge, np.array([1.0, 1.0])).tolist() == [1]


@given(integer_matrices(max_n=5, max_d=4))
def test_pivots_are_the_first_columns_that_raise_the_rank(X):
    ranks = [0, *(eliminate(X[:, : j + 1]) for j in range(X.shape[1]))]
    expected = tuple(j for j in range(X.shape[1]) if ranks[j + 1] > ranks[j])
    assert exact.pivot_columns(X) == expected
    scaled = X * np.array([[Fraction(1, i + 2)] for i in range(len(X))], dtype=object)
    assert exact.pivot_columns(scaled) == expected


@pytest.mark.parametrize("size", [3, 2**52, 2**53 + 1, 2**63, 10**30, 10**400])
def test_rows_as_floats_are_rounded_once(size):
    rng = np.random.default_rng(size % 97)
    shares = [[Fraction(int(v), 1000) for v in row] for row in rng.integers(-1000, 1001, (6, 3))]
    rows = np.array([[int(size * v) for v in row] for row in shares] + [[0, 0, 0]], dtype=object)
    got = exact.scaled_floats(rows)
    for row, floats in zip(rows, got.tolist(), strict=True):
        top = max(map(abs, row)) or 1
        assert floats == [float(Fraction(v, top)) for v in row]


def test_decimals_and_text():
    assert rs.exact_decimals(np.array([[0.1, 1e-3]])).tolist() == [[Fraction(1, 10), Fraction(1, 1000)]]
    assert exact.to_fraction(" 1/3 ") == Fraction(1, 3)
    with pytest.raises(InputError, match="is not a number"):
        exact.to_fraction("abc")
    with pytest.raises(InputError, match="not a finite"):
        exact.exact_decimals([float("nan")])
    with pytest.raises(ShapeError, match="row 1 has 1"):
        exact.fraction_matrix([[1, 2], [3]])


@given(
    st.lists(
        st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, -0.75, 3.0])),
                 min_size=3, max_size=3),
        max_size=4,
    )
)  # fmt: skip
def test_rows_of_doubles_are_those_of_their_fractions(rows):
    X = np.array(rows, dtype=float).reshape(-1, 3)
    integers, scales = exact.integer_rows_of_doubles(X)
    fractions, their_scales = exact.integer_rows(exact.fraction_matrix(X))
    assert integers.tolist() == fractions.tolist()
    assert scales.tolist() == their_scales.tolist()
    assert all(type(v) is int for v in integers.reshape(-1))
