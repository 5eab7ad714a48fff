"""The command line: arguments in, one library call, output."""

from .app import main

__all__ = ["main"]
