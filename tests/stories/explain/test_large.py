"""Large networks: what is too large is left out and said, before the start and in the story."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins import nearest_better
from reluscape.critical import anatomy
from reluscape.critical.face_fit import float_fit
from reluscape.critical.trained import limits
from reluscape.problem.losses import get_loss


def wide(rows=40, units=30, inputs=3):
    rng = np.random.default_rng(0)
    net = rs.TwoLayerNet(rng.normal(size=(units, inputs)), rng.normal(size=units))
    X = rng.normal(size=(rows, inputs))
    return net, X, net.predict(X) + 0.3 * rng.normal(size=rows)


def test_what_is_too_large_is_left_out_and_said_before_the_start(monkeypatch):
    monkeypatch.setattr(limits, "MOST_WORK", 1_000)
    net, X, y = wide()
    said = []
    found = rs.explain(net, X, y, progress=lambda what, share: said.append((share, what)))
    announced = [what for share, what in said if share == 0]
    assert said[0][0] == 0
    assert len(announced) == 1
    assert "takes about" in announced[0]
    assert "40 rows x 30 units x 3 columns are more than 1,000" in announced[0]
    facts = {fact["name"]: fact["text"] for fact in found.report["story"]}
    assert "the descent and fresh starts" in facts["left out as too large"]
    assert "basin" not in found.report["losses"]


def test_a_small_network_announces_nothing():
    net, X, y = wide(8, 2, 2)
    said = []
    rs.explain(net, X, y, progress=lambda what, share: said.append(share))
    assert 0 not in said


def test_a_loss_that_needs_many_fits_is_too_large_sooner():
    assert limits.can_fit(400, 2000, 9)
    assert not limits.can_fit(400, 2000, 9, quadratic=False)
    assert "exact points beside it" in limits.left_out(400, 2000, 9, quadratic=False)


def test_walks_under_a_loss_that_needs_many_fits_are_left_out_sooner_and_said():
    assert limits.can_walk(2000, 50, 21)
    assert limits.left_out(400, 8, 5, quadratic=False) is None
    told = limits.left_out(2000, 50, 21, quadratic=False)
    assert "the descent and fresh starts: 2,000 rows x 50 units x 21 columns" in told
    assert "under a loss that is not the squared one" in told


def test_a_unit_without_a_tie_has_no_neighbour_for_free(monkeypatch):
    """The cells beside a unit's own cost a kink, so none of them is decided where no step is affordable."""
    asked = []
    monkeypatch.setattr(nearest_better._Search, "_unit_neighbours", lambda self, row: asked.append(row) or [])
    monkeypatch.setattr(nearest_better, "MOST_TRIED", 3)
    net, X, y = wide(12, 3, 2)
    nearest_better.better_basin(rs.Dataset(X, y), net, False, 0.0, [])
    assert not asked


@pytest.mark.parametrize("seed", range(5))
def test_parallel_groups_by_pairs(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(-1, 2, (30, 2)).astype(float)
    chosen = rng.random(30) < 0.8
    groups = anatomy.parallel_groups(rows, chosen, 1e-9)
    live = [j for j in range(30) if chosen[j] and rows[j].any()]
    together = {j: k for k, group in enumerate(groups) for j in group}
    for a in live:
        for b in live:
            same = a == b or np.allclose(rows[a] / np.linalg.norm(rows[a]), rows[b] / np.linalg.norm(rows[b]))
            assert same == (a == b or (a in together and together.get(a) == together.get(b)))


def test_the_fit_is_the_nearest_least_squares_fit():
    rng = np.random.default_rng(4)
    X, y, R0 = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=(4, 3))
    signs = np.ones((4, 5), dtype=np.int8)
    found = float_fit(X, y, signs, R0, None, get_loss("squared"))
    # four equal units share one step: that of ordinary least squares on their sum, a quarter each
    total = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(found.R, R0 + (total - R0.sum(axis=0)) / 4, atol=1e-9)
