"""What every help says, one JSON object of every command, the columns where the target is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reluscape.cli import main
from reluscape.cli.helps import EXAMPLES

ROOT = Path(__file__).parents[2]


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


@pytest.mark.parametrize("command", sorted(EXAMPLES))
def test_every_help_has_groups_an_example_a_page_and_json(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    status, out, _ = run(capsys, command, "-h")
    example, page = EXAMPLES[command]
    text = " ".join(out.split())
    assert status == 0
    assert f"Example: {example}" in text
    assert f"More: {page}" in text
    assert (ROOT / page).exists()
    assert "--json" in text
    assert "Results" in text
    for word in example.split():
        assert "/" not in word or (ROOT / word).exists()


def test_the_laws_are_named(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    out = " ".join(run(capsys, "survey", "-h")[1].replace("│", " ").split())
    assert all(law in out for law in ("normal", "sphere", "torch", "he_normal", "he_uniform", "glorot_uniform"))


def test_a_missing_target_lists_the_columns(tmp_path, capsys, monkeypatch):
    table = tmp_path / "t.csv"
    table.write_text("height,weight\n1,2\n3,4\n")
    monkeypatch.setattr("sys.argv", ["reluscape", "survey", str(table)])
    status, _, err = run(capsys, "survey", table)
    assert (status, len(err.splitlines())) == (2, 1)
    assert "The columns of t.csv are: height, weight." in err


def test_one_json_object_of_figure_and_sweep(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = json.loads(run(capsys, "figure", "safran-2", "--json", "--quick")[1])
    assert Path(told["picture"]).exists()
    assert told["caption"]
    assert "karhadkar-1" in json.loads(run(capsys, "figure", "--list", "--json")[1])
    assert len(json.loads(run(capsys, "sweep", "--list", "--json")[1])["lines"]) > 3


def test_one_json_object_of_verify(tmp_path, capsys):
    import reluscape as rs

    proof = rs.basin_value([[1, 0], [0, 1]], [1, 2], [[1, 1]], [1], exact=True).certificate
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    status, out, _ = run(capsys, "verify", file, "--json")
    assert (status, json.loads(out)["verified"]) == (0, True)
