"""What is imported when it is first used: public names of a package (PEP 562), and axes to draw on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any


def lazy_getattr(
    package: str, exports: Mapping[str, str], modules: Mapping[str, str] = MappingProxyType({})
) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package.

    A name stays with its function also when a file of the same name (jacobian, design, ...) is imported.

    Args:
        package: its `__name__`.
        exports: public name -> file, relative to the package (".design").
        modules: names that stand for files themselves, and the files.
    """

    class Face(ModuleType):
        def __setattr__(self, name: str, value: Any) -> None:
            if not (name in exports and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    def get(name: str) -> Any:
        if name in modules:
            return importlib.import_module(modules[name], package)
        if name in exports:
            value = getattr(importlib.import_module(exports[name], package), name)
            vars(sys.modules[package])[name] = value
            return value
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    sys.modules[package].__class__ = Face
    return get


def axes(ax: Any = None) -> Any:
    """Return axes to draw on: those given, else new ones of Matplotlib, which is imported only then."""
    if ax is not None:
        return ax
    return importlib.import_module("matplotlib.pyplot").subplots(layout="constrained")[1]
