"""Pictures draw on the axes they are given: the artists hold the numbers of the JSON, nothing is shown or computed."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from reluscape.experiments import plots
from reluscape.stories.page import palette

SAMPLES = Path(__file__).parents[2] / "stories" / "page"


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    figure.canvas.draw()
    plt.close(figure)


@pytest.fixture(scope="module")
def survey():
    return json.loads((SAMPLES / "sample_survey.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def explain():
    return json.loads((SAMPLES / "sample_explain.json").read_text("utf-8"))


def test_fan_has_a_sector_for_each_region_and_sign(ax, survey):
    fan = survey["pictures"]["fan"]
    plots.draw_fan(ax, fan)
    assert len(ax.patches) == 2 * len(fan["cells"])
    swept = sum(patch.theta2 - patch.theta1 for patch in ax.patches)
    assert swept == pytest.approx(2 * 360)
    assert {text.get_text() for text in ax.texts} == {cell["pattern"] for cell in fan["cells"]}


def test_fan_without_values_fills_whole_sectors(ax):
    cells = [{"from": 0.0, "to": np.pi, "pattern": "1"}, {"from": np.pi, "to": 0.0, "pattern": "0"}]
    plots.draw_fan(ax, {"cells": cells, "rays": [[1, 0], [-1, 0]]})
    assert [patch.theta2 - patch.theta1 for patch in ax.patches] == pytest.approx([180, 180])


def test_histogram_adds_up_and_marks_the_fits(ax, survey):
    entry = survey["widths"][-1]
    plots.draw_basin_histogram(ax, entry, survey["losses"])
    heights = [patch.get_height() for patch in ax.containers[0]]
    assert sum(heights) == pytest.approx(1)
    marked = {line.get_xdata()[0] for line in ax.lines}
    expected = {entry["reference"]["value"], survey["losses"]["affine"]["value"], survey["losses"]["constant"]["value"]}
    assert marked == expected


def test_width_curve_is_the_curve(ax, survey):
    curve = survey["width_for"]["curve"]
    plots.draw_width_curve(ax, curve[::-1], survey["promises"], goal=0.95)
    drawn = ax.lines[0]
    assert list(drawn.get_xdata()) == [point["width"] for point in curve]
    assert list(drawn.get_ydata()) == [point["good"]["value"] for point in curve]
    assert sum(line.get_linestyle() == "--" for line in ax.lines) == 1


def test_slice_draws_each_cell_and_point(ax, survey):
    slice_ = survey["pictures"]["slice"]
    plots.draw_weight_slice(ax, slice_)
    paths = ax.collections[0].get_paths()
    assert len(paths) == len(slice_["cells"])
    assert paths[0].vertices[:-1].tolist() == slice_["cells"][0]["polygon"]
    assert len(ax.lines) == len(slice_["points"])


def test_loss_line_goes_through_its_breakpoints(ax, explain):
    data = explain["lines"][0]
    plots.draw_loss_line(ax, data)
    path = dict(zip(*ax.lines[0].get_data(), strict=True))
    for t, loss in zip(data["breakpoints"], data["loss"], strict=True):
        assert path[t] == loss


def test_unknown_picture_is_an_attribute_error():
    with pytest.raises(AttributeError, match="draw_nothing"):
        _ = plots.draw_nothing


def test_scale_grows_lighter():
    def lightness(color):
        red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [lightness(palette.scale_color(k / 20)) for k in range(21)]
    assert steps == sorted(steps)
