"""Liang, Sun and Srikant's lemmas, claims and problems: hypotheses named, the truth computed beside them."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.requ.conv import random_net, widths
from reluscape.requ.conv_training import train_conv


def symmetric(rng, *shape):
    M = rng.standard_normal(shape)
    return M + np.swapaxes(M, -1, -2)


def test_lemma_1_at_trained_networks():
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, -1.0, 1.0])
    net = random_net(1, 1, 1, 4, np.linspace(0.05, 0.1, 4), rng=3)
    end = train_conv(net, X, y)
    found = rs.bounds.liang_lemma_1((end.net.a, end.net.U), X, y, end.net.lambdas)
    assert found.promised
    assert found.silent
    assert found.gradient < 1e-6
    # the regulariser at a critical point is sum lambda_j |a_j|^3
    cubes = end.net.lambdas @ np.abs(end.net.a) ** 3
    assert rs.requ.regularizer(end.net.a, end.net.U, end.net.lambdas) == pytest.approx(cubes, rel=1e-5)
    # |a_j| = |u_j|, M_j u_j = 0, and where u_j is not 0 the matrix is singular; recomputed unit by unit
    Z = np.c_[X, np.ones(3)]
    slopes = 1 / (1 + np.exp(y * end.net.predict(X))) / np.log(2)
    for j in range(4):
        a, u, lam = end.net.a[j], end.net.U[j], end.net.lambdas[j]
        assert abs(a) == pytest.approx(np.linalg.norm(u), abs=1e-4)
        M = lam * np.eye(2) - np.sign(a) * sum(
            slopes[i] * y[i] * np.outer(Z[i], Z[i]) for i in range(3) if Z[i] @ u >= 0
        )
        assert found.singular[j] == pytest.approx(abs(np.linalg.eigvalsh(M)).min(), abs=1e-12)
        assert found.residuals[j] == pytest.approx(np.linalg.norm(M @ u), abs=1e-12)
        assert found.residuals[j] < 1e-5
        if np.linalg.norm(u) > 0.1:
            assert found.singular[j] < 1e-5


def test_lemma_1_needs_the_width():
    # fewer units than samples: a local minimum without a silent unit, all matrices singular
    bad = rs.requ.bad_minimum(5, 3, [0.2, 0.3, 0.4])
    found = rs.bounds.liang_lemma_1(bad.net, bad.X, bad.y, bad.lambdas)
    assert not found.promised
    assert found.silent == ()
    assert found.singular.max() < 1e-12
    # wide enough, but equal coefficients: in the excluded set
    bad = rs.requ.equal_lambda_minimum(3, 4, 0.05)
    found = rs.bounds.liang_lemma_1(bad.net, bad.X, bad.y, bad.lambdas)
    assert found.promised
    assert found.silent == ()
    with pytest.raises(rs.AssumptionError, match="the point is critical"):
        rs.bounds.liang_lemma_1(([1.0, 1.0], np.eye(2)), [[1.0]], [1], [0.1, 0.2])


def test_lemma_2_distances_are_those_of_determinants():
    rng = np.random.default_rng(0)
    for _ in range(20):
        n, d = rng.integers(1, 4, 2)
        m = n + 1
        Xs, A = symmetric(rng, n, d, d), rng.integers(-1, 2, (n, m))
        lam, z = rng.uniform(0.2, 1, m), rng.standard_normal(n)
        found = rs.bounds.liang_lemma_2(Xs, A, lam, z)
        for j in range(m):
            M = lam[j] * np.eye(d) - sum(z[i] * A[i, j] * Xs[i] for i in range(n))
            assert found[j] == pytest.approx(np.linalg.svd(M, compute_uv=False)[-1])
        assert found.max() > 0


def test_lemma_2_one_sample_excludes_exactly_equal_coefficients():
    # n = 1, X = z z^T of norm 1: M_j is singular where lambda_j = alpha A_j, so both are for lambda_1 = lambda_2 only
    X = [[[0.36, 0.48], [0.48, 0.64]]]
    grid = np.linspace(-2, 2, 4001)
    for lam, hit in (([0.5, 0.5], True), ([0.5, 0.51], False), ([0.5, 1.0], False)):
        least = min(
            rs.bounds.liang_lemma_2(X, [A], lam, [z]).max() for A in product((-1, 0, 1), repeat=2) for z in grid[::20]
        )
        assert (least < 1e-9) == hit
    with pytest.raises(rs.AssumptionError, match="m >= n"):
        rs.bounds.liang_lemma_2(X, [[1]], [0.5], [1.0])
    with pytest.raises(rs.AssumptionError, match="symmetric"):
        rs.bounds.liang_lemma_2([[[0.0, 1.0], [0.0, 0.0]]], [[1, 1]], [0.5, 0.4], [1.0])


def test_lemma_3_counts_the_dimension_of_the_gram_matrices():
    # independent: the rank of the differential of the eigenvalues that a random Z can reach
    rng = np.random.default_rng(1)
    for d, n in ((1, 3), (2, 2), (2, 3), (3, 2), (3, 4)):
        Z = rng.standard_normal((n, d))
        rows = np.array([np.array([(Z[i] @ Z[j]) for i in range(n) for j in range(i, n)])])
        step = 1e-6
        columns = []
        for k in range(n * d):
            moved = Z.reshape(-1).copy()
            moved[k] += step
            M = moved.reshape(n, d)
            columns.append((np.array([M[i] @ M[j] for i in range(n) for j in range(i, n)]) - rows[0]) / step)
        assert np.linalg.matrix_rank(np.array(columns), tol=1e-4) + 1 == rs.bounds.liang_lemma_3(d, n, "sharp")
        assert rs.bounds.liang_lemma_3(d, n) == d * n + 1


def test_corollary_1_random_test_passes_at_the_counted_width_and_fails_below():
    rng = np.random.default_rng(0)
    for d, n in ((1, 2), (2, 2)):
        m = rs.bounds.liang_lemma_3(d, n)
        assert rs.bounds.liang_corollary_1(rng.uniform(0.2, 1, m), d, n, trials=100, rng=1) > 0
        with pytest.raises(rs.AssumptionError, match=f"m >= {m}"):
            rs.bounds.liang_corollary_1(rng.uniform(0.2, 1, m - 1), d, n)
    assert rs.bounds.liang_corollary_1(rng.uniform(0.2, 1, 4), 2, 2, form="sharp", trials=100, rng=1) > 0
    # equal coefficients are hit: one sample along a single direction
    assert rs.bounds.liang_corollary_1([0.5, 0.5], 1, 1, alphabet=(1,), trials=2000, rng=0) < 1e-3


def test_lidskii_constant_is_one():
    rng = np.random.default_rng(0)
    for _ in range(200):
        d = int(rng.integers(1, 7))
        A, B = symmetric(rng, d, d), symmetric(rng, d, d) * 10.0 ** rng.integers(-6, 2)
        moved, apart = rs.bounds.liang_theorem_3(A, A + B)
        assert moved <= apart * (1 + 1e-9) + 1e-12
        ends = np.linalg.eigvalsh(A), np.linalg.eigvalsh(A + B)
        assert np.abs(ends[0] - ends[1]).max() <= np.linalg.norm(B, 2) * (1 + 1e-9) + 1e-12
    # attained: commuting matrices of the same order
    assert rs.bounds.liang_theorem_3(np.diag([1.0, 2.0]), np.diag([1.5, 2.25])) == pytest.approx((0.3125**0.5,) * 2)


def test_proposition_3_bounds_the_image_and_falls_to_zero():
    # image of [-1, 1] under t -> (t, |t|) / sqrt 2 * sqrt 2: a curve, covered by squares counted on a grid
    t = np.linspace(-1, 1, 200_001)
    curve = np.c_[t, np.abs(t)]
    for pieces in (2, 8, 32):
        side = 2 * np.sqrt(2) / pieces
        boxes = {tuple(c) for c in np.floor(curve / side).astype(int)}
        assert len(boxes) * side**2 <= 4 * rs.bounds.liang_proposition_3(1, 2, np.sqrt(2), 1.0, pieces)
    bounds = [rs.bounds.liang_proposition_3(2, 3, 1.0, 5.0, k) for k in (1, 10, 100, 1000)]
    np.testing.assert_allclose(np.array(bounds[1:]) / bounds[:-1], 0.1)
    with pytest.raises(rs.AssumptionError, match="n < m"):
        rs.bounds.liang_proposition_3(2, 2, 1.0, 1.0, 1)


def test_lemma_4_at_trained_convolutional_networks():
    X, y = np.array([[1.0, 0.5], [-0.3, 1.0]]), np.array([1.0, -1.0])
    m = widths(2, 2, 2, 2).sharp
    seen = 0
    for seed in range(3):
        lam = np.random.default_rng(seed).uniform(0.02, 0.06, m)
        end = train_conv(random_net(2, 2, 2, m, lam, 0.5, 0.3, rng=seed), X, y)
        if end.gradient < 1e-7:
            found = rs.bounds.liang_lemma_4(end.net, X, y)
            assert found.promised
            assert found.silent
            assert np.abs(found.balance).max() < 1e-3
            seen += 1
    assert seen
    with pytest.raises(rs.AssumptionError, match="critical in the last layer"):
        rs.bounds.liang_lemma_4(random_net(2, 2, 2, m, 0.1, rng=0), X, y)


@given(st.integers(0, 2**32 - 1))
def test_lemma_5_features_stay_apart(seed):
    rng = np.random.default_rng(seed)
    layers, s, d = rng.integers(1, 4, 3)
    X = rng.standard_normal((4, d))
    found = rs.bounds.liang_lemma_5(rng.standard_normal((layers, s)), X, float(rng.uniform(0.05, 0.95)))
    assert 0 < found.bound <= found.distance * (1 + 1e-9)
    apart = [np.linalg.norm(a - b) for k, a in enumerate(found.features) for b in found.features[:k]]
    assert found.distance == pytest.approx(min(apart))


def test_lemma_5_names_what_fails():
    X = [[1.0, 2.0], [3.0, 4.0]]
    for call, text in (
        (lambda: rs.bounds.liang_lemma_5([[0.0, 0.0]], X), "filter 0 is"),
        (lambda: rs.bounds.liang_lemma_5([[1.0]], [[1.0], [1.0]]), "samples are distinct"),
        (lambda: rs.bounds.liang_lemma_5([[1.0]], X, 0.0), "0 < slope < 1"),
    ):
        with pytest.raises(rs.AssumptionError, match=text):
            call()
    # a slope of 0 would merge samples: relu(-1) = relu(-2)
    assert rs.bounds.liang_lemma_5([[1.0]], [[-1.0], [-2.0]], 0.01).distance == pytest.approx(0.01)


def test_claim_1_rank_and_closed_least_singular_value():
    rng = np.random.default_rng(0)
    for _ in range(50):
        v, dz = rng.integers(-3, 4, rng.integers(1, 5)).astype(float), int(rng.integers(1, 8))
        if v.any():
            rank, least = rs.bounds.liang_claim_1(v, dz)
            assert rank == dz == np.linalg.matrix_rank(rs.requ.conv.toeplitz(v, dz))
            assert least > 0
    # s = 2: V^T V is tridiagonal with 1 and v1 v2, whose eigenvalues are 1 + 2 v1 v2 cos(k pi / (dz + 1))
    for dz in (2, 5, 8):
        worst = min(rs.bounds.liang_claim_1([np.cos(t), np.sin(t)], dz)[1] for t in np.linspace(0, np.pi, 721))
        assert worst == pytest.approx(np.sqrt(1 - np.cos(np.pi / (dz + 1))), rel=1e-6)
    with pytest.raises(rs.AssumptionError, match="the filter is not zero"):
        rs.bounds.liang_claim_1([0.0, 0.0], 3)


def test_claim_2_classifies_with_n_units():
    rng = np.random.default_rng(0)
    for seed in range(10):
        n, d = rng.integers(1, 7, 2)
        X, y = rng.integers(-4, 5, (n, d)) + np.arange(n)[:, None] * 10.0, rng.choice([-1, 1], n)
        for form in ("printed", "sharp"):
            net, margins = rs.bounds.liang_claim_2(X, y, form, rng=seed)
            assert net.width == n
            f = np.maximum(np.c_[X, np.ones(n)] @ net.U.T, 0) ** 2 @ net.a
            np.testing.assert_allclose(margins, y * f, rtol=1e-9)
            assert margins.min() > 0
    with pytest.raises(rs.AssumptionError, match="Assumption 2"):
        rs.bounds.liang_claim_2([[0.0], [0.0]], [1, 1])


def test_problem_1_is_not_solvable():
    for lam in ([1, 2, 3], [Fraction(1, 3)] * 4, ["0.1", "7", "2"]):
        won = rs.bounds.liang_problem_1(lam, 2)
        exact = [Fraction(v) for v in lam]
        for j, value in enumerate(exact):
            assert value == sum(won.A[i, j] * won.alpha[i] for i in range(2))


def lost_by_brute_force(lam, n, letters):
    """Every A, by ranks over fractions of the rationals 0, 1, ...: lambda in the row space."""
    for flat in product(letters, repeat=n * len(lam)):
        A = np.array(flat, dtype=float).reshape(n, len(lam))
        if np.linalg.matrix_rank(np.vstack([A, lam])) == np.linalg.matrix_rank(A):
            return True
    return False


@given(st.lists(st.integers(1, 6), min_size=2, max_size=3))
def test_problem_2_agrees_with_every_choice_of_a(lam):
    n = len(lam) - 1
    won = rs.bounds.liang_problem_2(lam, n)
    assert (won is not None) == lost_by_brute_force(lam, n, (-1, 0, 1))
    if won is not None:
        assert [sum(won.A[i, j] * won.alpha[i] for i in range(n)) for j in range(len(lam))] == lam
        assert set(won.A.reshape(-1)) <= {-1, 0, 1}


def test_problem_2_known_members_and_limits():
    assert rs.bounds.liang_problem_2([5, 5], 1) is not None
    assert rs.bounds.liang_problem_2([5, 6], 1) is None
    # distinct coefficients can be lost as well
    assert rs.bounds.liang_problem_2([1, 2, 3], 2) is not None
    with pytest.raises(rs.TooLarge, match="smaller n"):
        rs.bounds.liang_problem_2([1, 2, 3, 4, 5], 4)
    with pytest.raises(rs.AssumptionError, match="m >= n"):
        rs.bounds.liang_problem_2([1], 1)


def test_problem_3_is_membership_in_the_row_space():
    assert list(rs.bounds.liang_problem_3([[1, 0, 1], [0, 1, 1]], [1, 2, 3])) == [1, 2]
    assert rs.bounds.liang_problem_3([[1, 0, 1], [0, 1, 1]], [1, 2, 4]) is None
    # equal coefficients are lost to a row of ones, for every m
    assert rs.bounds.liang_problem_3([[1] * 6, [0, 1, -1, 0, 1, 0]], ["0.3"] * 6) is not None
    with pytest.raises(rs.AssumptionError, match="m >= n"):
        rs.bounds.liang_problem_3([[1]], [1])


def test_problems_4_and_5_searches():
    rng = np.random.default_rng(0)
    # planted: every M_j singular at alpha = (0.4, -0.7)
    B = symmetric(rng, 2, 3, 2, 2)
    lam = [np.linalg.eigvalsh(0.4 * B[0, j] - 0.7 * B[1, j])[1] for j in range(3)]
    gap, alpha = rs.bounds.liang_problem_5(B, lam, starts=12, rng=1)
    assert gap < 1e-6
    for j in range(3):
        M = lam[j] * np.eye(2) - alpha[0] * B[0, j] - alpha[1] * B[1, j]
        assert abs(np.linalg.det(M)) < 1e-5
    assert rs.bounds.liang_problem_5(B, [v + 0.3 * (j + 1) for j, v in enumerate(lam)], starts=12, rng=1)[0] > 1e-4
    x = np.array([0.6, 0.8])
    assert rs.bounds.liang_problem_4([np.outer(x, x)], [0.4, 0.4], rng=0)[0] < 1e-6
    gap, A, alpha = rs.bounds.liang_problem_4([np.outer(x, x)], [0.4, 0.5], rng=0)
    # the best the adversary can do is to stand between the two
    assert gap == pytest.approx(0.05, abs=1e-6)
    assert rs.bounds.liang_lemma_2([np.outer(x, x)], A, [0.4, 0.5], alpha).max() == pytest.approx(gap)


@given(st.integers(0, 10**8 - 1), st.integers(0, 10**8 - 1))
def test_the_digit_map_reaches_every_pair(left, right):
    # the inverse, digit by digit: a pair with 4 places before and after the point each
    first, second = f"{left:08d}", f"{right:08d}"
    before = "".join(second[k] + first[k] for k in range(4))
    after = "".join(second[k] + first[k] for k in range(4, 8))
    # odd places before the point belong to the first number, even places after it too
    got = rs.bounds.liang_digit_map(f"{before}.{after}")
    assert got == (f"{first[:4]}.{first[4:]}", f"{second[:4]}.{second[4:]}")


def test_the_digit_map_as_printed():
    # g(a4 a3 a2 a1 . b1 b2 b3 b4) = (a3 a1 . b2 b4, a4 a2 . b1 b3)
    assert rs.bounds.liang_digit_map("4321.1234") == ("31.24", "42.13")
    with pytest.raises(rs.InputError, match="decimal number"):
        rs.bounds.liang_digit_map("-1")


def test_xyz_descends_to_one_and_diverges():
    points = [rs.bounds.liang_xyz(k) for k in (1, 2, 5, 10, 100, 1e4, 1e8)]
    for k, p in zip((1, 2, 5, 10, 100, 1e4, 1e8), points, strict=True):
        x, y, z = p.point
        assert p.value == pytest.approx((x * y * z - 1) ** 2) == pytest.approx((1 + k**-1.5) ** 2)
    values, gradients = [p.value for p in points], [p.gradient for p in points]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(1)
    assert gradients[-1] < 1e-3
    assert points[-1].size > 1e3
    h = 1e-6
    x, y, z = points[2].point
    slope = [
        (((x + a) * (y + b) * (z + c) - 1) ** 2 - ((x - a) * (y - b) * (z - c) - 1) ** 2) / (2 * h)
        for a, b, c in np.eye(3) * h
    ]
    assert np.linalg.norm(slope) == pytest.approx(points[2].gradient, rel=1e-5)
    with pytest.raises(rs.AssumptionError, match="k is positive"):
        rs.bounds.liang_xyz(0)
