"""Exact laws of the first basin against printed formulas, brute-force enumeration and simulation."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins.cones import cells_of, generators_of
from reluscape.basins.cones.generators import flattened
from reluscape.solvers.nonnegative import nearest_in_cone
from tests.oracles import basin as oracle

F = Fraction


def expected(terms, m):
    return sum(c * b**m for b, c in terms)


def test_two_orthogonal_samples():
    for y, last in (([1, -1], F(1, 2)), ([1, 1], F(5, 8))):
        curve = rs.good_basin_curve(np.eye(2, dtype=int), y)
        assert curve.kind == "exact"
        for m in range(1, 6):
            assert curve(m) == 1 - 2 * F(3, 4) ** m + last**m


def test_four_directions_at_45_degrees():
    X, y = [[1, 0], [1, 1], [0, 1], [-1, 1]], [1, 0, 0, 1]
    curve = rs.good_basin_curve(X, y)
    terms = [(F(1), 1), (F(3, 4), -4), (F(11, 16), -4), (F(5, 8), 8), (F(9, 16), 7), (F(1, 2), -10), (F(7, 16), 1)]
    terms.append((F(3, 8), 1))
    for m in range(1, 8):
        assert curve(m) == expected(terms, m)
    assert curve.width_for(0.95) == 16
    found = rs.good_basin_probability(X, y, 16)
    assert found.kind == "exact"
    assert found.value == curve(16) >= F(95, 100) > curve(15)


def test_the_law_of_the_value_of_one_unit():
    law = rs.basin_value_distribution(np.eye(3, dtype=int), [1, 1, -1], 1)
    assert law == {F(1, 3): F(1, 8), F(2, 3): F(1, 2), F(1): F(3, 8)}


def test_orthogonal_closed_form_and_bound_at_ten_samples():
    assert rs.good_basin_curve(np.eye(10, dtype=int), [1] * 10).width_for(0.95) == 18  # Theorem 4 asks for 19
    curve = rs.good_basin_curve(np.eye(10, dtype=int), [1] * 5 + [-1] * 5)
    # sum_k C(m, k) 2^-m (1 - 2^-k)^a (1 - 2^(k - m))^b
    from math import comb

    m = 7
    truth = sum(comb(m, k) * F(1, 2**m) * (1 - F(1, 2**k)) ** 5 * (1 - F(1, 2 ** (m - k))) ** 5 for k in range(m + 1))
    assert curve(m) == truth


@pytest.mark.parametrize("width", [1, 2])
def test_distribution_equals_enumeration_over_ordered_states(width):
    X, y = [[1, 0], [1, 1], [0, 1]], [2, -1, 1]
    found = rs.basin_value_distribution(X, y, width)
    assert sum(found.values()) == 1
    arcs = {}  # 24 equal directions tell the arcs of these lines apart
    for t in (np.arange(24) + 0.5) * 2 * np.pi / 24:
        pattern = tuple(bool(v > 0) for v in np.array(X) @ [np.cos(t), np.sin(t)])
        arcs[pattern] = arcs.get(pattern, 0) + F(1, 24)
    truth = {}
    for units in product(product(arcs, (1, -1)), repeat=width):
        value = oracle.basin_value(X, y, [u[0] for u in units], [u[1] for u in units])
        p = F(1)
        for pattern, _ in units:
            p *= arcs[pattern] / 2
        truth[value] = truth.get(value, 0) + p
    assert found == truth


def test_irrational_angles_give_a_proven_interval_that_simulation_meets():
    X, y = [[1, 0], [2, 1], [-1, 3]], [1, -2, 1]
    curve = rs.good_basin_curve(X, y, F(1, 2))
    assert curve.kind == "certified"
    for m in (1, 2, 4):
        low, high = curve.bounds(m)
        assert high - low < 1e-12
        sampled = rs.good_basin_probability(X, y, m, F(1, 2), trials=1500, rng=m, exact=False)
        assert sampled.low - 0.01 <= low <= sampled.high + 0.01
    total = rs.basin_value_distribution(X, y, 2)
    assert sum(total.values()) == pytest.approx(1, abs=1e-14)
    assert sum(p for v, p in total.items() if v <= F(1, 2)) == pytest.approx(curve(2), abs=1e-14)


def test_curves_with_output_bias_frozen_sign_and_box():
    X, y = [[0, 1], [1, 1]], [0, 1]
    for options in ({"output_bias": True}, {"signs": [1]}, {"law": "torch"}):
        curve = rs.good_basin_curve(X, y, **options)
        for m in (1, 3):
            sampled = rs.good_basin_probability(X, y, m, trials=1500, rng=m, exact=False, **options)
            assert sampled.low - 0.01 <= float(curve(m)) <= sampled.high + 0.01
    assert rs.good_basin_curve(X, y, law="torch").kind == "exact"


def test_three_dimensions_meet_simulation():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((3, 3)), [1.0, -1.0, 2.0]
    curve = rs.good_basin_curve(X, y)
    for m in (2, 5):
        sampled = rs.good_basin_probability(X, y, m, trials=1500, rng=m, exact=False)
        assert sampled.low - 0.01 <= curve(m) <= sampled.high + 0.01


def test_one_width_beyond_twenty_states():
    X, y = np.random.default_rng(0).standard_normal((30, 2)), np.random.default_rng(1).standard_normal(30)
    found = rs.good_basin_probability(X, y, 2, 0.7, exact=True)
    assert found.kind == "certified"
    assert found.high - found.low < 1e-12
    sampled = rs.good_basin_probability(X, y, 2, 0.7, trials=1500, rng=0)
    assert sampled.kind == "sampled"
    assert sampled.low - 0.01 <= found.value <= sampled.high + 0.01
    law = rs.basin_value_distribution(X[:12], y[:12], 2)
    assert sum(law.values()) == pytest.approx(1, abs=1e-13)
    one = rs.good_basin_probability(X[:12], y[:12], 2, 0.7, exact=True)
    assert sum(p for v, p in law.items() if v <= F(0.7)) == pytest.approx(float(one.value), abs=1e-13)
    # the same number from the curve in the width, where both are within reach
    small = rs.good_basin_curve(X[:4], y[:4], 0.3)(2)
    law = rs.basin_value_distribution(X[:4], y[:4], 2)
    assert sum(p for v, p in law.items() if v <= F(0.3)) == pytest.approx(small, abs=1e-13)
    biased = rs.basin_value_distribution(X[:4], y[:4], 2, output_bias=True)
    curve = rs.good_basin_curve(X[:4], y[:4], 0.3, output_bias=True)
    assert sum(p for v, p in biased.items() if v <= F(0.3)) == pytest.approx(curve(2), abs=1e-13)


def enumerated(X, y, width, corners, signs=(1, -1)):
    """Law of the value from equally likely directions of each unit and both output signs, by brute force."""
    truth = {}
    for units in product(product(corners, signs), repeat=width):
        A = [[sum(a * b for a, b in zip(u, x, strict=True)) > 0 for x in X] for u, _ in units]
        value = oracle.basin_value(X, y, A, [s for _, s in units])
        truth[value] = truth.get(value, 0) + F(1, (len(corners) * len(signs)) ** width)
    return dict(sorted(truth.items()))


@pytest.mark.parametrize("law", ["normal", "torch", "sphere", "glorot_uniform"])
def test_singletons_have_one_law_under_every_initialisation(law):
    X = [[1, 0], [2, 0], [-1, 0], [0, 3], [0, 0]]
    y = [1, -1, 2, 3, 1]
    corners = list(product((1, -1), repeat=2))
    for m in (1, 2):
        for signs in (None, [1]):
            truth = enumerated(X, y, m, corners, (1, -1) if signs is None else (1,))
            found = rs.basin_value_distribution(X, y, m, law=law, signs=signs)
            assert found == truth
            for level in (F(1, 5), F(2), F(3), F(10)):
                expected = sum(p for v, p in truth.items() if v <= level)
                assert rs.good_basin_curve(X, y, level, law=law, signs=signs)(m) == expected
                given = rs.good_basin_probability(X, y, m, level, law=law, signs=signs)
                assert (given.kind, given.value) == ("exact", expected)
    assert rs.basin_value_distribution(X, y, 0) == {F(16, 5): 1}


def test_singletons_agree_with_theorem_2_at_any_size():
    X, y = rs.constructions.singletons(list(range(-10, 10)), list(range(20)))
    slots = rs.bounds.safran_theorem_2_slots(X, y)
    for m in (3, 12):
        found = rs.good_basin_probability(X, y, m, slots.beta, law="torch")
        assert found.kind == "exact"
        assert found.value == rs.bounds.safran_theorem_2_exact(X, y, m)


def test_orthogonal_lines_off_the_axes_are_exact_for_spherical_laws_only():
    X, y = [[3, 4], [-6, -8], [4, -3]], [1, 2, -1]
    turned = [[5, 0], [-10, 0], [0, 5]]
    assert rs.basin_value_distribution(X, y, 2) == rs.basin_value_distribution(turned, y, 2)
    box, sphere = (rs.good_basin_curve(X, y, F(1, 3), law=law)(3) for law in ("torch", "normal"))
    # a square is symmetric under a quarter turn, so that even the box gives these cells a quarter each
    assert box == sphere
    deep = rs.constructions.orthogonal([1, -1, 2, 1])[0] @ np.array(
        [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], dtype=object
    )
    assert rs.good_basin_probability(deep, [1, -1, 2, 1], 4, exact=True).kind == "exact"
    with pytest.raises(rs.ReluscapeError):
        rs.good_basin_curve(deep, [1, -1, 2, 1], law="torch")


def test_independent_samples_get_a_proven_interval():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((12, 12)), rng.choice([-1.0, 1.0], 12)
    found = rs.good_basin_probability(X, y, 14)
    assert found.kind == "certified"
    sampled = rs.good_basin_probability(X, y, 14, trials=1000, rng=0, exact=False)
    assert sampled.low - 0.01 <= found.high
    assert found.low <= sampled.high + 0.01
    assert found.low >= 1 - 12 * 0.75**14 - 1e-12  # Theorem 4
    wide = rs.good_basin_probability(X, y, 3)
    assert wide.kind == "sampled"  # cut off, the interval would be too wide
    insisted = rs.good_basin_probability(X, y, 3, exact=True)
    assert insisted.low - 0.02 <= wide.value <= insisted.high + 0.02
    box = rs.good_basin_probability(X, y, 14, law="torch", exact=True)
    assert box.low == pytest.approx(1 - 12 * 0.75**14)
    assert box.high <= 1 - 0.75**14 + 1e-12


def test_out_of_reach_is_said_before_starting():
    X, y = np.random.default_rng(0).standard_normal((30, 2)), np.ones(30)
    with pytest.raises(rs.TooLarge, match="states"):
        rs.good_basin_probability(X, y, 5, exact=True)
    with pytest.raises(rs.TooLarge, match="states"):
        rs.basin_value_distribution(X, y, 5)
    assert rs.good_basin_probability(X, y, 5, trials=10, rng=0).kind == "sampled"
    with pytest.raises(rs.ReluscapeError, match="closed form"):
        rs.good_basin_curve(np.random.default_rng(0).standard_normal((5, 4)), np.ones(5))
    with pytest.raises(rs.TooLarge, match="sums of gains"):
        rs.basin_value_distribution(*rs.constructions.orthogonal([2**k for k in range(30)]), 3)


CLOSE_ROWS = [["-3.0000006", 1], ["-1.0000002", 1], ["-2.9999996", 1], ["-2.9999993", 1], ["-1", 1], ["-0.9999999", 1]]


def test_the_float_values_of_sets_on_close_rows_are_the_exact_ones():
    generators = generators_of(cells_of(rs.Dataset(CLOSE_ROWS, [3, -1, 2, 3, 0, 1])))
    sets = [tuple(sorted({*generators.of_state[a], *generators.of_state[b]})) for a in range(22) for b in range(a)]
    _, _, sure = generators.proposals(*flattened(sets))
    assert not sure.all()
    for chosen, value in zip(sets, generators.values(sets).tolist(), strict=True):
        _, residual = nearest_in_cone([generators.column(g) for g in chosen], generators.targets)
        truth = sum(v * v for v in residual) / 6
        assert generators.exact_value(chosen) == truth  # some weights come out as zero on the way
        assert value == pytest.approx(float(truth), abs=1e-9)


def test_the_chance_of_a_good_basin_on_close_rows_is_that_of_the_exact_law_of_values():
    y = [3, -1, 2, 3, 0, 1]
    law = rs.basin_value_distribution(CLOSE_ROWS, y, 2)
    found = rs.good_basin_probability(CLOSE_ROWS, y, 2, 2)  # more states than a curve takes
    assert found.kind == "certified"
    expected_chance = sum(float(chance) for value, chance in law.items() if value <= 2)
    assert float(found) == pytest.approx(expected_chance, abs=1e-12)
