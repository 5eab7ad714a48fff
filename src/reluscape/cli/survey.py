"""`reluscape survey DATA.csv --target COL`: the whole map of one data set."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from . import output
from .options import decay_of_options, names, typed, whole_numbers


def survey(
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column to predict.")],
    features: Annotated[str | None, typer.Option("--features", help="Input columns A,B; default all others.")] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    width: Annotated[str, typer.Option("--width", help="Numbers of hidden units, 1,2,4.")] = "1,2,4,8",
    law: Annotated[
        str,
        typer.Option(
            "--law", help="Law of initialisation: normal, sphere, torch, he_normal, he_uniform or glorot_uniform."
        ),
    ] = "normal",
    trials: Annotated[int, typer.Option("--trials", help="Random starts for each width.")] = 400,
    trainings: Annotated[int, typer.Option("--trainings", help="Runs of training per width.")] = 20,
    raw: Annotated[bool, typer.Option("--raw", help="Train on the inputs as they are, not standardised.")] = False,
    loss: Annotated[
        str | None,
        typer.Option("--loss", help="squared, logistic, bce, huber or cross_entropy; default by the target."),
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option("--weight-decay", help="Train with (W / 2) times the sum of squared weights added."),
    ] = None,
    free_biases: Annotated[
        bool, typer.Option("--free-biases", help="The weight decay leaves the biases out, as scikit-learn's does.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="Bound on the time; default 6 to 20, by the size of the table.")
    ] = None,
    max_width: Annotated[int, typer.Option("--max-width", help="Widest layer to try.")] = 128,
    no_bias: Annotated[bool, typer.Option("--no-bias", help="No hidden bias.")] = False,
    no_output_bias: Annotated[bool, typer.Option("--no-output-bias", help="No output bias.")] = False,
    regression: Annotated[bool, typer.Option("--regression", help="Take a target of two numbers as numbers.")] = False,
    positive: Annotated[str | None, typer.Option("--positive", help="Class coded +1, all others -1.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", help="Use this many rows, drawn at random.")] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="How far above the best a good basin may lie.")
    ] = 0.05,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results; default: named after the table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Write a proof here.")] = None,
) -> None:
    """Map the loss landscape of a table: regions, good starts, and the width that is enough."""
    from ..problem.data import Dataset, read_table
    from ..stories.survey import Settings
    from ..stories.survey import dry_run as plan
    from ..stories.survey import survey as run

    penalty = decay_of_options(weight_decay, free_biases)
    settings = Settings(
        whole_numbers(width, "--width"), law, trials, tolerance, seconds, max_width, not no_output_bias, seed,
        trainings=trainings, raw=raw,
    )  # fmt: skip
    how: dict[str, Any] = {
        "features": names(features),
        "drop": names(drop),
        "drop_missing": drop_missing,
        "regression": regression,
        "positive": positive,
        "rows": rows,
        "seed": seed,
        "adapt": True,
    }
    table = read_table(data, target, **how, undrawn=True)
    how["rows"] = table.drawn
    samples = Dataset.from_table(table, bias=not no_bias)
    loss_name = loss or ("cross_entropy" if len(table.classes or ()) > 2 else "squared")
    if dry_run:
        ready = plan(samples, settings, table.Y, loss_name, started=time.process_time())
        output.planned(ready, table.warnings, as_json)
        return
    folder = output.folder_for(data, out)
    output.check_place(certificate)
    output.announce_kernels()
    result = run(
        samples,
        table.Y,
        widths=settings.widths,
        law=law,
        trials=trials,
        tolerance=tolerance,
        seconds=seconds,
        max_width=max_width,
        output_bias=not no_output_bias,
        seed=seed,
        progress=output.Progress(in_lines=True),
        classes=table.classes,
        file=data.name,
        command=typed(),
        warnings=table.warnings,
        trainings=trainings,
        raw=raw,
        undrawn=table.undrawn,
        spent=time.process_time(),
        weight_decay=penalty,
        loss=loss_name,
    )
    from .table_note import write_all

    paths = write_all(folder, result, certificate, target, **how, bias=not no_bias)
    if as_json:
        print(json.dumps(result.report, allow_nan=False))
        return
    show(result.report, paths)


def show(report: dict[str, Any], written: list[Path]) -> None:
    """Print the verdict, a table of the widths and where the files are."""
    from rich.table import Table

    from ..stories.wording import count, percent

    screen = output.console()
    data = report["data"]
    biases = [word for word, on in (("hidden bias", data["bias"]), ("output bias", data["output_bias"])) if on]
    counts = f"{count(data['n'], 'row')}, {count(len(data['features']), 'input')}"
    shape = f"{counts}, {' and '.join(biases) if biases else 'no biases'}"
    screen.print(f"\n[bold]{output.plain(data['file'])}[/bold]: predicting {output.plain(data['target'])} ({shape})\n")
    output.lines(report["verdict"])
    table = Table(title=None, box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    starts = any(entry["good"] for entry in report["widths"])
    decay = report.get("weight_decay")
    measure = "best known loss" if decay is None else "best known objective"
    heads = ["units", measure, "median run", "trained", "solved", "dead units"]
    for head in heads + (["good start", "full rank"] if starts else []):
        table.add_column(head, justify="right", no_wrap=True)
    for entry in report["widths"]:
        runs, share = entry["training"], entry["trained"]
        cells = [
            str(entry["width"]),
            f"{entry['reference']['value']:.4g} ({percent(entry['reference']['share'])})",
            "-" if runs["median"] is None else f"{runs['median']:.4g}",
            _share(share),
            percent(runs["solved"]["value"]),
            f"{runs['dead_units']:.1f}",
        ]
        if starts:
            cells += [_share(entry["good"]), percent(entry["full_rank"]["value"])]
        table.add_row(*cells)
    screen.print()
    screen.print(table)
    law, tolerance = report["settings"]["law"], report["settings"]["tolerance"]
    squared = data["loss"] == "squared"
    blocks = [entry["training"] for entry in report["widths"]]
    runs, numbers = blocks[0], sorted(block["runs"] for block in blocks)
    trainings = (f"{numbers[0]:,} to " if numbers[0] < numbers[-1] else "") + count(numbers[-1], "training")
    said = (
        f"\nTrained: share of {trainings} (Adam, all rows in every step, rate "
        f"{runs['rate']:g}, at most {runs['steps']:,} steps, PyTorch's first weights, inputs {data['inputs']}) that "
        f"end at the {measure} of their width, up to {percent(tolerance)} of the way to the best constant; 95% "
        "intervals in brackets. "
        "Solved: with practically no loss. Dead units: on average, at the end. "
    )
    if starts:
        trials = sorted({entry["good"]["trials"] for entry in report["widths"]})
        number = f"{trials[0]:,} to {trials[-1]:,} a width" if len(trials) > 1 else f"{trials[0]:,} a width"
        said += (
            f"Good start: a random start (law {law!r}, {number}) whose first basin reaches that mark. Full rank: of "
            "its Jacobian. "
        )
    said += (
        "Losses are mean squares, in brackets as a share of the target's variance."
        if squared
        else f"Losses are means ({data['loss']}), in brackets as a share of the best constant's."
    )
    if report["all_rows"] is not None:
        said += f" All of this table is told of the {data['n']:,} rows drawn{_of_all(report['all_rows'])}."
    if decay is not None:
        weights = "all weights" if decay["biases"] else "the weights, biases apart"
        said += f" The objective adds {decay['value']:g} / 2 times the sum of the squares of {weights}."
    screen.print(said, style="dim")
    for warning in data["warnings"]:
        screen.print(f"Note: {output.plain(warning)}", style="yellow")
    for path in written:
        screen.print(f"written: {output.plain(str(path))}", style="dim")


def _of_all(rows: dict[str, Any]) -> str:
    """Return how trainings of all rows of a table ended, or that there was no time for them."""
    from ..stories.wording import count

    share = rows["trained"]
    if share is None:
        return f"; for trainings on all {rows['rows']:,} rows the time is too short (--seconds)"
    runs, width = count(share["trials"], "training"), count(rows["trained_width"], "unit")
    return f"; of {runs} on all {rows['rows']:,} rows with {width}, {_share(share)} ended well"


def _share(claim: dict[str, Any]) -> str:
    """Return a share with its interval in brackets."""
    from ..stories.wording import percent

    return f"{percent(claim['value'])} ({100 * claim['low']:.0f} to {100 * claim['high']:.0f})"
