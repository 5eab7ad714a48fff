"""The slice across rotations of units with one pattern: their orbits, against finite rotations and differences.

The oracle moves weights by finite rotations and mixes, at points where the kinks hold, and looks at J itself and at the
null space of a Hessian made from differences of J's gradient in torch.
"""

import numpy as np
import pytest
from scipy.linalg import expm

from reluscape import DeepNet
from reluscape.critical.proof import prove
from reluscape.critical.proof.arithmetic import Arithmetic
from reluscape.critical.proof.kinks import group_kinks
from reluscape.critical.proof.lagrangian import Lagrangian
from reluscape.critical.proof.newton import settle
from reluscape.critical.proof.objective import build_objective
from reluscape.critical.proof.prove import parameters_of
from reluscape.critical.proof.symmetries import is_across, symmetry_directions

FLOAT = Arithmetic("floats")


def instance(loss, decay, seed, biases=True):
    """Three units with one pattern and the same kinks beside another one, two layers, kinks above too."""
    rng = np.random.default_rng(seed)
    X, n = np.round(rng.normal(size=(12, 3)), 2), 12
    shapes, outputs = [(4, 3), (3, 4), (3, 3)], 3
    y = rng.normal(size=(n, outputs)) if loss == "squared" else rng.integers(0, 3, n)
    objective = build_objective(shapes, [True] * 3, X, y, loss, decay, biases=biases)
    first, alone = rng.random(n) < 0.6, rng.random(n) < 0.6
    on = [np.c_[first, first, first, alone].astype(int), (rng.random((n, 3)) < 0.6).astype(int)]
    at = [np.zeros((n, 4), dtype=bool), np.zeros((n, 3), dtype=bool)]
    row = int(np.flatnonzero(~first)[0])
    at[0][row, :3] = True
    at[1][(row + 1) % n, 0] = True
    on[1][(row + 1) % n, 0] = 0
    return objective, group_kinks(objective, on, at), rng


def on_kinks(objective, kinks, rng):
    """Random parameters at which all kinks hold."""
    program, theta, mu = Lagrangian(objective, kinks, FLOAT), rng.normal(size=objective.size), np.zeros(len(kinks.free))
    for _ in range(50):
        here = program.passed(theta, mu)
        theta = theta - np.linalg.lstsq(program.constraints(here), program.values(here), rcond=None)[0]
    return theta


def turned(objective, theta, Q):
    """The first three units mixed by Q, W -> Q W and V -> V Q^-1."""
    matrices = [M.copy() for M in objective.matrices(theta)]
    matrices[0][:3] = Q @ matrices[0][:3]
    matrices[1][:, :3] = matrices[1][:, :3] @ np.linalg.inv(Q)
    return np.concatenate([M.ravel() for M in matrices])


def plain_value(objective, kinks, theta):
    """J with units off where the patterns say so, written out for the squared loss and the softmax."""
    H = np.asarray(objective.X, dtype=float)
    matrices = objective.matrices(theta)
    for k, M in enumerate(matrices):
        H = np.c_[H, np.ones(len(H))] @ M.T
        H = H * kinks.on[k] if k < 2 else H
    Y = np.asarray(objective.Y, dtype=float)
    if objective.loss == "squared":
        loss = ((H - Y) ** 2).sum()
    else:
        loss = (np.log(np.exp(H).sum(axis=1)) - (H * Y).sum(axis=1)).sum()
    return loss / len(H) + float(objective.decay) / 2 * (theta[objective.mask] ** 2).sum()


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("decay", [0, 0.1])
@pytest.mark.parametrize("seed", range(3))
def test_orbits_keep_the_kinks_and_the_objective_and_their_tangents_are_the_directions(loss, decay, seed):
    objective, kinks, rng = instance(loss, decay, seed, biases=False)
    theta = on_kinks(objective, kinks, rng)
    program, mu = Lagrangian(objective, kinks, FLOAT), rng.normal(size=len(kinks.free))
    A = rng.normal(size=(3, 3))
    A = A if decay == 0 else A - A.T
    moved = turned(objective, theta, expm(A))
    assert np.abs(program.values(program.passed(moved, mu))).max() < 1e-7
    assert plain_value(objective, kinks, moved) == pytest.approx(plain_value(objective, kinks, theta), rel=1e-9)
    # the velocity of the orbit lies in the span of the directions, and there are no more of them than orbits
    directions = symmetry_directions(objective, kinks, theta)
    velocity = (turned(objective, theta, expm(1e-6 * A)) - turned(objective, theta, expm(-1e-6 * A))) / 2e-6
    rest = velocity - directions.T @ np.linalg.lstsq(directions.T, velocity, rcond=None)[0]
    assert np.linalg.norm(rest) < 1e-5 * np.linalg.norm(velocity)
    # rotations of the three units; without decay all their mixes, and a factor of each other unit
    turns = 3 if decay else 9 + 1 + 3
    # all logits by a constant: from the free biases, without decay from what any unit hands on
    shifts = {"squared": 0, "cross_entropy": 1 if decay else 4}[loss]
    assert len(directions) == turns + shifts
    # along each of them the Lagrangian does not change where the kinks hold
    slope = program.gradient(theta, program.passed(theta, mu))
    assert np.abs(directions @ slope).max() < 1e-7 * max(1.0, np.abs(slope).max())


def torch_gradient(net, X, Y, decay):
    """The gradient of J by automatic differentiation, biases counted."""
    torch = pytest.importorskip("torch")
    parts = [(torch.tensor(np.asarray(w), requires_grad=True), torch.tensor(np.asarray(b), requires_grad=True))
             for w, b in zip(net.weights, net.biases, strict=True)]  # fmt: skip
    H = torch.tensor(X)
    for k, (w, b) in enumerate(parts):
        H = H @ w.T + b
        H = torch.relu(H) if k + 1 < len(parts) else H
    value = ((H - torch.tensor(Y)) ** 2).sum() / len(X)
    value = value + decay / 2 * sum((p**2).sum() for pair in parts for p in pair)
    value.backward()
    return np.concatenate([np.c_[w.grad.numpy(), b.grad.numpy()[:, None]].ravel() for w, b in parts])


def network_of(shapes, theta):
    """A network with biases from parameters."""
    weights, biases = [], []
    for out, fed in shapes:
        part, theta = theta[: out * (fed + 1)].reshape(out, fed + 1), theta[out * (fed + 1) :]
        weights.append(part[:, :-1])
        biases.append(part[:, -1])
    return DeepNet(weights, biases)


@pytest.mark.torch
def test_the_flat_directions_of_a_proved_minimum_are_the_symmetries():
    """Two units that are on for all rows and two outputs: the Hessian from torch has one zero, the rotation."""
    rng = np.random.default_rng(1)
    X = np.abs(rng.normal(size=(30, 2))) + 0.5
    Y = np.c_[X @ [1.0, 0.4], X @ [-0.3, 1.0]] + 0.05 * rng.normal(size=(30, 2))
    shapes, decay = [(2, 2), (2, 2)], 0.01
    theta = rng.normal(size=12) * 0.1
    theta[[0, 1, 3, 4]] = np.abs(theta[[0, 1, 3, 4]]) + 0.7
    for _ in range(3_000):
        theta = theta - 0.05 * quick_gradient(shapes, theta, X, Y, decay)
    net = network_of(shapes, theta)
    proof = prove(net, X, Y, "squared", decay)
    assert (proof.verdict, proof.strict) == ("local minimum", True)
    theta = parameters_of(proof.net, [True, True])
    step = 1e-5
    H = np.array([
        torch_gradient(network_of(shapes, theta + step * row), X, Y, decay)
        - torch_gradient(network_of(shapes, theta - step * row), X, Y, decay) for row in np.eye(12)
    ]) / (2 * step)  # fmt: skip
    values = np.linalg.eigvalsh((H + H.T) / 2)
    assert abs(values[0]) < 1e-7
    assert values[1] > 1e-4
    # no neighbour is lower, whatever the gauge
    here = squared(proof.net, X, Y, decay)
    for radius in (1e-6, 1e-4, 1e-2):
        for _ in range(300):
            move = rng.normal(size=12)
            move *= radius / np.linalg.norm(move)
            assert squared(network_of(shapes, theta + move), X, Y, decay) > here - 1e-14


def quick_gradient(shapes, theta, X, Y, decay):
    """The gradient of J where both units are on for all rows."""
    net = network_of(shapes, theta)
    (W, V), (a, c) = net.weights, net.biases
    h = X @ W.T + a
    S = 2 * (h @ V.T + c - Y) / len(X)
    down = S @ V
    parts = [np.c_[down.T @ X, down.sum(axis=0)], np.c_[S.T @ h, S.sum(axis=0)]]
    return np.concatenate([p.ravel() for p in parts]) + decay * theta


def squared(net, X, Y, decay):
    """J with all parameters counted."""
    size = sum((np.asarray(p) ** 2).sum() for p in (*net.weights, *net.biases))
    return ((net.predict(X) - Y) ** 2).sum() / len(X) + decay / 2 * size


def test_a_slice_that_lies_along_the_orbits_is_refused():
    """Directions of the slice at right angles to the symmetries cannot hold them: nu need not vanish."""
    objective, kinks, rng = instance("squared", 0.1, 0)
    theta = on_kinks(objective, kinks, rng)
    G = symmetry_directions(objective, kinks, theta)
    balls = Arithmetic("balls")
    assert is_across(objective, kinks, balls.doubles(theta), G, balls)
    wrong = rng.normal(size=G.shape)
    wrong -= wrong @ np.linalg.pinv(G) @ G
    assert not is_across(objective, kinks, balls.doubles(theta), wrong, balls)


def test_multipliers_of_the_slice_vanish_at_the_solution():
    """The equations with a slice have their solution where the gradient vanishes without it."""
    rng = np.random.default_rng(4)
    X = np.abs(rng.normal(size=(20, 2))) + 0.5
    Y = np.c_[X @ [1.0, 0.4], X @ [-0.3, 1.0]]
    objective = build_objective([(2, 2), (2, 2)], [True, True], X, Y, "squared", 0.01)
    theta = np.concatenate([np.c_[np.eye(2) + 0.2, [0.1, 0.1]].ravel(), np.c_[np.eye(2), [0.0, 0.0]].ravel()])
    for _ in range(3_000):
        theta = theta - 0.05 * quick_gradient([(2, 2), (2, 2)], theta, X, Y, 0.01)
    on = [np.ones((20, 2), dtype=int)]
    reached = settle(objective, group_kinks(objective, on, [np.zeros((20, 2), dtype=bool)]), theta + 1e-3)
    assert len(reached.equations.slices) == 1
    assert np.abs(quick_gradient([(2, 2), (2, 2)], reached.theta, X, Y, 0.01)).max() < 1e-10
