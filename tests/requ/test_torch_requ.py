"""The torch modules against the package's own networks and losses."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.requ.conv import ConvReQUNet
from reluscape.requ.conv_training import conv_loss

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
X, Y = np.array([[1.0, -0.5], [0.3, 2.0], [-1.0, 0.1]]), np.array([1.0, -1.0, 1.0])


def test_fully_connected_module_is_the_printed_loss():
    lambdas = [0.1, 0.2, 0.3, 0.25]
    module = rs.requ.RegularizedReQU(2, lambdas, rng=0)
    a, U = module.arrays()
    net = rs.requ.ReQUNet(a, U)
    np.testing.assert_allclose(module(torch.tensor(X)).detach().numpy(), net.predict(X))
    expected = np.log2(1 + np.exp(-Y * net.predict(X))).sum() + rs.requ.regularizer(a, U, lambdas)
    assert module.objective(torch.tensor(X), torch.tensor(Y)).item() == pytest.approx(expected)


def test_training_with_torch_ends_without_errors():
    w = np.array([1.0, 0.7])
    z = X @ w
    below = rs.requ.epsilon() * rs.requ.interpolate_exactly(z, Y.astype(int), z.min() - 1).margin_ratio(w)
    module = rs.requ.RegularizedReQU(2, np.linspace(0.5, 0.9, 4) * below, rng=1)
    descent = torch.optim.LBFGS(module.parameters(), max_iter=2000, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def closure():
        descent.zero_grad()
        value = module.objective(torch.tensor(X), torch.tensor(Y))
        value.backward()
        return value

    descent.step(closure)
    assert rs.requ.training_error(module(torch.tensor(X)).detach().numpy(), Y) == 0


def test_silent_units_have_a_gradient_of_zero():
    module = rs.requ.RegularizedReQU(2, [0.1, 0.2], rng=0)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    module.objective(torch.tensor(X), torch.tensor(Y)).backward()
    assert all((p.grad == 0).all() for p in module.parameters())


@pytest.mark.parametrize(
    ("loss", "plain"), [("exponential", np.exp), ("smooth_hinge", lambda z: np.maximum(1 + z, 0) ** 3)]
)
def test_other_losses(loss, plain):
    module = rs.requ.RegularizedReQU(2, [0.1], loss=loss, rng=0)
    f = module(torch.tensor(X)).detach().numpy()
    expected = plain(-Y * f).sum() + module.penalty().item()
    assert module.objective(torch.tensor(X), torch.tensor(Y)).item() == pytest.approx(expected)


def test_convolutional_module_is_the_network_of_the_second_theorem():
    lambdas = [0.1, 0.2, 0.3]
    module = rs.requ.ConvReQU(2, 2, 3, lambdas, lambda_c=0.7, slope=0.2, rng=4)
    parts = {k: getattr(module, k).detach().numpy() for k in ("a", "W", "b", "filters")}
    net = ConvReQUNet(**parts, lambdas=lambdas, lambda_c=0.7, slope=0.2)
    np.testing.assert_allclose(module(torch.tensor(X)).detach().numpy(), net.predict(X))
    value, gradient = conv_loss(net, X, Y)
    loss = module.objective(torch.tensor(X), torch.tensor(Y))
    loss.backward()
    assert loss.item() == pytest.approx(value)
    for name in ("a", "W", "b", "filters"):
        np.testing.assert_allclose(getattr(module, name).grad.numpy(), gradient[name], atol=1e-10)
    assert rs.requ.conv.identity_gap(module) == pytest.approx(rs.requ.conv.identity_gap(net))


def test_state_travels():
    module, other = (rs.requ.ConvReQU(2, 2, 2, [0.1, 0.2], rng=seed) for seed in (0, 1))
    other.load_state_dict(module.state_dict())
    np.testing.assert_array_equal(other(torch.tensor(X)).detach().numpy(), module(torch.tensor(X)).detach().numpy())


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: rs.requ.RegularizedReQU(2, [0.1, 0.0]), "positive"),
        (lambda: rs.requ.RegularizedReQU(2, 0.1), "one per unit"),
        (lambda: rs.requ.RegularizedReQU(0, [0.1]), "d is 0"),
        (lambda: rs.requ.RegularizedReQU(2, [0.1], loss="hinge"), "unknown loss"),
        (lambda: rs.requ.RegularizedReQU(2, [0.1], base=1), "base"),
        (lambda: rs.requ.ConvReQU(2, 2, 2, [0.1], slope=0.0), "0 < slope < 1"),
    ],
)
def test_wrong_input_is_named(call, text):
    with pytest.raises(rs.ReluscapeError, match=text):
        call()
