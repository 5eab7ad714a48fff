"""`reluscape sweep CONFIG.toml`: run or resume a sweep."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from .output import Stopped, announce_kernels, console, lines, spelled

if TYPE_CHECKING:
    from ..experiments import Progress, Store, Sweep

SHOWN_ROWS, SHOWN_PROBLEMS = 24, 5
SHORT_CHUNK, LONG_CHUNK, GOOD_CHUNK = 0.05, 600.0, 0.5


def sweep(
    config: Annotated[Path | None, typer.Argument(help="TOML file with the plan.")] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="SQLite file of the results; default NAME.db in this folder.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="local, serial, dask, dask://HOST:PORT or slurm.")] = "local",
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes (jobs under slurm); default one per core (10 jobs).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the summary to a .csv or .parquet file.")
    ] = None,
    trials: Annotated[
        bool, typer.Option("--trials", help="With --export: one row per trial in place of the summary.")
    ] = False,
    device: Annotated[
        str | None, typer.Option("--device", help="cuda: measure whole chunks on a GPU, where a quantity can.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name what can be measured, and its parameters.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try failed and crashed chunks again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Run a sweep; the same command resumes it after anything."""
    if list_:
        _lines(_quantities(), as_json)
        return
    if config is None:
        raise InputError("which plan? give a TOML file, or --list to see what can be measured")
    from ..experiments import Store, Sweep, run
    from ..experiments.engines import get_engine
    from ..experiments.export import check_export
    from ..experiments.export import export as write
    from ..experiments.plan import read_toml

    plan = Sweep.from_toml(config)
    plan.check()
    if export is not None:
        check_export(export, trials)
    slurm = read_toml(config).get("slurm", {})
    if device is not None:
        _check_device(plan, device)
        workers = workers or (1 if engine == "local" else None)
    runner = get_engine(engine, workers, slurm)
    path = store or Path(f"{plan.name}.db")
    if dry_run:
        announce_kernels()
        _lines(_outlook(plan, path, engine, workers or os.cpu_count() or 1), as_json)
        if engine == "slurm" and not as_json:
            print(runner.job_script())  # type: ignore[attr-defined]
        return
    there = path.exists()
    with Store(path, plan) as database:  # a foreign or damaged file is refused before anything is said
        if retry and there:
            print(f"{path}: {database.forget_problems():,} chunks will be tried again", file=sys.stderr)
    announce_kernels()
    line = _Line()
    try:
        state = run(plan, path, runner, line, device)
    except KeyboardInterrupt:
        line.end()
        raise Stopped(f"interrupted; what was finished is in {path}, the same command goes on") from None
    line.end()
    with Store(path) as database:
        export_path = write(database, export, trials) if export is not None else None
        if as_json:
            counts = {"chunks": state.total, "done": state.done, "fresh": state.fresh, "lost": len(database.problems())}
            export_text = None if export_path is None else str(export_path)
            print(json.dumps({"store": str(path), **counts, "export": export_text, "summary": database.summary()}))
        else:
            _table(database, state, path)
            if export_path is not None:
                print(f"written: {export_path}")
        faults = _problems(database)
    if faults:
        raise typer.Exit(1)


def _lines(text: list[str], as_json: bool) -> None:
    """Print lines of plain words, or one JSON object that holds them."""
    if as_json:
        print(json.dumps({"lines": text}))
    else:
        lines(text)


def _check_device(plan: Sweep, device: str) -> None:
    """Refuse a device that is not there, or that nothing of the plan would use."""
    from ..interop.torch_device import find_device

    find_device(device)
    if all(quantity.batch is None for quantity in plan.quantities()):
        raise InputError("nothing in the plan can use a device; full_rank and good_basin can: leave --device out")


def _quantities() -> list[str]:
    """Return one line for each quantity: what it measures, what it gives, its parameters with their defaults."""
    from ..experiments.quantities import QUANTITIES, get_quantity

    rows = []
    for quantity in map(get_quantity, QUANTITIES):
        inputs = [f"{n} (needed)" if v is None else f"{n} = {v!r}" for n, v in quantity.parameters.items()]
        rows.append(
            f"{quantity.name}: {quantity.description}. Gives {', '.join(quantity.numbers)}. Takes {', '.join(inputs)}."
        )
    return rows


class _Line:
    """Progress on standard error; silent where that is no terminal."""

    def __init__(self) -> None:
        self.on = sys.stderr.isatty()
        if self.on:
            sys.stderr.write("starting")
            sys.stderr.flush()

    def __call__(self, state: Progress) -> None:
        """Show how far the run is, its rate and the time that is left."""
        if self.on:
            left = f", about {spoken(state.remaining)} left" if state.remaining else ""
            faults = f", {state.lost:,} failed" if state.lost else ""
            share = 100 * state.done // state.total
            sys.stderr.write(
                f"\r\x1b[K{state.done:,} of {state.total:,} chunks ({share} %), {state.rate:.2g} a second{left}{faults}"
            )
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self.on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def spoken(seconds: float) -> str:
    """Say a time in words.

    >>> [spoken(t) for t in (0.2, 42.4, 600, 9000, 400000)]
    ['1 s', '42 s', '10 min', '2.5 hours', '4.6 days']
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} hours" if seconds < 172800 else f"{seconds / 86400:.1f} days"


def _outlook(plan: Sweep, path: Path, engine: str, workers: int) -> list[str]:
    """Return the lines of a dry run."""
    from ..experiments import Store
    from ..experiments.estimate import estimate

    total, cells = plan.number_of_cells * plan.chunks_per_cell, plan.number_of_cells
    count = 0
    if path.exists():
        with Store(path, plan) as database:
            count = len(database.finished())
    guess = estimate(plan)
    left = guess.seconds * (total - count) / total
    rows = [
        f"Measures: {quantity.name}, {quantity.description}; gives {', '.join(quantity.numbers)}"
        for quantity in plan.quantities()
    ]
    axes = [f"{name} = {_listed(values)}" for name, values in plan.grid.items()]
    axes += [f"{', '.join(plan.zip)} together, {len(next(iter(plan.zip.values())))} values"] if plan.zip else []
    axes += [f"{name} = {value}" for name, value in plan.fixed.items()]
    rows.append(f"Cells: {cells:,} ({'; '.join(axes)})")
    rows.append(
        f"Trials: {plan.trials:,} in each cell, {cells * plan.trials:,} in all, in {total:,} chunks of {plan.chunk:,}"
    )
    rows.append(f"Store: {path}, " + (f"{count:,} of {total:,} chunks are done" if count else "nothing is done yet"))
    took = f"{guess.seconds_per_trial:.2g} s a trial, {guess.slowest:.2g} s at most, in {guess.tried} of the cells"
    one = f"Time: about {spoken(left)} in one process ({took})"
    several = engine in ("local", "dask") and workers > 1 and left > 1
    rows.append(one + (f", {spoken(left / workers)} with {workers} workers" if several else ""))
    memory = "unknown" if guess.megabytes is None else f"about {guess.megabytes:,.0f} MB for each process"
    rows.append(f"Memory: {memory}; disk: at most {max(guess.disk_megabytes, 0.1):,.1f} MB")
    chunk_seconds = guess.seconds_per_trial * plan.chunk
    better = max(1, round(GOOD_CHUNK / guess.seconds_per_trial)) if guess.seconds_per_trial > 0 else plan.chunk
    if chunk_seconds < SHORT_CHUNK and min(better, plan.trials) > plan.chunk:
        rows.append(f"Advice: a chunk takes {chunk_seconds:.2g} s; chunk = {min(better, plan.trials)} costs less")
    if chunk_seconds > LONG_CHUNK and plan.chunk > 1:
        rows.append(
            f"Advice: a chunk takes {spoken(chunk_seconds)}, and resuming goes by whole chunks; choose a smaller chunk"
        )
    rows += [f"Trouble: a trial of cell {cell.index} {dict(cell.parameters)} failed: {m}" for cell, m in guess.problems]
    return rows


def _listed(values: list[Any]) -> str:
    """Return the values of an axis, the middle of a long one left out."""
    texts = [str(value) for value in values]
    return ", ".join(texts if len(texts) <= 8 else [*texts[:4], "...", texts[-1]])


def _table(store: Store, state: Progress, path: Path) -> None:
    """Print how it ended and the means of the first cells."""
    from rich import box
    from rich.table import Table

    new = f"{state.fresh:,} of them in this run" if state.fresh else "all of them before this run"
    faults = len(store.problems())
    print(f"{path}: {state.done:,} of {state.total:,} chunks, {new}" + (f"; {faults:,} failed" if faults else ""))
    plan, rows = store.plan, store.summary()
    axes = [*plan.grid, *plan.zip]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in (*axes, "number"):
        table.add_column(name)
    for name in ("mean", spelled("± s.e.", "+- s.e."), "95 % interval", "least", "most", "trials"):
        table.add_column(name, justify="right")
    for row in rows[:SHOWN_ROWS]:
        numbers = [row[name] for name in ("mean", "standard_error", "low", "high", "least", "most")]
        mean, error, low, high, least, most = ("" if value is None else f"{value:.4g}" for value in numbers)
        texts = (mean, error, f"{low} to {high}" if low else "", least, most)
        table.add_row(*(str(row[name]) for name in (*axes, "number")), *texts, f"{row['trials']:,}")
    if rows:
        console().print(table)
    if len(rows) > SHOWN_ROWS:
        print(f"and {len(rows) - SHOWN_ROWS:,} more rows; --export table.csv writes them all")


def _problems(store: Store) -> int:
    """Print the first chunks that failed or crashed, and return how many there are."""
    problems = store.problems()
    cells = {cell.index: dict(cell.parameters) for cell in store.plan.cells()} if problems else {}
    for problem in problems[:SHOWN_PROBLEMS]:
        where = f"cell {problem['cell']} {cells[problem['cell']]}, chunk {problem['chunk']}"
        print(f"{where} {problem['status']}: {problem['message']}", file=sys.stderr)
    if problems:
        more = f" ({len(problems) - SHOWN_PROBLEMS:,} more)" if len(problems) > SHOWN_PROBLEMS else ""
        print(f"{len(problems):,} chunks are missing from the table{more}; --retry tries them again", file=sys.stderr)
    return len(problems)
