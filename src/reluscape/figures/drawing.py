"""What a figure function hands back: the picture, its numbers, its caption; and how they become files."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 150


@dataclass(frozen=True)
class Drawing:
    """A finished figure.

    Attributes:
        figure: the Matplotlib figure, bound to no window.
        data: the numbers in it, plain JSON.
        caption: what it shows, which statement it belongs to, and over which population its numbers are.
        quick: drawn on a smaller grid than asked for by default; the caption then says so.
    """

    figure: Figure
    data: dict[str, Any] = field(default_factory=dict)
    caption: str = ""
    quick: bool = False

    def save(self, path: str | Path, command: str = "", seed: int | None = None) -> tuple[Path, Path]:
        """Write the picture and, beside it, its numbers as JSON with caption, seed and command.

        Arguments:
            path: the picture's file; its ending names the format (png, svg, pdf).
            command: the command that makes the same files again.
            seed: the seed of everything random in it.

        Returns:
            (picture, data file).

        Raises:
            InputError: the folder is missing or cannot be written to.
        """
        path = Path(path)
        sheet = io.BytesIO()
        fixed = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(path.suffix[1:], {})
        self.figure.savefig(
            sheet, format=path.suffix[1:] or "png", dpi=_DOTS_PER_INCH, bbox_inches="tight", metadata=fixed or None
        )
        record = {
            "schema": 1,
            "kind": "figure",
            "name": path.stem,
            "caption": self.caption,
            "quick": self.quick,
            "seed": seed,
            "command": command,
            "data": self.data,
        }
        text = json.dumps(record, indent=1, allow_nan=False) + "\n"
        return write_atomic(path, sheet.getvalue()), write_atomic(path.with_suffix(".json"), text)
