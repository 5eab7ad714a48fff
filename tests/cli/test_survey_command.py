import json
import os
import subprocess
import sys

import pytest

from reluscape.cli import main
from reluscape.numbers import kernelcache

QUICK = ["--width", "1,2", "--trials", "20", "--max-width", "2", "--seconds", "3"]
LINE = "x,y\n" + "".join(f"{i}.5,{(i * 7) % 5}.25\n" for i in range(6))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_survey_writes_both_files_and_says_the_verdict(folder, capsys):
    (folder / "line.csv").write_text(LINE)
    status, out, err = run(capsys, "survey", "line.csv", "--target", "y", *QUICK)
    assert (status, err.replace("compiling kernels once", "").count("Traceback")) == (0, 0)
    report = json.loads((folder / "line" / "survey.json").read_text())
    assert report["schema"] == 1
    assert report["regions"]["value"] == 12
    words = " ".join(out.split())
    for line in report["verdict"]:
        assert " ".join(line.split()) in words
    page = (folder / "line" / "survey.html").read_text()
    assert len(page) < 3_000_000
    assert sorted(p.name for p in (folder / "line").iterdir()) == [
        "index.html",
        "report.html",
        "survey.html",
        "survey.json",
    ]


def test_json_prints_one_object_and_replaces_files(folder, capsys):
    (folder / "line.csv").write_text(LINE)
    target = folder / "results"
    target.mkdir()
    (target / "survey.json").write_text("old")
    status, out, _ = run(capsys, "survey", "line.csv", "--target", "y", "--json", "--out", "results", *QUICK)
    assert status == 0
    printed = json.loads(out)
    assert printed["verdict"] == json.loads((target / "survey.json").read_text())["verdict"]
    assert printed["command"].startswith("reluscape ")


def test_dry_run_writes_nothing(folder, capsys):
    (folder / "line.csv").write_text(LINE)
    status, out, _ = run(capsys, "survey", "line.csv", "--target", "y", "--dry-run")
    assert status == 0
    assert "exact" in out
    status, out, _ = run(capsys, "survey", "line.csv", "--target", "y", "--dry-run", "--json")
    assert json.loads(out)["regions_bound"] == "12"
    assert [p.name for p in folder.iterdir()] == ["line.csv"]


def test_a_dry_run_counts_the_columns_of_the_table(folder, capsys):
    (folder / "one.csv").write_text("x,y\n0,1\n1,2\n3,1\n")
    (folder / "two.csv").write_text("a,b,y\n0,1,1\n1,5,2\n3,2,1\n")
    words = ["--target", "y", "--dry-run", "--width", "1", "--trials", "1", "--seconds", "1"]
    one = " ".join(run(capsys, "survey", "one.csv", *words)[1].split())
    assert "3 rows, 1 input and a hidden bias (rank 2), 3 distinct hyperplanes" in one
    assert "1 random start for the width 1" in one
    assert "at most 1 second of work" in one
    two = " ".join(run(capsys, "survey", "two.csv", *words, "--no-bias")[1].split())
    assert "3 rows, 2 inputs (rank 2)" in two


def test_a_dry_run_says_what_is_left_out_and_drawn(folder, capsys):
    lines = [f"{k},{k % 7},{k % 3}" for k in range(2010)]
    (folder / "long.csv").write_text("\n".join([",x,y", *lines]) + "\n")
    words = ["survey", "long.csv", "--target", "y", "--regression", "--dry-run"]
    told = json.loads(run(capsys, *words, "--json")[1])["warnings"]
    assert any("2,000 of the 2,010 rows" in line or "2000" in line.replace(",", "") for line in told), told
    assert any("index" in line for line in told), told
    shown = " ".join(run(capsys, *words)[1].split())
    assert all(f"note: {' '.join(line.split())}" in shown for line in told)


BAD = [
    ("", [], "is empty"),
    ("x,y\n1,2\n", [], "1 usable row"),
    ("x,z\n1,2\n3,4\n", [], "no column 'y'"),
    ("x,y\n1,2\nnan,4\n2,3\n", [], "--drop-missing"),
    ("x,y\n1,2\n2,3\nabc,4\n", [], "'abc' is not a number"),
    ("t,y\n" + "".join(f"name{i},{i}\n" for i in range(30)), [], "--features"),
    ("x,y\n1,2\n2,2\n", [], "same value in every row"),
    ("x,y\n1,a\n2,b\n3,c\n", [], "--positive"),
    (LINE, ["--trainings", "0"], "trainings"),
    (LINE, ["--loss", "hinge"], "unknown loss"),
    (LINE, ["--width", "0"], "width 0"),
    (LINE, ["--width", "two"], "whole numbers"),
    (LINE, ["--trials", "0"], "trials"),
    (LINE, ["--law", "cauchy"], "unknown law"),
    (LINE, ["--seconds", "-1"], "above 0"),
    (LINE, ["--features", "q"], "no column 'q'"),
    ("x,y\n0,1\n0,2\n0,4\n", ["--no-bias"], "every input is zero"),
]


@pytest.mark.parametrize(("text", "options", "message"), BAD)
def test_each_fault_is_one_line_and_status_two(folder, capsys, text, options, message):
    (folder / "bad.csv").write_text(text)
    status, out, err = run(capsys, "survey", "bad.csv", "--target", "y", *options)
    assert status == 2
    assert out == ""
    lines = [line for line in err.strip().splitlines() if not line.startswith("compiling")]
    assert len(lines) == 1, err
    assert lines[0].startswith("reluscape survey: ")
    assert message in lines[0]
    assert [p.name for p in folder.iterdir()] == ["bad.csv"]


def test_wrong_arguments_and_version(folder, capsys):
    status, _, err = run(capsys, "survey", "none.csv", "--target", "y")
    assert (status, "no file none.csv" in err) == (2, True)
    status, _, err = run(capsys, "survey", "none.csv")
    assert (status, "--target" in err, len(err.strip().splitlines())) == (2, True, 1)
    status, _, err = run(capsys, "nonsense")
    assert status == 2
    status, out, _ = run(capsys, "--version")
    assert (status, out.startswith("reluscape 0.")) == (0, True)


def test_columns_named_like_markup_stay_text(folder, capsys):
    (folder / "m.csv").write_text(LINE.replace("x,y", "<script>alert(1)</script>,</script><b>y"))
    status, _, _ = run(capsys, "survey", "m.csv", "--target", "</script><b>y", *QUICK)
    assert status == 0
    page = (folder / "m" / "survey.html").read_text()
    assert "<script>alert(1)" not in page
    assert "</script><b>y" not in page


def test_conflicts_and_constant_columns_are_told(folder, capsys):
    (folder / "c.csv").write_text("x,same,y\n1,3,2\n1,3,4\n2,3,1\n5,3,2\n")
    status, out, _ = run(capsys, "survey", "c.csv", "--target", "y", *QUICK)
    assert status == 0
    assert "different targets" in " ".join(out.split())
    assert "'same' is constant" in " ".join(out.split())


def test_three_classes_several_targets_and_text_are_surveyed(folder, capsys):
    rows = "".join(f"{i % 7},{'fm'[i % 2]},{'abc'[i % 3]},{i % 5}.5\n" for i in range(18))
    (folder / "t.csv").write_text("x,sex,kind,z\n" + rows)
    for target, outputs in (("kind", 3), ("x,z", 2)):
        status, out, _ = run(capsys, "survey", "t.csv", "--target", target, "--trainings", "3", *QUICK)
        report = json.loads((folder / "t" / "survey.json").read_text())
        assert (status, report["data"]["outputs"]) == (0, outputs)
        assert "column 'sex' holds text" in " ".join(out.split())


def test_logistic_loss_on_two_classes(folder, capsys):
    (folder / "k.csv").write_text("a,k\n" + "".join(f"{i},{'yn'[i % 4 > 1]}\n" for i in range(12)))
    words = ["survey", "k.csv", "--target", "k", "--loss", "logistic", "--trainings", "3", "--json", *QUICK]
    status, out, _ = run(capsys, *words)
    report = json.loads(out)
    assert (status, report["data"]["loss"]) == (0, "logistic")
    assert report["losses"]["constant"]["value"] == pytest.approx(0.6931, abs=1e-4)


def test_two_classes_and_no_biases(folder, capsys):
    (folder / "k.csv").write_text("a,b,k\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n")
    words = ["survey", "k.csv", "--target", "k", "--no-bias", "--no-output-bias", "--json", *QUICK]
    status, out, _ = run(capsys, *words)
    report = json.loads(out)
    assert status == 0
    assert report["data"]["task"] == "classification"
    assert report["data"]["bias"] is False
    assert report["losses"]["best_network"]["accuracy"] is not None
    assert any("output bias" in line for line in report["verdict"])


def test_certificate_round_trip_and_tampering(folder, capsys):
    (folder / "line.csv").write_text(LINE)
    status, _, _ = run(capsys, "survey", "line.csv", "--target", "y", "--certificate", "proof.json", *QUICK)
    assert status == 0
    status, out, _ = run(capsys, "verify", "proof.json")
    assert (status, out.startswith("verified")) == (0, True)
    proof = json.loads((folder / "proof.json").read_text())
    value = proof["claim"]["value"]
    proof["claim"]["value"] = "1/7" if value != "1/7" else "1/9"
    (folder / "forged.json").write_text(json.dumps(proof))
    status, out, _ = run(capsys, "verify", "forged.json")
    assert (status, out.startswith("NOT verified")) == (1, True)
    assert run(capsys, "verify", "forged.json", "--data", "line.csv")[0] == 1
    (folder / "junk.json").write_text("{")
    status, _, err = run(capsys, "verify", "junk.json")
    assert (status, "not a JSON file" in err) == (2, True)


def test_a_proof_names_how_its_table_was_read(folder, capsys):
    """The table alone is enough to verify: columns, rows, classes and biases are those of the survey."""
    lines = [f"{i},{i * i % 7},{i % 3},{'yes' if i % 2 else 'no'}" for i in range(9)] + [",1,1,yes"]
    (folder / "t.csv").write_text("a,b,junk,k\n" + "\n".join(lines) + "\n")
    how = ["--drop", "junk", "--drop-missing", "--rows", "5", "--positive", "no", "--no-bias", "--seed", "3"]
    words = ["survey", "t.csv", "--target", "k", *how, "--certificate", "proof.json", *QUICK]
    assert run(capsys, *words)[0] == 0
    assert run(capsys, "verify", "proof.json", "--data", "t.csv")[0] == 0
    (folder / "u.csv").write_text("a,b,junk,k\n" + "\n".join(f"{i},{i},1,{'yes' if i > 2 else 'no'}" for i in range(7)))
    status, out, _ = run(capsys, "verify", "proof.json", "--data", "u.csv")
    assert (status, "not the data of this certificate" in out) == (1, True)


def test_interrupted_leaves_no_file(tmp_path):
    (tmp_path / "line.csv").write_text("a,b,y\n" + "".join(f"{i},{i * i % 17},{i * 5 % 11}.5\n" for i in range(40)))
    # the survey interrupts itself when its first training begins, however long a machine takes to get there
    program = """
import os, signal, sys
from reluscape.cli import main, output

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs in its background ignore interrupts

class Interrupting(output.Progress):
    def __call__(self, what, share):
        if what.startswith("training"):
            os.kill(os.getpid(), signal.SIGINT)

output.Progress = Interrupting
main()
"""
    command = [sys.executable, "-c", program, "survey", "line.csv", "--target", "y", "--seconds", "60"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["line.csv"]


def test_an_unwritable_kernel_folder_falls_back(tmp_path, monkeypatch):
    monkeypatch.delenv(kernelcache.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: str(path).startswith(str(tmp_path)))
    assert kernelcache.prepare() is True
    assert os.environ[kernelcache.VARIABLE].startswith(str(tmp_path))
    monkeypatch.delenv(kernelcache.VARIABLE)
