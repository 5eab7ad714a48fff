"""Draws every figure of the gallery in its quick form, and how times grow, into docs/images or a named folder."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import growth
from PIL import Image

from reluscape.experiments import figures

HERE = Path(__file__).parent
# pixels across, and colours: enough for a page, small enough for a repository
WIDEST, COLOURS = 1000, 128
# the one figure that is drawn from measurements
GROWTH = "growth"


def draw(name: str, folder: Path) -> Path:
    """Draw one figure as a small PNG and return its file."""
    path = folder / f"{name}.png"
    if name == GROWTH:
        growth.draw(path)
        return path
    with TemporaryDirectory() as scratch:
        large, _ = figures.save(name, scratch, quick=True)
        with Image.open(large) as sheet:
            picture = sheet.convert("RGB")
    picture.thumbnail((WIDEST, 2 * WIDEST), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main(words: list[str]) -> None:
    """Draw the figures named, all where none is."""
    folder = Path(words[0]) if words else HERE / "images"
    folder.mkdir(parents=True, exist_ok=True)
    every = [*(name for name, _ in figures.listing()), GROWTH]
    lacking = [name for name in every if not (HERE / "images" / f"{name}.png").exists()]
    if lacking and folder != HERE / "images":
        sys.exit(f"docs/images lacks {', '.join(lacking)}: run python docs/pictures.py")
    for name in words[1:] or every:
        begin = time.monotonic()
        path = draw(name, folder)
        print(f"{name}: {path.stat().st_size / 1024:.0f} KB, {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
