"""The path in the decay: its ends, concavity, the interpolator of least norm, bounds between the points."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError

XOR, TARGETS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]


@pytest.fixture(scope="module")
def path():
    return rs.decay_path(XOR, TARGETS, output_bias=True, biases=False, most=10, accuracy=1e-4, width=0)


def test_xor_tends_to_two_roots_of_two(path):
    """Two units of norm sqrt(2) each fit XOR; nothing of less norm does."""
    low, high = path.least_norm
    assert high == pytest.approx(2 * 2**0.5, abs=1e-9)
    assert low <= high
    assert low == pytest.approx(high, rel=1e-3)
    assert np.abs(path.interpolator.predict(path.problem.data) - TARGETS).max() < 1e-9


def test_ends_and_order(path):
    assert path.lambda_max == pytest.approx(2**0.5 / 8)
    assert path.points[-1].live == 0
    assert path.points[-1].value == pytest.approx(0.25)
    decays = [p.decay for p in path.points]
    assert decays == sorted(decays)
    assert decays[0] == pytest.approx(1e-4 * path.lambda_max)
    # the loss grows and the norm falls with the decay
    assert np.all(np.diff([p.loss for p in path.points]) >= -1e-9)
    assert np.all(np.diff([p.norm for p in path.points]) <= 1e-6)


@pytest.mark.parametrize("share", [0.0015, 0.04, 0.5, 0.93])
def test_bounds_between_the_points_hold_the_truth(path, share):
    decay = share * path.lambda_max
    low, high = path.bounds(decay)
    true = rs.infinite_width_minimum(XOR, TARGETS, True, weight_decay=rs.WeightDecay(decay, False)).value
    assert low - 1e-9 <= true <= high + 1e-9
    assert high - low <= path.accuracy * high + 1e-12


def test_one_value_of_the_literature(path):
    """Half sums of squares: 0.40569 at 0.2, that is at 0.1 beside the mean."""
    low, high = path.bounds(0.1)
    assert 2 * low <= 0.40570
    assert 2 * high >= 0.40568


def test_orthogonal_samples_are_fitted_by_one_unit_between_them():
    """Targets of one sign on orthogonal samples: w = (1, 1), and norm sqrt(2)."""
    path = rs.decay_path([[1, 0], [0, 1]], [1, 1], most=5)
    assert path.points[0].live == 1
    assert path.least_norm[1] == pytest.approx(2**0.5)
    assert path.points[0].valleys is not None


def test_valleys_are_those_of_the_tree():
    path = rs.decay_path(XOR, TARGETS, most=3, width=1)
    for point in path.points[:-1]:
        tree = rs.barrier_tree(XOR, TARGETS, 1, weight_decay=point.decay)
        assert point.valleys == len(tree.valleys)
    assert path.width == 1


def test_logistic_has_no_interpolator():
    path = rs.decay_path(XOR, [-1, 1, 1, -1], loss="logistic", most=4, width=0)
    assert path.least_norm[1] is None
    assert path.points[-1].value == pytest.approx(np.log(2))


def test_it_can_be_read_and_drawn(path):
    assert "lambda" not in str(path)
    assert "interpolator of least norm" in str(path)
    assert "<table>" in path._repr_html_()
    assert path.plot().get_xlabel() == "weight decay"
    assert repr(path).startswith("DecayPath(")


def test_bad_input_is_refused(path):
    with pytest.raises(InputError, match="between 0 and 1"):
        rs.decay_path(XOR, TARGETS, smallest=2)
    with pytest.raises(InputError, match="the path goes from"):
        path.bounds(5)
    with pytest.raises(InputError, match="constant at every"):
        rs.decay_path([[0], [0]], [1, 2])
