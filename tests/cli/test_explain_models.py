"""`reluscape explain` on every kind of file and shape: what is read, what is saved, what is refused."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.networks.files import read_model
from tests.cli.test_survey_command import run

ROWS = "a,b,kind,height,depth\n" + "".join(
    f"{a},{b},{'xyz'[(a * a + b) % 3]},{a * b},{a - b}\n" for a in range(4) for b in range(3)
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(ROWS)
    return tmp_path


def deep(sizes, seed=0):
    rng = np.random.default_rng(seed)
    pairs = list(pairwise(sizes))
    return rs.DeepNet([rng.normal(size=(b, a)) for a, b in pairs], [rng.normal(size=b) for _, b in pairs])


def told(capsys, *words):
    status, out, err = run(capsys, "explain", *words, "--json")
    assert status == 0, err
    return json.loads(out)


def test_a_deep_network_is_explained_and_a_lower_one_saved(folder, capsys):
    net = deep((2, 4, 3, 1))
    net.save("deep.npz")
    words = ["deep.npz", "t.csv", "--target", "height", "--features", "a,b", "--save", "lower.npz"]
    report = told(capsys, *words)
    assert report["model"]["hidden"] == [4, 3]
    X, y = np.array([[a, b] for a in range(4) for b in range(3)]), np.array([a * b for a in range(4) for b in range(3)])
    lower = read_model("lower.npz").net
    np.testing.assert_array_equal(lower.weights[0], net.weights[0])
    assert np.mean((lower.predict(X) - y) ** 2) < np.mean((net.predict(X) - y) ** 2)
    assert report["losses"]["model"]["value"] == pytest.approx(np.mean((net.predict(X) - y) ** 2))


def test_several_targets_in_the_order_they_are_named(folder, capsys):
    net = deep((2, 4, 2))
    net.save("two.npz")
    X = np.array([[a, b] for a in range(4) for b in range(3)])
    Y = np.array([[a * b, a - b] for a, b in X])
    for names, targets in (("height,depth", Y), ("depth,height", Y[:, ::-1])):
        report = told(capsys, "two.npz", "t.csv", "--target", names, "--features", "a,b")
        assert report["losses"]["model"]["value"] == pytest.approx(2 * np.mean((net.predict(X) - targets) ** 2))


def test_classes_are_outputs_in_order_or_as_numbered(folder, capsys):
    net = deep((2, 4, 3))
    net.save("three.npz")
    X = np.array([[a, b] for a in range(4) for b in range(3)])
    place = np.array([(a * a + b) % 3 for a, b in X])
    logs = net.predict(X) - np.log(np.exp(net.predict(X)).sum(axis=1, keepdims=True))
    for labels, order in (([], [0, 1, 2]), (["--labels", "x=2,y=0,z=1"], [2, 0, 1])):
        words = ["three.npz", "t.csv", "--target", "kind", "--features", "a,b", "--loss", "cross_entropy", *labels]
        report = told(capsys, *words)
        expected = -np.mean(logs[np.arange(len(X)), np.array(order)[place]])
        assert report["losses"]["model"]["value"] == pytest.approx(expected)


def test_a_file_without_biases_trains_none(folder, capsys):
    """At the minimum of the weights alone the biases would still move: a file that has none is at its minimum."""
    (folder / "p.csv").write_text("a,b,y\n1,0,1\n0,1,-1\n")
    np.savez("plain.npz", W=[[1.0, 0.0]], v=[1.0])
    np.savez("layers.npz", **{"0.weight": [[1.0, 0.0]], "2.weight": [[1.0]]})
    np.savez("biased.npz", W=[[1.0, 0.0]], v=[1.0], b=[0.0], c=0.0)
    words = ["p.csv", "--target", "y", "--loss", "squared"]
    for name, kind in (("plain", "local minimum"), ("layers", "local minimum"), ("biased", "not stationary")):
        report = told(capsys, f"{name}.npz", *words)
        assert report["verdict"]["kind"] == kind, name
        assert report["data"]["bias"] == (name == "biased")


@pytest.mark.parametrize("form", ["npz", "safetensors", pytest.param("pt", marks=pytest.mark.torch)])
def test_saved_in_the_form_and_under_the_names_of_the_file(folder, capsys, form):
    net = deep((2, 3, 1))
    arrays = {"net.0.weight": net.weights[0], "net.0.bias": net.biases[0], "net.2.weight": net.weights[1]}
    if form == "npz":
        np.savez("m.npz", **arrays)
    elif form == "safetensors":
        from safetensors.numpy import save_file

        save_file(arrays, "m.safetensors")
    else:
        import torch

        torch.save({name: torch.from_numpy(np.array(a)) for name, a in arrays.items()}, "m.pt")
    report = told(capsys, f"m.{form}", "t.csv", "--target", "height", "--features", "a,b", "--save", f"s.{form}")
    back = read_model(f"s.{form}")
    assert back.form == read_model(f"m.{form}").form
    assert back.layers == (("net.0.weight", "net.0.bias"), ("net.2.weight", None))
    X = np.array([[a, b] for a in range(4) for b in range(3)])
    y = np.array([a * b for a in range(4) for b in range(3)])
    assert np.mean((back.net.predict(X) - y) ** 2) < report["losses"]["model"]["value"]
    assert not report["data"]["output_bias"]


def test_two_classes_of_text_under_each_loss(folder, capsys):
    (folder / "c.csv").write_text("a,kind\n1,no\n2,yes\n3,no\n4,yes\n")
    net = deep((1, 2, 1), seed=1)
    net.save("m.npz")
    f = net.predict(np.array([[1.0], [2.0], [3.0], [4.0]]))
    yes = np.array([0, 1, 0, 1])
    cases = [
        (["--loss", "squared"], np.mean((f - (2 * yes - 1)) ** 2)),
        (["--loss", "squared", "--labels", "no=0,yes=1"], np.mean((f - yes) ** 2)),
        (["--loss", "logistic"], np.mean(np.logaddexp(0, -(2 * yes - 1) * f))),
        (["--loss", "bce"], np.mean(np.logaddexp(0, f) - yes * f)),
        (["--loss", "bce", "--labels", "no=1,yes=0"], np.mean(np.logaddexp(0, f) - (1 - yes) * f)),
    ]
    for words, expected in cases:
        report = told(capsys, "m.npz", "c.csv", "--target", "kind", *words)
        assert report["losses"]["model"]["value"] == pytest.approx(expected), words


def test_the_terminal_tells_the_whole_story(folder, capsys):
    rs.TwoLayerNet([[-1, -1, -1], [1, 0, -1], [2, 0, -2]], [1, 0.5, 0.25], 0.5).save("m.npz")
    status, out, _ = run(capsys, "explain", "m.npz", "t.csv", "--target", "height", "--features", "a,b")
    words = " ".join(out.split())
    assert status == 0
    for part in (
        "gradient norm", "nearest exact candidate", "lowest loss in its basin",
            "dead units 1 dead unit, off on every row: number 0",
        "dead samples rows 0, 1, 2, 3, 4 and 5: no unit is on", "duplicated units units 1 and 2 do the same work",
        "bent or straight", "a better basin", "kink", "What to do next 1. ", " 2. ", " 3. ",
        "on the plain loss, weight decay unknown", "written: t/explain-m.html",
    ):  # fmt: skip
        assert part in words, part
    assert all(line == line.rstrip() for line in out.splitlines())


def test_faults_of_several_outputs(folder, capsys):
    deep((2, 3, 2)).save("two.npz")
    deep((2, 3, 3)).save("three.npz")
    before = sorted(p.name for p in folder.iterdir())
    for words, message in (
        (["two.npz", "--target", "height"], "2 outputs"),
        (["two.npz", "--target", "height,depth,b"], "names 3 columns"),
        (["two.npz", "--target", "height,none"], "no column 'none'"),
        (["two.npz", "--target", "kind"], "3 different values"),
        (["three.npz", "--target", "kind", "--labels", "x=0,y=1,z=1"], "0 to 2"),
        (["three.npz", "--target", "kind", "--labels", "x=0,y=1"], "the target holds x, y, z"),
        (["three.npz", "--target", "kind", "--loss", "logistic"], "-1 and 1"),
        (["two.npz", "--target", "height,depth", "--loss", "cross_entropy"], "shares"),
        (["two.npz", "--target", "height,depth", "--certificate", "p.json"], "no exact proof"),
        (["two.npz", "--target", "height,depth", "--save", "none/s.npz"], "no folder"),
    ):
        status, out, err = run(capsys, "explain", words[0], "t.csv", "--features", "a,b", *words[1:])
        assert (status, out, err.count("\n")) == (2, "", 1), (words, err)
        assert message in err, (message, err)
    assert sorted(p.name for p in folder.iterdir()) == before
