"""The local-optimality test against exact probes, neighbouring cells and published points."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.losses import mean_loss
from tests.oracles import critical as oracle
from tests.own_losses import Huber

IDENTITY = [[1, 0], [0, 1]]


@pytest.mark.parametrize("seed", range(4))
def test_random_rational_points_agree_with_every_oracle(seed):
    rng = np.random.default_rng(seed)
    kinds = set()
    for _ in range(60):
        X, y, W, v, c = oracle.random_critical_candidate(rng)
        verdict = rs.certify(X, y, W, v, c)
        kinds.add(verdict.kind)
        assert verdict.exact_loss == oracle.loss(X, y, W, v, c)
        assert verdict.method == "exact"
        if verdict.is_local_minimum:
            assert verdict.escape is None
            assert not oracle.probes_below(X, y, W, v, c, rng, count=40)
        else:
            assert oracle.falls_along(X, y, W, v, c, verdict.escape)
        if all(v != 0):
            assert oracle.neighbour_cells_say_minimum(X, y, W, v, c) == verdict.is_local_minimum
        assert rs.verify(verdict.certificate)
    assert {"local minimum", "not stationary"} <= kinds


@pytest.mark.parametrize("slope", [Fraction(1, 4), Fraction(1, 100)])
def test_leaky_units(slope):
    rng = np.random.default_rng(7)
    for _ in range(40):
        X, y, W, v, c = oracle.random_critical_candidate(rng)
        verdict = rs.certify(X, y, W, v, c, slope=slope)
        assert verdict.exact_loss == oracle.loss(X, y, W, v, c, slope)
        if verdict.is_local_minimum:
            assert not oracle.probes_below(X, y, W, v, c, rng, count=40, slope=float(slope))
        else:
            assert oracle.falls_along(X, y, W, v, c, verdict.escape, slope)
        assert rs.verify(verdict.certificate)


def test_frozen_output_weights():
    rng = np.random.default_rng(8)
    for _ in range(60):
        X, y, W, v, c = oracle.random_critical_candidate(rng)
        verdict = rs.certify(X, y, W, v, c, trainable="W")
        assert verdict.kind != "saddle"
        if verdict.is_local_minimum:
            assert not oracle.probes_below(X, y, W, v, c, rng, count=40, trainable="W")
        else:
            assert not verdict.escape[1].any()
            assert oracle.falls_along(X, y, W, v, c, verdict.escape)
        assert rs.verify(verdict.certificate)


def test_floats_agree_with_fractions():
    rng = np.random.default_rng(9)
    for _ in range(80):
        X, y, W, v, c = oracle.random_critical_candidate(rng)
        floats = [np.array(a, dtype=float) for a in (X, y, W, v)]
        exact, numerical = rs.certify(X, y, W, v, c), rs.certify(*floats, None if c is None else float(c))
        assert numerical.kind == exact.kind
        assert numerical.differentiable == exact.differentiable
        assert numerical.method == "numerical"
        assert numerical.certificate is None


def test_exact_true_reads_floats_as_dyadic_numbers():
    third = np.array([[1 / 3]])
    assert rs.certify([[3]], [1], third, [1], exact=True).kind == "not stationary"
    assert rs.certify([[3]], [1], third, [1]).kind == "local minimum"
    assert rs.certify([[3]], [1], [["1/3"]], [1]).exact_loss == 0


def test_invariance_under_rescaling_permutation_and_repeated_samples():
    rng = np.random.default_rng(10)
    for _ in range(40):
        X, y, W, v, c = oracle.random_critical_candidate(rng)
        kind = rs.certify(X, y, W, v, c).kind
        scale = oracle.fractions(rng.integers(1, 5, size=len(v)))
        order = rng.permutation(len(v))
        assert rs.certify(X, y, (W * scale[:, None])[order], (v / scale)[order], c).kind == kind
        assert rs.certify(np.concatenate([X, X]), np.concatenate([y, y]), W, v, c).kind == kind
        rows = rng.permutation(len(y))
        assert rs.certify(X[rows], y[rows], W, v, c).kind == kind


def test_two_samples_of_the_paper_with_output_weight_one():
    def kind(y, w):
        return rs.certify(IDENTITY, y, [w], [1], trainable="W").kind

    assert kind([1, 1], [-1, -2]) == "local minimum"
    assert kind([1, 1], [1, -3]) == "local minimum"
    assert kind([1, 1], [1, 1]) == "local minimum"
    assert kind([1, 1], [1, 0]) == "not stationary"
    assert kind([1, -1], [1, 0]) == "local minimum"
    assert kind([1, -1], [1, -1]) == "local minimum"
    assert kind([1, -1], [2, -1]) == "not stationary"
    assert rs.certify(IDENTITY, [1, -1], [[1, 0]], [1]).exact_loss == Fraction(1, 2)


def test_the_strict_printed_condition_is_not_necessary():
    """A gradient that vanishes on one side, and a tie: both are minima although (29), (30) are strict."""
    one_sided = rs.certify([[1], [-1]], [0, 0], [[0]], [1])
    assert one_sided.is_local_minimum
    tie = rs.certify([[1, 0], [0, 1]], [1, -1], [[1, 0]], [1])
    assert tie.is_local_minimum
    assert tie.slack == 0


def test_a_negative_term_can_occur_on_dependent_samples():
    """Three samples in a plane: the middle one pulls down, its neighbours hold."""
    X, y = [[1, 0], [0, 1], [1, 1]], [-2, -2, 1]
    verdict = rs.certify(X, y, [[0, 0]], [1])
    assert verdict.is_local_minimum
    assert rs.verify(verdict.certificate)
    assert oracle.neighbour_cells_say_minimum(
        oracle.fractions(X), oracle.fractions(y), oracle.fractions([[0, 0]]), oracle.fractions([1])
    )
    assert not rs.certify(X, [-2, -2, 5], [[0, 0]], [1]).is_local_minimum


def test_xor_stuck_point_has_mean_squared_error_one_quarter():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    dead = rs.certify(X, y, [[-1, -1, -1], [-1, -2, -1]], [1, -1], "1/2")
    assert dead.is_local_minimum
    assert dead.exact_loss == Fraction(1, 4)
    assert dead.differentiable


def test_published_minimum_that_is_plain_regression():
    """Five points on a line: the loss 16139/578750 of the best straight line is a local minimum of the network."""
    x, y = ["-1", "-0.6", "-0.1", "0.3", "0.7"], ["0.28", "-0.1", "0.03", "0.23", "-0.22"]
    X = [[t, 1] for t in x]
    slope, intercept = Fraction(-693, 4630), Fraction(1067, 46300)
    assert rs.affine_fit(X, y).exact_value == Fraction(16139, 578750)
    W = [[0, 2], [-slope, Fraction(2) - intercept], [-1, -2]]
    verdict = rs.certify(X, y, W, [1, -1, 1])
    assert verdict.is_local_minimum
    assert verdict.exact_loss == Fraction(16139, 578750)
    assert verdict.differentiable
    plateau = rs.certify(X, y, [[-1, -2]], [1])
    assert plateau.is_local_minimum
    assert plateau.exact_loss == Fraction(953, 25000)
    single = rs.certify(X, y, [[-1, Fraction(-7, 10)]], [Fraction(28, 30)])
    assert single.is_local_minimum
    assert single.exact_loss == Fraction(561, 25000)


@pytest.mark.parametrize("loss", ["logistic", Huber()])
def test_other_losses(loss):
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    away = rs.certify(X, y, np.array([[0.5, 0.5]]), np.array([1.0]), loss=loss)
    assert away.kind == "not stationary"
    dead = rs.certify(X, y, np.array([[-0.5, -0.5]]), np.array([1.0]), loss=loss)
    assert dead.kind == "local minimum"
    silent = rs.certify(X, y, np.array([[1.0, 1.0]]), np.array([0.0]), loss=loss)
    assert silent.kind == "saddle"
    for verdict, W, v in ((away, [[0.5, 0.5]], [1.0]), (silent, [[1.0, 1.0]], [0.0])):
        dW, dv = verdict.escape
        values = [
            mean_loss(loss, np.maximum(X @ (np.array(W) + t * dW).T, 0) @ (np.array(v) + t * dv), y)
            for t in (0.0, 1.0, 0.1, 1e-3)
        ]
        assert max(values[1:]) < values[0]


def test_logistic_labels_and_exact_signs():
    verdict = rs.certify(IDENTITY, [1, -1], [[-1, -1]], [1], loss="logistic")
    assert verdict.kind == "local minimum"
    assert verdict.exact_loss is None
    with pytest.raises(rs.InputError, match="-1 and 1"):
        rs.certify(IDENTITY, [0, 1], [[-1, -1]], [1], loss="logistic")


def test_zero_rows_count_in_the_loss_only():
    verdict = rs.certify([[0, 0], [1, 0]], [2, 0], [[-1, 0]], [1])
    assert verdict.zero_rows == (0,)
    assert verdict.exact_loss == 2
    assert verdict.differentiable
    assert verdict.is_local_minimum
    assert not rs.certify([[0, 0], [1, 0]], [2, 0], [[-1, 0]], [1], c=0).is_local_minimum


def test_no_units_and_no_samples():
    assert rs.certify([[1]], [1], np.zeros((0, 1)), np.zeros(0)).is_local_minimum
    bias = rs.certify([[1]], [1], np.zeros((0, 1)), np.zeros(0), c=0.0)
    assert bias.kind == "not stationary"
    assert bias.escape[2] > 0


@pytest.mark.parametrize(
    ("W", "v", "text"),
    [
        ([[1, 2, 3]], [1], "expected .m, 2."),
        ([[1, 2]], [1, 2], "one output weight per unit"),
        ([1, 2], [1], "expected .m, 2."),
        ([[1, 2], [1]], [1, 1], "expected .m, 2."),
        (3, [1], "expected .m, 2."),
        ([[1, 2]], 1, "one output weight per unit"),
        ([["a", 2]], [1], "not a number"),
        ([[float("nan"), 1.0]], [1], "NaN or infinite|not a finite"),
    ],
)
def test_bad_weights(W, v, text):
    with pytest.raises(rs.InputError, match=text):
        rs.certify(IDENTITY, [1, -1], W, v)


def test_missing_targets_and_unknown_words():
    with pytest.raises(rs.InputError, match="no targets"):
        rs.certify(IDENTITY, None, [[1, 2]], [1])
    with pytest.raises(rs.InputError, match="trainable"):
        rs.certify(IDENTITY, [1, 1], [[1, 2]], [1], trainable="v")


def test_a_fall_too_small_for_floats_is_still_shown():
    verdict = rs.certify([[1], [-1]], [1, -1], [[0]], [0], c=2.0**-54, exact=True)
    assert verdict.kind == "not stationary"
    X, y = oracle.fractions([[1], [-1]]), oracle.fractions([1, -1])
    c = Fraction(2.0**-54)
    assert oracle.falls_along(X, y, oracle.fractions([[0]]), oracle.fractions([0]), c, verdict.escape)
    assert rs.verify(verdict.certificate)


def test_dead_units_need_weights_that_fit():
    with pytest.raises(rs.ReluscapeError, match=r"expected .m, 2."):
        rs.dead_units([1, 2], [[1, 2]])


@pytest.mark.parametrize(("loss", "low"), [("logistic", -1), ("bce", 0)])
@pytest.mark.parametrize("bias", [False, True])
def test_a_loss_that_falls_for_ever_has_the_infimum_of_its_basin(loss, low, bias):
    """Two rows are told apart; two equal ones of different classes leave log 2 each: the infimum is log(2) / 2."""
    X, y = [[1, 0], [0, 1], [1, 0], [2, 1]], [1, 1, low, 1]
    point = [[0.0, 40.0]], [1.0], *([0.0] if bias else [])
    verdict = rs.certify(X, y, *point, loss=loss)
    assert verdict.kind == "not stationary"
    basin = verdict.infimum
    assert not basin.attained
    assert float(basin.lower) - 1e-15 <= np.log(2) / 2 <= float(basin.upper) + 1e-15
    assert verdict.certificate["kind"] == "logistic-basin-value"
    assert rs.verify(verdict.certificate).ok
    assert rs.certify(X, y, [[1.0, 2.0]], [1.0], loss=loss).infimum is None
