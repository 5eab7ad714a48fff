"""The survey as a value: its verdict, its numbers, its page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import files
from ..basins import basin_value
from ..data import Dataset
from ..errors import UnsupportedError
from ..pagelink import render_page


@dataclass(frozen=True)
class Survey:
    """The map of one data set.

    Attributes:
        report: everything as plain data, schema 1 (documented in docs/survey-json.md).
    """

    report: dict[str, Any]
    _data: Dataset
    _best: tuple[np.ndarray, np.ndarray] | None

    @property
    def verdict(self) -> str:
        """At most six plain lines."""
        return "\n".join(self.report["verdict"])

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(self.report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def to_html(self, path: str | Path) -> Path:
        """Write the self-contained page, whole or not at all, and return its path."""
        return files.write_atomic(path, render_page(self.report))

    def certificate(self) -> dict[str, Any]:
        """Return a proof of the best network's loss: the exact value of its basin, for `reluscape verify`.

        Raises:
            UnsupportedError: no basin was found below the best affine fit, or its exact value is out of reach.
        """
        if self._best is None:
            raise UnsupportedError("the best known fit is the affine one; there is no basin to certify")
        pattern, sign = self._best
        basin = basin_value(self._data, None, pattern, sign, exact=True, output_bias=self.report["data"]["output_bias"])
        if basin.certificate is None:
            raise UnsupportedError("the basin of the best network has no exact certificate within reach")
        return basin.certificate

    def _repr_html_(self) -> str:
        """Return the verdict for a notebook."""
        from html import escape

        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in self.report["verdict"]) + "</ul>"
