import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reluscape.requ.sphere import Sphere


def dense(S, r, count=200_000, seed=0):
    U = np.random.default_rng(seed).standard_normal((count, S.k))
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    return np.abs(S.psi(np.asarray(r, float), U)).max()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 8), st.booleans(), st.integers(0, 10**6))
def test_peak_lies_between_a_dense_sample_and_its_bound(d, n, degenerate, seed):
    g = np.random.default_rng(seed)
    X = g.integers(-1, 2, (n, d)).astype(float) if degenerate else g.standard_normal((n, d))
    r = g.integers(-1, 2, n).astype(float) if degenerate else g.standard_normal(n)
    S = Sphere(X)
    peak = S.peak(r, np.concatenate([S.Z, g.standard_normal((20, d + 1))]))
    assert peak.proof == "cells"
    assert np.linalg.norm(peak.direction) == pytest.approx(1)
    assert peak.sign * S.psi(r, peak.direction[None])[0] == pytest.approx(peak.value, abs=1e-12)
    assert dense(S, r, 20_000) <= peak.upper
    assert peak.value <= peak.upper


def test_cells_find_what_a_bad_climb_missed():
    # started on the lower of two hills, the cells still find the higher one
    S = Sphere([[3.0], [-3.0]])
    start = np.array([[1.0, 0.3]])
    peak = S.peak(np.array([1.0, 1.5]), start)
    assert S.ascend(np.array([1.0, 1.5]), start)[0][0] == pytest.approx(10)
    assert peak.value == pytest.approx(15)
    assert peak.upper == pytest.approx(15, rel=1e-12)


def test_closed_forms():
    S = Sphere([[0.0], [1.0]])
    # all of the circle of the active quarter: the top eigenvalue of z1 z1^t + z2 z2^t
    peak = S.peak([1.0, 1.0], S.Z)
    assert peak.value == pytest.approx((3 + np.sqrt(5)) / 2)
    assert S.peak([0.0, 0.0], S.Z).value == 0.0


def test_without_cells_the_bound_is_an_eigenvalue_and_still_a_bound():
    S = Sphere(np.random.default_rng(0).standard_normal((9, 3)), cells=False)
    r = np.random.default_rng(1).standard_normal(9)
    peak = S.peak(r, S.Z)
    assert peak.proof == "eigenvalue"
    assert dense(S, r) <= peak.upper


def test_too_many_cells_are_not_listed():
    assert not Sphere(np.random.default_rng(0).standard_normal((60, 6))).cells_fit
