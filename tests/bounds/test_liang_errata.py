"""What is wrong in print in Liang, Sun and Srikant, each with its counterexample."""

from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.requ.conv import ConvReQUNet, identity_terms, random_net, widths
from reluscape.requ.conv_training import conv_loss, train_conv

LN2 = np.log(2)


def test_r3_equal_coefficients_lie_in_the_excluded_set():
    # three samples, four units, lambda far below lambda_0: a local minimum with two of three samples wrong
    bad = rs.requ.equal_lambda_minimum(3, 4, 0.05)
    # a lower bound of lambda_0 from any separating network: the units of the three samples themselves
    Z = np.c_[bad.X, np.ones(3)]
    p = [y * np.maximum(z @ Z.T, 0) ** 2 for z, y in zip(Z, bad.y, strict=True)]
    margin = (bad.y * np.sum(p, axis=0)).min() / (Z**2).sum()
    assert bad.lambdas.max() < margin / (2 * LN2) / 2
    assert bad.gradient < 1e-13
    assert bad.training_error == pytest.approx(2 / 3)
    with pytest.raises(rs.AssumptionError, match="lambda_0 = lambda_1; equal ones"):
        rs.bounds.liang_theorem_1(bad.X, bad.y, bad.lambdas)


def test_r4_shapes_of_the_last_layer():
    # one convolution of a filter of length 3 on 4 inputs has 6 outputs, not 4 + 2 * 2 = 8
    d, s, l = 4, 3, 2  # noqa: E741
    h = len(rs.requ.conv.pad_convolve(np.ones(s), np.ones(d)))
    assert h == d + (s - 1) * (l - 1) == 6
    assert h != d + (s - 1) * l
    w = widths(d, s, l, 2)
    assert (w.W, w.b) == ((6, w.sharp), (w.sharp,))


def test_r5_the_union_of_lemma_2_runs_over_d_indices():
    # one sample, d = 2: the eigenvalues of z A X are 0 and z A; the printed index set {1} sees the smaller only
    X = np.diag([1.0, 0.0])
    printed, full = set(), set()
    for z, A in product(np.linspace(-1, 1, 21), product((-1, 0, 1), repeat=2)):
        values = [np.linalg.eigvalsh(z * a * X).round(12) for a in A]
        printed.add((values[0][0], values[1][0]))
        full |= set(product(*values))
    assert (0.5, 0.5) in full
    assert all(min(pair) <= 0 for pair in printed)
    assert rs.bounds.liang_lemma_2([X], [[1, 1]], [0.5, 0.5], [0.5]).max() == 0


def test_r6_the_inequality_at_an_inactive_unit_is_not_strict():
    # x = 0, y = 1, lambda = l'(0): zero is a local minimum and |sum l'_i y_i (u . z_i)_+^2| = lambda at u = (0, 1)
    lam = 1 / (2 * LN2)
    t = np.linspace(-0.5, 0.5, 201)
    a, b = np.meshgrid(t, t)
    rise = np.log2(1 + np.exp(-a * np.maximum(b, 0) ** 2)) + lam / 3 * (np.abs(a) ** 3 + 2 * np.abs(b) ** 3) - 1
    assert rise.min() >= -1e-15
    assert pytest.approx(lam) == (1 / (1 + np.exp(0))) / LN2


def test_r7_no_network_serves_all_filters():
    # Lemma 6: filters of length 1 turn the sign of the input; p classifies h for v = 1 and fails for v = -1
    X, y, slope = np.array([[1.0], [-1.0]]), np.array([1, -1]), 0.5
    kept, turned = (rs.bounds.liang_lemma_5([[v]], X, slope).features for v in (1.0, -1.0))
    for seed in range(20):
        _, margins = rs.bounds.liang_claim_2(kept, y, rng=seed)
        assert margins.min() > 0
    # exact: p with y p > 0 at 1 and -1/2 (v = 1) and at -1/2 and 1 (v = -1) would be positive and negative at 1
    assert kept.tolist() == [[1.0], [-0.5]]
    assert turned.tolist() == [[-0.5], [1.0]]
    found = rs.bounds.liang_lemma_6(X, y, 1, 2, slope, samples=2, rng=0)
    assert found.lambda0 > 0


def test_r8_the_printed_bad_minimum_forgets_the_length_of_z():
    # print minimises l(-a r^2) + lambda (a^3 + 2 r^3)/3 and takes u = r z; the true output is a r^2 |z|^4
    n, lam = 3, 0.3
    bad = rs.bounds.liang_proposition_1(n, 1, lam, "printed")
    z = np.append(bad.X[0], 1.0)
    assert z @ z == pytest.approx(5)
    t = np.cbrt(np.log(1 / (lam * LN2) - 1))  # stationary in print's formula
    wrong = rs.requ.ReQUNet([t], [t * z])
    with pytest.raises(rs.AssumptionError, match="the point is critical"):
        rs.bounds.liang_lemma_1(wrong, bad.X, bad.y, [lam])
    assert rs.bounds.liang_lemma_1(bad.net, bad.X, bad.y, [lam]).gradient < 1e-12


X_TWO, Y_TWO = np.array([[1.0, 0.5], [-0.3, 1.0]]), np.array([1.0, -1.0])


def converged(seed):
    m = widths(2, 2, 2, 2).sharp
    lam = np.random.default_rng(seed).uniform(0.02, 0.06, m)
    return train_conv(random_net(2, 2, 2, m, lam, 0.5, 0.3, rng=seed), X_TWO, Y_TWO)


def test_r9_exponents_and_constants_of_appendix_h():
    end = converged(3)
    assert end.gradient < 1e-7
    net = end.net
    sizes = np.abs(net.a), np.linalg.norm(net.U, axis=1)
    cube = net.lambdas @ sizes[1] ** 3
    assert net.lambdas @ sizes[0] ** 3 == pytest.approx(cube, rel=1e-6)
    # printed exponent 3/2 of |a|
    assert abs(net.lambdas @ sizes[0] ** 1.5 - cube) > 0.1 * cube
    # derivative of the regulariser in the scale of a filter: lambda_c (|v|^2 - 1)|v|^2 for (6), twice that for print
    v2, step = (net.filters**2).sum(), 1e-6
    term = [net.lambda_c / 4 * ((1 + t) ** 2 * v2 - 1) ** 2 for t in (step, -step)]
    assert (term[0] - term[1]) / (2 * step) == pytest.approx(net.lambda_c * (v2 - 1) * v2, rel=1e-6)


def test_r10_scaling_the_features_leaves_the_biases_alone():
    for seed in (3, 4, 5):
        end = converged(seed)
        assert end.gradient < 1e-7
        terms = identity_terms(end.net)
        assert terms["filters"][0] == pytest.approx(terms["corrected"], rel=1e-5)
        assert terms["printed"] > 1.2 * terms["filters"][0]
    # f does not scale by r^2 when v is multiplied by r
    net = end.net
    doubled = ConvReQUNet(net.a, net.W, net.b, 2 * net.filters, net.lambdas, net.lambda_c, net.slope)
    assert np.abs(doubled.predict(X_TWO) - 4 * net.predict(X_TWO)).max() > 0.1


def test_r11_a_critical_point_with_a_zero_filter_keeps_its_biases():
    # print's case 1 has a = W = 0; here a and b are not, f is a constant, and shortening no longer helps
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 1.0, -1.0])
    lam, lam_c = 0.05, 0.2
    t = np.linspace(0, 2, 2_000_001)
    value = 2 * np.log2(1 + np.exp(-(t**3))) + np.log2(1 + np.exp(t**3)) + lam * t**3
    best = t[np.argmin(value)]
    assert best > 0.1
    net = ConvReQUNet([best], [[0.0], [0.0]], [best], [[0.0, 0.0]], [lam], lam_c)
    loss, gradient = conv_loss(net, X, y)
    assert max(np.abs(g).max() for g in gradient.values()) < 1e-5
    assert (net.predict(X) > 0).all()
    # the filter moves at no cost but its own: no local minimum
    moved = ConvReQUNet(net.a, net.W, net.b, [[0.1, 0.0]], [lam], lam_c)
    assert conv_loss(moved, X, y)[0] < loss - 1e-4


def test_r12_lemma_3_needs_more_than_n_plus_1():
    # two vectors in the plane, three units that see the first, the second and both: an open set of lambda is bad
    A = np.array([[1, 0, 1], [0, 1, 1]])
    rng = np.random.default_rng(0)
    for _ in range(100):
        lam = rng.uniform(0.2, 1, 2)
        third = rng.uniform(lam.max(), lam.sum())
        # top eigenvalue of the sum: (l1 + l2 + sqrt((l1 - l2)^2 + 4 l1 l2 cos^2)) / 2 = third
        cos2 = ((2 * third - lam.sum()) ** 2 - (lam[0] - lam[1]) ** 2) / (4 * lam[0] * lam[1])
        Z = np.sqrt(lam)[:, None] * np.array([[1, 0], [np.sqrt(cos2), np.sqrt(1 - cos2)]])
        outer = np.einsum("ij,ik->ijk", Z, Z)
        distances = rs.bounds.liang_lemma_2(outer, A, [*lam, third], [1, 1])
        assert distances.max() < 1e-12
    assert rs.bounds.liang_lemma_3(2, 2, "sharp") == 4
    assert rs.bounds.liang_lemma_3(2, 2) == 5


def test_r13_n_units_interpolate():
    net, margins = rs.bounds.liang_claim_2([[0.0], [1.0], [2.0], [5.0]], [1, -1, 1, 1], rng=0)
    assert net.width == 4
    assert margins.min() > 0


def test_r14_the_last_rows_of_the_toeplitz_matrix():
    V = rs.requ.conv.toeplitz(["v1", "v2", "v3"], 5)
    assert V[-1].tolist() == ["", "", "", "", "v1"]
    assert V[-3, -3:].tolist() == ["v1", "v2", "v3"]


def test_r15_quadratic_networks_need_d_plus_2_units_only():
    # m = d + 2 trained from many starts: never more than d + 1 active units, never an error
    from reluscape.requ.quadratic_training import train_quadratic

    X, y = np.array([[-1.0], [0.0], [1.0], [2.0]]), np.array([1.0, -1.0, -1.0, 1.0])
    found = rs.bounds.liang_proposition_2(X, y, form="sharp")
    assert found.width == 3 < 2 * 1 + 4
    for seed in range(8):
        end = train_quadratic(X, y, np.linspace(0.4, 0.9, 3) * found.lambda0, rng=seed)
        assert (end.training_error, end.quiet) == (0.0, True)
        # a unit that decays to zero is below any threshold at last: how much it still adds to an output decides
        outputs = np.sort((np.abs(end.a)[:, None] * (end.U @ np.c_[X, np.ones(4)].T) ** 2).max(axis=1))
        assert outputs[0] <= 1e-6 * outputs[-1]


def test_r16_proposition_1_says_nothing_at_m_equal_to_n():
    with pytest.raises(rs.AssumptionError, match="m = n would promise error 0"):
        rs.bounds.liang_proposition_1(3, 3)
    # lambda < 1/2 is not needed: c/(2 ln 2) with c = 1 + r^2
    assert rs.requ.bad_minimum(6, 2, 4.0).training_error == pytest.approx(4 / 6)


def test_r17_the_loss_needs_no_second_derivative():
    # p = 2: l'' jumps at z = -1, l' does not
    class Hinge:
        def value(self, z):
            return np.maximum(1 + z, 0) ** 2

        def derivative(self, z):
            return 2 * np.maximum(1 + z, 0)

    assert rs.bounds.liang_assumption_1(Hinge()) == pytest.approx(2)
