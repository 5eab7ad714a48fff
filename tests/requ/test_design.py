import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import AssumptionError, DataWarning, InputError, ShapeError
from reluscape.requ.design import design, draw_lambdas

X3, Y3 = [[0.0], [1.0], [2.0]], [1, -1, 1]


def test_the_numbers_of_a_design():
    plan = design(X3, Y3, rng=0)
    assert plan.epsilon == pytest.approx(0.72135, abs=1e-5)
    assert plan.gamma_lower == pytest.approx(0.185585, abs=1e-6)
    assert plan.lambda0 == pytest.approx(plan.epsilon * plan.gamma_lower)
    assert plan.lambda0 <= plan.epsilon * plan.gamma_lower
    assert plan.width == 4
    assert plan.lambdas.shape == (4,)
    assert not plan.lambdas.flags.writeable
    assert plan.margin.kind == "exact"
    assert plan.coercivity == pytest.approx(2 / (3 * np.sqrt(5)) / np.sqrt(np.sum(plan.lambdas**-2.0)))
    assert "4 ReQU units" in str(plan)


def test_the_loss_enters_through_epsilon_alone():
    values = {name: design(X3, Y3, loss=name, rng=0) for name in ("logistic", "exponential", "smooth_hinge")}
    natural = design(X3, Y3, base=np.e, rng=0)
    assert [natural.epsilon, values["exponential"].epsilon, values["smooth_hinge"].epsilon] == [0.5, 1.0, 3.0]
    assert len({plan.gamma_lower for plan in values.values()}) == 1


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-6, 1e3), st.integers(1, 60), st.integers(0, 1000))
def test_drawn_coefficients_are_apart_and_below(lambda0, m, seed):
    lambdas = draw_lambdas(lambda0, m, seed)
    assert lambdas.min() > 0.2 * lambda0
    assert lambdas.max() < lambda0
    assert np.diff(np.sort(lambdas)).min(initial=np.inf) >= 0.4 * lambda0 / m * (1 - 1e-9)


def test_the_same_seed_gives_the_same_design():
    a, b = design(X3, Y3, rng=5), design(X3, Y3, rng=5)
    assert np.array_equal(a.lambdas, b.lambdas)
    assert not np.array_equal(a.lambdas, design(X3, Y3, rng=6).lambdas)


@pytest.mark.parametrize("x", [0.0, 2.0])
def test_for_one_sample_lambda0_is_where_the_silent_network_becomes_a_bad_minimum(x):
    plan = design([[x]], [1], rng=0)
    assert plan.lambda0 == pytest.approx((x * x + 1) / (2 * np.log(2)))
    L = rs.requ.Objective.of([[x]], [1], [1.0])
    u = np.array([x, 1.0]) / np.sqrt(x * x + 1)
    silent = L.value(rs.requ.ReQUNet.zeros(1, 1))
    for share, sign in ((0.99, -1), (1.01, 1)):
        lam = share * plan.lambda0
        L = rs.requ.Objective.of([[x]], [1], [lam])
        step = 0.05
        change = L.value(rs.requ.ReQUNet([step], [step * u])) - silent
        assert np.sign(change) == sign
        assert rs.requ.certify([[x]], [1], rs.requ.ReQUNet.zeros(1, 1), [lam]).is_local_minimum is (sign > 0)


def test_given_coefficients():
    good = design(X3, Y3, lambdas=[0.02, 0.05, 0.08, 0.1])
    assert good.lambdas.tolist() == [0.02, 0.05, 0.08, 0.1]
    with pytest.warns(DataWarning, match="tied"):
        design(X3, Y3, lambdas=[0.05, 0.05, 0.02, 0.1])
    for lambdas, error, text in [
        ([0.05, 0.02, 0.1, 0.0], AssumptionError, "positive"),
        ([0.05, 0.02, 0.1, -1.0], AssumptionError, "positive"),
        ([0.05, 0.02, 0.1, np.nan], AssumptionError, "positive"),
        ([0.05, 0.02, 0.1, 0.2], AssumptionError, "below lambda_0"),
        ([0.05, 0.02], AssumptionError, "m >= n \\+ 1"),
    ]:
        with pytest.raises(error, match=text):
            design(X3, Y3, lambdas=lambdas)
    with pytest.raises(ShapeError, match="one per unit"):
        design(X3, Y3, width=5, lambdas=[0.05, 0.02, 0.1, 0.03])


def test_bad_input():
    for arguments, error, text in [
        (([[0], [1]], [1, 1]), InputError, "all 2 labels are \\+1"),
        (([[0], [1], [2]], [0, 1, 2]), InputError, "two classes"),
        (([[0.0], [np.nan]], [1, -1]), InputError, "not finite|not a finite"),
        (([[0], [0]], [1, -1]), AssumptionError, "same point with different"),
        (([[0], [1]], [1, -1], "hinge"), InputError, "unknown loss"),
    ]:
        with pytest.raises(error, match=text):
            design(*arguments)
    for width, error in ((2, AssumptionError), (2.5, InputError), (True, InputError)):
        with pytest.raises(error):
            design([[0], [1]], [1, -1], width=width)
    assert design([[0], [1]], [1, -1], width=np.int64(5)).width == 5


def test_tiny_lambda0_is_warned_of():
    X, y = [[Fraction(k, 1000)] for k in range(4)], [1, -1, 1, -1]
    with pytest.warns(DataWarning, match="lambda_0 = .* is tiny"):
        plan = design(X, y, rng=0)
    assert plan.notes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        design(X3, Y3, rng=0)


def test_repeated_points_of_one_label_are_fine():
    plan = design([[0], [0], [1]], [1, 1, -1], rng=0)
    assert plan.width == 4
    assert plan.gamma_lower == pytest.approx(np.sqrt(2) / 3, rel=1e-6)


def test_a_dataset_is_taken_too():
    data = rs.Dataset(X3, Y3)
    assert rs.requ.design(data, rng=0).gamma_lower == design(X3, Y3, rng=0).gamma_lower
    with pytest.raises(InputError, match="column of ones"):
        rs.requ.design(rs.Dataset(X3, Y3, bias=True))
