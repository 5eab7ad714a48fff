import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.training import batch as module
from reluscape.critical.training.batch import Batch
from reluscape.critical.training.plain_fits import constant_loss, plane
from reluscape.critical.training.scale import Scale
from reluscape.problem.losses import mean_loss

CASES = [("squared", 1), ("squared", 3), ("logistic", 1), ("bce", 1), ("huber", 2), ("cross_entropy", 3)]


def problem(loss, k, rng, n=7, m=3, output_bias=True):
    X = np.c_[rng.normal(size=(n, 2)), np.ones(n)]
    if loss == "cross_entropy":
        Y = np.eye(k)[np.arange(n) % k]
    elif loss in ("logistic", "bce"):
        Y = (np.arange(n) % 2)[:, None] * (2.0 if loss == "logistic" else 1.0) - (loss == "logistic")
    else:
        Y = 3 * rng.normal(size=(n, k))
    return Batch.of(X, Y, m, output_bias, loss)


@pytest.mark.parametrize("output_bias", [True, False])
@pytest.mark.parametrize(("loss", "k"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_gradients_are_the_differences_of_the_losses(loss, k, output_bias, weighted):
    rng = np.random.default_rng(0)
    batch = problem(loss, k, rng, output_bias=output_bias)
    theta = rng.normal(size=(4, batch.size))
    shares = rng.dirichlet(np.ones(7), 4) if weighted else None
    _, gradient = batch.evaluate(theta, shares)
    step, free = 1e-6, batch.size - (0 if output_bias else k)
    for j in range(batch.size):
        moved = np.zeros(batch.size)
        moved[j] = step
        slope = (batch.evaluate(theta + moved, shares)[0] - batch.evaluate(theta - moved, shares)[0]) / (2 * step)
        np.testing.assert_allclose(gradient[:, j], slope if j < free else 0.0, atol=1e-6)


@pytest.mark.parametrize(("loss", "k"), CASES)
def test_losses_are_those_of_one_network_at_a_time(loss, k):
    rng = np.random.default_rng(1)
    batch = problem(loss, k, rng)
    theta = rng.normal(size=(5, batch.size))
    W, V, c = batch.unpack(theta)
    values = batch.evaluate(theta)[0]
    for run in range(5):
        F = np.maximum(batch.X @ W[run].T, 0) @ V[run] + c[run]
        if loss == "cross_entropy":
            chances = np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)
            wanted = -np.mean(np.log(chances[batch.loss.Y.T == 1]))
        else:
            wanted = sum(mean_loss(loss, F[:, o], batch.loss.Y[o]) for o in range(k))
        assert values[run] == pytest.approx(wanted)
        np.testing.assert_allclose(batch.predict(theta)[run], F.T)
    np.testing.assert_allclose(batch.pack(W, V, c), theta)


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    batch = problem("squared", 2, rng)
    theta, shares = rng.normal(size=(6, batch.size)), rng.dirichlet(np.ones(7), 6)
    whole = [*batch.evaluate(theta, shares), batch.predict(theta), batch.active(theta)]
    monkeypatch.setattr(module, "BLOCK", 1)
    for a, b in zip([*batch.evaluate(theta, shares), batch.predict(theta), batch.active(theta)], whole, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-14)


def test_gradients_are_those_of_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    batch = problem("cross_entropy", 3, rng)
    theta = rng.normal(size=(1, batch.size))
    leaf = torch.tensor(theta[0], requires_grad=True)
    m, d, k = 3, 3, 3
    W, V, c = leaf[: m * d].reshape(m, d), leaf[m * d : m * (d + k)].reshape(m, k), leaf[m * (d + k) :]
    F = torch.relu(torch.tensor(batch.X) @ W.T) @ V + c
    torch.nn.functional.cross_entropy(F, torch.tensor(batch.loss.Y.argmax(axis=0))).backward()
    np.testing.assert_allclose(batch.evaluate(theta)[1][0], leaf.grad.numpy(), atol=1e-12)


def test_plain_fits_are_the_exact_ones():
    rng = np.random.default_rng(4)
    data = rs.Dataset(rng.integers(-5, 6, (12, 2)), 1000 + rng.integers(-5, 6, 12), bias=True)
    batch = Batch.of(data.X, data.y, 2, True)
    value, coefficients = plane(batch)
    assert constant_loss(batch) == pytest.approx(np.var(data.y))
    exact = np.linalg.lstsq(data.X, data.y, rcond=None)
    assert value == pytest.approx(exact[1][0] / 12)
    np.testing.assert_allclose(np.c_[data.X, np.ones(12)] @ coefficients[0], data.X @ exact[0], rtol=1e-6)
    shares = np.array([0.5, 0.3, 0.2])
    classes = Batch.of(np.zeros((10, 1)), np.eye(3)[np.repeat([0, 1, 2], [5, 3, 2])], 1, True, "cross_entropy")
    assert constant_loss(classes) == pytest.approx(-(shares * np.log(shares)).sum())
    assert constant_loss(Batch.of(data.X, data.y, 2, False)) == pytest.approx(np.mean(np.square(data.y)))


def test_a_scale_of_the_targets_changes_only_the_unit_of_the_loss():
    rng = np.random.default_rng(5)
    for output_bias in (True, False):
        batch = Batch.of(np.c_[rng.normal(size=(9, 1)), np.ones(9)], 70 + rng.normal(size=(9, 2)), 2, output_bias)
        scale = Scale.of(batch)
        theta = rng.normal(size=(3, batch.size))
        if not output_bias:
            batch.unpack(theta)[2][:] = 0.0
        np.testing.assert_allclose(batch.evaluate(scale.back(theta))[0], scale.unit * scale.batch.evaluate(theta)[0])
        np.testing.assert_allclose(scale.forth(scale.back(theta)), theta, atol=1e-9)


def test_units_without_effect_are_not_active():
    batch = Batch.of([[1.0, 1.0], [2.0, 1.0]], [0.0, 1.0], 3, True)
    theta = batch.pack(
        np.array([[[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]]]), np.array([[[1.0], [1.0], [0.0]]]), np.zeros((1, 1))
    )
    assert batch.active(theta).tolist() == [[True, False, False]]


def test_targets_without_a_meaning_are_refused():
    with pytest.raises(rs.InputError, match="shares"):
        Batch.of([[1.0], [2.0]], [[1.0, 1.0], [0.0, 1.0]], 1, True, "cross_entropy")
    with pytest.raises(rs.ReluscapeError, match="two outputs"):
        Batch.of([[1.0], [2.0]], [0.0, 1.0], 1, True, "cross_entropy")
    with pytest.raises(rs.InputError, match="logistic"):
        Batch.of([[1.0], [2.0]], [0.0, 1.0], 1, True, "logistic")
    with pytest.raises(rs.ReluscapeError, match="belong together"):
        Batch.of([[1.0], [2.0]], [0.0], 1, True)
