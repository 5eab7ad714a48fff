import numpy as np
import pytest

from reluscape.critical.training import Batch, Plan, compiled
from reluscape.critical.training.objective import Decayed
from reluscape.critical.training.runs import starts

rng = np.random.default_rng(3)
X = np.c_[rng.normal(size=(24, 3)), np.ones(24)]
CLASSES = rng.integers(0, 3, 24)
TARGETS = {
    "squared": rng.normal(size=(24, 2)),
    "logistic": 2.0 * (CLASSES > 0) - 1.0,
    "bce": 1.0 * (CLASSES > 0),
    "cross_entropy": np.eye(3)[CLASSES],
}
LOSSES = [*TARGETS, Decayed.of("squared", 0.02, True), Decayed.of("bce", 0.02, False)]


def problem(loss, output_bias=True, width=3):
    return Batch.of(X, TARGETS[getattr(loss, "loss", loss)], width, output_bias, loss)


def as_arrays(monkeypatch):
    monkeypatch.setattr(compiled, "is_compiled", lambda batch, matrix=False: False)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_compiled_runs_of_adam_take_the_steps_of_the_array_program(monkeypatch, loss, weighted):
    batch = problem(loss)
    theta = starts(batch, Plan(4), range(4))
    shares = rng.uniform(size=(4, 24)) if weighted else None
    shares = None if shares is None else shares / shares.sum(axis=1, keepdims=True)
    assert compiled.is_compiled(batch)
    points, lowest, steps = compiled.run_adam(batch, theta, 30, 0.01, 0.0, shares)
    as_arrays(monkeypatch)
    others, values, other_steps = compiled.run_adam(batch, theta, 30, 0.01, 0.0, shares)
    np.testing.assert_allclose(points, others, atol=1e-4)
    np.testing.assert_allclose(lowest, values, rtol=1e-4)
    assert steps.tolist() == other_steps.tolist()


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_runs_of_bfgs_end_at_their_loss_and_no_higher_than_they_began(loss):
    batch = problem(loss)
    theta = starts(batch, Plan(6), range(6))
    points, lowest, _ = compiled.run_bfgs(batch, theta, 100, 0.0)
    np.testing.assert_allclose(lowest, batch.evaluate(points)[0], rtol=1e-10)
    assert (lowest < batch.evaluate(theta)[0]).all()


def test_bfgs_reaches_the_least_squares_plane():
    """Units that are on for every sample make the problem one of least squares."""
    batch = Batch.of(X[:, :1] + 10.0, X[:, 1], 1, True)
    _, lowest, _ = compiled.run_bfgs(batch, np.array([[1.0, 0.1, 0.0]]), 500, 0.0)
    A = np.c_[X[:, 0], np.ones(24)]
    fit = A @ np.linalg.lstsq(A, X[:, 1], rcond=None)[0]
    assert lowest[0] == pytest.approx(np.mean((X[:, 1] - fit) ** 2), rel=1e-6)


def test_without_an_output_bias_the_constant_stays():
    batch = problem("squared", output_bias=False)
    theta = starts(batch, Plan(3), range(3))
    for points in (compiled.run_adam(batch, theta, 20, 0.01, 0.0)[0], compiled.run_bfgs(batch, theta, 20, 0.0)[0]):
        assert (points[:, -2:] == 0.0).all()


def test_a_run_that_diverges_ends_in_no_number_and_leaves_the_others_alone():
    batch = problem("squared")
    theta = starts(batch, Plan(2), range(2))
    alone = compiled.run_bfgs(batch, theta[1:], 50, 0.0)[1][0]
    theta[0] = np.inf
    lowest = compiled.run_bfgs(batch, theta, 50, 0.0)[1]
    assert not np.isfinite(lowest[0])
    assert lowest[1] == pytest.approx(alone, rel=1e-12)


def test_own_losses_and_large_problems_are_not_compiled():
    class Own:
        def value(self, f, y):
            return (f - y) ** 4

        def gradient(self, f, y):
            return 4 * (f - y) ** 3

    assert not compiled.is_compiled(Batch.of(X, X[:, 0], 2, True, Own()))
    assert not compiled.is_compiled(Batch.of(np.ones((50_000, 8)), np.arange(50_000.0), 8, True))
    wide = Batch.of(X, X[:, 0], 100, True)
    assert compiled.is_compiled(wide)
    assert not compiled.is_compiled(wide, matrix=True)
