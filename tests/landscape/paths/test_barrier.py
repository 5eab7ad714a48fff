"""The barrier between two networks: its paths sampled densely, true barriers from the whole landscape, the constant."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.paths.result import between


def _sampled(told, X, y, places=400):
    """Return the largest mean squared loss at places on the path."""
    points = [between(a, b, t) for a, b in pairwise(told.path.points) for t in np.linspace(0, 1, places)]
    return max(float(np.mean((net.predict(X) - y) ** 2)) for net in points)


@pytest.mark.parametrize("seed", range(4))
def test_no_place_on_the_path_is_above_the_height_and_some_place_comes_near_it(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=(9, 2)), np.ones((9, 1))], axis=1)
    y = rng.normal(size=9)
    a, b = (rs.TwoLayerNet(rng.normal(size=(3, 3)), rng.normal(size=3), 0.1, True) for _ in range(2))
    told = rs.path_barrier(a, b, X, y, bends=2)
    seen = _sampled(told, X, y)
    assert told.kind == "exact"
    assert seen <= told.height + 1e-9
    assert seen >= told.height - 0.02 * told.height
    ends = [float(np.mean((net.predict(X) - y) ** 2)) for net in (a, b)]
    assert told.above == pytest.approx(told.height - max(ends), abs=1e-9)
    assert told.height <= max(*ends, float(np.var(y))) + 1e-6
    first, last = told.path.points[0], told.path.points[-1]
    assert first.predict(X) == pytest.approx(a.predict(X))
    assert last.predict(X) == pytest.approx(b.predict(X))


def test_it_is_never_below_the_true_barrier_of_a_small_problem():
    """Two valleys of the whole landscape of one unit: the path between them climbs at least to where they merge."""
    X = rs.Dataset([[0], [1], [2], [3]], [0, 1, 0, 1], bias=True)
    tree = rs.barrier_tree(X, width=1)
    lowest = min(tree.valleys, key=lambda valley: valley.value)
    others = [valley for valley in tree.valleys if valley is not lowest and np.isfinite(float(valley.barrier))]
    assert others
    for valley in others:
        told = rs.path_barrier(valley.net, lowest.net, X, bends=1)
        assert told.height >= float(valley.value) + float(valley.barrier) - 1e-9


def test_units_in_another_order_and_on_another_scale_cost_nothing():
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    a = rs.TwoLayerNet(rng.normal(size=(4, 3)), rng.normal(size=4))
    order, scale = [2, 0, 3, 1], np.array([0.5, 2.0, 3.0, 0.1])
    b = rs.TwoLayerNet((a.W * scale[:, None])[order], (a.v / scale)[order])
    told = rs.path_barrier(a, b, X, y, bends=0)
    assert told.way == "straight"
    assert told.above == pytest.approx(0, abs=1e-12)
    assert told.straight > told.height + 1e-3


@pytest.mark.parametrize("loss", ["squared", "bce", "cross_entropy"])
def test_deep_networks_and_other_losses_are_sampled_and_below_the_constant(loss):
    rng = np.random.default_rng(3)
    outputs = 3 if loss == "cross_entropy" else 1
    sizes = (2, 4, 3, outputs)
    nets = [
        rs.DeepNet([rng.normal(size=(o, i)) for i, o in pairwise(sizes)], [rng.normal(size=o) for o in sizes[1:]])
        for _ in range(2)
    ]
    X = rng.normal(size=(10, 2))
    y = rng.normal(size=10) if loss == "squared" else np.arange(10) % (3 if outputs == 3 else 2)
    told = rs.path_barrier(*nets, X, y, loss=loss, bends=1)
    assert told.kind == "sampled"
    shares = np.bincount(y.astype(int)) / 10 if loss != "squared" else None
    constant = float(np.var(y)) if loss == "squared" else float(-(shares * np.log(shares)).sum())
    ends = told.height - told.above
    assert told.height <= max(ends, constant) + 1e-4
    assert told.height <= told.straight + 1e-9


def test_other_shapes_are_refused():
    with pytest.raises(rs.InputError, match="must agree"):
        rs.path_barrier(([[1.0]], [1.0]), ([[1.0], [2.0]], [1.0, 1.0]), [[1.0]], [1.0])
