"""Certificates of verdicts: they verify, and no tampered one does."""

from __future__ import annotations

import copy
import json

import pytest

import reluscape as rs

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


def test_rays_are_checked_again():
    """More than ten lines pull down: rays in the plane decide, in the test and in the verifier."""
    X = [[1, k] for k in range(-9, 10)]
    y = [-4 if k % 2 else 1 for k in range(19)]
    verdict = rs.certify(X, y, [[0, 0]], [1])
    assert verdict.is_local_minimum is not None
    assert rs.verify(verdict.certificate).ok
