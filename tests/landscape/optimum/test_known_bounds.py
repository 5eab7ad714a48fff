"""Bounds kept by a search come back for the layers that have one."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.optimum import proof
from reluscape.landscape.optimum.branch import branch_and_bound
from reluscape.landscape.optimum.known_bounds import KnownBounds


@pytest.mark.parametrize("factor", [1, 10**12])
def test_kept_bounds_come_back_and_others_are_unknown(factor):
    """Also where one whole number cannot tell the layers apart."""
    rng = np.random.default_rng(0)
    layers = np.unique(np.sort(rng.integers(0, 9, (50, 3)), axis=1), axis=0) * factor
    values = rng.random(len(layers))
    known = KnownBounds()
    known.keep(4, layers[:10], values[:10])
    known.keep(4, layers[10:30], values[10:30])
    found = known.of(4, layers[::-1])[::-1]
    assert (found[:30] == values[:30]).all()
    assert np.isnan(found[30:]).all()
    assert np.isnan(known.of(5, layers)).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_proof_with_the_bounds_of_the_search_is_the_proof_without_them(seed):
    rng = np.random.default_rng(seed)
    data = rs.Dataset(np.c_[rng.integers(-4, 5, 7), np.ones(7)].astype(int), rng.integers(-3, 4, 7))
    search = branch_and_bound(data, 2, True, np.inf, np.arange(7))
    patterns, signs = np.array([p for p, _ in search.states]), np.array([s for _, s in search.states])
    basin = proof.exact_basin(data, True, patterns, signs)
    order = search.order.tolist()
    own = proof.prove_minimum(data, True, order, basin, search=search)
    alone = proof.prove_minimum(data, True, order, basin)
    assert own.value == alone.value
    assert rs.verify(own.certificate)
    assert rs.verify(alone.certificate)
