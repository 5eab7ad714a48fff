"""Networks built to be minima are proved, built saddles are disproved, and every certificate is checked again."""

import copy
import json

import numpy as np
import pytest

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove
from tests.critical.proof.built import balanced, built_minimum, least_curvature, parameters, targets_for

KINKS = ((0, 0, 0), (1, 0, 1), (1, 3, 0))
RADII = (1e-6, 1e-4, 1e-2)


def objective(net, X, y, decay):
    """J of a network of one output, written out."""
    theta = parameters(net)
    return np.mean((net.predict(X) - y) ** 2) + decay / 2 * theta @ theta


def moved(net, step):
    """The network with a step added to its parameters."""
    weights, biases = [], []
    for w, b in zip(net.weights, net.biases, strict=True):
        size = w.size + b.size
        part = step[:size].reshape(len(w), -1)
        step = step[size:]
        weights.append(w + part[:, :-1])
        biases.append(b + part[:, -1])
    return DeepNet(weights, biases)


def lowest_neighbour(net, X, y, decay, count=300):
    """The least difference of J at random neighbours."""
    rng = np.random.default_rng(5)
    here, p = objective(net, X, y, decay), len(parameters(net))
    out = []
    for radius in RADII:
        for k in range(count):
            step = rng.normal(size=p) * (rng.random(p) < 0.2 if k % 2 else 1.0)
            step *= radius / max(np.linalg.norm(step), 1e-300)
            out.append(objective(moved(net, step), X, y, decay) - here)
    return min(out)


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_minima_on_nested_kinks_are_proved(seed):
    net, X, y, decay = built_minimum(seed)
    assert least_curvature(net, X, y, decay, KINKS) > 1e-6
    proof = prove(net, X, y, "squared", decay)
    assert proof.distance < 1e-9
    assert (proof.verdict, proof.method, proof.kinks) == ("local minimum", "certified", 3)
    assert lowest_neighbour(proof.net, X, y, decay) > -1e-12
    assert verify(proof.certificate)


def test_strict_multipliers_with_a_negative_curvature_along_the_kinks_are_a_saddle():
    net, X, y, decay = built_minimum(3)
    assert least_curvature(net, X, y, decay, KINKS) < -1e-6
    proof = prove(net, X, y, "squared", decay)
    assert proof.distance < 1e-9
    assert proof.verdict == "saddle"
    assert objective(proof.lower, X, y, decay) < objective(net, X, y, decay)
    assert verify(proof.certificate)


def test_four_layers_with_kinks_above_one_another_are_proved():
    kinks = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 0, 0))
    net, X, y, decay = built_minimum(1, (3, 4, 3, 2, 1), 90, kinks)
    proof = prove(net, X, y, "squared", decay)
    assert (proof.verdict, proof.kinks) == ("local minimum", 5)
    assert lowest_neighbour(proof.net, X, y, decay, 100) > -1e-12


def test_identical_rows_share_a_kink():
    net, X, y, decay = built_minimum(1, twins=((0, 5), (3, 7)))
    proof = prove(net, X, y, "squared", decay)
    assert (proof.verdict, proof.kinks) == ("local minimum", 6)
    assert verify(proof.certificate)


def test_rows_that_no_unit_below_is_on_for_share_one_kink():
    """The bias of a second-layer unit is zero: the kink of all these rows at once."""
    for attempt in range(300):
        rng = np.random.default_rng([9, attempt])
        X = np.round(rng.normal(size=(60, 2)), 2)
        net = balanced(DeepNet(
            [rng.normal(size=(3, 2)), rng.normal(size=(2, 3)), rng.normal(size=(1, 2))],
            [-np.abs(rng.normal(size=3)), [0.0, rng.normal()], rng.normal(size=1)],
        ))  # fmt: skip
        off = np.flatnonzero((X @ net.weights[0].T + net.biases[0] < 0).all(axis=1)).tolist()
        y = targets_for(net, X, ((1, off[0], 0),), 1e-3, [off]) if len(off) > 3 else None
        if y is not None and least_curvature(net, X, y, 1e-3, [(1, i, 0) for i in off]) > 1e-6:
            break
    proof = prove(net, X, y, "squared", 1e-3)
    assert (proof.verdict, proof.kinks) == ("local minimum", len(off))
    assert proof.distance < 1e-9
    assert lowest_neighbour(proof.net, X, y, 1e-3) > -1e-12
    assert verify(proof.certificate)


def test_weights_of_single_precision_are_moved_to_the_minimum_beside_them():
    net, X, y, decay = built_minimum(0)
    rough = DeepNet([w.astype(np.float32) for w in net.weights], [b.astype(np.float32) for b in net.biases])
    proof = prove(rough, X, y, "squared", decay)
    assert proof.verdict == "local minimum"
    assert 0 < proof.distance < 1e-6
    np.testing.assert_allclose(parameters(proof.net), parameters(net), atol=1e-9)


@pytest.mark.parametrize("scale", [2.0**-27, 2.0**27])
@pytest.mark.parametrize("what", ["targets", "samples"])
def test_scales_of_about_1e8_do_not_matter(scale, what):
    """J is the old one times a power of the scale for these weights, targets, samples and decay: all is as before."""
    X, Y = positive_samples()
    one = descended(DeepNet([[[1.0, 0.1, 0.0]], [[1.0], [0.5]]], [None, None]), X, Y, 0.25)
    if what == "samples":  # f = V relu(W s x), against s y
        proof = prove(one, X * scale, Y * scale, "squared", 0.25 * scale**2)
    else:  # weights times c, targets times c^2, decay times c^2
        c = scale ** (1 / 3)
        scaled = DeepNet([c * one.weights[0], c * one.weights[1]], [None, None])
        proof = prove(scaled, X, Y * c**2, "squared", 0.25 * c**2)
    assert proof.verdict == "local minimum"
    assert verify(proof.certificate)


def positive_samples():
    """Samples for which a unit of weights near (1, 0, 0) is on, and two targets."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 3))
    X[:, 0] = np.abs(X[:, 0]) + 3
    return X, np.c_[X @ [1.0, 0.3, 0.0], X @ [0.5, -1.0, 0.8]]


def with_a_unit(net, incoming, bias):
    """The net with one more unit in its second layer, whose outgoing weight is zero."""
    weights = [net.weights[0], np.vstack([net.weights[1], incoming]), np.append(net.weights[2], [[0.0]], axis=1)]
    return DeepNet(weights, [net.biases[0], np.append(net.biases[1], bias), net.biases[2]])


def strongest_pull(net, X, y):
    """The largest |sum_i relu(<w, h_i>) e_i| over unit directions by climbing, h_i what the second layer takes."""
    h = np.c_[np.maximum(X @ net.weights[0].T + net.biases[0], 0.0), np.ones(len(X))]
    e = 2 * (np.asarray(net.predict(X)).reshape(-1) - y) / len(X)
    W = np.random.default_rng(0).normal(size=(4_000, h.shape[1]))
    for _ in range(100):
        W /= np.linalg.norm(W, axis=1, keepdims=True)
        pull = np.maximum(W @ h.T, 0.0) @ e
        slope = np.sign(pull)[:, None] * (((W @ h.T > 0) * e) @ h)
        W = W + slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-300)
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    return np.abs(np.maximum(W @ h.T, 0.0) @ e).max()


@pytest.mark.parametrize("seed", [0, 2])
def test_a_unit_at_zero_in_the_second_layer_that_wakes(seed):
    net, X, y, decay = built_minimum(seed)
    assert strongest_pull(net, X, y) > 1.01 * decay
    zero = prove(with_a_unit(net, np.zeros(3), 0.0), X, y, "squared", decay)
    assert (zero.verdict, zero.method) == ("saddle", "certified")
    assert objective(zero.lower, X, y, decay) < objective(net, X, y, decay)
    # a unit that is off everywhere, with weights: under the decay it is not at rest, and goes to zero
    dead = prove(with_a_unit(net, np.full(3, -0.01), -0.02), X, y, "squared", decay)
    assert dead.verdict == "saddle"
    assert dead.distance > zero.distance
    assert verify(zero.certificate)


def test_a_unit_at_zero_in_the_second_layer_that_cannot_wake():
    """Two samples, one unit a layer with kinks nowhere: the direction of the only unit is the strongest."""
    X, y = np.array([[1.0], [2.0]]), np.array([1.0, 2.0])
    weights, decay = [np.array([[1.0]]), np.array([[1.0]]), np.array([[1.0]])], 0.05
    for _ in range(20_000):  # plain gradient descent on a chain of three weights that stays on
        a, b, c = (float(w[0, 0]) for w in weights)
        e = 2 * (a * b * c * X[:, 0] - y) / 2
        pull = float(e @ X[:, 0])
        slopes = [pull * b * c + decay * a, pull * a * c + decay * b, pull * a * b + decay * c]
        weights = [w - 0.02 * g for w, g in zip(weights, slopes, strict=True)]
    net = DeepNet([weights[0], np.vstack([weights[1], [[0.0]]]), np.append(weights[2], [[0.0]], axis=1)], [None] * 3)
    zero = prove(net, X, y, "squared", decay)
    assert (zero.verdict, zero.method, zero.zero_units, zero.strict) == ("local minimum", "certified", 1, False)
    dead = DeepNet([net.weights[0], np.array([[float(weights[1][0, 0])], [-0.01]]), net.weights[2]], [None] * 3)
    off = prove(dead, X, y, "squared", decay)
    assert (off.verdict, off.zero_units) == ("local minimum", 1)
    assert off.distance > zero.distance
    assert verify(zero.certificate)
    assert verify(off.certificate)


def certificate_of(seed=0):
    net, X, y, decay = built_minimum(seed)
    return prove(net, X, y, "squared", decay).certificate


def altered(certificate, change):
    other = json.loads(json.dumps(certificate))
    change(other)
    return other


def test_wrong_certificates_are_refused():
    true = certificate_of()
    assert verify(true)

    def border(c):
        c["witness"]["multipliers"][0][3] = "0"

    def beyond(c):
        c["witness"]["multipliers"][0][3] = "1000"

    def negative(c):
        c["witness"]["multipliers"][1][3] = "-" + c["witness"]["multipliers"][1][3].lstrip("-")

    def left_out(c):
        layer, unit, row, _ = c["witness"]["multipliers"].pop()
        text = c["witness"]["units"][layer][unit]
        c["witness"]["units"][layer][unit] = text[:row] + "1" + text[row + 1 :]

    def unmarked(c):
        c["witness"]["multipliers"].pop()

    def elsewhere(c):
        c["claim"]["layers"][0][0][0] = "17/10"

    def narrow(c):
        c["claim"]["radius"] = "1/100000000000000000000000000000000"

    def more_decay(c):
        c["claim"]["decay"] = "1/3"

    def other_loss(c):
        c["claim"]["loss"] = "bce"

    def dropped(c):
        c["witness"]["units"][1][0] = "zero"

    def quiet(c):
        c["witness"]["units"][1][0] = "silent"

    def unpenalised(c):
        c["claim"]["penalised"][0][0] = "000"

    changes = (border, beyond, negative, left_out, unmarked, elsewhere, narrow, more_decay, other_loss, dropped, quiet,
               unpenalised)  # fmt: skip
    for change in changes:
        assert not verify(altered(true, change)), change.__name__


def test_a_point_of_negative_curvature_is_no_minimum():
    """The certificate of a saddle, relabelled as one of a minimum with the right patterns, is refused."""
    net, X, y, decay = built_minimum(3)
    proof = prove(net, X, y, "squared", decay)
    assert proof.verdict == "saddle"
    assert verify(proof.certificate)
    swapped = copy.deepcopy(proof.certificate)
    swapped["witness"]["lower"], swapped["claim"]["layers"] = swapped["claim"]["layers"], swapped["witness"]["lower"]
    assert not verify(swapped)


def test_splitting_a_unit_of_several_outputs_makes_a_saddle():
    """One unit for two outputs at its minimum; twice half of it is a saddle where a second singular value is larger."""
    (X, Y), decay = positive_samples(), 0.01
    one = descended(DeepNet([[[1.0, 0.1, 0.0]], [[1.0], [0.5]]], [None, None]), X, Y, decay)
    alone = prove(one, X, Y, "squared", decay)
    assert alone.verdict == "local minimum"
    r = np.sqrt(0.5)
    twice = DeepNet([np.repeat(r * one.weights[0], 2, axis=0), np.repeat(r * one.weights[1], 2, axis=1)], [None, None])
    split = prove(twice, X, Y, "squared", decay)
    assert split.verdict == "saddle"
    assert "part" in split.reason
    assert verify(split.certificate)


@pytest.mark.parametrize("seed", range(8))
def test_twice_half_a_unit_is_a_saddle_where_its_signals_have_a_singular_value_above_the_decay(seed):
    """The splitting test of several outputs, with singular values of X^T e computed here."""
    rng, (X, _), decay = np.random.default_rng(seed), positive_samples(), 0.3
    Y = np.c_[X @ [1.0, 0.3, 0.0], X @ rng.normal(size=3) * 0.1 * seed, rng.normal(size=(len(X), 1)) * 0.1 * seed]
    alone = prove(descended(DeepNet([[[1.0, 0.1, 0.0]], [[1.0], [0.1], [0.1]]], [None, None]), X, Y, decay, 4_000),
                  X, Y, "squared", decay).net  # fmt: skip
    sizes = np.linalg.svd(X.T @ (2 * (alone.predict(X) - Y) / len(X)), compute_uv=False)
    assert min(abs(sizes - decay)) < 1e-9  # the unit itself
    r = np.sqrt(0.5)
    twice = DeepNet(
        [np.repeat(r * alone.weights[0], 2, axis=0), np.repeat(r * alone.weights[1], 2, axis=1)], [None] * 2
    )
    proof = prove(twice, X, Y, "squared", decay)
    assert proof.verdict == ("saddle" if sizes[0] > decay * (1 + 1e-6) else "local minimum")
    assert verify(proof.certificate)


def test_two_units_with_one_pattern_and_one_output_stay_a_minimum():
    X = positive_samples()[0]
    Y = (X @ [1.0, 0.3, 0.1])[:, None]
    one = descended(DeepNet([[[1.0, 0.1, 0.0]], [[1.0]]], [None, None]), X, Y, 0.01)
    r = np.sqrt(0.5)
    twice = DeepNet([np.repeat(r * one.weights[0], 2, axis=0), np.repeat(r * one.weights[1], 2, axis=1)], [None, None])
    proof = prove(twice, X, Y, "squared", 0.01)
    assert proof.verdict == "local minimum"
    assert verify(proof.certificate)


def descended(net, X, Y, decay, steps=40_000):
    """The end of plain gradient descent for a bias-free network that stays on for all rows."""
    W, V = net.weights[0].copy(), net.weights[1].copy()
    for _ in range(steps):
        E = 2 * ((X @ W.T) @ V.T - Y) / len(X)
        W, V = W - 0.01 * (V.T @ E.T @ X + decay * W), V - 0.01 * (E.T @ (X @ W.T) + decay * V)
    return DeepNet([W, V], [None, None])


def test_without_decay_a_minimum_is_proved_across_the_rescalings():
    """One unit that is on for all rows is least squares, up to a factor between its layers."""
    X = positive_samples()[0]
    y = X @ [1.0, 0.3, 0.1] + 0.1 * np.random.default_rng(0).normal(size=len(X))
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    for factor in (1.0, 3.0):
        proof = prove(DeepNet([[w / factor], [[factor]]], [None, None]), X, y)
        assert (proof.verdict, proof.strict) == ("local minimum", True)
        assert verify(proof.certificate)
    # with a second unit of the same pattern the two can be mixed: a flat family that is no symmetry of one rank
    aside = np.array([0.1, 0.0, 0.0])
    mixed = prove(DeepNet([[w / 2 - aside, w / 2 + aside], [[1.0, 1.0]]], [None, None]), X, y)
    assert mixed.verdict == "undecided"
    assert mixed.reason.startswith("a flat direction")
    # their sum is not the best fit: whatever can be mixed, training goes on downwards
    falling = prove(DeepNet([[w / 2, w / 2 + aside], [[1.0, 1.0]]], [None, None]), X, y)
    assert falling.verdict == "not stationary"
    assert falling.lower_loss < falling.loss
    assert verify(falling.certificate)


def test_what_is_too_large_is_said_before_anything_is_done():
    net = DeepNet([np.ones((50, 30)), np.ones((1, 50))], [np.zeros(50), np.zeros(1)])
    proof = prove(net, np.ones((3, 30)), np.ones(3), "squared", 0.1)
    assert proof.verdict == "undecided"
    assert proof.reason.startswith("too large: 1,601 parameters")


def test_balancing_keeps_the_function():
    net, X, *_ = built_minimum(0)
    np.testing.assert_allclose(balanced(net).predict(X), net.predict(X))


def test_weights_that_are_nothing_but_rounding_are_verified():
    """A bias that Newton's method leaves at 1e-100 instead of 0 is a number like any other."""
    true = certificate_of()
    tiny = altered(true, lambda c: c["claim"]["layers"][2][0].__setitem__(0, c["claim"]["layers"][2][0][0]))
    assert verify(tiny)
    X = positive_samples()[0]
    y = X @ [1.0, 0.3, 0.1]
    net = DeepNet([[[1.0, 0.3, 0.1], [0.0, 0.0, 1e-100]], [[1.0, 1e-100]]], [None, None])
    proof = prove(net, X, y, "squared", 1e-3)
    assert proof.certificate is None or verify(proof.certificate)


def test_a_unit_that_wakes_below_kinks_is_bent_to_stay_on_them():
    """A unit at zero in the first layer, kinks in the second: the fall has to keep the kinks, else they cost more."""
    net, X, y, decay = built_minimum(0, decay=1e-3)
    weights = [np.vstack([net.weights[0], np.zeros(2)]), np.append(net.weights[1], np.zeros((2, 1)), axis=1)]
    more = DeepNet([*weights, net.weights[2]], [np.append(net.biases[0], 0.0), *net.biases[1:]])
    proof = prove(more, X, y, "squared", decay)
    assert proof.verdict == "saddle"
    assert "wakes" in proof.reason
    assert objective(proof.lower, X, y, decay) < objective(proof.net, X, y, decay)
    assert verify(proof.certificate)
