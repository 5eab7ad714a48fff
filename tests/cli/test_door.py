"""The door: what is asked of every command, whatever it is given."""

import errno
import io
import os
import subprocess
import sys

import pytest

from reluscape.cli import app, main, output

TABLE = "x,y\n0,0\n1,1\n2,0\n3,1.5\n"
QUICK = ["--target", "y", "--width", "1", "--trials", "10", "--max-width", "2", "--seconds", "3"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_the_package_is_a_program(folder):
    ended = subprocess.run([sys.executable, "-m", "reluscape", "--version"], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.split()[0]) == (0, "reluscape")


def test_an_output_that_has_no_bullets(folder, monkeypatch):
    spoken = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", spoken)
    with pytest.raises(SystemExit) as ended:
        main(["survey", "t.csv", *QUICK])
    spoken.flush()
    text = spoken.buffer.getvalue().decode("ascii")
    assert not ended.value.code
    assert "\n* One hidden unit" in text


@pytest.mark.parametrize("columns", ["0", "1", "no", "100000000"])
def test_a_width_of_the_terminal_that_cannot_be(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert output.console().width >= output.LEAST_WIDTH


def test_names_that_are_no_text(folder, capsys):
    name = os.fsdecode(b"t\xff\xfe.csv")
    (folder / name).write_text(TABLE)
    status, _, err = run(capsys, "survey", name, *QUICK)
    assert (status, err.count("Traceback")) == (0, 0)
    assert len(list(folder.glob("t?*/survey.html"))) == 1
    for words in (
        ["--target", "\udcff"],
        ["--target", "y", "--features", "\udcff"],
        ["--target", "y", "--drop", "\udc80"],
    ):
        status, _, err = run(capsys, "survey", "t.csv", *words)
        assert (status, len(err.splitlines())) == (2, 1), err


def test_help_has_two_names_and_points_to_the_command_itself(folder, capsys):
    assert run(capsys, "survey", "-h")[:2] == run(capsys, "survey", "--help")[:2]
    assert "(see reluscape survey --help)" in run(capsys, "survey", "t.csv")[2]


def test_a_defect_is_one_line_that_owns_up_to_it(folder, capsys, monkeypatch):
    def broken(text):
        raise ZeroDivisionError("a mistake\nof ours")

    monkeypatch.setattr("reluscape.cli.survey.names", broken)
    status, _, err = run(capsys, "survey", "t.csv", *QUICK)
    assert (status, len(err.splitlines())) == (2, 1)
    assert app.DEFECT in err
    assert "ZeroDivisionError in test_door.py" in err or "ZeroDivisionError in survey.py" in err
    monkeypatch.setenv(app.TRACEBACK, "1")
    assert "Traceback" in run(capsys, "survey", "t.csv", *QUICK)[2]


@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "No space left on device"), BrokenPipeError(), OSError()])
def test_a_fault_of_the_system_says_where(folder, capsys, monkeypatch, problem):
    def broken(text):
        raise problem

    monkeypatch.setattr("reluscape.cli.survey.names", broken)
    monkeypatch.setattr(output, "close_for_good", lambda: None)
    status, _, err = run(capsys, "survey", "t.csv", *QUICK)
    assert (status, len(err.splitlines())) == (2, 1)
    assert "output" in err


def test_one_line_has_no_signs_that_move_the_cursor():
    assert output.one_line("a\x1b[2J\n\tb\x00") == "a\\x1b[2J b\\x00"
    assert len(output.one_line("x" * 10**6)) <= output.LONGEST_LINE
