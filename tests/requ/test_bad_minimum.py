"""Bad minima: the data exist, the point is a local minimum, the error is the promised one; all recomputed here."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.requ.bad_minimum import simplex


def loss_at(X, y, lam, a, U):
    """The printed loss (4), logistic of base 2, for one point or many."""
    heights = np.maximum(np.einsum("...jd,nd->...jn", U, np.c_[X, np.ones(len(X))]), 0) ** 2
    f = np.einsum("...j,...jn->...n", a, heights)
    size = np.linalg.norm(U, axis=-1)
    return np.logaddexp(0, -y * f).sum(-1) / np.log(2) + (lam * (np.abs(a) ** 3 + 2 * size**3)).sum(-1) / 3


def least_rise(bad, rng, trials=2000):
    """The least rise of the loss over squared distance, for random steps of several sizes."""
    m, k = bad.net.U.shape
    least = np.inf
    base = loss_at(bad.X, bad.y, bad.lambdas, bad.net.a, bad.net.U)
    for size in (1e-2, 1e-3):
        step = rng.standard_normal((trials, m * (k + 1)))
        step *= size / np.linalg.norm(step, axis=1, keepdims=True)
        a = bad.net.a + step[:, :m]
        U = bad.net.U + step[:, m:].reshape(trials, m, k)
        least = min(least, float((loss_at(bad.X, bad.y, bad.lambdas, a, U) - base).min()) / size**2)
    return least


@pytest.mark.parametrize(("n", "m"), [(n, m) for n in range(2, 8) for m in range(1, n)] + [(10, 9)])
def test_every_m_below_n_has_a_bad_local_minimum(n, m):
    bad = rs.requ.bad_minimum(n, m, np.linspace(0.2, 0.45, m))
    gram = bad.X @ bad.X.T
    off = gram[~np.eye(n, dtype=bool)]
    assert (off < -1).all()
    np.testing.assert_allclose(off, -n / (n - 1), rtol=1e-12)
    assert bad.X.shape == (n, n - 1)
    assert set(bad.y) == {-1.0, 1.0}
    assert bad.training_error == pytest.approx(1 - m / n)
    assert bad.training_error == rs.requ.training_error(bad.net, bad.X, bad.y)
    assert bad.loss == pytest.approx(loss_at(bad.X, bad.y, bad.lambdas, bad.net.a, bad.net.U))
    assert bad.gradient < 1e-13
    assert bad.clearance < 0
    assert least_rise(bad, np.random.default_rng(n * m), 400) > 0.1


def test_the_certificate_of_the_training_agrees():
    # another route: stationarity, second derivative and the maximum over new units, none of which the proof here uses
    for n, m in ((2, 1), (5, 2), (6, 4)):
        bad = rs.requ.bad_minimum(n, m, np.linspace(0.2, 0.45, m))
        found = rs.requ.certify(bad.X, bad.y, bad.net, bad.lambdas)
        assert found.kind == "local minimum"
        assert found.training_error == pytest.approx(bad.training_error)
    # copies under equal coefficients: stationary, flat where mass moves between them
    bad = rs.requ.equal_lambda_minimum(3, 4, 0.05)
    found = rs.requ.certify(bad.X, bad.y, bad.net, bad.lambdas)
    assert found.kind in {"local minimum", "undecided"}
    assert found.inactive == ()


def test_loss_in_closed_form():
    # L = (n - m) l(0) + sum of l(-c tau) + lambda tau
    for n, m in ((5, 2), (6, 4), (8, 3)):
        lam = 0.3
        bad = rs.requ.bad_minimum(n, m, lam, radius2=n - 0.5)
        c = n + 0.5
        tau = np.log(c / (lam * np.log(2)) - 1) / c
        assert bad.loss == pytest.approx(n - m + m * (np.log2(1 + np.exp(-c * tau)) + lam * tau))
        assert least_rise(bad, np.random.default_rng(0)) > 0.1


def test_coefficients_far_above_one_half_are_fine():
    bad = rs.requ.bad_minimum(6, 2, 4.0)
    assert least_rise(bad, np.random.default_rng(0)) > 0
    with pytest.raises(rs.AssumptionError, match="c/"):
        rs.requ.bad_minimum(6, 2, 7 / (2 * np.log(2)))


def test_equal_coefficients_have_a_bad_minimum_at_any_width():
    for n, m in ((3, 4), (3, 10), (5, 6), (2, 1)):
        bad = rs.requ.equal_lambda_minimum(n, m, 0.05)
        assert bad.training_error == pytest.approx(1 - 1 / n)
        assert bad.gradient < 1e-13
        assert least_rise(bad, np.random.default_rng(0)) > -1e-9
        assert bad.strict == (m == 1)
    # mass moves between the copies at no cost: the minimum is not strict
    bad = rs.requ.equal_lambda_minimum(3, 4, 0.05)
    share = np.array([0.4, 0.3, 0.2, 0.1]) * 4
    a, U = bad.net.a * np.cbrt(share), bad.net.U * np.cbrt(share)[:, None]
    assert loss_at(bad.X, bad.y, bad.lambdas, a, U) == pytest.approx(bad.loss, rel=1e-14)
    # with distinct coefficients the same network is no critical point
    lam = bad.lambdas * np.linspace(0.97, 1.03, 4)
    slope = loss_at(bad.X, bad.y, lam, a * 1.001, U * 1.001) - loss_at(bad.X, bad.y, lam, a, U)
    assert slope != 0


def test_simplex_corners():
    X = simplex(5, 7.0)
    gram = X @ X.T
    np.testing.assert_allclose(gram, np.full((5, 5), -7 / 4) + np.eye(5) * (7 + 7 / 4), atol=1e-12)
    np.testing.assert_allclose(X.sum(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((3, 3, 0.1), "m < n"),
        ((3, 0, 0.1), "m is 0"),
        ((1, 1, 0.1), "n is 1"),
        ((3, 2, [0.1, -0.1]), "positive"),
        ((5, 2, 0.1, 4.0), "exceeds n - 1 = 4"),
    ],
)
def test_wrong_input_is_named(arguments, text):
    with pytest.raises(rs.ReluscapeError, match=text):
        rs.requ.bad_minimum(*arguments)
