"""Where the checker that stands alone lies, and what it reads where a certificate holds only the hash of its data."""

from __future__ import annotations

import json
import shlex
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import CertificateError
from ..numbers import files
from .numerals import fraction_texts

NAME = "reluscape_check.py"
LAID = ("share", "reluscape", NAME)


def checker_path() -> Path:
    """Return the checker's file: that of the source tree, or the one that the installed package brought.

    Raises:
        CertificateError: there is none.
    """
    beside = Path(__file__).parents[3] / "checker" / NAME
    if beside.is_file():
        return beside
    try:
        entries = metadata.files("reluscape") or ()
    except metadata.PackageNotFoundError:
        entries = ()
    for entry in entries:
        if entry.parts[-3:] == LAID:
            path = Path(str(entry.locate())).resolve()
            if path.is_file():
                return path
    raise CertificateError(f"this installation came without {NAME}; take it from the folder checker of the sources")


def command(certificate: str | Path, data: str | Path | None = None) -> str:
    """Return the line that checks a certificate with the standard library alone.

    Args:
        certificate: its file.
        data: the file of `write_data`, where the certificate holds only the hash of its data.
    """
    words = ["python3", str(checker_path()), str(certificate), *([] if data is None else [str(data)])]
    return " ".join(map(shlex.quote, words))


def write_data(path: str | Path, data: Any) -> Path:
    """Write exact data, {"X": [[...]], "y": [...]} with numbers as text, whole or not at all; return where.

    Args:
        path: the file.
        data: a Dataset.
    """
    y = data.y_fractions
    content = {"X": fraction_texts(data.fractions), "y": None if y is None else fraction_texts(y)}
    return files.write_atomic(path, json.dumps(content) + "\n")
