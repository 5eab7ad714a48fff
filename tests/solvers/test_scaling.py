"""Close points are found on one line in general position, as by looking at every pair."""

import numpy as np
import pytest

from reluscape.solvers.scaling import _closer


@pytest.mark.parametrize("seed", range(40))
def test_close_points_are_found_as_by_every_pair(seed):
    rng = np.random.default_rng(seed)
    size, inputs = int(rng.integers(2, 40)), int(rng.integers(1, 6))
    points = rng.normal(size=(size, inputs))
    if seed % 2:
        points = np.round(points, 1)  # repeated ones, and many on one plane
    pairs = np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(size, 1)]
    for least in (1e-3, 0.05, 0.3, 2.0):
        assert _closer(points, least) == (pairs.min() < least)
