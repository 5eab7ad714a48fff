"""Whether a network's weights, and what it computes on the rows, have squares that doubles can hold."""

from __future__ import annotations

import numpy as np

from ...errors import ModelError
from ...numbers.checks import LARGEST_TARGET
from ..networks import DeepNet


def check_sizes(net: DeepNet, X: np.ndarray) -> None:
    """Refuse a network with which no length or loss could be computed in doubles.

    A unit's largest weight lies between 1e-150 and 1e150 or is zero, and so do the sizes of all that its layers give,
    from above: beyond that a square is infinite or zero, and a unit that is on would pass for one that is off.

    Args:
        net: the network.
        X: (n, d) what its first layer takes.

    Raises:
        ModelError: names the layer, and the unit or the row.
    """
    for k, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        rows = np.abs(W if k + 1 == net.depth else np.column_stack([W, b]))
        sizes = rows.max(axis=1, initial=0.0)
        wrong = np.flatnonzero((sizes > LARGEST_TARGET) | ((sizes < 1 / LARGEST_TARGET) & (sizes > 0)))
        if wrong.size:
            j = wrong[0]
            raise ModelError(
                f"unit {j} of layer {k + 1} has weights of size {sizes[j]:.2g}, whose square is beyond the range of "
                "doubles; rescale the network (a factor may move from a unit's inputs to its output weight)"
            )
    with np.errstate(over="ignore", invalid="ignore"):
        outputs = net.hidden(X)
    for k, values in enumerate(outputs):
        beyond = np.argwhere(~(np.abs(values) <= LARGEST_TARGET))
        if len(beyond):
            i, j = beyond[0]
            raise ModelError(
                f"unit {j} of layer {k + 1} gives {values[i, j]:.2g} on sample {i}, whose square is beyond the range "
                "of doubles; did the training diverge?"
            )
