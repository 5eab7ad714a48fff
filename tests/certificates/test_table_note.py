"""`verify --data` says which column, inputs and rows of the table the proof is about."""

from __future__ import annotations

import json

import pytest

import reluscape as rs
from reluscape.certificates import new
from reluscape.cli import main

TABLE = "a,b,k\n1,0,3\n0,1,0\n2,2,1\n"


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    shown = capsys.readouterr()
    return ended.value.code, shown.out, shown.err


@pytest.fixture
def proof(tmp_path, monkeypatch):
    """Zero loss for the column b: true, but a reader of the table cares for k."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    data = rs.Dataset([[1], [0], [2]], [0, 1, 2], bias=True)
    claim = {"value": "0", "width": 2, "output_bias": True}
    witness = {"W": [["1", "-1"], ["-1", "1"]], "v": ["2", "1"], "c": "0", "order": [0, 1, 2], "duals": []}
    certificate = new("global-minimum", data.fractions, data.y_fractions, claim, witness)
    certificate["data"]["table"] = {"target": "b", "features": ["a"], "bias": True}
    (tmp_path / "p.json").write_text(json.dumps(certificate))
    return certificate


def test_the_column_the_inputs_and_the_rows_are_named(proof, capsys):
    status, out, _ = run(capsys, "verify", "p.json", "--data", "t.csv")
    assert (status, out.splitlines()[0]) == (0, "read from t.csv: target b; inputs a; 3 rows")


def test_another_target_of_the_user_is_refused(proof, capsys):
    status, _, err = run(capsys, "verify", "p.json", "--data", "t.csv", "--target", "k")
    assert status == 2
    assert "about the target 'b'" in err
    assert "'k'" in err


@pytest.mark.parametrize(
    "note", [{"target": 3}, {"rows": True}, {"more": 1}, {"seed": 1.0}, {"labels": {"a": 0}}, [], "b"]
)
def test_a_note_of_another_form_is_refused(proof, note, capsys, tmp_path):
    proof["data"]["table"] = note
    (tmp_path / "p.json").write_text(json.dumps(proof))
    assert run(capsys, "verify", "p.json", "--data", "t.csv", "--target", "b")[0] == 2
    assert not rs.verify(proof)
