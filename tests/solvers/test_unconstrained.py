"""Fits without cones: whether a point has the infimum is told by the data, not by how small a slope has become."""

import numpy as np
import pytest

from reluscape.problem.losses import get_loss
from reluscape.solvers.unconstrained import minimise_free


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_labels_that_a_plane_parts_are_fitted_only_in_the_limit(seed, low):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 8)), int(rng.integers(1, 4))
    F = rng.integers(-3, 4, (n, k)) + 0.5  # between 0.5 and 3.5 in size: no product with w is zero
    w = rng.choice([-1.0, 1.0], k) * 10.0 ** np.arange(k)
    side = np.where(F @ w > 0, 1.0, low)
    loss = get_loss("logistic" if low < 0 else "bce")
    free = minimise_free(F, side, loss)
    assert not free.attained
    assert free.total == pytest.approx(0.0, abs=1e-9)
    assert ((F @ free.direction) * np.where(side > 0, 1, -1) > 0).all()


@pytest.mark.parametrize("seed", range(6))
def test_labels_that_no_plane_parts_weakly_are_fitted_at_a_point(seed):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(int(rng.integers(1, 5)), 2))
    doubled, label = np.concatenate([F, F]), np.repeat([1.0, -1.0], len(F))
    free = minimise_free(doubled, label, get_loss("logistic"))
    assert free.attained
    assert free.total == pytest.approx(len(doubled) * np.log(2))
