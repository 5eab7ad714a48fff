"""Where compiled kernels are kept: beside the package, or in a folder of the user's where that cannot be written."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from ._version import __version__

VARIABLE = "NUMBA_CACHE_DIR"
PACKAGE = Path(__file__).parent
# options of every compiled kernel; nobody asks for an address that C could call, and compiling one takes time
KERNEL = {"nogil": True, "cache": True, "no_cfunc_wrapper": True}
# options of a kernel that only kernels call
INNER = {**KERNEL, "no_cpython_wrapper": True}


def forget_other_versions(package: Path = PACKAGE, version: str = __version__) -> None:
    """Delete kernels that another version of this package left beside it.

    Numba keeps a kernel for as long as its own file is the same, also where a kernel that it calls has changed.
    """
    stamp = package / "__pycache__" / f"kernels-{version}"
    if stamp.exists():
        return
    with contextlib.suppress(OSError):
        for kept in (*package.rglob("*.nbi"), *package.rglob("*.nbc"), *stamp.parent.glob("kernels-*")):
            kept.unlink()
        stamp.parent.mkdir(exist_ok=True)
        stamp.touch()


def prepare() -> bool:
    """Choose a folder for compiled kernels before numba is imported; return whether it still holds none.

    The folder beside the package is left to numba. Where it cannot be written, a folder in the user's cache is named
    in the environment, and where that fails too a temporary one.
    """
    package = PACKAGE
    chosen = os.environ.get(VARIABLE)
    if chosen is None and not os.access(package / "solvers", os.W_OK):
        chosen = str(_user_folder())
        os.environ[VARIABLE] = chosen
    place = Path(chosen) if chosen else package
    return next(place.rglob("*.nbi"), None) is None


def _user_folder() -> Path:
    """Return a writable folder of the user's, or a temporary one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    folder = Path(base) / "reluscape" / f"kernels-{__version__}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="reluscape-kernels-"))
