"""A search in small steps, dives first, ends where the search in one step ends."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.optimum import branch


@pytest.mark.parametrize("seed", range(6))
def test_small_steps_and_dives_end_at_the_same_minimum(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    X = np.c_[rng.integers(-4, 5, (7, 1 + seed % 2)), np.ones(7, dtype=int)]
    y, width = rng.integers(-3, 4, 7), 1 + seed % 3
    whole = rs.global_minimum(X, y, width, True)
    for dive, chunk in ((1, 2), (3, 12), (12, 12)):
        monkeypatch.setattr(branch, "DIVE", dive)
        monkeypatch.setattr(branch, "CHUNK", chunk)
        found = rs.global_minimum(X, y, width, True)
        assert found.complete
        assert rs.verify(found.certificate)
        assert found.exact_value == whole.exact_value


def test_a_search_that_stops_in_a_dive_keeps_a_lower_end(monkeypatch):
    rng = np.random.default_rng(7)
    X, y = np.c_[rng.integers(-4, 5, (9, 2)), np.ones(9, dtype=int)], rng.integers(-3, 4, 9)
    least = rs.global_minimum(X, y, 2, True)
    monkeypatch.setattr(branch, "DIVE", 4)
    lower = [rs.global_minimum(X, y, 2, True, exact=False, steps=steps).lower for steps in (20, 200, 2000)]
    assert all(low <= float(least.exact_value) + 1e-9 for low in lower)
