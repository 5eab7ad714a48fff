"""Convolution with padding, shapes, the loss's gradient, and the identity at converged networks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import reluscape as rs
from reluscape.requ.conv import ConvReQUNet, identity_terms, random_net
from reluscape.requ.conv_training import conv_loss, train_conv

INTS = st.integers(-5, 5)


def by_definition(v, z):
    """The printed sums, with explicit zeros."""
    padded = [0] * (len(v) - 1) + list(z) + [0] * (len(v) - 1)
    return [sum(v[i] * padded[i + j] for i in range(len(v))) for j in range(len(z) + len(v) - 1)]


@given(arrays(int, st.integers(1, 5), elements=INTS), arrays(int, st.integers(1, 6), elements=INTS))
def test_convolution_is_the_printed_correlation(v, z):
    found = rs.requ.conv.pad_convolve(v, z)
    assert found.tolist() == by_definition(v, z)
    assert found.tolist() == np.convolve(v[::-1], z).tolist()
    V = rs.requ.conv.toeplitz(v, len(z))
    assert V.shape == (len(v) + len(z) - 1, len(z))
    assert (V @ z).tolist() == found.tolist()
    # entry by entry, counted from 1: V[j, k] = v(d_v + k - j)
    for j in range(V.shape[0]):
        for k in range(V.shape[1]):
            place = len(v) + k - j - 1
            assert V[j, k] == (v[place] if 0 <= place < len(v) else 0)
    if v.any():
        assert np.linalg.matrix_rank(V.astype(float)) == len(z)


def test_shapes_and_widths():
    w = rs.requ.conv.widths(3, 2, 3, 4)
    assert (w.layers, w.h, w.W, w.b) == ((3, 4, 5), 5, (5, 9), (9,))
    assert (w.printed, w.corrected, w.sharp) == (37, 25, 9)
    assert w["sharp"] == 9
    assert rs.requ.conv.widths(2, 2, 2, 2).printed == 13
    net = random_net(3, 2, 3, w.sharp, 0.1, rng=0)
    assert net.W.shape == w.W
    assert net.features(np.zeros((4, 3))).shape == (4, w.h)
    # without convolutions it is Theorem 1's network
    assert rs.requ.conv.widths(3, 2, 1, 4).sharp == 5
    with pytest.raises(rs.InputError, match="s is 0"):
        rs.requ.conv.widths(3, 0, 3, 4)


def test_gradient_matches_differences():
    rng = np.random.default_rng(0)
    net = random_net(3, 2, 3, 4, rng.uniform(0.1, 0.3, 4), 0.7, 0.2, rng=1)
    X, y = rng.standard_normal((4, 3)), np.array([1.0, -1, 1, -1])
    value, gradient = conv_loss(net, X, y)
    plain = np.log2(1 + np.exp(-y * net.predict(X))).sum() + net.regularizer
    assert value == pytest.approx(plain)
    for name in ("a", "W", "b", "filters"):
        array = np.array(getattr(net, name))
        for place in np.ndindex(array.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[place] += step
                parts = {k: getattr(net, k) for k in ("a", "W", "b", "filters")} | {name: moved}
                sides.append(conv_loss(ConvReQUNet(**parts, lambdas=net.lambdas, lambda_c=0.7, slope=0.2), X, y)[0])
            assert gradient[name][place] == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-5)


def test_without_filters_it_is_a_requ_network():
    rng = np.random.default_rng(3)
    net = random_net(2, 1, 1, 3, 0.2, rng=rng)
    X = rng.standard_normal((5, 2))
    np.testing.assert_allclose(net.predict(X), rs.requ.ReQUNet(net.a, net.U).predict(X))


X_TWO, Y_TWO = np.array([[1.0, 0.5], [-0.3, 1.0]]), np.array([1.0, -1.0])


def converged(seeds=range(4)):
    m = rs.requ.conv.widths(2, 2, 2, 2).sharp
    ends = []
    for seed in seeds:
        lambdas = np.random.default_rng(seed).uniform(0.02, 0.06, m)
        ends.append(train_conv(random_net(2, 2, 2, m, lambdas, 0.5, 0.3, rng=seed), X_TWO, Y_TWO))
    return [end for end in ends if end.gradient < 1e-7]


def test_the_identity_holds_at_converged_networks_and_the_printed_one_does_not():
    ends = converged()
    assert len(ends) >= 2
    for end in ends:
        terms = identity_terms(end.net)
        scale = terms["corrected"]
        assert scale > 0.01
        assert rs.requ.conv.identity_gap(end.net) < 1e-6 * scale
        assert rs.requ.conv.identity_gap(end.net, "printed") > 0.2 * scale
        assert terms["a"] == pytest.approx(terms["printed"], rel=1e-6)
        # the conclusion that survives: no filter is shorter than 1
        assert ((end.net.filters**2).sum(axis=1) > 1).all()


def test_the_identity_fails_away_from_critical_points():
    assert rs.requ.conv.identity_gap(random_net(2, 2, 3, 3, 0.1, rng=0)) > 0.01
    flat = random_net(2, 1, 1, 2, [0.1, 0.2], rng=0)
    assert rs.requ.conv.identity_gap(flat) == pytest.approx(
        abs(flat.lambdas @ np.abs(flat.a) ** 3 - flat.lambdas @ np.linalg.norm(flat.U, axis=1) ** 3)
    )
    with pytest.raises(rs.InputError, match="printed, corrected"):
        rs.requ.conv.identity_gap(flat, "sharp")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"slope": 1.0}, "0 < slope < 1"),
        ({"lambda_c": 0.0}, "lambda_c is positive"),
        ({"b": [1.0, 2.0]}, "have shapes"),
        ({"filters": [[1.0, 0.0, 0.0]]}, "leave no input"),
    ],
)
def test_wrong_networks_are_named(change, text):
    good = {"a": [1.0], "W": [[1.0], [0.0]], "b": [0.0], "filters": [[1.0, 0.0]], "lambdas": [0.5]}
    with pytest.raises(rs.ReluscapeError, match=text):
        ConvReQUNet(**(good | change))
