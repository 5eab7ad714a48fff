"""What is minimised: values, gradients and references against finite differences, exact sums and closed forms."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import InputError, NoTargetsError, ShapeError
from reluscape.problem.problem import as_problem

XOR = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])


def _network(seed, m=3, d=3):
    rng = np.random.default_rng(seed)
    return rs.TwoLayerNet(rng.normal(size=(m, d)), rng.normal(size=m), float(rng.normal()))


def _differences(problem, net, step=1e-6):
    """Return the gradient in (W, v, c) by central differences."""
    theta = np.concatenate([net.W.ravel(), net.v, [net.c]])

    def value(t):
        m, d = net.W.shape
        return problem.value(rs.TwoLayerNet(t[: m * d].reshape(m, d), t[m * d : -1], float(t[-1])))

    steps = step * np.eye(len(theta))
    return np.array([(value(theta + e) - value(theta - e)) / (2 * step) for e in steps])


@pytest.mark.parametrize("loss", ["squared", "bce", "huber"])
@pytest.mark.parametrize("decay", [None, rs.WeightDecay("1/7"), rs.WeightDecay("1/7", biases=False)])
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_the_slope_of_the_value(loss, decay, seed):
    problem = rs.Problem(XOR, [0, 1, 1, 0], loss=loss, weight_decay=decay, output_bias=True)
    net = _network(seed)
    found = problem.gradient(net)
    np.testing.assert_allclose(
        np.concatenate([found.W.ravel(), found.v, [found.c]]), _differences(problem, net), rtol=1e-5, atol=1e-7
    )


def test_a_constant_that_is_not_trained_has_no_gradient():
    assert rs.Problem(XOR, [0, 1, 1, 0]).gradient(_network(0)).c == 0


@given(st.integers(0, 2**32 - 1))
def test_the_exact_value_is_that_of_the_floats(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-2, 3, (5, 2)), rng.integers(-2, 3, 5)
    W, v, c = rng.integers(-2, 3, (2, 2)), rng.integers(-2, 3, 2), int(rng.integers(-2, 3))
    for decay in (None, rs.WeightDecay("1/2")):
        problem = rs.Problem(X, y, weight_decay=decay, output_bias=True)
        exact = problem.exact_value(W, v, c)
        f = np.maximum(X @ W.T, 0) @ v + c
        penalty = Fraction(int((W**2).sum() + (v**2).sum() + c**2), 4) if decay else 0
        assert exact == Fraction(int(((f - y) ** 2).sum()), 5) + penalty
        np.testing.assert_allclose(problem.value(rs.TwoLayerNet(W, v, c)), float(exact), rtol=1e-12)


def test_several_outputs_count_by_their_sum():
    problem = rs.Problem([[1.0], [2.0]], [[0, 0], [1, 3]])
    net = rs.DeepNet([[[0.0]], [[0.0], [0.0]]], [[0.0], [0.0, 0.0]])
    assert problem.outputs == 2
    assert problem.value(net) == pytest.approx((0 + 0 + 1 + 9) / 2)


def test_a_deep_gradient_is_the_slope_of_the_value():
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(6, 2)), np.eye(3)[rng.integers(0, 3, 6)]
    shapes = [(4, 2), (3, 4), (3, 3)]
    weights, biases = [rng.normal(size=s) for s in shapes], [rng.normal(size=s[0]) for s in shapes]
    for decay in (0.3, rs.WeightDecay(0.3)):
        problem = rs.Problem(X, Y, loss="cross_entropy", weight_decay=decay)
        found = problem.gradient(rs.DeepNet(weights, biases))
        for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
            for array, slope in ((w, found.weights[k]), (b, found.biases[k])):
                place = tuple(int(rng.integers(0, s)) for s in array.shape)
                ends = []
                for sign in (1, -1):
                    array[place] += sign * 1e-6
                    ends.append(problem.value(rs.DeepNet(weights, biases)))
                    array[place] -= sign * 1e-6
                assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-7)


def test_labels_are_shares():
    by_labels = rs.Problem([[1.0], [2.0]], [0, 2], loss="cross_entropy")
    by_shares = rs.Problem([[1.0], [2.0]], [[1, 0, 0], [0, 0, 1]], loss="cross_entropy")
    np.testing.assert_array_equal(by_labels.targets, by_shares.targets)
    assert by_labels.constant_value == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("loss", "y", "best"),
    [
        ("squared", [0, 0, 3], 2.0),
        ("bce", [0, 1, 1, 1], -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))),
        ("logistic", [1, 1, 1], 0.0),
        ("huber", [0, 0, 9], 17 / 6 - 1 / 12),
    ],
)
def test_the_best_constant(loss, y, best):
    X = np.ones((len(y), 1))
    assert rs.Problem(X, y, loss=loss).constant_value == pytest.approx(best, abs=1e-9)


def test_curvature_is_differenced_where_the_loss_does_not_say_it():
    class Soft:
        def value(self, f, y):
            return np.logaddexp(0, f - y) - 0.5 * (f - y)

        def gradient(self, f, y):
            return 1 / (1 + np.exp(y - f)) - 0.5

    f = np.array([-1.0, 0.0, 2.0])
    share = 1 / (1 + np.exp(-f))
    problem = rs.Problem(np.eye(3), [0, 0, 0], loss=Soft())
    np.testing.assert_allclose(problem.curvature(f), share * (1 - share), rtol=1e-6)


@pytest.mark.parametrize(("factor", "refused"), [(1.0, False), (100.0, True), (0.0, True)])
def test_a_wrong_curvature_is_refused(factor, refused):
    class Own:
        def value(self, f, y):
            return (f - y) ** 4 / 4 + (f - y) ** 2 / 2

        def gradient(self, f, y):
            return (f - y) ** 3 + (f - y)

        def curvature(self, f, y):
            return factor * (3 * (f - y) ** 2 + 1)

    if refused:
        with pytest.raises(InputError, match="curvature of the loss Own"):
            rs.Problem(np.eye(2), [0, 1], loss=Own())
    else:
        assert rs.Problem(np.eye(2), [0, 1], loss=Own()).curvature(np.array([0.0, 3.0])).tolist() == [1.0, 13.0]


def test_a_problem_stands_in_place_of_the_data():
    problem = rs.Problem(XOR, [0, 1, 1, 0])
    assert as_problem(problem) is problem
    assert rs.count_regions(problem) == rs.count_regions(XOR)
    with pytest.raises(InputError, match="holds its targets"):
        as_problem(problem, [0, 1, 1, 0])
    with pytest.raises(InputError, match="another loss"):
        as_problem(problem, loss="huber")


def test_what_reads_only_data_refuses_a_problem_that_asks_for_more():
    for settings in ({"loss": "bce"}, {"weight_decay": 0.1}, {"output_bias": True}, {"signs": [1]}):
        with pytest.raises(InputError, match="only; the problem given is"):
            rs.cell_saddles(rs.Problem(XOR, [0, 1, 1, 0], **settings), None, [[0, 1, 1, 1]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": None}, "no targets"),
        ({"y": [0, 1, 1]}, "3 values for 4"),
        ({"y": [0, 1, 1, 2], "loss": "bce"}, "needs targets 0 and 1"),
        ({"weight_decay": -0.1}, "give 0 or a positive number"),
        ({"weight_decay": float("nan")}, "a number, 0 or more"),
        ({"weight_decay": "much"}, "a number, 0 or more"),
        ({"weight_decay": True}, "a number, 0 or more"),
        ({"weight_decay": 0.1, "signs": [1]}, "trained"),
        ({"X": XOR[:, :2], "weight_decay": rs.WeightDecay(0.1, biases=False)}, "column of ones"),
        ({"loss": "cross_entropy", "y": [0, 1, 0.5, 1]}, "whole number"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        rs.Problem(**{"X": XOR, "y": [0, 1, 1, 0]} | arguments)


def test_another_shape_of_targets_is_refused():
    with pytest.raises(ShapeError, match="samples by outputs"):
        rs.Problem(XOR, np.zeros((3, 2)))


def test_no_decay_is_no_penalty():
    assert rs.Problem(XOR, [0, 1, 1, 0], weight_decay=0).plain
    assert (
        repr(rs.Problem(XOR, [0, 1, 1, 0], weight_decay=0.5)) == "Problem(Dataset(n=4, d=3), squared, WeightDecay(0.5))"
    )


EVERY = {
    "basin_value": lambda p: rs.basin_value(p, None, [[1, 0, 1, 1]], [1]),
    "cell_minima": lambda p: rs.cell_minima(p, None, [[1, 0, 1, 1]]),
    "kink_minima": lambda p: rs.kink_minima(p, None, [[1, 0, 1, 1]]),
    "certify": lambda p: rs.certify(p, None, [[1, 0, 1]], [1]),
    "descend": lambda p: rs.descend(p, None, [[1, 0, 1]], [1]),
    "local_minima": lambda p: rs.local_minima(p, None, 1),
    "loss_slice": lambda p: rs.loss_slice(*([rs.TwoLayerNet([[1, 0, 1]], [1])] * 2), p),
    "global_minimum": lambda p: rs.global_minimum(p),
    "infinite_width_minimum": lambda p: rs.infinite_width_minimum(p),
    "barrier_tree": lambda p: rs.barrier_tree(p),
    "reachable_minimum": lambda p: rs.reachable_minimum(p, None, [[1, 0, 1]], [1]),
    "reachable_probability": lambda p: rs.reachable_probability(p, trials=2, steps=2, rng=0),
    "genuine_minimum_share": lambda p: rs.genuine_minimum_share(p, None, 1, population="regions"),
    "zero_loss": lambda p: rs.zero_loss(p, None, [[1, 0, 1, 1]], [1]),
    "loss_bound": lambda p: rs.loss_bound(rs.TwoLayerNet([[1, 0.5, 1]], [1]), p),
    "start_above_zero": lambda p: rs.start_above_zero("normal", p, trials=2, rng=0),
}


@pytest.mark.parametrize("name", EVERY)
def test_results_carry_their_problem(name):
    problem = rs.Problem(XOR, [0, 1, 1, 0])
    assert EVERY[name](problem).problem is problem


def test_a_problem_says_the_loss_and_the_bias():
    logistic = rs.Problem(XOR, [0, 1, 1, 0], loss="bce", output_bias=True)
    by_arguments = rs.basin_value(XOR, [0, 1, 1, 0], [[1, 0, 1, 1]], [1], loss="bce", output_bias=True)
    assert rs.basin_value(logistic, None, [[1, 0, 1, 1]], [1]).value == pytest.approx(by_arguments.value, rel=1e-9)
    verdict = rs.certify(logistic, None, [[1, 0, 1]], [1])
    assert verdict.loss == pytest.approx(np.mean([np.logaddexp(0, f) for f in (1, -1, -2, 2)]))
    assert len(verdict.escape) == 3
    with pytest.raises(InputError, match="without weight decay"):
        rs.cell_minima(rs.Problem(XOR, [0, 1, 1, 0], weight_decay=1), None, [[0, 0, 1, 1]])
    with pytest.raises(InputError, match="squared loss only"):
        rs.barrier_tree(logistic)


def test_frozen_outputs_take_a_problem_of_several():
    Y = [[0, 1], [1, 0], [1, 0], [0, 1]]
    problem = rs.Problem(XOR, Y)
    value = rs.basin_value(problem, None, [[1, 0, 1, 1]], None, v=[[1, -1]], exact=True)
    assert value.exact_value == rs.basin_value(XOR, Y, [[1, 0, 1, 1]], None, v=[[1, -1]], exact=True).exact_value
    assert value.problem.outputs == 2
    with pytest.raises(InputError, match="several outputs"):
        rs.basin_value(problem, None, [[1, 0, 1, 1]], [1])


def test_floats_are_rationals_only_where_they_are_needed():
    X = np.array([[0.1, -0.0], [0.0, 0.0]])
    data = rs.Dataset(X, np.array([0.1, 2.0]))
    assert "fractions" not in vars(data)
    assert data.zero_rows == (1,)
    assert data.fractions[0, 0] == Fraction(0.1)
    assert data.y_fractions[1] == 2
    assert not np.signbit(data.X).any()


def test_stories_take_a_problem():
    problem = rs.Problem(XOR, [0, 1, 1, 0], loss="bce", output_bias=True)
    told = rs.certify_model(rs.TwoLayerNet([[1, 0, 1]], [1.0], 0.0, True), problem)
    assert told.problem.mean_loss.name == "bce"
    assert told.problem.output_bias
    with pytest.raises(InputError, match="another loss"):
        rs.certify_model(rs.TwoLayerNet([[1, 0, 1]], [1.0]), problem, loss="huber")
    data = rs.Dataset([[0], [1], [2], [3]], [0, 1, 0, 1], bias=True)
    found = rs.survey(rs.Problem(data, output_bias=True), widths=(1,), trials=5, max_width=1, trainings=2)
    assert found.problem.output_bias
    assert found.problem.data.n == 4


MISSING = {
    "Problem": lambda: rs.Problem(XOR),
    "basin_value": lambda: rs.basin_value(XOR, None, [[1, 0, 1, 1]], [1]),
    "basin_values": lambda: rs.basin_values(XOR, None, [[[1, 0, 1, 1]]], [[1]]),
    "certify": lambda: rs.certify(XOR, None, [[1, 0, 1]], [1]),
    "constant_fit": lambda: rs.constant_fit(XOR),
    "global_minimum": lambda: rs.global_minimum(XOR),
    "barrier_tree": lambda: rs.barrier_tree(XOR),
    "good_basin_curve": lambda: rs.good_basin_curve(XOR),
    "certify_model": lambda: rs.certify_model(rs.TwoLayerNet([[1, 0, 1]], [1.0]), XOR),
    "survey": lambda: rs.survey(XOR),
    "zero_loss": lambda: rs.zero_loss(XOR, None, [[1, 0, 1, 1]], [1]),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_targets_are_told_in_one_wording(name):
    with pytest.raises(NoTargetsError, match=r"^there are no targets; give y$"):
        MISSING[name]()


def test_an_iterator_of_targets_is_read_once_by_everything_that_takes_targets():
    X, y, W, v, A = [[1, 1], [2, 1]], [1, 2], [[1, 0]], [1], [[1, 1]]
    calls = [
        lambda given: rs.Problem(X, given).value(rs.TwoLayerNet(W, v)),
        lambda given: rs.basin_value(X, given, A, v).value,
        lambda given: rs.basin_value(X, given, A, v, weight_decay="1/10").value,
        lambda given: rs.basin_value(X, given, A, v, loss="huber").value,
        lambda given: rs.certify(X, given, W, v).loss,
        lambda given: rs.infinite_width_minimum(X, given).value,
        lambda given: rs.lambda_max(X, given).value,
        lambda given: float(rs.zero_loss(X, given, A, v).exists),
        lambda given: rs.TwoLayerNet(W, v).loss(X, given),
    ]
    for call in calls:
        assert call(iter(y)) == pytest.approx(call(y), abs=1e-9)
        assert call(v for v in y) == pytest.approx(call(y), abs=1e-9)
