"""`reluscape explain MODEL DATA.csv --target COL`: the story of one trained network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import output
from .survey import names, typed


def explain(
    model: Annotated[Path, typer.Argument(help="Weights: .npz, .safetensors or a torch state dict.")],
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column the network predicts.")],
    features: Annotated[
        str | None, typer.Option("--features", help="Input columns A,B, in the network's order.")
    ] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    standardize: Annotated[
        bool, typer.Option("--standardize", help="The network was trained on standardised inputs.")
    ] = False,
    labels: Annotated[str | None, typer.Option("--labels", help="Numbers of the classes, NEG=-1,POS=1.")] = None,
    loss: Annotated[str, typer.Option("--loss", help="squared, logistic or bce.")] = "squared",
    ignore_weight_decay: Annotated[
        bool, typer.Option("--ignore-weight-decay", help="Judge the plain loss, whatever the training added.")
    ] = False,
    save: Annotated[Path | None, typer.Option("--save", help="Write the snapped or escaped network here.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the results.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Write the proof here.")] = None,
) -> None:
    """Say whether a trained network sits in a local minimum, a saddle, or is still on its way."""
    from ..data import Dataset, read_table
    from ..data import standardize as scale
    from ..data.table import target_is_numeric
    from ..explain import explain as tell
    from ..modelfiles import read_model

    stored = read_model(model)
    codes = label_codes(labels)
    as_numbers = codes is None and target_is_numeric(data, target)
    table = read_table(data, target, names(features), names(drop), drop_missing, regression=as_numbers, max_rows=None)
    samples = table.dataset(bias=True)
    y = samples.y_fractions
    if codes is not None:
        y = relabel(table, codes)
        samples = Dataset(table.X, y, bias=True, features=table.features, target=target)
    if standardize:
        scaled = scale(samples).X
        samples = Dataset(scaled[:, :-1], y, bias=True, features=table.features, target=target)
    folder = output.folder_for(data, out)
    output.announce_kernels()
    story = tell(
        stored.net,
        samples,
        None,
        loss=loss,
        weight_decay="ignore" if ignore_weight_decay else "unknown",
        output_bias=stored.layers[-1][1] is not None,
        file=data.name,
        model_file=model.name,
        command=typed(),
    )
    proof = story.certificate if certificate is not None else None
    if certificate is not None and proof is None:
        raise InputError("there is no exact proof for this verdict, so no certificate can be written")
    from ..pagelink import render_page

    named: dict[str, Any] = {"explain.json": story.to_json, "report.html": lambda: render_page(story.report)}
    if save is not None and story.better is None:
        raise InputError("there is neither a snapped nor an escaped network to save")
    written = output.write_results(folder, named)
    if certificate is not None and proof is not None:
        from ..certificates import write

        written.append(write(certificate, proof))
    if save is not None and story.better is not None:
        written.append(stored.save_like(story.better, save))
    if as_json:
        print(json.dumps(story.report, allow_nan=False))
        return
    output.lines(story.report["verdict"]["text"])
    screen = output.console()
    for path in written:
        screen.print(f"written: {path}", style="dim", markup=False)


def label_codes(text: str | None) -> dict[str, str] | None:
    """Return {class: number as text} of NEG=-1,POS=1."""
    if text is None:
        return None
    codes = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    if len(codes) != 2:
        raise InputError(f"--labels is {text!r}; give two classes with their numbers, for instance NEG=-1,POS=1")
    return {name.strip(): number.strip() for name, number in codes.items()}


def relabel(table: Any, codes: dict[str, str]) -> Any:
    """Return the targets with the numbers asked for."""
    import numpy as np

    from ..exact import to_fraction

    if table.classes is None or set(table.classes.values()) != set(codes):
        known = ", ".join((table.classes or {}).values()) or "numbers"
        raise InputError(f"--labels names {', '.join(codes)}, but the target holds {known}")
    return np.array([to_fraction(codes[table.classes[int(v)]]) for v in table.y], dtype=object)
