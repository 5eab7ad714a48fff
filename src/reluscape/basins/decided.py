"""Which basin values floats can vouch for; exact arithmetic decides the others, or they are refused."""

from __future__ import annotations

import numpy as np

from ..errors import SolverError, TooLarge
from ..numbers.tolerances import Tolerances
from ..problem.data import Dataset
from ..solvers.quadratic import Solution
from .exact_value import exact_basin
from .result import Basin

# the exact value of a basin with more samples x units x inputs is not tried for a caller who asked for floats
LARGEST = 40_000
# up to this size it also replaces a float value whose gap is an estimate
SMALL = 2_000


def vouched(gap: float, tolerances: Tolerances) -> bool:
    """Return whether a float value is within the tolerance of the minimum."""
    return bool(gap <= tolerances.kkt)


def sure(solution: Solution, size: int, tolerances: Tolerances) -> bool:
    """Return whether the float solution of a basin with `size` samples x units x inputs may stand as its value."""
    return vouched(solution.gap, tolerances) and (solution.proved or size > SMALL)


def decided_exactly(data: Dataset, A: np.ndarray, signs: np.ndarray, output_bias: bool, gap: float) -> Basin:
    """Return a basin in exact arithmetic because its float value cannot be vouched for.

    Raises:
        SolverError: it is too large for that.
    """
    size = data.n * len(A) * data.d
    try:
        if size > LARGEST:
            raise TooLarge("samples x units x inputs", size)
        return exact_basin(data, A, signs, output_bias)
    except TooLarge:
        raise SolverError(
            f"the value of a basin of {len(A)} unit(s) over {data.n} samples is not sure in floats (relative gap "
            f"{gap:.1g}): samples lie too close together or differ too much in scale; merge or rescale them, or ask "
            "basin_value with exact=True and a time_limit"
        ) from None
