from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError, TieError


def finite_differences(W, v, X, step=1e-6):
    def predict(W, v):
        return np.maximum(X @ W.T, 0) @ v

    columns = []
    for array, which in ((W, "W"), (v, "v")):
        for index in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[index] += step
            down[index] -= step
            if which == "W":
                columns.append((predict(up, v) - predict(down, v)) / (2 * step))
            else:
                columns.append((predict(W, up) - predict(W, down)) / (2 * step))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize(("n", "d", "m"), [(5, 3, 4), (1, 1, 1), (7, 2, 3)])
def test_matches_finite_differences(n, d, m):
    rng = np.random.default_rng(n)
    X, W, v = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=m)
    expected = finite_differences(W, v, X)
    np.testing.assert_allclose(rs.jacobian(W, v, X, trainable="Wv"), expected, atol=1e-7)
    np.testing.assert_allclose(rs.jacobian(W, v, X), expected[:, : m * d], atol=1e-7)


def test_gram_is_the_product():
    rng = np.random.default_rng(0)
    X, W, v = rng.normal(size=(6, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)
    J = rs.jacobian(W, v, X)
    np.testing.assert_allclose(rs.jacobian_gram(W @ X.T > 0, v, X), J @ J.T)


def test_zero_row_is_no_tie_and_gives_a_zero_row():
    J = rs.jacobian([[1.0, 2.0]], [1.0], [[0, 0], [1, 1]])
    assert J.tolist() == [[0, 0], [1, 1]]


def test_a_tie_is_named():
    with pytest.raises(TieError, match=r"sample 1 .* unit 0"):
        rs.jacobian([[1.0, -1.0]], [1.0], [[1, 2], [1, 1]])


def test_no_samples_and_no_units():
    assert rs.jacobian(np.ones((2, 3)), [1, 1], np.ones((0, 3))).shape == (0, 6)
    assert rs.jacobian(np.ones((0, 3)), [], np.ones((2, 3))).shape == (2, 0)
    assert rs.jacobian_rank(np.ones((0, 2), bool), np.ones((2, 3))) == 0


def test_wrong_shapes():
    with pytest.raises(ShapeError):
        rs.jacobian([[1.0, 2.0]], [1.0, 2.0], [[1, 2]])
    with pytest.raises(ShapeError):
        rs.jacobian([[1.0]], [1.0], [[1, 2]])
    with pytest.raises(InputError, match="'W' or 'Wv'"):
        rs.jacobian([[1.0, 0.5]], [1.0], [[1, 2]], trainable="v")


def test_weights_as_fractions_and_text():
    expected = rs.jacobian([[0.25, 1.0]], [0.5], [[1, 2]], trainable="Wv")
    for W, v in (([["1/4", "1"]], ["0.5"]), ([[Fraction(1, 4), 1]], [Fraction(1, 2)])):
        np.testing.assert_array_equal(rs.jacobian(W, v, [[1, 2]], trainable="Wv"), expected)
    assert rs.jacobian_gram([[1]], ["1/2"], [[2]]).tolist() == [[1]]
    for W, v in (([["abc", 1]], [1]), ([[1, 1]], [np.nan]), ([[1, np.inf]], [1])):
        with pytest.raises(InputError):
            rs.jacobian(W, v, [[1, 2]])


@pytest.mark.parametrize(
    ("W", "v", "shape"), [(np.zeros((0, 2)), [], (2, 0)), ([[1.0, 2.0], [3.0, 1.0]], [0, 0], (2, 4))]
)
def test_width_zero_and_zero_output_weights(W, v, shape):
    J = rs.jacobian(W, v, np.eye(2))
    assert J.shape == shape
    assert not J.any()
