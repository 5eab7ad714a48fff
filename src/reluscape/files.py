"""Files that appear whole or not at all: written beside and renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import InputError


def write_atomic(path: str | Path, content: str | bytes) -> Path:
    """Write a file beside its place and rename it, so that no reader ever sees half of it.

    Raises:
        InputError: the folder is missing or cannot be written to.
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent or ".")
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}; choose another folder") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}; choose another folder") from None
    finally:
        if os.path.exists(name):
            os.unlink(name)
    return path
