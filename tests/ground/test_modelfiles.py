import pickle

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import ModelError
from reluscape.modelfiles import read_model


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
