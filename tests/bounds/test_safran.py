"""Safran and Shamir's promises against exact laws, cap areas and binomial tails."""

from fractions import Fraction
from itertools import product
from math import asin, comb, exp, log, pi, sqrt

import numpy as np
import pytest

import reluscape as rs
from tests.oracles import basin as oracle

F = Fraction
B = rs.bounds


def brute_theorem_2(X, y, m):
    """Enumerate orthants and signs of all units; the basin's value by exact brute force."""
    d = len(X[0])
    beta = B.safran_theorem_2_slots(X, y).beta
    hits = total = 0
    for units in product(list(product((1, -1), repeat=d + 1)), repeat=m):
        A = [[sum(a * b for a, b in zip(u, x, strict=False)) > 0 for x in X] for u in units]
        hits += oracle.basin_value(X, y, A, [u[-1] for u in units]) <= beta
        total += 1
    return F(hits, total)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[1, 0], [0, 1], [-1, 0], [0, -1]], [1, -1, 1, 1]),
        ([[1, 0], [2, 0], [0, 1]], [1, -1, 2]),
        ([[1, 0], [-1, 0], [0, -3]], [1, -2, 0]),
    ],
)
@pytest.mark.parametrize("m", [1, 2])
def test_theorem_2_exact_equals_enumeration_and_exceeds_the_promise(X, y, m):
    truth = brute_theorem_2(X, y, m)
    assert B.safran_theorem_2_exact(X, y, m) == truth
    assert truth >= 1 - 4 * F(3, 4) ** m
    assert rs.good_basin_curve(X, y, B.safran_theorem_2_slots(X, y).beta)(m) == truth


def test_theorem_2_separates_alpha_and_beta():
    # alpha, the least loss of two units, is above beta, the least loss of many
    X, y = [[1, 0], [0, 1], [-1, 0], [0, -1]], [1, -1, 1, 1]
    curve = rs.good_basin_curve(X, y, F(1, 4))
    assert curve(2) == F(7, 32)
    assert B.safran_theorem_2_slots(X, y).beta == 0
    assert B.safran_theorem_2_exact(X, y, 2) == 0


def test_widths_are_least():
    for n in (2, 10, 1000):
        for eps in (F(1, 20), F(1, 1000)):
            m = B.safran_theorem_4(n, eps)
            assert n * F(3, 4) ** m <= eps < n * F(3, 4) ** (m - 1)
    assert B.safran_theorem_2(3, 0.05, slots=2, form="sharp") <= B.safran_theorem_2(3, 0.05)
    with pytest.raises(rs.AssumptionError, match="eps"):
        B.safran_theorem_4(3, 0)
    with pytest.raises(rs.InputError, match="slots"):
        B.safran_theorem_2(3, 0.05, form="sharp")


def test_theorem_3_caps_and_tails():
    rng = np.random.default_rng(0)
    for d in (2, 3, 6):
        points = rng.standard_normal((40_000, d))
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        near = (np.linalg.norm(points - np.eye(d)[0], axis=1) <= 0.8).mean()
        assert B.safran_claim_1(0.8, d, form="sharp") == pytest.approx(near, abs=0.01)
        assert B.safran_claim_1(0.8, d) <= B.safran_claim_1(0.8, d, form="sharp") * (1 + 1e-12)
    # at c = 2, 20 units, p = 0.01 the tail exceeds the printed exp(-c n / 4)
    N = 2 * 20 * 100
    tail = sum(comb(N, k) * F(1, 100) ** k * F(99, 100) ** (N - k) for k in range(20))
    assert float(tail) > exp(-10)
    assert float(tail) == pytest.approx(1.0e-4, rel=1.0)
    width = B.safran_theorem_3(2, 2, 1, 0.5, 0.1, form="sharp")
    p = B.safran_theorem_3_share(2, 2, 1, 0.5, form="sharp")

    def at_most(N):
        return sum(comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(2))

    assert at_most(width) <= 0.1 < at_most(width - 1)
    assert B.safran_theorem_3_share(1, 1, 1, 0.5) == 0.25
    with pytest.raises(rs.AssumptionError, match="value"):
        B.safran_theorem_3_share(1, 2, 1, 5)


def test_theorem_3_holds_for_a_teacher():
    # one teacher unit on the circle: the promise is met by the exact law
    X, y = rs.constructions.teacher([[1, 0], ["3/5", "4/5"], [0, 1]], [["1/2", "1/2"]], [1])
    m = B.safran_theorem_3(1, 2, 0.7072, F(1, 4), 0.1)
    assert rs.good_basin_curve(X, y, F(1, 4))(m) >= 0.9


def test_theorem_4_bounds_hold_the_truth():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((3, 3)), [1.0, -1.0, 2.0]
    curve = rs.good_basin_curve(X, y)
    for m in (1, 3, 8):
        widths = []
        for order in (1, 2, 3):
            low, high = B.safran_theorem_4_bounds(X, y, m, order)
            assert low - 1e-8 <= curve(m) <= high + 1e-8
            widths.append(high - low)
        assert widths[0] >= widths[1] >= widths[2]
        assert widths[2] < 1e-9  # three samples: nothing is cut off
        assert low >= 1 - 3 * 0.75**m - 1e-8
    with pytest.raises(rs.AssumptionError, match="rank"):
        B.safran_theorem_4_bounds([[1], [2]], [1, 1], 2)


def test_theorem_5_conditions_are_checked_and_its_value_is_kept():
    C = np.array([[1.0, 1.0], [-2.0, 0.5]])
    X, y = rs.constructions.clusters(C, 0.02, [1, -1], size=4, rng=0)
    found = B.safran_theorem_5_conditions(X, y, C)
    assert found["delta"] <= 0.02
    assert found["ratio"] <= found["allowed"] == pytest.approx(0.1107, abs=1e-4)
    value = B.safran_theorem_5_value(X, y, C, 3)
    sampled = rs.good_basin_probability(X, y, 3, value, trials=400, rng=0, exact=False)
    assert sampled.high >= 1 - 2 * (13 / 16) ** 3
    for bad, text in (
        ((X, y, [[1, 1], [2, 2]]), "independent"),
        ((X, y, [[1, 1], [-2, 0.5], [0, 1]]), "at most"),
        ((*rs.constructions.clusters(C, 0.5, [1, -1], rng=0), C), "delta_j"),
    ):
        with pytest.raises(rs.AssumptionError, match=text):
            B.safran_theorem_5_conditions(*bad)


def test_lemma_8_band_and_bound():
    rng = np.random.default_rng(2)
    for d in (2, 3, 7):
        w = rng.standard_normal((40_000, d))
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        assert B.safran_lemma_8(d, 0.3) == pytest.approx((np.abs(w[:, 0]) <= 0.3).mean(), abs=0.01)
    for d in range(2, 120):
        assert B.safran_lemma_8(d, B.safran_theorem_5_radius(d)) <= 1 / (4 * d)
    # Claim 2's angle is smaller than the true one
    assert 2 * asin(0.5 / 2) < asin(0.5)


def test_theorem_6_on_its_own_data():
    X, y = rs.constructions.poor_basins(2, "1/50")
    assert X.dtype == object
    law = rs.basin_value_distribution(X, y, 1, signs=[1])
    eps = F(1, 50)
    assert law == {eps: F(1, 4), eps + (F(1, 2) - eps) / 2: F(1, 2), F(1, 2): F(1, 4)}
    assert rs.good_basin_probability(X, y, 1, F(1, 8), signs=[1]).value == B.safran_theorem_6_exact(2, eps) == F(1, 4)
    for d in (4, 8, 16, 64):
        exact = B.safran_theorem_6_exact(d, 0.01)
        assert exact <= B.safran_theorem_6(d, form="sharp") <= B.safran_theorem_6(d)
    assert -log(B.safran_theorem_6(64)) == pytest.approx(4)
    with pytest.raises(rs.AssumptionError, match="eps"):
        B.safran_theorem_6_exact(4, 0.6)


def test_propositions():
    assert B.safran_proposition_1(1) == F(1, 4)
    assert B.safran_proposition_2(3, F(1, 2)) == F(7, 32)
    with pytest.raises(rs.AssumptionError, match="r"):
        B.safran_proposition_2(3, 2)
    assert sqrt(2) < 1.5 < pi


def test_rows_of_the_table():
    rows = {row.statement: row for row in B.table(np.eye(3), [1, 1, -1]) if row.source.startswith("Safran")}
    assert rows["Theorem 4"].applies
    assert rows["Theorem 4"].width == B.safran_theorem_4(3, 0.05)
    assert rows["Theorem 2"].applies
    assert not rows["Theorem 3 (corrected)"].applies
    dense = {row.statement: row for row in B.table([[1, 1], [1, 2], [3, 1]], [1, 1, 1])}
    assert "singleton" in dense["Theorem 2"].reason or not dense["Theorem 2"].applies
    C = [[1.0, 1.0], [-2.0, 0.5]]
    X, y = rs.constructions.clusters(C, 0.01, [1, -1], size=4, rng=0)
    clustered = {row.statement: row for row in B.table(X, y)}["Theorem 5"]
    assert clustered.applies
    assert clustered.width == B.safran_theorem_5(2, 0.05)
    bound = float(clustered.event.rsplit(" ", 1)[1])
    assert rs.good_basin_probability(X, y, clustered.width, bound, trials=60, rng=0, exact=False).value > 0.9
    assert not {row.statement: row for row in B.table(X)}["Theorem 5"].applies
    spread = {row.statement: row for row in B.table(np.random.default_rng(0).standard_normal((9, 2)), np.arange(9.0))}
    assert "violated" in spread["Theorem 5"].reason
