"""The infimum of the basin a training ended in, where the logistic loss falls for ever."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

import reluscape as rs
from reluscape.landscape.widths.infimum import basin_infimum
from reluscape.landscape.widths.reference import Reference
from reluscape.landscape.widths.subject import Subject
from reluscape.problem.networks import TwoLayerNet


def test_the_infimum_of_a_small_basin_is_proved():
    """Classes are told by the sign of one input; two rows come again with the other class, which leaves log 2 each."""
    X = np.array([[1, 2], [2, -1], [-1, 1], [-2, -2], [3, 1], [-3, 1], [1, 2], [-1, 1]], dtype=float)
    y = np.array([1, 1, 0, 0, 1, 0, 0, 1])
    subject = Subject.of(X, y, "bce", None, True)
    net = TwoLayerNet(np.array([[5.0, 0.0], [-5.0, 0.0]]), np.array([1.0, -1.0]), 0.0)
    training = SimpleNamespace(batch=SimpleNamespace(X=X, width=2), network=lambda run: net)
    best = basin_infimum(subject, Reference(1.0, False, "a training", None), training, 0)
    assert abs(best.value - 4 * np.log(2) / 8) < 1e-14
    assert best.kind == "certified"
    assert "no network attains it" in best.source
    assert rs.verify(best.certificate).ok
