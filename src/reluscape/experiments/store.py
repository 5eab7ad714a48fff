"""The store of a sweep: one SQLite file, written by its driver alone, that says what is done."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import platform
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .plan import Sweep

APPLICATION_ID = 0x52454C55
SCHEMA = 1
STATISTICS = ("count", "missing", "sum", "sum_squares", "least", "most")


@dataclass(frozen=True)
class ChunkResult:
    """What one unit of work gave: per named number the statistics, or why there are none.

    Attributes:
        cell: index of the cell.
        chunk: number of the chunk inside the cell.
        status: "done", "failed" (an error was raised) or "crashed" (the worker died each time).
        names: the numbers measured in each trial.
        values: (trials, len(names)) floats; NaN where a number does not exist in a trial.
        message: the error's line, or empty.
    """

    cell: int
    chunk: int
    status: str
    names: tuple[str, ...] = ()
    values: np.ndarray | None = None
    message: str = ""


class Store:
    """Open or create the store of a plan; use it as a context manager.

    Args:
        path: the SQLite file; created where it does not exist.
        plan: the sweep; None opens an existing store for reading.

    Raises:
        InputError: the file is no store, is damaged, belongs to another plan, or another driver has it open.
    """

    def __init__(self, path: str | Path, plan: Sweep | None = None) -> None:
        self.path = Path(path)
        self._lock: sqlite3.Connection | None = None
        exists = self.path.exists()
        if exists:
            _check_file(self.path)
        elif plan is None:
            raise InputError(f"there is no store {self.path}; check the name")
        try:
            if plan is not None:
                self._lock = _take_lock(self.path)
            self._db = sqlite3.connect(self.path, isolation_level=None)
            if plan is not None:
                self._db.execute("pragma journal_mode=wal")
                self._db.execute("pragma synchronous=normal")
                self._prepare(plan)
            self.plan = Sweep.from_dict(json.loads(self._meta("plan")))
            if plan is not None and plan.fingerprint != self.plan.fingerprint:
                raise InputError(f"{self.path.name} holds another plan ({self.plan.name!r}); choose another --store")
        except sqlite3.DatabaseError as problem:
            self.close()
            raise InputError(f"{self.path.name} is damaged ({problem}); move it away and start again") from None
        except InputError:
            self.close()
            raise

    def __enter__(self) -> Store:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the file and give the driver's place free."""
        if getattr(self, "_db", None) is not None:
            self._db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare(self, plan: Sweep) -> None:
        """Create the tables of a new store in one transaction."""
        if self._db.execute("select count(*) from sqlite_master").fetchone()[0]:
            return
        statistics = ", ".join(f"{name} real" for name in STATISTICS)
        self._db.execute(f"pragma application_id={APPLICATION_ID}")
        self._db.execute("begin immediate")
        self._db.execute("create table meta (key text primary key, value text not null) without rowid")
        self._db.execute("create table cell (cell integer primary key, parameters text not null)")
        self._db.execute(
            "create table chunk (cell integer, chunk integer, trials integer not null, status text not null, "
            "message text not null, trial_values blob, primary key (cell, chunk)) without rowid"
        )
        self._db.execute(
            f"create table statistic (cell integer, chunk integer, name text, {statistics}, "
            "primary key (cell, chunk, name)) without rowid"
        )
        self._db.executemany(
            "insert into cell values (?, ?)", ((c.index, json.dumps(dict(c.parameters))) for c in plan.cells())
        )
        versions = {"python": platform.python_version(), "schema": SCHEMA}
        for package in ("reluscape", "numpy", "scipy", "numba"):
            with contextlib.suppress(metadata.PackageNotFoundError):
                versions[package] = metadata.version(package)
        rows = {"plan": json.dumps(plan.to_dict()), "fingerprint": plan.fingerprint, "versions": json.dumps(versions)}
        self._db.executemany("insert into meta values (?, ?)", rows.items())
        self._db.execute("commit")
        self._db.execute("pragma wal_checkpoint(truncate)")

    def _meta(self, key: str) -> str:
        """Return one entry of the store's description."""
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        if row is None:
            raise InputError(f"{self.path.name} has no {key!r}; it is no store of a sweep")
        return str(row[0])

    @property
    def versions(self) -> dict[str, Any]:
        """Versions of the programs that made the store."""
        return json.loads(self._meta("versions"))

    def finished(self) -> set[tuple[int, int]]:
        """Return the (cell, chunk) pairs that need no more work."""
        return set(self._db.execute("select cell, chunk from chunk"))

    def put(self, results: Iterable[ChunkResult]) -> None:
        """Write results in one transaction; a chunk that is there already stays as it is."""
        self._db.execute("begin immediate")
        try:
            for result in results:
                self._put(result)
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def _put(self, result: ChunkResult) -> None:
        """Write one result inside the open transaction."""
        trials = 0 if result.values is None else len(result.values)
        blob = None
        if result.values is not None and self.plan.keep_trials:
            blob = zlib.compress(np.ascontiguousarray(result.values.T, dtype="<f8").tobytes(), 1)
        row = (result.cell, result.chunk, trials, result.status, result.message, blob)
        cursor = self._db.execute("insert or ignore into chunk values (?, ?, ?, ?, ?, ?)", row)
        if cursor.rowcount and result.values is not None:
            marks = ", ".join("?" * (3 + len(STATISTICS)))
            self._db.executemany(
                f"insert into statistic values ({marks})",
                (
                    (result.cell, result.chunk, name, *statistics(column))
                    for name, column in zip(result.names, result.values.T, strict=True)
                ),
            )

    def trials(self, cell: int) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (chunk, values (trials, numbers)) of one cell, where trials were kept."""
        query = (
            "select chunk, trials, trial_values from chunk where cell = ? and trial_values is not null order by chunk"
        )
        for chunk, count, blob in self._db.execute(query, (cell,)):
            yield chunk, np.frombuffer(zlib.decompress(blob), dtype="<f8").reshape(-1, count).T

    def summary(self) -> list[dict[str, Any]]:
        """Return one row per cell and number: parameters, trials, mean, standard error, least and most.

        The sums are added in the order of the chunks, so the same plan gives the same bytes however it was run.
        """
        totals: dict[tuple[int, str], list[float]] = {}
        query = (
            "select cell, name, count, missing, sum, sum_squares, least, most from statistic order by cell, name, chunk"
        )
        for cell, name, *parts in self._db.execute(query):
            entry = totals.setdefault((cell, name), [0.0, 0.0, 0.0, 0.0, np.inf, -np.inf])
            for k in range(4):
                entry[k] += parts[k]
            if parts[0]:
                entry[4], entry[5] = min(entry[4], parts[4]), max(entry[5], parts[5])
        cells = dict(self._db.execute("select cell, parameters from cell"))
        lost = dict(self._db.execute("select cell, count(*) from chunk where status != 'done' group by cell"))
        rows = []
        for (cell, name), (count, missing, total, squares, least, most) in sorted(totals.items()):
            mean = total / count if count else None
            spread = max(squares - total * total / count, 0.0) / (count - 1) if count > 1 else None
            rows.append(
                {
                    "cell": cell,
                    **json.loads(cells[cell]),
                    "number": name,
                    "trials": int(count),
                    "missing": int(missing),
                    "mean": mean,
                    "standard_error": None if spread is None else (spread / count) ** 0.5,
                    "least": least if count else None,
                    "most": most if count else None,
                    "lost_chunks": int(lost.get(cell, 0)),
                }
            )
        return rows

    def problems(self) -> list[dict[str, Any]]:
        """Return the chunks that failed or crashed, with their message."""
        query = "select cell, chunk, status, message from chunk where status != 'done' order by cell, chunk"
        names = ("cell", "chunk", "status", "message")
        return [dict(zip(names, row, strict=True)) for row in self._db.execute(query)]

    def to_csv(self) -> str:
        """Return the summary as CSV text, the same bytes for the same plan."""
        rows = self.summary()
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, list(rows[0]) if rows else ["cell"], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: repr(v) if isinstance(v, float) else v for k, v in row.items()})
        return buffer.getvalue()


def statistics(column: np.ndarray) -> tuple[float, ...]:
    """Return count, missing, sum, sum of squares, least and most of one number over a chunk's trials."""
    there = column[~np.isnan(column)]
    if not there.size:
        return (0.0, float(column.size), 0.0, 0.0, 0.0, 0.0)
    total, squares = float(there.sum()), float((there * there).sum())
    return (float(there.size), float(column.size - there.size), total, squares, float(there.min()), float(there.max()))


def _check_file(path: Path) -> None:
    """Refuse a file that is no store, or only part of one, without writing a byte to it."""
    with path.open("rb") as handle:
        head = handle.read(100)
    if len(head) < 100 or head[:16] != b"SQLite format 3\x00":
        raise InputError(f"{path.name} is no store of a sweep; it is left as it is, choose another --store")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise InputError(f"{path.name} is another program's SQLite file; it is left as it is, choose another --store")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    log = Path(f"{path}-wal")
    unapplied = log.exists() and log.stat().st_size > 0
    if path.stat().st_size < page * pages and not unapplied:
        raise InputError(f"{path.name} is truncated ({path.stat().st_size} of {page * pages} bytes); restore a copy")


def _take_lock(path: Path) -> sqlite3.Connection:
    """Hold an exclusive lock beside the store for as long as this driver lives; the system frees it if it dies."""
    lock_path = Path(f"{path}.lock")
    lock = None
    try:
        lock = sqlite3.connect(lock_path, timeout=0, isolation_level=None)
        lock.execute("pragma locking_mode=exclusive")
        lock.execute("begin exclusive")
        lock.execute("create table if not exists holder (process integer)")
        lock.execute("delete from holder")
        lock.execute("insert into holder values (?)", (os.getpid(),))
    except sqlite3.OperationalError as problem:
        if lock is not None:
            lock.close()
        if "locked" in str(problem):
            raise InputError(
                f"another driver is writing to {path.name}; wait for it or choose another --store"
            ) from None
        raise InputError(f"cannot write beside {path} ({problem}); choose another folder") from None
    return lock
