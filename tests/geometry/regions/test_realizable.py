"""One pattern: the decision against elimination, and the certificates re-proved by the verifier."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.certificates import verify
from reluscape.errors import InputError, ShapeError
from reluscape.geometry.regions.realizable import is_realizable
from reluscape.problem.data import Dataset
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=4, max_d=3))
def test_every_pattern_of_small_degenerate_data(X):
    expected = realizable_patterns(X)
    data = Dataset(X)
    for bits in itertools.product([False, True], repeat=len(X)):
        answer = is_realizable(data, bits)
        assert answer.realizable == (bits in expected)
        assert verify(json.loads(json.dumps(answer.certificate))).ok


@given(integer_matrices(max_n=6, max_d=3), st.data())
def test_gordan_speaks_of_the_original_rows(X, draw):
    scale = draw.draw(st.lists(st.fractions(min_value="1/9", max_value=7), min_size=len(X), max_size=len(X)))
    X = X * np.array(scale, dtype=object)[:, None]
    bits = draw.draw(st.lists(st.booleans(), min_size=len(X), max_size=len(X)))
    answer = is_realizable(X, bits)
    s = [1 if b else -1 for b in bits]
    if answer.realizable:
        w = [Fraction(v) for v in answer.witness]
        assert all(si * sum(a * b for a, b in zip(row, w, strict=True)) > 0 for si, row in zip(s, X, strict=True))
    else:
        weights = answer.gordan
        assert min(weights) >= 0
        assert any(weights)
        assert not any(sum(m * si * v for m, si, v in zip(weights, s, X[:, c], strict=True)) for c in range(X.shape[1]))


def test_zero_rows_and_no_rows():
    answer = is_realizable([[1, 0], [0, 0]], [1, 0])
    assert not answer
    assert answer.gordan.tolist() == [0, 1]
    assert is_realizable(np.empty((0, 2)), np.empty(0, bool)).realizable


def test_iris_like_decimals_are_exact():
    # 0.1, 0.2, 0.3 as decimals are collinear with the bias; as doubles they are not quite.
    decimals = Dataset([["0.1", "1"], ["0.2", "1"], ["0.3", "1"]])
    assert not is_realizable(decimals, [True, False, True]).realizable
    assert is_realizable(decimals, [True, False, False]).realizable


def test_an_altered_certificate_fails():
    good = is_realizable([[1, 0], [0, 1], [1, 1]], [1, 1, 0]).certificate
    assert verify(good).ok
    bad = json.loads(json.dumps(good))
    bad["claim"]["pattern"] = "111"
    assert not verify(bad).ok
    bad = json.loads(json.dumps(good))
    bad["witness"]["lambda"] = ["0", "0", "0"]
    assert "zero" in verify(bad).message
    bad["witness"]["lambda"] = ["-1", "0", "0"]
    assert "negative" in verify(bad).message
    witness = is_realizable([[1, 0], [0, 1]], [1, 1]).certificate
    witness["claim"]["pattern"] = "10"
    assert "sample 1" in verify(witness).message


def test_bad_input():
    with pytest.raises(ShapeError, match="expected"):
        is_realizable([[1, 0], [0, 1]], [1])
    with pytest.raises(InputError, match="0/1"):
        is_realizable([[1, 0], [0, 1]], [2, 1])
    with pytest.raises(InputError, match="finite"):
        is_realizable(np.array([[np.nan, 1.0]]), [1])
