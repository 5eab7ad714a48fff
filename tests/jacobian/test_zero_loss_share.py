from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError, ZeroRowError
from tests.oracles.elimination import step_patterns
from tests.oracles.strict_cone import realizable_patterns

PUBLISHED = [
    ((0, 1), (1, -1), (1, -1), Fraction(1, 4)),
    ((0, 1), (1, -1), (1, 1, -1, -1), Fraction(9, 16)),
    ((0, 1, 2), (1, -1, 1), (1, 1, -1), Fraction(5, 27)),
    ((0, 1, 2), (1, -1, 1), (1, 1, -1, -1), Fraction(47, 162)),
    ((0, 1, 2), (1, -1, 1), (1, 1, 1, -1, -1, -1), Fraction(142, 243)),
]


@pytest.mark.parametrize(("x", "y", "v", "share"), PUBLISHED)
def test_published_shares(x, y, v, share):
    assert rs.zero_loss_fraction_1d(x, y, v) == share


@pytest.mark.parametrize(
    ("x", "y", "v"),
    [
        ((0, 1, 3), (1, 0, 2), (1, -1)),
        ((0, 2, 3, 7), (1, 1, 0, -1), (1, -1)),
        ((0, 1, 2, 4), (0, 0, 0, 0), (1, -2)),
        ((1, "1/2", 4), (0, 1, 1), (1, 1, 0)),
        ((0, 1), (1, 1), (2, 3, 0)),
        ((0, 1, 2), (2, 1, 0), (1, 1, -1)),
    ],
)
def test_share_equals_region_by_region(x, y, v):
    order = np.argsort([float(Fraction(t)) for t in x])
    steps = np.array(step_patterns(len(x)))
    unsorted = np.empty_like(steps)
    unsorted[:, order] = steps
    X = [[t, 1] for t in x]
    found = [rs.zero_loss(X, y, np.array(rows), v).exists for rows in product(unsorted, repeat=len(v))]
    share = Fraction(sum(found), len(found))
    assert rs.zero_loss_fraction_1d(x, y, v) == share
    assert rs.zero_loss_fraction(X, y, v, population="regions") == share


def test_widths_beyond_enumeration():
    x, y = (0, 1, 2), (1, -1, 1)
    shares = [rs.zero_loss_fraction_1d(x, y, (1,) * k + (-1,) * k) for k in (3, 15, 200)]
    assert shares == sorted(shares)
    assert 1 - float(shares[1]) == pytest.approx(1.0e-4, rel=0.05)
    assert 1 - float(rs.zero_loss_fraction_1d((0, 1), (1, -1), (1,) * 9 + (-1,) * 9)) == pytest.approx(0.0039, rel=0.01)


def test_theorem_8_holds():
    for n, y in ((2, (1, -1)), (3, (1, -1, 2)), (4, (0, 3, -1, 1))):
        m = rs.bounds.karhadkar_theorem_8(n, 0.5, form="sharp")
        share = rs.zero_loss_fraction_1d(range(n), y, (1,) * m + (-1,) * m)
        assert share >= Fraction(1, 2)


def test_one_point_and_none():
    assert rs.zero_loss_fraction_1d([3], [1], [1, 1, -1]) == Fraction(3, 4)
    assert rs.zero_loss_fraction_1d([3], [0], [1, -1]) == Fraction(1, 2)
    assert rs.zero_loss_fraction_1d([], [], [1]) == 1
    assert rs.zero_loss_fraction([[1]], [2], [1, -1], population="patterns") == Fraction(1, 2)


def test_populations():
    X, y, v = [[1, 2], [3, -1], [-1, 1]], [1, 2, 0], [1, -1]
    every = [np.array(bits).reshape(2, 3) for bits in product((0, 1), repeat=6)]
    share = Fraction(sum(rs.zero_loss(X, y, pattern, v).exists for pattern in every), 64)
    assert rs.zero_loss_fraction(X, y, v, population="patterns") == share
    p = rs.zero_loss_fraction(X, y, v, population="initialization", trials=600, rng=0, exact=False)
    assert (p.kind, p.trials, p.law) == ("sampled", 600, "normal")
    known = rs.zero_loss_fraction(X, y, v, population="initialization")
    assert (known.kind, known.trials, known.law) == ("certified", None, "normal")
    assert abs(float(known) - p.value) < 0.07


@pytest.mark.parametrize("seed", range(30))
def test_both_populations_region_by_region_on_special_data(seed):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(0, 4)), int(rng.integers(1, 4)), int(rng.integers(0, 3))
    X, y, v = rng.integers(-2, 3, (n, d)), rng.integers(-1, 2, n).tolist(), rng.integers(-1, 2, m).tolist()
    used = [i for i in range(n) if X[i].any()]
    good, total, realizable = {"patterns": 0, "regions": 0}, {"patterns": 0, "regions": 0}, realizable_patterns(X[used])
    for bits in product((False, True), repeat=m * len(used)):
        rows = np.zeros((m, n), dtype=bool)
        rows[:, used] = np.array(bits, dtype=bool).reshape(m, len(used))
        found = rs.zero_loss(X, y, rows, v).exists
        real = all(tuple(bits[j * len(used) : (j + 1) * len(used)]) in realizable for j in range(m))
        for population in ("patterns", "regions") if real else ("patterns",):
            good[population] += found
            total[population] += 1
    for population in ("patterns", "regions"):
        if population == "patterns" or len(used) == n:
            share = rs.zero_loss_fraction(X, y, v, population=population, exact=True)
            assert share == Fraction(good[population], total[population])


def test_many_patterns_and_few_units():
    # 22 regions of one unit: pair by pair
    X, y, v = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, -2, 3]], [1, 2, 0, 1, -1], [2, -1]
    rows = sorted(realizable_patterns(X))
    assert len(rows) == 22
    good = sum(rs.zero_loss(X, y, [a, b], v).exists for a in rows for b in rows)
    assert rs.zero_loss_fraction(X, y, v, population="regions") == Fraction(good, 22**2)
    assert rs.zero_loss_fraction(X, y, v, population="patterns") == Fraction(good, 32**2)


def test_independent_samples_at_any_size():
    # sample i needs an active unit of its target's sign; a target 0 needs no active unit or both signs
    X, y, v = np.eye(12), [1, -1, 0] * 4, [1] * 5 + [-1] * 3
    share = ((1 - Fraction(1, 32)) * (1 - Fraction(1, 8)) * (Fraction(1, 256) + Fraction(31 * 7, 256))) ** 4
    for population in ("patterns", "regions", "initialization"):
        assert rs.zero_loss_fraction(X, y, v, population=population) == share


def test_initialization_on_a_line_is_known_at_any_width():
    X, y = [[i, 1] for i in range(4)], [1, -1, 2, 0]
    for law, kind in (("normal", "certified"), ("he_uniform", "exact")):
        for v in ([1, -1] * 3, [1, -1] * 20):
            known = rs.zero_loss_fraction(X, y, v, population="initialization", law=law)
            p = rs.zero_loss_fraction(X, y, v, population="initialization", law=law, trials=800, rng=2, exact=False)
            assert known.kind == kind
            assert abs(float(known) - p.value) < 0.07


def test_no_samples():
    for population in ("patterns", "regions", "initialization"):
        assert rs.zero_loss_fraction(np.ones((0, 2)), [], [1, -1], population=population) == 1
        assert rs.zero_loss_fraction([[1, 2]], [0], [], population=population) == 1
        assert rs.zero_loss_fraction([[1, 2]], [1], [], population=population) == 0
    assert rs.zero_loss_fraction([[0, 0], [1, 2]], [1, 1], [1], population="patterns") == 0


def test_bad_input():
    with pytest.raises(rs.TooLarge, match="zero_loss_fraction"):
        rs.zero_loss_fraction_1d(range(9), range(9), [1])
    with pytest.raises(InputError, match="repeated"):
        rs.zero_loss_fraction_1d([0, 0], [1, 1], [1])
    with pytest.raises(ShapeError):
        rs.zero_loss_fraction_1d([0, 1], [1], [1])
    with pytest.raises(ZeroRowError):
        rs.zero_loss_fraction([[0, 0], [1, 1]], [0, 1], [1], population="regions")
    with pytest.raises(rs.TooLarge, match="simulate"):
        rs.zero_loss_fraction(
            np.ones((30, 3)) + np.diag(range(30))[:, :3], [1] * 30, [1], population="regions", exact=True
        )
    with pytest.raises(ShapeError):
        rs.zero_loss_fraction([[1, 1]], None, [1], population="regions")
