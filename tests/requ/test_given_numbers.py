"""Numbers in whatever holds them: ReQU networks and frozen basins read iterators, decimals and tensors alike."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs

FORMS = {
    "iterator": iter,
    "decimals": lambda values: [Decimal(str(v)) for v in values],
    "text": lambda values: [str(v) for v in values],
    "fractions": lambda values: [Fraction(v) for v in values],
    "array": np.array,
}


@pytest.mark.parametrize("form", FORMS)
def test_labels_knots_and_filters_in_any_form(form):
    given = FORMS[form]
    X, y = [[0.0], [1.0], [2.0]], [1, -1, 1]
    assert rs.requ.design(X, given(y), rng=0).lambda0 == pytest.approx(rs.requ.design(X, y, rng=0).lambda0)
    found = rs.requ.interpolate(given([0, 1]), given([1, -1]), -1)
    assert found.exact_coefficients.tolist() == [1, -10]
    assert found.predict(given([0, 1])) == pytest.approx([1, -6])
    if form != "text":
        assert np.array(rs.requ.conv.pad_convolve(given([1, 2]), given([3, 4, 5])), float).tolist() == [6, 11, 14, 5]
    assert rs.requ.bad_minimum(3, 2, given([0.2, 0.3])).training_error == pytest.approx(1 / 3)


@pytest.mark.parametrize("form", FORMS)
def test_frozen_weights_and_targets_in_any_form(form):
    given = FORMS[form]
    X, y, pattern = [[1], [2]], [1, 1], [[1, 1], [1, 1]]
    found = rs.basin_value(X, given(y), pattern, None, v=given([1, 2]), exact=True)
    assert found.exact_value == Fraction(1, 10)  # the best slope on 1, 2 for the targets 1, 1 is 3/5


def test_samples_as_iterators_and_tensors():
    net = rs.requ.ReQUNet([1.0], [[1.0, 0.5]])
    assert net.predict(zip([1, 2], strict=True)).tolist() == [2.25, 6.25]
    torch = pytest.importorskip("torch")
    assert net.predict(torch.tensor([[1.0], [2.0]], requires_grad=True)).tolist() == [2.25, 6.25]
    assert rs.requ.conv.pad_convolve(torch.tensor([1, 2]), torch.tensor([3, 4, 5])).tolist() == [6, 11, 14, 5]


@pytest.mark.parametrize("wrong", [{1, -1}, {0: 1, 1: -1}, "12"])
def test_what_has_no_order_is_refused_by_name(wrong):
    calls = (
        lambda: rs.requ.design([[0.0], [1.0]], wrong),
        lambda: rs.requ.interpolate(wrong, [1, -1], -5),
        lambda: rs.requ.interpolate([0, 1], wrong, -1),
        lambda: rs.requ.conv.pad_convolve(wrong, [1, 2]),
        lambda: rs.requ.conv.toeplitz(wrong, 2),
        lambda: rs.requ.ReQUNet([1.0], [[1.0, 0.5]]).predict(wrong),
        lambda: rs.basin_value([[1], [2]], wrong, [[1, 1]], None, v=[1]),
        lambda: rs.basin_value([[1], [2]], [1, 1], [[1, 1], [1, 1]], None, v=wrong),
    )
    for call in calls:
        with pytest.raises(rs.InputError):
            call()
