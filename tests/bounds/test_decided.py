"""Least widths against whole-number arithmetic: exact ties, shares of any smallness."""

import math
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.bounds.decided import ceiling, least_trials, log_of
from reluscape.errors import AssumptionError

TINY = [Fraction(1, 10**400), 1e-320, Fraction(1, 10**1000), "1e-330"]


def least_by_counting(n, d, p, q, eps):
    """Least m with d P(Bin(m, p/q) < ceil(n/d)) <= eps, in whole numbers alone."""
    s, m = -(-n // d), -(-n // d)
    while True:
        below = sum(math.comb(m, k) * p**k * (q - p) ** (m - k) for k in range(s))
        if d * below * eps.denominator <= eps.numerator * q**m:
            return m
        m += 1


@pytest.mark.parametrize("d", [1, 2, 3])
def test_theorem_12_meets_every_exact_tie(d):
    half = Fraction(1, 2)
    for n in range(1, 61):
        # one unit, gamma 1/2: P(Bin(2 s - 1, 1/2) <= s - 1) = 1/2 is met with equality
        found = rs.bounds.karhadkar_theorem_12(n, d, half, half, form="sharp")
        assert found == least_by_counting(n, d, 1, 2, half)
    for n, (p, q), eps in [(7, (1, 3), Fraction(1, 20)), (9, (2, 5), Fraction(1, 3)), (4, (1, 7), Fraction(6, 7))]:
        found = rs.bounds.karhadkar_theorem_12(n, d, Fraction(p, q), eps, form="sharp")
        assert found == least_by_counting(n, d, p, q, eps)


def test_theorem_12_says_that_more_than_one_half_is_vacuous():
    for form in ("printed", "corrected", "sharp"):
        with pytest.raises(AssumptionError, match="vacuous"):
            rs.bounds.karhadkar_theorem_12(3, 2, 0.6, 0.05, form=form)


def digits(value):
    """log of a positive fraction from the lengths of its whole numbers."""
    return math.log(value.numerator) - math.log(value.denominator)


@pytest.mark.parametrize("eps", TINY)
def test_the_smallest_shares_have_their_widths(eps):
    B, share = rs.bounds, Fraction(eps)
    assert B.karhadkar_theorem_7(10, eps) == math.ceil(20 * digits(10 / share))
    assert B.karhadkar_theorem_9(10, eps) == math.ceil(20 * digits(10 / share))
    assert B.karhadkar_theorem_8(10, eps) == math.ceil(20 * digits(20 / share))
    for m, holds in ((B.karhadkar_theorem_2(6, 3, eps), True), (B.karhadkar_theorem_2(6, 3, eps) - 1, False)):
        assert (3 * Fraction(2) ** (2 - m) <= share) is holds
    sharp = B.karhadkar_theorem_2(6, 3, eps, form="sharp")
    assert B.karhadkar_theorem_2_fraction(6, 3, sharp) >= 1 - share > B.karhadkar_theorem_2_fraction(6, 3, sharp - 1)
    m = B.karhadkar_theorem_10(5, eps)
    assert Fraction(2) ** (5 - m) <= share < Fraction(2) ** (6 - m)
    m = B.safran_theorem_2(3, eps)
    assert 6 * Fraction(3, 4) ** m <= share < 6 * Fraction(3, 4) ** (m - 1)
    m = B.safran_theorem_4(7, eps)
    assert 7 * Fraction(3, 4) ** m <= share < 7 * Fraction(3, 4) ** (m - 1)
    m = B.safran_theorem_5(2, eps)
    assert 2 * Fraction(7, 8) ** m <= share < 2 * Fraction(7, 8) ** (m - 1)
    m = B.karhadkar_theorem_12(1, 1, Fraction(1, 2), eps, form="sharp")
    assert Fraction(1, 2**m) <= share < Fraction(1, 2 ** (m - 1))
    points = [-1, 0, 1]
    m = B.karhadkar_proposition_11(points, eps, form="sharp")
    missed = [Fraction(3, 4), Fraction(3, 4), Fraction(3, 4)]
    assert sum(q**m for q in missed) <= share < sum(q ** (m - 1) for q in missed)
    m = B.safran_theorem_3(1, 1, 1, Fraction(1, 4), eps, form="sharp")
    assert Fraction(3, 4) ** m <= share < Fraction(3, 4) ** (m - 1)
    assert all(isinstance(row.width, int) for row in B.table([[0, 1], [1, 1], [2, 1]], eps=eps) if row.applies)


def test_trials_against_the_sum_of_all_terms():
    for s in range(1, 6):
        for p, eps in [
            (Fraction(1, 3), Fraction(1, 9)),
            (Fraction(1, 2), Fraction(1, 4)),
            (Fraction(2, 3), Fraction(1, 27)),
        ]:
            m = s
            while sum(math.comb(m, k) * p**k * (1 - p) ** (m - k) for k in range(s)) > eps:
                m += 1
            assert least_trials(s, p, eps) == m


def test_ceilings_of_logarithms_next_to_whole_numbers():
    assert ceiling(lambda: log_of(1) + 3) == 3
    near = Fraction(271828182845904523536028747135266249775724709369995, 10**50)  # e, rounded down
    assert ceiling(lambda: log_of(near)) == 1
    assert ceiling(lambda: log_of(near + Fraction(1, 10**50))) == 2


def test_numbers_beyond_squares_and_no_samples_are_answers():
    X, y = [[1e300, 2e300], [3e300, -1e300]], [1, 2]
    rows = {row.statement: row for row in rs.bounds.safran_conditions(X, y)}
    assert rows["Theorem 4"].holds
    assert "range of doubles" in rows["Theorem 5"].reason
    assert rs.bounds.table(X, y)
    empty = rs.bounds.safran_conditions(np.zeros((0, 2)), [])
    assert {row.statement: row.holds for row in empty} | {"Theorem 3": False, "Theorem 5": False} == {
        row.statement: row.holds for row in empty
    }
    zero = {row.statement: row for row in rs.bounds.safran_conditions([[0, 0], [0, 0]], [1, 2])}
    assert not zero["Theorem 3"].holds
    assert "every sample is zero" in zero["Theorem 3"].reason


@pytest.mark.parametrize("delta", [1.0, 1.5, 1.9, 2.0])
def test_claim_1_counts_caps_beyond_a_quarter_turn(delta):
    # on the circle an arc of 4 asin(delta / 2) of 2 pi; on the sphere a cap of height delta^2 / 2 of 2
    assert rs.bounds.safran_claim_1(delta, 2, form="sharp") == pytest.approx(4 * math.asin(delta / 2) / (2 * math.pi))
    assert rs.bounds.safran_claim_1(delta, 3, form="sharp") == pytest.approx(delta**2 / 4)
    for d in (2, 3, 4, 7):
        assert rs.bounds.safran_claim_1(delta, d) <= rs.bounds.safran_claim_1(delta, d, form="sharp") + 1e-12
    with pytest.raises(AssumptionError, match="delta <= 2"):
        rs.bounds.safran_claim_1(2.001, 2)
