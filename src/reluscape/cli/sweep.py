"""`reluscape sweep CONFIG.toml`: run or resume a sweep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError


def sweep(
    config: Annotated[Path, typer.Argument(help="TOML file with the plan.")],
    store: Annotated[Path | None, typer.Option("--store", help="SQLite file; default beside where it is run.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="local, serial, dask or dask://HOST:PORT.")] = "local",
    workers: Annotated[int | None, typer.Option("--workers", help="Processes of a local engine.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    export: Annotated[Path | None, typer.Option("--export", help="Write the summary here, .csv or .parquet.")] = None,
) -> None:
    """Run a sweep; the same command resumes it after anything."""
    from ..experiments import Store, Sweep, run
    from ..experiments.engines import get_engine
    from ..experiments.export import export as write
    from ..experiments.quantities import get_quantity
    from ..experiments.runner import Progress, estimate_seconds

    plan = Sweep.from_toml(config)
    quantity = get_quantity(plan.quantity)
    for cell in plan.cells():
        quantity.check(cell.parameters)
    total = plan.number_of_cells * plan.chunks_per_cell
    if dry_run:
        seconds = estimate_seconds(plan)
        size = plan.number_of_cells * plan.trials * len(quantity.numbers) * 8
        typer.echo(
            f"{plan.number_of_cells:,} cells, {plan.trials:,} trials each, {total:,} chunks: {quantity.description}"
        )
        typer.echo(f"about {seconds:,.0f} seconds in one process; at most {size / 1e6:,.1f} MB of trials")
        return
    path = store or Path(f"{plan.name}.db")
    last = [0.0]

    def tell(state: Progress) -> None:
        if sys.stderr.isatty():
            left = f", about {state.remaining:.0f} s left" if state.remaining else ""
            sys.stderr.write(f"\r\x1b[K{state.done:,} of {state.total:,} chunks, {state.rate:.1f} a second{left}")
            sys.stderr.flush()
        last[0] = state.seconds

    state = run(plan, path, get_engine(engine, workers), tell)
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    typer.echo(f"{path}: {state.done:,} of {state.total:,} chunks done, {state.fresh:,} in this run")
    with Store(path) as kept:
        for problem in kept.problems()[:10]:
            typer.echo(f"cell {problem['cell']}, chunk {problem['chunk']} {problem['status']}: {problem['message']}")
        if export is not None:
            if export.suffix not in (".csv", ".parquet"):
                raise InputError(f"{export.name}: choose a name that ends in .csv or .parquet")
            typer.echo(f"written: {write(kept, export)}")
