"""The command line: arguments in, one library call, output."""

from __future__ import annotations

import sys

from .output import INTERRUPTED, INTERRUPTED_TEXT

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the program `reluscape`; an interrupt is one line also while its own modules are still being read."""
    try:
        from .app import run
    except KeyboardInterrupt:
        print(f"reluscape: {INTERRUPTED_TEXT}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    run(arguments)
