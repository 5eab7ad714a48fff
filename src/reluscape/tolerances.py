"""The one numerical policy: when a float counts as zero, and how far a residual may be off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerances:
    """Every threshold of the package, each relative to the scale named beside it."""

    # |<w, x>| <= boundary * |w| |x| : a sample lies on a unit's hyperplane (float input only)
    boundary: float = 1e-9
    # singular values below rank * sigma_max * max(n, p) * machine precision count as zero
    rank: float = 8.0
    # KKT residual of a basin program, relative to the mean square of the targets
    kkt: float = 1e-9
    # first-order slack, relative to the size of the gradient's terms
    stationarity: float = 1e-9
    # a loss at most this share of the best constant's loss counts as zero when no exact decision is asked
    zero_loss: float = 1e-9
    # relative duality gap at which the interior point stops
    interior_gap: float = 1e-11


DEFAULT = Tolerances()
MACHINE_PRECISION = 2.0**-52
