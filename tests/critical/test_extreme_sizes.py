"""Numbers whose squares are beyond doubles: the verdict of exact arithmetic, or a refusal by name; no warning."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError

SIZES = [1e100, 1e160, 1e300, 1e-100, 1e-160, 1e-300]


def network(place, size):
    """Samples, targets, hidden and output weights, one of their entries far from 1."""
    X, y = np.array([[1.0, 0], [1, 1], [2, 1]]), np.array([1.0, 2, 0])
    W, v = np.array([[1.0, 1], [1, -1]]), np.array([1.0, -1])
    {"X": X, "y": y[:, None], "W": W, "v": v[:, None]}[place][0] *= size
    return X, y, W, v


def answer(call):
    """Return what a call returns, or None where it refuses the numbers by name."""
    try:
        return call()
    except InputError as refusal:
        if "rescale" not in str(refusal):
            raise
        return None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", ["X", "y", "W", "v"])
def test_a_verdict_is_that_of_exact_arithmetic_or_is_refused(place, size):
    X, y, W, v = network(place, size)
    found = answer(lambda: rs.certify(X, y, W, v, exact=False))
    truth = answer(lambda: rs.certify(X, y, W, v, exact=True))
    if found is not None and truth is not None:
        assert found.kind in (truth.kind, "undecided")
        assert found.differentiable == truth.differentiable


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", ["X", "y", "W", "v"])
def test_losses_descents_and_ways_are_answers_or_refused(place, size):
    X, y, W, v = network(place, size)
    net = rs.TwoLayerNet(W, v)
    calls = [
        lambda: net.loss(X, y),
        lambda: rs.descend(X, y, W, v).losses[-1],
        lambda: rs.reachable_minimum(X, y, W, v).value,
        lambda: rs.loss_slice(net, rs.TwoLayerNet(W[::-1], v), X, y).coefficients,
        lambda: rs.certify(X, y, W, v, weight_decay=0.1).loss,
        lambda: rs.certify(X, y, W, v, loss="huber").loss,
    ]
    for call in calls:
        found = answer(call)
        assert found is None or np.isfinite(found).all()


@pytest.mark.parametrize(
    ("power", "seed"), [(9, 38), (9, 56), (12, 58), (15, 17), (18, 34), (18, 37), (30, 19), (30, 39), (30, 45)]
)
def test_a_long_row_hides_no_descent(power, seed):
    rng = np.random.default_rng(100 * power + seed)
    n, d, m = int(rng.integers(2, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 3))
    X, y = rng.integers(-3, 4, (n, d)).astype(float), rng.integers(-3, 4, n).astype(float)
    W, v = rng.integers(-2, 3, (m, d)).astype(float), rng.integers(-2, 3, m).astype(float)
    X[rng.integers(n)] *= 10.0**power
    assert rs.certify(X, y, W, v, exact=True).is_local_minimum is False
    assert rs.certify(X, y, W, v, exact=False).is_local_minimum is not True


@pytest.mark.parametrize("size", [1e-100, 1e-170, 1e-200, 1e-250])
def test_a_row_whose_square_is_no_double_still_pulls(size):
    """The first row asks the only unit that meets it for more: no local minimum, though its length squared is 0."""
    verdict = rs.certify([[size, 0], [0, 1]], [1.0, size], [[1.0, 0]], [size])
    assert verdict.kind in ("not stationary", "undecided")
    assert rs.certify([[size, 0], [0, 1]], [1.0, 0.0], [[1.0, 0]], [1.0]).is_local_minimum is not True


def test_long_fractions_are_told_as_decimals():
    verdict = rs.certify([[1e-100, 0], [0, 1]], [1, 0], [[1, 0]], [1], exact=True)
    assert verdict.exact_loss.denominator > 10**60
    assert "(loss 0.5)" in str(verdict)
