"""What every `--help` shows beside the options' own words: their groups, an example, and the page to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from typer.core import TyperCommand, TyperGroup

PANELS = {
    "The table": "--target --features --drop --drop-missing --regression --positive --rows --labels --no-bias "
    "--no-output-bias --test --data --raw --no-standardize",
    "The network and its loss": "--width --loss --law --standardize --standardize-target --scaler --weight-decay "
    "--free-biases --ignore-weight-decay --slope --base",
    "Effort": "--trials --trainings --seconds --max-width --height-cap --tolerance --steps --seed --quick --engine "
    "--workers --device --retry",
    "Results": "--out --json --dry-run --certificate --save --store --export --format --list",
}
EXAMPLES = {
    "survey": ("reluscape survey examples/linnerud.csv --target weight", "docs/first-steps.md"),
    "explain": (
        "reluscape explain examples/linnerud_net.npz examples/linnerud.csv --target weight",
        "docs/verdicts.md",
    ),
    "census": ("reluscape census examples/xor.csv --target xor --width 2", "docs/landscape.md"),
    "design": ("reluscape design examples/iris_versicolor_virginica.csv --target species", "docs/design.md"),
    "verify": ("reluscape verify proof.json --data examples/xor.csv", "docs/verdicts.md"),
    "figure": ("reluscape figure karhadkar-1", "docs/gallery.md"),
    "sweep": ("reluscape sweep plan.toml --dry-run", "docs/sweeps.md"),
}


class PlainGroup(TyperGroup):
    """A group of commands whose flags show no type in its help."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return _without_types(super().get_params(ctx))


class PlainCommand(TyperCommand):
    """A command whose flags show no type in its help."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return _without_types(super().get_params(ctx))


def _without_types(parameters: list[Any]) -> list[Any]:
    """Return parameters, the flags with nothing where a type would stand: there is nothing to give after them."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters


def grouped(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with each of its options in its group."""
    places = {name: panel for panel, names in PANELS.items() for name in names.split()}
    hints = get_type_hints(command, include_extras=True)
    for hint in hints.values():
        for note in getattr(hint, "__metadata__", ()):
            # inside Annotated the first name of an option stands where its default would
            names = (getattr(note, "default", None), *(getattr(note, "param_decls", None) or ()))
            panel = next((places[name] for name in names if isinstance(name, str) and name in places), None)
            if panel is not None:
                note.rich_help_panel = panel
    command.__annotations__ = hints
    return command


def epilog(command: Callable[..., Any]) -> str:
    """Return the example and the page of a command."""
    example, page = EXAMPLES[command.__name__]
    return f"Example: {example}\n\nMore: {page}"
