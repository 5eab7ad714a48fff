"""Safran and Shamir's lemmas and claims beside the truth: brute force, sampled networks, integrals."""

from fractions import Fraction
from itertools import product
from math import asin, cos, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.problem.networks.initialization import get_law
from tests.basins_strategy import basins
from tests.oracles import basin as oracle

B = rs.bounds


def inside(rng, X, W):
    """Return weights of the same open cells as W."""
    while True:
        other = W * np.exp(rng.standard_normal((len(W), 1))) + 0.1 * rng.standard_normal(W.shape)
        if (np.sign(X @ other.T) == np.sign(X @ W.T)).all():
            return other


def test_definition_2_counts_the_cells_that_meet():
    X = [[1, 0], [0, 1], [1, 1], [0, 0]]
    ((pattern, signs),) = B.safran_definition_2(X, [[1.0, 2.0]], [-3.0])
    assert pattern.tolist() == [[True, True, True, False]]
    assert signs.tolist() == [-1]
    # at the origin with v = 0 all cells of one unit meet, with both signs; of two units all pairs
    data = X[:3]
    assert len(B.safran_definition_2(data, [[0.0, 0.0]], [0.0])) == rs.count_basins(data, 1)
    assert len(B.safran_definition_2(data, np.zeros((2, 2)), [0.0, 0.0])) == rs.count_basins(data, 2)
    realizable = {tuple(p) for p in rs.enumerate_regions(data).patterns.tolist()}
    assert {tuple(p[0]) for p, _ in B.safran_definition_2(data, [[0.0, 0.0]], [1.0])} == realizable
    with pytest.raises(rs.TooLarge, match="meet"):
        B.safran_definition_2(np.eye(13), np.zeros((1, 13)), [1.0])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_number_of_basins_is_the_number_of_pattern_and_sign_choices(n):
    X = np.random.default_rng(n).integers(-5, 6, (n, 2)) * 2 + 1
    patterns = rs.enumerate_regions(X).patterns
    states = [(tuple(p), s) for p in patterns.tolist() for s in (-1, 1)]
    assert rs.count_basins(X, 2) == len(set(product(states, repeat=2)))
    assert rs.count_basins(X, 2, ordered=False) == len({tuple(sorted(pair)) for pair in product(states, repeat=2)})


@pytest.mark.parametrize("seed", range(6))
def test_lemmas_1_3_4_5_inside_a_basin(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((7, 3)), rng.standard_normal(7)
    W, v = rng.standard_normal((4, 3)), rng.standard_normal(4)
    other, u = inside(rng, X, W), v * np.exp(rng.standard_normal(4))
    promise = B.safran_lemma_1(X, y, (W, v), (other, u))
    assert promise.minima_are_global
    path = rs.connect((W, v), (other, u), X, y)
    assert path.losses.max() <= promise.level + 1e-12
    pattern, sign = X @ W.T > 0, np.sign(v).astype(int)
    for share in (0.0, 0.3, 0.7, 1.0):
        # Lemma 3: the chord lies above the loss, and above the basin's value
        Z = (1 - share) * v[:, None] * W + share * u[:, None] * other
        loss = float(np.mean((((X @ Z.T) * pattern).sum(axis=1) - y) ** 2))
        chord = B.safran_lemma_3(X, y, pattern.T, sign, v[:, None] * W, u[:, None] * other, share)
        assert loss <= chord + 1e-12
        assert rs.basin_value(X, y, pattern.T, sign).value <= loss + 1e-12
        # Lemma 4: constant predictions, the same cells
        moved = B.safran_lemma_4((W, v), share)
        np.testing.assert_allclose(moved.predict(X), rs.TwoLayerNet(W, v).predict(X), atol=1e-12)
        assert ((X @ moved.W.T > 0) == pattern).all()
        # Lemma 5: products on a line, the same cells
        middle = B.safran_lemma_5((W, v), (other, u), share)
        np.testing.assert_allclose(middle.v[:, None] * middle.W, Z, atol=1e-12)
        assert ((X @ middle.W.T > 0) == pattern).all()
    np.testing.assert_array_equal(np.abs(B.safran_lemma_4((W, v), 1.0).v), 1.0)


def test_lemma_4_where_an_output_weight_is_zero():
    net = rs.TwoLayerNet([[1.0, 2.0], [3.0, -1.0]], [0.0, -2.0])
    X = np.random.default_rng(0).standard_normal((5, 2))
    for share in np.linspace(0, 1, 9):
        moved = B.safran_lemma_4(net, share, [-1, -1])
        np.testing.assert_allclose(moved.predict(X), net.predict(X), atol=1e-12)
    assert moved.v.tolist() == [-1.0, -1.0]
    assert moved.W[0].tolist() == [0.0, 0.0]
    with pytest.raises(rs.AssumptionError, match="unit 1"):
        B.safran_lemma_4(net, 0.5, [1, 1])


def test_points_outside_the_basin_are_named():
    X, y = np.eye(2), [1.0, 1.0]
    with pytest.raises(rs.AssumptionError, match="unit 0 lies on both sides of sample 1"):
        B.safran_lemma_1(X, y, ([[1.0, 1.0]], [1.0]), ([[1.0, -1.0]], [1.0]))
    with pytest.raises(rs.AssumptionError, match="unit 0 has output weights of both signs"):
        B.safran_lemma_5(([[1.0, 1.0]], [1.0]), ([[1.0, 1.0]], [-1.0]), 0.5)
    with pytest.raises(rs.AssumptionError, match="unit 0 is outside at sample 1"):
        B.safran_lemma_3(X, y, [[1, 0]], [1], [[1.0, -1.0]], [[1.0, 1.0]], 0.5)


@given(basins(), st.data())
def test_lemma_2_bounds_the_value_of_more_units(problem, draw):
    X, y, A, signs = problem
    units = sorted(draw.draw(st.sets(st.integers(0, len(A) - 1))) if len(A) else [])
    scale = max(1.0, float(np.mean(y.astype(float) ** 2)))
    bound = B.safran_lemma_2(X, y, A, signs, units)
    assert bound == pytest.approx(float(oracle.basin_value(X, y, A[units], signs[units])), abs=1e-8 * scale)
    assert float(oracle.basin_value(X, y, A, signs)) <= bound + 1e-8 * scale


def test_lemma_6_and_claim_5_hold_and_are_reached():
    rng = np.random.default_rng(0)
    X, W, v = rng.standard_normal((6, 3)), rng.standard_normal((4, 3)), rng.standard_normal(4)
    constants, steep = B.safran_lemma_6(v, X), B.safran_claim_5(W, v)
    for _ in range(300):
        j, moved = int(rng.integers(4)), W.copy()
        moved[j] += rng.standard_normal(3) * rng.exponential()
        change = np.abs(rs.TwoLayerNet(moved, v).predict(X) - rs.TwoLayerNet(W, v).predict(X))
        assert (change <= constants[j] * np.linalg.norm(moved[j] - W[j]) + 1e-12).all()
        P = rng.standard_normal((2, 3))
        f = rs.TwoLayerNet(W, v).predict(P)
        assert abs(f[0] - f[1]) <= steep * np.linalg.norm(P[0] - P[1]) + 1e-12
    # a unit that is active and moves along the sample reaches the constant
    x, along = X[:1], W.copy()
    along[0] = 3 * x[0]
    ahead = along.copy()
    ahead[0] += x[0]
    change = abs(rs.TwoLayerNet(ahead, v).predict(x)[0] - rs.TwoLayerNet(along, v).predict(x)[0])
    assert change == pytest.approx(constants[0, 0] * np.linalg.norm(x))


@pytest.mark.parametrize("d", [2, 3, 5, 40])
def test_claim_3_against_the_integral(d):
    from scipy.integrate import quad

    for theta in (0.0, 0.2, 1.0, pi / 2):
        truth = quad(lambda t: sin(t) ** (d - 2), 0, pi / 2 - theta)[0]
        assert B.safran_claim_3(d, theta, form="sharp") == pytest.approx(truth, abs=1e-9)
        assert B.safran_claim_3(d, theta) <= truth + 1e-12
    assert B.safran_claim_3(d, 4.0) < 0


def test_claim_2_and_lemma_8_against_sampled_directions():
    rng = np.random.default_rng(1)
    for d, ratio in ((2, 0.5), (3, 0.4), (6, 0.2)):
        w = rng.standard_normal((20_000, d))
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        noisy = np.abs(w[:, 0]) <= ratio  # some point of the ball around e_1 is orthogonal to w
        away = np.minimum(np.arccos(w[:, 0]), np.arccos(-w[:, 0]))
        assert not noisy[away < pi / 2 - B.safran_claim_2(ratio)].any()
        assert noisy[away < pi / 2 - B.safran_claim_2(ratio, form="printed")].any()
        assert noisy.mean() == pytest.approx(B.safran_lemma_8(d, ratio), abs=0.015)
    for d in (2, 5, 30):
        radius = B.safran_theorem_5_radius(d)
        assert B.safran_lemma_8(d, radius) <= B.safran_lemma_8(d, radius, form="printed") == 1 / (4 * d)
    with pytest.raises(rs.AssumptionError, match="delta"):
        B.safran_lemma_8(3, 0.5, form="printed")


def test_claim_4_bounds_every_interpolating_weight():
    rng = np.random.default_rng(2)
    for _ in range(50):
        k = int(rng.integers(1, 5))
        C, y = rng.standard_normal((k, 5)), rng.standard_normal(k)
        kept = np.where(rng.random(k) < 0.5, np.abs(y), 0.0)
        length = np.linalg.norm(C.T @ np.linalg.solve(C @ C.T, kept))
        sharp, printed = B.safran_claim_4(C, y, form="sharp"), B.safran_claim_4(C, y)
        assert length <= sharp * (1 + 1e-9) <= printed * (1 + 2e-9)
    # reached on the left singular vector of the least singular value
    U, s, _ = np.linalg.svd(C)
    y = np.abs(U[:, -1])
    C = np.diag(s)
    with pytest.raises(rs.AssumptionError, match="independent"):
        B.safran_claim_4([[1, 0], [2, 0]], [1, 1])
    assert B.safran_claim_4(np.diag([2.0, 0.5]), [0, 1], form="sharp") == 2.0


def test_theorem_4_network_reaches_zero_exactly_where_every_sample_can_be_predicted():
    rng = np.random.default_rng(3)
    reached = 0
    for _ in range(200):
        X, y = rng.standard_normal((3, 4)), rng.standard_normal(3)
        W, v = rng.standard_normal((4, 4)), rng.standard_normal(4)
        pattern = (X @ W.T > 0).T
        good = rs.basin_value(X, y, pattern, np.sign(v).astype(int)).value < 1e-8
        try:
            net = B.safran_theorem_4_network(X, y, W, v)
        except rs.AssumptionError:
            assert not good
            continue
        reached += 1
        assert good
        np.testing.assert_allclose(net.predict(X), y, atol=1e-9)
        heights = (X @ net.W.T).T
        assert (np.where(pattern, 1, -1) * heights >= -1e-9).all()
    assert 0 < reached < 200
    with pytest.raises(rs.AssumptionError, match="rank"):
        B.safran_theorem_4_network([[1], [2]], [1, 1], [[1]], [1])


@pytest.mark.parametrize("seed", range(5))
def test_lemma_9_and_theorem_5_hold_their_bounds(seed):
    rng = np.random.default_rng(seed)
    d, k, m = 4, 3, 6
    C = rng.standard_normal((k, d)) + 2 * np.eye(d)[:k]
    X, y = rs.constructions.clusters(C, 0.004, rng.standard_normal(k), size=6, gamma=0.5, rng=seed)
    kept = 0
    for _ in range(20):
        W, v = rng.standard_normal((m, d)), rng.standard_normal(m)
        try:
            found = B.safran_lemma_9(X, y, C, W, v, form="sharp")
        except rs.AssumptionError:
            continue
        kept += 1
        assert found.error <= found.error_bound
        assert found.distance <= found.distance_bound + 1e-9
        corrected, printed = (B.safran_lemma_9(X, y, C, W, v, form=form) for form in ("corrected", "printed"))
        assert found.error_bound <= corrected.error_bound == printed.error_bound
        assert found.distance_bound <= corrected.distance_bound
        loss = found.near.loss(X, y)
        pattern = (X @ W.T > 0).T
        assert (np.where(pattern, 1, -1) * (X @ found.near.W.T).T >= -1e-9).all()
        value = rs.basin_value(X, y, pattern, np.where(v >= 0, 1, -1)).value
        bound = B.safran_theorem_5_value(X, y, C, m, form="sharp")
        assert value <= loss + 1e-9
        assert loss <= bound + 1e-9
        assert bound <= B.safran_theorem_5_value(X, y, C, m)
    assert kept > 0


@given(st.integers(0, 10**6))
def test_a_teacher_is_found_and_checked(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(1, 9)), int(rng.integers(1, 4))
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    try:
        net = B.safran_theorem_3_teacher(X, y)
    except rs.AssumptionError:
        assert d == 1  # without a bias a line offers two units only
        return
    assert net.width <= n
    np.testing.assert_allclose(net.predict(X), y, atol=1e-8)
    found = B.safran_theorem_3_conditions(X, y, net.W, net.v)
    assert found["width"] == net.width
    assert found["rank"] == np.linalg.matrix_rank(X)
    with pytest.raises(rs.AssumptionError, match="sample"):
        B.safran_theorem_3_conditions(X, y + 1, net.W, net.v)


def test_conditions_on_four_kinds_of_data():
    def rows(*args, **options):
        return {row.statement: row for row in B.safran_conditions(*args, **options)}

    singles = rows(*rs.constructions.singletons([1, -1], [1, 1]))
    assert singles["Theorem 2"].holds
    assert singles["Theorem 2"].constants["slots"] == 4
    assert singles["Theorem 2"].constants["beta"] == 0
    assert not singles["Theorem 4"].holds
    clustered = rows(*rs.constructions.clusters([[1, 1], [-2, 0.5]], 0.02, [1, -1], size=4, rng=0))
    assert clustered["Theorem 5"].holds
    assert clustered["Theorem 5"].constants["k"] == 2
    assert clustered["Theorem 5"].constants["delta"] < 0.04
    assert not clustered["Theorem 2"].holds
    X, y = rs.constructions.teacher([[1, 0], [2, 1], [-1, 3]], [[1, 1]], [2])
    taught = rows(X, y, teacher=([[1, 1]], [2]))
    assert taught["Theorem 3"].constants["width"] == 1
    assert taught["Theorem 3"].constants["B"] == pytest.approx(2 * sqrt(2) * sqrt(10))
    wrong = rows(X, y, teacher=([[1, 0]], [2]))
    assert not wrong["Theorem 3"].holds
    assert "sample" in wrong["Theorem 3"].reason
    spread = rows(np.random.default_rng(0).standard_normal((12, 2)), np.arange(12.0))
    assert spread["Theorem 3"].holds
    assert not spread["Theorem 5"].holds
    assert "hypothesis violated" in spread["Theorem 5"].reason
    given_centers = rows(X, y, centers=[[1, 0], [2, 0]])
    assert "independent" in given_centers["Theorem 5"].reason


def test_equation_9_is_exact_for_one_sample():
    rng = np.random.default_rng(5)
    for widths in ([2], [1, 3], [2, 2, 2]):
        alive = np.ones((40_000, 1))
        for m in widths:
            W = rng.standard_normal((len(alive), m, alive.shape[1]))
            alive = np.maximum(np.einsum("tmk,tk->tm", W, alive), 0)
        share = alive.any(axis=1).mean()
        assert share == pytest.approx(float(B.safran_equation_9(widths, hidden_biases=False)), abs=0.01)
    assert B.safran_equation_9([2, 2, 2], hidden_biases=False) == Fraction(27, 64)
    assert B.safran_equation_9([5, 3]) == B.safran_equation_9(3) == Fraction(7, 8)
    for width in (1, 3):
        found = rs.start_above_zero("normal", [[1.0, 0.5], [-0.3, 1.0]], [0.0, 0.0], width, trials=4000, rng=0)
        assert found.high >= B.safran_equation_9(width)  # targets 0: above L(0) is the same as not 0


def test_a_cluster_between_two_angles():
    # two centres at the angle eta, a weight orthogonal to both, output signs apart
    eta, delta = 0.5, 1e-3
    C = np.array([[1, 0, 0], [cos(eta), sin(eta), 0], [0, 0, 1.0]])
    assert np.linalg.svd(C, compute_uv=False)[-1] == pytest.approx(sqrt(2) * sin(eta / 2))
    X = np.array([C[0] - [0, 0, delta], C[1] + [0, 0, delta], C[2]])
    W = np.array([[sin(eta), -1 - cos(eta) + 0.2, 5.0]])
    assert np.sign(C @ W[0]).tolist() == [1, -1, 1]
    found = B.safran_lemma_9(X, [0, 0, 1.0], C, W, [1.0])
    assert found.distance == pytest.approx(0.0, abs=1e-2)
    moved = np.linalg.norm(found.near.W - found.net.W) / delta
    assert moved == pytest.approx(1 / sin(eta / 2), rel=0.02)  # print: at most 1
    assert asin(0.5) > 0.5


def test_theorem_1_gives_the_prescribed_losses_along_a_line_of_predictions():
    """p(t) = (2t - 1, 2 - t) and y = (1, 1): c(0) = 1, c(1/2) = 2/3 + (8/9) sqrt(63/32), c(1) = 1 + sqrt 2."""
    y = np.ones(2)
    losses = []
    for t in np.linspace(0, 1, 11):
        p = np.array([2 * t - 1, 2 - t])
        factor = B.safran_theorem_1(p, y, t, 2.5, 0)
        losses.append(np.mean((factor * p - y) ** 2))
        assert losses[-1] == pytest.approx((1 - t / 3) * 2.5 + t / 3)
    assert (np.diff(losses) < 0).all()
    assert B.safran_theorem_1([-1, 2], y, 0, 2.5, 0) == pytest.approx(1)
    assert B.safran_theorem_1([0, 1.5], y, 0.5, 2.5, 0) == pytest.approx(2 / 3 + 8 / 9 * sqrt(63 / 32))
    assert B.safran_theorem_1([1, 1], y, 1, 2.5, 0) == pytest.approx(1 + sqrt(2))


@pytest.mark.parametrize(
    ("words", "hypothesis"),
    [
        (([1, 1], [1, 1], 0.5, 0.5, 0), "L.start. > L.0."),
        (([1, 1], [1, 1], 0.5, 2, 3), "L.end. < L.start."),
        (([0, 0], [1, 1], 0.5, 2, 0), "vanishes"),
        (([1, 1], [1, 1], 1.5, 2, 0), "t <= 1"),
    ],
)
def test_theorem_1_names_the_hypothesis_that_fails(words, hypothesis):
    with pytest.raises(rs.AssumptionError, match=hypothesis):
        B.safran_theorem_1(*words)


def test_definition_1_is_the_least_loss_of_the_cell():
    # one unit, two samples on a line, both alive: v w = z >= 0, and the best z is <x, y> / <x, x>
    X, y = [[1.0], [3.0]], [2.0, 1.0]
    z = (1 * 2 + 3 * 1) / (1 + 9)
    least = ((z - 2) ** 2 + (3 * z - 1) ** 2) / 2
    assert B.safran_definition_1(X, y, [[True, True]], [1]) == pytest.approx(least)
    assert B.safran_definition_1(X, y, [[True, True]], [-1]) == pytest.approx((4 + 1) / 2)
    # with both signs there is no cone left: the same minimum
    assert B.safran_definition_1(X, y, [[True, True]] * 2, [1, -1]) == pytest.approx(least)
    # a constant: the best straight line through both samples
    assert B.safran_definition_1(X, y, [[True, True]] * 2, [1, -1], output_bias=True) == pytest.approx(0, abs=1e-9)
    with pytest.raises(rs.InputError):
        B.safran_definition_1(X, None, [[True, True]], [1])


@pytest.mark.parametrize("law", ["normal", "sphere", "torch", "he_normal", "he_uniform", "glorot_uniform"])
def test_assumption_1_is_seen_in_draws(law):
    # on the sphere of the plane the fourth moment of a coordinate of the direction is 3/8; a box has another one
    W, _ = get_law(law).sample_many(np.random.default_rng(0), 200_000, 1, 2)
    direction = W[:, 0] / np.linalg.norm(W[:, 0], axis=1, keepdims=True)
    round_ = abs((direction[:, 0] ** 4).mean() - 3 / 8) < 0.004
    assert B.safran_assumption_1(law) == round_


def test_assumption_1_of_a_function_is_unknown():
    assert B.safran_assumption_1(lambda rng, m, d: (rng.normal(size=(m, d)), rng.normal(size=m))) is None
