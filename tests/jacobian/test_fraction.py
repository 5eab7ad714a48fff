from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import DataWarning, InputError, TieError, ZeroRowError
from tests.oracles.elimination import all_patterns, full_fraction, step_patterns

GENERIC = {
    2: [[1, 2], [3, -1], [5, 7], [2, 9]],
    3: [[1, 2, 5], [3, -1, 2], [5, 7, 1], [2, 9, 11], [1, -4, 3]],
}
PUBLISHED = [
    (2, 3, 2, Fraction(3, 8)),
    (2, 3, 3, Fraction(21, 32)),
    (2, 4, 2, Fraction(27, 128)),
    (2, 4, 3, Fraction(1113, 2048)),
    (3, 4, 2, Fraction(39, 128)),
    (3, 4, 3, Fraction(1197, 2048)),
    (3, 5, 2, Fraction(105, 512)),
    (2, 4, 4, Fraction(24885, 32768)),
]
# over regions the share depends on the data, not only on their size: each value with data that have it
SPREAD = [[-2, -2], [3, -1], [-2, 3], [-2, -1]]
OVER_REGIONS = [
    (GENERIC[2][:3], 2, Fraction(7, 18)),
    (GENERIC[2][:3], 3, Fraction(2, 3)),
    (GENERIC[2], 2, Fraction(3, 16)),
    (GENERIC[2], 3, Fraction(123, 256)),
    (GENERIC[2], 4, Fraction(45, 64)),
    (SPREAD, 2, Fraction(7, 32)),
    (SPREAD, 3, Fraction(9, 16)),
    (GENERIC[3][:4], 2, Fraction(16, 49)),
    (GENERIC[3][:4], 3, Fraction(411, 686)),
    ([[4, -3, 0], [-2, -4, 2], [-4, -2, 0], [0, -3, 4]], 3, Fraction(807, 1372)),
    ([[-3, -3, -1], [2, -4, 3], [1, -1, 4], [4, 0, 2], [-4, -4, -1]], 2, Fraction(27, 121)),
]


@pytest.mark.parametrize(("d", "n", "width", "value"), PUBLISHED)
def test_all_patterns(d, n, width, value):
    answer = rs.full_rank_fraction(GENERIC[d][:n], width, population="patterns")
    assert answer == value
    assert (answer.kind, answer.population, answer.law) == ("exact", "patterns", None)


def sampled_patterns(X):
    """All patterns of one unit that a large random search finds."""
    W = np.random.default_rng(0).normal(size=(20000, len(X[0])))
    return sorted({tuple(row) for row in (W @ np.array(X).T > 0).tolist()})


@pytest.mark.parametrize(("X", "width", "value"), OVER_REGIONS)
def test_non_empty_regions(X, width, value):
    assert rs.full_rank_fraction(X, width, population="regions") == value
    if width < 3:
        assert full_fraction(sampled_patterns(X), X, width) == value


def test_patterns_by_brute_force_on_special_data():
    for X in ([[1, 0], [0, 1], [1, 1]], [[1, 1], [2, 2], [0, 1]], [[1], [2]], [[1, 0, 0], [0, 1, 0], [1, 1, 0]]):
        expected = full_fraction(all_patterns(len(X)), X, 2)
        assert rs.full_rank_fraction(X, 2, population="patterns") == expected


def test_line_with_bias_uses_the_closed_form():
    X = [[i, 1] for i in (5, 1, 3, 2)]
    assert rs.full_rank_fraction(X, 3, population="regions") == rs.full_rank_fraction_1d(4, 3)
    assert rs.full_rank_fraction(X, 2, population="regions") == full_fraction(step_patterns(4), sorted(X), 2)


def test_independent_samples():
    X = np.eye(5)
    assert rs.full_rank_fraction(X, 4, population="regions") == (1 - Fraction(1, 16)) ** 5
    assert rs.full_rank_fraction(X, 4, population="initialization") == (1 - Fraction(1, 16)) ** 5
    p = rs.full_rank_fraction(X, 4, population="initialization", trials=3000, rng=0, exact=False)
    assert p.low <= float((1 - Fraction(1, 16)) ** 5) <= p.high


def test_gaussian_initialisation_on_three_points():
    X = [[0, 1], [1, 1], [2, 1]]
    for width, value in ((2, 0.277516), (3, 0.530500), (4, 0.707968)):
        p = rs.full_rank_fraction(X, width, population="initialization", trials=4000, rng=width, exact=False)
        assert abs(p.value - value) < 0.03
        assert (p.kind, p.trials, p.law) == ("sampled", 4000, "normal")
        known = rs.full_rank_fraction(X, width, population="initialization")
        assert (known.kind, known.trials, known.law) == ("certified", None, "normal")
        assert known.low <= known.value <= known.high
        assert known.value == pytest.approx(value, abs=6e-7)


def test_repeated_samples_never_have_full_rank():
    X = [[1, 2], [1, 2], [0, 1]]
    assert rs.full_rank_fraction(X, 50, population="initialization") == 0
    assert rs.full_rank_fraction(X, 50, population="regions") == 0
    assert rs.full_rank_fraction(X, 3, population="patterns") == full_fraction(all_patterns(3), X, 3)


def test_zero_rows():
    X = [[0, 0], [1, 0], [0, 1]]
    with pytest.raises(ZeroRowError, match="row 0"):
        rs.full_rank_fraction(X, 2, population="regions")
    assert rs.full_rank_fraction(X, 2, population="patterns") == Fraction(9, 16)
    assert rs.full_rank_fraction(X, 2, population="initialization") == Fraction(9, 16)
    p = rs.full_rank_fraction(X, 2, population="initialization", trials=50, rng=0, exact=False)
    assert p.low <= Fraction(9, 16) <= p.high


def test_trivial_sizes():
    assert rs.full_rank_fraction(np.ones((0, 2)), 3, population="patterns") == 1
    assert rs.full_rank_fraction([[1, 2]], 0, population="patterns") == 0
    assert rs.full_rank_fraction([[1, 2]], 0, population="initialization") == 0
    assert rs.full_rank_fraction([[1, 2]], 2, population="regions") == Fraction(3, 4)


def test_simulations_agree_with_counting():
    X = GENERIC[2]
    for population in ("patterns", "regions"):
        truth = rs.full_rank_fraction(X, 3, population=population)
        p = rs.full_rank_fraction(X, 3, population=population, trials=3000, rng=1, exact=False)
        assert abs(float(truth) - p.value) < 0.03


def test_arguments():
    with pytest.raises(TypeError):
        rs.full_rank_fraction([[1, 2]], 2)
    with pytest.raises(InputError, match="population"):
        rs.full_rank_fraction([[1, 2]], 2, population="volume")
    with pytest.raises(InputError, match="width"):
        rs.full_rank_fraction([[1, 2]], 2.5, population="patterns")
    with pytest.raises(InputError, match="trials"):
        rs.full_rank_fraction([[1, 2], [3, 4], [5, 7]], 2, population="patterns", exact=False, trials=0)
    with pytest.raises(rs.TooLarge):
        rs.full_rank_fraction(np.random.default_rng(0).normal(size=(40, 4)), 30, population="patterns", exact=True)


def test_a_law_on_the_hyperplane_is_refused():
    def lattice(rng, m, d):
        return np.ones((m, d)), np.ones(m)

    with pytest.raises(TieError):
        rs.full_rank_fraction([[1, -1], [1, 2]], 3, population="initialization", law=lattice, trials=2)


def test_decimals_with_other_regions_are_named():
    X = np.array([[0.1, 0.7, 1.0], [0.2, 0.1, 1.0], [0.3, 0.8, 2.0], [0.5, 0.25, 1.0]])
    with pytest.warns(DataWarning, match="14 regions, but the decimals they print have 12"):
        found = rs.full_rank_fraction(X, 2, population="regions").value
    cells = rs.enumerate_regions(rs.Dataset(X)).patterns
    assert found == full_fraction(cells.tolist(), X.tolist(), 2)
    # the other populations do not ask which regions there are
    rs.full_rank_fraction(X, 2, population="patterns")
    rs.full_rank_fraction(rs.exact_decimals(X), 2, population="regions")
