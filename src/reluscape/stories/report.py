"""A finished report as a value: its verdict, its JSON, its page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._lazy import axes
from ..errors import UnsupportedError
from ..numbers import files
from .page.notebook import notebook, pictures
from .page.page import render


@dataclass(frozen=True, eq=False, repr=False)
class Telling:
    """A report that can be read, saved and shown.

    Attributes:
        report: everything as plain data, schema 1 (documented in docs/survey-json.md).
    """

    report: dict[str, Any]

    @property
    def verdict(self) -> str:
        """The answer in at most six plain lines."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The verdict line by line."""
        verdict_block = self.report["verdict"]
        return list(verdict_block["text"] if isinstance(verdict_block, dict) else verdict_block)

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json_text(self.report)

    def to_html(self, path: str | Path) -> Path:
        """Write the self-contained page, whole or not at all, and return its path."""
        return files.write_atomic(path, render(self.report))

    def __repr__(self) -> str:
        """Return the verdict."""
        return self.verdict

    def plot(self, ax: Any = None) -> Any:
        """Draw the first picture on Matplotlib axes and return them.

        Args:
            ax: the axes; None for new ones.

        Raises:
            UnsupportedError: this report has no picture.
        """
        drawings = pictures(self.report)
        if not drawings:
            raise UnsupportedError("there is nothing to draw: this report holds no picture; to_html(path) has its page")
        ax = axes(ax)
        drawings[0](ax)
        return ax

    def _repr_html_(self) -> str:
        """Return verdict, big numbers, table and pictures for a notebook."""
        return notebook(self.report, self.lines)


def json_text(report: dict[str, Any]) -> str:
    """Return a report as the text of its file."""
    return json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
