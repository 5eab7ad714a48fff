from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

import reluscape as rs
from reluscape.errors import InputError, ShapeError
from reluscape.numbers import exact
from reluscape.problem.data import as_dataset, standardize
from tests.strategies import integer_matrices


@given(integer_matrices())
def test_findings_by_brute_force(X):
    data = rs.Dataset(X)
    n = data.n
    assert data.zero_rows == tuple(i for i in range(n) if not any(X[i]))
    equal = {(i, j) for i, j in combinations(range(n), 2) if list(X[i]) == list(X[j])}
    assert {p for g in data.duplicates for p in combinations(g, 2)} == equal
    parallel = {(i, j) for i, j in combinations(range(n), 2) if any(X[i]) and any(X[j]) and exact.rank(X[[i, j]]) == 1}
    assert {p for g in data.parallel for p in combinations(g, 2)} == parallel
    r = data.rank
    generic = not data.zero_rows and all(exact.rank(X[list(s)]) == r for s in combinations(range(n), r))
    assert bool(data.general_position) == generic
    if data.general_position.status == "refuted":
        assert exact.rank(X[list(data.general_position.dependent)]) < len(data.general_position.dependent)


@given(integer_matrices(min_n=2))
def test_rows_that_only_floats_take_for_equal_are_no_duplicates(X):
    eps = Fraction(1, 10**40)
    shifted = X + np.array([[eps * (i % 2)] for i in range(len(X))], dtype=object)
    equal = {(i, j) for i, j in combinations(range(len(X)), 2) if list(shifted[i]) == list(shifted[j])}
    assert {p for g in rs.Dataset(shifted).duplicates for p in combinations(g, 2)} == equal


@pytest.mark.parametrize("bias", [False, True])
@given(integer_matrices(min_n=2))
def test_other_targets_beside_the_same_samples(bias, X):
    """What was found of the samples stays, what belongs to the targets does not."""
    first = rs.Dataset(X + Fraction(1, 3), ["no"] + ["yes"] * (len(X) - 1), bias=bias)
    assert first.conflicts is not None
    assert first.rank == exact.rank(first.rows)
    for y in ([Fraction(i, 7) for i in range(len(X))], np.arange(len(X)) / 10, iter(range(len(X)))):
        y = list(y) if not isinstance(y, np.ndarray) else y
        other, fresh = as_dataset(first, y), rs.Dataset(X + Fraction(1, 3), y, bias=bias)
        for name in ("features", "target", "classes", "conflicts", "duplicates", "parallel", "rank", "bias", "n", "d"):
            assert getattr(other, name) == getattr(fresh, name), name
        assert other.y_fractions.tolist() == fresh.y_fractions.tolist()
        assert other.fractions.tolist() == fresh.fractions.tolist()
        assert (other.X == fresh.X).all()
    with pytest.raises(ShapeError, match="values for"):
        as_dataset(first, [1] * (len(X) + 1))


def test_reading_and_immutability():
    data = rs.Dataset([["0.1", "1/3"], [1, 2]], [1, "1/2"], bias=True)
    assert data.exact_input
    assert data.fractions[0].tolist() == [Fraction(1, 10), Fraction(1, 3), Fraction(1)]
    assert data.y_fractions.tolist() == [1, Fraction(1, 2)]
    with pytest.raises(AttributeError, match="cannot be changed"):
        data.X = None
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 1
    assert not rs.Dataset(np.array([[0.1]])).exact_input
    assert rs.Dataset(np.array([[0.1]])).fractions[0, 0] == Fraction(0.1)
    assert not rs.Dataset([[0.1]]).exact_input


def test_bad_input_is_named():
    with pytest.raises(InputError, match="not finite at row 1"):
        rs.Dataset(np.array([[1.0], [np.nan]]))
    with pytest.raises(ShapeError, match="2 values for 1 samples"):
        rs.Dataset([[1]], [1, 2])
    with pytest.raises(ShapeError, match="row 1 has 1"):
        rs.Dataset([[1, 2], [3]])
    with pytest.raises(ShapeError, match="dimension"):
        rs.Dataset(np.zeros(3))
    assert rs.Dataset(np.zeros((0, 2))).n == 0


def test_near_dependence_is_decided_exactly():
    eps = Fraction(1, 2**60)
    assert bool(rs.Dataset([[1, 1], [1, 1 + eps]]).general_position)
    assert not rs.Dataset([[1, 1], [2, 2], [0, 1]]).general_position


def test_standardising_is_the_linear_map_it_says():
    data = rs.datasets.load("linnerud", bias=True)
    scaled = standardize(data)
    np.testing.assert_allclose(data.X @ scaled.transform, scaled.X, atol=1e-12)
    np.testing.assert_allclose(scaled.X[:, :-1].mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.X[:, :-1].std(0), 1, atol=1e-12)
    plain = standardize(rs.datasets.load("linnerud"))
    assert np.count_nonzero(plain.transform - np.diag(np.diag(plain.transform))) == 0


def test_named_data_sets():
    petals = rs.datasets.load("iris_petals", classes=("versicolor", "virginica"))
    assert petals.X.shape == (100, 2)
    assert set(petals.y) == {-1.0, 1.0}
    assert petals.fractions[0].tolist() == [Fraction(47, 10), Fraction(14, 10)]
    assert rs.datasets.load("linnerud").X.shape == (20, 3)
    assert rs.datasets.load("diabetes").X.shape == (442, 10)
    assert rs.datasets.load("breast_cancer").y.min() == -1
    with pytest.raises(InputError, match="no class"):
        rs.datasets.load("iris", classes=("versicolor", "rose"))
    with pytest.raises(InputError, match="unknown data set"):
        rs.datasets.load("nothing")
