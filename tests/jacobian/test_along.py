import numpy as np

import reluscape as rs
from reluscape.jacobian import rank_along


def test_along_gradient_descent():
    rng = np.random.default_rng(0)
    X = np.column_stack([np.sort(rng.uniform(-1, 1, 8)), np.ones(8)])
    y, W, v = np.sin(3 * X[:, 0]), rng.normal(size=(12, 2)), np.resize([1.0, -1.0], 12)
    nets = []
    for _ in range(60):
        nets.append(rs.TwoLayerNet(W, v))
        W = W - 0.2 * (2 / 8 * rs.jacobian(W, v, X).T @ (nets[-1].predict(X) - y)).reshape(W.shape)
    found = rank_along(nets, X)
    patterns = [net.W @ X.T > 0 for net in nets]
    assert found.ranks.tolist() == [rs.jacobian_rank(pattern, X) for pattern in patterns]
    assert found.regions == len({pattern.tobytes() for pattern in patterns}) > 1
    assert found.full == 8


def test_no_networks_and_dead_outputs():
    assert rank_along([], [[1.0, 2.0]]).regions == 0
    assert rank_along([rs.TwoLayerNet([[1.0, 1.0]], [0.0])], [[1.0, 2.0]]).ranks.tolist() == [0]
