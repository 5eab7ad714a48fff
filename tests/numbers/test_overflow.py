"""Which calls are watched for numbers beyond doubles, and what becomes of a float that passes through infinity."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError
from reluscape.numbers.overflow import refuses_overflow


@refuses_overflow
def through_infinity(*given):
    """1 / (1 + exp(1000)), which doubles take through infinity to the right result, 0."""
    return 1.0 / (1.0 + np.exp(np.full(1, 1000.0)))[0]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    "given",
    [
        [[1.0, 2.0]],
        np.array([1e-90, 1.0]),  # a weight that has decayed beside one that has not
        rs.Dataset([[1, 2], [3, 4]], [1, 2]),
        rs.Problem([[1, 2], [3, 4]], [1, 2]),
        rs.Problem([[1, 2], [3, 4]], [[1, 2], [0, 1]]),
        rs.TwoLayerNet([[1e-90, 1.0]], [1.0]),
        "text",
        None,
    ],
)
def test_ordinary_numbers_are_left_alone(given):
    assert through_infinity(given) == 0.0


@pytest.mark.parametrize(
    "given",
    [
        [[1e200, 2.0]],
        np.array([1e-90, 1e-100]),
        [np.eye(2), np.array([[1e90]])],
        [10**400, 1],
        rs.Dataset([[1, 2], [3, 4]], [1, 10**90]),
        rs.Problem([[1, 2], [3, 10**90]], [1, 2]),
        rs.Problem([[1, 2], [3, 4]], [[1, 2], [0, 1e90]]),
        rs.TwoLayerNet([[1e90, 1.0]], [1.0]),
    ],
    ids=str,
)
def test_numbers_far_from_one_are_refused_in_one_line(given):
    with pytest.raises(InputError, match="beyond the range of doubles"):
        through_infinity(given)
