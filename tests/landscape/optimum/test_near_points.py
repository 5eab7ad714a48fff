"""Points near the nearest one of many states, against scipy's non-negative least squares with slacks for loose rows."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import nnls

from reluscape.landscape.optimum.lower_bounds import LowerBounds


@pytest.mark.parametrize("seed", range(16))
def test_a_point_is_in_the_cone_and_nearest_where_all_rows_count(seed):
    """Generators that are zero, repeat or depend on each other; states that are empty; a constant; loose rows."""
    rng = np.random.default_rng(seed)
    n, g, number = int(rng.integers(2, 14)), int(rng.integers(3, 40)), int(rng.integers(1, 7))
    columns = np.maximum(rng.integers(-4, 5, (g, n)), 0) * rng.choice([-1, 1], (g, 1))
    columns[g // 2] = columns[0]
    y = rng.integers(-5, 6, n)
    of_state = [rng.choice(g, int(rng.integers(0, g)), replace=False).tolist() for _ in range(number)]
    free, loose = bool(seed % 2), None
    if seed % 4 > 1:
        loose = (rng.integers(0, 4, (number, n)) * (rng.random((number, n)) < 0.5)).astype(np.uint8)
    targets = np.array([Fraction(int(v)) for v in y], dtype=object)
    bounds = LowerBounds(targets, columns.astype(object), of_state, free, loose)
    for states in ([0], list(range(number))):
        own = columns[sorted({c for s in states for c in of_state[s]})].astype(float)
        side = np.zeros(n, dtype=np.uint8) if loose is None else np.bitwise_or.reduce(loose[states], axis=0)
        line = np.ones((1, n)) if free else np.zeros((0, n))
        slacks = [-np.eye(n)[side & 1 > 0], np.eye(n)[side & 2 > 0]]
        least = nnls(np.concatenate([own, line, -line, *slacks]).T, y.astype(float), maxiter=10_000)[1] ** 2 / n
        point = bounds.rough(states)
        assert point.value >= least - 1e-9
        assert point.residual @ point.residual == pytest.approx(n * point.value, abs=1e-9)
        assert set(point.picks.tolist()) <= set(bounds.of(states).tolist())
        if not side.any():
            assert point.value == pytest.approx(least, abs=1e-8)
            assert bounds.rough(states, point).value == pytest.approx(least, abs=1e-8)


def test_a_floor_ends_the_search_and_a_zero_target_has_no_error():
    columns = np.array([[1, 0], [0, 1]], dtype=object)
    three = np.array([Fraction(3), Fraction(4)], dtype=object)
    bounds = LowerBounds(three, columns, [[0], [1]], False)
    assert bounds.rough([0]).value == pytest.approx(8.0)
    assert bounds.rough([0, 1]).value == pytest.approx(0.0, abs=1e-12)
    assert bounds.rough([0, 1], floor=100.0).value == pytest.approx(12.5)
    zero = LowerBounds(np.array([Fraction(0)] * 2, dtype=object), columns, [[0], [1]], True)
    assert zero.rough([0, 1]).value == pytest.approx(0.0, abs=1e-12)
