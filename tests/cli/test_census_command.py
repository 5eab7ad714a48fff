import json

import pytest

from reluscape.cli import main

LINE = "x,y\n-2,1\n-1,-1\n0.5,2\n1,0\n2.5,1.5\n"
QUICK = ["--target", "y", "--trials", "30"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "line.csv").write_text(LINE)
    return tmp_path


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_census_writes_files_says_the_verdict_and_its_proof_verifies(folder, capsys):
    status, out, _ = run(capsys, "census", "line.csv", *QUICK, "--width", "1", "--certificate", "proof.json")
    assert status == 0
    report = json.loads((folder / "line" / "census.json").read_text())
    assert (report["schema"], report["kind"], report["valley_count"]) == (1, "census", 5)
    words = " ".join(out.split())
    assert " ".join(report["verdict"][0].split()) in words
    assert "0.902" in words
    assert (folder / "line" / "census.html").stat().st_size < 3_000_000
    status, out, _ = run(capsys, "verify", "proof.json")
    assert (status, "verified (bundle)" in out) == (0, True)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(folder, capsys):
    words = ["census", "line.csv", *QUICK, "--width", "1", "--certificate", "nowhere/proof.json"]
    status, _, err = run(capsys, *words)
    assert (status, "there is no folder nowhere" in err) == (2, True)
    assert [p.name for p in folder.iterdir()] == ["line.csv"]


def test_json_prints_one_object(folder, capsys):
    status, out, _ = run(capsys, "census", "line.csv", *QUICK, "--width", "2", "--json", "--height-cap", "0.9")
    assert status == 0
    assert json.loads(out)["settings"]["height_cap"] == 0.9


def test_dry_run_writes_nothing(folder, capsys):
    status, out, _ = run(capsys, "census", "line.csv", *QUICK, "--width", "2", "--dry-run")
    assert (status, "210 basins" in out) == (0, True)
    assert [p.name for p in folder.iterdir()] == ["line.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--width", "0"], "at least 1"),
        (["--width", "9"], "feasible: width"),
        (["--width", "1", "--height-cap", "0.1"], "below the lowest loss"),
        (["--width", "1", "--trials", "0"], "trials"),
        (["--width", "1", "--law", "odd"], "unknown law"),
        (["--width", "two"], "valid integer"),
    ],
)
def test_bad_input_is_one_line(folder, capsys, words, said):
    options = [*QUICK, *words] if "--trials" not in words else ["--target", "y", *words]
    status, out, err = run(capsys, "census", "line.csv", *options)
    assert (status, out) == (2, "")
    lines = [line for line in err.splitlines() if "compiling" not in line]
    assert len(lines) == 1
    assert said in lines[0]
    assert [p.name for p in folder.iterdir()] == ["line.csv"]
