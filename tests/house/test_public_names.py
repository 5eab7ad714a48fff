"""No name that the package has handed out is ever lost: a table of names kept apart from the package's own lists."""

import ast
from pathlib import Path

import pytest

import reluscape

HERE = Path(__file__).parent
SOURCE = Path(reluscape.__file__).parent


def table():
    """Return the names that were public, by the package that hands them on."""
    lines = (HERE / "public_names.txt").read_text().splitlines()
    return {line.split(":")[0]: line.split(":")[1].split() for line in lines if line and not line.startswith("#")}


def handed_on(package):
    """Return the names of a package's stub, read as text."""
    tree = ast.parse((SOURCE / package.replace(".", "/") / "__init__.pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


@pytest.mark.parametrize("package", ["", "bounds", "requ"])
def test_every_name_that_was_public_still_is(package):
    lost = set(table()[package or "reluscape"]) - handed_on(package)
    assert not lost


@pytest.mark.parametrize("module", ["constructions", "datasets"])
def test_functions_of_modules_are_still_there(module):
    there = getattr(reluscape, module)
    assert not [name for name in table()[module] if not callable(getattr(there, name, None))]
