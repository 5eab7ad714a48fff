"""The stuck minima: published values, proofs checked by other code, and what random descents find."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binomtest

import reluscape as rs
from reluscape.errors import InputError
from tests.checker.standalone import CHECKER
from tests.oracles import population as oracle

# value and least eigenvalue of the Hessian, found apart from this code
KNOWN = {
    (6, 1): (0.025081, 0.0047),
    (7, 1): (0.023203, 0.0141),
    (8, 1): (0.021508, 0.0213),
    (9, 1): (0.020014, 0.0272),
    (9, 2): (0.037489, None),
    (10, 1): (0.018702, 0.0320),
    (10, 2): (0.035327, None),
    (11, 1): (0.017547, 0.0360),
    (11, 2): (0.033348, None),
    (12, 1): (0.016524, 0.0393),
}


@pytest.mark.parametrize(("k", "turned"), list(KNOWN))
def test_values_and_eigenvalues_are_the_known_ones(k, turned):
    minimum, (value, eigenvalue) = rs.population.stuck_minimum(k, turned), KNOWN[k, turned]
    assert minimum.value == pytest.approx(value, abs=6e-7)
    assert minimum.spurious
    assert minimum.lower > 0
    assert 0 <= minimum.upper - minimum.lower < Fraction(1, 10**15)
    if eigenvalue is not None:
        assert minimum.least_eigenvalue == pytest.approx(eigenvalue, abs=6e-5)
    assert 0 < minimum.curvature < minimum.least_eigenvalue


def test_seven_units_are_at_the_published_weights():
    """Safran, Yehudai and Shamir's file of minima for k = 7."""
    W = rs.population.stuck_minimum(7).W
    expected = np.full((7, 7), -0.0350801559)
    expected[0, 1:], expected[1:, 0] = 0.1859910463, 0.2616910758
    np.fill_diagonal(expected, 0.9969227988)
    expected[0, 0] = -0.6327039049
    assert pytest.approx(expected, abs=1e-9) == W


@pytest.mark.parametrize("k", [6, 9])
def test_the_minimum_is_one_by_quadrature(k):
    """The closed form plays no part: values, slopes and curvature by differences of an integral."""
    minimum = rs.population.stuck_minimum(k)
    assert oracle.loss(minimum.W, np.eye(k)) == pytest.approx(minimum.value, abs=1e-13)
    draws = np.random.default_rng(k)
    for _ in range(20):
        step = draws.normal(size=(k, k))
        step *= 1e-2 / np.linalg.norm(step)
        up, down = (oracle.loss(minimum.W + s * step, np.eye(k)) for s in (1, -1))
        assert (up + down - 2 * minimum.value) / 1e-4 > 0.9 * float(minimum.curvature)
        assert abs(up - down) / 2e-2 < 1e-4


def test_twenty_units_are_proved_and_checked_by_other_code():
    minimum = rs.population.stuck_minimum(20)
    assert minimum.spurious
    assert rs.verify(minimum.certificate)
    assert CHECKER.check(json.dumps(minimum.certificate))[0] == 0


@pytest.mark.parametrize("field", ["lower", "upper", "curvature", "distance", "spurious", "radius", "W"])
def test_a_claim_beyond_the_truth_is_refused_by_both(field):
    certificate = copy.deepcopy(rs.population.stuck_minimum(6).certificate)
    claim, exactly = certificate["claim"], {k: Fraction(v) for k, v in certificate["claim"].items() if type(v) is str}
    if field == "radius":
        certificate["witness"]["radius"] = "1/10"
    elif field == "W":
        claim["W"][2][3] = str(Fraction(claim["W"][2][3]) + Fraction(1, 10**6))
    elif field == "spurious":
        claim["spurious"] = False
    else:
        worse = {"lower": Fraction(1001, 1000), "upper": Fraction(999, 1000), "curvature": 2, "distance": 0}[field]
        claim[field] = str(exactly[field] * worse + (Fraction(1, 10**40) if field == "distance" else 0))
    assert not rs.verify(certificate)
    assert CHECKER.check(json.dumps(certificate))[0] == 1


def test_points_that_are_no_strict_minima_are_not_proved():
    assert rs.population.prove(np.eye(3)) is None  # the teacher itself: parallel units, where intervals cannot
    assert rs.population.prove(np.full((3, 3), 0.4)) is None  # equal units, a saddle


def test_no_such_minimum_is_an_error():
    for k in (2, 5):
        with pytest.raises(InputError, match="no such minimum"):
            rs.population.stuck_minimum(k)
    with pytest.raises(InputError, match="at least one unit"):
        rs.population.stuck_minimum(3, 3)


def test_descents_end_at_zero_or_at_proved_minima():
    found = rs.population.stuck_fraction(9, trials=25, rng=1)
    assert found.undecided == 0
    assert sum(found.counts) == round(float(found.share) * 25)
    known = [KNOWN[9, 1][0], KNOWN[9, 2][0]]
    for value, minimum in zip(found.values, found.minima, strict=True):
        assert min(abs(value - v) for v in known) < 1e-6
        assert minimum is not None
        assert minimum.lower <= Fraction(value) + Fraction(1, 10**12)
    assert found.published == pytest.approx(0.218)
    interval = binomtest(sum(found.counts), 25).proportion_ci(method="exact")
    assert (found.share.low, found.share.high) == pytest.approx((interval.low, interval.high), abs=1e-6)


def test_a_wider_student_reaches_the_teacher():
    found = rs.population.stuck_fraction(3, 4, trials=4, rng=0)
    assert float(found.share) == pytest.approx(0.0)
    assert found.published is None
    with pytest.raises(InputError, match="n >= k"):
        rs.population.stuck_fraction(3, 2)
