"""Patterns that no unit can have because samples on one line through the origin are treated differently."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError
from ..problem.data import Dataset, check_pattern


def live_pattern(data: Dataset, pattern: Any) -> np.ndarray:
    """Return a pattern (m, n) of a basin that some weights have, every unit off on zero samples.

    Raises:
        ShapeError, InputError: as for `check_pattern` and `refuse_split_lines`.
    """
    A = check_pattern(pattern, data.n).copy()
    A[:, list(data.zero_rows)] = False
    refuse_split_lines(data, A)
    return A


def refuse_split_lines(data: Dataset, patterns: np.ndarray) -> None:
    """Refuse patterns in which two equal or parallel samples differ, or two antipodal ones are both active.

    No weights have such a pattern, so that the basin of Definition 2 (Safran and Shamir) is empty. Zero rows are
    ignored. Two inactive antipodal samples are let through: weights on their hyperplane have that pattern.
    Whether any other pattern has weights is not decided here: its value is that of its closed cone.

    Args:
        data: the samples.
        patterns: (..., n) bool.

    Raises:
        InputError: names the two samples.
    """
    for group in data.parallel:
        forward = [i for i in group if (data.rows[i] == data.rows[group[0]]).all()]
        backward = [i for i in group if i not in forward]
        for side in (forward, backward):
            for i in side[1:]:
                if (patterns[..., i] != patterns[..., side[0]]).any():
                    raise _refusal(side[0], i, "are the same direction", "both or neither")
        if backward and (patterns[..., forward[0]] & patterns[..., backward[0]]).any():
            raise _refusal(forward[0], backward[0], "are opposite directions", "one of them at most")


def _refusal(first: int, second: int, how: str, which: str) -> InputError:
    """Return the error that names two samples."""
    return InputError(
        f"no unit has this pattern: samples {first} and {second} {how}, so that a unit is active on {which}; give "
        "patterns of cells"
    )
