"""The face of every package: the lazy table, the stub beside it and what is really there agree."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import reluscape

ROOT = Path(reluscape.__file__).parent
FACES = sorted(path.parent for path in ROOT.rglob("__init__.pyi"))
MOST_NAMES_AT_THE_TOP = 21


def package(folder):
    return ".".join((ROOT.name, *folder.relative_to(ROOT).parts))


def stub_names(folder):
    """Return the names that a stub hands on, each with the file it names and its name there."""
    tree = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        (alias.asname or alias.name): ("." * node.level + (node.module or ""), alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("folder", FACES, ids=package)
def test_stub_and_table_name_the_same_things(folder):
    module = importlib.import_module(package(folder))
    assert set(stub_names(folder)) == set(module.__all__)


@pytest.mark.parametrize("folder", FACES, ids=package)
def test_every_name_is_there_and_comes_from_the_file_that_the_stub_names(folder):
    module = importlib.import_module(package(folder))
    for name, (file, there) in stub_names(folder).items():
        value = getattr(module, name)
        source = importlib.import_module(file, package(folder)) if file.strip(".") else module
        assert getattr(source, there) is value, name


def test_every_package_that_hands_names_on_has_a_stub():
    lazy = {path.parent for path in ROOT.rglob("__init__.py") if "lazy_getattr(" in path.read_text(encoding="utf-8")}
    assert lazy == set(FACES)


def test_few_names_stand_at_the_top():
    names = [p.name for p in ROOT.iterdir() if p.suffix == ".py" or (p.is_dir() and p.name != "__pycache__")]
    assert len(names) <= MOST_NAMES_AT_THE_TOP, sorted(names)


def test_importing_the_package_imports_nothing_heavy():
    heavy = ("numpy", "scipy", "numba", "flint", "torch", "matplotlib", "plotly", "sklearn")
    script = f"import sys, reluscape; print(*[m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


RIGHT = """
import reluscape as rs

verdict = rs.certify([[1]], [1], [[1]], [1], loss="squared")
rs.survey([[1], [2]], [1, 3], trials=5, file="a").report
width: int = rs.TwoLayerNet([[1]], [1]).W.shape[0]
"""
WRONG = """
import reluscape as rs

rs.certify([[1]], [1], [[1]], [1], los="squared")
rs.survey([[1], [2]], [1, 3], trails=5)
rs.explain("net.npz", [[1]], [1], fil="a")
"""


def test_a_misspelt_argument_is_an_error_to_a_type_checker(tmp_path):
    api = pytest.importorskip("mypy.api")
    for name, text in {"right": RIGHT, "wrong": WRONG}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    options = ["--follow-imports=silent", "--ignore-missing-imports", f"--cache-dir={tmp_path / 'cache'}"]
    out, err, status = api.run([*options, str(tmp_path / "right.py"), str(tmp_path / "wrong.py")])
    assert status == 1, out + err
    problems = [line for line in out.splitlines() if ": error: " in line]
    assert all("wrong.py" in problem for problem in problems)
    for problem, (name, function) in zip(
        problems, (("los", "certify"), ("trails", "survey"), ("fil", "explain")), strict=True
    ):
        assert f'Unexpected keyword argument "{name}" for "{function}"' in problem


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("survey", ([[1], [2]], [1, 3])),
        ("landscape", ([[1], [2]], [1, 3])),
        ("explain", (reluscape.TwoLayerNet([[1]], [1]), [[1]], [1])),
        ("certify_model", (reluscape.TwoLayerNet([[1]], [1]), [[1]], [1])),
    ],
)
def test_a_misspelt_option_is_refused_in_python_s_own_words(function, given):
    with pytest.raises(TypeError, match=rf"{function}\(\) got an unexpected keyword argument 'los'"):
        getattr(reluscape, function)(*given, los=1)
