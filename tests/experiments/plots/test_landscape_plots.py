import numpy as np
import pytest
from matplotlib.figure import Figure

import reluscape as rs
from reluscape.experiments.plots import draw_disconnectivity, draw_plane_landscape

LINE = rs.Dataset([[-2], [-1], [0.5], [1], [2.5]], [1, -1, 2, 0, 1.5], bias=True)


@pytest.fixture(scope="module", params=[1, 2])
def report(request):
    return rs.landscape(LINE, width=request.param, trials=10).report


def test_disconnectivity_graph_stands_on_the_losses(report):
    ax = Figure().subplots()
    artists = draw_disconnectivity(ax, report["pictures"]["disconnectivity"])
    feet = sorted(float(a.get_ydata()[0]) for a in artists if getattr(a, "get_marker", lambda: "")() == "o")
    assert feet == pytest.approx(sorted(v["value"] for v in report["valleys"]))
    bottom, top = ax.get_ylim()
    assert bottom < min(feet)
    assert top > report["losses"]["zero"]["value"]


def test_panels_show_every_marked_minimum(report):
    plane = report["pictures"]["plane"]
    factor = 1.0 if plane["kind"] == "weights" else 180.0 / np.pi
    for k, panel in enumerate(plane["panels"]):
        ax = Figure().subplots()
        artists = draw_plane_landscape(ax, plane, k, report["valleys"])
        assert artists[0].get_array().shape == (len(panel["y"]), len(panel["x"]))
        words = [t.get_text() for t in ax.texts]
        assert words == [str(spot["valley"] + 1) for spot in panel["minima"]]
        window = [factor * panel[name][end] for name in ("x", "y") for end in (0, -1)]
        np.testing.assert_allclose([*ax.get_xlim(), *ax.get_ylim()], window)
        inside = [
            window[0] <= factor * spot["x"] <= window[1] and window[2] <= factor * spot["y"] <= window[3]
            for spot in panel["minima"]
        ]
        assert all(inside)
