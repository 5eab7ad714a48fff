"""Each figure draws, its numbers agree with independent ones, and its files stand beside each other."""

from __future__ import annotations

import importlib
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import reluscape as rs
from reluscape.errors import InputError
from reluscape.experiments import figures
from reluscape.experiments.figures.karhadkar_6 import polyline
from reluscape.experiments.figures.landscape import unit_loss
from reluscape.experiments.figures.planar import sectors, vertices
from reluscape.experiments.figures.safran_1 import CENTRES, RADIUS, noisy_half_angle

GALLERY = Path(__file__).parents[3] / "gallery"


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_draws_and_writes_its_numbers(name, tmp_path):
    picture, data = figures.save(name, tmp_path, quick=True)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    record = json.loads(data.read_text("utf-8"))
    assert record["schema"] == 1
    assert record["command"] == f"reluscape figure {name}" + (" --quick" if record["quick"] else "")
    assert record["caption"].endswith(f"Made by: {record['command']}")
    assert (f"Seed {record['seed']}." in record["caption"]) == (record["seed"] is not None)
    assert len(record["caption"]) > 60
    assert record["data"]
    assert ("Quick" in record["caption"]) == record["quick"]


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_every_figure_has_a_gallery_script(name):
    text = (GALLERY / f"{name}.py").read_text("utf-8")
    assert f'"{name}"' in text


def test_same_bytes_twice(tmp_path):
    first = [path.read_bytes() for path in figures.save("karhadkar-1", tmp_path, form="svg")]
    assert figures.FIGURES.keys() == dict(figures.listing()).keys()
    again = [path.read_bytes() for path in figures.save("karhadkar-1", tmp_path, form="svg")]
    assert first[1] == again[1]


def test_the_seed_changes_what_is_drawn_and_is_told(tmp_path):
    _, one = figures.save("float32-rank", tmp_path, quick=True)
    first = json.loads(one.read_text("utf-8"))
    _, two = figures.save("float32-rank", tmp_path, quick=True, seed=7, form="svg")
    second = json.loads(two.read_text("utf-8"))
    assert (first["seed"], second["seed"]) == (0, 7)
    assert second["command"] == "reluscape figure float32-rank --seed 7 --quick --format svg"
    assert first["data"]["panels"] != second["data"]["panels"]
    picture = (tmp_path / "float32-rank.svg").read_text("utf-8")
    assert "quick: smaller grid or fewer draws" in picture
    assert "Made by: reluscape figure float32-rank --seed 7" in picture
    assert json.loads(figures.save("safran-2", tmp_path)[1].read_text("utf-8"))["seed"] is None


def test_wrong_names_are_named(tmp_path):
    with pytest.raises(InputError, match="no figure 'karhadkar-9'; choose one of karhadkar-1"):
        figures.draw("karhadkar-9")
    with pytest.raises(InputError, match="png, svg, pdf"):
        figures.save("liu-1", tmp_path, form="gif")


@given(arrays(np.int64, st.tuples(st.integers(1, 7), st.just(2)), elements=st.integers(-4, 4)))
def test_sectors_are_the_realizable_patterns(X):
    X = X[np.any(X != 0, axis=1)]
    if not len(X):
        return
    found = {sector.pattern for sector in sectors(X.astype(float))}
    # Independent: an open region of the plane holds a direction strictly between two neighbouring border normals.
    borders = {tuple(v) for x in X for v in ((-x[1], x[0]), (x[1], -x[0]))}
    ordered = sorted(borders, key=lambda v: np.arctan2(v[1], v[0]))
    unit = [np.array(v) / np.hypot(*v) for v in ordered]
    middles = [a + b for a, b in itertools.combinations(unit, 2)] + [np.array([x[0], x[1]], float) for x in X]
    probes = [m for m in middles if np.all(np.abs(X @ m) > 1e-9)]
    assert {tuple(bool(v > 0) for v in X @ m) for m in probes} <= found
    distinct = len({tuple(np.sign(x[np.flatnonzero(x)[0]]) * x // np.gcd(*np.abs(x))) for x in X})
    assert len(found) == len(sectors(X.astype(float))) == 2 * distinct


def test_zonotope_vertices_are_extreme():
    X = np.array([[1.0, 0.25], [0.45, 1.0], [-0.7, 0.85]])
    corners = vertices(X)
    sums = np.array([sum((X[i] for i in range(3) if on[i]), np.zeros(2)) for on in itertools.product((0, 1), repeat=3)])
    edges = np.roll(corners, -1, axis=0) - corners
    for point in sums:
        away = point - corners
        assert np.all(edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= -1e-12)


def test_polyline_is_what_one_unit_reaches():
    x = np.array([-1.0, 0.5, 2.0, 3.0])
    corners = polyline(x)
    for i in range(4):
        falling, rising = np.maximum(x[i] - x, 0), np.maximum(x - x[i], 0)
        np.testing.assert_array_equal(corners[i], falling)
        np.testing.assert_array_equal(corners[4 + i], rising)
    assert np.count_nonzero(corners.any(axis=1)) == 2 * (4 - 1)


def test_liu_2_minima_are_minima():
    rng = np.random.default_rng(0)
    for panel in figures.draw("liu-2", quick=True).data["panels"]:
        y = np.array(panel["y"], dtype=float)
        for label, place, loss in panel["minima"]:
            assert loss == pytest.approx({"loss 0": 0.0, "loss 1/2": 0.5}[label])
            inner = np.array(place)
            if panel["y"] == [1, 1] and label == "loss 1/2":
                inner = np.where(inner == 0, -0.3, inner)
            probes = inner + rng.normal(size=(400, 2)) * 1e-3
            assert min(unit_loss(np.eye(2), y, w) for w in probes) >= loss - 1e-12


def test_safran_values():
    assert figures.draw("safran-2").data["at_zero"] == pytest.approx(0.6)
    losses = sorted(value for _, value in figures.draw("safran-3", quick=True).data["minima"])
    assert losses == pytest.approx([0.1, 0.3, 0.3, 0.5])


def test_good_basins_against_width_stay_above_what_is_promised():
    panels = figures.draw("good-basin-width", quick=True).data["panels"]
    assert [panel["title"].split(":")[0] for panel in panels] == [f"Theorem {k}" for k in (2, 3, 4, 5)]
    for panel in panels:
        for (width, value, low, high), promised in zip(panel["curve"], panel["promised"]["promised"], strict=True):
            assert low <= value <= high
            assert high >= promised - 1e-12, (panel["title"], width)
    # Theorem 2's panel: five axes, two half-axes each, by inclusion and exclusion over one axis after the other
    from itertools import product
    from math import comb

    m, total = 6, 0.0
    wanted = [(1, 1), (-1, 1), (1, -1), (1, 1), (-1, 1)]
    for k in range(m + 1):
        miss = {1: 2.0**-k, -1: 2.0 ** (k - m)}
        chance = comb(m, k) / 2**m
        for plus, minus in wanted:
            if plus != minus:
                chance *= (1 - miss[1]) * (1 - miss[-1])
            else:
                units = k if plus > 0 else m - k
                sides = list(product((1, -1), repeat=units))
                chance *= sum(1 in s and -1 in s for s in sides) / len(sides)
        total += chance
    assert panels[0]["curve"][m - 1][1] == pytest.approx(total)


def test_histograms_are_basin_values():
    table = figures.draw("basin-histograms", quick=True).data["tables"]["linnerud"]
    assert 0 < table["affine"] < 1
    one, three = (np.array(table["shares"][width]) for width in ("1", "3"))
    assert ((one >= 0) & (one <= 1 + 1e-9)).all()
    assert three.mean() < one.mean()


def test_noisy_region_is_where_a_cluster_can_be_cut():
    half = noisy_half_angle(CENTRES[0], RADIUS)
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, 2 * np.pi, 2000)
    for angle in angles:
        w = np.array([np.cos(angle), np.sin(angle)])
        nearest = abs(CENTRES[0] @ w)
        cut = nearest <= RADIUS
        off = abs(np.pi / 2 - np.arccos(np.clip(CENTRES[0] @ w / np.hypot(*CENTRES[0]), -1, 1)))
        assert cut == (off <= half)


def test_figures_import_no_window():
    assert importlib.import_module("reluscape.experiments.figures.karhadkar_1").draw().figure.canvas.manager is None


@pytest.fixture(scope="module")
def rank_panels():
    return figures.draw("karhadkar-3a", quick=True).data["panels"]


def test_heat_map_holds_the_closed_form(rank_panels):
    panel = rank_panels["initialization, uniform"]["1 input"]
    assert panel["kinds"] == ["exact"]
    chance = {width: row[0] for width, row in zip(panel["widths"], panel["value"], strict=True)}
    # sum_K Bin(m, 1/4)(K) [z^n] (1 + z + z^2)^(K + 1) / C(n + K, n) (1 - 2^(K - m)) at n = 10
    assert chance == pytest.approx({30: 0.066, 165: chance[165], 300: 0.907}, abs=6e-4)
    assert panel["lines"]["one half, exact"][0] == 90


def test_both_laws_and_both_populations_are_apart(rank_panels):
    assert set(rank_panels) == {f"{a}, {b}" for a in ("initialization", "regions") for b in ("uniform", "normal")}
    over_regions = rank_panels["regions, normal"]["1 input"]
    assert over_regions["kinds"] == ["exact"]
    assert over_regions["value"][1][0] == float(rs.full_rank_fraction_1d(10, 165))
    # half of the regions at n = 10, 55, 100, and what Theorem 7 asks for: 2 n ln(2 n)
    lines = over_regions["lines"]
    assert lines["one half, exact"][0::2] == [12, 244]
    assert lines["Theorem 7 promises one half"][0] == 60
    assert "Theorem 7 promises one half" not in rank_panels["initialization, normal"]["1 input"]["lines"]


def test_heat_map_cell_does_not_depend_on_the_grid():
    from reluscape.experiments.figures.rank_map import chances

    for population in ("initialization", "regions"):
        small = chances([20], [9], [2], 30, 0, "name", population)
        large = chances([10, 20], [5, 9], [2, 2], 30, 0, "name", population)
        assert large["value"][1][1] == small["value"][0][0]


def test_heat_map_in_proportion_holds_the_closed_form():
    from reluscape.experiments.figures.rank_map import chances

    panel = chances([10, 50], [4, 7], [10, 50], 3, 0, "name", "regions", "normal")
    assert panel["kinds"] == ["exact"]
    assert panel["value"] == [[(1 - 2.0**-m) ** n for n in (10, 50)] for m in (4, 7)]
    assert panel["lines"]["one half, exact"] == [4, 7]


def test_single_precision_misses_full_rank():
    from reluscape.experiments.figures.float32_rank import verdicts

    exact, single, wrong = verdicts(20, 1, 600, 30, 0)
    assert single < exact
    assert wrong >= exact - single
    # the chance of full rank, in closed form, is 0.798
    assert abs(exact / 30 - float(rs.full_rank_fraction_random_data(20, 1, 600))) < 0.25


def test_exact_curves_of_points_on_a_line():
    data = figures.draw("line-exact", quick=True).data
    for curve in data["curves"]:
        for values in (curve["full_rank"], curve["zero_loss"]):
            assert all(0 <= value <= 1 for value in values)
        assert curve["full_rank"] == sorted(curve["full_rank"])
        if curve["population"] == "regions":
            assert curve["full_rank"][0] == float(rs.full_rank_fraction_1d(curve["n"], curve["widths"][0]))
            # the theorems hold at the widths they ask for
            asked = next(row for row in data["asked"] if row["n"] == curve["n"])
            reached = [v for m, v in zip(curve["widths"], curve["zero_loss"], strict=True) if m >= asked["theorem_8"]]
            assert all(value >= 0.95 for value in reached)
            assert float(rs.full_rank_fraction_1d(curve["n"], asked["theorem_7"])) >= 0.95


def test_training_path_tells_what_a_sweep_measures():
    drawn = figures.draw("training-path", quick=True)
    for curves in drawn.data["curves"].values():
        loss, basin = np.array(curves["loss"]["mean"]), np.array(curves["basin"]["mean"])
        assert (basin <= loss + 1e-9).all()
        assert curves["patterns"]["mean"][0] == 1
        assert (np.diff(curves["patterns"]["mean"]) >= 0).all()
        assert max(curves["rank"]["mean"]) <= drawn.data["n"]
    first = [curves["loss"]["mean"][0] for curves in drawn.data["curves"].values()]
    assert first[0] == first[1]


def test_patterns_against_width_stay_below_the_steps():
    data = figures.draw("patterns-width", quick=True).data
    for curve in data["curves"].values():
        assert curve["trials"] == [data["trials"]] * len(curve["width"])
        assert all(1 <= mean <= data["steps"] + 1 for mean in curve["mean"])


def test_shares_of_regions_with_a_global_minimum():
    from reluscape.experiments.figures.global_minima import draw_data, shares

    small, large = shares(2, [5], [10], 6, 0, "name"), shares(2, [3, 5], [2, 10], 6, 0, "name")
    assert large["value"][1][1] == small["value"][0][0]
    assert small["low"][0][0] <= small["value"][0][0] <= small["high"][0][0]
    # fewer weights than samples: labels without ties are not fitted; a hundred units on three samples: they are
    assert shares(2, [9], [2], 6, 0, "name")["value"] == [[0.0]]
    assert shares(2, [3], [100], 6, 0, "name")["value"] == [[1.0]]
    assert shares(1, [3], [60], 6, 0, "name", "regions", "normal", "quadratic")["value"] == [[1.0]]
    # a quadratic polynomial has constant second differences on evenly spaced points; a teacher is a network
    X, y = draw_data(np.random.default_rng(0), 40, 1, 3, "normal", "quadratic")
    x = X[:, 0].astype(float)
    assert np.abs(np.polyval(np.polyfit(x, y.astype(float), 2), x) - y.astype(float)).max() < 1e-5
    X, y = draw_data(np.random.default_rng(1), 6, 2, 0, "uniform", "teacher")
    assert not y.any()


def test_theorem_8_is_drawn_over_the_regions_only():
    panels = figures.draw("karhadkar-4", quick=True).data["panels"]
    assert set(panels) == {"random", "quadratic", "teacher"}
    for row in panels.values():
        for population, panel in row.items():
            assert ("Theorem 8 promises 95 %" in panel["lines"]) == population.startswith("regions")
    assert panels["random"]["regions, uniform"]["lines"]["Theorem 8 promises 95 %"][0] == 240


def test_trees_of_growing_widths_agree_with_the_global_minimum():
    data = figures.draw("barriers-width", quick=True).data
    line = rs.Dataset(data["X"], data["y"], bias=True)
    lowest = [tree["global_minimum"] for tree in data["trees"]]
    assert lowest == sorted(lowest, reverse=True)
    assert lowest == pytest.approx(
        [rs.global_minimum(line, width=width, output_bias=True).value for width in data["widths"]], abs=1e-9
    )
    for tree in data["trees"]:
        assert all(tree["global_minimum"] - 1e-9 <= birth < merge for birth, merge in tree["pairs"])


def test_the_path_in_the_decay_ends_at_a_constant_and_begins_beside_the_interpolator():
    data = figures.draw("decay-path", quick=True).data
    assert data["xor_least_norm"][1] == pytest.approx(2 * 2**0.5)
    for points in (data["xor"], data["points"]):
        assert points[-1][4] == 0
        assert [p[2] for p in points] == sorted(p[2] for p in points)


def test_sampled_basins_of_boursier_1_lie_about_the_exact_curves():
    data = figures.draw("boursier-1", quick=True).data
    expected, hits, spread = 0.0, 0.0, 0.0
    for panel in data["panels"]:
        for curve in panel:
            assert curve["exact"] == sorted(curve["exact"])
            assert curve["kind"] in ("exact", "certified")
            for share, (sampled, low, high) in zip(curve["exact"], curve["regions"], strict=True):
                assert low <= sampled <= high
                expected, hits = expected + 20 * share, hits + 20 * sampled
                spread += 20 * share * (1 - share)
    assert abs(hits - expected) <= 5 * spread**0.5 + 1  # seeded, so decided once


def test_stairs_of_the_example_and_of_xor():
    data = figures.draw("staircase").data
    example = data["Example 1 of the paper"]
    assert [row[1] for row in example["rows"]] == [1, 3, 1, 1]
    assert data["XOR, free biases"]["bound"] == 4


def test_population_minima_are_proved_and_have_the_known_values():
    data = figures.draw("population-minima", quick=True).data
    assert data["proved"] == [True] * 3
    assert data["values"] == pytest.approx([0.025081, 0.023203, 0.021508], abs=1e-6)
    assert all(low <= share <= high for share, low, high in data["shares"])
