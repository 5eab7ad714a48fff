"""What is drawn of a network of one or two inputs, and the coloured ground of a landscape."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.stories.fitted import fitted
from reluscape.stories.page.explain_page import explain_figures
from reluscape.stories.page.fit_figure import fit_figure
from reluscape.stories.page.log_ground import log_ground
from reluscape.stories.page.survey_page import survey_figures


def test_two_classes_get_a_border_and_three_inputs_no_picture():
    rows = np.array([[0.0, 0], [1, 1], [0, 1]])
    fit = fitted(lambda P: P[:, 0] + 2 * P[:, 1], rows, [-1, 1, 1], ["a", "b"], "y", 0.0)
    assert fit["value"][5][3] == pytest.approx(fit["grid"][0][3] + 2 * fit["grid"][1][5], abs=1e-5)
    names = [trace.get("name") for trace in fit_figure(fit, "t", {"-1": "no", "+1": "yes"}).data]
    assert {"border of the classes", "no", "yes"} <= set(names)
    assert fitted(lambda P: P[:, 0], np.ones((2, 3)), [1, 2], "abc", "y") is None
    assert fit_figure(None, "t") is None


def test_the_ground_tells_orders_of_magnitude_above_the_lowest_loss():
    ground = log_ground([0, 1], [0, 1], [[1.0, 11.0], [101.0, 1001.0]], 1.0)
    assert ground["z"][0][1:] + ground["z"][1] == [1.0, 2.0, 3.0]
    assert ground["z"][0][0] == ground["zmin"] < 0
    flat = log_ground([0], [0], [[2.0]], 2.0)
    assert flat["zmin"] < flat["zmax"]


def drawn(figures):
    """Return the traces by name and the shapes of the picture of a network's output."""
    (figure,) = [figure for figure in figures if figure.name == "figure-fit"]
    return {trace.get("name"): trace for trace in figure.data}, figure.layout.get("shapes") or []


def test_the_curve_on_an_explanation_is_what_the_network_says_in_the_units_of_the_table():
    """Two units and a constant, the target standardised as in training: by hand, on the grid."""
    x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([10.0, 14.0, 12.0, 16.0])
    W, v, c = np.array([[1.0, -0.5], [-2.0, 1.0]]), np.array([0.5, -0.25]), 0.125
    told = rs.explain(rs.TwoLayerNet(W, v, c, True), rs.Dataset(x, y, bias=True), standardize_target=True)
    traces, _ = drawn(explain_figures(told.report))
    curve, samples = traces["the network"], traces["samples"]
    t = np.array(curve["x"])
    by_hand = c + 0.5 * np.maximum(t - 0.5, 0) - 0.25 * np.maximum(1 - 2 * t, 0)
    np.testing.assert_allclose(curve["y"], y.mean() + y.std() * by_hand, rtol=1e-5, atol=1e-4)
    assert set(x[:, 0]) <= set(t)
    assert (t.min(), t.max()) == (pytest.approx(-0.24), pytest.approx(3.24))
    assert (samples["x"], samples["y"]) == (x[:, 0].tolist(), y.tolist())


def test_the_curve_on_a_survey_bends_only_at_its_dotted_lines_and_has_the_loss_that_is_told():
    x = np.array([[0.0], [1.0], [2.0], [4.0], [5.0]])
    y = np.array([3.0, 1.0, 2.0, 0.0, 2.5])
    known = rs.survey(rs.Dataset(x, y, bias=True), widths=(1, 2), trials=20, max_width=2, seconds=2)
    report = known.report
    traces, rules = drawn(survey_figures(report))
    t, f = np.array(traces["the network"]["x"]), np.array(traces["the network"]["y"])
    at_samples = f[np.searchsorted(t, x[:, 0])]
    assert np.mean((at_samples - y) ** 2) == pytest.approx(report["losses"]["best_network"]["value"], rel=1e-3)
    kinks = [rule["x0"] for rule in rules]
    slopes = np.diff(f) / np.diff(t)
    bends = np.flatnonzero(np.abs(np.diff(slopes)) > 1e-2 * np.abs(slopes).max())
    inside = [k for k in bends if x.min() < t[k] and t[k + 2] < x.max()]
    assert kinks
    assert inside
    for k in inside:  # the kink lies in one of the two pieces
        assert any(t[k] <= place <= t[k + 2] for place in kinks)
