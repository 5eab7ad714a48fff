import sys
from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ModelError, TieError, UnsupportedError
from reluscape.jacobian import deep_rank


def random_net(rng, d, widths, bias=True):
    sizes = [d, *widths, 1]
    weights = [rng.normal(size=(b, a)) for a, b in pairwise(sizes)]
    biases = [rng.normal(size=b) if bias else np.zeros(b) for b in sizes[1:]]
    return rs.DeepNet(weights, biases)


def numeric_jacobian(net, X, step=1e-6):
    columns = []
    for k in range(net.depth):
        stacked = np.concatenate([net.weights[k], net.biases[k][:, None]], axis=1)
        for index in np.ndindex(stacked.shape):
            values = []
            for s in (step, -step):
                moved = stacked.copy()
                moved[index] += s
                weights, biases = list(net.weights), list(net.biases)
                weights[k], biases[k] = moved[:, :-1], moved[:, -1]
                values.append(rs.DeepNet(weights, biases).predict(X))
            columns.append((values[0] - values[1]) / (2 * step))
    return np.stack(columns, axis=1)


def test_jacobian_matches_finite_differences():
    rng = np.random.default_rng(0)
    net, X = random_net(rng, 3, (4, 5)), rng.normal(size=(6, 3))
    np.testing.assert_allclose(net.jacobian(X, method="arrays"), numeric_jacobian(net, X), atol=1e-6)


def test_jacobian_matches_automatic_differentiation():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    net, X = random_net(rng, 2, (3, 4)), rng.normal(size=(5, 2))
    layers = []
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        layer = torch.nn.Linear(w.shape[1], w.shape[0]).double()
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(np.array(w)))
            layer.bias.copy_(torch.tensor(np.array(b)))
        layers += [layer] + ([torch.nn.ReLU()] if k + 1 < net.depth else [])
    module = torch.nn.Sequential(*layers)
    rows = []
    for x in torch.tensor(X):
        module.zero_grad()
        module(x).sum().backward()
        row = []
        for layer in layers[::2]:
            row.append(torch.cat([layer.weight.grad, layer.bias.grad[:, None]], dim=1).flatten())
        rows.append(torch.cat(row).numpy())
    for method in (None, "torch", "arrays"):
        np.testing.assert_allclose(net.jacobian(X, method=method), np.array(rows), atol=1e-10)


def test_without_torch_the_chain_rule_is_written_out(monkeypatch):
    rng = np.random.default_rng(5)
    net, X = random_net(rng, 2, (3,)), rng.normal(size=(4, 2))
    with_torch = net.jacobian(X)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr("reluscape.problem.networks.deep.find_spec", lambda name: None)
    np.testing.assert_allclose(net.jacobian(X), with_torch, atol=1e-12)
    with pytest.raises(UnsupportedError, match="torch"):
        net.jacobian(X, method="torch")


@pytest.mark.parametrize("method", ["arrays", "torch"])
def test_small_sizes(method):
    if method == "torch":
        pytest.importorskip("torch")
    net = random_net(np.random.default_rng(0), 2, (3,))
    assert net.jacobian(np.ones((0, 2)), method=method).shape == (0, 3 * 3 + 4)
    linear = rs.DeepNet([[[1.0, 2.0]]], [[0.0]])
    assert linear.jacobian([[3.0, 4.0]], method=method).tolist() == [[3, 4, 1]]
    plain = rs.DeepNet([[[1.0, 2.0]]], [None])  # a bias that is not there has no column
    assert plain.jacobian([[3.0, 4.0]], method=method).tolist() == [[3, 4]]
    empty = rs.DeepNet([np.zeros((0, 2)), np.zeros((1, 0))], [None, [5.0]])
    assert empty.jacobian([[3.0, 4.0]], method=method).tolist() == [[1]]
    assert empty.patterns([[3.0, 4.0]])[0].shape == (0, 1)


def test_ties_and_bad_data_are_named():
    net = rs.DeepNet([[[1.0], [1.0]], [[1.0, -1.0]], [[1.0]]], [[0.0, -1.0], [0.0], [0.0]])
    # the second hidden layer subtracts two units that are both active above 1
    assert [p.tolist() for p in net.patterns([[0.5], [3.0]])] == [[[True, True], [False, True]], [[True, True]]]
    with pytest.raises(TieError, match=r"sample 1 .* unit 1 in hidden layer 1"):
        net.patterns([[0.5], [1.0]])
    flat = rs.DeepNet([[[1.0], [1.0]], [[1.0, -1.0]], [[1.0]]], [[0.0, 0.0], [0.0], [0.0]])
    with pytest.raises(TieError, match=r"sample 0 .* unit 0 in hidden layer 2"):
        flat.jacobian([[2.0]])
    # a sample of zeros and a network without biases: nothing is active, nothing is tied
    assert [p.tolist() for p in flat.patterns([[0.0]])] == [[[False], [False]], [[False]]]
    with pytest.raises(InputError, match="row 1"):
        net.jacobian([[1.5], [np.nan]])
    with pytest.raises(InputError, match="not a number"):
        net.jacobian([["a"]])
    with pytest.raises(InputError, match="method"):
        net.jacobian([[1.5]], method="jax")
    with pytest.raises(ModelError, match="2 outputs"):
        rs.DeepNet([np.eye(2)], [None]).jacobian([[1.0, 2.0]])


@pytest.mark.parametrize("bias", [True, False])
def test_corrected_theorem_10_has_no_exception(bias):
    rng = np.random.default_rng(2)
    proved = 0
    for _ in range(150):
        n, d = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        net = random_net(rng, d, (int(rng.integers(1, 4)), int(rng.integers(2, 9))), bias)
        X = rng.normal(size=(n, d))
        found = deep_rank(net, X)
        if found.full_rank_proved:
            proved += 1
            assert np.linalg.matrix_rank(net.jacobian(X)) == n
            assert (found.rank, found.kind) == (n, "certified")
    assert proved > 10


def test_a_sample_lost_on_the_way_is_not_proved():
    net = rs.DeepNet([[[1.0]], [[1.0], [1.0]], [[1.0, 1.0]]], [None, None, None])
    found = deep_rank(net, [[1.0], [-1.0]])
    assert not found.full_rank_proved
    # a zero output weight breaks the hypothesis too
    assert not deep_rank(rs.DeepNet([[[1.0]], [[0.0]]], [None, None]), [[1.0]]).full_rank_proved
