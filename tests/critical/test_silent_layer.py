"""A hidden layer that is on for no row: verdicts against losses of networks nearby, computed from the formula."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.trained.silent_layer import silent_layer
from reluscape.problem.networks import DeepNet
from reluscape.problem.outputs import output_loss
from reluscape.problem.trained.layered import Layered

LOSSES = ("squared", "logistic", "bce", "cross_entropy")


def layered(X, Y, weights, biases, trained, loss="squared"):
    """Return a network on its data."""
    net = DeepNet(weights, [b if on else None for b, on in zip(biases, trained, strict=True)])
    Y = np.asarray(Y, dtype=float)
    return Layered(net, rs.Dataset(X), Y, tuple(trained), output_loss(loss, Y), None, None, True)


def plain_loss(seen, weights, biases):
    """Return the loss of other weights, written down anew."""
    h = seen.X
    for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = h @ w.T + b
        h = np.maximum(z, 0) if k + 1 < len(weights) else z
    Y = seen.Y
    if seen.loss.name == "squared":
        return np.mean((h - Y) ** 2)
    if seen.loss.name == "logistic":
        return np.mean(np.logaddexp(0, -Y * h))
    if seen.loss.name == "bce":
        return np.mean(np.logaddexp(0, h) - Y * h)
    return np.mean(np.log(np.exp(h).sum(axis=1)) - (h * Y).sum(axis=1))


def judged(seen):
    """Return what follows from the silent layer, and the losses it is told."""
    columns = [np.log(np.clip(column, 1e-9, None)) for column in [seen.Y.mean(axis=0)]]
    loss = plain_loss(seen, seen.net.weights, seen.net.biases)
    if seen.loss.name == "squared":
        constant = np.mean((seen.Y - seen.Y.mean(axis=0)) ** 2)
    elif seen.loss.name == "cross_entropy":
        constant = -np.sum(seen.Y.mean(axis=0) * columns[0])
    else:
        p = np.mean(seen.Y > 0)
        constant = -sum(q * np.log(q) for q in (p, 1 - p) if q > 0)
    return silent_layer(seen, float(loss), float(constant)), float(loss)


def lowest_nearby(seen, net, rng, size, tries=300):
    """Return the lowest loss of random small changes of everything that is trained, single numbers among them."""
    least = np.inf
    for _t in range(tries):
        sparse = rng.random() < 0.5

        def step(shape, sparse=sparse):
            noise = rng.normal(size=shape) * size
            return noise * (rng.random(shape) < 0.2) if sparse else noise

        weights = [w + step(w.shape) for w in net.weights]
        biases = [b + step(b.shape) * on for b, on in zip(net.biases, seen.biases, strict=True)]
        least = min(least, plain_loss(seen, weights, biases))
    return least


def random_case(rng):
    """Return a small network of integers with a layer that is on for no row."""
    loss = str(rng.choice(LOSSES))
    outputs = 2 if loss == "cross_entropy" else int(rng.integers(1, 3))
    depth = int(rng.integers(2, 4))
    sizes = [int(rng.integers(1, 3)), *(int(rng.integers(1, 4)) for _ in range(depth - 1)), outputs]
    n = int(rng.integers(2, 5))
    X = rng.integers(-2, 3, size=(n, sizes[0])).astype(float)
    weights = [rng.integers(-2, 3, size=(b, a)).astype(float) for a, b in itertools.pairwise(sizes)]
    trained = [bool(on) for on in rng.random(len(weights)) < 0.75]
    biases = [rng.integers(-2, 2, size=len(w)) * float(on) for w, on in zip(weights, trained, strict=True)]
    k = int(rng.integers(0, depth - 1))
    h = X
    for w, b in zip(weights[:k], biases[:k], strict=True):
        h = np.maximum(h @ w.T + b, 0)
    if trained[k]:
        shift = int(rng.integers(0, 2))
        biases[k] = -(h @ weights[k].T).max(axis=0) - shift
    if loss == "squared":
        Y = rng.integers(-2, 3, size=(n, outputs)).astype(float)
        best = Y.mean(axis=0)
    elif loss == "cross_entropy":
        labels = rng.permutation([0, 1, *rng.integers(0, 2, size=n - 2)])
        Y = np.eye(2)[labels]
        best = np.log(Y.mean(axis=0))
    else:
        Y = (rng.permuted(np.tile((np.arange(n) % 2)[:, None], (1, outputs)), axis=0)).astype(float)
        p = Y.mean(axis=0)
        best = np.log(p / (1 - p))
        Y = Y if loss == "bce" else 2 * Y - 1
    if trained[-1] and rng.random() < 0.6:
        h = np.zeros(len(weights[k]))
        for w, b in zip(weights[k + 1 : -1], biases[k + 1 : -1], strict=True):
            h = np.maximum(w @ h + b, 0)
        biases[-1] = best - weights[-1] @ h
    return layered(X, Y, weights, biases, trained, loss)


def test_verdicts_agree_with_the_networks_nearby():
    rng = np.random.default_rng(5)
    kinds = {}
    for _ in range(150):
        seen = random_case(rng)
        found, _loss = judged(seen)
        if found is None:
            continue
        for verdict, net in ((found.given, seen.net), (found.near, found.net)):
            if verdict is None:
                continue
            kinds[verdict.kind] = kinds.get(verdict.kind, 0) + 1
            here = plain_loss(seen, net.weights, net.biases)
            if verdict.is_local_minimum:
                least = min(lowest_nearby(seen, net, rng, size, 60) for size in (1e-3, 1e-5))
                assert least >= here - 1e-12 * (1 + here), (seen, verdict)
            if verdict.escape is not None:
                t = 1e-6
                weights = [w + t * s for w, s in zip(net.weights, verdict.escape[::2], strict=True)]
                biases = [b + t * s for b, s in zip(net.biases, verdict.escape[1::2], strict=True)]
                assert plain_loss(seen, weights, biases) < here + 1e-11, (seen, verdict)  # 1/3 is no double
    assert kinds["local minimum"] > 20
    assert kinds["not stationary"] > 20


def test_a_constant_at_the_mean_is_a_minimum_and_another_is_none():
    X, Y = [[1.0], [2.0], [4.0]], [[0.0], [1.0], [2.0]]
    layers = [[[1.0]], [[-1.0]], [[3.0]]]
    found, _ = judged(layered(X, Y, layers, [[0.0], [-1.0], [1.0]], (True,) * 3))
    assert (found.given.kind, found.given.method, found.given.exact_loss) == ("local minimum", "exact", Fraction(2, 3))
    off, _ = judged(layered(X, Y, layers, [[0.0], [-1.0], [0.5]], (True,) * 3))
    assert (off.given.kind, off.near) == ("not stationary", None)
    assert [np.asarray(part).tolist() for part in off.given.escape][-1] == [1.0]
    beside, _ = judged(layered(X, Y, layers, [[0.0], [-1.0], [0.999]], (True,) * 3))
    assert (beside.given.kind, beside.near.kind, beside.near.exact_loss) == (
        "not stationary", "local minimum", Fraction(2, 3),
    )  # fmt: skip


def test_without_an_output_bias_nothing_moves_the_constant():
    found, _ = judged(
        layered([[1.0]], [[5.0]], [[[1.0]], [[-1.0]], [[3.0]]], [[0.0], [-1.0], [0.0]], (True, True, False))
    )
    assert (found.given.kind, found.given.exact_loss) == ("local minimum", 25)
    assert "no weight after it" in found.given.reason


@pytest.mark.parametrize(("weight", "kind"), [(2.0, "local minimum"), (-2.0, "not stationary")])
def test_a_row_of_zeros_on_the_kink_counts_by_the_sign_of_what_it_would_add(weight, kind):
    """The row 0 has target -1, the mean is 0: raising its output raises the loss, lowering it lowers it."""
    seen = layered([[0.0], [1.0]], [[-1.0], [1.0]], [[[1.0]], [[-1.0]], [[weight]]], [[0.0], [0.0], [0.0]], (True,) * 3)
    assert judged(seen)[0].given.kind == kind


def test_explain_says_that_the_network_is_a_constant_and_a_minimum():
    X, y = [[float(i)] for i in range(-1, 6)], [2.0 * i - 1 for i in range(-1, 6)]
    net = DeepNet([[[-0.5], [0.75]], [[0.25, -0.5], [-0.5, -1.0]], [[1.0, 0.25]]], [[0.0, 0.0], [-1.0, -1.0], [3.0]])
    told = rs.explain(net, X, y)
    assert told.model_report.verdict.is_local_minimum
    assert told.model_report.verdict.exact_loss == 16
    assert "local minimum: no unit of layer 2 is on for any row" in str(told)
