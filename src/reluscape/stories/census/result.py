"""The landscape of a width as a value: its verdict, its numbers, its page, its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...certificates import new
from ...landscape.optimum import minimum_proof
from ...landscape.topology import BarrierTree
from ...problem.data import Dataset
from ..report import Telling


@dataclass(frozen=True, eq=False, repr=False)
class Landscape(Telling):
    """The landscape of one data set at one width.

    Attributes:
        tree: the barrier tree behind the report.
    """

    tree: BarrierTree
    _data: Dataset
    _shown: tuple[int, ...]

    def certificate(self) -> dict[str, Any]:
        """Return the proofs, for `reluscape verify`: every listed valley's bottom is a local minimum, none is lower.

        That no network of this width has a lower loss is among them where the layers are few enough to be bounded.
        """
        proofs = (self.tree.valleys[k].verdict.certificate for k in self._shown)
        members = [proof for proof in proofs if proof is not None]
        # with weight decay every member claims its own minimum, an exact point beside the floats
        claim = {"local_minima": sum(m["kind"] == "local-minimum" for m in members), "global_minimum": False}
        settings = self.report["settings"]
        lowest = None
        if settings["weight_decay"] is None:
            lowest = minimum_proof(self._data, settings["width"], bool(self.report["data"]["output_bias"]))
        if lowest is not None:
            members, claim = [lowest, *members], {**claim, "global_minimum": True}
        parts = [{name: value for name, value in member.items() if name != "data"} for member in members]
        return new("bundle", self._data.fractions, self._data.y_fractions, claim, {"members": parts})
