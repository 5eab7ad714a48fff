"""The checker and the package's verifier on interval proofs of every sort, true and altered."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import numpy as np
import pytest

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove
from reluscape.critical.proof.answers import network_of
from reluscape.critical.proof.descent import descended
from reluscape.critical.proof.newton import relative_heights
from reluscape.critical.proof.objective import build_objective
from reluscape.critical.proof.prove import parameters_of
from reluscape.critical.proof.units import unit_roles
from tests.certificates.samples import OF_KINDS, certificates
from tests.checker.standalone import CHECKER
from tests.critical.proof.built import built_minimum

EACH = 16


def kinks_on_a_line():
    """One unit whose line meets three samples: a kink that follows from two others."""
    net, X, y, decay = built_minimum(2, (2, 2, 1, 1), 24, ((0, 0, 0), (0, 1, 0), (0, 2, 0)), lines=((0, 1, 2),))
    return net, X, y, "squared", decay


def nested_kinks():
    """A kink above a kink of the same row."""
    net, X, y, decay = built_minimum(1, (2, 2, 1, 1), 24, ((0, 0, 0), (1, 0, 0)))
    return net, X, y, "squared", decay


def rotation():
    """Two units of one pattern and two outputs."""
    rng = np.random.default_rng(1)
    X = np.round(np.abs(rng.normal(size=(8, 2))) + 0.5, 2)
    Y = np.round(np.c_[X @ [1.0, 0.4], X @ [-0.3, 1.0]], 2)
    return DeepNet([np.eye(2), np.eye(2)], [None, None]), X, Y, "squared", 0.01


def unit_at_zero():
    """A unit at zero beside an active one, with two outputs."""
    X = np.array([[1.0, 0.5], [2.0, -0.5], [1.5, 0.0]])
    Y = np.c_[X[:, 0], 0.5 * X[:, 0]]
    return DeepNet([[[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.5, 0.0]]], [None, None]), X, Y, "squared", 0.05


def softmax():
    """Three classes from one unit that is on for all samples; free output biases can be shifted."""
    X = np.array([[0.5], [1.0], [2.0], [3.0], [2.5], [0.7]])
    y = [0, 0, 1, 2, 1, 0]
    return DeepNet([[[1.0]], [[-1.0], [0.2], [0.8]]], [None, [2.0, 0.0, -2.0]]), X, y, "cross_entropy", 0.05


def sigmoid_without_decay():
    """Labels that no line parts: a least cross-entropy, up to a factor between the layers."""
    X = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 1.0], [5.0, 1.0], [6.0, 1.0]])
    return DeepNet([[[0.3, 0.2]], [[1.0]]], [None, None]), X, [1, 0, 1, 1, 1, 1], "bce", 0.0


def at_rest(net, X, y, loss, decay):
    """The network where the descent from a network ends."""
    objective = build_objective([np.shape(w) for w in net.weights], net.has_bias, X, y, loss, decay)
    theta = parameters_of(net, net.has_bias)
    for roles in unit_roles(objective, theta):
        start = theta[roles.stays]
        end = descended(roles.objective, start, relative_heights(roles.objective, start)).places[-1]
        return network_of(objective, roles.whole(end.theta))


SORTS = (kinks_on_a_line, nested_kinks, rotation, unit_at_zero, softmax, sigmoid_without_decay)


def scaled(rng, text):
    """An exact number changed a little or a lot."""
    value = Fraction(text)
    return str(
        rng.choice([value * Fraction(9, 10), value * 2, -value, value + Fraction(1, 1000), Fraction(0), value * 50])
    )


def altered(rng, original):
    """The certificate with one thing changed."""
    content = json.loads(json.dumps(original))
    claim, witness = content["claim"], content["witness"]
    what = rng.choice(
        ["multiplier", "multiplier", "weight", "weight", "radius", "decay", "mark", "mark", "penalty", "loss"]
    )
    if what == "multiplier" and witness["multipliers"]:
        entry = rng.choice(witness["multipliers"])
        entry[3] = scaled(rng, entry[3])
    elif what == "weight":
        row = rng.choice(rng.choice([rows for rows in claim["layers"] if rows and rows[0]]))
        place = rng.randrange(len(row))
        row[place] = scaled(rng, row[place])
    elif what in ("radius", "decay"):
        claim[what] = scaled(rng, claim[what])
    elif what == "mark":
        units = rng.choice(witness["units"])
        k = rng.randrange(len(units))
        if units[k] in ("zero", "silent") or rng.random() < 0.2:
            units[k] = rng.choice(["zero", "silent", "1" * content["data"]["n"]])
        else:
            place = rng.randrange(len(units[k]))
            units[k] = units[k][:place] + rng.choice("01k") + units[k][place + 1 :]
    elif what == "penalty":
        texts = rng.choice([part for part in claim["penalised"] if part])
        k = rng.randrange(len(texts))
        texts[k] = texts[k][:-1] + rng.choice("01") if texts[k] else ""
    else:
        claim["loss"] = rng.choice(["squared", "bce", "cross_entropy"])
    return content


@pytest.mark.parametrize("sort", SORTS, ids=[sort.__name__ for sort in SORTS])
def test_both_give_one_answer(sort):
    net, X, y, loss, decay = sort()
    proof = prove(at_rest(net, X, y, loss, decay), X, y, loss, decay)
    assert proof.verdict == "local minimum"
    assert CHECKER.check(json.dumps(proof.certificate))[0] == 0
    assert verify(proof.certificate)
    rng, refused = random.Random(sort.__name__), 0
    for _ in range(EACH):
        other = altered(rng, proof.certificate)
        status, line = CHECKER.check(json.dumps(other))
        answer = verify(other)
        assert (status == 0) is answer.ok, (line, answer.message, other)
        refused += status != 0
    assert refused > EACH // 3


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "units", [[["silent"], ["111"]], [["111"], ["silent"]], [["zero"], ["zero"]], [["011"], ["k11"]]]
)
def test_layers_that_rest_and_samples_that_reach_no_unit_get_an_answer(units, bias):
    """A layer without any unit that counts, and a kink of nothing but a bias, as the sample is off below."""
    certificate = certificates()[OF_KINDS.index("deep-local-minimum")]
    claim = certificate["claim"]
    assert claim["has_bias"] == [True] * 3
    if not bias:
        claim["has_bias"] = [False] * 3
        claim["layers"] = [[row[:-1] for row in rows] for rows in claim["layers"]]
        claim["penalised"] = [[text[:-1] for text in texts] for texts in claim["penalised"]]
    certificate["witness"] = {"units": units, "multipliers": [[1, 0, 0, "0"]] if "k11" in units[1] else []}
    status, line = CHECKER.check(json.dumps(certificate))
    assert (status, verify(certificate).ok) == (1, False), line
