"""The program `reluscape`: its commands, and how every error becomes one line and an exit status."""

from __future__ import annotations

import sys
import warnings
from typing import Annotated

import click
import typer

from .._version import __version__
from ..errors import ReluscapeError
from .explain import explain
from .figure import figure
from .survey import survey
from .sweep import sweep
from .verify import verify

FAILED, WRONG, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Exact maps of the loss landscape of ReLU networks.",
)
for command in (survey, explain, verify, figure, sweep):
    app.command()(command)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Exact maps of the loss landscape of ReLU networks."""
    if version:
        typer.echo(f"reluscape {__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Run the program; every fault is one line on standard error and an exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    name = "reluscape " + words[0] if words and not words[0].startswith("-") else "reluscape"
    warnings.showwarning = lambda message, *_, **__: print(f"{name}: note: {message}", file=sys.stderr)
    try:
        status = app(args=words, standalone_mode=False, prog_name="reluscape")
    except click.exceptions.NoArgsIsHelpError as problem:
        print(problem.format_message())
        status = WRONG
    except click.exceptions.Abort:
        status = _say(name, "interrupted; nothing was written", INTERRUPTED)
    except KeyboardInterrupt:
        status = _say(name, "interrupted; nothing was written", INTERRUPTED)
    except click.ClickException as problem:
        status = _say(name, f"{problem.format_message()} (see {name} --help)", WRONG)
    except ReluscapeError as problem:
        status = _say(name, str(problem), WRONG)
    except BrokenPipeError:
        status = WRONG
    except MemoryError:
        status = _say(name, "the memory ran out; use fewer rows or a smaller width", WRONG)
    except OSError as problem:
        status = _say(name, f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), WRONG)
    sys.exit(status if isinstance(status, int) else 0)


def _say(name: str, text: str, status: int) -> int:
    """Print one line on standard error and return the status."""
    print(f"{name}: {' '.join(text.split())}", file=sys.stderr)
    return status
