"""Falling paths and paths inside a basin: losses, ends, and the refusals that name a place."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.paths import connect
from tests.own_losses import Huber


def above_zero(rng, make, X, y, loss):
    """Return random networks, the first worse than the zero network, the second better than the first."""
    while True:
        a, b = make(rng), make(rng)
        if loss(a.predict(X)) > loss(0 * a.predict(X)) and loss(b.predict(X)) < loss(a.predict(X)):
            return a, b


def squared(y):
    return lambda f: float(np.mean((f - y) ** 2))


@pytest.mark.parametrize("seed", range(12))
def test_the_loss_falls_from_start_to_end(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((6, 2)), rng.standard_normal(6)

    def two(rng):
        return rs.TwoLayerNet(rng.standard_normal((4, 2)), rng.standard_normal(4), rng.standard_normal())

    a, b = above_zero(rng, two, X, y, squared(y))
    path = rs.monotone_path(a, b, X, y)
    assert path.points[0] is a
    assert (np.diff(path.losses) < 0).all()
    assert path.losses[-1] == pytest.approx(b.loss(X, y), rel=1e-9)
    assert path.losses[0] == pytest.approx(a.loss(X, y), rel=1e-12)
    for net, loss in zip(path.points, path.losses, strict=True):
        assert net.loss(X, y) == pytest.approx(loss, rel=1e-12)
    hidden = np.array([net.W for net in path.points])
    assert np.abs(np.diff(hidden, axis=0)).max() < 1  # no jump


def test_any_depth_and_cross_entropy():
    rng = np.random.default_rng(3)
    X, labels = rng.standard_normal((8, 3)), np.arange(8) % 3

    def deep(rng):
        sizes = [3, 5, 4, 3]
        weights = [rng.standard_normal((q, p)) for p, q in itertools.pairwise(sizes)]
        return rs.DeepNet(weights, [rng.standard_normal(len(w)) for w in weights])

    def loss(P):
        return float(np.mean(np.log(np.exp(P).sum(axis=1)) - P[np.arange(8), labels]))

    a, b = above_zero(rng, deep, X, labels, loss)
    path = rs.monotone_path(a, b, X, labels, loss="cross_entropy")
    assert (np.diff(path.losses) < 0).all()
    assert path.losses[-1] == pytest.approx(loss(b.predict(X)), rel=1e-9)
    single = rs.DeepNet([rng.standard_normal((4, 3)), 5 * rng.standard_normal((1, 4))], [np.zeros(4), np.zeros(1)])
    with pytest.raises(rs.InputError, match="5 values for 8 samples"):
        rs.monotone_path(a, b, X, labels[:5], loss="cross_entropy")
    onehot = np.eye(3)[labels]
    c, e = above_zero(rng, deep, X, onehot, lambda P: float(np.mean(((P - onehot) ** 2).sum(axis=1))))
    several = rs.monotone_path(c, e, X, onehot)  # several outputs, squared loss
    assert (np.diff(several.losses) < 0).all()
    with pytest.raises(rs.InputError, match="two outputs"):
        rs.monotone_path(single, single, X, labels, loss="cross_entropy")


def test_the_printed_numbers_of_a_given_path():
    # predictions (-1 + 2 t, 2 - t), targets (1, 1): c(1/2) = 2/3 + (8/9) sqrt(63/32), c(1) = 1 + sqrt 2
    def path(t):
        return rs.TwoLayerNet(np.eye(2), [-1 + 2 * t, 2 - t])

    found = rs.monotone_path(path, None, np.eye(2), [1, 1], steps=2)
    scale = dict(zip(found.parameters.tolist(), found.scales.tolist(), strict=True))
    assert scale[0.5] == pytest.approx(2 / 3 + 8 / 9 * np.sqrt(63 / 32))
    first_at_end = found.scales[found.parameters == 1.0][0]
    assert first_at_end == pytest.approx(1 + np.sqrt(2))
    assert found.losses[-1] == pytest.approx(0)


def test_refusals_name_the_condition_and_the_place():
    X, y = np.eye(2), [1.0, 1.0]
    zero = rs.TwoLayerNet(np.eye(2), [0.1, 0.1])
    with pytest.raises(rs.AssumptionError, match=r"t = 0: L\(start\) > L\(0\)"):
        rs.monotone_path(zero, rs.TwoLayerNet(np.eye(2), [1, 1]), X, y)
    bad = rs.TwoLayerNet(np.eye(2), [-2, -2])
    with pytest.raises(rs.AssumptionError, match="t = 1"):
        rs.monotone_path(bad, bad, X, y)
    # v goes from (-2, -2) to (1, 1): the prediction vanishes at t = 2/3
    with pytest.raises(rs.AssumptionError, match=r"t = 0\.666667"):
        rs.monotone_path(bad, rs.TwoLayerNet(np.eye(2), [1, 1]), X, y)
    with pytest.raises(rs.InputError, match="shapes"):
        rs.monotone_path(bad, rs.TwoLayerNet(np.ones((3, 2)), np.ones(3)), X, y)
    # one sample: a path from below zero to a positive target always passes through zero
    with pytest.raises(rs.AssumptionError, match="vanishes"):
        rs.monotone_path(([[1.0]], [-3.0]), ([[1.0]], [1.0]), [[1.0]], [1.0])


@pytest.mark.torch
def test_a_torch_sequential_is_read():
    import torch

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5, 2)), rng.standard_normal(5)
    models = [torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1)) for _ in range(2)]
    with torch.no_grad():
        models[0][2].weight *= 20
    with pytest.raises(rs.InputError, match="two networks"):
        rs.monotone_path(models[0], None, X, y)
    path = rs.monotone_path(models[0], models[1], X, y)
    assert (np.diff(path.losses) < 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_inside_a_basin_the_loss_stays_below_its_ends(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((7, 3)), rng.standard_normal(7)
    W, v = rng.standard_normal((4, 3)), rng.standard_normal(4)
    near = W * np.exp(rng.standard_normal((4, 1)))
    other, scale = near, 1.0
    while (np.sign(X @ other.T) != np.sign(X @ W.T)).any() or scale == 1.0:
        scale /= 2
        other = near + scale * rng.standard_normal((4, 3))
    u = v * np.exp(rng.standard_normal(4))
    v[0] = 0.0
    path = connect((W, v), (other, u), X, y)
    assert path.losses.max() <= max(path.losses[0], path.losses[-1]) + 1e-12
    np.testing.assert_array_equal(path.points[0].W, W)
    np.testing.assert_array_equal(path.points[-1].v, u)
    # balancing keeps the predictions
    first = path.points[0].predict(X)
    np.testing.assert_allclose(path.points[64].predict(X), first, atol=1e-12)


def test_ends_in_different_basins_are_refused():
    X, y = np.eye(2), [1.0, 1.0]
    with pytest.raises(rs.AssumptionError, match="both signs"):
        connect(([[1.0, 1.0]], [1.0]), ([[1.0, 1.0]], [-1.0]), X, y)
    with pytest.raises(rs.AssumptionError, match="sample 1"):
        connect(([[1.0, 1.0]], [1.0]), ([[1.0, -1.0]], [1.0]), X, y)


def test_a_start_at_zero_output_weight_is_no_trap_of_the_path():
    # Lemma 1's second half fails here: w = (0, 1), v = 0 is a local minimum of its basin with loss 1, its value is 1/2
    X, y = np.eye(2), [1.0, -1.0]
    value = rs.basin_value(X, y, [[True, True]], [1]).value
    assert value == pytest.approx(0.5)
    path = connect(([[0.0, 1.0]], [0.0]), ([[1.0, 0.0]], [1.0]), X, y)
    assert path.losses[0] == 1
    assert path.losses[-1] == pytest.approx(value)
    assert (np.diff(path.losses) <= 1e-12).all()


def test_starts_above_zero_beside_the_promise():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5, 2)), rng.standard_normal(5)
    found = rs.start_above_zero("normal", X, y, 4, trials=2000, rng=0)
    assert found.high >= float(found.promised)
    assert found.zero_loss == pytest.approx(np.mean(y**2))
    assert rs.start_above_zero("torch", X, y, 4, trials=50, rng=0).promised is None
    # y = 0: above zero exactly where the prediction differs from zero
    one = rs.start_above_zero("normal", [[1.0]], [0.0], 3, trials=3000, rng=1)
    assert one.low <= 7 / 8 <= one.high


def test_starts_above_zero_of_deep_networks_and_other_losses():
    X = np.array([[1.0], [2.0]])
    # targets 0: above L(0) exactly where the prediction differs from 0; widths 1 and 3 without biases: 7/16
    deep = rs.start_above_zero("normal", X[:1], [0.0], (1, 3), trials=4000, rng=0)
    assert deep.low <= 7 / 16 <= deep.high
    assert deep.promised == Fraction(7, 32)
    biased = rs.start_above_zero("normal", X[:1], [0.0], (1, 3), trials=4000, rng=0, hidden_biases=True)
    assert biased.low >= 7 / 8 - 0.02
    assert biased.promised == Fraction(7, 16)
    classes = rs.start_above_zero("normal", X, [0, 2], 4, trials=3000, rng=0, loss="cross_entropy", outputs=3)
    assert classes.zero_loss == pytest.approx(np.log(3))
    assert classes.high >= float(classes.promised) == 15 / 32
    assert rs.start_above_zero("normal", X, [1, -1], 4, trials=200, rng=0, loss="logistic").strictly_convex is None

    # one sample, target 3: near c = 0 the loss is the straight part, so that it bends nowhere there
    flat = rs.start_above_zero("normal", X[:1], [3.0], 2, trials=500, rng=0, loss=Huber())
    assert flat.strictly_convex.value == 0
    assert flat.promised == 0
    near = rs.start_above_zero("normal", X[:1] / 10, [0.0], 2, trials=500, rng=0, loss=Huber())
    assert near.strictly_convex.value > 0.95
    assert near.promised <= 3 / 8
    with pytest.raises(rs.InputError, match="cross_entropy"):
        rs.start_above_zero("normal", X, [0, 1], 4, outputs=3)
    with pytest.raises(rs.InputError, match="width"):
        rs.start_above_zero("normal", X, [0, 1], 1.5)
    with pytest.raises(rs.InputError, match="at least two outputs"):
        rs.start_above_zero("normal", X, [0, 1], 2, loss="cross_entropy")


def rise_between(points, loss_of):
    """Return the largest rise of the loss along the straight pieces between networks, looked at in 25 places each."""
    worst = 0.0
    for a, b in itertools.pairwise(points):
        if isinstance(a, rs.TwoLayerNet):
            pairs = [(a.W, b.W), (a.v, b.v), (a.c, b.c)]
        else:
            pairs = list(zip([*a.weights, *a.biases], [*b.weights, *b.biases], strict=True))
        losses = [loss_of([(1 - t) * p + t * q for p, q in pairs]) for t in np.linspace(0, 1, 25)]
        worst = max(worst, float(np.diff(losses).max()))
    return worst


@pytest.mark.parametrize("seed", [5, 9, 15, 21, 22, 23, 31, 35])
def test_the_loss_also_falls_between_the_points(seed):
    """All but two of these rose between their points when only the points were looked at."""
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(2, 7)), int(rng.integers(1, 3)), int(rng.integers(1, 4))
    X, y = rng.normal(size=(n, d)), rng.normal(size=n)
    a = rs.TwoLayerNet(rng.normal(size=(m, d)), rng.normal(size=m) * 3)
    b = rs.TwoLayerNet(rng.normal(size=(m, d)), rng.normal(size=m))
    path = rs.monotone_path(a, b, X, y, steps=16)

    def loss(parts):
        return np.mean((np.maximum(X @ parts[0].T, 0) @ parts[1] + parts[2] - y) ** 2)

    assert rise_between(path.points, loss) <= 1e-12 * (1 + path.losses[0])
    assert (np.diff(path.losses) < 0).all()


def test_the_loss_of_a_deep_network_falls_between_the_points_too():
    rng = np.random.default_rng(11)
    X, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))

    def deep(rng):
        sizes = [2, 3, 3, 1]
        weights = [rng.normal(size=(q, p)) for p, q in itertools.pairwise(sizes)]
        return rs.DeepNet(weights, [rng.normal(size=len(w)) for w in weights])

    a, b = above_zero(rng, deep, X, y, lambda P: float(np.mean((np.reshape(P, (5, 1)) - y) ** 2)))
    path = rs.monotone_path(a, b, X, y[:, 0], steps=16)

    def loss(parts):
        h = X
        for k in range(3):
            z = h @ parts[k].T + parts[3 + k]
            h = np.maximum(z, 0)
        return np.mean((z - y) ** 2)

    assert rise_between(path.points, loss) <= 1e-12 * (1 + path.losses[0])
