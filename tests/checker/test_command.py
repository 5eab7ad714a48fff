"""`reluscape verify --standalone` prints a line that runs without the package, and its exit status is the answer."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys
import tomllib

import pytest

import reluscape as rs
from reluscape.certificates import standalone, write
from reluscape.cli import main
from tests.checker.standalone import PATH

STANDARD = {"__future__", "fractions", "hashlib", "json", "math", "operator", "sys"}


def ran(line, folder):
    """Status and output of a line, run by this Python in isolation: no site packages, no variables."""
    words = shlex.split(line)
    assert words[0] == "python3"
    alone = [sys.executable, "-I", "-S", *words[1:]]
    done = subprocess.run(alone, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["verify", *arguments])
    shown = capsys.readouterr()
    return ended.value.code, shown.out, shown.err


@pytest.fixture
def proof(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    certificate = rs.basin_value([["1", "1"], ["0", "1"]], ["1", "3"], [[1, 1]], [1], exact=True).certificate
    write("a proof.json", certificate)
    return certificate


def test_the_line_runs_and_its_status_is_the_answer(proof, capsys, tmp_path):
    status, line, _ = printed(capsys, "a proof.json", "--standalone")
    assert status == 0
    code, out = ran(line, tmp_path)
    assert (code, out.startswith("valid: ")) == (0, True)
    write("a proof.json", {**proof, "claim": {**proof["claim"], "value": "1/7"}})
    assert ran(line, tmp_path) == (1, "invalid: the point does not have the claimed value\n")
    (tmp_path / "a proof.json").write_text("[1, 2")
    assert ran(line, tmp_path) == (2, "malformed: this is no JSON\n")
    (tmp_path / "a proof.json").unlink()
    assert ran(line, tmp_path)[0] == 2


def test_a_table_becomes_a_file_of_exact_data(proof, capsys, tmp_path):
    del proof["data"]["X"], proof["data"]["y"]
    proof["data"]["table"] = {"target": "y", "bias": True, "regression": True}
    write("a proof.json", proof)
    (tmp_path / "t.csv").write_text("a,y\n1,1\n0,3\n")
    status, _, err = printed(capsys, "a proof.json", "--standalone")
    assert status == 2
    assert "--data" in err
    status, line, _ = printed(capsys, "a proof.json", "--standalone", "--data", "t.csv")
    assert status == 0
    assert json.loads((tmp_path / "a proof.data.json").read_text()) == {"X": [["1", "1"], ["0", "1"]], "y": ["1", "3"]}
    assert ran(line, tmp_path)[0] == 0
    (tmp_path / "t.csv").write_text("a,y\n1,1\n0,4\n")
    line = printed(capsys, "a proof.json", "--standalone", "--data", "t.csv")[1]
    assert ran(line, tmp_path)[0] == 1


def test_it_imports_nothing_but_the_standard_library():
    tree = ast.parse(PATH.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= STANDARD
    assert standalone.checker_path().samefile(PATH)


def test_no_function_of_it_is_longer_than_a_page():
    tree = ast.parse(PATH.read_text(encoding="utf-8"))
    sizes = {n.name: n.end_lineno - n.lineno + 1 for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    assert not {name: size for name, size in sizes.items() if size > 40}


def test_it_is_packed_with_the_sources_and_the_wheel():
    packed = tomllib.loads((PATH.parents[1] / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert "checker" in packed["sdist"]["include"]
    shared = packed["wheel"]["shared-data"]
    assert [tuple(to.split("/")) for source, to in shared.items() if PATH.samefile(PATH.parents[1] / source)] == [
        standalone.LAID
    ]
