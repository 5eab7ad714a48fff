"""`reluscape explain MODEL DATA.csv --target COL`: the story of one trained network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ..errors import InputError
from ..numbers import files
from . import output
from .explain_data import Reading, Samples, label_codes, read_samples, scaled_reading
from .options import names, typed
from .pages import results


def explain(
    model: Annotated[Path, typer.Argument(help="Weights: .npz, .safetensors, .onnx, .skops or a torch state dict.")],
    data: Annotated[Path, typer.Argument(help="CSV file with a header line.")],
    target: Annotated[str, typer.Option("--target", help="Column the network predicts; A,B for several outputs.")],
    features: Annotated[
        str | None, typer.Option("--features", help="Input columns A,B, in the network's order.")
    ] = None,
    drop: Annotated[str | None, typer.Option("--drop", help="Columns to leave out, A,B.")] = None,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")] = False,
    standardize: Annotated[
        bool, typer.Option("--standardize", help="The network was trained on standardised inputs.")
    ] = False,
    standardize_target: Annotated[
        bool, typer.Option("--standardize-target", help="The network was trained on a standardised target.")
    ] = False,
    scaler: Annotated[
        Path | None,
        typer.Option("--scaler", help="Means and deviations for both: .npz (mean, scale) or the training CSV."),
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", help="CSV of rows kept apart: every network is judged on them too.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option("--labels", help="Numbers of the classes, for instance no=-1,yes=1.")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            "--loss",
            help="squared, logistic, bce or cross_entropy (softmax); left out: the model's own or the target's.",
        ),
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option(
            "--weight-decay", help="The training added (W / 2) times the sum of squared weights to the mean loss."
        ),
    ] = None,
    free_biases: Annotated[
        bool, typer.Option("--free-biases", help="The weight decay leaves the biases out, as scikit-learn's does.")
    ] = False,
    ignore_weight_decay: Annotated[
        bool, typer.Option("--ignore-weight-decay", help="Judge the plain loss, whatever the training added.")
    ] = False,
    slope: Annotated[
        float | None,
        typer.Option("--slope", help="Slope of LeakyReLU units below 0 where the file holds weights alone, e.g. 0.01."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the snapped or escaped network here, balanced.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results; default: named after the table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Write the proof here.")] = None,
) -> None:
    """Say whether a trained network is solved, stuck or slow, and why."""
    from ..critical.match import balanced_top
    from ..problem.networks import TwoLayerNet
    from ..problem.networks.files import read_model
    from ..stories.explain import explain as tell

    source = read_model(model)
    outputs = len(source.net.weights[-1])
    how = Reading(names(features), names(drop), drop_missing, standardize, label_codes(labels), loss)
    how = scaled_reading(how, scaler, target, outputs, standardize_target)
    samples = read_samples(data, target, outputs, how)
    apart = read_samples(test, target, outputs, replace(how, scale=samples.scale)) if test is not None else None
    notes = list(samples.warnings)
    if samples.scale is not None:
        notes.append(samples.scale.line)
    goal: Any = standardize_target
    if standardize_target and how.scale is not None:
        goal = how.scale.target
    folder = output.folder_for(data, out)
    output.check_place(save)
    output.check_place(certificate)
    output.announce_kernels()
    story = tell(
        source,
        samples.data,
        samples.Y,
        loss=loss,
        standardize_target=goal,
        slope=slope,
        X_test=None if apart is None else apart.data,
        y_test=None if apart is None else apart.Y,
        weight_decay=_decay(weight_decay, free_biases, ignore_weight_decay),
        biases=source.biases,
        file=data.name,
        model_file=model.name,
        command=typed(),
        warnings=tuple(notes),
        classes=samples.classes,
        target=target,
        progress=output.Progress(in_lines=True),
    )
    beside: dict[Path, str | bytes] = {}
    if certificate is not None:
        codes = {name: str(number) for number, name in (samples.classes or {}).items()}
        read = replace(how, codes=how.codes or codes or None, scale=samples.scale)
        beside[certificate] = _proof(story, target, read, _target_scale(samples, goal))
    if save is not None:
        if story.better is None:
            raise InputError("there is neither a snapped nor an escaped network to save; leave out --save")
        better = story.better
        beside[save] = source.encode_like(better if isinstance(better, TwoLayerNet) else balanced_top(better))
    writers = results(folder, story.report, model.name)
    paths = [*output.write_results(folder, writers), *(files.write_atomic(p, content) for p, content in beside.items())]
    if as_json:
        print(json.dumps(story.report, allow_nan=False))
        return
    show(story.report, paths)


def _decay(value: float | None, free_biases: bool, ignored: bool) -> Any:
    """Return the weight decay as it was stated: a penalty, "ignore", or "unknown"."""
    from ..problem.penalties import WeightDecay

    if value is None:
        if free_biases:
            raise InputError("--free-biases says what a weight decay leaves out; give --weight-decay too")
        return "ignore" if ignored else "unknown"
    if ignored:
        raise InputError("--weight-decay and --ignore-weight-decay contradict each other; leave one out")
    return WeightDecay(value, biases=not free_biases) if value else 0.0


def _target_scale(samples: Samples, request: Any) -> tuple[float, float] | None:
    """Return mean and deviation by which the one target was standardised, None where it was not."""
    from ..problem.trained.rescaling import scale_of

    if samples.data.y is None:
        return None
    scale = scale_of(np.asarray(samples.data.y, dtype=float)[:, None], request)
    return None if scale is None else (float(scale.mean[0]), float(scale.deviation[0]))


def _proof(story: Any, target: str, how: Reading, target_scale: tuple[float, float] | None) -> str:
    """Return the certificate's text, with a note of how its table was read."""
    from ..certificates import as_text
    from .table_note import noted

    proof = story.certificate
    if proof is None:
        raise InputError(
            "there is no exact proof for this verdict (a large network, another loss, several layers); "
            "leave out --certificate"
        )
    note = {
        "features": how.features,
        "drop": how.drop,
        "drop_missing": how.drop_missing,
        "standardize": how.standardize,
        "labels": how.codes,
        "loss": story.report["model"]["loss"],
        "target_scale": _texts(target_scale),
    }
    if how.scale is not None:
        note |= {"input_mean": _texts(how.scale.mean), "input_scale": _texts(how.scale.scale)}
    return as_text(noted(proof, target, **note))


def _texts(numbers: Any) -> list[str] | None:
    """Return doubles as texts that say them exactly, None for None."""
    return None if numbers is None else [repr(float(number)) for number in numbers]


def show(report: dict[str, Any], written: list[Path]) -> None:
    """Print the verdict, the story fact by fact, and what to do next."""
    screen = output.console()
    data, model = report["data"], report["model"]
    units = " + ".join(map(str, model["hidden"]))
    inputs = len(data["features"])
    shape = f"{data['n']} row{'s' * (data['n'] != 1)}, {inputs} input{'s' * (inputs != 1)}, "
    shape += f"{units} hidden unit{'s' * (units != '1')}"
    if model["outputs"] > 1:
        shape += f", {model['outputs']} outputs"
    title = output.plain(f"{model['file']} on {data['file']}")
    screen.print(f"\n[bold]{title}[/bold]: predicting {output.plain(data['target'])} ({shape})\n")
    output.lines(report["verdict"]["text"])
    screen.print()
    output.facts([(fact["name"], fact["text"]) for fact in report["story"]])
    screen.print("\n[bold]What to do next[/bold]")
    output.lines(report["next_steps"], [f"{k}. " for k in range(1, len(report["next_steps"]) + 1)])
    screen.print()
    for warning in data["warnings"]:
        screen.print(f"Note: {output.plain(warning)}", style="yellow")
    for path in written:
        screen.print(f"written: {output.plain(path)}", style="dim")
