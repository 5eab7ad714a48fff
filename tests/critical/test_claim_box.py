"""Inside the box of a local minimum no network is lower; a little outside one may be."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.claim_box import claim_box


def box_of(data, minimum):
    W, v = np.array(minimum.W, dtype=float), np.array(minimum.v, dtype=float)
    return claim_box(data.X, W, v, minimum.covectors), W, v


@pytest.mark.parametrize("seed", range(8))
def test_no_network_in_the_box_of_a_listed_minimum_is_lower(seed):
    rng = np.random.default_rng(seed)
    data = rs.Dataset(rng.integers(-3, 4, (4, 2)), rng.integers(-3, 4, 4))
    pieces = rs.local_minima(data, None, 2).minima
    for piece in pieces[:: max(1, len(pieces) // 6)]:
        r, W, v = box_of(data, piece)
        if not np.isfinite(r):
            r = 1.0  # nothing limits it: any box will do
        for _ in range(150):
            share = rng.choice([1.0, rng.random()])
            moved_W = W + share * r * rng.choice([-1.0, 1.0, rng.uniform(-1, 1)], W.shape)
            moved_v = v + share * r * rng.choice([-1.0, 1.0, rng.uniform(-1, 1)], v.shape)
            assert rs.TwoLayerNet(moved_W, moved_v).loss(data) >= float(piece.loss) - 1e-9


def test_outside_the_box_another_basin_is_lower():
    # one unit fits the sample at -1 with loss 1/2; the sample at 1, worth more, is reached through w = 0
    data = rs.Dataset([[-1], [1]], [1, 2])
    W, v = np.array([[-0.25]]), np.array([4.0])
    assert rs.certify(data, None, W, v).is_local_minimum
    r = claim_box(data.X, W, v, np.array([[1, -1]]))
    assert 0.249 < r <= 0.25
    assert rs.TwoLayerNet(W + 1.5, v - 2.25).loss(data) < rs.TwoLayerNet(W, v).loss(data)


def test_the_box_of_a_network_beside_a_minimum_is_told():
    rng = np.random.default_rng(1)
    X, y = [[-1], [1]], [3, 1]
    found = rs.certify_model(rs.TwoLayerNet([[-0.75 + 1e-7]], [4.0]), X, y, loss="squared")
    assert found.verdict.is_local_minimum
    assert found.box == pytest.approx(float(np.abs(found.snapped.W).min()), rel=1e-6)
    assert "no network whose weights each differ from its own by less than 0.75 has a lower loss" in found.explanation
    low = found.snapped.loss(X, y)
    for _ in range(200):
        dW, dv = found.box * rng.uniform(-1, 1, 2)
        assert rs.TwoLayerNet(found.snapped.W + dW, found.snapped.v + dv).loss(X, y) >= low - 1e-12
