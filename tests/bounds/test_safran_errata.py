"""What is wrong in Safran and Shamir's print, recomputed: one test per part of a row of the errata."""

from fractions import Fraction
from itertools import product
from math import comb, cos, exp, log, sin, sqrt

import numpy as np
import pytest

import reluscape as rs

B = rs.bounds


def test_definition_2_is_units_by_samples_and_zero_samples_empty_its_cells():
    # three samples, two inputs, one unit: the pattern has three entries, not two
    X = [[1, 0], [0, 1], [1, 1]]
    ((pattern, _),) = B.safran_definition_2(X, [[1.0, -2.0]], [1.0])
    assert pattern.shape == (1, 3)
    # a zero sample has no sign: strictly no cell is left
    assert rs.count_regions([*X, [0, 0]]) == 0
    assert len(B.safran_definition_2([*X, [0, 0]], [[1.0, -2.0]], [1.0])) == 1


def test_proposition_1_a_softmax_over_one_class_is_constant():
    P = np.random.default_rng(0).standard_normal((20, 1))
    loss = np.log(np.exp(P).sum(axis=1)) - P[:, 0]
    assert np.abs(loss).max() < 1e-15  # rounding apart; L(P) > L(0) has probability 0, print promises (1 - 2^-m) / 2
    net = rs.DeepNet([[[1.0]], [[2.0]]], [[0.0], [0.0]])
    with pytest.raises(rs.InputError, match="constant"):
        rs.monotone_path(net, net, [[1.0]], [0], loss="cross_entropy")


def test_proposition_1_equal_outputs_are_not_strictly_convex():
    # print: "unless p is a constant vector, in which case [it] is indeed strictly convex"
    p = np.full(3, 0.7)
    values = [np.log(np.exp(c * p).sum()) - c * p[0] for c in (-1.0, 0.0, 1.0)]
    assert np.ptp(values) < 1e-12


def test_proposition_1_is_near_one_half_and_a_large_output_layer_cures_it():
    X, y = [[1.0]], [100.0]
    found = rs.start_above_zero("normal", X, y, 3, trials=20_000, rng=0)
    assert found.high < 0.5  # not "overwhelmingly likely"
    assert found.low < 0.439 < found.high
    assert found.promised == Fraction(7, 16)

    def scaled(size):
        def law(rng, m, d):
            return rng.standard_normal((m, d)), size * rng.standard_normal(m)

        return rs.start_above_zero(law, X, y, 3, trials=20_000, rng=0).value

    shares = [found.value, *(scaled(size) for size in (30.0, 300.0, 3e6))]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1 - 2**-3, abs=0.01)


def test_theorem_3_the_printed_share_falls_beyond_its_range():
    # p_eps as printed rises only up to sqrt(eps)/(nB) = sqrt 2, and vanishes at 2
    def printed(x, r=3):
        return (x * sqrt(1 - x * x / 4)) ** (r - 1) / (2 * np.pi * (r - 1))

    assert printed(1.2) < printed(sqrt(2)) > printed(1.8) > printed(2.0)
    assert B.safran_theorem_3_share(1, 3, 1, 2.0) == pytest.approx(printed(sqrt(2)))
    with pytest.raises(rs.AssumptionError, match="value"):
        B.safran_theorem_3_share(1, 3, 1, 2.1)


def test_theorem_3_rank_one_divides_by_zero():
    with pytest.raises(rs.InputError, match="d is 1"):
        B.safran_claim_1(0.5, 1)
    # truth for rank 1: the right side and the right sign, 1/2 * 1/2
    assert B.safran_theorem_3_share(1, 1, 1, 0.5) == 0.25
    X, y = [[1], [2], [-1]], [1, 2, 0]
    assert rs.good_basin_probability(X, y, 1).value == Fraction(1, 4)


def test_theorem_3_n_successes_must_hit_different_targets():
    # two teacher units on opposite rays: two good starts for the same one do not make a good basin
    X, y = [[1], [-1]], [1, 1]
    value = rs.basin_value(X, y, [[1, 0], [1, 0]], [1, 1]).value
    assert value == pytest.approx(0.5)
    # the tail is P[Bin <= n - 1]: with exactly n successes the event holds
    m = B.safran_theorem_3(2, 1, 1, "1/2", "1/10", form="sharp")
    tail = sum(comb(m, k) * Fraction(1, 4) ** k * Fraction(3, 4) ** (m - k) for k in range(2))
    assert tail <= Fraction(1, 10)
    assert rs.good_basin_probability(X, y, m).value >= Fraction(9, 10)


def test_lemma_9_one_cluster_at_a_time_is_not_enough():
    # true distance over delta |w| / c: 4 and 20 for centres at the angles 0.5 and 0.1; print says at most 1
    for eta, expected in ((0.5, 4.0), (0.1, 20.0)):
        delta = 1e-4
        C = np.array([[1, 0, 0], [cos(eta), sin(eta), 0], [0, 0, 1.0]])
        X = np.array([C[0] - [0, 0, delta], C[1] + [0, 0, delta], C[2]])
        between = np.array([sin(eta / 2), -cos(eta / 2), 0.0])  # positive on the first centre, negative on the second
        assert np.sign(C @ between).tolist() == [1, -1, 0]
        W = between[None] + [[0, 0, 0.1]]
        found = B.safran_lemma_9(X, [0, 0, 1.0], C, W, [1.0])
        moved = np.linalg.norm(found.near.W - found.net.W) / (delta * np.linalg.norm(found.net.W))
        assert moved == pytest.approx(expected, rel=0.03)
        assert moved == pytest.approx(sqrt(2) / np.linalg.svd(C, compute_uv=False)[-1], rel=0.01)
        assert moved <= sqrt(3) / (np.linalg.svd(C, compute_uv=False)[-1] - sqrt(3) * delta)


def test_theorem_5_needs_independent_centres():
    with pytest.raises(rs.AssumptionError, match="unstated in print"):
        B.safran_theorem_5_conditions([[1, 0], [2, 0]], [1, -1], [[1, 0], [2, 0]])


def test_theorem_4_printed_and_leaves_a_sample_uncovered():
    # one sample, two units: all sides of both hidden weights and both output signs, 16 outcomes
    missed = 0
    for sides in product((1, -1), repeat=4):
        W, v = np.array([[sides[0]], [sides[1]]], dtype=float), np.array(sides[2:], dtype=float)
        try:
            corrected = B.safran_theorem_4_network([[1]], [1], W, v)
        except rs.AssumptionError:
            continue
        assert corrected.predict([[1.0]])[0] == pytest.approx(1.0)
        printed = B.safran_theorem_4_network([[1]], [1], W, v, form="printed")
        missed += printed.predict([[1.0]])[0] == 0
    assert missed == 2


def test_theorem_4_the_sign_in_the_otherwise_case():
    # print: otherwise sign <w_i, x_t> <= 0. A unit of the wrong output sign is active and predicts 0 all the same
    net = B.safran_theorem_4_network([[1]], [1], [[1.0], [1.0]], [-1.0, 1.0])
    assert net.predict([[1.0]])[0] == pytest.approx(1.0)
    assert net.W[0, 0] == 0


def test_theorem_2_logistic_minima_need_not_exist():
    # "their minimal values are well defined": the infimum of the logistic loss is not attained
    found = rs.basin_value([[1.0]], [1], [[True]], [1], loss="logistic")
    assert not found.attained
    assert found.value == pytest.approx(0, abs=1e-9)


def test_theorem_2_a_slope_of_zero_is_always_covered():
    # sign(p*) = 0 has no unit to match; the slot is covered by any start
    assert B.safran_theorem_2_exact([[1], [-1]], [0, 0], 1) == 1
    assert B.safran_theorem_2_exact([[1], [1]], [1, -1], 1) == 1


def test_theorem_6_needs_a_small_epsilon():
    for eps in (Fraction(1, 2), Fraction(3, 4)):
        with pytest.raises(rs.AssumptionError, match="eps"):
            rs.constructions.poor_basins(2, eps)
    # at eps = 1/2 the two minima of Appendix C.2 have one value: no basin is poor
    assert min(Fraction(1, 2), Fraction(1, 2)) == Fraction(1, 2)
    X, y = rs.constructions.poor_basins(1, "49/100")
    law = rs.basin_value_distribution(X, y, 1, signs=[1])
    assert max(law) - min(law) <= Fraction(1, 100) + Fraction(1, 10**9)


def test_theorem_6_the_poor_minimum_of_appendix_c2_lies_elsewhere():
    eps = Fraction(1, 50)
    for variant, place in (("C.2", 2 * sqrt(2 * eps)), ("theorem 6", 1.0)):
        X, y = rs.constructions.poor_basins(1, eps, variant=variant)
        census = rs.local_minima(X, y, 1, signs=[1])
        poor = [m for m in census.minima if m.loss == max(census.losses)]
        assert [float(m.W[0, 0]) for m in poor] == [pytest.approx(place)]
        assert max(census.losses) == Fraction(1, 2)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_theorem_6_has_two_to_the_d_strict_minima(d):
    eps = Fraction(1, 50)
    X, y = rs.constructions.poor_basins(d, eps)
    census = rs.local_minima(X, y, 1, signs=[1])
    assert len(census.minima) == 2**d
    assert all(m.freedom == 0 and m.differentiable for m in census.minima)
    values = [eps + (Fraction(1, 2) - eps) * Fraction(k, d) for k in range(d + 1)]
    assert sorted(census.losses) == values
    for k, value in enumerate(values):
        assert sum(m.loss == value for m in census.minima) == comb(d, k)
    assert B.safran_theorem_6_exact(d, eps) == Fraction(sum(m.loss <= Fraction(1, 8) for m in census.minima), 2**d)


def test_theorem_6_the_rate_is_a_half_of_hoeffding():
    rate = log(2) + log(0.25) / 4 + 3 * log(0.75) / 4
    assert rate == pytest.approx(0.1308, abs=1e-4)
    for d in (64, 256):
        truth = float(B.safran_theorem_6_exact(d, Fraction(1, 10**6)))
        assert truth <= exp(-rate * d) <= B.safran_theorem_6(d, form="sharp") <= B.safran_theorem_6(d)
