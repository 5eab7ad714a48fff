"""False certificates that were once accepted, each refused by name, and what the answer may say."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.certificates import new, read
from tests.certificates.samples import OF_KINDS, certificates
from tests.checker.standalone import CHECKER

PLANE, TARGETS = [[1, 0], [0, 1], [1, 1]], [-2, -2, 1]


@pytest.fixture
def minimum():
    return rs.certify(PLANE, TARGETS, [[0, 0], [-1, -1]], [1, 1]).certificate


def bundle(members, claim):
    data = rs.Dataset(PLANE, TARGETS)
    parts = [{key: value for key, value in member.items() if key != "data"} for member in members]
    return new("bundle", data.fractions, data.y_fractions, claim, {"members": parts})


def refused(certificate, words, data=None):
    answer = rs.verify(certificate, data)
    assert not answer
    assert words in answer.message, answer.message


@pytest.mark.parametrize("sign", [1.0, True, np.int64(1), np.float64(1), "1", 0, 2, None])
def test_output_signs_are_integers(sign):
    """(1, 1) and (0, 1e-17): in doubles the point 0 looks stationary with loss 1; the basin's value is 1/2."""
    proof = rs.basin_value([["1", "1"], ["0", "1e-17"]], ["-1", "1"], [[1, 1]], [1], exact=True).certificate
    assert rs.verify(proof)
    assert proof["claim"]["value"] == "1/2"
    proof["claim"] |= {"signs": [sign], "value": "1"}
    proof["witness"] |= {"Z": [["0", "0"]], "multipliers": [[[0, "1"]]]}
    refused(proof, "a sign is")


def test_the_targets_of_a_frozen_basin_are_those_of_the_table():
    X = [[1, 0], [0, 1]]
    proof = rs.basin_value(X, [[1], [2]], [[1, 1]], None, v=[[1]], exact=True).certificate
    assert rs.verify(proof, rs.Dataset(X, [1, 2]))
    refused(proof, "SHA-256", rs.Dataset(X, [5, 7]))
    refused(proof, "no targets", rs.Dataset(X))


def test_a_hash_over_the_inputs_alone_lets_no_other_targets_pass(minimum):
    X = minimum["data"]["X"]
    minimum["data"]["sha256"] = hashlib.sha256(json.dumps([X, None], separators=(",", ":")).encode()).hexdigest()
    refused(minimum, "altered")
    del minimum["data"]["X"], minimum["data"]["y"]
    refused(minimum, "SHA-256", rs.Dataset(PLANE, TARGETS))


@pytest.mark.parametrize("part", ["X", "y"])
def test_an_altered_block_is_noticed_beside_the_table(minimum, part):
    minimum["data"][part][0] = ["7", "7"] if part == "X" else "7"
    refused(minimum, "altered", rs.Dataset(PLANE, TARGETS))


def test_what_a_bundle_claims_is_what_its_members_prove(minimum):
    assert rs.verify(bundle([minimum], {"local_minima": 1, "global_minimum": False}))
    refused(bundle([minimum], {"local_minima": 600, "global_minimum": False}), "members prove 1")
    refused(bundle([minimum], {"local_minima": 1, "global_minimum": True}), "global minimum")
    refused(bundle([minimum, minimum], {"local_minima": 2, "global_minimum": False}), "same network")
    turned = copy.deepcopy(minimum)
    turned["claim"]["W"].reverse()
    turned["witness"]["units"].reverse()
    refused(bundle([minimum, turned], {"local_minima": 2, "global_minimum": False}), "same network")
    refused(bundle([minimum], {"local_minima": 1, "global_minimum": False, "more": 1}), "not known")


@pytest.mark.parametrize(("field", "value"), [("c", "0"), ("trainable", "W")])
def test_one_network_is_not_two_minima_for_what_is_trained(field, value):
    """f(x) = max(0, x) reaches y = x on 1 and 2: with or without an output bias of 0, or with v fixed, one network."""
    minimum = rs.certify([[1], [2]], [1, 2], [[1]], [1]).certificate
    again = copy.deepcopy(minimum)
    again["claim"][field] = value
    both = {
        **{"schema": 1, "kind": "bundle", "data": minimum["data"]},
        "claim": {"local_minima": 2, "global_minimum": False},
        "witness": {"members": [{k: v for k, v in one.items() if k != "data"} for one in (minimum, again)]},
    }
    assert rs.verify(minimum)
    assert rs.verify(again)
    refused(both, "same network")
    assert CHECKER.check(json.dumps(both)) == (1, "invalid: two members are about the same network")


def test_a_member_s_own_data_are_those_of_its_bundle(minimum):
    whole = bundle([minimum], {"local_minima": 1, "global_minimum": False})
    whole["witness"]["members"][0]["data"] = copy.deepcopy(whole["data"])
    assert rs.verify(whole)
    whole["witness"]["members"][0]["data"]["y"][0] = "7"
    refused(whole, "own data")


def test_a_verdict_is_checked_or_refused():
    escape = rs.certify(PLANE, [1, 1, 1], [[1, -1], [-1, -2]], [1, 0]).certificate
    for verdict, right in (("not stationary", True), ("saddle", False), ("local minimum", False), (None, False)):
        claimed = copy.deepcopy(escape)
        claimed["claim"]["verdict"] = verdict
        assert rs.verify(claimed).ok is right


def test_values_beyond_the_range_of_doubles_are_told():
    for size, words in ((10**160 + 1, "1E+320"), (10**300 + 1, "1E+600")):
        proof = new(
            "basin-value",
            np.array([[Fraction(1)], [Fraction(-1)]], dtype=object),
            np.array([Fraction(size)] * 2, dtype=object),
            {"value": str(size**2), "patterns": ["10"], "signs": [-1], "output_bias": False},
            {"Z": [["0"]], "c": "0", "multipliers": [[[0, str(size)]]]},
        )
        answer = rs.verify(proof)
        assert answer.ok, answer.message
        assert words.lower() in answer.message.lower()


def test_a_slope_is_named():
    leaky = rs.certify([[1], [2]], [1, 2], [[1]], [1]).certificate
    leaky["claim"]["slope"] = "1/2"
    answer = rs.verify(leaky)
    assert answer.ok
    assert "slope 1/2" in answer.message
    leaky["claim"]["slope"] = "1"
    assert "not ReLU" in rs.verify(leaky).message


@pytest.mark.parametrize("claimed", [1, 0, "True", None, 1.0, np.bool_(False)])
def test_zero_loss_is_true_or_false(claimed):
    proof = rs.zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, 1]).certificate
    proof["claim"]["zero_loss"] = claimed
    refused(proof, "zero loss")


@pytest.mark.parametrize("schema", [True, 1.0, "1", None, 2])
def test_the_schema_is_the_integer_one(minimum, schema, tmp_path):
    minimum["schema"] = schema
    refused(minimum, "schema")
    (tmp_path / "p.json").write_text(json.dumps(minimum))
    assert not rs.verify(tmp_path / "p.json")


def test_another_loss_or_a_penalty_is_refused_by_name(minimum):
    assert rs.verify({**minimum, "loss": "squared", "penalty": "none"})
    assert rs.verify({**minimum, "penalty": None})
    refused({**minimum, "loss": "logistic"}, "loss 'logistic'")
    refused({**minimum, "penalty": "1/10"}, "penalty '1/10'")


@pytest.mark.parametrize("number", range(len(OF_KINDS)))
def test_files_say_everything_once_and_exactly(number, tmp_path):
    path = tmp_path / "p.json"
    text = json.dumps(certificates()[number])
    path.write_text(text)
    assert rs.verify(path)
    path.write_text(text[:-1] + f', "claim": {json.dumps(certificates()[number]["claim"])}}}')
    refused(path, "'claim' twice")
    path.write_text(text.replace('"schema": 1', '"schema": 1.0'))
    refused(path, "not exact")
    path.write_text(text[:-1] + ', "more": NaN}')
    refused(path, "not exact")
    path.write_text("[" * 100_000)
    refused(path, "not a JSON file")


def test_what_is_no_file_is_refused_before_reading(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "a pipe")
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(2**33)
    with pytest.raises(rs.CertificateError, match="bytes"):
        read(tmp_path / "big")


def test_without_samples_the_answer_says_that_the_claim_is_empty():
    proof = rs.zero_loss(np.ones((0, 2)), [], np.ones((1, 0), bool), [1]).certificate
    assert "the claim is empty" in rs.verify(proof).message


def test_hostile_sizes_are_refused_before_the_work():
    """60 independent samples cut weight space into 2^60 cells; fractions without a common denominator grow."""
    n = 60
    X = [[int(i == j) for j in range(n)] for i in range(n)]
    data = rs.Dataset(X, [1] * n)
    claim = {"value": "1", "width": 1, "output_bias": False}
    witness = {"W": [["0"] * n], "v": ["0"], "c": "0", "order": list(range(n)), "duals": [["1"] * n]}
    refused(new("global-minimum", data.fractions, data.y_fractions, claim, witness), "cells")
    long = ["1/1" + "0" * 4_000 + str(2 * i + 1) for i in range(200)]
    region = rs.is_realizable([[1] * 200], [1]).certificate
    region["witness"]["w"] = long
    refused(region, "common denominator")


def test_the_answer_says_whose_data_it_is_about(minimum):
    assert rs.verify(minimum).message.endswith("(on the data written in the certificate)")
    assert rs.verify(minimum, rs.Dataset(PLANE, TARGETS)).message.endswith("(on the data given)")
    refused(minimum, "give a reluscape.Dataset", [1, 2])
