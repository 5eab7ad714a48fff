"""What a figure function hands back: the picture, its numbers, its caption; and how they become files."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...numbers.files import write_atomic
from ...stories.page.palette import GREY, VERMILLION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 150
# inches from one line under a figure to the next
_LINE = 0.13


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

    def full_caption(self, command: str = "", seed: int | None = None) -> str:
        """Return the caption with the seed and the command that make the figure again."""
        command_note = f"Made by: {command}" if command else ""
        seed_note = "" if seed is None else f"Seed {seed}."
        return " ".join(part for part in (self.caption, seed_note, command_note) if part)

    def save(self, path: str | Path, command: str = "", seed: int | None = None) -> tuple[Path, Path]:
        """Write the picture and, beside it, its numbers as JSON with caption, seed and command.

        A small line under the picture names seed and command, and says where it is a quick one.

        Arguments:
            path: the picture's file; its ending names the format (png, svg, pdf).
            command: the command that makes the same files again.
            seed: the seed of everything random in it; None where nothing is.

        Returns:
            (picture, data file).

        Raises:
            InputError: the folder is missing or cannot be written to.
        """
        path = Path(path)
        form = path.suffix[1:] or "png"
        caption = self.full_caption(command, seed)
        metadata = {"svg": {"Date": None, "Description": caption}, "pdf": {"CreationDate": None, "Subject": caption}}
        sheet = io.BytesIO()
        foot = _foot(self.figure, [command, *([] if seed is None else [f"seed {seed}"])], self.quick)
        self.figure.savefig(
            sheet,
            format=form,
            dpi=_DOTS_PER_INCH,
            bbox_inches="tight",
            metadata=metadata.get(form, {"Description": caption}),
        )
        for text in foot:
            text.remove()
        record = {
            "schema": 1,
            "kind": "figure",
            "name": path.stem,
            "caption": caption,
            "quick": self.quick,
            "seed": seed,
            "command": command,
            "data": self.data,
        }
        text = json.dumps(record, indent=1, allow_nan=False) + "\n"
        return write_atomic(path, sheet.getvalue()), write_atomic(path.with_suffix(".json"), text)


def _foot(figure: Figure, parts: list[str], quick: bool) -> list[Any]:
    """Write seed and command under a figure, and on the line below mark a quick one; return what was written."""
    style: dict[str, Any] = {"ha": "left", "va": "top", "fontsize": 6, "in_layout": True}
    words = " · ".join(part for part in parts if part)
    texts = [figure.text(0.01, -0.01, words, color=GREY, **style)] if words else []
    if quick:
        below = -0.01 - _LINE / figure.get_figheight()
        texts.append(figure.text(0.01, below, "quick: smaller grid or fewer draws", color=VERMILLION, **style))
    return texts
