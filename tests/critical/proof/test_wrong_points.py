"""Points at which one condition of the proof fails and all others hold: both verifiers refuse their certificates.

The certificates are written by the prover's own writer, from a point with Krawczyk's box around it, past its judgement.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove
from reluscape.critical.proof.certificate import minimum_certificate
from reluscape.critical.proof.judge import proved_minimum
from reluscape.critical.proof.kinks import group_kinks
from reluscape.critical.proof.krawczyk import arb_box
from reluscape.critical.proof.newton import settle
from reluscape.critical.proof.objective import build_objective
from reluscape.critical.proof.prove import parameters_of
from reluscape.critical.proof.units import unit_roles
from tests.checker.standalone import CHECKER
from tests.critical.proof.built import built_minimum, forward

# all numbers of `one_unit` are dyadic, so that its multipliers are exact
DECAY = 5 / 16


def unjudged(net, X, y, decay, kinks):
    """The certificate of a critical point on kinks (layer, row, unit), and the prover's own judgement."""
    objective = build_objective([np.shape(w) for w in net.weights], net.has_bias, X, y, "squared", decay)
    theta = parameters_of(net, net.has_bias)
    heights = forward(DeepNet(net.weights, [np.zeros(len(w)) if b is None else b for w, b in
                                            zip(net.weights, net.biases, strict=True)]), X, kinks)[:-1]  # fmt: skip
    at = [np.zeros(h.shape, dtype=bool) for h in heights]
    for layer, row, unit in kinks:
        at[layer][row, unit] = True
    on = [((h > 1e-9) & ~a).astype(int) for h, a in zip(heights, at, strict=True)]
    roles = next(unit_roles(objective, theta))
    candidate = settle(roles.objective, group_kinks(roles.objective, on, at), theta[roles.stays])
    box = arb_box(candidate.equations, candidate.unknowns, 128)
    certificate = minimum_certificate(objective, roles, candidate, box)
    certificate["claim"]["radius"] = "1/1000000000"  # wide enough for the boxes of the verifiers
    return certificate, proved_minimum(roles, candidate)


def refused(certificate, words):
    """Both verifiers refuse the certificate for a reason with these words."""
    answer = verify(certificate)
    status, line = CHECKER.check(json.dumps(certificate))
    assert not answer.ok
    assert words in answer.message
    assert status == 1
    assert words in line


def one_unit(share):
    """v relu(<w, x>) at w = (1, 0), v = 1, with the row (0, 1) on its kink and a multiplier of `share` of the jump.

    With errors e and e' at (1, 1) and (1, -1) the equations are 2/3 (e + e') = -decay, 2/3 (e - e') = -multiplier; the
    jump at (0, 1) is 2/3 times the error there.
    """
    X = np.array([[1.0, 1.0], [1.0, -1.0], [0.0, 1.0]])
    jump = 0.75
    total, difference = -1.5 * DECAY, -1.5 * share * jump
    errors = np.array([(total + difference) / 2, (total - difference) / 2, 1.5 * jump])
    return DeepNet([[[1.0, 0.0]], [[1.0]]], [None, None]), X, np.array([1.0, 1.0, 0.0]) - errors


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_inside_the_borders_the_point_is_proved(share):
    net, X, y = one_unit(share)
    certificate, judged = unjudged(net, X, y, DECAY, [(0, 2, 0)])
    assert not isinstance(judged, str)
    assert verify(certificate)
    assert CHECKER.check(json.dumps(certificate))[0] == 0
    assert prove(net, X, y, "squared", DECAY).verdict == "local minimum"


@pytest.mark.parametrize("share", [0.0, 1.0, -0.25, 1.25])
def test_a_multiplier_at_its_border_or_beyond_is_refused(share):
    net, X, y = one_unit(share)
    certificate, judged = unjudged(net, X, y, DECAY, [(0, 2, 0)])
    assert isinstance(judged, str)
    assert "border" in judged
    refused(certificate, "is not strictly between 0 and the jump")


def test_a_direction_of_negative_curvature_along_the_kinks_is_refused():
    """Strict multipliers on nested kinks, and a Hessian with a negative direction (`test_prove` shows the fall)."""
    net, X, y, decay = built_minimum(3)
    certificate, judged = unjudged(net, X, y, decay, [(0, 0, 0), (1, 0, 1), (1, 3, 0)])
    assert isinstance(judged, str)
    assert "curvature along the kinks" in judged
    refused(certificate, "the curvature along the kinks is not")


@pytest.mark.parametrize("bit", "01")
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_kink_left_out_is_refused(bit, share):
    """At a multiplier of 0 the point stays critical without its kink; but the row lies on it."""
    net, X, y = one_unit(share)
    certificate, _ = unjudged(net, X, y, DECAY, [(0, 2, 0)])
    certificate["witness"]["multipliers"] = []
    certificate["witness"]["units"][0][0] = "11" + bit
    assert not verify(certificate).ok
    assert CHECKER.check(json.dumps(certificate))[0] == 1


def test_a_kink_left_out_in_two_layers_is_refused():
    net, X, y, decay = built_minimum(0)
    certificate = prove(net, X, y, "squared", decay).certificate
    for number, bit in ((0, "0"), (1, "1"), (2, "0")):
        other = json.loads(json.dumps(certificate))
        layer, unit, row, _ = other["witness"]["multipliers"].pop(number)
        text = other["witness"]["units"][layer][unit]
        other["witness"]["units"][layer][unit] = text[:row] + bit + text[row + 1 :]
        assert not verify(other).ok
        assert CHECKER.check(json.dumps(other))[0] == 1
