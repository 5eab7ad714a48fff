from fractions import Fraction

import numpy as np

from reluscape.solvers.twofold import lower_parts, product


def test_products_that_cancel_are_rounded_once():
    rng = np.random.default_rng(0)
    exactly = np.array([[Fraction(int(v), 3) for v in row] for row in rng.integers(-(10**6), 10**6, (6, 3))])
    exactly[:, 2] = exactly[:, 0] + exactly[:, 1] + [Fraction(k, 10**14) for k in range(1, 7)]
    high = exactly.astype(float)
    factor = np.array([[1.0], [1.0], [-1.0]])
    found = product(high, lower_parts(exactly, high), factor)[:, 0]
    truth = [float(-Fraction(k, 10**14)) for k in range(1, 7)]
    assert np.allclose(found, truth, rtol=1e-9, atol=0.0)


def test_columns_of_any_scale():
    found = product(np.array([[1e300, 1e-300]]), np.zeros((1, 2)), np.array([[1e-300], [1e300]]))
    assert np.allclose(found, 2.0)
