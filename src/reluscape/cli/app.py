"""The program `reluscape`: its commands, and how every error becomes one line and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from .._version import __version__
from ..errors import ReluscapeError
from ..numbers import kernelcache
from . import output
from .census import census
from .design import design
from .explain import explain
from .figure import figure
from .helps import PlainCommand, PlainGroup, epilog, grouped
from .output import INTERRUPTED, INTERRUPTED_TEXT
from .survey import survey
from .sweep import sweep
from .verify import verify

WRONG = 2
# names the variable that shows where a defect lies, and begins the line that owns up to one
TRACEBACK, DEFECT = "RELUSCAPE_TRACEBACK", "this is a fault of reluscape, not of your input"
MOST_SAID, MOST_COLUMNS = 200, 20
# where numba reads and writes the kernels it keeps
CACHE = ("numba", "core", "caching.py")
HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=HELP,
    help="Exact maps of the loss landscape of ReLU networks.",
)
for command in (survey, explain, design, census, verify, figure, sweep):
    app.command(cls=PlainCommand, context_settings=HELP, epilog=epilog(command))(grouped(command))


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Exact maps of the loss landscape of ReLU networks."""
    if version:
        typer.echo(f"reluscape {__version__}")
        raise typer.Exit


def run(arguments: list[str] | None = None) -> None:
    """Run the program; every fault is one line on standard error and an exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    name = "reluscape " + words[0] if words and not words[0].startswith("-") else "reluscape"
    warnings.showwarning = lambda message, *_, **__: _note(name, message)
    try:
        output.speak_any_text()
        status = app(args=words, standalone_mode=False, prog_name="reluscape")
        if status == INTERRUPTED:
            _say(name, INTERRUPTED_TEXT, INTERRUPTED)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        status = _say(name, INTERRUPTED_TEXT, INTERRUPTED)
    except SystemExit as end:
        status = _say(name, INTERRUPTED_TEXT, INTERRUPTED) if end.code == INTERRUPTED else end.code
    except Exception as problem:
        status = _told(name, problem)
    sys.exit(status if isinstance(status, int) else 0)


def _told(name: str, problem: Exception) -> int:
    """Say in one line what went wrong, and return the exit status."""
    if isinstance(problem, ReluscapeError):
        return _say(name, f"{problem}{_remedies(name, problem)}", getattr(problem, "status", WRONG))
    if isinstance(problem, MemoryError):
        return _say(name, "the memory ran out; use fewer rows or a smaller width", WRONG)
    if isinstance(problem, BrokenPipeError):
        output.close_for_good()
        return _say(name, "what reads the output has closed it", WRONG)
    if any(Path(frame.filename).parts[-3:] == CACHE for frame in traceback.extract_tb(problem.__traceback__)):
        kernelcache.forget_all()
        return _say(name, "a kept kernel could not be read; all were deleted, so give the same command again", WRONG)
    if isinstance(problem, OSError):
        where = problem.filename or "standard output, or a file that the system does not name"
        return _say(name, f"{problem.strerror or problem}: {where}", WRONG)
    if hasattr(problem, "format_message"):
        return _usage(name, problem)
    return _defect(name, problem)


def _remedies(name: str, problem: ReluscapeError) -> str:
    """Return the remedies among the options of the command that was given, in brackets."""
    commands = getattr(typer.main.get_command(app), "commands", {})
    command = commands.get(name.removeprefix("reluscape "))
    options = {option for parameter in command.params for option in parameter.opts} if command is not None else set()
    texts = [text for option, text in getattr(problem, "remedies", {}).items() if option in options]
    return f" ({', or '.join(texts)})" if texts else ""


def _usage(name: str, problem: Any) -> int:
    """Tell a fault of the command line itself."""
    text = problem.format_message()
    if type(problem).__name__ == "NoArgsIsHelpError":
        print(text)
        return WRONG
    path = getattr(getattr(problem, "ctx", None), "command_path", "reluscape")
    columns = _columns(problem)
    return _say(name, f"{text}{columns} (see {path} --help)", WRONG)


def _columns(problem: Any) -> str:
    """Return the columns to choose from where the target was left out and a table was given."""
    from ..problem.data.text_file import column_names

    if getattr(getattr(problem, "param", None), "name", "") != "target":
        return ""
    tables = [word for word in sys.argv[1:] if word.lower().endswith((".csv", ".tsv", ".txt")) and Path(word).is_file()]
    try:
        columns = column_names(Path(tables[0])) if tables else []
    except (ReluscapeError, OSError):
        columns = []
    text = ", ".join(columns[:MOST_COLUMNS]) + (", ..." if len(columns) > MOST_COLUMNS else "")
    return f" The columns of {Path(tables[0]).name} are: {text}." if columns else ""


def _defect(name: str, problem: Exception) -> int:
    """Own up to a defect: what nobody foresaw is told in one line, and in full where the environment asks for it."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(problem)
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if "reluscape" in Path(frame.filename).parts] or frames
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    what = f"{type(problem).__name__}{place}: {str(problem)[:MOST_SAID]}"
    return _say(name, f"{DEFECT} ({what}); please report it with what {TRACEBACK}=1 shows", WRONG)


def _note(name: str, message: Warning | str) -> None:
    """Print a warning as one line on standard error."""
    _say(name, f"note: {message}", 0)


def _say(name: str, text: str, status: int) -> int:
    """Print one line on standard error and return the status."""
    print(f"{name}: {output.one_line(text)}", file=sys.stderr)
    return status
