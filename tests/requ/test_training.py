import numpy as np
import pytest

from reluscape.errors import AssumptionError, InputError, ShapeError
from reluscape.requ import ReQUNet, design, train
from reluscape.requ.objective import Objective
from reluscape.requ.training import lbfgs, random_net

PROBLEMS = {
    "one sample": ([[2.0]], [1]),
    "two on a line": ([[0.0], [1.0]], [1, -1]),
    "three on a line": ([[0.0], [1.0], [2.0]], [1, -1, 1]),
    "four on a line": ([[0.0], [1.0], [2.0], [3.0]], [1, -1, 1, -1]),
    "xor": ([[0, 0], [0, 1], [1, 0], [1, 1]], [1, -1, -1, 1]),
    "repeated": ([[0.0], [0.0], [1.0]], [1, 1, -1]),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("loss", ["logistic", "exponential", "smooth_hinge"])
def test_every_certified_point_of_a_design_has_no_training_error(name, loss):
    X, y = PROBLEMS[name]
    plan = design(X, y, loss=loss, rng=0)
    ends = [train(X, y, plan, rng=seed) for seed in range(4)]
    for end in ends:
        assert end.certified
        assert end.training_error == 0
        f = end.net.predict(np.asarray(X, float))
        assert (np.sign(f) == y).all()
        # every l'_i is below epsilon, as the proof says
        assert (np.asarray(plan.loss.derivative(-np.asarray(y) * f)) < plan.epsilon).all()
        # and a unit is inactive, so the coefficients were not in the excluded set
        assert end.certificate.inactive


def test_the_loss_never_rises_and_ends_no_higher_than_plain_descent():
    X, y = PROBLEMS["four on a line"]
    plan = design(X, y, rng=0)
    L = Objective.of(X, y, plan.lambdas)
    for seed in range(4):
        start = random_net(plan.width, 1, seed)
        end = train(X, y, plan, start=start)
        losses = [value for _, value in end.history]
        assert np.diff(losses).max() <= 1e-12
        assert end.loss <= L.value(lbfgs(L, start)) + 1e-9
        # the same sum in another order: n + width terms that are not negative, each rounded a few times
        assert end.loss == pytest.approx(L.value(end.net), rel=1e-12)


def test_at_critical_points_both_layers_have_one_length():
    X, y = PROBLEMS["four on a line"]
    net = train(X, y, design(X, y, rng=0), rng=0).net
    assert np.abs(net.a) == pytest.approx(np.linalg.norm(net.U, axis=1), abs=1e-9)


def test_out_of_the_silent_network():
    X, y = PROBLEMS["three on a line"]
    end = train(X, y, design(X, y, rng=0), start=ReQUNet.zeros(4, 1))
    assert end.escapes >= 1
    assert end.certified
    assert end.training_error == 0


def test_coefficients_far_above_lambda0_end_with_errors():
    X, y = PROBLEMS["three on a line"]
    plan = design(X, y, rng=0)
    g = np.random.default_rng(0)
    for low, high in ((2, 4), (4, 8)):
        for seed in range(3):
            end = train(X, y, plan.lambda0 * g.uniform(low, high, 4), rng=seed)
            assert end.certified
            assert end.training_error > 0


def test_too_few_units_end_with_errors():
    X, y = PROBLEMS["three on a line"]
    plan = design(X, y, rng=0)
    for m in (1, 2):
        assert train(X, y, plan.lambdas[:m], rng=0).training_error > 0


def test_equal_coefficients_are_trained_but_not_certified():
    X, y = PROBLEMS["three on a line"]
    plan = design(X, y, rng=0)
    assert train(X, y, np.full(4, plan.lambdas[0]), rng=0).certificate.kind == "undecided"


def test_no_round_is_no_certificate_but_an_honest_end():
    X, y = PROBLEMS["four on a line"]
    end = train(X, y, design(X, y, rng=0), start=ReQUNet.zeros(5, 1), rounds=1)
    assert end.certificate.kind in ("saddle", "not stationary", "local minimum")


def test_bad_input():
    X, y = PROBLEMS["two on a line"]
    for error, text, more in [
        (AssumptionError, "positive", {"lambdas": [0.1, -0.1]}),
        (ShapeError, "expected", {"lambdas": [0.1, 0.2], "start": ReQUNet.zeros(3, 1)}),
        (
            InputError,
            "not finite",
            {"lambdas": [0.1], "start": ReQUNet([1e200], [[1e200, 1.0]]), "loss": "exponential"},
        ),
    ]:
        with pytest.raises(error, match=text):
            train(X, y, **more)
