"""What the terminal shows: progress on standard error, tables and verdicts on standard output, files whole or not."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError, ReluscapeError
from ..numbers import files, kernelcache, kernels

INTERRUPTED, INTERRUPTED_TEXT = 130, "interrupted; nothing was written"

# columns of an output that is no terminal, and of the narrowest terminal that is believed
USUAL_WIDTH, LEAST_WIDTH = 110, 40
# letters of the longest message; a path may have 4,096
LONGEST_LINE = 5_000


class Stopped(ReluscapeError):
    """The user stopped a command that keeps what it has done; the program ends with the status of an interrupt."""

    status = INTERRUPTED


def announce_kernels() -> None:
    """Choose where kernels are kept, and have it said where one has to be compiled."""
    kernelcache.prepare()
    kernels.before_compiling(
        lambda: print("compiling kernels once (less than a minute; later runs start at once)", file=sys.stderr)
    )


# seconds between two lines of progress where standard error is no terminal
BETWEEN_LINES = 10.0


class Progress:
    """A line on standard error that is rewritten; where that is no terminal, silence or a new line every ten seconds.

    What comes with a share of 0 is said once, before the work, and stays.

    Args:
        in_lines: whether lines are printed where standard error is no terminal.
    """

    def __init__(self, in_lines: bool = False) -> None:
        self.on, self.in_lines = sys.stderr.isatty(), in_lines
        self.begin = self.last = time.monotonic()

    def __call__(self, what: str, share: float) -> None:
        """Show what is being done and about how long it still takes."""
        now = time.monotonic()
        if share == 0 and (self.on or self.in_lines):
            print(what, file=sys.stderr, flush=True)
            return
        if not self.on:
            if self.in_lines and share < 1 and now - self.last >= BETWEEN_LINES:
                self.last = now
                print(f"{what} ({now - self.begin:.0f} s so far)", file=sys.stderr, flush=True)
            return
        seconds = now - self.begin
        left = f", about {seconds * (1 - share) / share:.0f} s left" if 0.02 < share < 1 else ""
        sys.stderr.write(f"\r\x1b[K{what}{left}")
        if share >= 1:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def folder_for(data: Path, out: Path | None) -> Path:
    """Return the folder of the results: the one asked for, or one named after the data where we are."""
    folder = out if out is not None else Path(data.stem or "reluscape")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; choose another folder with --out")
    return folder


def write_results(folder: Path, makers: dict[str, Callable[[], str]]) -> list[Path]:
    """Write files into a folder, every text made before the first is written."""
    texts = {name: make() for name, make in makers.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"cannot make the folder {folder}: {problem.strerror}; choose another with --out") from None
    return [files.write_atomic(folder / name, text) for name, text in texts.items()]


def speak_any_text() -> None:
    """Make standard output and error take any text: what their encoding lacks is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace" if stream is sys.stderr else "replace")


def close_for_good() -> None:
    """Let what is still to be written to a closed pipe go nowhere, so that the end of the program is quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def spelled(sign: str, plain: str) -> str:
    """Return a sign, or plain letters where standard output cannot spell it."""
    try:
        sign.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain
    return sign


def one_line(text: str) -> str:
    """Return a message as one line of printable signs, the middle of an endless one left out."""
    words = " ".join("".join(c if c.isprintable() or c.isspace() else repr(c)[1:-1] for c in text).split())
    return words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 200]} ... {words[-180:]}"


def console() -> Any:
    """Return a rich console for standard output that wraps at a readable width."""
    from rich.console import Console

    wide = shutil.get_terminal_size((USUAL_WIDTH, 24)).columns if sys.stdout.isatty() else USUAL_WIDTH
    return Console(highlight=False, soft_wrap=False, width=max(wide, LEAST_WIDTH))


def check_place(path: Path | None) -> None:
    """Refuse a file that could not be written, before anything is computed."""
    if path is None:
        return
    files.refuse_what_is_no_file(path)
    if not path.absolute().parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write {path.name} into; make it first")


def plain(text: Any) -> str:
    """Return text that rich prints as it stands."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else " " for c in str(text)))


def lines(items: list[str], marks: list[str] | None = None) -> None:
    """Print lines of plain words, each with a mark; what does not fit goes on below its first word."""
    from rich.text import Text

    screen = console()
    for item, mark in zip(items, marks or [spelled("• ", "* ")] * len(items), strict=True):
        for part in textwrap.wrap(
            mark + item, screen.width - 1, subsequent_indent=" " * len(mark), break_on_hyphens=False
        ):
            screen.print(Text("".join(c if c.isprintable() else " " for c in part)))


def planned(plan: dict[str, Any], warnings: Sequence[str], as_json: bool) -> None:
    """Print what would be done, with what is worth saying about the table; as one JSON object where asked."""
    if as_json:
        print(json.dumps({**plan, "warnings": list(warnings)}))
        return
    lines([*plan["lines"], *(f"note: {warning}" for warning in warnings)])


def facts(rows: list[tuple[str, str]]) -> None:
    """Print (what, in words) in two columns."""
    from rich.text import Text

    screen = console()
    wide = max((len(name) for name, _ in rows), default=0) + 2
    for name, words in rows:
        parts = textwrap.wrap(words, max(screen.width - 1 - wide, 20), break_on_hyphens=False) or [""]
        for k, part in enumerate(parts):
            text = "".join(c if c.isprintable() else " " for c in part)
            screen.print(Text.assemble((f"{name if k == 0 else '':<{wide}}", "bold"), text))
