"""Liang, Sun and Srikant's assumptions, theorems and propositions: hypotheses named, and what training finds beside."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.requ.conv import random_net, widths
from reluscape.requ.conv_training import train_conv
from reluscape.requ.quadratic_training import train_quadratic

EPSILON = 1 / (2 * np.log(2))


class Shifted:
    """l(z) = log(1 + e^(z + 1)): a user's loss with l'(0) = 1/(1 + 1/e)."""

    def value(self, z):
        return np.logaddexp(0, np.asarray(z) + 1)

    def derivative(self, z):
        return 1 / (1 + np.exp(-np.asarray(z) - 1))


class Falling(Shifted):
    def value(self, z):
        return np.exp(-np.asarray(z))

    def derivative(self, z):
        return -np.exp(-np.asarray(z))


class Flat(Shifted):
    """No epsilon: the slope is 0 at 0."""

    def value(self, z):
        return np.maximum(np.asarray(z), 0) ** 2

    def derivative(self, z):
        return 2 * np.maximum(np.asarray(z), 0)


def test_assumption_1():
    # independent: the least slope on a grid of z >= 0, by differences of the value
    z = np.linspace(0, 30, 3001)
    for loss, value in (
        ("logistic", lambda t: np.log2(1 + np.exp(t))),
        ("exponential", np.exp),
        ("smooth_hinge", lambda t: np.maximum(1 + t, 0) ** 3),
        (Shifted(), Shifted().value),
    ):
        slopes = (value(z + 1e-6) - value(z - 1e-6)) / 2e-6
        assert rs.bounds.liang_assumption_1(loss) == pytest.approx(slopes.min(), rel=1e-5)
    assert rs.bounds.liang_assumption_1("logistic", np.e) == pytest.approx(0.5)
    with pytest.raises(rs.AssumptionError, match="non-decreasing"):
        rs.bounds.liang_assumption_1(Falling())
    with pytest.raises(rs.AssumptionError, match="Assumption 1"):
        rs.bounds.liang_assumption_1(Flat())


def test_assumption_2():
    X = [[0, 1], [2, 3], [0, 1]]
    assert rs.bounds.liang_assumption_2(X, [1, -1, 1], "sharp") == ((0, 2),)
    with pytest.raises(rs.AssumptionError, match=r"Assumption 2.*\(0, 2\) are equal"):
        rs.bounds.liang_assumption_2(X, [1, -1, 1])
    with pytest.raises(rs.AssumptionError, match="different labels"):
        rs.bounds.liang_assumption_2(X, [1, -1, -1], "sharp")
    assert rs.bounds.liang_assumption_2([[0], [1]], [1, 1], "printed") == ()


def test_network_and_loss_as_printed():
    rng = np.random.default_rng(0)
    a, W, b = rng.standard_normal(3), rng.standard_normal((3, 2)), rng.standard_normal(3)
    X, y, lam = rng.standard_normal((4, 2)), np.array([1, -1, 1, -1]), [0.1, 0.2, 0.3]
    net = rs.requ.ReQUNet(a, np.c_[W, b])
    f = [sum(a[j] * max(W[j] @ x + b[j], 0) ** 2 for j in range(3)) for x in X]
    np.testing.assert_allclose(net.predict(X), f)
    fit = sum(np.log2(1 + np.exp(-t * v)) for t, v in zip(y, f, strict=True))
    V = sum(l * (abs(c) ** 3 + 2 * (w @ w + t * t) ** 1.5) for l, c, w, t in zip(lam, a, W, b, strict=True)) / 3  # noqa: E741
    assert rs.requ.Objective.of(X, y, lam).value(net) == pytest.approx(fit + V)


# gamma* of data in one dimension, found by hand or before: X = {a}: a^2 + 1; {1, -1}: 1; alternating points
KNOWN = [
    ([2.0], [1], 5.0),
    ([-3.0], [-1], 10.0),
    ([1.0, -1.0], [1, -1], 1.0),
    ([0.0, 1.0], [1, -1], np.sqrt(2) / 3),
    ([0.0, 1.0, 2.0], [1, -1, 1], 0.185585),
    ([0.0, 1.0, 2.0, 3.0], [1, -1, 1, -1], 0.054034),
]


@pytest.mark.parametrize(("x", "y", "gamma"), KNOWN)
def test_lambda_0_against_known_margins(x, y, gamma):
    X = np.array(x)[:, None]
    found = rs.bounds.liang_theorem_1(X, y)
    assert found.gamma == pytest.approx(gamma, rel=1e-4)
    assert found.gamma <= gamma * (1 + 1e-5)
    assert found.lambda0 == pytest.approx(EPSILON * found.gamma)
    assert found.width == len(x) + 1
    assert found.kind == "certified"
    # print's constant: at most 2/(3 sqrt 3) of it, and at least what Appendix I's network gives
    printed = rs.bounds.liang_theorem_1(X, y, form="printed")
    assert 0 < printed.gamma <= 2 / (3 * np.sqrt(3)) * gamma * (1 + 1e-5)
    net, margins = rs.bounds.liang_claim_2(X, y, rng=0)
    cost = np.abs(net.a) * (net.U**2).sum(axis=1)
    assert margins.min() / cost.sum() <= gamma * (1 + 1e-9)


def test_print_s_constant_is_reached_by_a_network_of_norm_one():
    # n = 1: max over |rho| = 1 of a (u . z)^2 is 2/(3 sqrt 3) |z|^2, at a^2 = 1/3
    share = np.linspace(0, 1, 100_001)
    best = (np.sqrt(share) * (1 - share)).max() * 5.0
    assert rs.bounds.liang_theorem_1([[2.0]], [1], form="printed").gamma == pytest.approx(best, rel=1e-6)


def test_lambda_0_is_sharp_for_one_sample():
    # theta = 0 is a local minimum exactly from lambda_0 on
    limit = rs.bounds.liang_theorem_1([[0.5]], [1]).lambda0
    a, u = np.meshgrid(np.linspace(0, 0.1, 201), np.linspace(0, 0.1, 201))
    for factor, minimum in ((0.99, False), (1.01, True)):
        lam = factor * limit
        rise = np.log2(1 + np.exp(-a * u**2 * 1.25)) - 1 + lam / 3 * (a**3 + 2 * u**3)
        assert (rise.min() >= 0) == minimum


def test_theorem_1_against_training():
    rng = np.random.default_rng(0)
    problems = [
        ([[0.0], [1.0], [2.0]], [1, -1, 1]),
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, -1, -1, 1]),
        ([[0.3, 1.0], [0.3, 1.0], [-1.0, 0.2]], [1, 1, -1]),
    ]
    for X, y in problems:
        limit = rs.bounds.liang_theorem_1(X, y)
        lambdas = limit.lambda0 * rng.permutation(np.linspace(0.4, 0.95, limit.width))
        found = rs.bounds.liang_theorem_1(X, y, lambdas)
        for seed in range(3):
            end = rs.requ.train(X, y, lambdas, rng=seed)
            assert end.certified
            assert end.training_error == 0
            # a silent unit, balanced active ones, and within the sublevel radius of the zero network
            units = rs.bounds.liang_lemma_1(end.net, X, y, lambdas)
            assert units.silent
            assert np.abs(units.balance).max() < 1e-3
            size = np.sqrt((end.net.a**2).sum() + (end.net.U**2).sum())
            if end.loss <= len(y):
                assert size <= found.radius
            assert end.loss >= found.coercivity * size**3


def test_above_lambda_0_training_can_end_with_errors():
    X, y = [[0.0], [1.0], [2.0]], [1, -1, 1]
    limit = rs.bounds.liang_theorem_1(X, y).lambda0
    lambdas = 6 * limit * np.linspace(1, 1.3, 4)
    assert all(rs.requ.train(X, y, lambdas, rng=seed).training_error > 0 for seed in range(3))


@pytest.mark.parametrize(
    ("lambdas", "text"),
    [
        ([0.01, 0.02, 0.03], "m >= 4, got 3"),
        ([0.01, 0.02, 0.03, 0.5], "lambda_3 = 0.5 is not"),
        ([0.01, 0.02, 0.03, 0.02], "lambda_1 = lambda_3; equal ones"),
        ([0.01, 0.02, 0.03, 0.0], "positive"),
    ],
)
def test_theorem_1_names_the_hypothesis_that_fails(lambdas, text):
    with pytest.raises(rs.AssumptionError, match=text):
        rs.bounds.liang_theorem_1([[0.0], [1.0], [2.0]], [1, -1, 1], lambdas)


def test_theorem_2_against_training():
    X, y = np.array([[1.0, 0.5], [-0.3, 1.0]]), np.array([1.0, -1.0])
    forms = {form: rs.bounds.liang_theorem_2(X, y, 2, 2, form=form, samples=6, rng=0).width for form in FORMS}
    assert forms == {"printed": 13, "corrected": 9, "sharp": 5}
    assert widths(3, 2, 3, 4).sharp == 9
    limit = rs.bounds.liang_theorem_2(X, y, 2, 2, slope=0.3, form="sharp", samples=20, rng=0)
    assert limit.kind == "sampled"
    lambdas = limit.lambda0 * np.linspace(0.4, 0.9, limit.width)
    checked = rs.bounds.liang_theorem_2(X, y, 2, 2, lambdas, 0.5, 0.3, form="sharp", samples=20, rng=0)
    good = 0
    for seed in range(6):
        end = train_conv(random_net(2, 2, 2, limit.width, lambdas, 0.5, 0.3, rng=seed), X, y)
        if end.gradient > 1e-7:
            continue  # stopped at a kink of the leaky ReLU
        assert rs.bounds.liang_lemma_4(end.net, X, y).silent
        assert end.quiet
        assert end.training_error == 0
        size = np.sqrt(sum((np.asarray(t) ** 2).sum() for t in (end.net.a, end.net.U, end.net.filters)))
        assert size <= checked.radius
        good += 1
    assert good >= 3


FORMS = ("printed", "corrected", "sharp")


def test_lemma_6_margin_over_filters():
    X, y = np.array([[1.0, 0.5], [-0.3, 1.0]]), np.array([1, -1])
    few, many = (rs.bounds.liang_lemma_6(X, y, 2, 2, 0.3, samples=k, rng=0) for k in (3, 12))
    assert many.gamma <= few.gamma
    assert np.linalg.norm(many.filters, axis=1) == pytest.approx(1)
    features = rs.bounds.liang_lemma_5(many.filters, X, 0.3).features
    assert rs.bounds.liang_theorem_1(features, y).gamma == pytest.approx(many.gamma, rel=1e-4)
    # longer filters only raise the margin
    longer = rs.bounds.liang_lemma_5(1.7 * many.filters, X, 0.3).features
    assert rs.bounds.liang_theorem_1(longer, y).gamma >= many.gamma * (1 - 1e-6)
    # without filters it is Theorem 1's, certified
    plain = rs.bounds.liang_lemma_6(X, y, 2, 1)
    assert plain.kind == "certified"
    assert plain.lambda0 == pytest.approx(rs.bounds.liang_theorem_1(X, y).lambda0, rel=1e-4)


def test_proposition_1_forms():
    for n, m in ((3, 1), (4, 2)):
        bad = rs.bounds.liang_proposition_1(n, m, form="printed")
        np.testing.assert_allclose((bad.X**2).sum(axis=1), 4)
        assert (bad.X @ bad.X.T)[~np.eye(n, dtype=bool)].max() < -1
        assert bad.training_error >= 1 - m / n
    with pytest.raises(rs.AssumptionError, match="n <= 4"):
        rs.bounds.liang_proposition_1(5, 2, form="printed")
    with pytest.raises(rs.AssumptionError, match="1/2"):
        rs.bounds.liang_proposition_1(5, 2, 0.5)
    assert rs.bounds.liang_proposition_1(9, 4).training_error == pytest.approx(5 / 9)


def test_proposition_2_against_training():
    rng = np.random.default_rng(1)
    for d in (1, 2):
        X = rng.standard_normal((5, d))
        y = np.where((X**2).sum(axis=1) > np.median((X**2).sum(axis=1)), 1.0, -1.0)
        found = {form: rs.bounds.liang_proposition_2(X, y, form=form) for form in FORMS}
        assert [found[form].width for form in FORMS] == [2 * d + 4, 2 * d + 4, d + 2]
        assert found["printed"].lambda0 == np.inf
        limit = found["sharp"]
        lambdas = limit.lambda0 * np.linspace(0.5, 0.95, limit.width)
        checked = rs.bounds.liang_proposition_2(X, y, lambdas, form="sharp")
        for seed in range(4):
            end = train_quadratic(X, y, lambdas, rng=seed)
            assert (end.training_error, end.quiet) == (0.0, True)
            assert end.gradient < 1e-5
            assert len(end.active) <= d + 1
            size = np.sqrt((end.a**2).sum() + (end.U**2).sum())
            assert end.loss >= checked.coercivity * size**3


def test_proposition_2_names_the_hypothesis_that_fails():
    X, y = [[-1.0], [0.0], [1.0]], [1, -1, 1]
    for data, labels, lambdas, text in (
        ([[0.0], [1.0], [2.0], [3.0]], [1, -1, 1, -1], None, "quadratically separable"),
        (X, y, [0.1, 0.2, 0.1, 0.15, 0.05, 0.06], "lambda_0 = lambda_2"),
        (X, y, [0.1, 0.2, 0.15], "m >= 6"),
        (X, y, [0.1, 0.2, 0.15, 0.05, 0.06, 0.3], "lambda_5 = 0.3 is not"),
    ):
        with pytest.raises(rs.AssumptionError, match=text):
            rs.bounds.liang_proposition_2(data, labels, lambdas)
    # print has no upper bound, and there the zero network is a local minimum with an error
    found = rs.bounds.liang_proposition_2([[0.0]], [1], [0.8 + 0.01 * k for k in range(6)], form="printed")
    assert found.lambda0 == np.inf
    assert train_quadratic([[0.0]], [1], [0.8 + 0.01 * k for k in range(6)], rng=0).training_error == 1


def test_every_statement_of_the_paper_has_a_function():
    names = {name for name in dir(rs.bounds) if name.startswith("liang_")}
    wanted = {f"liang_theorem_{k}" for k in (1, 2, 3)} | {f"liang_proposition_{k}" for k in range(1, 6)}
    wanted |= {f"liang_lemma_{k}" for k in range(1, 7)} | {f"liang_problem_{k}" for k in range(1, 6)}
    wanted |= {"liang_assumption_1", "liang_assumption_2", "liang_definition_1", "liang_corollary_1", "liang_xyz"}
    wanted |= {"liang_claim_1", "liang_claim_2"}
    assert wanted <= names


def test_rows_of_the_table_say_that_they_are_about_other_networks():
    def own(X, y=None):
        return {r.statement: r for r in rs.bounds.table(X, y) if r.source.startswith("Liang")}

    rows = own([[0.0], [1.0], [2.0]], [1, -1, 1])
    assert not any(row.applies for row in rows.values())
    assert "ReQU units, not ReLU units; it asks for 4 units" in rows["Theorem 1 (ReQU)"].reason
    assert "it asks for 3 units" in rows["Proposition 2 (quadratic units)"].reason
    assert "labels -1 and 1" in own([[0.0], [1.0]])["Theorem 1 (ReQU)"].reason
    assert "Assumption 2" in own([[0.0], [0.0]], [1, -1])["Theorem 1 (ReQU)"].reason
    assert "neither -1 nor" in own([[0.0], [1.0]], [0.5, 1])["Theorem 1 (ReQU)"].reason


def test_the_appendix_numbers_the_propositions_again():
    found = rs.bounds.liang_proposition_4(5, 2)
    # two of five labels are met: counted sample by sample from the network's own outputs
    outputs = [float(np.asarray(found.net.predict(x[None])).item()) for x in np.asarray(found.X)]
    wrong = sum(np.sign(out) != label for out, label in zip(outputs, found.y, strict=True))
    assert wrong / 5 == found.training_error >= 1 - 2 / 5
    with pytest.raises(rs.AssumptionError):
        rs.bounds.liang_proposition_4(3, 3)
    assert rs.bounds.liang_proposition_5([[0.0, 1.0], [2.0, 3.0]], [1, -1]).width == 2 * 2 + 4
    with pytest.raises(rs.AssumptionError):
        rs.bounds.liang_proposition_5([[0.0], [0.0]], [1, -1])
