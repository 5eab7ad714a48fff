"""The projection onto a cone from inner products alone agrees with SciPy's non-negative least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from reluscape.solvers.nonnegative_kernel import project


@given(st.integers(0, 10**6), st.booleans())
def test_the_distance_is_scipys_also_for_dependent_generators(seed, whole):
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(1, 9)), int(rng.integers(1, 7))
    A = rng.integers(-2, 3, (k, n)).astype(float) if whole else rng.normal(size=(k, n))
    length = np.linalg.norm(A, axis=1, keepdims=True)
    A = A / np.where(length > 0, length, 1.0)
    y, x = rng.normal(size=n), np.empty(k)
    square = project(A @ A.T, A @ y, k, 1e-10, np.empty((k + 3, k)), x)
    assert (x >= 0).all()
    assert np.linalg.norm(y - x @ A) == pytest.approx(nnls(A.T, y)[1], abs=1e-9)
    assert square == pytest.approx(np.linalg.norm(x @ A) ** 2, abs=1e-8)
