"""Where compiled kernels are kept: beside the package, or in a folder of the user's where that cannot be written."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from .._version import __version__

VARIABLE = "NUMBA_CACHE_DIR"
PICKLE_END = b"."
PACKAGE = Path(__file__).parent.parent
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
        for file in (*package.rglob("*.nbi"), *package.rglob("*.nbc"), *stamp.parent.glob("kernels-*")):
            file.unlink()
        stamp.parent.mkdir(exist_ok=True)
        stamp.touch()


def prepare() -> bool:
    """Choose a folder for compiled kernels before numba is imported; return whether it still holds none.

    The folder beside the package is left to numba. Where it cannot be written, a folder in the user's cache is named
    in the environment, where that fails too a temporary one, and where there is none kernels are not kept.
    """
    package = PACKAGE
    setting = os.environ.get(VARIABLE)
    if setting is None and not os.access(package / "solvers", os.W_OK):
        folder = _user_folder()
        if folder is None:
            KERNEL["cache"] = INNER["cache"] = False
            return True
        setting = str(folder)
        os.environ[VARIABLE] = setting
    place = Path(setting) if setting else package
    forget_cut(place)
    return next(place.rglob("*.nbi"), None) is None


def forget_cut(place: Path) -> None:
    """Delete kept kernels that a killed run or a full disk left empty or cut; they are compiled again.

    Each file of numba's ends with the last sign of a pickle; nothing is unpickled to see that.
    """
    for file in (*place.rglob("*.nbi"), *place.rglob("*.nbc")):
        with contextlib.suppress(OSError):
            with file.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(size - 1, 0))
                whole = stream.read() == PICKLE_END
            if not whole:
                file.unlink()


def forget_all() -> None:
    """Delete every kept kernel: one of them cannot be read although it is whole."""
    setting = os.environ.get(VARIABLE)
    place = Path(setting) if setting else PACKAGE
    for file in (*place.rglob("*.nbi"), *place.rglob("*.nbc")):
        with contextlib.suppress(OSError):
            file.unlink()


def _user_folder() -> Path | None:
    """Return a writable folder of the user's, or a temporary one, or None where there is neither."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
        folder = Path(base) / "reluscape" / f"kernels-{__version__}"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):  # without a home folder Python raises the second
        pass
    try:
        return Path(tempfile.mkdtemp(prefix="reluscape-kernels-"))
    except OSError:
        return None
