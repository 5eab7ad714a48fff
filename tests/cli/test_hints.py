"""Every option that an error or a note of a command names is an option of that command."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest
import typer

import reluscape as rs
from reluscape.cli import main
from reluscape.cli.app import app

SOURCE = Path(rs.__file__).parent
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
COMMANDS = typer.main.get_command(app).commands
KNOWN = {name: {o for p in c.params for o in p.opts} | {"--help"} for name, c in COMMANDS.items()}
# of other programs, or of style sheets
FOREIGN = {"--nthreads", "--lifetime", "--lifetime-stagger", "--line", "--link", "--ink", "--paper"}

ROWS = np.random.default_rng(0).normal(size=(12, 2)).round(2).tolist()


def table(path, *columns, head="a,b,y", rows=ROWS):
    """Write inputs and further columns as a table."""
    lines = [",".join(map(str, [*row, *(column(i) for column in columns)])) for i, row in enumerate(rows)]
    path.write_text("\n".join([head, *lines]) + "\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with tables that are wrong in every way that a hint is known for, and three models."""
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "three.csv", lambda i: "pqr"[i % 3])
    table(tmp_path / "whole.csv", lambda i: i % 4)
    table(tmp_path / "texts.csv", lambda i: f"t{i}")
    table(tmp_path / "odd.csv", lambda i: i if i else "x")
    table(tmp_path / "same.csv", lambda i: 5)
    table(tmp_path / "good.csv", lambda i: i * i / 8)
    table(tmp_path / "gaps.csv", lambda i: "" if i == 3 else i, lambda i: i / 2, head="a,b,g,y")
    table(tmp_path / "words.csv", lambda i: f"w{i}", lambda i: i / 2, head="a,b,w,y")
    table(tmp_path / "flat.csv", lambda i: 1, lambda i: i / 2, head="a,b,f,y")
    table(tmp_path / "names.csv", lambda i: 7 * i, lambda i: i / 2, head="a,b,id,y")
    table(tmp_path / "one.csv", lambda i: 3, rows=ROWS[:1])
    table(tmp_path / "long.csv", lambda i: i / 7, rows=ROWS * 200)
    (tmp_path / "alone.csv").write_text("y\n1\n2\n3\n")
    (tmp_path / "file").write_text("x")
    draw = np.random.default_rng(1).normal
    np.savez(tmp_path / "net.npz", W=draw(size=(3, 2)), b=draw(size=3), v=draw(size=3), c=np.array(0.1))
    np.savez(tmp_path / "wide.npz", W=draw(size=(3, 4)), b=draw(size=3), v=draw(size=3), c=np.array(0.1))
    np.savez(tmp_path / "three.npz", W1=draw(size=(3, 2)), b1=draw(size=3), W2=draw(size=(3, 3)), b2=draw(size=3))
    return tmp_path


TABLES = ["three", "whole", "texts", "odd", "same", "gaps", "words", "flat", "names", "one", "long", "alone"]
ALL = [["--target", "nope"], ["--features", "a,y"], ["--features", "q"], ["--drop", "a,b"], ["--out", "file"]]
OWN = {
    "survey": [["--loss", "logistic"], ["--loss", "bce"], ["--rows", "1"], ["--positive", "no"], ["--free-biases"]],
    "census": [
        ["--loss", "logistic", "--weight-decay", "1"], ["--loss", "bce", "--weight-decay", "1"], ["--width", "0"],
        ["--rows", "1"], ["--positive", "no"], ["--free-biases"], ["--width", "9"], ["--loss", "huber"],
    ],
    "design": [["--rows", "1"], ["--positive", "no"], ["--steps", "0"], ["--base", "1"]],
    "explain": [
        ["--loss", "logistic"], ["--loss", "bce"], ["--free-biases"], ["--labels", "p"], ["--labels", "p=0,q=1"],
        ["--test", "alone.csv"], ["--scaler", "alone.csv"], ["--weight-decay", "1", "--ignore-weight-decay"],
    ],
}  # fmt: skip
START = {"survey": ["--dry-run"], "census": ["--width", "1"], "design": [], "explain": []}


def told(capsys, *words):
    """Return what a command says."""
    with pytest.raises(SystemExit):
        main(list(words))
    out = capsys.readouterr()
    return out.out + out.err


def calls():
    """Yield the words of every call that is tried."""
    for name, own in OWN.items():
        first = [name, "net.npz"] if name == "explain" else [name]
        target = ["--target", "y", "--out", "o"]
        for other in TABLES if name != "explain" else [t for t in TABLES if t not in ("long", "flat", "names")]:
            start = START[name] if name != "census" else [*START[name], "--dry-run"]
            yield [*first, f"{other}.csv", *target, *start]
        for extra in [*ALL, *own]:
            yield [*first, "good.csv", *target, *START[name], *extra]
    yield from (["explain", f"{model}.npz", "good.csv", "--target", "y", "--out", "o"] for model in ("wide", "three"))


def test_every_hint_names_an_option_of_its_command(folder, capsys):
    hints = set()
    for words in calls():
        for option in OPTION.findall(told(capsys, *words)):
            assert option in KNOWN[words[0]], (words, option)
            hints.add((words[0], option))
    assert {("survey", "--positive"), ("explain", "--labels"), ("census", "--positive"), ("design", "--rows")} <= hints


def test_labels_are_asked_for_by_what_the_command_has(folder, capsys):
    assert "--labels NEG=-1,POS=1" in told(capsys, "explain", "net.npz", "good.csv", "--target", "y", "--loss=logistic")
    for name, more in (("survey", []), ("census", ["--width", "1", "--weight-decay", "1"])):
        text = told(capsys, name, "good.csv", "--target", "y", "--loss", "logistic", *more)
        assert "--positive CLASS" in text
        assert "--labels" not in text


def test_every_option_in_the_source_belongs_to_some_command():
    known = set().union(*KNOWN.values(), {"--version"})
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for option in OPTION.findall(node.value):
                    assert option in known | FOREIGN, (path.name, node.lineno, option)
