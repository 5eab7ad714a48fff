"""What may have gone wrong where a network does not fit the rows it is judged on."""

from __future__ import annotations

import numpy as np

from ...problem.data import standardize
from ...problem.trained.layered import Layered
from .last_layer import constant_loss
from .predictions import Rescaled

ANY = (
    "likely reasons: inputs that were scaled in training (--standardize), a scaled target (--standardize-target), "
    "other numbers for the classes (--labels) or another loss (--loss)"
)


def hints(seen: Layered, rescaled: Rescaled | None, wrong: bool) -> tuple[str, ...]:
    """Return the likely mistakes, those that were tried and fit first.

    Args:
        seen: the network on its data.
        rescaled: the map that its outputs need where they look standardised.
        wrong: whether the network does not fit the rows.
    """
    found = []
    if rescaled is not None:
        sign = "+" if rescaled.b >= 0 else "-"
        found.append(
            f"your outputs look standardised: add --standardize-target ({rescaled.a:.4g} * output {sign} "
            f"{abs(rescaled.b):.4g} explains {_share(rescaled.share)} of the target)"
        )
    if wrong and _fits_scaled(seen):
        found.append("on standardised inputs the network fits better than a constant: add --standardize")
    if wrong and not found:
        found.append(ANY)
    return tuple(found)


def _share(share: float) -> str:
    """Return a share in per cent, rounded down where it is not all."""
    return f"{np.floor(1000 * share) / 10:g}%"


def _fits_scaled(seen: Layered) -> bool:
    """Return whether the network beats the best constant once the inputs are standardised."""
    data = standardize(seen.data)
    F = seen.net.hidden(np.asarray(data.X))[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        value = seen.loss.value(F, seen.Y)
    return bool(np.isfinite(value)) and value < constant_loss(seen)
