"""Volumes of regions: closed formulas against simulation, sums, and rational values of the box law."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import TooLarge
from reluscape.geometry.regions import enumerate_regions
from reluscape.geometry.volumes.region_volume import region_volume
from reluscape.geometry.volumes.volumes import region_volumes, volumes
from reluscape.numbers import exact
from tests.geometry.regions.arrangements import resonance
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


def simulated(X, patterns, law, trials=60_000, seed=0):
    rng = np.random.default_rng(seed)
    d = np.shape(X)[1]
    W = rng.standard_normal((trials, d)) if law == "normal" else rng.uniform(-1, 1, (trials, d))
    hits = exact.signs_of_products(exact.integer_rows(exact.fraction_matrix(X))[0], W) > 0
    keys = {row.tobytes(): i for i, row in enumerate(np.asarray(patterns))}
    counts = np.zeros(len(patterns))
    for row in hits:
        counts[keys[row.tobytes()]] += 1
    return counts / trials


@given(integer_matrices(max_n=5, max_d=3, bias=False))
def test_sums_symmetry_and_order(X):
    if exact.rank(X) > 3:
        return
    found = volumes(X)
    assert found.kind == "exact"
    assert math.isclose(found.values.sum(), 1, abs_tol=1e-13)
    assert (found.values > 0).all()
    alive = [i for i in range(len(X)) if any(X[i])]
    regions = sorted(realizable_patterns(X[alive])) if alive else [()]
    assert [tuple(row) for row in found.patterns[:, alive].tolist()] == regions
    antipodes = found.values[::-1] if len(alive) else found.values
    assert np.allclose(found.values, antipodes, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    "X",
    [
        [[1, 0], [0, 1], [1, 1], [3, -1]],
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]],
        [[1, 0, 1], [0, 1, 1], [1, 1, 1], [0, 0, 1], [-1, 1, 1]],
        [[1, 2, 3, 4], [0, 1, 0, 1], [2, 0, 1, 0], [3, 3, 4, 5]],
        [[1, 2, 3], [2, 4, 7]],
    ],
)
def test_rotation_invariant_volumes_against_simulation(X):
    found = volumes(X)
    drawn = simulated(X, found.patterns, "normal")
    z = (drawn - found.values) / np.sqrt(found.values * (1 - found.values) / 60_000)
    assert np.abs(z).max() < 4.5


def test_known_angles():
    # Lines at 45 degrees; the positive octant; three planes through one line.
    assert np.allclose(region_volumes([[1, 0], [0, 1], [1, 1], [1, -1]]), 1 / 8, rtol=1e-15)
    assert np.allclose(region_volumes(np.eye(3)), 1 / 8, rtol=1e-14)
    assert np.allclose(sorted(region_volumes([[1, 0, 0], [0, 1, 0], [1, 1, 0]])), [1 / 8] * 4 + [1 / 4] * 2, rtol=1e-14)


def test_thin_wedges_keep_their_digits():
    angle = 2.0**-40
    found = region_volumes([[1, 0], [1, Fraction(1, 2**40)]])
    assert math.isclose(found.min(), math.atan(angle) / (2 * math.pi), rel_tol=1e-14)
    assert math.isclose(
        region_volumes([[1, 0], [1, Fraction(1, 10**200)]]).min(), 1e-200 / (2 * math.pi), rel_tol=1e-12
    )


@pytest.mark.parametrize("tilt", [Fraction(1, 2**60), Fraction(1, 10**200)])
def test_thin_wedges_between_planes_keep_their_digits(tilt):
    # A fourth plane through an axis of the octants, turned away from a coordinate plane by a small angle.
    found = region_volumes([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, tilt, 0]])
    thin = float(tilt) / (4 * math.pi)
    assert np.allclose(sorted(found), [thin] * 4 + [1 / 8] * 8, rtol=1e-15, atol=0)
    alone = region_volume([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, tilt, 0]], [True, False, True, False])
    assert math.isclose(alone, thin, rel_tol=1e-15)
    assert math.isclose(region_volume([[1, 0], [1, tilt]], [False, True]), float(tilt) / (2 * math.pi), rel_tol=1e-15)


@given(
    integer_matrices(min_n=3, max_n=6, max_d=3, bound=9, zero_rows=False),
    st.sampled_from([Fraction(1, 2**60), Fraction(1, 10**30), Fraction(1, 3)]),
    st.lists(st.integers(-2, 2), min_size=4, max_size=4),
)
def test_volumes_of_a_sample_more_add_up_to_those_without_it(X, small, change):
    near = X[0] + X[1] + small * np.array(change[: X.shape[1]], dtype=object)
    more = np.concatenate([X, near[None]])
    if exact.rank(more) > 3 or not any(near):
        return
    finer, coarser = volumes(more), volumes(X)
    table = dict.fromkeys(map(tuple, coarser.patterns.tolist()), 0.0)
    for pattern, value in zip(finer.patterns.tolist(), finer.values, strict=True):
        assert value > 0
        table[tuple(pattern[:-1])] += value
    assert np.allclose(list(table.values()), coarser.values, rtol=1e-13, atol=0)


def test_gaussian_20_by_3_sums_to_one():
    values = region_volumes(np.random.default_rng(20003).standard_normal((20, 3)))
    assert len(values) == 382
    assert math.isclose(values.sum(), 1, abs_tol=1e-14)


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=6, unique=True))
def test_the_box_law_gives_each_gap_a_quarter_of_its_length(points):
    x = sorted(Fraction(p, 20) for p in points)
    found = volumes([[v, 1] for v in x], law="box")
    assert sum(found.fractions) == 1
    table = {tuple(row): share for row, share in zip(found.patterns.tolist(), found.fractions, strict=True)}
    for j in range(len(x) - 1):
        left = tuple(i <= j for i in range(len(x)))
        right = tuple(i > j for i in range(len(x)))
        assert table[left] + table[right] == (x[j + 1] - x[j]) / 4


def test_box_volumes_against_simulation_and_by_name():
    X = [[3, 1], [1, 2], [-1, 4], [0, 1]]
    found = volumes(X, law="box")
    drawn = simulated(X, found.patterns, "box")
    assert np.abs((drawn - found.values) / np.sqrt(found.values * (1 - found.values) / 60_000)).max() < 4.5
    assert (region_volumes(X, law="torch") == found.values).all()
    assert region_volumes([[2], [-3]], law="box").tolist() == [0.5, 0.5]


def test_zero_rows_and_one_sample():
    assert region_volumes([[0, 0]]).tolist() == [1.0]
    assert region_volumes([[0, 0], [1, 2]]).tolist() == [0.5, 0.5]


def test_sampled_volumes_carry_error_bars():
    # The 16 orthants of R^4 and the box law in R^3: both values are known.
    found = volumes(np.eye(4, dtype=int), rng=0, trials=50_000)
    assert found.kind == "sampled"
    assert np.abs((found.values - 1 / 16) / found.errors).max() < 4.5
    cube = volumes([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], law="box", rng=1, trials=50_000)
    expected = np.where((cube.patterns[:, 0] == cube.patterns[:, 1]), 1 / 8, 1 / 16)
    assert np.abs((cube.values - expected) / cube.errors).max() < 4.5
    with pytest.raises(TooLarge, match="sample_regions"):
        volumes(np.random.default_rng(0).standard_normal((80, 6)))


def test_an_own_law():
    def uneven(rng, m, d):
        return np.abs(rng.standard_normal((m, d))), np.ones(m)

    found = volumes([[1, 0], [0, 1]], law=uneven, rng=0, trials=300)
    assert found.values.tolist() == [0, 0, 0, 1]
    assert (found.errors > 0).all()


def test_sampled_volumes_of_many_regions_follow_the_table():
    X = resonance(5)
    found = volumes(X, rng=0, trials=40_000)
    assert (found.patterns == enumerate_regions(X, witnesses=False).patterns).all()
    assert math.isclose(found.values.sum(), 1, abs_tol=1e-12)
    largest = int(found.values.argmax())
    alone = region_volume(X, found.patterns[largest], rng=1, trials=40_000)
    assert alone.low - 4 * found.errors[largest] < found.values[largest] < alone.high + 4 * found.errors[largest]
