"""The package's verifier and the checker that stands alone answer alike, on true certificates and on altered ones."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re

import pytest

import reluscape as rs
from reluscape.certificates.schema import KINDS
from tests.certificates.mutations import WAYS
from tests.certificates.samples import OF_KINDS, certificates
from tests.checker.standalone import CHECKER
from tests.oracles.claims import is_true

EACH = 120
KNOWN = [i for i, kind in enumerate(OF_KINDS) if kind in CHECKER.KINDS]


def field_twice(rng, text):
    """A field of an object written twice, the second time with another value."""
    place = rng.choice([m.start() for m in re.finditer(r'"[a-zA-Z_]+": ', text)])
    key = text[place : text.index(": ", place)]
    return f"{text[:place]}{key}: 0, {text[place:]}"


def number_as(rng, text):
    """A number as text becomes a float, a boolean, digits of another script, a long integer, or the like."""
    found = list(re.finditer(r'"(-?[0-9]+(?:/[0-9]+)?)"', text))
    if not found:
        return text
    one = rng.choice(found)
    old = one.group(1)
    ways = [f"{old.split('/')[0]}.0", "true", "null", "1e3", "NaN", "-0", "9" * 2000, "9" * 4000, f'"{"9" * 4999}"']
    ways += [f'"{old.translate({48 + i: 0x660 + i for i in range(10)})}"', f'"+{old}"', f'" {old}"', f'"{old}e0"']
    ways += [f'"{old}."', f'"0{old}"', f'"{old}e-12345"', f'"{old.split("/")[0]}e9999"', f'"{"+" + "1" * 3001}"']
    return text[: one.start()] + rng.choice(ways) + text[one.end() :]


def broken(rng, text):
    """A character lost, added or replaced."""
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(["", "x", "0", "1", '"', "[", "{", ",", "\ufeff", "\\u0031"]) + text[place + 1 :]


def altered(rng, number):
    """The text of a certificate altered once or twice, in its values or in its text."""
    content = certificates()[number]
    for way in rng.choices(WAYS, k=rng.choice([1, 1, 1, 2])):
        try:
            way(rng, content)
        except (IndexError, KeyError, TypeError, AttributeError, ValueError, ArithmeticError):
            break  # nothing of that sort is left after the first one
    try:
        text = json.dumps(content)
    except (TypeError, ValueError):  # no JSON can hold it
        text = json.dumps(certificates()[number])
    return rng.choice([field_twice, number_as, number_as, broken])(rng, text) if rng.random() < 0.3 else text


def package(path, text, data=None):
    """The answer of the package to the file of a certificate."""
    path.write_text(text, encoding="utf-8")
    return rs.verify(path, data)


@pytest.mark.parametrize("number", KNOWN, ids=[f"{i}-{OF_KINDS[i]}" for i in KNOWN])
def test_altered_certificates_get_one_answer(number, tmp_path):
    rng, original = random.Random(1000 + number), certificates()[number]
    assert CHECKER.check(json.dumps(original))[0] == 0
    seen = {0: 0, 1: 0, 2: 0}
    for _ in range(EACH):
        text = altered(rng, number)
        status, line = CHECKER.check(text)
        answer = package(tmp_path / "p.json", text)
        assert (status == 0) is answer.ok, (line, answer.message, text[:2000])
        assert line.isascii()
        assert "\n" not in line
        assert len(line) < 2000
        seen[status] += 1
        if status == 0 and json.loads(text) != original:
            assert is_true(json.loads(text)), (line, text[:2000])
    assert seen[1] > 10
    assert seen[2] > 10


# a table given apart has one target
ONE_TARGET = [i for i in KNOWN if OF_KINDS[i] != "several-outputs-minimum"]


@pytest.mark.parametrize("number", ONE_TARGET, ids=[f"{i}-{OF_KINDS[i]}" for i in ONE_TARGET])
def test_data_given_are_those_of_the_certificate(number, tmp_path):
    """The hash alone stands for the data; other data are refused by both."""
    content, path = certificates()[number], tmp_path / "p.json"
    X, y = content["data"].pop("X"), content["data"].pop("y")
    targets = y if y is None or type(y[0]) is not list else [v[0] for v in y]
    text = json.dumps(content)
    given = [(X, targets), (X, targets and [*targets[1:], "17"]), (X[::-1], targets), (X[1:], targets and targets[1:])]
    given += [([[*x, "1"] for x in X], targets), (X, None)]
    for inputs, outputs in given:
        status, line = CHECKER.check(text, json.dumps({"X": inputs, "y": outputs}))
        answer = package(path, text, rs.Dataset(inputs, outputs))
        assert (status == 0) is answer.ok, (line, answer.message)
    assert CHECKER.check(text, json.dumps({"X": X, "y": targets}))[0] == 0
    assert CHECKER.check(text)[0] == 2


def test_members_of_bundles_are_altered_in_their_own_ways(tmp_path):
    """Bundles of every kind that may stand in one."""
    rng, parts = random.Random(7), {}
    for certificate in certificates():
        if certificate["data"].get("y") and certificate["kind"] in CHECKER.KINDS and certificate["kind"] != "bundle":
            parts.setdefault(certificate["data"]["sha256"], []).append(certificate)
    for group in parts.values():
        bundle = {
            "schema": 1,
            "kind": "bundle",
            "data": group[0]["data"],
            "claim": {
                "local_minima": sum(c["kind"] == "local-minimum" and c["claim"]["trainable"] == "Wv" for c in group),
                "global_minimum": any(c["kind"] == "global-minimum" for c in group),
            },
            "witness": {"members": [{k: v for k, v in c.items() if k != "data" or rng.random() < 0.3} for c in group]},
        }
        for _ in range(20):
            altered_one = copy.deepcopy(bundle)
            rng.choice(WAYS[:12])(rng, altered_one)
            try:
                text = json.dumps(altered_one)
            except (TypeError, ValueError):
                continue
            status, line = CHECKER.check(text)
            answer = package(tmp_path / "p.json", text)
            assert (status == 0) is answer.ok, (line, answer.message)


@pytest.mark.parametrize("kind", [*sorted(set(KINDS) - set(CHECKER.KINDS)), "nothing"])
def test_an_unknown_kind_is_named(kind):
    certificate = {**certificates()[0], "kind": kind}
    assert CHECKER.check(json.dumps(certificate)) == (2, f"malformed: unknown kind {kind!r}")


def test_no_kind_is_known_to_the_checker_alone():
    assert set(CHECKER.KINDS) <= set(KINDS)


def test_the_hash_is_that_of_the_written_format():
    block = certificates()[0]["data"]
    text = json.dumps([block["X"], None], separators=(",", ":"))
    assert block["sha256"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("digits", "right"), [(99_000, True), (100_001, False)])
def test_the_length_of_one_number_is_bounded(digits, right, tmp_path):
    content = certificates()[0]
    content["witness"]["w"] = ["1" + "0" * digits if v > "0" else v for v in content["witness"]["w"]]
    assert (CHECKER.check(json.dumps(content))[0] == 0) is right
    assert package(tmp_path / "p.json", json.dumps(content)).ok is right
