"""What is drawn of a network of one or two inputs, and the coloured ground of a landscape."""

from __future__ import annotations

import numpy as np
import pytest

from reluscape.stories.fitted import fitted
from reluscape.stories.page.fit_figure import fit_figure
from reluscape.stories.page.log_ground import log_ground


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
