"""The store of a sweep: one SQLite file, written by its driver alone, that says what is done."""

from __future__ import annotations

import contextlib
import json
import platform
import sqlite3
import warnings
import zlib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataWarning, InputError
from . import store_file
from .plan import Sweep
from .results import ChunkResult, statistics
from .summary import csv_text, summary_of


class Store:
    """Open or create the store of a plan; use it as a context manager.

    A chunk is "done" when the store holds it. One driver at a time writes; others may read meanwhile.

    Args:
        path: the SQLite file; created where it does not exist.
        plan: the sweep; None opens an existing store for reading.

    Raises:
        InputError: the file is no store, is damaged, belongs to another plan, or another driver has it open. It is
            left as it is.

    Example:
        >>> import tempfile
        >>> plan = Sweep("demo", "full_rank", {"n": [2, 9]}, fixed={"d": 1, "width": 4}, trials=20)
        >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/demo.db", plan) as store:
        ...     sorted(store.finished())
        []
    """

    def __init__(self, path: str | Path, plan: Sweep | None = None) -> None:
        self.path = Path(path)
        self._lock: sqlite3.Connection | None = None
        self._db: sqlite3.Connection | None = None
        try:
            if plan is not None:
                self._lock = store_file.lock(self.path)
            if self.path.exists():
                store_file.check(self.path)
            elif plan is None:
                raise InputError(f"there is no store {self.path}; check the name")
            else:
                _create(self.path, plan)
            self._open(plan)
        except sqlite3.DatabaseError as problem:
            self.close()
            raise InputError(f"{self.path.name} cannot be opened ({problem}); move it away and start again") from None
        except BaseException:
            self.close()
            raise

    def _open(self, plan: Sweep | None) -> None:
        """Connect, and compare the plan with the one in the file before anything is written."""
        self._db = sqlite3.connect(self.path, isolation_level=None)
        if plan is None:
            self._db.execute("pragma query_only=1")
        try:
            self.plan = Sweep.from_dict(json.loads(self._meta("plan")))
        except (ValueError, TypeError, AttributeError, RecursionError) as problem:
            raise InputError(
                f"{self.path.name} holds no plan ({type(problem).__name__}); move it away and start again"
            ) from None
        if plan is not None:
            if plan.fingerprint != self._meta("fingerprint"):
                raise InputError(f"{self.path.name} holds another plan ({self.plan.name!r}); choose another --store")
            self._note_versions()
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.execute("pragma wal_autocheckpoint=8000")  # pages: fewer, longer writes
            self._db.execute("pragma cache_size=-65536")  # kilobytes

    def _note_versions(self) -> None:
        """Warn where the store was begun with other versions: its numbers may then differ in their last bits."""
        then, now = self.versions, _versions()
        changes = [f"{name} {then.get(name)}, now {now[name]}" for name in now if then.get(name) != now[name]]
        if changes:
            text = f"{self.path.name} was begun with {'; '.join(changes)}; the last bits of new numbers may differ"
            warnings.warn(text, DataWarning, stacklevel=2)

    def __enter__(self) -> Store:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the file and give the driver's place free."""
        if self._db is not None:
            self._db.close()
            self._db = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise InputError(f"{self.path.name} is closed; open it again with Store")
        return self._db

    def _meta(self, key: str) -> str:
        """Return one entry of the store's description."""
        row = self._connection.execute("select value from meta where key = ?", (key,)).fetchone()
        if row is None:
            raise InputError(f"{self.path.name} has no {key!r}; it is no store of a sweep")
        return str(row[0])

    def numbers(self, quantity: str) -> tuple[str, ...]:
        """Return what one trial of a quantity gives, in the order of the trials' columns."""
        return tuple(json.loads(self._meta("quantities"))[quantity]["numbers"])

    @property
    def versions(self) -> dict[str, Any]:
        """Versions of the programs that made the store."""
        content: dict[str, Any] = json.loads(self._meta("versions"))
        return content

    def finished(self) -> set[tuple[int, int]]:
        """Return the (cell, chunk) pairs that need no more work."""
        return set(self._connection.execute("select cell, chunk from chunk"))

    def put(self, results: Iterable[ChunkResult]) -> None:
        """Write results in one transaction; a chunk that is there already stays as it is."""
        self._connection.execute("begin immediate")
        try:
            for result in results:
                self._put(result)
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def _put(self, result: ChunkResult) -> None:
        """Write one result inside the open transaction."""
        trials = 0 if result.values is None else len(result.values)
        blob = None
        if result.values is not None and self.plan.keep_trials:
            blob = zlib.compress(np.ascontiguousarray(result.values.T, dtype="<f8").tobytes(), 1)
        row = (result.cell, result.chunk, trials, result.status, result.message, blob)
        cursor = self._connection.execute("insert or ignore into chunk values (?, ?, ?, ?, ?, ?)", row)
        if cursor.rowcount and result.values is not None:
            self._connection.executemany(
                "insert into statistic values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (result.cell, name, result.chunk, *row)
                    for name, row in zip(result.names, statistics(result.values), strict=True)
                ),
            )

    def forget_problems(self) -> int:
        """Take out the chunks that failed or crashed, so that the next run tries them again; return how many."""
        return int(self._connection.execute("delete from chunk where status != 'done'").rowcount)

    def trials(self, cell: int) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (chunk, values (trials, numbers)) of one cell, where trials were kept."""
        query = (
            "select chunk, trials, trial_values from chunk where cell = ? and trial_values is not null order by chunk"
        )
        for chunk, count, blob in self._connection.execute(query, (cell,)):
            yield chunk, np.frombuffer(zlib.decompress(blob), dtype="<f8").reshape(-1, count).T

    def summary(self) -> list[dict[str, Any]]:
        """Return one row per cell and number: parameters, trials, mean, standard error, least and most.

        Sums are added in the order of the chunks, so the same plan gives the same bytes however it was run. Numbers
        that are 0 or 1 in each trial also have the 95 % interval of their chance (Clopper and Pearson), low to high.
        """
        return summary_of(self._connection, json.loads(self._meta("quantities")))

    def problems(self) -> list[dict[str, Any]]:
        """Return the chunks that failed or crashed, with their message."""
        query = "select cell, chunk, status, message from chunk where status != 'done' order by cell, chunk"
        names = ("cell", "chunk", "status", "message")
        return [dict(zip(names, row, strict=True)) for row in self._connection.execute(query)]

    def to_csv(self) -> str:
        """Return the summary as CSV text, the same bytes for the same plan."""
        return csv_text(self.summary())


def _create(path: Path, plan: Sweep) -> None:
    """Write a new store: the plan, its cells, and the versions of what measures them."""
    versions = {"schema": store_file.SCHEMA, **_versions()}
    quantities = dict(zip(dict.fromkeys(plan.quantity_names), plan.quantities(), strict=True))
    kinds = {name: {"numbers": q.numbers, "chances": q.chances} for name, q in quantities.items()}
    meta = {
        "quantities": json.dumps(kinds),
        "plan": json.dumps(plan.to_dict()),
        "fingerprint": plan.fingerprint,
        "versions": json.dumps(versions),
    }
    with store_file.created(path) as fresh:
        fresh.executemany("insert into meta values (?, ?)", meta.items())
        cells = ((c.index, c.quantity, json.dumps(dict(c.parameters))) for c in plan.cells())
        fresh.executemany("insert into cell values (?, ?, ?)", cells)


def _versions() -> dict[str, Any]:
    """Return the versions of what measures."""
    versions: dict[str, Any] = {"python": platform.python_version()}
    for package in ("reluscape", "numpy", "scipy", "numba"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return versions
