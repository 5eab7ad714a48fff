"""`reluscape survey DATA.csv --target COL`: the whole map of one data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from . import output
from .options import names, typed, whole_numbers


def survey(
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column to predict.")],
    features: Annotated[str | None, typer.Option("--features", help="Input columns A,B; default all others.")] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    width: Annotated[str, typer.Option("--width", help="Numbers of hidden units, 1,2,4.")] = "1,2,4,8",
    law: Annotated[str, typer.Option("--law", help="Law of initialisation.")] = "normal",
    trials: Annotated[int, typer.Option("--trials", help="Random starts per number.")] = 400,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Bound on the time for random starts.")] = None,
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
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the results.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Write a proof here.")] = None,
) -> None:
    """Map the loss landscape of a table: regions, good starts, and the width that is enough."""
    from ..problem.data import Dataset, read_table
    from ..stories.survey import Settings
    from ..stories.survey import dry_run as plan
    from ..stories.survey import survey as run

    settings = Settings(
        whole_numbers(width, "--width"), law, trials, tolerance, seconds, max_width, not no_output_bias, seed
    )
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
    if dry_run:
        answer = plan(samples, settings)
        if as_json:
            print(json.dumps(answer))
        else:
            output.lines(answer["lines"])
        return
    folder = output.folder_for(data, out)
    output.check_place(certificate)
    output.announce_kernels()
    result = run(
        samples,
        widths=settings.widths,
        law=law,
        trials=trials,
        tolerance=tolerance,
        seconds=seconds,
        max_width=max_width,
        output_bias=not no_output_bias,
        seed=seed,
        progress=output.Progress(),
        classes=table.classes,
        file=data.name,
        command=typed(),
        warnings=table.warnings,
    )
    from .table_note import write_all

    written = write_all(folder, "survey.json", result, certificate, target, **how, bias=not no_bias)
    if as_json:
        print(json.dumps(result.report, allow_nan=False))
        return
    show(result.report, written)


def show(report: dict[str, Any], written: list[Path]) -> None:
    """Print the verdict, a table of the widths and where the files are."""
    from rich.table import Table

    from ..stories.wording import count, percent, whole

    screen = output.console()
    data = report["data"]
    biases = [word for word, on in (("hidden bias", data["bias"]), ("output bias", data["output_bias"])) if on]
    counts = f"{count(data['n'], 'row')}, {count(len(data['features']), 'input')}"
    shape = f"{counts}, {' and '.join(biases) if biases else 'no biases'}"
    screen.print(f"\n[bold]{output.plain(data['file'])}[/bold]: predicting {output.plain(data['target'])} ({shape})\n")
    output.lines(report["verdict"])
    table = Table(title=None, box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for head in ("units", "regions", "full rank", "best known loss", "good start", "zero loss", "beats line"):
        table.add_column(head, justify="right", no_wrap=True)
    for entry in report["widths"]:
        regions = ("" if entry["regions"]["kind"] == "exact" else "< ") + whole(entry["regions"]["value"])
        good = entry["good"]
        table.add_row(
            str(entry["width"]),
            regions,
            percent(entry["full_rank"]["value"]),
            f"{entry['reference']['value']:.4g} ({percent(entry['reference']['share'])})",
            f"{percent(good['value'])} ({percent(good['low'])} to {percent(good['high'])})",
            percent(entry["zero"]["value"]),
            percent(entry["better_than_affine"]["value"]),
        )
    screen.print()
    screen.print(table)
    law, tolerance = report["settings"]["law"], report["settings"]["tolerance"]
    screen.print(
        f"\nShares are of random starts (law {law!r}, inputs standardised; 95% intervals in brackets). "
        "Full rank: of the Jacobian. "
        "Good start: the first basin reaches the best known loss of its width, up to "
        f"{percent(tolerance)} of the way to the best constant. Losses are mean squares, in brackets as a share of the "
        "target's variance.",
        style="dim",
    )
    for warning in data["warnings"]:
        screen.print(f"Note: {output.plain(warning)}", style="yellow")
    for path in written:
        screen.print(f"written: {output.plain(str(path))}", style="dim")
