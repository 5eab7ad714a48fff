"""A model and what was read of it, compared on rows: no network is judged that is not the user's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ModelError
from ...numbers.tolerances import DEFAULT, Tolerances


def check_agreement(reading: Any, X: np.ndarray, tolerances: Tolerances = DEFAULT) -> None:
    """Refuse a reading whose outputs are not the model's own on these rows.

    Args:
        reading: `reluscape.interop.reading.Reading`; one whose model cannot run is taken as it is.
        X: (n, d) rows as the first layer takes them.
        tolerances: `forward` is the largest difference, in roundings of the sum of absolute terms.

    Raises:
        ModelError: they part, with the row and both outputs.
    """
    apart, row = reading.disagreement(X)
    if not apart <= tolerances.forward:
        outputs = [np.array2string(values, precision=6) for values in reading.both(X[row : row + 1])]
        raise ModelError(
            f"{reading.kind} computes something else than the layers read of it: in row {row} the model gives "
            f"{outputs[0]}, its layers {outputs[1]}; give the layers as a Sequential or a DeepNet"
        )
