from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.landscape.topology import barrier_tree, reachable_minimum
from reluscape.landscape.topology.graph import build
from reluscape.landscape.topology.valleys import first_node
from tests.strategies import problems


def along(path, data, pieces=40):
    """Losses on a fine grid along a polyline of networks."""
    out = []
    for a, b in pairwise(path):
        for t in np.linspace(0, 1, pieces):
            net = rs.TwoLayerNet(a.W + t * (b.W - a.W), a.v + t * (b.v - a.v), a.c + t * (b.c - a.c))
            out.append(net.loss(data))
    return np.array(out or [path[0].loss(data)])


def check(data, reach, y_size):
    tiny = 1e-9 * max(1.0, y_size, reach.start_loss)
    losses = along(reach.path, data)
    assert losses.max() <= reach.start_loss + tiny
    assert losses[-1] == pytest.approx(reach.value, abs=10 * tiny)
    smooth = np.array([net.loss(data) for net in reach.monotone_path])
    assert (np.diff(smooth) <= 0).all()
    assert smooth[0] == pytest.approx(reach.start_loss, abs=tiny)
    assert smooth[-1] == pytest.approx(reach.value, abs=1e-6 * max(1.0, y_size))
    assert reach.component_minimum <= reach.value + tiny
    assert reach.global_minimum <= reach.component_minimum + tiny


@given(
    problems(max_n=4, max_d=2),
    st.integers(1, 2),
    st.booleans(),
    st.integers(0, 10**6),
    st.sampled_from([0.05, 0.3, 1, 5]),
)
@settings(max_examples=40)
def test_paths_from_random_starts(problem, width, bias, seed, scale):
    X, y = problem
    if not bias:
        width = min(width, 2)
    data = rs.Dataset(X, y)
    if data.rank > 2:
        width = 1
    rng = np.random.default_rng(seed)
    W, v = rng.normal(size=(width, data.d)), scale * rng.normal(size=width)
    reach = reachable_minimum(data, None, W, v, c=0.0 if bias else None)
    size = float(np.mean(np.array(y, dtype=float) ** 2))
    check(data, reach, size)
    tree = barrier_tree(data, None, width, output_bias=bias)
    assert reach.global_minimum == pytest.approx(float(tree.global_minimum), abs=1e-9 * max(1, size))
    if width >= 2 and reach.start_loss >= reach.zero_loss:
        assert reach.value == pytest.approx(reach.global_minimum, abs=1e-9 * max(1, size))


def test_the_one_exception():
    reach = reachable_minimum([[1], [-1]], [1, 2], [[10.0]], [1.0])
    assert (reach.value, reach.component_minimum) == (pytest.approx(2.0), pytest.approx(0.5))
    below = reachable_minimum([[1], [-1]], [1, 2], [[1.0]], [1.0])
    assert below.value == pytest.approx(2.0)
    free = reachable_minimum([[1], [-1]], [1, 2], [[10.0]], [1.0], c=0.0)
    assert free.value == pytest.approx(free.global_minimum)


def test_zero_initialisation_stands_at_the_hub():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    reach = reachable_minimum(X, y, [[1.0, 2.0, 0.5], [0.3, -1.0, 0.2]], [0.0, 0.0])
    assert reach.start_loss == pytest.approx(reach.zero_loss)
    assert reach.value == pytest.approx(0.0, abs=1e-12)
    check(rs.Dataset(X, y), reach, 0.5)


def test_descents_never_cross_a_merge_height_from_below():
    """Tiny steps downhill from random starts end at or above what the tree says can be reached."""
    rng = np.random.default_rng(5)
    X, y = np.array([[-2, 1], [-1, 1], [1, 1], [2, 1]], dtype=float), np.array([1.0, -1.0, 1.0, -1.0])
    for _ in range(15):
        W, v = rng.normal(size=(2, 2)), 0.3 * rng.normal(size=2)
        reach = reachable_minimum(X, y, W, v)
        for _ in range(4000):
            pre = X @ W.T
            error = 2 * (np.maximum(pre, 0) @ v - y) / 4
            g_v, g_w = np.maximum(pre, 0).T @ error, (error[:, None] * (pre > 0) * v).T @ X
            W, v = W - 0.01 * g_w, v - 0.01 * g_v
        assert np.mean((np.maximum(X @ W.T, 0) @ v - y) ** 2) >= reach.value - 1e-9


@pytest.mark.parametrize(("width", "bias"), [(1, False), (2, False), (2, True)])
def test_no_step_downhill_enters_a_component_from_below_its_merge_height(width, bias):
    """All along tiny steps downhill the lowest point of the component stays what it was, or rises."""
    rng = np.random.default_rng(8)
    data = rs.Dataset(np.c_[[-3.0, -1.0, 1.0, 2.0, 4.0], np.ones(5)], [2.0, -1.0, 3.0, -2.0, 1.0])
    X, y = np.array(data.X), np.array(data.y)
    graph = build(data, width, output_bias=bias)
    changes = 0
    for _ in range(12):
        W, v, c = rng.normal(size=(width, 2)), 0.4 * rng.normal(size=width), 0.0
        lowest, before = -np.inf, None
        for step in range(3000):
            pre = X @ W.T
            error = 2 * (np.maximum(pre, 0) @ v + c - y) / 5
            if step % 10 == 0:
                node = first_node(graph, X, W, v)
                level = max(float(np.mean((error * 2.5) ** 2)), graph.birth[node]) + graph.noise
                now = float(graph.birth[graph.lowest_below(np.array([node]), np.array([level]))[0]])
                assert now >= lowest - 1e-9
                lowest, changes, before = now, changes + (before not in (None, node)), node
            g_v, g_w = np.maximum(pre, 0).T @ error, (error[:, None] * (pre > 0) * v).T @ X
            W, v, c = W - 0.003 * g_w, v - 0.003 * g_v, c - 0.003 * error.sum() * bias
    assert changes >= 10


def test_bad_input():
    with pytest.raises(rs.InputError, match="columns"):
        reachable_minimum([[1, 2]], [1], [[1.0]], [1.0])


def test_the_zero_network_has_no_output_bias():
    """By hand: L(0) = (1 + 9) / 2 for y = 1, 3, whether an output bias is trained or not."""
    for c in (None, 0.0):
        assert rs.reachable_minimum([[1], [2]], [1, 3], [[1.0]], [1.0], c).zero_loss == pytest.approx(5.0)
