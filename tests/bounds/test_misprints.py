"""Slips of the pen in the papers: what the printed formula would say on the smallest example, beside what is meant."""

from fractions import Fraction
from itertools import pairwise
from math import cos, log, pi, sin, sqrt

import numpy as np
import pytest
from scipy.optimize import linprog

import reluscape as rs
from reluscape.errors import ShapeError
from reluscape.experiments.figures.registry import FIGURES
from reluscape.problem.networks.initialization import get_law

B = rs.bounds
LN2 = log(2)

# Karhadkar and Montufar


def test_two_figures_of_the_slides_are_numbered_3():
    titles = {name: text for name, text in FIGURES.items() if name.startswith("karhadkar-3")}
    assert sorted(titles) == ["karhadkar-3a", "karhadkar-3b"]
    assert "fixed number" in titles["karhadkar-3a"]
    assert "in proportion" in titles["karhadkar-3b"]


def test_the_first_half_of_the_polyline_needs_x_up_to_i():
    # x_bar_i = (x_i, -1) and the columns (1, x_j): with those up to i all products are >= 0, with those from i on <= 0
    points = [Fraction(v) for v in (-2, 0, 1, 5)]
    polyline = rs.function_space_1d(points, exact_values=True).tolist()
    for i, a in enumerate(points):
        up_to = [a - b if j <= i else 0 for j, b in enumerate(points)]
        onward = [a - b if j >= i else 0 for j, b in enumerate(points)]
        assert polyline[i] == up_to
        assert polyline[len(points) + i] == [-v for v in onward]
        # the only defined list in the first place would leave the cone: no unit takes a negative value
        assert all(v >= 0 for v in up_to)
        assert i == len(points) - 1 or any(v < 0 for v in onward)


def test_every_layer_is_a_function_of_the_input_of_the_network():
    # print: f_l maps R^(d_(l-1)), and takes W on the left and theta on the right of one line; both are all parameters
    weights = [np.array([[1.0, -1.0], [2.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0, -1.0]]), np.array([[2.0]])]
    net = rs.DeepNet(weights, None)
    x = np.array([3.0, 1.0])
    f = x
    for W in weights[:-1]:
        f = np.maximum(W @ f, 0.0)
    assert net.predict([x])[0] == pytest.approx((weights[-1] @ f)[0])
    assert net.widths == (3, 1)
    with pytest.raises(ShapeError, match="expects 2 columns"):  # f_2 takes x from R^2, not from R^(d_1) = R^3
        net.predict([[1.0, 1.0, 1.0]])


# Safran and Shamir


def test_footnote_3_means_the_label_not_its_output():
    # label 0 with outputs (1, 3, 3): print asks that the number p_0 = 1 is no member of argmax = {1, 2}, but it is
    p, label = np.array([1.0, 3.0, 3.0]), 0
    argmax = {1, 2}
    assert p[label] in argmax
    assert label not in argmax
    # the condition on the path holds: scaled up, the loss rises above every bound
    losses = [np.log(np.exp(c * p).sum()) - c * p[label] for c in (1, 10, 100)]
    assert losses[2] > 10 * losses[1] / 2 > losses[0]
    # and where the label is among the best outputs it never exceeds log k
    fits = np.array([3.0, 3.0, 1.0])
    assert max(np.log(np.exp(c * fits).sum()) - c * fits[0] for c in np.linspace(0, 50, 101)) <= np.log(3) + 1e-12


def test_signs_of_a_unit_number_its_inputs_not_the_units():
    # d = 3 inputs: 2^3 equally likely sign vectors, whatever the width n
    X = np.eye(3)
    assert rs.region_volumes(X) == pytest.approx([1 / 8] * 8)
    W, v = get_law("normal").sample(np.random.default_rng(0), 5, 3)
    assert W.shape == (5, 3)
    assert v.shape == (5,)


def test_the_sum_of_b1_runs_over_the_samples():
    y = [1, 2, 2]
    # L(0) = (1 + 4 + 4)/3 = 3; read as printed with t = m it is (1/3) * 3 * y_3^2 = 4, with t = 1 it is 1/3
    zero = rs.reachable_minimum([[1], [2], [3]], y, [[1]], [1]).zero_loss
    assert zero == 3 == Fraction(sum(v * v for v in y), 3)
    assert zero != Fraction(sum(y[2] ** 2 for _ in range(3)), 3)


def test_the_least_loss_of_b4_is_a_weighted_sum():
    # one input: samples 1 and 2 with targets 1 and 0 on one half-axis, -1 with target 3 on the other
    X, y = [[1], [2], [-1]], [1, 0, 3]
    # the best slope on the first is 1/5, the sum of squares there 16/25 + 4/25 = 4/5; on the other it is 0
    least = [Fraction(4, 5), Fraction(0)]
    assert rs.infinite_width_minimum(X, y).exact_value == sum(least) / 3 == Fraction(4, 15)
    assert sum(least) / 2 == Fraction(2, 5)  # the average of the sums that B.4 writes down (the 1/m is missing there)
    assert (least[0] / 2 + least[1]) / 2 == Fraction(1, 5)  # the average of the two mean losses
    # and the half-axes number 2 d, not 2 n: one input, whatever the number of units
    assert len(B.safran_theorem_2_slots(X, y).slopes) == 2


def test_twice_p_eps_is_only_a_lower_bound():
    # rank 3: the cap of radius delta around a point of the sphere has the share delta^2/4
    for delta in (0.1, 0.5, 1.0, 1.4):
        twice_p = delta**2 * (1 - delta**2 / 4) / (2 * pi)
        assert B.safran_claim_1(delta, 3) == pytest.approx(twice_p)
        assert B.safran_claim_1(delta, 3, form="sharp") == pytest.approx(delta**2 / 4)
        assert twice_p < delta**2 / 4


def test_the_hybrid_networks_of_b5_replace_one_teacher_unit_at_a_time():
    # print lists w*_(i_1), ..., w*_(i_n), then all n new rows, for every i: 2 n rows, and the telescoping sum is empty
    rng = np.random.default_rng(0)
    n, d = 3, 2
    teacher, near = rng.normal(size=(n, d)), rng.normal(size=(n, d))
    v, X = np.array([1.0, -1.0, 1.0]), rng.normal(size=(5, d))

    def outputs(W):
        return np.maximum(X @ W.T, 0.0) @ v

    hybrids = [np.concatenate([near[:i], teacher[i:]]) for i in range(n + 1)]
    steps = [outputs(a) - outputs(b) for a, b in pairwise(hybrids)]
    assert np.allclose(sum(steps), outputs(teacher) - outputs(near))
    for i, step in enumerate(steps):  # Lemma 6 for the i-th step has v*_i: the i-th unit of the teacher, not unit i_t
        size = abs(v[i]) * np.linalg.norm(X, axis=1) * np.linalg.norm(near[i] - teacher[i])
        assert (np.abs(step) <= size + 1e-12).all()
    printed = np.concatenate([teacher, near])
    assert len(printed) == 2 * n != len(v)


def test_lemma_3_activations_are_zero_or_one():
    # with -1 in place of 0 a unit that is off would still count: relu(-2) is 0, not 2
    X, W, v = np.array([[1.0], [-1.0]]), np.array([[2.0]]), np.array([1.0])
    truth = rs.TwoLayerNet(W, v).predict(X)
    Z = W * v[:, None]
    active = (X @ W.T > 0).astype(float)
    assert (active * (X @ Z.T)).sum(axis=1) == pytest.approx(truth)
    signs = np.sign(X @ W.T)
    assert (signs * (X @ Z.T)).sum(axis=1) == pytest.approx([2.0, 2.0])
    assert truth == pytest.approx([2.0, 0.0])


def test_theorem_4_best_outputs_need_not_exist_for_the_logistic_loss():
    found = rs.basin_value([[1, 0], [0, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1], loss="logistic")
    assert found.value == pytest.approx(0, abs=1e-9)
    assert not found.attained
    assert found.direction is not None
    outputs = np.array([1.0, -1.0])
    losses = [np.log1p(np.exp(-np.array([1, -1]) * c * outputs)).mean() for c in (1, 10, 30)]
    assert losses[0] > losses[1] > losses[2] > 0


def test_theorem_6_says_nothing_without_a_positive_constant():
    # c = -4 satisfies the printed statement with any loss >= 0, without any poor basin
    X, y = [[1]], [1]
    assert rs.good_basin_probability(X, y, 1, threshold=-1, signs=[1]) == 0
    # with the proof's c = l(0, 1) = 1 for the squared loss the poor share is a statement
    assert 0 < B.safran_theorem_6_exact(4, "0.01") < 1


def test_lemma_8_cites_the_neighbouring_ratio():
    from scipy.special import gammaln

    def sphere(k):  # surface of the unit sphere in R^(k + 1)
        return 2 * pi ** ((k + 1) / 2) / np.exp(gammaln((k + 1) / 2))

    for d in range(2, 40):
        used, cited = sphere(d - 2) / sphere(d - 1), sphere(d - 1) / sphere(d)
        assert used < cited <= sqrt(d / (2 * pi))  # the ratio that is used is the smaller: the shift does no harm
        assert used <= sqrt((d - 1) / (2 * pi))


# Liang, Sun and Srikant


def test_an_average_loss_would_divide_lambda_0_by_n():
    # in words the loss is an average, in (2) a sum. Two samples that no unit sees best together:
    X, y = np.array([[1.0], [-10.0]]), np.array([1.0, 1.0])
    Z = np.c_[X, np.ones(2)]
    limit = B.liang_theorem_1(X, y).lambda0
    lambdas = np.array([1.0, 1.1, 1.2])
    assert lambdas.max() < limit

    def objective(a, U, share):
        f = np.maximum(Z @ U.T, 0.0) ** 2 @ a
        penalty = (lambdas * (np.abs(a) ** 3 + 2 * np.linalg.norm(U, axis=1) ** 3)).sum() / 3
        return share * np.log2(1 + np.exp(-y * f)).sum() + penalty

    # one unit serves the second sample, the others are zero: critical for the average loss, the first sample is wrong
    s = 2 * lambdas[0] * LN2 / 101
    t = (log((1 - s) / s) / 101) ** (1 / 3)
    a, U = np.array([t, 0.0, 0.0]), np.zeros((3, 2))
    U[0] = t * Z[1] / np.linalg.norm(Z[1])
    assert (np.maximum(Z @ U.T, 0.0) ** 2 @ a)[0] == pytest.approx(0)
    rng = np.random.default_rng(0)
    here = objective(a, U, 1 / 2)
    for _ in range(3000):
        size = 10 ** rng.uniform(-3, -1)
        assert objective(a + size * rng.normal(size=3), U + size * rng.normal(size=(3, 2)), 1 / 2) > here
    # below lambda_0 / n the second unit lets the loss fall at once, as it does for the sum
    better, V = a.copy(), U.copy()
    better[1], V[1] = 0.1, 0.1 * Z[0] / np.linalg.norm(Z[0])
    assert objective(better, V, 1) < objective(a, U, 1)
    lambdas = limit / 2 * np.array([0.7, 0.8, 0.9])
    assert objective(better, V, 1 / 2) < objective(a, U, 1 / 2)


def test_lemma_3_is_about_m_matrices():
    # one sample, d = 1, two units: "one of M_1, ..., M_n is non-singular" with n = 1 fails for every lambda_1 > 0
    for first in (0.25, 1.0, 4.0):
        z = sqrt(first)
        assert -(z * z) + first == pytest.approx(0)
    # of M_1, ..., M_m one is, unless lambda_1 = lambda_2
    distances = B.liang_lemma_2(np.array([[[0.25]]]), np.array([[1, 1]]), [0.25, 0.5], [1])
    assert distances.max() > 0.1


def test_padded_convolution_takes_a_filter_longer_than_the_vector():
    # print asks d_alpha < d_beta, where the coordinates without padding would number d_beta - d_alpha + 1 <= 0
    for alpha, beta in (([1, 2, 3, 4], [5, 6]), ([1, 2], [3, 4]), ([7, 1], [2])):
        padded = [0] * (len(alpha) - 1) + beta + [0] * (len(alpha) - 1)
        by_hand = [sum(a * padded[j + i] for i, a in enumerate(alpha)) for j in range(len(alpha) + len(beta) - 1)]
        assert rs.requ.conv.pad_convolve(alpha, beta).tolist() == by_hand


def test_theorem_1_holds_for_exponents_above_one():
    # p = 3/2: no second derivative at -1. One sample: with |a| = |u| = t the loss is convex in t^3
    epsilon = 1.5  # the derivative of (1 + z)_+^(3/2) at 0, which grows with z
    gamma = B.liang_theorem_1([[2.0]], [1]).gamma  # of the sample alone: |z|^2
    assert gamma == pytest.approx(5, rel=1e-6)
    cubes = np.linspace(0, 0.3, 3001)
    for factor, fitted in ((0.3, True), (0.9, True), (0.99, True), (1.01, False)):
        objective = np.maximum(1 - 5 * cubes, 0) ** 1.5 + factor * epsilon * gamma * cubes
        assert (objective[1:].min() < objective[0]) == fitted


def test_print_s_lambda_0_is_at_most_two_over_three_root_three_of_the_program_s():
    # two samples with labels 1, -1: the program over a fine grid of directions, beside networks of length one
    Z, y = np.array([[1.0, 1.0], [-0.5, 1.0]]), np.array([1.0, -1.0])
    angles = np.linspace(0, 2 * pi, 721)
    features = np.maximum(Z @ np.array([[cos(t), sin(t)] for t in angles]).T, 0.0) ** 2
    columns = np.concatenate([features, -features], axis=1)
    # maximise gamma with y_i sum_s c_s features_is >= gamma and sum c = 1
    A = np.c_[-y[:, None] * columns, np.ones(2)]
    cost = np.zeros(A.shape[1])
    cost[-1] = -1
    total = np.ones((1, A.shape[1]))
    total[0, -1] = 0
    gamma = -linprog(cost, A_ub=A, b_ub=np.zeros(2), A_eq=total, b_eq=[1]).fun
    assert B.liang_theorem_1(Z[:, :1], y).gamma == pytest.approx(gamma, rel=1e-3)
    rng = np.random.default_rng(0)
    rho = rng.normal(size=(200_000, 3, 3))  # a, u of n + 1 = 3 units
    rho /= np.sqrt((rho**2).sum(axis=(1, 2), keepdims=True))
    f = np.einsum("kj,kij->ki", rho[:, :, 0], np.maximum(np.einsum("kjd,id->kij", rho[:, :, 1:], Z), 0.0) ** 2)
    best = (f * y).min(axis=1).max()
    share = 2 / (3 * sqrt(3))
    assert 0 < best <= share * gamma
    assert B.liang_theorem_1(Z[:, :1], y, form="printed").gamma <= share * gamma * (1 + 1e-3)
