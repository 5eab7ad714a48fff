"""Float basin values on rows that floats can hardly tell apart, beside brute force over extreme rays in fractions."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import numpy as np
import pytest

from reluscape import basin_value, basin_values, good_basin_probability
from reluscape.basins import decided
from reluscape.errors import SolverError
from reluscape.solvers.quadratic import BasinPrograms
from tests.basins.close_rows import instance
from tests.oracles import basin as oracle

# as many as 1e-9 of the mean square of the targets
SHARE = 1e-9

LINE = [["-0.5", 1], ["-0.50001", 1], ["-0.49997", 1], ["0.8", 1], ["-0.49998", 1], ["0.79999", 1]]
NAMED = [
    (
        (LINE, [0, 1, 2, 1, 0, -1], [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 1, 0]], [1, -1, -1], True),
        Fraction(22532466675, 67596360052),
    ),
    (
        (
            [["0.999997", 1], ["0.999998", 1], ["0.999999", 1], ["0.000003", 1]],
            [2, 2, 2, 2],
            [[0, 0, 1, 0], [1, 0, 0, 1]],
            [1, 1],
            False,
        ),
        None,
    ),
    (([[100], ["-0.00001"]], [-1, 1], [[0, 1]], [1], True), Fraction(0)),
    (
        (
            [[1, 1], [-1, -1], [0, 0], [-1, -1], [0, -1]],
            [1, 1, 2, 2, -1],
            [[1, 0, 0, 0, 1], [0, 1, 0, 1, 0]],
            [-1, -1],
            False,
        ),
        Fraction(2),
    ),
]


def right(X, y, patterns, signs, output_bias):
    exactly = [[Fraction(v) for v in row] for row in X]
    return oracle.basin_value(exactly, y, patterns, signs, output_bias)


def check(X, y, patterns, signs, output_bias):
    truth = right(X, y, patterns, signs, output_bias)
    room = SHARE * float(sum(Fraction(v) ** 2 for v in y)) / len(y)
    found = basin_value(X, y, patterns, signs, output_bias=output_bias)
    assert abs(found.value - float(truth)) <= room
    assert abs(float(np.mean((found.prediction - np.array(y, dtype=float)) ** 2)) - found.value) <= max(room, 1e-6)
    assert found.gap is not None
    assert found.gap <= 4 * room  # the solver's unit of length is a power of two
    together = basin_values(X, y, [patterns], [signs], output_bias=output_bias)
    assert abs(together[0] - float(truth)) <= room
    return found.kind


@pytest.mark.parametrize(("case", "value"), NAMED)
def test_named_cases(case, value):
    if value is not None:
        assert right(*case) == value
    check(*case)


@pytest.mark.parametrize("block", range(10))
def test_close_and_ill_scaled_rows_against_brute_force(block):
    kinds = {check(*instance(seed)) for seed in range(30 * block, 30 * (block + 1))}
    assert kinds <= {"numerical", "certified"}


def test_sampled_shares_on_close_rows_meet_the_exact_probability():
    X, y = [["2", 1], ["-1", 1], ["2.000001", 1], ["1.999999", 1]], [1, -1, 0, 2]
    exact = float(good_basin_probability(X, y, 3, output_bias=True, exact=True))
    sampled = good_basin_probability(X, y, 3, output_bias=True, exact=False, trials=2000, rng=0)
    assert abs(sampled.value - exact) <= 4 * np.sqrt(exact * (1 - exact) / 2000)


def test_what_neither_floats_nor_a_bounded_exact_search_decide_is_refused_by_name(monkeypatch):
    hard = [instance(seed) for seed in range(40)]
    exact = [case for case in hard if basin_value(*case[:4], output_bias=case[4]).kind == "certified"]
    assert exact
    monkeypatch.setattr(decided, "LARGEST", 0)
    for X, y, patterns, signs, output_bias in exact:
        with pytest.raises(SolverError, match="exact=True"):
            basin_value(X, y, patterns, signs, output_bias=output_bias)
    # a batch proves some of what one program at a time does not, and refuses the others
    refused = sum(not proved_in_a_batch(*case) for case in exact)
    assert 0 < refused <= len(exact)


def proved_in_a_batch(X, y, patterns, signs, output_bias):
    with contextlib.suppress(SolverError):
        found = basin_values(X, y, [patterns], [signs], output_bias=output_bias)[0]
        room = SHARE * float(sum(v**2 for v in y)) / len(y)
        assert abs(found - float(right(X, y, patterns, signs, output_bias))) <= room
        return True
    return False


@pytest.mark.parametrize("seed", range(6))
def test_batches_over_dense_lines_are_proved_by_the_kernel_and_right(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    x = np.unique(rng.integers(-50, 50, 9))
    X = [[Fraction(int(v), 10**5) + seed, 1] for v in x]
    y = rng.integers(-3, 4, len(x)).tolist()
    cuts = rng.integers(0, len(x) + 1, (12, 2))
    above = rng.random((12, 2)) < 0.5
    patterns = (np.arange(len(x)) >= cuts[:, :, None]) == above[:, :, None]
    signs = rng.choice([-1, 1], (12, 2))
    alone = []
    monkeypatch.setattr(BasinPrograms, "solve", _counted(BasinPrograms.solve, alone))
    found = basin_values(X, y, patterns, signs, output_bias=True)
    assert len(alone) < len(found) / 2
    room = SHARE * float(np.mean(np.square(y)))
    for value, pattern, sign in zip(found, patterns, signs, strict=True):
        assert abs(value - float(right(X, y, pattern, sign, True))) <= room


def _counted(solve, calls):
    def counted(self, program):
        calls.append(program)
        return solve(self, program)

    return counted


@pytest.mark.parametrize("block", range(4))
def test_batches_on_a_device_meet_the_same_check(block):
    pytest.importorskip("torch")
    for seed in range(15 * block, 15 * (block + 1)):
        X, y, patterns, signs, output_bias = instance(seed)
        room = SHARE * float(sum(Fraction(v) ** 2 for v in y)) / len(y)
        there = basin_values(X, y, [patterns], [signs], output_bias=output_bias, device="cpu")
        assert abs(there[0] - float(right(X, y, patterns, signs, output_bias))) <= room
