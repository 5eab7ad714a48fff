"""The lowest objective of a narrow width by layers of cones: against the proof over all cells, and both checkers."""

import copy
import json
from fractions import Fraction

import pytest

import reluscape as rs
from reluscape.basins.decay.programs import decay_of
from reluscape.basins.decay.pulls import Cells
from reluscape.landscape.optimum import decayed_finite
from reluscape.landscape.optimum.decayed_infinite import decayed_infinite_width_minimum
from reluscape.landscape.optimum.decayed_layers import split_width
from reluscape.landscape.optimum.decayed_proof import prove_width
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.checker.standalone import CHECKER

XOR, TARGETS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]


def holds(certificate):
    """Both checkers accept a certificate."""
    return rs.verify(certificate).ok and CHECKER.check(json.dumps(certificate))[0] == 0


@pytest.mark.parametrize(
    ("X", "y", "width", "decay", "bias"),
    [
        ([[-2, 0], [2, 2], [2, -1], [0, -1], [-2, 1]], [0, 2, 0, 1, 2], 1, WeightDecay("1/5"), False),
        ([[2, 0], [1, 2], [-1, -2], [-1, -1], [2, 2]], [-2, 0, 2, -2, 1], 2, WeightDecay("1/5"), False),
        ([[-2, 1], [-1, 1], [-1, 1], [0, 1], [2, 1]], [1, -1, 0, 2, 0], 1, WeightDecay("1/50", False), True),
        ([[-2, 1], [-1, 1], [1, 1], [2, 1]], [1, -1, 2, 0], 1, WeightDecay("1/50"), True),
        (XOR, TARGETS, 1, WeightDecay("1/20", False), True),
    ],
)
def test_cones_and_cells_prove_the_same_minimum(X, y, width, decay, bias):
    problem = Problem(X, y, weight_decay=decay, output_bias=bias)
    listed = prove_width(problem, Cells(problem.data, decay_of(problem).penalised), width)
    floor = decayed_infinite_width_minimum(problem, proved=False).value * problem.n
    found = split_width(problem, width, None, floor)
    assert found.complete
    assert found.lower <= listed.upper
    assert listed.lower <= found.upper
    assert found.upper - found.lower <= Fraction(1, 10**8) * found.upper
    assert holds(found.certificate)
    for spoil in (
        lambda c: c["witness"]["bounds"].pop(),
        lambda c: c["claim"].update(width=None),
        lambda c: c["claim"].update(lower=str(found.upper + 1)),
    ):
        wrong = copy.deepcopy(found.certificate)
        spoil(wrong)
        assert not rs.verify(wrong).ok
        assert CHECKER.check(json.dumps(wrong))[0] != 0


def test_more_layers_than_are_gone_through_are_cut(monkeypatch):
    monkeypatch.setattr(decayed_finite, "MOST_LAYERS", 0)
    found = rs.global_minimum(XOR, TARGETS, 1, output_bias=True, weight_decay=WeightDecay("1/10", biases=False))
    assert found.value * 4 / 2 == pytest.approx(0.46856, abs=1e-5)  # XOR's table, half the sum of squares
    assert (found.complete, found.kind) == (True, "certified")
    assert found.certificate["kind"] == "decayed-cone-minimum"
    assert found.certificate["claim"]["width"] == 1
    assert holds(found.certificate)


def test_without_time_the_interval_of_all_widths_is_proved():
    decay = WeightDecay("1/10", biases=False)
    found = rs.global_minimum(XOR, TARGETS, 1, output_bias=True, weight_decay=decay, time_limit=0)
    assert not found.complete
    assert 2 * found.lower == pytest.approx(0.40569, abs=1e-5)  # of two units
    assert 2 * found.upper >= 0.46856 - 1e-5
    assert holds(found.certificate)


def test_an_unfinished_search_still_proves_an_interval(monkeypatch):
    monkeypatch.setattr(decayed_finite, "MOST_LAYERS", 0)
    monkeypatch.setattr(decayed_finite, "MOST_BASINS", 0)
    monkeypatch.setattr(decayed_finite, "split_width", lambda *_: None)
    decay = WeightDecay("1/10", biases=False)
    found = rs.global_minimum(XOR, TARGETS, 1, output_bias=True, weight_decay=decay)
    assert not found.complete
    assert 2 * found.lower == pytest.approx(0.40569, abs=1e-5)  # of two units
    assert 2 * found.upper == pytest.approx(0.46856, abs=1e-5)
    assert found.certificate["claim"]["width"] == 1
    assert holds(found.certificate)
