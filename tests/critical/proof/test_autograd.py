"""Every verdict against torch: automatic differentiation at random points near what is proved."""

import itertools

import numpy as np
import pytest

from reluscape import DeepNet
from reluscape.critical.proof import prove
from tests.critical.proof.built import built_minimum, parameters

pytestmark = pytest.mark.torch
RADII = (1e-8, 1e-7, 1e-6, 1e-5)
EACH = 30


def torch_module(net):
    import torch

    layers = []
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        layers.append(torch.nn.Linear(w.shape[1], w.shape[0], dtype=torch.float64))
        layers[-1].weight.data[:], layers[-1].bias.data[:] = torch.tensor(w), torch.tensor(b)
        if k + 1 < net.depth:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def value_and_slope(net, X, y, loss, decay, step=None):
    """J and its slope along a step from the net, at the net plus the step; both by torch."""
    import torch

    model = torch_module(net)
    weights = list(model.parameters())
    moves = [torch.zeros_like(w) for w in weights]
    if step is not None:
        cuts = np.cumsum([w.size + len(w) for w in net.weights])[:-1]
        for k, (w, part) in enumerate(zip(net.weights, np.split(step, cuts), strict=True)):
            whole = part.reshape(len(w), -1)
            moves[2 * k][:], moves[2 * k + 1][:] = torch.tensor(whole[:, :-1]), torch.tensor(whole[:, -1])
    with torch.no_grad():
        for w, move in zip(weights, moves, strict=True):
            w += move
    f = model(torch.tensor(np.asarray(X, dtype=float)))
    if loss == "squared":
        mean = ((f - torch.tensor(np.asarray(y, dtype=float)).reshape(f.shape)) ** 2).sum(dim=1).mean()
    else:
        mean = torch.nn.functional.cross_entropy(f, torch.tensor(y))
    J = mean + decay / 2 * sum((w**2).sum() for w in weights)
    J.backward()
    return J.item(), sum((w.grad * move).sum().item() for w, move in zip(weights, moves, strict=True))


def classes():
    """Three classes of two inputs, and a network from which the descent goes on."""
    rng = np.random.default_rng(3)
    y = np.arange(24) % 3
    X = np.round(np.array([[1.0, 0.0], [-1.0, 1.0], [-0.5, -1.0]])[y] + 0.6 * rng.normal(size=(24, 2)), 2)
    net = DeepNet([rng.normal(size=(3, 2)), rng.normal(size=(3, 3))], [rng.normal(size=3), np.zeros(3)])
    return trained_by_torch(net, X, y, "cross_entropy", 0.02), X, y, "cross_entropy", 0.02


def trained_by_torch(net, X, y, loss, decay):
    """The network where Adam of torch with a falling rate ends."""
    import torch

    model = torch_module(net)
    adam = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=0)
    falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 1e-4, 3_000)
    inputs, targets = torch.tensor(X), torch.tensor(y)
    for _ in range(3_000):
        adam.zero_grad()
        penalty = decay / 2 * sum((w**2).sum() for w in model.parameters())
        (torch.nn.functional.cross_entropy(model(inputs), targets) + penalty).backward()
        adam.step()
        falling.step()
    parts = [w.detach().numpy() for w in model.parameters()]
    return DeepNet(parts[::2], parts[1::2])


def nested(seed):
    net, X, y, decay = built_minimum(seed)
    return net, X, y, "squared", decay


def four_layers():
    kinks = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 0, 0))
    net, X, y, decay = built_minimum(1, (3, 4, 3, 2, 1), 90, kinks)
    return net, X, y, "squared", decay


CASES = {f"nested {seed}": lambda seed=seed: nested(seed) for seed in (0, 1, 2, 4)}
CASES |= {"four layers": four_layers, "classes": classes}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_j_rises_on_every_way_from_a_proved_minimum(case):
    net, X, y, loss, decay = case()
    proof = prove(net, X, y, loss, decay)
    assert (proof.verdict, proof.method) == ("local minimum", "certified")
    here, _ = value_and_slope(proof.net, X, y, loss, decay)
    assert here == pytest.approx(proof.loss, rel=1e-12)
    rng, size = np.random.default_rng(0), len(parameters(proof.net))
    for radius, number in itertools.product(RADII, range(EACH)):
        step = rng.normal(size=size) * (rng.random(size) < 0.2 if number % 2 else 1.0)
        if step.any():
            step *= radius / np.linalg.norm(step)
            there, slope = value_and_slope(proof.net, X, y, loss, decay, step)
            assert slope > 0, (radius, number)
            assert there >= here * (1 - 1e-14)


def test_the_network_beside_a_saddle_is_lower_for_torch_too():
    net, X, y, decay = built_minimum(3)
    proof = prove(net, X, y, "squared", decay)
    assert proof.verdict == "saddle"
    before, after = (value_and_slope(one, X, y, "squared", decay)[0] for one in (proof.net, proof.lower))
    assert after < before
    assert after == pytest.approx(proof.lower_loss, rel=1e-12)
