import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import reluscape as rs
from reluscape.errors import InputError, ModelError, ShapeError
from reluscape.numbers import seeds
from reluscape.numbers.estimates import Probability, clopper_pearson
from reluscape.problem import losses
from reluscape.problem.networks import initialization

HEAVY = ["numba", "scipy", "sklearn", "plotly", "matplotlib", "clarabel", "daqp", "torch", "typer", "rich"]


def test_import_is_light():
    code = f"import sys, reluscape; print([m for m in {HEAVY} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_exported_name_is_there():
    for name in rs.__all__:
        assert getattr(rs, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        rs.nothing_like_this  # noqa: B018


def test_clopper_pearson_covers():
    for k, n in [(0, 5), (3, 7), (5, 5), (50, 400)]:
        low, high = clopper_pearson(k, n)
        assert k == 0 or stats.binom.sf(k - 1, n, low) == pytest.approx(0.025)
        assert k == n or stats.binom.cdf(k, n, high) == pytest.approx(0.025)


def test_probability_compares_and_checks():
    p = Probability.exact(Fraction(3, 8), "regions")
    assert p == Fraction(3, 8)
    assert float(p) == 0.375
    assert p < 0.5 <= Probability.sampled(6, 10, "initialization", "normal")
    assert Probability.certified(0.2, 0.4, "initialization").kind == "certified"
    assert repr(Probability.exact(Fraction(1, 3**20_000) + Fraction(1, 2), "patterns")) == "Probability(0.5 (exact))"
    with pytest.raises(InputError, match="does not hold"):
        Probability(0.5, 0.6, 0.7, "exact", None, "regions")
    with pytest.raises(InputError, match="impossible"):
        clopper_pearson(3, 2)


def test_streams_do_not_depend_on_order():
    a = seeds.stream(7, "x", 1).random(3)
    seeds.stream(7, "y").random(3)
    assert (seeds.stream(7, "x", 1).random(3) == a).all()
    assert (seeds.stream(7, "x", 2).random(3) != a).all()


@pytest.mark.parametrize("name", initialization.NAMES)
def test_laws_have_fair_signs_and_shapes(name):
    law = initialization.get_law(name)
    W, v = law.sample_many(np.random.default_rng(0), 4000, 2, 3)
    assert W.shape == (4000, 2, 3)
    assert v.shape == (4000, 2)
    assert stats.binomtest(int((v[:, 0] > 0).sum()), 4000).pvalue > 1e-4
    assert stats.binomtest(int((W[:, 1, 2] > 0).sum()), 4000).pvalue > 1e-4


@pytest.mark.torch
def test_torch_law_is_the_box_of_torch():
    import torch

    W, v = initialization.get_law("torch").sample_many(np.random.default_rng(0), 2000, 4, 6)
    layer = torch.nn.Linear(5, 4)
    bound = float(torch.cat([layer.weight.flatten(), layer.bias]).detach().abs().max())
    assert bound <= 1 / np.sqrt(5) + 1e-6
    assert np.abs(W).max() <= 1 / np.sqrt(5)
    assert np.abs(W).max() > 0.99 / np.sqrt(5)
    assert np.abs(v).max() <= 0.5


def test_a_law_of_ones_own():
    law = initialization.get_law(lambda rng, m, d: (np.ones((m, d)), np.ones(m)))
    assert law.sample(np.random.default_rng(0), 2, 3)[0].shape == (2, 3)
    with pytest.raises(InputError, match="shapes"):
        initialization.get_law(lambda rng, m, d: (np.ones(3), 1)).sample(np.random.default_rng(0), 2, 3)
    with pytest.raises(InputError, match="unknown law"):
        initialization.get_law("cauchy")


@pytest.mark.parametrize("name", ["squared", "logistic", "bce"])
def test_gradients_by_differences(name):
    loss = losses.get_loss(name)
    f, y = np.linspace(-4, 4, 9), np.array([0, 1, 1, 0, 1, 0, 1, 0, 1.0])
    y = 2 * y - 1 if name == "logistic" else y
    h = 1e-6
    np.testing.assert_allclose((loss.value(f + h, y) - loss.value(f - h, y)) / (2 * h), loss.gradient(f, y), atol=1e-7)
    assert np.isfinite(loss.value(np.array([1e4, -1e4]), np.array([1.0, 1.0]))).all()


@pytest.mark.torch
def test_networks_travel(tmp_path):
    import torch
    from sklearn.neural_network import MLPRegressor

    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 3))
    ones = np.c_[X, np.ones(20)]
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).double()
    net = rs.TwoLayerNet.from_torch(module)
    expected = module(torch.from_numpy(X)).detach().numpy()[:, 0]
    np.testing.assert_allclose(net.predict(ones), expected, atol=1e-12)
    np.testing.assert_allclose(net.to_torch()(torch.from_numpy(X)).detach().numpy()[:, 0], expected, atol=1e-12)
    loaded = rs.TwoLayerNet.load(net.save(tmp_path / "net.npz"))
    assert (loaded.W == net.W).all()
    assert loaded.c == net.c
    mlp = MLPRegressor(hidden_layer_sizes=(5,), max_iter=5000, tol=1e-2).fit(X, X[:, 0])
    np.testing.assert_allclose(rs.TwoLayerNet.from_sklearn(mlp).predict(ones), mlp.predict(X), atol=1e-12)
    deep = rs.DeepNet.from_torch(torch.nn.Sequential(*module, torch.nn.ReLU(), torch.nn.Linear(1, 1).double()))
    assert deep.widths == (4, 1)


@pytest.mark.torch
def test_deep_jacobian_against_torch():
    import torch

    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)
    ).double()
    X = torch.randn(5, 2).double()
    rows = []
    for x in X:
        module.zero_grad()
        module(x[None]).sum().backward()
        parts = []
        for layer in module:
            if isinstance(layer, torch.nn.Linear):
                parts.append(torch.cat([layer.weight.grad, layer.bias.grad[:, None]], dim=1).flatten())
        rows.append(torch.cat(parts).numpy().copy())
    np.testing.assert_allclose(rs.DeepNet.from_torch(module).jacobian(X.numpy()), np.array(rows), atol=1e-12)


@pytest.mark.torch
def test_models_that_do_not_fit_are_named(tmp_path):
    import torch

    with pytest.raises(ModelError, match="is Tanh"):
        rs.TwoLayerNet.from_torch(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)))
    with pytest.raises(ModelError, match="2 outputs"):
        rs.TwoLayerNet.from_torch(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 2)))
    with pytest.raises(ModelError, match="NaN"):
        rs.TwoLayerNet([[np.nan]], [1.0])
    with pytest.raises(ShapeError, match="network expects 2 columns"):
        rs.TwoLayerNet([[1.0, 2.0]], [1.0]).predict([[1.0]])
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"no archive")
    with pytest.raises(ModelError, match="not an npz"):
        rs.TwoLayerNet.load(bad)
    np.savez(tmp_path / "pickled.npz", W=np.array([object()], dtype=object))
    with pytest.raises(ModelError, match="not an npz file of plain arrays"):
        rs.TwoLayerNet.load(tmp_path / "pickled.npz")
