from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

import reluscape as rs
from reluscape import bounds
from reluscape.errors import AssumptionError, InputError
from tests.oracles.elimination import all_patterns, fraction_rank, full_fraction

GENERIC = [[1, 2, 5], [3, -1, 2], [5, 7, 1], [2, 9, 11], [1, -4, 3]]


def test_theorem_2_published_values():
    sufficient = {(100, 10, "0.05"): 18, (1000, 1000, "0.05"): 16, (60000, 784, "0.01"): 94}
    for arguments, width in sufficient.items():
        assert bounds.karhadkar_theorem_2(*arguments) == width
        assert bounds.karhadkar_theorem_2(*arguments, form="sharp") <= width
    necessary = {(100, "0.05"): 11, (1000, "0.05"): 15, (60000, "0.01"): 23}
    for arguments, width in necessary.items():
        assert bounds.karhadkar_theorem_2_necessary(*arguments) == width


@pytest.mark.parametrize(("n", "d", "width"), [(3, 2, 2), (3, 2, 3), (4, 2, 3), (4, 3, 2), (3, 3, 2)])
def test_theorem_2_lies_below_the_truth(n, d, width):
    X = [row[:d] for row in GENERIC[:n]]
    truth = full_fraction(all_patterns(n), X, width)
    low = bounds.karhadkar_theorem_2_fraction(n, d, width)
    assert low <= truth <= (1 - Fraction(1, 2**width)) ** n
    if d >= n:
        assert low == truth == bounds.karhadkar_corollary_5_fraction(n, width)


def test_theorem_2_sharp_solves_its_inequality():
    for n, d in ((20, 3), (7, 7), (9, 2), (5, 1)):
        m = bounds.karhadkar_theorem_2(n, d, "0.05", form="sharp")
        fractions = [bounds.karhadkar_theorem_2_fraction(n, d, k) for k in (m - 1, m)]
        assert fractions[0] < Fraction(95, 100) <= fractions[1]


def test_theorem_2_printed_needs_its_constant():
    with pytest.raises(InputError, match="constant"):
        bounds.karhadkar_theorem_2(10, 2, 0.1, form="printed")
    assert bounds.karhadkar_theorem_2(10, 2, 0.1, form="printed", constant=3.0) == 12


def test_corollary_5_is_exact():
    for n in (1, 5, 1000):
        m = bounds.karhadkar_corollary_5(n, "0.05")
        assert (1 - 2.0 ** -(m - 1)) ** n < 0.95 <= (1 - 2.0**-m) ** n
    assert bounds.karhadkar_corollary_5(10**9, "0.05") == 35
    assert bounds.karhadkar_corollary_5(1, "1/2") == 1  # 1 - 2^-1 is allowed exactly
    assert bounds.karhadkar_corollary_5(2, "7/16") == 2
    for constant in (1, 10):  # what print asks for does not grow with n, and fails
        width = bounds.karhadkar_corollary_5(10**6, "0.05", form="printed", constant=constant)
        assert bounds.karhadkar_corollary_5_fraction(1, width) ** 2000 < 0.95 or constant > 1
        assert width < bounds.karhadkar_corollary_5(2 ** (2 * width), "0.05")


def test_theorem_7_against_the_truth():
    assert [bounds.karhadkar_theorem_7(n, "0.05") for n in (10, 20, 50, 100)] == [106, 240, 691, 1521]
    assert [bounds.karhadkar_theorem_7(n, "0.05", form="sharp") for n in (10, 20, 50, 100)] == [23, 56, 168, 374]
    for n in range(1, 8):
        width = bounds.karhadkar_theorem_7(n, "0.3")
        assert rs.full_rank_fraction_1d(n, width) >= 1 - Fraction(3, 10)
    assert bounds.karhadkar_theorem_9(10, "0.05") == 106


def test_theorem_9_in_open_regions_of_full_rank():
    # v may have zeros: with its entries replaced by ones the rank is n, and then a local minimum has loss 0
    rng, minima, others = np.random.default_rng(0), 0, 0
    while minima < 6 or others < 6:
        n, m = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        X = np.column_stack([rng.choice(np.arange(-5, 6), n, replace=False), np.ones(n, dtype=int)])
        W, v, y = rng.integers(-9, 10, (m, 2)), rng.integers(-1, 2, m), rng.integers(-1, 2, n)
        if (X @ W.T == 0).any() or rs.jacobian_rank(W @ X.T > 0, X) < n:
            continue
        if rng.random() < 0.5:
            y = np.maximum(X @ W.T, 0) @ v
        verdict = rs.certify(X.tolist(), y.tolist(), W.tolist(), v.tolist())
        assert verdict.is_local_minimum == (verdict.exact_loss == 0)
        minima, others = minima + verdict.is_local_minimum, others + (not verdict.is_local_minimum)


def test_theorem_8_sharp_is_the_coupon_count():
    n, m = 3, 5
    from itertools import product

    words = sum(set(range(n)) <= set(w) for w in product(range(2 * n), repeat=m))
    share = Fraction(words, (2 * n) ** m) ** 2
    assert bounds.karhadkar_theorem_8(n, 1 - share, form="sharp") == m
    assert bounds.karhadkar_theorem_8(10, "0.05") == 120
    for n in (1, 4, 30):
        assert bounds.karhadkar_theorem_8(n, "0.1", form="sharp") <= bounds.karhadkar_theorem_8(n, "0.1")


def test_theorem_10_counts_matrices_of_full_column_rank():
    assert bounds.karhadkar_theorem_10(10, 0.05) == 15
    for n, m in ((2, 3), (2, 4), (3, 4)):
        matrices = list(all_patterns(n * m))
        full = sum(fraction_rank([row[i * n : (i + 1) * n] for i in range(m)]) == n for row in matrices)
        bad = 1 - Fraction(full, len(matrices))
        assert bad <= Fraction(2**n, 2**m)
        if bad > 0:
            assert bounds.karhadkar_theorem_10(n, bad) >= m


def test_proposition_11_against_simulation():
    rng = np.random.default_rng(0)
    for x, m, published in (((-1, 0, 1), 8, 0.985), ((-1, 1), 4, 0.882)):
        X = np.array([[v, 1] for v in x], dtype=float)

        def box(rng, units, d):
            return rng.uniform(-1, 1, (units, d)), np.ones(units)

        p = rs.full_rank_fraction(X, m, population="initialization", law=box, trials=3000, rng=rng)
        gap = min(np.diff(x))
        promised = 1 - len(x) * exp(-m * gap / 4)
        assert p.value > promised
        assert abs(p.value - published) < 0.02
    eps = 0.05
    sharp = bounds.karhadkar_proposition_11([-1, 0, 1], eps, form="sharp")
    p = rs.full_rank_fraction(
        [[-1, 1], [0, 1], [1, 1]], sharp, population="initialization", law=box, trials=2000, rng=1
    )
    assert p.value > 1 - eps - 0.02
    assert bounds.karhadkar_proposition_11([-1, 0, 1], eps) == int(np.ceil(4 * log(3 / eps)))


def test_proposition_11_hypotheses():
    with pytest.raises(AssumptionError, match=r"\|x\| <= 1"):
        bounds.karhadkar_proposition_11([0, 2], 0.1)
    with pytest.raises(AssumptionError, match="distinct"):
        bounds.karhadkar_proposition_11([0, "1/2", 0.5], 0.1)
    with pytest.raises(AssumptionError, match="n >= 2"):
        bounds.karhadkar_proposition_11([0], 0.1)


def test_theorem_12_published_values():
    forms = ("printed", "corrected", "sharp")
    assert [bounds.karhadkar_theorem_12(100, 10, 0.5, 0.05, form=f) for f in forms] == [214, 43, 34]
    assert [bounds.karhadkar_theorem_12(20, 2, 0.1, 0.05, form=f) for f in forms] == [3172, 738, 167]
    assert bounds.karhadkar_theorem_12(100, 10, rs.anticoncentration(np.eye(2)), 0.05) == 214
    with pytest.raises(AssumptionError, match="gamma"):
        bounds.karhadkar_theorem_12(3, 2, 0, 0.05)


def test_theorem_12_holds_in_simulation():
    X = [[-1, 1], [0, 1], [1, 1]]
    gamma = rs.anticoncentration(X)
    width = bounds.karhadkar_theorem_12(3, 2, gamma.value, 0.2, form="sharp")
    p = rs.full_rank_fraction(X, width, population="initialization", trials=2000, rng=3, exact=False)
    assert p.value > 0.8
    assert rs.full_rank_fraction(X, width, population="initialization").low >= 0.8


def test_eps_and_counts_are_checked():
    for eps in (0, 1, -0.1, 2):
        with pytest.raises(AssumptionError, match="eps"):
            bounds.karhadkar_theorem_7(5, eps)
    for n in (2.5, "5", None, True, 0):
        with pytest.raises(InputError, match="n is"):
            bounds.karhadkar_theorem_7(n, 0.1)
    with pytest.raises(InputError, match="form is"):
        bounds.karhadkar_theorem_7(5, 0.1, form="corrected")
