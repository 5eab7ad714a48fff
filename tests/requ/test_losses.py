import math

import numpy as np
import pytest

from reluscape.errors import AssumptionError, InputError
from reluscape.requ.losses import ExponentialLoss, LogisticLoss, SmoothHingeLoss, epsilon, margin_loss, second

BUILT_IN = [LogisticLoss(2), LogisticLoss(math.e), LogisticLoss(10), ExponentialLoss(), SmoothHingeLoss(3),
            SmoothHingeLoss(4.5)]  # fmt: skip


class Own:
    def __init__(self, value, derivative, **more):
        self.value, self.derivative = value, derivative
        self.__dict__.update(more)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("loss", "base", "expected"),
    [
        ("logistic", 2, 0.7213475204444817),
        ("logistic", math.e, 0.5),
        ("exponential", 2, 1.0),
        ("smooth_hinge", 2, 3.0),
        (SmoothHingeLoss(5), 2, 5.0),
    ],
)
def test_epsilon_of_the_usual_losses(loss, base, expected):
    assert epsilon(loss, base) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("loss", BUILT_IN, ids=repr)
def test_the_same_loss_as_a_users_object_is_checked_and_gets_the_same_epsilon(loss):
    own = Own(loss.value, loss.derivative)
    assert epsilon(own) == pytest.approx(loss.epsilon, rel=1e-12)


@pytest.mark.parametrize("loss", BUILT_IN, ids=repr)
def test_derivatives_against_differences(loss):
    z, h = np.linspace(-5, 5, 41) + 0.0123, 1e-6
    assert loss.derivative(z) == pytest.approx((loss.value(z + h) - loss.value(z - h)) / (2 * h), rel=1e-6, abs=1e-8)
    assert loss.second(z) == pytest.approx(
        (loss.derivative(z + h) - loss.derivative(z - h)) / (2 * h), rel=1e-5, abs=1e-7
    )
    assert second(Own(loss.value, loss.derivative), z) == pytest.approx(loss.second(z), rel=1e-4, abs=1e-6)


def test_logistic_neither_overflows_nor_vanishes_early():
    loss = LogisticLoss(2)
    assert loss.value(np.array([-2000.0, 2000.0])) == pytest.approx([0, 2000 / math.log(2)])
    assert loss.derivative(np.array([-700.0, 2000.0])) == pytest.approx([math.exp(-700) / math.log(2), 1 / math.log(2)])


@pytest.mark.parametrize(
    ("own", "text"),
    [
        (Own(lambda z: z, np.ones_like), "l\\(z\\) >= 0"),
        (Own(lambda z: z**2, lambda z: 2 * z), "non-decreasing"),
        (Own(lambda z: np.logaddexp(0, z), lambda z: 2 * sigmoid(z)), "differences"),
        (Own(lambda z: np.maximum(1.1234 + z, 0), lambda z: (z > -1.1234) * 1.0), "jumps at z = -1.123"),
        (Own(lambda z: np.maximum(z, 0) ** 2, lambda z: 2 * np.maximum(z, 0)), "epsilon > 0"),
        (Own(sigmoid, lambda z: sigmoid(z) * sigmoid(-z)), "still falls"),
        (Own(np.exp, np.exp, epsilon=2.0), "says epsilon"),
    ],
)
def test_each_hypothesis_of_assumption_1_is_named(own, text):
    with pytest.raises(AssumptionError, match=text):
        epsilon(own)


def test_a_loss_that_is_not_convex_but_says_its_epsilon():
    # l' falls from 1 to its limit 1/2 on z >= 0
    own = Own(lambda z: np.where(z < 0, np.exp(np.minimum(z, 0)), 1 + z / 2 + (1 - np.exp(-np.maximum(z, 0))) / 2),
              lambda z: np.where(z < 0, np.exp(np.minimum(z, 0)), 0.5 + np.exp(-np.maximum(z, 0)) / 2))  # fmt: skip
    own.epsilon = 0.5
    assert epsilon(own) == 0.5


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: margin_loss("hinge"), InputError, "unknown loss"),
        (lambda: margin_loss(3), InputError, "value\\(z\\)"),
        (lambda: LogisticLoss(1), InputError, "base"),
        (lambda: SmoothHingeLoss(1), AssumptionError, "p >= 2"),
        (lambda: epsilon(Own(lambda z: np.exp(z)[:1], np.exp)), InputError, "shape"),
        (lambda: epsilon(Own(lambda z: z * np.nan, np.exp)), InputError, "NaN"),
    ],
)
def test_what_is_no_loss(make, error, text):
    with pytest.raises(error, match=text):
        make()
