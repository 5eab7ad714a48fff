"""Networks with LeakyReLU units: the verdict against probes, the basin, and the way from a file."""

import json

import numpy as np
import pytest

import reluscape as rs
from reluscape.cli import main
from reluscape.critical.proof import prove

SLOPES = [0.01, 0.3, -0.4]


def leaky(net, X):
    """The outputs, written out."""
    z = X @ np.asarray(net.weights[0]).T + net.biases[0]
    return np.where(z > 0, z, net.slopes[0] * z) @ net.weights[1][0] + net.biases[1][0]


def stuck_at_a_minimum(slope):
    """One unit that is on for every row and one that is off for every row: together the best straight line."""
    X, y = np.array([[-2.0], [-1.0], [0.0], [1.0], [2.0]]), np.array([2.0, 1.0, 0.0, 1.0, 2.0])
    # the best line is the constant 6/5, and a unit off for every row adds slope * (x - 3)
    net = rs.DeepNet([[[0.0], [0.0]], [[1.0, 1.0]]], [[1.0, -1.0], [0.2 + slope]], slopes=(slope,))
    return net, X, y


@pytest.mark.parametrize("slope", SLOPES)
def test_a_straight_line_is_a_minimum_that_probes_confirm(slope):
    net, X, y = stuck_at_a_minimum(slope)
    now = np.mean((leaky(net, X) - y) ** 2)
    assert now == pytest.approx(np.mean((y - 1.2) ** 2))
    found = rs.explain(net, X, y, weight_decay="ignore")
    assert (found.answer, found.model_report.verdict.kind) == ("stuck", "local minimum")
    rng = np.random.default_rng(0)
    for _ in range(500):
        size = 10.0 ** rng.uniform(-6, -3)
        parts = [[p + size * rng.normal(size=np.shape(p)) for p in arrays] for arrays in (net.weights, net.biases)]
        assert np.mean((leaky(rs.DeepNet(*parts, slopes=(slope,)), X) - y) ** 2) >= now - 1e-14
    proof = rs.verify(found.certificate)
    assert proof.ok
    assert "not ReLU" in proof.message
    # two bent units fit |x|, as another start shows
    assert found.report["losses"]["best_known"]["value"] < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_the_loss_is_that_of_the_units_as_they_are(seed):
    rng = np.random.default_rng(seed)
    X, y, slope = rng.normal(size=(12, 2)), rng.normal(size=12), SLOPES[seed % 3]
    net = rs.DeepNet(
        [rng.normal(size=(2, 2)), rng.normal(size=(1, 2))], [rng.normal(size=2), rng.normal(size=1)], slopes=(slope,)
    )
    found = rs.certify_model(net, X, y)
    assert found.given.loss == pytest.approx(np.mean((leaky(net, X) - y) ** 2))
    assert found.verdict.kind == "not stationary"
    dW, dv, dc = (np.asarray(part, dtype=float) for part in found.verdict.escape)
    step = 1e-6
    moved = rs.DeepNet(
        [net.weights[0] + step * dW[:, :2], net.weights[1] + step * dv],
        [net.biases[0] + step * dW[:, 2], net.biases[1] + step * dc],
        slopes=(slope,),
    )
    assert np.mean((leaky(moved, X) - y) ** 2) < found.given.loss


def test_a_deeper_network_gets_what_is_certain():
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=(3, 2)), rng.normal(size=(2, 3)), rng.normal(size=(1, 2))]
    net = rs.DeepNet(weights, [np.zeros(3), np.zeros(2), np.zeros(1)], slopes=(0.1, 0.2))
    X, y = rng.normal(size=(9, 2)), rng.normal(size=9)
    h = X
    for w, slope in zip(weights, (0.1, 0.2, 1.0), strict=True):
        z = h @ w.T
        h = np.where(z > 0, z, slope * z)
    found = rs.certify_model(net, X, y)
    assert found.verdict.loss == pytest.approx(np.mean((h[:, 0] - y) ** 2))
    assert found.layers[0].dead == ()


@pytest.mark.torch
def test_a_module_and_its_weights_alone_get_the_same_answer(tmp_path, capsys, monkeypatch):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.LeakyReLU(0.2), torch.nn.Linear(2, 1)).double()
    told = rs.certify_model(module, X, y)
    with torch.no_grad():
        f = module(torch.from_numpy(X)).numpy()[:, 0]
    assert told.given.loss == pytest.approx(np.mean((f - y) ** 2))
    torch.save(module.state_dict(), tmp_path / "m.pt")
    table = "\n".join(["a,b,y", *(f"{a!r},{b!r},{t!r}" for (a, b), t in zip(X.tolist(), y.tolist(), strict=True))])
    (tmp_path / "d.csv").write_text(table)
    monkeypatch.chdir(tmp_path)
    words = "explain m.pt d.csv --target y --loss squared --out o --json --slope 0.2 --certificate c.json"
    with pytest.raises(SystemExit, match="0"):
        main(words.split())
    report = json.loads(capsys.readouterr().out)
    assert report["losses"]["model"]["value"] == pytest.approx(told.given.loss)
    assert "LeakyReLU of slope 0.2" in " ".join(report["data"]["warnings"])
    with pytest.raises(SystemExit, match="0"):
        main(["verify", "c.json", "--data", "d.csv"])
    assert "verified" in capsys.readouterr().out
    with pytest.raises(rs.ModelError, match=r"says the slope of its units below 0 itself: 0\.2"):
        rs.certify_model(module, X, y, slope=0.1)


def test_a_leaky_network_is_nowhere_taken_for_relu(tmp_path):
    net, X, _ = stuck_at_a_minimum(0.1)
    for call in (
        lambda: rs.TwoLayerNet.from_deep(net),
        lambda: net.save(tmp_path / "n.npz"),
        lambda: prove(net, X, X[:, 0]),
        lambda: rs.certify_model(rs.DeepNet([[[1.0]], [[1.0]]], [[0.0], [0.0]]), X, X[:, 0], slope=0.5),
    ):
        with pytest.raises(rs.ModelError, match=r"LeakyReLU|slope"):
            call()


@pytest.mark.torch
def test_the_jacobian_is_that_of_automatic_differentiation():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    net = rs.DeepNet(
        [rng.normal(size=(3, 2)), rng.normal(size=(2, 3)), rng.normal(size=(1, 2))],
        [rng.normal(size=3), rng.normal(size=2), rng.normal(size=1)],
        slopes=(0.1, -0.3),
    )
    X = rng.normal(size=(4, 2))
    J, columns = net.jacobian(X), []
    shapes = [p for w, b in zip(net.weights, net.biases, strict=True) for p in (w, b)]
    theta = [torch.tensor(np.array(p), requires_grad=True) for p in shapes]
    for x in torch.from_numpy(X):
        h = x
        for k in range(3):
            h = theta[2 * k] @ h + theta[2 * k + 1]
            h = torch.where(h > 0, h, net.slopes[k] * h) if k < 2 else h
        parts = torch.autograd.grad(h[0], theta)
        rows = [np.c_[parts[2 * k].numpy(), parts[2 * k + 1].numpy()].reshape(-1) for k in range(3)]
        columns.append(np.concatenate(rows))
    np.testing.assert_allclose(J, np.array(columns), atol=1e-12)
