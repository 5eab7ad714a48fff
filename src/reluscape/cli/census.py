"""`reluscape census DATA.csv --target COL --width M`: the whole landscape of a small network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import output
from .options import decay_of_options, names, typed

MOST_ROWS_SHOWN = 12


def census(
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column to predict.")],
    width: Annotated[int, typer.Option("--width", help="Number of hidden units.")],
    features: Annotated[str | None, typer.Option("--features", help="Input columns A,B; default all others.")] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    law: Annotated[
        str,
        typer.Option(
            "--law", help="Law of initialisation: normal, sphere, torch, he_normal, he_uniform or glorot_uniform."
        ),
    ] = "normal",
    trials: Annotated[int, typer.Option("--trials", help="Random starts for each width.")] = 400,
    height_cap: Annotated[
        float | None, typer.Option("--height-cap", help="Leave out everything above this loss.")
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option("--weight-decay", help="Add (W / 2) times the sum of squared weights to the mean loss."),
    ] = None,
    free_biases: Annotated[
        bool, typer.Option("--free-biases", help="The weight decay leaves the biases out, as scikit-learn's does.")
    ] = False,
    loss: Annotated[
        str | None, typer.Option("--loss", help="squared (default) or, with weight decay, logistic.")
    ] = None,
    no_bias: Annotated[bool, typer.Option("--no-bias", help="No hidden bias.")] = False,
    no_output_bias: Annotated[bool, typer.Option("--no-output-bias", help="No output bias.")] = False,
    regression: Annotated[bool, typer.Option("--regression", help="Take a target of two numbers as numbers.")] = False,
    positive: Annotated[str | None, typer.Option("--positive", help="Class coded +1, all others -1.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", help="Use this many rows, drawn at random.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results; default: named after the table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Write the proofs here.")] = None,
) -> None:
    """List every valley of a small network's landscape, and how high the loss must rise to leave it."""
    from ..problem.data import Dataset, read_table
    from ..stories.census import dry_run as plan
    from ..stories.census import landscape

    if width < 1:
        raise InputError(f"--width is {width}; give a whole number, at least 1")
    how: dict[str, Any] = {
        "features": names(features),
        "drop": names(drop),
        "drop_missing": drop_missing,
        "regression": regression,
        "positive": positive,
        "rows": rows,
        "seed": seed,
    }
    table = read_table(data, target, **how)
    samples = Dataset.from_table(table, bias=not no_bias)
    penalty = decay_of_options(weight_decay, free_biases)
    if dry_run:
        answer = plan(samples, width=width, height_cap=height_cap, decays=penalty is not None)
        output.planned(answer, table.warnings, as_json)
        return
    folder = output.folder_for(data, out)
    output.check_place(certificate)
    output.announce_kernels()
    result = landscape(
        samples,
        width=width,
        output_bias=not no_output_bias,
        law=law,
        trials=trials,
        height_cap=height_cap,
        seed=seed,
        weight_decay=penalty,
        loss=loss,
        progress=output.Progress(),
        classes=table.classes,
        file=data.name,
        command=typed(),
        warnings=table.warnings,
    )
    from .table_note import write_all

    paths = write_all(folder, result, certificate, target, **how, bias=not no_bias)
    if as_json:
        print(json.dumps(result.report, allow_nan=False))
        return
    show(result.report, paths)


def _losses_are(report: dict[str, Any]) -> str:
    """Return what the losses of the table are."""
    decay = report["settings"]["weight_decay"]
    loss = "squares" if report["settings"]["loss"] == "squared" else "logistic losses"
    if decay is None:
        return "Losses are mean squares."
    weights = "squared weights, biases apart" if report["settings"]["free_biases"] else "squared weights"
    return f"Losses are mean {loss} plus {decay:g} / 2 times the sum of {weights}, of the inputs as given."


def show(report: dict[str, Any], written: list[Path]) -> None:
    """Print the verdict, the table of valleys and where the files are."""
    from rich.table import Table

    from ..stories.wording import count, percent, short

    screen = output.console()
    data = report["data"]
    biases = [word for word, on in (("hidden bias", data["bias"]), ("output bias", data["output_bias"])) if on]
    counts = f"{count(data['n'], 'row')}, {count(len(data['features']), 'input')}"
    shape = f"{counts}, {' and '.join(biases) if biases else 'no biases'}"
    screen.print(f"\n{data['file']}: predicting {data['target']} ({shape})\n", markup=False, style="bold")
    output.lines(report["verdict"])
    table = Table(title=None, box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    squared = report["settings"]["loss"] == "squared"
    share = "of variance" if squared else "of constant"
    for head in ("valley", "loss", share, "barrier", "way out at", "flat", "share of starts", "test"):
        table.add_column(head, justify="right", no_wrap=True)
    for number, valley in enumerate(report["valleys"][:MOST_ROWS_SHOWN]):
        barrier = "-" if valley["barrier"] is None else short(valley["barrier"])
        starts = valley["starts"]
        table.add_row(
            str(number + 1) + ("" if valley["spurious"] else "*"),
            short(valley["value"]),
            percent(valley["share"]),
            barrier,
            "-" if valley["merge_height"] is None else short(valley["merge_height"]),
            "a point" if valley["dimension"] == 0 else f"{valley['dimension']}-dim",
            f"{percent(starts['value'])} ({percent(starts['low'])} to {percent(starts['high'])})",
            valley["verdict"],
        )
    screen.print()
    screen.print(table)
    more = report["valley_count"] - min(len(report["valleys"]), MOST_ROWS_SHOWN)
    if more:
        screen.print(f"... and {more} more; those listed first have the lowest losses", style="dim", highlight=False)
    screen.print(
        f"\n* a global minimum. {_losses_are(report)} The barrier is how far the loss must rise on the best way to a "
        "lower valley (-: there is none, or none below the height cap); flat is the dimension of the set of "
        "minimisers. Shares are of random starts "
        f"(law {report['settings']['law']!r}, inputs standardised; 95% intervals in brackets). "
        + ("The test is exact." if report["settings"]["weight_decay"] is None else "The test is an interval proof."),
        style="dim",
        markup=False,
    )
    for warning in data["warnings"]:
        screen.print(f"Note: {warning}", style="yellow", markup=False)
    for path in written:
        screen.print(f"written: {path}", style="dim", markup=False)
