"""The weight decay of each trainer: its own objective at a fitted model is ours after translation."""

import warnings

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 2)), RNG.normal(size=12)
ONES = np.concatenate([X, np.ones((12, 1))], axis=1)
SETTINGS = {"hidden_layer_sizes": (3,), "solver": "lbfgs", "random_state": 0, "max_iter": 5000}


# where matrix products round in another way, L-BFGS may end its search at the minimum with a complaint
pytestmark = pytest.mark.filterwarnings("ignore:lbfgs failed to converge")


def network(mlp):
    """The fitted network, hidden biases in the last column."""
    W = np.concatenate([mlp.coefs_[0].T, mlp.intercepts_[0][:, None]], axis=1)
    return rs.TwoLayerNet(W, mlp.coefs_[1][:, 0], float(mlp.intercepts_[1][0]))


@pytest.mark.parametrize("alpha", [1e-4, 0.3])
def test_scikit_learn_regression(alpha):
    models = pytest.importorskip("sklearn.neural_network")
    mlp = models.MLPRegressor(hidden_layer_sizes=(3,), alpha=alpha, solver="lbfgs", random_state=0, max_iter=5000).fit(
        X, Y
    )
    decay = WeightDecay.from_sklearn(mlp, 12)
    assert not decay.biases
    problem = Problem(ONES, Y, weight_decay=decay, output_bias=True)
    assert problem.value(network(mlp)) == pytest.approx(2 * mlp.loss_, rel=1e-12)


def test_scikit_learn_classification():
    models = pytest.importorskip("sklearn.neural_network")
    labels = (np.arange(12) % 3 == 0).astype(int)
    mlp = models.MLPClassifier(hidden_layer_sizes=(3,), alpha=0.1, solver="lbfgs", random_state=0, max_iter=5000).fit(
        X, labels
    )
    problem = Problem(ONES, labels, loss="bce", weight_decay=WeightDecay.from_sklearn(mlp, 12), output_bias=True)
    assert problem.value(network(mlp)) == pytest.approx(mlp.loss_, rel=1e-12)


def test_scikit_learn_several_outputs_by_lbfgs_is_stationary_for_neither():
    models = pytest.importorskip("sklearn.neural_network")
    both, alpha = np.column_stack([Y, 1 - 2 * X[:, 0] * X[:, 1]]), 0.3
    mlp = models.MLPRegressor(**SETTINGS, alpha=alpha, activation="identity").fit(X, both)  # smooth, no kinks
    A, B, a, b = *mlp.coefs_, *mlp.intercepts_
    left = (X @ A + a) @ B + b - both
    squares = (A**2).sum() + (B**2).sum()
    # its loss is half the mean over samples AND outputs, its penalty is not divided by the outputs
    assert mlp.loss_ == pytest.approx((left**2).mean() / 2 + alpha * squares / 24, rel=1e-12)

    def slope(share):  # of the loss per sample and output times `share`, in the last layer
        return (X @ A + a).T @ left * share / 12 + alpha * B / 12

    assert all(np.abs(slope(share)).max() > 1e-3 for share in (1, 1 / 2))


def test_scikit_learn_several_outputs_by_adam_is_ours():
    models = pytest.importorskip("sklearn.neural_network")
    both, alpha = np.column_stack([Y, 1 - 2 * X[:, 0] * X[:, 1]]), 0.3
    # rows a step: all
    mlp = models.MLPRegressor(
        hidden_layer_sizes=(3,), alpha=alpha, solver="adam", activation="identity", random_state=0, tol=0.0,
        n_iter_no_change=10_000, max_iter=3_000, learning_rate_init=3e-3,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it ran through all its steps
        mlp.fit(X, both)
    decay = WeightDecay.from_sklearn(mlp, 12)
    A, B, a, b = *mlp.coefs_, *mlp.intercepts_
    left = (X @ A + a) @ B + b - both
    # the loss of a sample is the sum over its outputs: mean square plus 2 alpha / n times half the squares
    assert float(decay.strength) == pytest.approx(2 * alpha / 12)
    gradient = 2 / 12 * (X @ A + a).T @ left + float(decay.strength) * B
    assert np.abs(gradient).max() < 5e-3


def test_scikit_learn_mini_batches():
    models = pytest.importorskip("sklearn.neural_network")
    assert float(WeightDecay.from_sklearn(models.MLPRegressor(alpha=1.0), 1000).strength) == pytest.approx(2 / 200)
    small = models.MLPRegressor(alpha=1.0, solver="sgd", batch_size=10)
    assert float(WeightDecay.from_sklearn(small, 1000).strength) == pytest.approx(2 / 10)
    with pytest.raises(rs.InputError, match="MLPRegressor"):
        WeightDecay.from_sklearn(object(), 3)


@pytest.mark.parametrize("loss", ["mse", "bce"])
def test_torch_adds_the_decay_to_the_gradient(loss):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)).double()
    targets = Y if loss == "mse" else (Y > 0).astype(float)
    module = torch.nn.MSELoss() if loss == "mse" else torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, weight_decay=0.25)
    decay = WeightDecay.from_torch(optimizer, module)
    problem = Problem(ONES, targets, loss=loss, weight_decay=decay, output_bias=True)
    before = [p.detach().clone() for p in model.parameters()]
    out = module(model(torch.tensor(X))[:, 0], torch.tensor(targets))
    total = float(out.detach()) + 0.125 * sum(float((p**2).sum()) for p in before)
    out.backward()
    optimizer.step()
    W = np.concatenate([before[0].numpy(), before[1].numpy()[:, None]], axis=1)
    net = rs.TwoLayerNet(W, before[2].numpy()[0], float(before[3]))
    assert problem.value(net) == pytest.approx(total, rel=1e-12)
    gradient = problem.gradient(net)
    moved = [(a - b.detach()).numpy() for a, b in zip(before, model.parameters(), strict=True)]
    assert np.allclose(gradient.W[:, :2], moved[0], rtol=1e-12, atol=1e-14)
    assert np.allclose(gradient.W[:, 2], moved[1], rtol=1e-12, atol=1e-14)
    assert np.allclose(gradient.v, moved[2][0], rtol=1e-12, atol=1e-14)


def test_torch_groups_and_adamw():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
    matrices, biases = [model[0].weight, model[2].weight], [model[0].bias, model[2].bias]
    assert WeightDecay.from_torch(torch.optim.AdamW(model.parameters(), weight_decay=0.1)) is None
    assert WeightDecay.from_torch(torch.optim.Adam(model.parameters())) is None
    some = torch.optim.Adam([{"params": matrices, "weight_decay": 0.5}, {"params": biases, "weight_decay": 0.0}])
    assert WeightDecay.from_torch(some) == WeightDecay(0.5, biases=False)
    assert WeightDecay.from_torch(some, torch.nn.MSELoss(), outputs=2) == WeightDecay(1, biases=False)
    one = torch.optim.SGD([{"params": matrices[:1], "weight_decay": 0.5}, {"params": matrices[1:]}], lr=0.1)
    with pytest.raises(rs.InputError, match="one layer alone"):
        WeightDecay.from_torch(one)
    with pytest.raises(rs.InputError, match="mean over the samples"):
        WeightDecay.from_torch(some, torch.nn.MSELoss(reduction="sum"))
    with pytest.raises(rs.InputError, match="not known"):
        WeightDecay.from_torch(torch.optim.LBFGS(model.parameters()))
