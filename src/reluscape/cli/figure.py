"""``reluscape figure NAME``: draw a figure of the papers, its numbers beside it; ``--list`` names them all."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from .output import lines


def figure(
    name: Annotated[str | None, typer.Argument(help="Name of the figure, for example karhadkar-1.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name every figure and what it shows.")] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path(),
    form: Annotated[str, typer.Option("--format", help="png, svg or pdf.")] = "png",
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random in the figure.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A smaller grid, labelled as such.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Draw a figure of the papers and write its numbers beside it."""
    from ..experiments.figures import listing, save

    if list_:
        if as_json:
            print(json.dumps(dict(listing())))
            return
        for known_name, words in listing():
            typer.echo(f"{known_name:<16} {words}")
        return
    if name is None:
        raise InputError("which figure? give a name, or --list to see them all")
    figures = dict(listing())
    if name not in figures:
        near = difflib.get_close_matches(name, figures, 3)
        raise InputError(f"there is no figure {name!r}" + (f"; near it: {', '.join(near)}" if near else "; see --list"))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"cannot make the folder {out}: {problem.strerror}; choose another with --out") from None
    picture, numbers = save(name, out, form=form, seed=seed, quick=quick)
    caption = json.loads(numbers.read_text(encoding="utf-8"))["caption"]
    if as_json:
        print(json.dumps({"picture": str(picture), "numbers": str(numbers), "caption": caption}))
        return
    lines([caption])
    print(picture)
    print(numbers)
