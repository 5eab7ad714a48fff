"""A stranger's first ten minutes: the README's commands as they stand there, in an empty folder, without a network."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reluscape.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
FENCES = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s/`&])reluscape ((?:survey|explain|census|design|verify)\b[^`\n]*)")


def commands():
    """Return every command line of the README that has no placeholder in it, without what installs the package."""
    told = COMMAND.findall(README)
    return [words for words in dict.fromkeys(told) if not re.search(r"[A-Z]{3}", words)]


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """An empty folder beside the examples, an empty home, and no way out."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    def refused(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    return tmp_path


def test_the_readme_has_a_command_to_try():
    assert commands()
    assert sum(kind == "python" for kind, _ in FENCES) >= 1


@pytest.mark.parametrize("words", commands())
def test_every_command_of_the_readme_runs_and_leaves_its_page(words, stranger, capsys):
    arguments = shlex.split(words)
    short = ["--trials", "10", "--trainings", "2", "--width", "1,2", "--max-width", "2", "--seconds", "4"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *(short if arguments[0] == "survey" else [])])
    assert not ended.value.code
    capsys.readouterr()
    folder = stranger / Path(arguments[1]).stem
    assert (folder / f"{arguments[0]}.html").stat().st_size > 10_000
    assert json.loads((folder / f"{arguments[0]}.json").read_text("utf-8"))["schema"] == 1
    assert f'href="{arguments[0]}.html"' in (folder / "index.html").read_text("utf-8")


def test_explain_and_verify_of_the_example_network(stranger, capsys):
    words = ["explain", "examples/linnerud_net.npz", "examples/linnerud.csv", "--target", "weight"]
    for arguments in ([*words, "--features", "chins"], ["verify", "nothing.json"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr().err.strip()
        assert (ended.value.code, len(said.splitlines())) == (2, 1), said


@pytest.mark.parametrize("words", [["--help"], ["survey", "-h"], ["--version"], []])
def test_the_program_answers_on_a_terminal_of_plain_letters(words, stranger):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path), "HOME": "."}
    run = subprocess.run(
        [sys.executable, "-m", "reluscape", *words], capture_output=True, env=environment, check=False, timeout=300
    )
    assert run.returncode in (0, 2)
    assert b"Traceback" not in run.stderr
    assert run.stdout.decode("ascii").strip()
    assert "<bool>" not in run.stdout.decode("ascii")


def test_a_notebook_shows_an_answer_and_a_picture():
    import reluscape as rs

    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    told = rs.explain(rs.TwoLayerNet([[-1, -1, -1], [-1, 0, -1]], [1, -1], 0.5), X, y, loss="squared")
    shown = told._repr_html_()
    assert "local minimum" in shown
    assert len(repr(told)) < 3000


def test_the_site_lists_pages_that_exist():
    pages = re.findall(r": ([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert len(pages) > 15
    assert [page for page in pages if page != "index.md" and not (ROOT / "docs" / page).exists()] == []
