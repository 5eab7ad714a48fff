"""Numbers at the ends of the range of doubles: a value, or an error of the package's own in one line."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import ReluscapeError


@pytest.mark.parametrize("scale", [1e200, 1e308, 1e-200, 1e-320])
@pytest.mark.parametrize("where", ["X", "y", "W", "v"])
def test_a_value_or_one_line(scale, where):
    """The verdict of numbers that only have another unit is the same; what is refused is refused by name."""
    given = {
        "X": np.array([[1.0, 0.5], [0.3, 1.0], [-1.0, 0.2]]),
        "y": np.array([1.0, -1.0, 0.5]),
        "W": np.array([[1.0, -0.4], [0.2, 0.7]]),
        "v": np.array([1.0, -0.5]),
    }
    given[where] = given[where] * scale
    X, y, W, v = given.values()
    calls = [
        lambda: rs.certify(X, y, W, v, exact=True),
        lambda: rs.certify(X, y, W, v, exact=False),
        lambda: rs.descend(X, y, W, v, max_basins=20),
        lambda: rs.certify_model(rs.DeepNet([W, np.eye(2), [v]], [None] * 3), X, y),
    ]
    told = []
    for call in calls:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                assert call() is not None
            except ReluscapeError as refused:
                told.append(str(refused))
    assert all("\n" not in line and len(line) < 250 for line in told)
