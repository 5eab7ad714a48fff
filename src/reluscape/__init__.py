"""reluscape: exact maps of the loss landscape of ReLU networks."""

from __future__ import annotations

import importlib
from typing import Any

from ._version import __version__

_EXPORTS = {
    "AssumptionError": "errors",
    "CertificateError": "errors",
    "DataWarning": "errors",
    "Dataset": "data",
    "DeepNet": "networks",
    "InputError": "errors",
    "ModelError": "errors",
    "Probability": "estimates",
    "ReluscapeError": "errors",
    "TooLarge": "errors",
    "TwoLayerNet": "networks",
    "exact_decimals": "exact",
    "verify": "certificates",
}

_MODULES = {"bounds", "constructions", "datasets", "requ"}

__all__ = ["__version__", *sorted(_EXPORTS), *sorted(_MODULES)]


def __getattr__(name: str) -> Any:
    """Import a public name from its room when it is first used (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _EXPORTS:
        value = getattr(importlib.import_module(f".{_EXPORTS[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
