"""The landscape of a width as a value: its verdict, its numbers, its page, its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..certificates import core
from ..data import Dataset
from ..telling import Telling
from ..topology import BarrierTree


@dataclass(frozen=True, eq=False)
class Landscape(Telling):
    """The landscape of one data set at one width.

    Attributes:
        tree: the barrier tree behind the report.
    """

    tree: BarrierTree
    _data: Dataset
    _shown: tuple[int, ...]

    def certificate(self) -> dict[str, Any]:
        """Return the proofs, for `reluscape verify`, that the bottom of every listed valley is a local minimum."""
        members = [self.tree.valleys[k].verdict.certificate for k in self._shown]
        claim = {"local_minima": len(members)}
        return core.new("bundle", self._data.fractions, self._data.y_fractions, claim, {"members": members})
