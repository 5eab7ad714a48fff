"""The engine for general position: every region once, certified sides, random access in the same order."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import AssumptionError, InputError
from reluscape.geometry.generic.flag import generic_flag
from reluscape.geometry.generic.generic import _unrank, generic_region, generic_regions
from reluscape.geometry.generic.generic_kernel import sweep_level
from reluscape.geometry.generic.sweep import exact_signs
from reluscape.numbers import exact
from reluscape.problem.data import Dataset
from tests.oracles.strict_cone import realizable_patterns


def gaussian(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def unpack(words, k):
    bits = words[:, [j >> 6 for j in range(k)]] >> np.array([j & 63 for j in range(k)], dtype=np.uint64)
    return (bits & np.uint64(1)).astype(bool)


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 3))
def test_every_region_once(seed, n, d):
    X = gaussian(n, d, seed).round(2) * 100
    data = Dataset(X.astype(int))
    if not data.general_position:
        return
    regions = generic_regions(data)
    patterns = [tuple(regions.pattern(k).tolist()) for k in range(len(regions))]
    assert len(set(patterns)) == len(patterns)
    assert set(patterns) == realizable_patterns(data.X.astype(int))


@pytest.mark.parametrize(("n", "d"), [(9, 1), (12, 2), (20, 3), (14, 5), (70, 3), (66, 2)])
def test_blocks_hold_the_same_regions_in_the_same_order(n, d):
    X = gaussian(n, d)
    regions = generic_regions(X[: 1 if d == 1 else n])
    k_total = regions.flag.m + 1
    sides = np.concatenate([unpack(block, k_total) for block in regions.blocks()])
    assert len(sides) == regions.half
    assert len(np.unique(sides, axis=0)) == regions.half
    for k in np.random.default_rng(0).integers(0, regions.half, size=40):
        assert (regions._sides(int(k)) == sides[k]).all()


def test_the_count_is_covers():
    regions = generic_regions(gaussian(30, 4))
    assert len(regions) == 2 * sum(math.comb(29, i) for i in range(4))


def test_certified_leaves_agree_with_exact_arithmetic():
    rng = np.random.default_rng(3)
    flag = generic_flag(exact.integer_rows(exact.fraction_matrix(gaussian(10, 4)))[0], rng)
    for level in (1, 2, 3):
        a, b = flag.level(level)
        subsets = list(itertools.combinations(range(flag.m), level))
        for first in range(flag.m - level + 1):
            own = [s for s in subsets if s[0] == first]
            out, doubtful = np.zeros((len(own), 1), np.uint64), np.zeros(len(own), bool)
            columns, offsets = np.zeros((level, 64)), np.full(64, -1.0)
            columns[:, : flag.m], offsets[: flag.m] = a.T, b
            assert sweep_level(columns, offsets, flag.m, first, out, doubtful) == len(own)
            assert not doubtful.any()
            for row, subset in zip(unpack(out, flag.m), own, strict=True):
                truth = exact_signs(flag, level, np.array(subset), flag.rows, np.arange(flag.m))
                assert (row == (truth > 0)).all()


def test_thin_regions_are_decided_exactly():
    # Three planes through one line up to 2^-70, far below what floats can see.
    X = [[1, 0, 0], [0, 1, 0], [2**70, 2**70, 1], [1, 2, 3], [2, -1, 5]]
    regions = generic_regions(X)
    sides = np.concatenate([unpack(block, 5) for block in regions.blocks()])
    patterns = {tuple(row) for row in np.concatenate([sides, ~sides]).tolist()}
    assert patterns == realizable_patterns(X)


def test_witnesses_are_inside():
    X = gaussian(15, 4)
    regions = generic_regions(X)
    for k in range(0, len(regions), 101):
        assert ((X @ regions.witness(k) > 0) == regions.pattern(k)).all()


def test_random_access_far_beyond_enumeration():
    X = gaussian(300, 20)
    regions = generic_regions(X)
    assert len(regions.flag.level_sizes) == 20
    assert regions.half > 10**29
    first, antipode = regions.pattern(12345), regions.pattern(regions.half + 12345)
    assert (first == ~antipode).all()


def test_repeated_rows_follow_their_class():
    X = gaussian(6, 3)
    data = np.concatenate([X, -X[:2], np.zeros((1, 3))])
    patterns = generic_regions(data).patterns()
    assert len(patterns) == 2 * (1 + 5 + 10)
    assert (patterns[:, 6:8] == ~patterns[:, :2]).all()
    assert not patterns[:, 8].any()


def test_subsets_come_in_lexicographic_order():
    assert [tuple(_unrank(i, 5, 3)) for i in range(10)] == list(itertools.combinations(range(5), 3))


def test_refusals():
    with pytest.raises(AssumptionError, match="general position"):
        generic_region([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], 0)
    with pytest.raises(InputError, match="0 to 5"):
        generic_region([[1, 0], [0, 1], [1, 1]], 6)
    with pytest.raises(AssumptionError, match="not zero"):
        generic_region([[0, 0]], 0)


@pytest.mark.parametrize(("n", "d"), [(12, 2), (20, 3), (13, 5), (9, 8), (1, 1)])
def test_many_at_once_are_the_single_ones(n, d):
    X = gaussian(n, d)
    regions = generic_regions(X)
    patterns, witnesses = regions.patterns(), regions.witnesses()
    assert len(np.unique(patterns, axis=0)) == len(regions) == len(witnesses)
    signs = exact.signs_of_products(Dataset(X).rows, witnesses)
    assert (signs != 0).all()
    assert ((signs > 0) == patterns).all()
    start, stop = len(regions) // 3, len(regions) // 3 + 40
    stop = min(stop, len(regions))
    assert (regions.patterns(start, stop) == patterns[start:stop]).all()
    for k in np.random.default_rng(1).integers(0, len(regions), size=20):
        assert (regions.pattern(int(k)) == patterns[k]).all()


def test_witnesses_of_thin_regions_lost_rank_and_repeated_rows():
    X = np.array(
        [[1, 0, 0, 1], [0, 1, 0, 1], [2**70, 2**70, 1, 2**71], [1, 2, 3, 3], [2, -1, 5, 1], [-1, -2, -3, -3]],
        dtype=object,
    )
    regions = generic_regions(X)
    witnesses, patterns = regions.witnesses(), regions.patterns()
    for w, pattern in zip(witnesses, patterns, strict=True):
        values = X.dot(np.array([Fraction(v) for v in w], dtype=object))
        assert [v > 0 for v in values] == pattern.tolist()
        assert all(values)
    assert regions.witnesses(5, 5).shape == (0, 4)
    with pytest.raises(InputError, match="do not exist"):
        regions.patterns(3, len(regions) + 1)
