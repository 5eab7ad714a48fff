"""The last layer of a network whose features part the classes: the loss falls to 0 and is never 0."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs


@pytest.mark.parametrize(("loss", "targets"), [("bce", [0, 0, 1, 1]), ("logistic", [-1, -1, 1, 1])])
def test_features_that_part_the_classes_leave_nothing(loss, targets):
    """By hand: f = 3 relu(x) - 3/2 names every class, so multiples of it take the mean loss to 0."""
    X = np.array([[-1.0], [0.0], [1.0], [2.0]])
    net = rs.DeepNet([[[1.0]], [[1.0]], [[3.0]]], [[0.0], [0.0], [-1.5]])
    report = rs.explain(net, X, targets, loss=loss).report
    assert report["answer"] == "solved"
    assert (report["last_layer"]["lowest"], report["last_layer"]["attained"]) == (0.0, False)
    now = np.mean(np.log1p(np.exp(-np.where(np.array(targets) > 0, 1, -1) * (3 * np.maximum(X[:, 0], 0) - 1.5))))
    assert report["last_layer"]["gap"] == pytest.approx(now)


def test_features_that_do_not_part_them_keep_their_lowest_loss():
    """Two rows with one feature and both classes: half of them are wrong at any last layer, ln 2 is the least there."""
    X = np.array([[1.0], [1.0]])
    net = rs.DeepNet([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [0.0], [0.0]])
    report = rs.explain(net, X, [0, 1], loss="bce").report
    assert report["last_layer"]["lowest"] == pytest.approx(np.log(2), rel=1e-9)
