"""Predicted against observed: batched training against single steps, shares against their parts, the page on XOR."""

import doctest
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs
from reluscape.experiments.quantities.optimizers import walk
from reluscape.experiments.together import final_losses

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("optimizer", ["gd", "adam"])
@pytest.mark.parametrize("output_bias", [True, False])
def test_many_starts_end_where_single_ones_do(optimizer, output_bias):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((7, 3)), rng.standard_normal(7)
    W, v = rng.standard_normal((5, 4, 3)), rng.standard_normal((5, 4))
    settings = {"optimizer": optimizer, "rate": 0.02, "steps": 60, "trained": "all"}
    many = final_losses(X, y, W, v, settings, output_bias)
    if output_bias:
        single = [[state.loss for state in walk(X, y, W[t], v[t], settings)][-1] for t in range(5)]
        np.testing.assert_allclose(many, single, rtol=1e-9)
    elif optimizer == "gd":  # by central differences, without an output bias
        first = final_losses(X, y, W, v, {**settings, "steps": 1}, False)
        for t in range(5):
            theta = np.concatenate([W[t].ravel(), v[t]])

            def loss(p):
                return np.mean((np.maximum(X @ p[:12].reshape(4, 3).T, 0) @ p[12:] - y) ** 2)

            eye = np.eye(16) * 1e-6
            g = np.array([(loss(theta + e) - loss(theta - e)) / 2e-6 for e in eye])
            assert first[t] == pytest.approx(loss(theta - 0.02 * g), rel=1e-5)


def test_a_diverging_run_is_no_success():
    X, y = np.array([[1.0]]), np.array([2.0])
    settings = {"optimizer": "gd", "rate": 1e6, "steps": 60}
    assert final_losses(X, y, np.ones((1, 1, 1)), np.ones((1, 1)), settings).tolist() == [np.inf]
    with pytest.raises(rs.InputError, match="rate"):
        final_losses(X, y, np.ones((1, 1, 1)), np.ones((1, 1)), {**settings, "rate": 0})
    with pytest.raises(rs.InputError, match="optimizer"):
        final_losses(X, y, np.ones((1, 1, 1)), np.ones((1, 1)), {**settings, "optimizer": "sgd"})


def test_shares_add_up_and_intervals_hold_the_exact_law():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    found = rs.predicted_against_observed(X, y, 2, trials=400, rng=1, steps=200)
    assert found.predicted.kind == "certified"
    law = rs.basin_value_distribution(X, y, 2, output_bias=True)
    assert float(found.predicted) == pytest.approx(law[0], abs=1e-12)
    assert found.first_basin.low - 0.01 <= float(found.predicted) <= found.first_basin.high + 0.01
    for name, share in (("gd", found.gradient_descent), ("adam", found.adam)):
        good, poor = found.success_given(True, name), found.success_given(False, name)
        assert good.trials + poor.trials == share.trials == 400
        assert good.value * good.trials + poor.value * poor.trials == pytest.approx(share.value * 400)
        assert share.low <= share.value <= share.high
    again = rs.predicted_against_observed(X, y, 2, trials=400, rng=1, steps=200)
    np.testing.assert_array_equal(found.losses["gd"], again.losses["gd"])
    wide = rs.predicted_against_observed(np.random.default_rng(0).standard_normal((9, 5)), np.ones(9), 3, trials=20)
    assert wide.predicted.kind == wide.first_basin.kind == "sampled"
    with pytest.raises(rs.InputError, match="threshold"):
        rs.predicted_against_observed(X, y, 2, threshold=0)
    with pytest.raises(rs.InputError, match="targets"):
        rs.predicted_against_observed(X, None, 2)


def test_the_page_on_xor_shows_what_is_computed():
    failed, tried = doctest.testfile(str(DOCS / "xor.md"), module_relative=False)
    assert tried > 8
    assert failed == 0
