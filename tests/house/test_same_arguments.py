"""What is optional in one function is optional in all: targets come with a `Dataset`, and the width by keyword."""

from __future__ import annotations

import inspect

import pytest

import reluscape as rs

OF_A_WIDTH = sorted(
    name
    for name in rs.__all__
    if inspect.isfunction(getattr(rs, name))
    and {"X", "y", "width"} <= inspect.signature(getattr(rs, name)).parameters.keys()
)


@pytest.mark.parametrize("name", OF_A_WIDTH)
def test_targets_and_width_may_be_left_out(name):
    parameters = inspect.signature(getattr(rs, name)).parameters
    assert parameters["y"].default is None
    assert parameters["width"].default is not inspect.Parameter.empty


@pytest.mark.parametrize("name", ["local_minima", "good_basin_probability", "basin_value_distribution"])
def test_a_data_set_with_targets_and_a_width_by_keyword_are_enough(name):
    data = rs.Dataset([[1.0], [-1.0]], [1.0, 2.0])
    given = getattr(rs, name)([[1.0], [-1.0]], [1.0, 2.0], 2)
    assert repr(getattr(rs, name)(data, width=2)) == repr(given)


def test_signatures_show_no_list_of_tolerances():
    for name in ("certify", "explain", "descend", "certify_model"):
        assert len(str(inspect.signature(getattr(rs, name)))) < 700, name
