"""The program `reluscape`: its commands, and how every error becomes one line and an exit status."""

from __future__ import annotations

import sys
import warnings
from typing import Annotated

import typer

from .._version import __version__
from ..errors import ReluscapeError
from .census import census
from .design import design
from .explain import explain
from .figure import figure
from .survey import survey
from .sweep import sweep
from .verify import verify

WRONG, INTERRUPTED = 2, 130
INTERRUPTED_TEXT = "interrupted; nothing was written"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Exact maps of the loss landscape of ReLU networks.",
)
for command in (survey, explain, design, census, verify, figure, sweep):
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
        if status == INTERRUPTED:
            _say(name, INTERRUPTED_TEXT, INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        status = _say(name, INTERRUPTED_TEXT, INTERRUPTED)
    except SystemExit as end:
        status = _say(name, INTERRUPTED_TEXT, INTERRUPTED) if end.code == INTERRUPTED else end.code
    except ReluscapeError as problem:
        status = _say(name, str(problem), getattr(problem, "status", WRONG))
    except MemoryError:
        status = _say(name, "the memory ran out; use fewer rows or a smaller width", WRONG)
    except OSError as problem:
        status = _say(name, f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), WRONG)
    except Exception as problem:
        status = _usage(name, problem)
    sys.exit(status if isinstance(status, int) else 0)


def _usage(name: str, problem: Exception) -> int:
    """Tell a fault of the command line itself; anything else is a defect and is raised."""
    tell = getattr(problem, "format_message", None)
    if tell is None:
        raise problem
    text = tell()
    if type(problem).__name__ == "NoArgsIsHelpError":
        print(text)
        return WRONG
    return _say(name, f"{text} (see reluscape --help)", WRONG)


def _say(name: str, text: str, status: int) -> int:
    """Print one line on standard error and return the status."""
    print(f"{name}: {' '.join(text.split())}", file=sys.stderr)
    return status
