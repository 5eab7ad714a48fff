"""Every row of docs/errata.md: the counterexample is computed here, or in the test that the row names."""

import re
from fractions import Fraction
from itertools import pairwise
from math import asin, comb, log, sin
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs
from tests.oracles.elimination import all_patterns, full_fraction, pattern_rank

ROOT = Path(__file__).parents[1]


def errata_rows():
    text = (ROOT / "docs" / "errata.md").read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [KSLRD]\d", line)
    ]


def test_every_erratum_names_a_test_that_exists():
    rows = errata_rows()
    assert len(rows) >= 20
    for row in rows:
        path, _, name = row[-1].strip("`").partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), row[0]


def test_every_erratum_test_is_listed():
    listed = {row[-1].strip("`").partition("::")[2] for row in errata_rows()}
    here = re.findall(r"^def (test_[klrsd]\d+\w*)\(", Path(__file__).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(here) <= listed


# Karhadkar and Montufar


def test_k1_the_number_of_patterns_is_two_to_the_n_m():
    X, width = [[1, 2], [3, 5]], 1
    deficient = sum(pattern_rank([p], X) < 2 for p in all_patterns(2))
    share = 1 - rs.full_rank_fraction(X, width, population="patterns").value
    assert share == Fraction(3, 4)
    assert deficient == share * 2 ** (2 * width) == 3
    assert deficient > share * 2**width


def test_k2_the_width_of_theorem_2_must_grow_with_n():
    for constant in (1, 5, 50):
        printed = {rs.bounds.karhadkar_theorem_2(n, n, "0.05", form="printed", constant=constant) for n in (10, 10**9)}
        assert len(printed) == 1
    assert 1 - float(rs.bounds.karhadkar_corollary_5_fraction(1000, 8)) > 0.979
    # a dead sample leaves a bad minimum: the other sample is fitted, the region's loss is 1/2
    verdict = rs.certify([[1, 0], [0, 1]], [1, 1], [[1, -1]], [1])
    assert verdict.is_local_minimum
    assert verdict.exact_loss == Fraction(1, 2)


def test_k3_theorem_2_counts_empty_regions():
    X = [[1], [2], [3]]
    assert (
        rs.full_rank_fraction(X, 3, population="patterns") == full_fraction(all_patterns(3), X, 3) == Fraction(87, 256)
    )
    assert rs.full_rank_fraction(X, 4, population="patterns") == Fraction(645, 1024)
    for width in (3, 4, 50):
        assert rs.full_rank_fraction(X, width, population="regions") == 0


def test_k4_proposition_3_needs_linear_general_position():
    cases = (
        ([[1, 0], [1, 0], [0, 1]], 4, 6),
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], 12, 14),
    )
    for X, truth, formula in cases:
        assert rs.count_regions(X) == truth
        assert rs.bounds.karhadkar_proposition_3(len(X), len(X[0])) == formula


def test_k5_proposition_4_needs_non_zero_samples():
    X = [[1, 0], [0, 0]]
    assert rs.count_regions(X) == 0
    sums = {tuple(sum(row[k] for row, a in zip(X, p, strict=True) if a) for k in (0, 1)) for p in all_patterns(2)}
    assert sums == {(0, 0), (1, 0)}  # both ends are vertices, and four patterns name them


def test_k6_all_regions_are_non_empty_for_independent_samples():
    X = [[1, 2, 0], [0, 1, 1], [3, 0, 1]]
    assert rs.count_regions(X) == 2**3


def test_k7_the_zero_loss_set_of_a_region_is_no_affine_space():
    found = rs.zero_loss([[0, 1], [1, 1]], [1, 2], [[1, 1], [1, 1]], [1, 1])
    assert found.codimension == 2
    W = found.exact_W.reshape(-1) + 100 * found.directions[0]
    X = np.array([[0, 1], [1, 1]], dtype=object)
    assert ((W.reshape(2, 2) @ X.T) <= 0).any()


def test_k8_theorem_9_fails_on_closed_regions():
    verdict = rs.certify([[1, 0], [0, 1]], [-1, -1], [[0, 0], [0, 0]], [1, 1])
    assert verdict.is_local_minimum
    assert verdict.exact_loss == 1  # the mean; the half sum of print is n/2 times it
    assert rs.jacobian_rank([[1, 0], [0, 1]], [[1, 0], [0, 1]]) == 2


def test_k9_theorem_10_has_the_number_of_layers_on_the_wrong_side():
    def lost(layers, n=10, width=12):
        return 1 - (1 - 2.0**-width) ** (n * (layers - 2))

    assert [round(lost(layers), 4) for layers in (3, 10, 50)] == [0.0024, 0.0193, 0.1106]


def test_k10_proposition_13_for_one_point_and_differences():
    # one point: both vertices are the zero vector, yet one unit reaches every f >= 0
    with pytest.raises(rs.AssumptionError):
        rs.function_space_1d([5.0])
    # relu(2 - x) - relu(x - 1) on 0, 1, 2, 3: every pair of polyline points that spans it has coefficients adding to 0
    x = np.arange(4)
    f = np.maximum(2 - x, 0) - np.maximum(x - 1, 0)
    assert f.tolist() == [2, 1, -1, -2]
    vertices = np.array(rs.function_space_1d([0, 1, 2, 3]), dtype=float)
    steps = np.linspace(0, 1, 13)[:, None]
    points = np.concatenate([(1 - steps) * a + steps * b for a, b in pairwise(vertices)])
    found = 0
    for g in points:
        for h in points:
            c, *_ = np.linalg.lstsq(np.column_stack([g, h]), f.astype(float), rcond=None)
            if np.abs(c[0] * g + c[1] * h - f).max() < 1e-9:
                found += 1
                assert abs(c.sum()) < 1e-9
    assert found > 0


def test_k11_critical_points_with_zero_output_weights():
    # W in a region of full rank, v = 0: the gradient in W vanishes and the loss is positive
    found = rs.loss_bound(rs.TwoLayerNet([[1.0, 0.5], [0.5, 1.0]], [0.0, 0.0]), np.eye(2), [1.0, 2.0])
    assert found.grad_norm == 0
    assert found.loss > 0
    assert rs.jacobian_rank([[1, 1], [1, 1]], np.eye(2)) == 2


def test_k12_figure_3a_is_not_linear_in_n():
    widths = {}
    for n in (5, 10, 15, 20):
        low, high = 1, 1024
        while high - low > 1:
            middle = (low + high) // 2
            reached = rs.full_rank_fraction_random_data(n, 1, middle) >= Fraction(1, 2)
            low, high = (low, middle) if reached else (middle, high)
        widths[n] = high
    assert widths == {5: 22, 10: 90, 15: 187, 20: 307}


def test_k13_figure_3b_is_not_constant_in_n():
    half = [next(m for m in range(1, 30) if (1 - Fraction(1, 2**m)) ** n >= Fraction(1, 2)) for n in (10, 50, 110, 190)]
    assert half == [4, 7, 8, 9]
    for n, m in zip((10, 50, 110, 190), half, strict=True):
        assert abs(m - np.log2(n / log(2))) <= 1


def test_k14_the_gradient_needs_a_transpose():
    rng = np.random.default_rng(0)
    X, W, v, y = rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=3)
    printed, row = rs.jacobian(W, v, X).T, (rs.TwoLayerNet(W, v).predict(X) - y)[None, :]
    with pytest.raises(ValueError, match="mismatch"):
        printed @ row
    gradient = 2 / 3 * printed @ row.T
    step = 1e-7 * rng.normal(size=W.shape)
    change = rs.TwoLayerNet(W + step, v).loss(X, y) - rs.TwoLayerNet(W - step, v).loss(X, y)
    assert change == pytest.approx(2 * float(gradient[:, 0] @ step.reshape(-1)), rel=1e-5)


def test_k15_step_vectors_are_prefixes_and_suffixes():
    found = {tuple(row) for row in rs.enumerate_regions([[1, 1], [2, 1], [4, 1]]).patterns.astype(int).tolist()}
    assert found == {(0, 0, 0), (1, 1, 1), (1, 0, 0), (1, 1, 0), (0, 1, 1), (0, 0, 1)}
    assert len(found) == rs.bounds.karhadkar_lemma_6(3)
    assert rs.count_regions([[1], [2]]) == 2 < rs.bounds.karhadkar_lemma_6(2)


def test_k16_two_vertices_of_the_polyline_are_zero():
    for n in (2, 3, 5):
        vertices = rs.function_space_1d([k * k for k in range(n)])
        zero = [k for k in range(2 * n) if not any(vertices[k])]
        assert zero == [0, 2 * n - 1]


def test_k17_gamma_depends_on_the_law_of_w():
    X = [[0, 1], [2, 1]]
    # patterns 00, 01, 10, 11; for two samples gamma is 1 minus the heaviest of the lines spanned by one pattern,
    # the dead one included: the least of the masses off each line
    gammas = []
    for law in ("normal", "box"):
        masses = dict(
            zip(map(tuple, rs.enumerate_regions(X).patterns.tolist()), rs.region_volumes(X, law), strict=True)
        )
        dead = masses[False, False]
        gammas.append(min(1 - dead - masses[p] for p in ((True, True), (True, False), (False, True))))
    assert gammas[0] == pytest.approx(float(rs.anticoncentration(X)))
    assert gammas == pytest.approx([np.arctan(2) / np.pi, 0.375])


def test_k18_the_box_is_a_square_for_each_unit():
    x = np.array([-1.0, -0.2, 0.7])
    X = np.column_stack([x, np.ones(3)])
    patterns, shares = rs.enumerate_regions(X).patterns, rs.region_volumes(X, law="box")
    assert sum(shares) == pytest.approx(1)
    for k, gap in enumerate(np.diff(x)):  # a kink in the gap: on one side of it active, on the other not
        cut = [p[k] != p[k + 1] for p in patterns.tolist()]
        assert shares[cut].sum() == pytest.approx(gap / 4)


def test_k20_a_tolerance_and_a_default_bound_decide_wrongly():
    from scipy.optimize import linprog

    found = rs.zero_loss([[1]], ["-0.00001"], [[1]], [1])
    assert not found.exists
    assert np.isclose(np.mean([(0 - 1e-5) ** 2]), 0)  # the best loss in the region, in the limit w -> 0
    X, y, pattern = [[0, 1], [1, 1]], [1, 0], [[1, 0]]
    assert rs.zero_loss(X, y, pattern, [1]).exists
    A, b = [[0, 1]], [1]  # the active sample is fitted, the other one stays inactive
    default = linprog([0, 0], A_ub=[[1, 1]], b_ub=[0], A_eq=A, b_eq=b)
    free = linprog([0, 0], A_ub=[[1, 1]], b_ub=[0], A_eq=A, b_eq=b, bounds=(None, None))
    assert (default.status, free.status) == (2, 0)


# Safran and Shamir


def test_s1_lemma_1_fails_where_an_output_weight_is_zero():
    X, y = np.eye(2), np.array([1.0, -1.0])
    assert rs.basin_value(X, y, [[1, 1]], [1]).value == pytest.approx(0.5)
    rng = np.random.default_rng(0)
    for _ in range(3000):
        w = np.array([0.0, 1.0]) + 1e-3 * rng.normal(size=2)
        w[0] = abs(w[0])  # inside the closed basin a = (1, 1), b = +
        v = abs(1e-3 * rng.normal())
        assert np.mean((v * np.maximum(X @ w, 0) - y) ** 2) >= 1 - 1e-12


def test_s2_proposition_1_needs_biases_in_deep_networks():
    rng = np.random.default_rng(0)
    draws = 40000
    h = np.maximum(rng.normal(size=(draws, 1)), 0)
    h = np.maximum(h @ np.ones((1, 1)) * rng.normal(size=(draws, 3)), 0)
    share = (h @ np.ones(3) > 0).mean()
    assert abs(share - 7 / 16) < 0.01  # print promises 7/8


def test_s3_theorem_3_tail_at_c_equal_to_2():
    n, p, c = 20, Fraction(1, 100), 2
    draws = int(c * n / p)
    tail = float(sum(comb(draws, k) * p**k * (1 - p) ** (draws - k) for k in range(n)))
    assert tail == pytest.approx(1.66e-4, rel=0.01)
    assert tail > np.exp(-n * c / 4)
    assert tail <= np.exp(-n * (c - 1) ** 2 / (2 * c))


def test_s4_claim_2_uses_the_angle_of_a_chord():
    delta, distance = 0.5, 1.0
    assert asin(delta / distance) > 2 * asin(delta / (2 * distance))
    centre, half = np.array([1.0, 0.0]), asin(delta / distance)
    touching = np.array([np.cos(half), np.sin(half)]) * np.sqrt(1 - delta**2)
    assert np.linalg.norm(touching - centre) == pytest.approx(delta)
    assert sin(half) == pytest.approx(0.5)


def test_s5_a_column_of_ones_destroys_singletons():
    X, _ = rs.constructions.singletons([1, 1])
    with_ones = np.column_stack([np.asarray(X, dtype=float), np.ones(len(X))])
    assert ((with_ones != 0).sum(axis=1) > 1).all()


def test_s6_a_column_of_ones_breaks_the_unit_norm():
    assert np.linalg.norm([0.6, 0.8, 1.0]) > 1


def test_s7_theorem_6_rate_can_be_doubled():
    for d in (4, 8, 16, 32):
        truth = float(rs.bounds.safran_theorem_6_exact(d, Fraction(1, 100)))
        assert truth <= np.exp(-d / 8) < np.exp(-d / 16)
    assert rs.bounds.safran_theorem_6_exact(16, Fraction(1, 100)) == Fraction(697, 65536)


# Bo Liu, Part 1


def test_l1_the_hessian_of_a_cell_is_only_semidefinite():
    # two units with one pattern: the direction (u, -u) is flat
    X, pattern = [[1, 0], [0, 1]], [[1, 1], [1, 1]]
    assert rs.jacobian_rank(pattern, X) < 4


def test_l2_dead_plateaus_are_maxima_and_minima():
    X, y = [[1, 0], [0, 1]], [1, 1]
    verdict = rs.certify(X, y, [[-1, -1]], [1])
    assert verdict.is_local_minimum
    rng = np.random.default_rng(0)
    losses = {
        rs.TwoLayerNet([[-1, -1] + 0.1 * rng.normal(size=2)], [1 + 0.1 * rng.normal()]).loss(X, y) for _ in range(50)
    }
    assert losses == {1.0}

    # loss max(0, 1 - y f)^2, convex and differentiable, not strictly convex: f = 2 for the target 1, and near it
    class SquaredHinge:
        def value(self, f, y):
            return np.maximum(1 - y * f, 0) ** 2

        def gradient(self, f, y):
            return -2 * y * np.maximum(1 - y * f, 0)

    X, y = [[1]], [1]
    verdict = rs.certify(X, y, [[2]], [1], loss=SquaredHinge())
    assert verdict.is_local_minimum
    assert verdict.differentiable
    for dw, dv in ((-0.3, 0.3), (0.0, -0.3), (0.3, 0.0), (0.3, 0.3), (-0.3, -0.1)):
        f = rs.TwoLayerNet([[2 + dw]], [1 + dv]).predict(X)
        assert f[0] > 1  # alive, on for the sample
        assert SquaredHinge().value(f, np.array(y)).max() == 0  # so that the point is a local maximum too


def test_l3_a_unit_at_zero_can_be_a_genuine_minimum():
    # one unit, samples 1 and 1 with targets 1 and -1: R = 0 with w anywhere in the open cell
    verdict = rs.certify([[1], [1]], [1, -1], [[2]], [0])
    assert verdict.is_local_minimum
    assert verdict.differentiable
    assert verdict.exact_loss == 1


def test_l4_unit_signs_that_differ_free_the_sum():
    # two units in one cell: with signs + and - their sum is any vector, so the cell's least squares value is reached
    X, y = [[1, 0], [0, 1]], [1, -1]
    assert rs.zero_loss(X, y, [[1, 1], [1, 1]], [1, -1]).exists
    assert not rs.zero_loss(X, y, [[1, 1], [1, 1]], [1, 1]).exists


# Liang, Sun and Srikant


def test_r1_four_points_at_most_have_products_below_minus_one():
    # |x|^2 = 4 and all products < -1: 0 <= |sum x|^2 < 4 n - n (n - 1), so n <= 4
    assert [4 * n - n * (n - 1) > 0 for n in (3, 4, 5, 6)] == [True, True, False, False]
    n, r2 = 8, 7.5
    gram = np.full((n, n), -r2 / (n - 1)) + np.eye(n) * (r2 + r2 / (n - 1))
    assert np.linalg.eigvalsh(gram)[0] > -1e-9
    assert (gram[~np.eye(n, dtype=bool)] < -1).all()
    assert np.linalg.matrix_rank(gram, tol=1e-8) == n - 1


def test_r2_proposition_2_needs_small_regularisation():
    # x = 0, y = 1, one unit with bias: theta = 0 is a strict local minimum above 1 / (2 ln 2)
    def loss(a, b, lam):
        return np.log2(1 + np.exp(-a * max(b, 0) ** 2)) + lam / 3 * (abs(a) ** 3 + 2 * abs(b) ** 3)

    t = np.linspace(1e-3, 0.05, 30)
    above = [loss(s * a, b, 0.75) for a in t for b in (*t, *-t) for s in (1, -1)]
    below = [loss(a, a, 0.68) for a in t]
    assert min(above) > loss(0, 0, 0.75)
    assert min(below) < loss(0, 0, 0.68)


# Weight decay


def test_d1_one_network_is_connected():
    steps = rs.staircase([[3, 1], [-3, 1]], [0, -3], "1/50")
    assert steps.least_width == steps.most_width == 1
    assert steps.rows[0].components == steps.rows[0].isolated == 1


def test_d2_the_staircase_ends_earlier():
    steps = rs.staircase([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0], "1/20")
    assert (steps.connected_from, steps.connected_width) == (4, 5)


def test_d3_the_width_of_orthogonal_data_grows_with_the_larger_class():
    for positive, negative in ((1, 1), (2, 2), (3, 3)):
        n = positive + negative
        y = [1] * positive + [-1] * negative
        curve = rs.width_law(np.eye(n, dtype=int), y, weight_decay=Fraction(1, 10 * n))
        needed = curve.width_for("1/2")
        assert 2**positive < needed < 2 ** (positive + 2)
