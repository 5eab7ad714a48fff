"""The file of a store: told from foreign and damaged ones before a byte is written, made whole, held by one driver."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import InputError
from ..numbers.files import refuse_what_is_no_file

APPLICATION_ID = 0x52454C55
SCHEMA = 1
HEADER = 100
LEFT_ALONE = "it is left as it is, choose another --store"

TABLES = """
create table meta (key text primary key, value text not null) without rowid;
create table cell (cell integer primary key, quantity text not null, parameters text not null);
create table chunk (
  cell integer, chunk integer, trials integer not null, status text not null, message text not null,
  trial_values blob, primary key (cell, chunk)
) without rowid;
create table statistic (
  cell integer, name text, chunk integer,
  count integer not null, missing integer not null, total real, deviations real, least real, most real,
  primary key (cell, name, chunk)
) without rowid;
"""


def check(path: Path) -> None:
    """Refuse a file that is no store, or a damaged one; nothing is written to it.

    Raises:
        InputError: with one line that says what the file is.
    """
    refuse_what_is_no_file(path)
    with path.open("rb") as handle:
        head = handle.read(HEADER)
    if len(head) < HEADER or head[:16] != b"SQLite format 3\x00":
        raise InputError(f"{path.name} is no store of a sweep; {LEFT_ALONE}")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise InputError(f"{path.name} is another program's SQLite file; {LEFT_ALONE}")
    if int.from_bytes(head[60:64], "big") != SCHEMA:
        raise InputError(f"{path.name} was made by another version of this package; {LEFT_ALONE}")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    size = path.stat().st_size
    if size < page * pages and not _unapplied(path):
        raise InputError(
            f"{path.name} is truncated ({size:,} of {page * pages:,} bytes); it is left as it is: restore a copy, or "
            "move it away and start again"
        )
    _check_content(path)


def _unapplied(path: Path) -> bool:
    """Return whether a log of a driver that was killed, or still runs, stands beside the file."""
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _check_content(path: Path) -> None:
    """Look through the pages; a file with a log beside it is read with the log, and checked in a copy in memory."""
    try:
        with contextlib.closing(_reader(path)) as there:
            answer = there.execute("pragma quick_check(1)").fetchone()
    except sqlite3.DatabaseError as problem:
        raise _damaged(path, problem) from None
    if answer is None or answer[0] != "ok":
        raise _damaged(path, "nothing" if answer is None else str(answer[0]).splitlines()[-1])


def _reader(path: Path) -> sqlite3.Connection:
    """Open a file for reading only; without a log beside it, it is not even locked."""
    options = "mode=ro" if _unapplied(path) else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)


def _damaged(path: Path, problem: object) -> InputError:
    return InputError(
        f"{path.name} is damaged ({problem}); it is left as it is: restore a copy, or move it away and start again"
    )


@contextlib.contextmanager
def created(path: Path) -> Iterator[sqlite3.Connection]:
    """Make a store beside its place and rename it when the block ends, so that a half-made one never stands there.

    Raises:
        InputError: the folder cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}; choose another folder") from None
    os.close(handle)
    try:
        with contextlib.closing(sqlite3.connect(name, isolation_level=None)) as fresh:
            fresh.execute("pragma journal_mode=memory")
            fresh.execute(f"pragma application_id={APPLICATION_ID}")
            fresh.execute(f"pragma user_version={SCHEMA}")
            fresh.executescript(TABLES)
            fresh.execute("begin")
            yield fresh
            fresh.execute("commit")
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    finally:
        if os.path.exists(name):
            os.unlink(name)


def lock(path: Path) -> sqlite3.Connection:
    """Hold an exclusive lock beside the store for as long as this driver lives; the system frees it if it dies.

    Raises:
        InputError: another driver holds it, the folder cannot be written to, or the path is a folder, pipe or device.
    """
    refuse_what_is_no_file(path)
    connection = None
    try:
        connection = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
        connection.execute("pragma locking_mode=exclusive")
        connection.execute("begin exclusive")
        connection.execute("create table if not exists holder (process integer)")
        connection.execute("delete from holder")
        connection.execute("insert into holder values (?)", (os.getpid(),))
    except sqlite3.DatabaseError as problem:
        if connection is not None:
            connection.close()
        if "locked" in str(problem):
            raise InputError(
                f"another driver is writing to {path.name}; wait for it or choose another --store"
            ) from None
        raise InputError(f"cannot lock {path}.lock ({problem}); choose another folder") from None
    return connection
