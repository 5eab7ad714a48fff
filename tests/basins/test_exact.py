"""Exact basin values: equal to brute force on every small problem, and proved by a checker that knows no solver."""

import copy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.problem.data import as_dataset
from tests import strategies
from tests.basins_strategy import basins
from tests.oracles import basin as oracle


@given(basins(), st.booleans())
def test_every_small_problem_is_exact_and_certified(problem, output_bias):
    X, y, A, signs = problem
    found = rs.basin_value(X, y, A, signs, exact=True, output_bias=output_bias)
    assert found.exact_value == oracle.basin_value(X, y, A, signs, output_bias)
    assert rs.verify(found.certificate).ok


@given(strategies.problems(max_n=5, max_d=2), st.data())
def test_patterns_of_no_weights_are_valued_by_their_constraints(problem, draw):
    X, y = problem
    A, signs = draw.draw(strategies.patterns_and_signs(len(X), max_m=2))
    for group in as_dataset(X, y).parallel:  # samples on one line that contradict each other are refused: test_refusals
        ahead = np.array([X[i].dot(X[group[0]]) > 0 for i in group])
        first, second = A[:, group[:1]].copy(), A[:, group[-1:]].copy()
        A[:, list(group)] = np.where(ahead, first, second & ~first)
    found = rs.basin_value(X, y, A, signs, exact=True)
    nonzero = np.array([any(row) for row in X])
    masked = A & nonzero
    assert rs.verify(found.certificate).ok
    assert found.exact_value == oracle.basin_value(X, y, masked, signs)


def test_float_data_are_exact_dyadic_numbers():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((10, 2)), rng.standard_normal(10)
    A, signs = rng.standard_normal((3, 2)) @ X.T > 0, np.array([1, -1, 1])
    found = rs.basin_value(X, y, A, signs, exact=True)
    assert rs.verify(found.certificate).ok
    assert found.value == pytest.approx(rs.basin_value(X, y, A, signs).value, abs=1e-10)
    prediction = (A * (found.Z @ X.T)).sum(axis=0)
    np.testing.assert_allclose(prediction, found.prediction, atol=1e-9)


def test_a_basin_of_real_data_is_certified():
    data = rs.datasets.load("linnerud")
    rng = np.random.default_rng(1)
    X = rs.Dataset(data.fractions, data.y_fractions, bias=True)
    W = rng.standard_normal((4, 4)) / X.X.std(axis=0).clip(1e-3)
    A, signs = X.X @ W.T > 0, np.array([1, -1, 1, -1])
    found = rs.basin_value(X, None, A.T, signs, exact=True, output_bias=True)
    assert rs.verify(found.certificate).ok
    assert found.value == pytest.approx(rs.basin_value(X, None, A.T, signs, output_bias=True).value, rel=1e-8)


def test_an_altered_certificate_fails():
    X, y = [[1, 0], [0, 1], [1, 1]], [1, -1, 2]
    found = rs.basin_value(X, y, [[True, True, True], [True, False, True]], [1, -1], exact=True)
    assert rs.verify(found.certificate).ok
    for path, value in (
        (("claim", "value"), str(found.exact_value + Fraction(1, 7))),
        (("claim", "signs"), [-1, -1]),
        (("claim", "patterns"), ["111", "111"]),
        (("claim", "output_bias"), True),
        (("witness", "Z"), [["1", "0"], ["0", "0"]]),
        (("witness", "c"), "1"),
        (("witness", "multipliers"), [[], []]),
        (("witness", "multipliers"), [[[0, "-1"]], []]),
    ):
        broken = copy.deepcopy(found.certificate)
        broken[path[0]][path[1]] = value
        assert not rs.verify(broken).ok, path


def test_fractions_of_any_length_are_written_and_read():
    from reluscape.certificates.core import fraction_text, read_number

    long = Fraction(7**20_000, -(5**9_000))  # 16,902 digits: Python itself refuses to print that
    assert read_number(fraction_text(long), "it") == long
    assert read_number(fraction_text(Fraction(3**9_000)), "it") == 3**9_000
    for text in ("x" * 5000, "1" * 5000 + "/x", "1/" + "0" * 5000):
        with pytest.raises(rs.CertificateError, match="exact number"):
            read_number(text, "it")
    rng = np.random.default_rng(0)
    entries = [int(v) ** 15 for v in rng.integers(-(2**40), 2**40, 60)]
    X = np.array([Fraction(a, (2**40 + 2 * i + 1) ** 15) for i, a in enumerate(entries)]).reshape(20, 3)
    A, y = (X @ np.diag([1, -1, 2]) @ np.ones((3, 2)) > 0).T, np.arange(20)
    found = rs.basin_value(X, y, A, [1, -1], exact=True, time_limit=60)
    assert found.exact_value.denominator.bit_length() > 15_000
    proof = rs.verify(found.certificate)
    assert proof.ok
    assert "characters" in proof.message


def test_a_time_limit_stops_and_is_checked():
    X, y = np.random.default_rng(0).standard_normal((60, 8)), np.arange(60.0)
    A = np.random.default_rng(1).standard_normal((6, 8)) @ X.T > 0
    with pytest.raises(rs.TooLarge, match="time_limit"):
        rs.basin_value(X, y, A, [1] * 6, exact=True, time_limit=1e-6)
    with pytest.raises(rs.InputError, match="time_limit"):
        rs.basin_value(X, y, A, [1] * 6, exact=True, time_limit=0)
    with pytest.raises(rs.TooLarge, match="4008 variables"):
        rs.basin_value(X, y, np.repeat(A, 84, axis=0)[:501], [1] * 501, exact=True)
