"""What the terminal shows: progress on standard error, tables and verdicts on standard output, files whole or not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import files, kernelcache
from ..errors import InputError


def announce_kernels() -> None:
    """Say that kernels are compiled where none are kept yet."""
    if kernelcache.prepare():
        print("compiling kernels once (about half a minute; later runs start at once)", file=sys.stderr)


class Progress:
    """A line on standard error that is rewritten; silent where that is no terminal."""

    def __init__(self) -> None:
        self.on = sys.stderr.isatty()
        self.begin = time.monotonic()

    def __call__(self, what: str, share: float) -> None:
        """Show what is being done and about how long it still takes."""
        if not self.on:
            return
        spent = time.monotonic() - self.begin
        left = f", about {spent * (1 - share) / share:.0f} s left" if 0.02 < share < 1 else ""
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


def write_results(folder: Path, named: dict[str, Callable[[], str]]) -> list[Path]:
    """Write files into a folder, every text made before the first is written."""
    texts = {name: make() for name, make in named.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"cannot make the folder {folder}: {problem.strerror}; choose another with --out") from None
    return [files.write_atomic(folder / name, text) for name, text in texts.items()]


def console() -> Any:
    """Return a rich console for standard output that wraps at a readable width."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 110)


def lines(items: list[str]) -> None:
    """Print lines of plain words, each with a mark."""
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    for item in items:
        screen.print(Padding(Text("• " + item), (0, 0, 0, 0)))
