"""The nearest point of a polytope is the same by arrays and compiled, for rows that may not be written too."""

import numpy as np

from reluscape.numbers.tolerances import DEFAULT
from reluscape.solvers.min_norm_kernel import min_norm_point


def test_arrays_and_loops_take_the_same_steps():
    rng = np.random.default_rng(0)
    for k in range(100):
        n, d = rng.integers(1, 40), rng.integers(1, 6)
        points = rng.integers(-3, 4, (n, d)).astype(float)  # many equal products
        points[~points.any(axis=1)] = 1.0
        points.flags.writeable = False
        signs = np.where(points @ rng.normal(size=d) >= 0, 1.0, -1.0) if k % 2 else rng.choice([-1.0, 1.0], n)
        limits = DEFAULT.min_norm_gap, DEFAULT.min_norm_zero, DEFAULT.min_norm_dependent, 50 * int(n + d)
        certain, w, support = min_norm_point.plain(points, signs, *limits)
        other = min_norm_point.compiled(points, signs, *limits)
        assert certain == other[0]
        assert support.tolist() == other[2].tolist()
        np.testing.assert_allclose(w, other[1], rtol=1e-12, atol=1e-15)
        if certain:
            assert (signs * (points @ w) > 0).all()
