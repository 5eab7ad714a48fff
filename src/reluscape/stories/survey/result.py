"""The survey as a value: its verdict, its numbers, its page, its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...basins import basin_value
from ...errors import UnsupportedError
from ...problem.data import Dataset
from ...problem.problem import Problem
from ..report import Telling


@dataclass(frozen=True, eq=False, repr=False)
class Survey(Telling):
    """The map of one data set.

    Attributes:
        problem: what was minimised; with weight decay in the inputs that networks were trained on.
    """

    _data: Dataset
    _best: tuple[np.ndarray, np.ndarray] | None
    problem: Problem | None = None
    _proof: dict[str, Any] | None = None

    def certificate(self) -> dict[str, Any]:
        """Return a proof of the best network's loss: the exact value of its basin, for `reluscape verify`.

        With weight decay it proves the lowest objective of any width, with the logistic loss the infimum of a small
        basin, both between rational ends.

        Raises:
            UnsupportedError: no basin was found below the best affine fit, or its exact value is out of reach.
        """
        if self.report.get("weight_decay") is not None:
            if self._proof is None:
                raise UnsupportedError("the lowest objective of any width is not proved for these data")
            return self._proof
        if self._proof is not None:
            return self._proof
        if self._best is None:
            raise UnsupportedError("the best known fit is the affine one; there is no basin to certify")
        pattern, sign = self._best
        basin = basin_value(self._data, None, pattern, sign, exact=True, output_bias=self.report["data"]["output_bias"])
        if basin.certificate is None:
            raise UnsupportedError("the basin of the best network has no exact certificate within reach")
        return basin.certificate
