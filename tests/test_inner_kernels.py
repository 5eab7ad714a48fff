"""A kernel without an entry for Python crashes the process that calls it: only kernels may import one."""

import ast
import re
from pathlib import Path

import pytest

import reluscape

PACKAGE = Path(reluscape.__file__).parent
# what makes a function a kernel
WORDS = {"njit", "inner", "kernel"}
ROOTS = (PACKAGE, Path(__file__).parent)


def inner_kernels(path):
    """Names of the functions of a module that are decorated with the options INNER."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(name, ast.Name) and name.id in ("INNER", "inner")
            for call in node.decorator_list
            for name in ast.walk(call)
        ):
            yield node.name


MODULES = {
    path: names
    for path in sorted(PACKAGE.rglob("*.py"))
    if ("INNER" in path.read_text() or "@inner" in path.read_text()) and (names := set(inner_kernels(path)))
}


def called(tree, module, own):
    """Names of a module that are used outside compiled functions, as names or as its attributes."""
    compiled = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(WORDS & set(re.findall(r"\w+", ast.unparse(call))) for call in node.decorator_list)
        for inside in ast.walk(node)
    }
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (own or (node.module or "").split(".")[-1] == module)
        for alias in node.names
    }
    # the plain form is Python, which cannot crash
    plain = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "plain"}
    for node in ast.walk(tree):
        if id(node) in compiled or id(node) in plain:
            continue
        if isinstance(node, ast.Name) and (own or node.id in imported):
            yield imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module:
            yield node.attr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_only_kernels_call_kernels_without_an_entry(module):
    for root in ROOTS:
        for path in root.rglob("*.py"):
            text = path.read_text()
            if module.stem in text or path == module:
                found = MODULES[module] & set(called(ast.parse(text), module.stem, path == module))
                assert not found, f"{path} calls {found} of {module.stem}"


def test_there_are_such_kernels():
    assert MODULES
