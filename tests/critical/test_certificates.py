"""Certificates of verdicts: they verify, and no tampered one does."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.onesided import nowhere_negative

X, Y = [[1, 0], [0, 1], [1, 1]], [-2, -2, 1]


@pytest.fixture
def minimum():
    return rs.certify(X, Y, [[0, 0], [-1, -1]], [1, 1]).certificate


@pytest.fixture
def escape():
    return rs.certify(X, [1, 1, 1], [[1, -1], [-1, -2]], [1, 0]).certificate


def test_both_kinds_survive_a_round_trip_through_json(minimum, escape):
    for certificate in (minimum, escape):
        found = rs.verify(json.loads(json.dumps(certificate)))
        assert found.ok, found.message
    assert minimum["kind"] == "local-minimum"
    assert escape["kind"] == "not-minimum"


TAMPER_MINIMUM = [
    ("claim", "loss", "1/7"),
    ("claim", "local_minimum", False),
    ("claim", "v", ["2", "1"]),
    ("claim", "v", ["-1", "1"]),
    ("claim", "W", [["1", "0"], ["-1", "-1"]]),
    ("claim", "c", "0"),
    ("claim", "trainable", "V"),
    ("witness", "units", []),
    ("witness", "units", [{"method": "frozen"}, {"method": "frozen"}]),
    (
        "witness",
        "units",
        [{"method": "multipliers", "corners": [["0", "0"]]}, {"method": "multipliers", "corners": [[]]}],
    ),
]


@pytest.mark.parametrize(("part", "key", "value"), TAMPER_MINIMUM)
def test_a_tampered_minimum_fails(minimum, part, key, value):
    broken = copy.deepcopy(minimum)
    broken[part][key] = value
    if (part, key, value) == ("claim", "v", ["2", "1"]):  # the first unit is zero: the same network, still a minimum
        assert rs.verify(broken).ok
    else:
        assert not rs.verify(broken).ok


def test_tampered_data_fail(minimum):
    broken = copy.deepcopy(minimum)
    broken["data"]["y"][0] = "5"
    assert "altered" in rs.verify(broken).message


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("witness", "dW", [["0", "0"], ["0", "0"]]),
        ("witness", "dc", "1"),
        ("claim", "local_minimum", True),
        ("claim", "loss", "0"),
        ("claim", "W", [["-1", "-1"], ["-1", "-2"]]),
    ],
)
def test_a_tampered_escape_fails(escape, part, key, value):
    broken = copy.deepcopy(escape)
    broken[part][key] = value
    if key == "dW":
        broken["witness"]["dv"] = ["0", "0"]
    assert not rs.verify(broken).ok


def test_a_reversed_escape_fails(escape):
    broken = copy.deepcopy(escape)
    flip = lambda t: t[1:] if t.startswith("-") else "-" + t  # noqa: E731
    broken["witness"]["dW"] = [[flip(t) if t != "0" else t for t in row] for row in broken["witness"]["dW"]]
    broken["witness"]["dv"] = [flip(t) if t != "0" else t for t in broken["witness"]["dv"]]
    assert not rs.verify(broken).ok


def crowded(seed, n=22, d=3, down=9):
    """A unit at 0 on samples of a grid; few of them pull down hard enough to matter."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-4, 5, size=(n, d))
    y = -rng.integers(3, 15, size=n)
    y[rng.choice(n, size=down, replace=False)] = 1
    return X.tolist(), y.tolist(), [[0] * d], [1]


def test_one_map_for_all_corners_is_checked_again():
    verdict = rs.certify(*crowded(3))
    assert verdict.is_local_minimum
    certificate = verdict.certificate
    (unit,) = certificate["witness"]["units"]
    assert unit["method"] == "inclusion"
    assert rs.verify(json.loads(json.dumps(certificate))).ok
    for key, value in (("shift", "1/2"), ("shift", "2"), ("change", "1/3")):
        broken = copy.deepcopy(certificate)
        row = broken["witness"]["units"][0][key]
        row[0] = value if key == "shift" else [value, *row[0][1:]]
        assert not rs.verify(broken).ok
    lower = copy.deepcopy(certificate)
    lower["claim"]["v"] = ["-1"]
    assert not rs.verify(lower).ok


@pytest.mark.parametrize("d", [2, 3])
def test_rays_are_checked_again(monkeypatch, d):
    """Without the map every ray is tried, in the test and in the verifier."""
    monkeypatch.setattr("reluscape.critical.onesided.exact_inclusion", lambda psi: None)
    monkeypatch.setattr("reluscape.critical.onesided.FEW_CORNERS", 1)
    verdict = rs.certify(*crowded(4, n=20, d=d, down=8))
    assert verdict.is_local_minimum
    assert verdict.certificate["witness"]["units"] == [{"method": "rays"}]
    assert rs.verify(verdict.certificate).ok
    broken = copy.deepcopy(verdict.certificate)
    broken["claim"]["v"] = ["-1"]
    assert not rs.verify(broken).ok


def test_beyond_the_budget_the_question_stays_open(monkeypatch):
    monkeypatch.setattr("reluscape.critical.onesided.exact_inclusion", lambda psi: None)
    monkeypatch.setattr("reluscape.critical.optimality.nowhere_negative", lambda psi: nowhere_negative(psi, budget=1))
    verdict = rs.certify(*crowded(3))
    assert verdict.kind == "undecided"
    assert verdict.is_local_minimum is None
    assert verdict.reason.startswith("degenerate")
    assert "sufficient condition" in verdict.reason
    assert verdict.certificate is None
    assert verdict.escape is None
