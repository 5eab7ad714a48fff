"""A delimited text file as a header and rows of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ...errors import InputError
from ...numbers import files


class Row(list[str]):
    """The cells of a row as text.

    Attributes:
        line: number of the line of its file on which it begins.
    """

    def __init__(self, cells: Iterable[str], line: int) -> None:
        super().__init__(cells)
        self.line = line


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """Return the header and the rows as text."""
    raw = files.read_limited(path)
    try:
        text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # has a letter for every byte
    if "\x00" in text:
        raise InputError(f"{path.name} is not a text file; save it as CSV")
    if not text.strip():
        raise InputError(f"{path.name} is empty; it needs a header line and at least 2 rows")
    try:
        lines, reader, line = [], csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), 1
        for cells in reader:
            lines.append(Row(cells, line))
            line = reader.line_num + 1
    except csv.Error as problem:
        raise InputError(
            f"{path.name} is no table: {problem}; a value is too long, which an unclosed quote also does"
        ) from None
    lines = [row for row in lines if any(cell.strip() for cell in row)]
    if not lines:
        raise InputError(f"{path.name} has no header line; name the columns in its first line")
    header = [cell.strip() for cell in lines[0]]
    repeats = sorted({name for name in header if header.count(name) > 1})
    if repeats:
        raise InputError(f"{path.name} names the column {repeats[0]!r} twice; rename one")
    for row in lines[1:]:
        if len(row) != len(header):
            raise InputError(
                f"{path.name} line {row.line} has {len(row)} values, the header has {len(header)}; mend the line"
            )
    if len(lines) == 1:
        raise InputError(f"{path.name} has a header but no rows; at least 2 are needed")
    return header, lines[1:]


def column_names(path: Path) -> list[str]:
    """Return the names in the header of a table.

    Raises:
        InputError: the file is no table.
    """
    return read_rows(path)[0]


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the header, and the first lines the same way, into most columns."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    best, most = ",", 1
    for candidate in (",", ";", "\t", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=candidate)}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = candidate, width
    if most == 1:
        counts = {c: len(next(csv.reader(lines[:1], delimiter=c))) for c in (",", ";", "\t", "|")}
        best = max(counts, key=lambda c: counts[c])
    return best
