import json
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import nnls

import reluscape as rs
from reluscape.landscape.topology.plane import profile
from reluscape.stories.census import dry_run, landscape

LINE = rs.Dataset([[-2], [-1], [0.5], [1], [2.5]], [1, -1, 2, 0, 1.5], bias=True)


@pytest.fixture(scope="module", params=[1, 2])
def story(request):
    return landscape(LINE, width=request.param, trials=80)


def test_report_is_plain_json_and_agrees_with_the_tree(story):
    report = json.loads(story.to_json())
    tree = rs.barrier_tree(LINE, width=report["settings"]["width"], output_bias=True)
    assert report["schema"] == 1
    assert report["valley_count"] == len(tree.valleys)
    assert [v["value"] for v in report["valleys"]] == pytest.approx([v.value for v in tree.valleys])
    for shown, valley in zip(report["valleys"], tree.valleys, strict=True):
        assert shown["barrier"] is None if valley.parent is None else shown["barrier"] == pytest.approx(valley.barrier)
        net = rs.TwoLayerNet(shown["network"]["W"], shown["network"]["v"], shown["network"]["c"])
        assert net.loss(LINE) == pytest.approx(shown["value"], abs=1e-9)
        assert shown["verdict"] == "local minimum"
    assert sum(v["starts"]["value"] for v in report["valleys"]) == pytest.approx(1.0)
    chances = report["chances"]
    assert chances["first_basin"]["value"] <= chances["without_climbing"]["value"]
    assert len(chances["descent_losses"]) == 80


def test_the_proof_covers_every_valley_listed(story):
    proof = story.certificate()
    assert rs.verify(proof)
    lowest, *bottoms = proof["witness"]["members"]
    assert proof["claim"] == {"local_minima": len(story.report["valleys"]), "global_minimum": True}
    assert lowest["kind"] == "global-minimum"
    assert lowest["claim"]["value"] == story.report["valleys"][0]["exact"]
    assert len(bottoms) == len(story.report["valleys"])
    bottoms[0]["claim"]["loss"] = "1/7"
    assert not rs.verify(proof)


def test_ways_climb_to_the_barrier_and_no_higher(story):
    report = story.report
    for way in report["pictures"]["passages"]:
        start = report["valleys"][way["valley"]]
        heights = [loss for _, loss in way["samples"]]
        assert heights[0] == pytest.approx(start["value"])
        assert max(heights) == pytest.approx(start["merge_height"])
        assert way["pass"][1] == max(heights)


def test_disconnectivity_graph_joins_every_stem_once(story):
    graph = story.report["pictures"]["disconnectivity"]
    assert sorted(stem["x"] for stem in graph["stems"]) == list(range(len(graph["stems"])))
    assert len(graph["joins"]) == len(graph["stems"]) - 1
    top = {stem["x"]: np.inf if stem["high"] is None else stem["high"] for stem in graph["stems"]}
    for join in graph["joins"]:
        assert join["height"] == top[join["from"]] <= top[join["to"]]


def test_planes_show_the_losses_of_their_networks():
    """A panel's colour at a marked minimum is about the valley's loss, and no colour is below the global minimum."""
    for width in (1, 2):
        report = landscape(LINE, width=width, trials=10).report
        plane = report["pictures"]["plane"]
        marked = set()
        for panel in plane["panels"]:
            losses, x, y = (np.array(panel[name]) for name in ("loss", "x", "y"))
            assert losses.min() >= report["losses"]["best_network"]["value"] - 1e-4
            for spot in panel["minima"]:
                at = losses[np.argmin(abs(y - spot["y"])), np.argmin(abs(x - spot["x"]))]
                assert at >= report["valleys"][spot["valley"]]["value"] - 0.05
                marked.add(spot["valley"])
        if width == 1:
            assert marked == set(range(len(report["valleys"])))


def test_weights_panel_is_the_loss_itself():
    data = rs.Dataset([[1.0, 0.2], [-0.5, 1.0], [0.3, -1.0]], [1.0, 2.0, -1.0])
    plane = landscape(data, width=1, output_bias=False, trials=10).report["pictures"]["plane"]
    spread = np.sqrt(np.mean(data.X**2, axis=0))
    for panel in plane["panels"]:
        for i, j in ((3, 60), (40, 40), (70, 10)):
            w = np.array([panel["x"][j], panel["y"][i]]) / spread
            loss = rs.TwoLayerNet([w], panel["signs"]).loss(data)
            assert panel["loss"][i][j] == pytest.approx(loss, rel=1e-3)


def test_profile_against_scipy():
    rng = np.random.default_rng(0)
    A, B, y = rng.normal(size=(4, 6)), rng.normal(size=(4, 5)), rng.normal(size=4)
    A[:, 0] = 0
    B[:, 0] = A[:, 1]
    B[:, 1] = 2 * A[:, 1]
    found = profile(A, B, y)
    for p in range(6):
        for q in range(5):
            assert found[p, q] == pytest.approx(nnls(np.c_[A[:, p], B[:, q]], y)[1] ** 2 / 4, abs=1e-12)


def test_a_height_cap_keeps_what_lies_below():
    whole = rs.barrier_tree(LINE, width=2, output_bias=True)
    cap = 0.9
    low = rs.barrier_tree(LINE, width=2, output_bias=True, height_cap=cap)
    expected = [(b, h if h <= cap else np.inf) for b, h in whole.pairs if b <= cap]
    assert [p[0] for p in low.pairs] == pytest.approx([p[0] for p in expected])
    assert [p[1] for p in low.pairs] == pytest.approx([p[1] for p in expected])
    assert low.nodes < whole.nodes
    report = landscape(LINE, width=2, trials=20, height_cap=cap).report
    assert report["chances"] is None
    assert report["pictures"]["disconnectivity"]["cap"] == cap
    with pytest.raises(rs.InputError, match="below the lowest loss"):
        rs.barrier_tree(LINE, width=2, output_bias=True, height_cap=0.1)
    with pytest.raises(rs.InputError, match="no height cap"):
        low.chances()


def test_what_does_not_fit_is_refused_with_choices_that_do():
    data = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", bias=True)
    with pytest.raises(rs.TooLarge, match=r"10,748,566 basins.*width 1, --features chins,situps, --no-bias") as refusal:
        landscape(data, width=2)
    assert refusal.value.estimate == 10_748_566
    plan = dry_run(data, width=2)
    assert (plan["cells"], plan["fits"], plan["feasible_width"]) == (2318, False, 1)
    for smaller in (rs.Dataset(data.fractions[:, [0, 1, 3]]), rs.Dataset(data.fractions[:, :3])):
        assert dry_run(smaller, width=2)["fits"]


def test_cells_that_cannot_be_counted_are_refused_with_a_choice_that_fits():
    data = rs.Dataset.from_csv("examples/diabetes.csv", target="progression", bias=True)
    with pytest.raises(rs.TooLarge, match=r"442 rows in rank 11; feasible: --features age,sex$"):
        landscape(data, width=1)
    with pytest.raises(rs.TooLarge, match=r"up to .* cells"):
        rs.barrier_tree(data, width=1)
    assert dry_run(rs.Dataset(data.fractions[:, [0, 1, 10]]), width=1)["fits"]


def test_bad_input():
    with pytest.raises(rs.InputError, match="nothing to learn"):
        landscape([[1], [2]], [3, 3])
    with pytest.raises(rs.InputError, match="no targets"):
        landscape([[1], [2]])
    with pytest.raises(rs.InputError, match="at least 2"):
        landscape([[1]], [2])
    with pytest.raises(rs.InputError, match="every input is zero"):
        landscape([[0], [0]], [2, 1])


def test_ties_are_told():
    xor = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1], bias=True)
    report = landscape(xor, width=1, trials=20).report
    assert report["ties"] == [4]
    assert any("share their loss" in line for line in report["verdict"])
    assert all(a["value"] <= b["value"] + 1e-12 for a, b in pairwise(report["valleys"]))


def test_what_more_units_can_reach_is_told():
    """Two samples on one ray: one unit reaches what no width beats. Three points on a line need more than one unit."""
    tied = landscape([[1, 0], [2, 0], [0, 1]], [1, 1, 2], output_bias=False, trials=20)
    assert tied.report["losses"]["any_width"]["value"] == pytest.approx(1 / 15)
    assert "more units cannot lower" in tied.verdict
    line = landscape(rs.Dataset([[-1], [0], [1]], [1, -1, 2], bias=True), width=1, trials=20)
    assert "more units can lower it to 0" in line.verdict


def test_rounding_is_told_as_nothing():
    """XOR is fitted exactly by three units: losses are 0, not 1e-16."""
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    story = landscape(X, y, width=3, trials=20)
    report = story.report
    assert report["losses"]["best_network"]["value"] == 0.0
    assert report["valleys"][0]["value"] == 0.0
    assert report["pictures"]["disconnectivity"]["stems"][0]["low"] == 0.0
    assert "the lowest loss is 0 (0%" in story.verdict
    shown = [v["value"] for v in report["valleys"]] + [v for pair in report["pairs"] for v in pair]
    assert all(v == 0 or v > 1e-10 for v in shown)
    told = [v["value"] for v in report["valleys"]]
    assert told == pytest.approx([v.value for v in story.tree.valleys], abs=1e-12)
