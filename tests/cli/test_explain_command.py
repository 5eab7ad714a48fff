import json
import pickle

import numpy as np
import pytest

import reluscape as rs
from tests.cli.test_survey_command import run

XOR = "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xor.csv").write_text(XOR)
    return tmp_path


def test_the_stuck_xor_network_is_told_and_proved(folder, capsys):
    """Both units dead and c = 1/2: the stuck value of XOR is a mean squared error of 1/4."""
    rs.TwoLayerNet([[-1, -1, -1], [-1, 0, -1]], [1, -1], 0.5).save("stuck.npz")
    words = ["explain", "stuck.npz", "xor.csv", "--target", "y", "--certificate", "proof.json", "--json"]
    status, out, _ = run(capsys, *words)
    report = json.loads(out)
    assert status == 0
    assert report["verdict"]["is_local_minimum"] is True
    assert report["verdict"]["exact_loss"] == "1/4"
    assert report["units"]["dead"] == [0, 1]
    assert sorted(p.name for p in (folder / "xor").iterdir()) == [
        "explain-stuck.html",
        "explain-stuck.json",
        "explain.json",
        "index.html",
        "report.html",
    ]
    assert run(capsys, "verify", "proof.json")[0] == 0
    assert run(capsys, "verify", "proof.json", "--data", "xor.csv")[0] == 0
    proof = json.loads((folder / "proof.json").read_text())
    proof["claim"] = {**proof["claim"], "loss": "1/5"}
    (folder / "forged.json").write_text(json.dumps(proof))
    assert run(capsys, "verify", "forged.json")[0] == 1
    assert run(capsys, "verify", "forged.json", "--data", "xor.csv")[0] == 1


def test_an_unfinished_network_is_told_to_go_on_and_saved_lower(folder, capsys):
    net = rs.TwoLayerNet([[1.0, 1.0, 0.0], [1.0, 1.0, -1.0]], [0.7, -1.3])
    net.save("half.npz")
    words = ["explain", "half.npz", "xor.csv", "--target", "y", "--loss", "squared", "--save", "better.npz"]
    status, out, _ = run(capsys, *words)
    assert status == 0
    assert "keep training" in " ".join(out.split())
    data = rs.Dataset.from_csv("xor.csv", target="y", bias=True)
    y = [0, 1, 1, 0]
    assert rs.TwoLayerNet.load("better.npz").loss(data, y) < net.loss(data, y)


def test_trained_on_other_labels_is_the_first_line(folder, capsys):
    rs.TwoLayerNet([[1.0, 0.0, 1.0]], [-1.0], 0.0).save("other.npz")
    status, out, _ = run(capsys, "explain", "other.npz", "xor.csv", "--target", "y", "--json")
    report = json.loads(out)
    assert (status, report["answer"]) == (0, "wrong input")
    assert report["verdict"]["text"][0].startswith("wrong input: fits worse than a constant")
    assert "--loss" in report["verdict"]["text"][1]
    assert (report["story"], report["lines"], report["slice"]) == ([], [], None)


def test_each_fault_is_one_line_and_status_two(folder, capsys):
    (folder / "m.pkl").write_bytes(pickle.dumps({"a": 1}))
    np.savez("shape.npz", W=np.ones((2, 5)), b=np.ones(2), v=np.ones(2), c=0.0)
    np.savez("nan.npz", W=np.full((2, 2), np.nan), b=np.ones(2), v=np.ones(2), c=0.0)
    np.savez("several.npz", A=np.ones((3, 2)), B=np.ones((3, 3)))
    np.savez("flat.npz", A=np.ones((1, 2)))
    np.savez("convolution.npz", A=np.ones((3, 2)), K=np.ones((3, 1, 2, 2)))
    np.savez("odd.npz", A=np.ones((3, 2)), B=np.ones((7, 5)))
    (folder / "text.npz").write_text("hello")
    rs.TwoLayerNet([[0.0, 0.0, 1.0]], [-1.0], 0.0).save("fine.npz")
    cases = [
        (["m.pkl", "xor.csv", "--target", "y"], "pickle"),
        (["shape.npz", "xor.csv", "--target", "y"], "inputs"),
        (["nan.npz", "xor.csv", "--target", "y"], "NaN"),
        (["odd.npz", "xor.csv", "--target", "y"], "no chain of layers"),
        (["several.npz", "xor.csv", "--target", "y"], "3 outputs"),
        (["flat.npz", "xor.csv", "--target", "y"], "no hidden layer"),
        (["convolution.npz", "xor.csv", "--target", "y"], "no linear layer"),
        (["text.npz", "xor.csv", "--target", "y"], "not an npz"),
        (["none.npz", "xor.csv", "--target", "y"], "no model file"),
        (["fine.npz", "xor.csv", "--target", "q"], "no column 'q'"),
        (["fine.npz", "none.csv", "--target", "y"], "no file"),
        (["fine.npz", "xor.csv", "--target", "y", "--loss", "hinge"], "unknown loss"),
        (["fine.npz", "xor.csv", "--target", "y", "--loss", "logistic"], "-1"),
        (["fine.npz", "xor.csv", "--target", "y", "--labels", "a=1"], "every class its number"),
    ]
    before = sorted(p.name for p in folder.iterdir())
    for words, message in cases:
        status, out, err = run(capsys, "explain", *words)
        lines = [line for line in err.strip().splitlines() if not line.startswith("compiling")]
        assert (status, out, len(lines)) == (2, "", 1), (words, err)
        assert lines[0].startswith("reluscape explain: ")
        assert message in lines[0], (message, lines[0])
    assert sorted(p.name for p in folder.iterdir()) == before
