import json
import re

import numpy as np
import pytest

import reluscape as rs
from reluscape.cli import main

XOR = "a,b,class\n0,0,no\n0,10,yes\n1,0,yes\n1,10,no\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xor.csv").write_text(XOR)
    return tmp_path


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_the_design_is_printed_trained_certified_and_saved(folder, capsys):
    status, out, err = run(capsys, "design", "xor.csv", "--target", "class")
    assert (status, err) == (0, "")
    words = " ".join(out.split())
    for part in ("5 ReQU units", "ended at a local minimum, 4 of 4 rows correct", "lambda_0 = epsilon gamma*"):
        assert part in words
    assert "Proven for this network" in words
    assert "Computed, not proven" in words
    report = json.loads((folder / "xor" / "design.json").read_text())
    assert (report["schema"], report["kind"], report["seed"]) == (1, "design", 0)
    plan, end = report["design"], report["training"]
    assert plan["lambda0"] == pytest.approx(plan["epsilon"] * plan["gamma"]["low"])
    assert max(plan["lambdas"]) < plan["lambda0"]
    assert len(set(plan["lambdas"])) == 5
    assert (end["certified"], end["training_error"]) == (True, 0.0)
    # the saved network takes the columns of the file, on any of their scales
    net = rs.requ.ReQUNet.load(folder / "xor" / "network.npz")
    assert (net.predict([[0, 0], [0, 10], [1, 0], [1, 10]]) > 0).tolist() == [False, True, True, False]
    # and the certificate belongs to the standardised inputs
    scaled = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    again = rs.requ.certify(scaled, [-1, 1, 1, -1], (end["a"], end["U"]), plan["lambdas"])
    assert again.kind == "local minimum"


def test_json_prints_one_object_and_seeds_repeat(folder, capsys):
    words = ("design", "xor.csv", "--target", "class", "--json", "--positive", "no", "--loss", "exponential")
    status, out, err = run(capsys, *words)
    assert (status, err) == (0, "")
    first = json.loads(out)
    assert first["data"]["classes"] == {"-1": "yes", "+1": "no"}
    assert first["design"]["epsilon"] == 1.0
    second = json.loads(run(capsys, *words)[1])
    assert first["training"] == second["training"]
    other = json.loads(run(capsys, *words, "--seed", "1")[1])
    assert other["design"]["lambdas"] != first["design"]["lambdas"]


def test_as_given_and_wider(folder, capsys):
    status, out, _ = run(
        capsys, "design", "xor.csv", "--target", "class", "--no-standardize", "--width", "7", "--out", "here", "--json"
    )
    report = json.loads(out)
    assert (status, report["design"]["width"], report["data"]["inputs"]) == (0, 7, "as given")
    net = rs.requ.ReQUNet.load(folder / "here" / "network.npz")
    assert net.a.tolist() == report["training"]["a"]
    assert net.U.tolist() == report["training"]["U"]


def test_dry_run_writes_nothing(folder, capsys):
    status, out, _ = run(capsys, "design", "xor.csv", "--target", "class", "--dry-run")
    assert status == 0
    assert "5 ReQU units (20 weights)" in " ".join(out.split())
    assert [p.name for p in folder.iterdir()] == ["xor.csv"]
    assert (
        len(json.loads(run(capsys, "design", "xor.csv", "--target", "class", "--dry-run", "--json")[1])["lines"]) == 3
    )


@pytest.mark.parametrize(
    ("table", "more", "text"),
    [
        ("x,y\n0,a\n1,b\n0,b\n1,a\n", [], "lines 2 and 4 have equal inputs \\(x = 0\\).*2 such groups"),
        ("x,y\n0,a\n1,a\n", [], "the same value in every row"),
        ("x,y\n0,1.5\n1,2.5\n2,4.5\n", [], "not two classes"),
        ("x,y\n0,a\n1,b\n2,c\n", [], "--positive"),
        ("x,y\n0,a\n,b\n", [], "missing|empty"),
        ("x,y\n0,a\n1,b\n", ["--loss", "hinge"], "unknown loss"),
        ("x,y\n0,a\n1,b\n", ["--base", "1"], "base"),
        ("x,y\n0,a\n1,b\n", ["--width", "2"], "m >= n \\+ 1"),
        ("x,y\n0,a\n1,b\n", ["--steps", "0"], "at least 1 step"),
        ("x,y\n0,a\n1,b\n", ["--seed", "-1"], "seed"),
        ("x,y\n0,a\n1,b\n", ["--target", "z"], "no column 'z'"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing_behind(folder, capsys, table, more, text):
    (folder / "bad.csv").write_text(table)
    status, out, err = run(capsys, "design", "bad.csv", "--target", "y", *more)
    assert (status, out) == (2, "")
    assert err.startswith("reluscape design: ")
    assert err.count("\n") == 1
    assert re.search(text, err)
    assert sorted(p.name for p in folder.iterdir()) == ["bad.csv", "xor.csv"]


def test_too_many_rows_are_refused_before_the_start(folder, capsys):
    rows = "".join(f"{k},{k * k % 7},{'ab'[k % 2]}\n" for k in range(401))
    (folder / "long.csv").write_text("x,z,y\n" + rows)
    status, _, err = run(capsys, "design", "long.csv", "--target", "y")
    assert status == 2
    assert "--rows 400" in err
    assert not (folder / "long").exists()


def test_steps_that_are_too_few_are_said(folder, capsys):
    rows = "".join(f"{k % 5},{k // 5},{'ab'[(k * 7 % 11) % 2]}\n" for k in range(15))
    (folder / "grid.csv").write_text("x,z,y\n" + rows)
    status, out, _ = run(capsys, "design", "grid.csv", "--target", "y", "--steps", "1")
    assert status == 0
    assert "stopped before a local minimum" in " ".join(out.split())
