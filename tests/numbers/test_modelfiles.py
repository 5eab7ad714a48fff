import pickle
from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import ModelError
from reluscape.problem.networks.files import read_model


@pytest.fixture
def net():
    rng = np.random.default_rng(0)
    return rs.TwoLayerNet(rng.standard_normal((3, 5)), rng.standard_normal(3), 0.5)


def same(stored, net):
    two = rs.TwoLayerNet.from_deep(stored.net)
    np.testing.assert_array_equal(two.W, net.W)
    np.testing.assert_array_equal(two.v, net.v)
    assert two.c == net.c


def test_npz_of_ours_and_of_others(tmp_path, net):
    same(read_model(net.save(tmp_path / "a.npz")), net)
    np.savez(tmp_path / "b.npz", W2=net.v[None, :], b2=[net.c], W1=net.W[:, :-1], b1=net.W[:, -1])
    stored = read_model(tmp_path / "b.npz")
    same(stored, net)
    same(read_model(stored.save_like(net, tmp_path / "c.npz")), net)


def test_safetensors(tmp_path, net):
    from safetensors.numpy import save_file

    parts = {"2.bias": np.array([net.c]), "2.weight": net.v[None, :].copy()}
    parts |= {"0.bias": net.W[:, -1].copy(), "0.weight": net.W[:, :-1].copy()}
    save_file(parts, tmp_path / "m.safetensors")
    stored = read_model(tmp_path / "m.safetensors")
    same(stored, net)
    same(read_model(stored.save_like(net, tmp_path / "n.safetensors")), net)


@pytest.mark.torch
def test_torch_state_dict(tmp_path, net):
    import torch

    torch.save(net.to_torch().state_dict(), tmp_path / "m.pt")
    stored = read_model(tmp_path / "m.pt")
    same(stored, net)
    same(read_model(stored.save_like(net, tmp_path / "n.pt")), net)
    torch.save(net.to_torch(), tmp_path / "whole.pt")
    with pytest.raises(ModelError, match="state_dict"):
        read_model(tmp_path / "whole.pt")


def test_a_pickle_is_refused_and_never_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    for name in ("m.pkl", "m.pt", "m.joblib"):
        (tmp_path / name).write_bytes(pickle.dumps(Bomb()))
        with pytest.raises(ModelError, match=r"pickle.*save"):
            read_model(tmp_path / name)
    assert not (tmp_path / "exploded").exists()


def test_faults_are_named(tmp_path, net):
    with pytest.raises(ModelError, match="no model file"):
        read_model(tmp_path / "none.npz")
    (tmp_path / "x.npz").write_bytes(b"hello")
    with pytest.raises(ModelError, match="not an npz"):
        read_model(tmp_path / "x.npz")
    np.savez(tmp_path / "odd.npz", A=np.ones((3, 2)), B=np.ones((4, 5)))
    with pytest.raises(ModelError, match="no chain of layers"):
        read_model(tmp_path / "odd.npz")
    (tmp_path / "x.txt").write_bytes(b"hello")
    with pytest.raises(ModelError, match="no known kind"):
        read_model(tmp_path / "x.txt")


def chain(sizes, seed=0, biases=True):
    rng = np.random.default_rng(seed)
    layers = list(pairwise(sizes))
    return rs.DeepNet(
        [rng.normal(size=(b, a)) for a, b in layers], [rng.normal(size=b) if biases else None for _, b in layers]
    )


def alike(stored, net):
    for mine, theirs in zip(stored.net.weights, net.weights, strict=True):
        np.testing.assert_allclose(mine, theirs)
    assert stored.net.has_bias == net.has_bias
    for mine, theirs in zip(stored.net.biases, net.biases, strict=True):
        np.testing.assert_allclose(mine, theirs)


def test_keras_order_and_many_layers(tmp_path):
    """`get_weights()` in its order has matrices (in, out); ten layers are read in the order of their keys."""
    X = np.random.default_rng(1).normal(size=(5, 3))
    for biases in (True, False):
        net = chain((3, 5, 4, 1), biases=biases)
        parts = [a for w, b in zip(net.weights, net.biases, strict=True) for a in ((w.T, b) if biases else (w.T,))]
        np.savez(tmp_path / "k.npz", *parts)
        stored = read_model(tmp_path / "k.npz")
        alike(stored, net)
        assert any("(inputs, outputs)" in note for note in stored.reading.notes)
        alike(read_model(stored.save_like(net, tmp_path / "again.npz")), net)
        np.savez(tmp_path / "t.npz", *[a.T for a in parts])
        alike(read_model(tmp_path / "t.npz"), net)
        assert np.allclose(stored.reading.predict(X)[:, 0], net.predict(X))
    long = chain((2, *[3] * 9, 1))
    alike(read_model(long.save(tmp_path / "long.npz")), long)
    assert "assumed ReLU" in stored.reading.notes[0]


def test_orders_that_shapes_cannot_tell_are_refused(tmp_path):
    a, b, c = np.random.default_rng(0).normal(size=(3, 2, 2))
    np.savez(tmp_path / "a.npz", **{"fc2.weight": a, "fc1.weight": b, "fc3.weight": c})
    with pytest.raises(ModelError, match="order in which they are stored"):
        read_model(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", a, b, c)
    with pytest.raises(ModelError, match="fit as"):
        read_model(tmp_path / "b.npz")
    last = np.ones((1, 2))
    np.savez(tmp_path / "c.npz", **{"out.weight": last, "one.weight": a, "two.weight": b})
    with pytest.raises(ModelError, match="more than one order"):
        read_model(tmp_path / "c.npz")


@pytest.mark.torch
def test_checkpoints_and_what_else_torch_writes(tmp_path):
    import torch

    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).double()
    net = rs.DeepNet.from_torch(module)
    state = module.state_dict()
    optimizer = torch.optim.Adam(module.parameters())
    wrapped = {f"module.{name}": value for name, value in state.items()}
    for held in (
        state,
        wrapped,
        {"epoch": 3, "model_state_dict": state, "optimizer_state_dict": optimizer.state_dict()},
        {"state_dict": wrapped, "hyper_parameters": {"width": 4}},
        {"net": state, "loss": 0.5},
        {"model": {"state_dict": state}},
        {"my_network": state, "optim": {"x": torch.ones(1)}},
    ):
        torch.save(held, tmp_path / "m.pt")
        alike(read_model(tmp_path / "m.pt"), net)
    torch.save(state, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    alike(read_model(tmp_path / "old.pt"), net)
    for held, words in (
        ({"a": state, "b": state}, "under a, b"),
        ({"epoch": 3}, "no tensors by name"),
        ({"0.weight_g": torch.ones(3, 1), "0.weight_v": torch.ones(3, 2)}, "computed from others"),
    ):
        torch.save(held, tmp_path / "m.pt")
        with pytest.raises(ModelError, match=words):
            read_model(tmp_path / "m.pt")


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_a_torchscript_archive_says_what_it_is(tmp_path, capfd):
    import torch

    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    torch.jit.save(torch.jit.trace(module, torch.ones(2, 3)), tmp_path / "s.pt")
    with pytest.raises(ModelError, match=r"TorchScript archive.*state_dict"):
        read_model(tmp_path / "s.pt")
    assert capfd.readouterr().err == ""


@pytest.mark.torch
def test_batch_norm_in_a_state_dict(tmp_path):
    import torch

    torch.manual_seed(0)
    body = [torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 1)]
    body[1].running_mean.uniform_(-1, 1)
    body[1].running_var.uniform_(0.5, 2)
    module = torch.nn.Sequential(*body).double().eval()
    torch.save(module.state_dict(), tmp_path / "m.pt")
    stored = read_model(tmp_path / "m.pt")
    X = np.random.default_rng(0).normal(size=(6, 3))
    with torch.no_grad():
        np.testing.assert_allclose(stored.reading.predict(X), module(torch.from_numpy(X)).numpy(), rtol=1e-10)
    with pytest.raises(ModelError, match="BatchNorm that is folded"):
        stored.encode_like(stored.net)
    after = torch.nn.Sequential(body[0], body[2], body[1], body[3])
    torch.save(after.state_dict(), tmp_path / "m.pt")
    with pytest.raises(ModelError, match="cannot be seen in the weights"):
        read_model(tmp_path / "m.pt")


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_skops(tmp_path):
    skops = pytest.importorskip("skops.io")
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    X = np.random.default_rng(0).normal(size=(20, 3))
    mlp = MLPRegressor(hidden_layer_sizes=(4,), max_iter=5, alpha=0, random_state=0)
    model = make_pipeline(StandardScaler(), mlp).fit(X, X[:, 0])
    skops.dump(model, tmp_path / "m.skops")
    told = rs.certify_model(tmp_path / "m.skops", X, X[:, 1])
    assert told.given.loss == pytest.approx(np.mean((model.predict(X) - X[:, 1]) ** 2))
    skops.dump(make_pipeline(FunctionTransformer(open), mlp), tmp_path / "f.skops")
    with pytest.raises(ModelError, match="not known to be harmless"):
        read_model(tmp_path / "f.skops")
    skops.dump(LinearRegression().fit(X, X[:, 0]), tmp_path / "l.skops")
    with pytest.raises(ModelError, match="LinearRegression"):
        read_model(tmp_path / "l.skops")


def test_formats_that_are_not_read_are_named_with_their_way_out(tmp_path):
    import zipfile

    (tmp_path / "m.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    (tmp_path / "m.weights").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as packed:
        packed.writestr("model.weights.h5", "x")
    (tmp_path / "m.keras").write_bytes((tmp_path / "m.zip").read_bytes())
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"x")
    for name in ("m.h5", "m.weights", "m.zip", "m.keras", "saved"):
        with pytest.raises(ModelError, match=r"get_weights"):
            read_model(tmp_path / name)
    (tmp_path / "broken.pt").write_bytes(b"PK\x03\x04" + bytes(50))
    (tmp_path / "pipe.joblib").write_bytes(b"\x78\x9c" + bytes(50))
    np.save(tmp_path / "one.npy", np.ones(3))
    for name, words in (("broken.pt", "damaged"), ("pipe.joblib", "pickle"), ("one.npy", "one array")):
        with pytest.raises(ModelError, match=words):
            read_model(tmp_path / name)
