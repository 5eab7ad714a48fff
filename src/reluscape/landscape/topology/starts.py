"""Random starts in the data's own units, drawn for inputs and targets on another scale where asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.seeds import as_generator
from ...problem.networks.initialization import Law, get_law


@dataclass(frozen=True)
class Coordinates:
    """The scale on which networks are drawn and trained: samples X @ inputs, targets (y - shift) / scale.

    Attributes:
        inputs: (d, d) invertible, None for the identity.
        scale: positive.
        shift: the constant that an output bias starts with; 0 without an output bias.
    """

    inputs: np.ndarray | None = None
    scale: float = 1.0
    shift: float = 0.0

    def samples(self, X: np.ndarray) -> np.ndarray:
        """Return the samples on this scale."""
        return X if self.inputs is None else X @ self.inputs

    def targets(self, y: np.ndarray) -> np.ndarray:
        """Return the targets on this scale."""
        return (y - self.shift) / self.scale

    def weights(self, W: np.ndarray) -> np.ndarray:
        """Return hidden weights (..., m, d) of this scale in the data's own units."""
        return W if self.inputs is None else W @ self.inputs.T


@dataclass(frozen=True)
class Starts:
    """Drawn networks on their own scale.

    Attributes:
        law: law that drew them.
        W: (trials, m, d).
        v: (trials, m).
        coordinates: their scale.
    """

    law: Law
    W: np.ndarray
    v: np.ndarray
    coordinates: Coordinates

    @property
    def raw(self) -> tuple[np.ndarray, np.ndarray, float]:
        """(W, v, c) in the data's own units."""
        return self.coordinates.weights(self.W), self.v * self.coordinates.scale, self.coordinates.shift


def draw_starts(
    law: Any, trials: Any, width: int, d: int, rng: Any, coordinates: Coordinates | None = None, factor: float = 1.0
) -> Starts:
    """Draw networks; `factor` multiplies their output weights.

    Raises:
        InputError: trials below 1, an unknown law.
    """
    if isinstance(trials, bool) or int(trials) != trials or trials < 1:
        raise InputError(f"trials is {trials!r}; it is a whole number, at least 1")
    weight_law = get_law(law)
    W, v = weight_law.sample_many(as_generator(rng), int(trials), width, d)
    return Starts(weight_law, W, factor * v, coordinates or Coordinates())
