"""`reluscape design DATA.csv --target COL`: a network whose local minima are all good, trained and certified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import output
from .options import names, typed
from .pages import results


def design(
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column with the two classes.")],
    features: Annotated[str | None, typer.Option("--features", help="Input columns A,B; default all others.")] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    positive: Annotated[str | None, typer.Option("--positive", help="Class coded +1, all others -1.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", help="Use this many rows, drawn at random.")] = None,
    loss: Annotated[str, typer.Option("--loss", help="logistic, exponential or smooth_hinge.")] = "logistic",
    base: Annotated[float, typer.Option("--base", help="Base of the logarithm in the logistic loss.")] = 2.0,
    width: Annotated[int | None, typer.Option("--width", help="Number of units; default one more than rows.")] = None,
    no_standardize: Annotated[
        bool, typer.Option("--no-standardize", help="Take the inputs as they are, not centred and scaled.")
    ] = False,
    steps: Annotated[int, typer.Option("--steps", help="Most Newton steps of the training.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results; default: named after the table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
) -> None:
    """Design a network and regulariser without bad local minima, train it to a certified point, and save it."""
    from ..problem.data import Dataset, read_table
    from ..requ.labels import labelled, two_classes
    from ..requ.losses import margin_loss
    from ..stories.design import tell_design

    margin_loss(loss, base)
    if steps < 1 or seed < 0:
        raise InputError(f"--steps is {steps} and --seed {seed}; give at least 1 step and a seed that is not negative")
    table = read_table(data, target, names(features), names(drop), drop_missing, False, positive, rows, seed)
    if table.classes is None:
        raise InputError(f"the target {target!r} is not two classes; choose one against the rest with --positive CLASS")
    samples = Dataset.from_table(table)
    _refuse_conflicts(samples, table)
    two_classes(labelled(samples)[1])
    folder = output.folder_for(data, out)
    if dry_run:
        from ..stories.wording import count

        units = width or samples.n + 1
        lines = [
            f"{count(samples.n, 'row')}, {count(samples.d, 'input')}, classes {' and '.join(table.classes.values())}",
            f"a linear program with {samples.n} margins, then {units} ReQU units ({units * (samples.d + 2):,} weights) "
            "trained to a certified point",
            f"results: design.json, design.html and network.npz in {folder}",
        ]
        output.planned({"lines": lines}, table.warnings, as_json)
        return
    output.announce_kernels()
    story = tell_design(
        samples,
        loss=loss,
        base=base,
        width=width,
        seed=seed,
        standardized=not no_standardize,
        steps=steps,
        classes=table.classes,
        file=data.name,
        command=typed(),
        notes=table.warnings,
        progress=output.Progress(),
    )
    paths = output.write_results(folder, results(folder, story.report))
    paths.append(story.net.save(folder / "network.npz"))
    if as_json:
        print(json.dumps(story.report, allow_nan=False))
        return
    show(story.report, paths)


def _refuse_conflicts(samples: Any, table: Any) -> None:
    """Refuse equal rows of different classes, by their lines in the file where these are known."""
    if not samples.conflicts:
        return
    group = samples.conflicts[0]
    first = group[0]
    other = next(i for i in group if samples.y[i] != samples.y[first])
    values = ", ".join(f"{name} = {value:g}" for name, value in zip(samples.features, samples.X[first], strict=True))
    where = f"lines {first + 2} and {other + 2}" if table.n_rows == samples.n else "two rows"
    count = len(samples.conflicts)
    more = f" ({count} such groups of rows in all)" if count > 1 else ""
    raise InputError(
        f"{where} have equal inputs ({values}) and different classes{more}: no network can give both; "
        "leave one of them out or add a column that tells them apart"
    )


def show(report: dict, written: list[Path]) -> None:
    """Print the answer, the design's numbers and where the files are."""
    from rich.table import Table

    screen = output.console()
    data, plan, end = report["data"], report["design"], report["training"]
    screen.print(f"\n{data['file']}: {data['target']} from {data['n']} rows, {data['d']} inputs\n", markup=False)
    output.lines(report["verdict"])
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2))
    gamma = plan["gamma"]
    for name, value in (
        ("units", str(plan["width"])),
        ("epsilon", f"{plan['epsilon']:.6g}"),
        (
            "gamma*",
            f"{gamma['low']:.6g} to {gamma['high']:.6g}"
            + ("" if gamma["method"] != "numerical" else " (upper end not proven)"),
        ),
        ("lambda_0 = epsilon gamma*", f"{plan['lambda0']:.6g}"),
        ("coefficients lambda", f"{min(plan['lambdas']):.4g} to {max(plan['lambdas']):.4g}, all different"),
        ("loss at the end", f"{end['loss']:.6g}"),
        ("saddles left on the way", str(end["escapes"])),
    ):
        table.add_row(name, value)
    screen.print()
    screen.print(table)
    screen.print()
    for warning in data["warnings"]:
        screen.print(f"Note: {warning}", style="yellow", markup=False)
    for path in written:
        screen.print(f"written: {path}", style="dim", markup=False)
    screen.print(
        f"use the network: rs.requ.ReQUNet.load({str(written[-1])!r}).predict(X) > 0", style="dim", markup=False
    )
