import numpy as np
import pytest

from reluscape.errors import InputError, ShapeError
from reluscape.requ import ReQUNet, bad_minimum, certify, design, train
from reluscape.requ.bad_minimum import equal_lambda_minimum
from reluscape.requ.objective import Objective

X3, Y3 = np.array([[0.0], [1.0], [2.0]]), np.array([1, -1, 1])


def lowest_near(L, net, radius, tries, seed=0):
    """The lowest loss among random networks at a distance, minus the loss of the network."""
    g = np.random.default_rng(seed)
    low = np.inf
    for _ in range(tries):
        da, dU = g.standard_normal(net.a.shape), g.standard_normal(net.U.shape)
        length = np.sqrt(np.sum(da**2) + np.sum(dU**2))
        low = min(low, L.value(ReQUNet(net.a + radius * da / length, net.U + radius * dU / length)))
    return low - L.value(net)


@pytest.mark.parametrize(("n", "m"), [(5, 2), (6, 4), (8, 3)])
def test_bad_minima_of_narrow_networks_are_local_minima(n, m):
    bad = bad_minimum(n, m, np.linspace(0.1, 0.3, m))
    found = certify(bad.X, bad.y, bad.net, bad.lambdas)
    assert found.kind == "local minimum"
    assert found.training_error == pytest.approx(1 - m / n)
    assert found.inactive == ()
    assert found.loss == pytest.approx(bad.loss)


def test_equal_coefficients_leave_a_flat_direction():
    bad = equal_lambda_minimum(3, 4, 0.05)
    found = certify(bad.X, bad.y, bad.net, bad.lambdas)
    assert found.kind == "undecided"
    assert found.is_local_minimum is None
    assert found.training_error == pytest.approx(2 / 3)


def test_a_local_minimum_has_nothing_lower_near_it_and_says_what_is_proven():
    plan = design(X3, Y3, rng=0)
    end = train(X3, Y3, plan, rng=1)
    found = certify(X3, Y3, end.net, plan)
    assert found.kind == "local minimum"
    assert found.training_error == 0
    assert set(found.proven) >= {"inactive unit", "no unit to add", "training error"}
    assert set(found.numerical) == {"stationary", "second order"}
    assert found.peak.upper < found.least_lambda
    assert found.escape is None
    L = Objective.of(X3, Y3, plan.lambdas)
    for radius in (1e-1, 1e-2, 1e-3):
        assert lowest_near(L, end.net, radius, 2000) > 0


def test_the_silent_network_is_a_saddle_below_and_a_minimum_above_its_threshold():
    # all lambda >= l'(0) max |sum y_i relu^2|, a maximum that a fine grid of the circle gives
    t = np.linspace(0, 2 * np.pi, 200001)
    Z = np.column_stack([X3, np.ones(3)])
    top = np.abs(np.maximum(np.column_stack([np.cos(t), np.sin(t)]) @ Z.T, 0) ** 2 @ Y3).max() / (2 * np.log(2))
    silent = ReQUNet.zeros(3, 1)
    for share, kind in ((0.999, "saddle"), (1.001, "local minimum")):
        lambdas = np.array([3 * top, share * top, 2 * top])
        found = certify(X3, Y3, silent, lambdas)
        assert found.kind == kind
        assert found.peak.value == pytest.approx(top, rel=1e-8)
        assert found.training_error == 1
    found = certify(X3, Y3, silent, [top * 0.5, top, 2 * top])
    L = Objective.of(X3, Y3, [top * 0.5, top, 2 * top])
    da, dU = found.escape
    assert L.value(ReQUNet(0.01 * da, 0.01 * dU)) < L.value(silent)


def test_not_stationary_and_a_step_down():
    g = np.random.default_rng(0)
    net = ReQUNet(g.standard_normal(4), g.standard_normal((4, 2)))
    L = Objective.of(X3, Y3, [0.1, 0.2, 0.3, 0.4])
    found = certify(X3, Y3, (net.a, net.U), [0.1, 0.2, 0.3, 0.4])
    assert found.kind == "not stationary"
    assert found.is_local_minimum is False
    da, dU = found.escape
    assert L.value(ReQUNet(net.a + 1e-4 * da, net.U + 1e-4 * dU)) < L.value(net)


def test_active_units_on_a_saddle_are_found():
    # mirrored in the second input: a unit that looks along the axis sits between two hills
    X, y = np.array([[0.2, 2.0], [0.2, -2.0], [-1.0, 0.0]]), np.array([1, 1, -1])
    mirrored = Objective.of(X, y, [1.0])
    from scipy.optimize import minimize

    def on_axis(p):
        return ReQUNet([p[0]], [[p[1], 0.0, p[2]]])

    end = minimize(lambda p: mirrored.value(on_axis(p)), [0.5, 0.5, 0.5], method="BFGS", options={"gtol": 1e-12})
    net = on_axis(end.x)
    for _ in range(8):
        g = mirrored.gradient(net)
        H = mirrored.hessian(net, [0])[np.ix_([0, 1, 3], [0, 1, 3])]
        step = np.linalg.solve(H, np.array([g[0][0], g[1][0, 0], g[1][0, 2]]))
        net = on_axis([net.a[0] - step[0], net.U[0, 0] - step[1], net.U[0, 2] - step[2]])
    found = certify(X, y, net, [1.0])
    assert found.kind == "saddle"
    assert found.curvature < 0
    da, dU = found.escape
    assert mirrored.value(ReQUNet(net.a + 1e-3 * da, net.U + 1e-3 * dU)) < mirrored.value(net)


def test_without_proof_the_maximum_is_numerical():
    plan = design(X3, Y3, rng=0)
    net = train(X3, Y3, plan, rng=1).net
    found = certify(X3, Y3, net, plan, prove=False)
    assert found.kind == "local minimum"
    assert "no unit to add" in found.numerical or found.peak.upper < found.least_lambda


def test_the_training_error_is_exact():
    # f(x) = relu(x - 1/3 as a double)^2: on x = 1/3 itself it is not zero, on the double it is
    from fractions import Fraction

    third = Fraction(1, 3)
    net = ReQUNet([1.0], [[1.0, -float(third)]])
    assert certify([[third], [0]], [1, -1], net, [0.1]).training_error == 0.5
    assert certify([[float(third)], [0]], [1, -1], net, [0.1]).training_error == 1.0


def test_bad_input():
    with pytest.raises(ShapeError, match="expected"):
        certify(X3, Y3, ReQUNet.zeros(2, 1), [0.1, 0.2, 0.3])
    with pytest.raises(InputError, match="not finite"):
        certify(X3, Y3, ReQUNet([1e200], [[1e200, 0.0]]), [0.1], loss="exponential")
