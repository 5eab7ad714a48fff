"""One-dimensional function space: step vectors, the polyline, and fewest units against trying all patterns."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import AssumptionError, InputError, ShapeError
from reluscape.geometry.line.functionspace import function_space_1d, represent_1d, step_vectors
from tests.oracles.strict_cone import realizable_patterns


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_step_vectors_are_the_patterns_of_one_unit(n):
    steps = {tuple(row) for row in step_vectors(n).tolist()}
    assert len(steps) == len(step_vectors(n)) == 2 * n
    assert steps == realizable_patterns([[Fraction(3 * j + j * j, 2), 1] for j in range(n)])


def test_the_polyline_of_the_slides():
    expected = [[0, 0, 0], [1, 0, 0], [2, 1, 0], [0, 1, 2], [0, 0, 1], [0, 0, 0]]
    assert (function_space_1d([0, 1, 2]) == expected).all()
    assert function_space_1d(["0", "1/3"], exact_values=True)[1].tolist() == [Fraction(1, 3), 0]


def test_every_unit_lies_on_the_cone_over_a_segment():
    x = np.array([-1.0, 0.5, 2.0, 3.0])
    polyline = function_space_1d(x)
    rng = np.random.default_rng(0)
    for w, b in rng.standard_normal((200, 2)) * [1, 3]:
        f = np.maximum(w * x + b, 0)
        distance = min(
            np.linalg.norm(f - pair.T @ np.maximum(np.linalg.lstsq(pair.T, f, rcond=None)[0], 0))
            for pair in (polyline[[i, (i + 1) % len(polyline)]] for i in range(len(polyline)))
        )
        assert distance < 1e-9


def cones(x, signs):
    """Generators of every unit's cone, by pattern and sign: consecutive vertices of the polyline."""
    n = len(x)
    vertices = [[max(0, a - b) for b in x] for a in x] + [[max(0, b - a) for b in x] for a in x]
    segments = [(vertices[i], vertices[(i + 1) % (2 * n)]) for i in range(2 * n)]
    return [[[s * v for v in p] for p in pair] for pair in segments for s in signs]


def fewest(x, f, signs, limit):
    """Fewest cones whose sum holds f, with scipy's non-negative least squares."""
    from scipy.optimize import nnls

    f = np.array(f, dtype=float)
    for m in range(limit + 1):
        for chosen in itertools.combinations(cones(x, signs), m):
            G = np.array([g for pair in chosen for g in pair], dtype=float).reshape(2 * m, len(x))
            if nnls(G.T, f)[1] < 1e-9 if m else not f.any():
                return m
    return None


def takes(found, x, f):
    for point, value in zip(x, f, strict=True):
        total = sum(
            int(s) * max(Fraction(0), w * Fraction(point) + b) for s, (w, b) in zip(found.v, found.W, strict=True)
        )
        if total != Fraction(value):
            return False
    return True


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=4), st.integers(0, 2))
def test_fewest_units_of_a_combination(f, spread):
    x = [j + spread * j * j for j in range(len(f))]
    found = represent_1d(x, f)
    assert found.is_least
    assert takes(found, x, f)
    assert found.width == fewest(x, f, (1, -1), 5)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=4), st.integers(0, 2))
def test_fewest_units_of_a_sum(f, spread):
    x = [j + spread * j * j for j in range(len(f))]
    expected = fewest(x, f, (1,), 6)
    if expected is None:
        with pytest.raises(AssumptionError, match="no sum"):
            represent_1d(x, f, coefficients="nonnegative")
    else:
        found = represent_1d(x, f, coefficients="nonnegative")
        assert found.is_least
        assert takes(found, x, f)
        assert found.width == expected
        assert (found.v == 1).all()


@given(st.lists(st.fractions(min_value=-4, max_value=4, max_denominator=6), min_size=1, max_size=6))
def test_any_values_are_taken(f):
    x = [Fraction(j * j + 2 * j, 3) for j in range(len(f))]
    found = represent_1d(x, f)
    assert takes(found, x, f)
    assert found.lower <= found.width <= found.lower + 2
    predicted = found.net.predict(np.c_[np.array(x, dtype=float), np.ones(len(x))])
    assert np.allclose(predicted, np.array(f, dtype=float))


def test_a_difference_whose_coefficients_add_to_zero():
    # [2 - x]_+ - [x - 1]_+ ; Proposition 13's third point as printed misses it.
    assert represent_1d([0, 1, 2, 3], [2, 1, -1, -2]).width == 2


def test_simple_widths():
    assert represent_1d([0, 1, 2], [0, 0, 0]).width == 0
    assert represent_1d([0, 1, 2], [1, 2, 3]).width == 1
    assert represent_1d([0, 1, 2], [-1, 0, 1]).width == 2
    assert represent_1d([5], [-3]).width == 1
    with pytest.raises(AssumptionError):
        represent_1d([0, 1, 2], [0, 1, 0], coefficients="nonnegative")


def test_bad_input():
    with pytest.raises(InputError, match="ascending"):
        function_space_1d([0, 0, 1])
    with pytest.raises(AssumptionError, match="at least two"):
        function_space_1d([1])
    with pytest.raises(ShapeError, match="2 values for 3 points"):
        represent_1d([0, 1, 2], [1, 2])
    with pytest.raises(InputError, match="coefficients"):
        represent_1d([0, 1], [1, 2], coefficients="some")
