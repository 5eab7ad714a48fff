"""Where compiled kernels are kept: beside the package, or in a folder of the user's where that cannot be written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"


def prepare() -> bool:
    """Choose a folder for compiled kernels before numba is imported; return whether it still holds none.

    The folder beside the package is left to numba. Where it cannot be written, a folder in the user's cache is named
    in the environment, and where that fails too a temporary one.
    """
    package = Path(__file__).parent
    chosen = os.environ.get(VARIABLE)
    if chosen is None and not os.access(package / "solvers", os.W_OK):
        chosen = str(_user_folder())
        os.environ[VARIABLE] = chosen
    place = Path(chosen) if chosen else package
    return next(place.rglob("*.nbi"), None) is None


def _user_folder() -> Path:
    """Return a writable folder of the user's, or a temporary one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    folder = Path(base) / "reluscape" / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="reluscape-kernels-"))
