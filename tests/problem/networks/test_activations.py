"""Patterns of deep networks against a forward pass in fractions, on samples that lie on or close to a boundary."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import TieError


def signs_in_fractions(net, x):
    h, found = [Fraction(v) for v in x], []
    for W, b in zip(net.weights[:-1], net.biases[:-1], strict=True):
        rows = zip(W.tolist(), b.tolist(), strict=True)
        z = [sum((Fraction(w) * v for w, v in zip(row, h, strict=True)), Fraction(c)) for row, c in rows]
        fed = any(h)
        found.append([((v > 0) - (v < 0), v == 0 and (fed or c != 0)) for v, c in zip(z, b.tolist(), strict=True)])
        h = [max(v, Fraction(0)) for v in z]
    return found


def near_boundary(rng):
    """A network with one-digit weights, a sample, and one bias moved so that a pre-activation rounds to about 0."""
    weights = [rng.normal(size=size).round(1) for size in ((4, 3), (3, 4), (1, 3))]
    biases = [rng.normal(size=size).round(1) for size in (4, 3, 1)]
    x = rng.normal(size=3).round(1)
    k = int(rng.integers(0, 2))
    z = rs.DeepNet(weights, biases).hidden([x])[k][0]
    j = int(rng.integers(0, len(z)))
    biases[k][j] -= z[j]
    return rs.DeepNet(weights, biases), x


def test_signs_near_a_boundary_are_exact():
    rng = np.random.default_rng(0)
    outcomes = {True: 0, False: 0}
    for _ in range(300):
        net, x = near_boundary(rng)
        truth = signs_in_fractions(net, x)
        tied = any(tie for layer in truth for _, tie in layer)
        outcomes[tied] += 1
        if tied:
            with pytest.raises(TieError, match="exactly on the boundary"):
                net.patterns([x])
        else:
            patterns = net.patterns([x])
            assert [p[:, 0].tolist() for p in patterns] == [[s > 0 for s, _ in layer] for layer in truth]
    assert min(outcomes.values()) > 0


def test_a_sum_that_rounds_to_zero_has_its_sign():
    # 0.1 + 0.2 - 0.3 in doubles read as dyadic numbers is positive, and below every float error on the way
    X, y = [[0.1, 0.2, 0.3]], Fraction(0.1) + Fraction(0.2) - Fraction(0.3)
    net = rs.DeepNet([[[1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]], [[1.0, 1.0]]], [None, None])
    assert y > 0
    assert net.patterns(X)[0].tolist() == [[True], [False]]
    # as decimals the sample lies on the boundary
    with pytest.raises(TieError, match="sample 0"):
        net.patterns(rs.Dataset([["0.1", "0.2", "0.3"]]))
    with pytest.raises(TieError, match="sample 0"):
        net.patterns([["0.1", "0.2", "0.3"]])


def test_the_jacobian_takes_the_exact_pattern_where_rounding_turns_a_sign():
    # 1e16 + 1 rounds to 1e16, so that the float pre-activation is 0, the exact one 1
    net = rs.DeepNet([[[1.0, 1.0, -1.0]], [[2.0]]], [None, None])
    X = [[1e16, 1.0, 1e16]]
    assert net.hidden(X)[0][0, 0] <= 1
    assert net.patterns(X)[0].tolist() == [[True]]
    for method in ("arrays", None):
        assert net.jacobian(X, method=method)[0, :3] == pytest.approx([2e16, 2.0, 2e16])


def test_no_sample_that_is_dead_on_the_way_is_a_tie():
    net = rs.DeepNet([[[-1.0]], [[1.0]], [[1.0]]], [None, None, None])
    assert [p.tolist() for p in net.patterns([[1.0]])] == [[[False]], [[False]]]
    with pytest.raises(TieError, match="sample 0 lies exactly on the boundary of unit 0 in hidden layer 1"):
        rs.DeepNet([[[1.0]], [[1.0]]], [[-1.0], None]).patterns([[1.0]])
