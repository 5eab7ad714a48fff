"""Files that appear whole or not at all, and files of bounded size that are read without a hang."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from ..errors import InputError

# more than any table, plan or network that can be worked on
MOST_BYTES = 500_000_000
# letters of a file's name in that of the file beside it
SHORT_NAME = 40


def write_atomic(path: str | Path, content: str | bytes) -> Path:
    """Write a file beside its place and rename it, so that no reader ever sees half of it.

    Raises:
        InputError: the folder is missing or cannot be written to, or a folder, pipe or device has that name.
    """
    path = Path(path)
    refuse_what_is_no_file(path)
    # a file's name may hold bytes that are no text; inside JSON their escapes mean the same
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:SHORT_NAME]}.", dir=path.parent or ".")
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}; choose another folder") from None
    except ValueError:
        raise InputError(f"{shown(path)} is not a name that a file can have; choose another") from None
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


def refuse_what_is_no_file(path: Path) -> None:
    """Refuse a place where a folder, a pipe or a device stands: a new file, renamed, would take its place.

    Raises:
        InputError: names what stands there.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return  # nothing is there, or what keeps the file from being written is told when it is
    if not stat.S_ISREG(mode):
        raise InputError(f"{shown(path)} is {_what(mode)}; give the name of a file")


def read_limited(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a regular file of a bounded size; pipes, devices and folders are refused before any reading.

    Args:
        path: the file.
        most: the largest number of bytes that is read.

    Raises:
        InputError: no such file, no regular file, no permission, a name no file can have, or more bytes than `most`.
    """
    name = shown(path)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"there is no file {name}; check the name") from None
    except OSError as problem:
        raise InputError(f"cannot read {name}: {problem.strerror}") from None
    except ValueError:  # a null character, or one that no file system writes
        raise InputError(f"{name} is not a name that a file can have") from None
    kind = os.fstat(handle)
    if not stat.S_ISREG(kind.st_mode):
        os.close(handle)
        raise InputError(f"{name} is not a regular file but {_what(kind.st_mode)}; give a file")
    with os.fdopen(handle, "rb") as stream:
        content = stream.read(most + 1) if kind.st_size <= most else None
    if content is None or len(content) > most:
        raise InputError(f"{name} has more than {most:,} bytes, the most that is read here")
    return content


def read_text(path: str | Path, most: int = MOST_BYTES) -> str:
    """Return the text of a regular UTF-8 file of a bounded size; see `read_limited`."""
    try:
        return read_limited(path, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{shown(path)} is not a text file in UTF-8") from None


def shown(path: str | Path) -> str:
    """Return a path as text that any screen can print."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def _what(mode: int) -> str:
    """Return what stands at a path that is no regular file."""
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((word for test, word in kinds if test(mode)), "a device")
