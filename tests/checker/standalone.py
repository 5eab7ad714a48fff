"""The checker that stands alone, loaded from its file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[2] / "checker" / "reluscape_check.py"


def _loaded():
    spec = importlib.util.spec_from_file_location("reluscape_check", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKER = _loaded()
