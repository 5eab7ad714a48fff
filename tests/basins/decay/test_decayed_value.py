"""The value of a basin with weight decay: against a conic solver, optimality conditions, and its own proofs."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins.decay.programs import programs_of
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.decayed import conic_value, descended, largest_pull, logistic_value, objective


class Pseudo:
    """A loss that the package does not know: sqrt(1 + r^2) - 1."""

    def value(self, f, y):
        return np.sqrt(1 + (f - y) ** 2) - 1

    def gradient(self, f, y):
        return (f - y) / np.sqrt(1 + (f - y) ** 2)


def instance(seed, loss="squared"):
    """Return (problem, pattern, signs), degenerate data among them."""
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(1, 10)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    X = rng.integers(-2, 3, (n, d)) if seed % 2 else np.round(rng.normal(size=(n, d)), 2)
    X = np.concatenate([X, np.ones((n, 1), dtype=X.dtype)], axis=1)
    if seed % 5 == 0:
        X[-1] = X[0]  # a repeated sample
    y = rng.integers(-2, 3, n)
    if loss == "logistic":
        y = np.where(y > 0, 1, -1)
    decay = WeightDecay(["1/100", "1/5", "2"][seed % 3], biases=bool(seed % 4 < 2))
    problem = Problem(X, y, loss=loss, weight_decay=decay, output_bias=bool(seed % 7 < 4))
    W = rng.normal(size=(m, d + 1))
    return problem, W @ problem.data.X.T > 0, rng.choice([-1, 1], m)


@pytest.mark.parametrize("seed", range(24))
def test_value_is_that_of_the_cone_program(seed):
    problem, pattern, signs = instance(seed)
    found = rs.basin_value(problem, None, pattern, signs)
    assert found.value == pytest.approx(conic_value(problem, pattern, signs), abs=1e-7)
    heights = signs[:, None] * (found.Z @ problem.data.X.T) * np.where(pattern, 1, -1)
    assert (heights >= -1e-7).all()


@pytest.mark.parametrize("loss", ["squared", "logistic", "huber", Pseudo()])
@pytest.mark.parametrize("seed", range(8))
def test_no_cell_of_the_basin_pulls_more_than_the_decay(seed, loss):
    problem, pattern, signs = instance(seed, loss)
    found = rs.basin_value(problem, None, pattern, signs)
    e = problem.slopes(found.prediction[:, None])[:, 0]
    strength = float(problem.penalty.strength)
    for A, s in zip(pattern, signs, strict=True):
        assert largest_pull(problem, e, A, int(s)) <= strength * (1 + 1e-4) + 1e-5
    norms = np.linalg.norm(found.Z if problem.penalty.biases else found.Z[:, :-1], axis=1)
    along = float(e @ (found.prediction - found.c))  # complementarity: <e, f> = - decay * sum of norms
    assert along == pytest.approx(-strength * norms.sum(), abs=1e-5)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
@pytest.mark.parametrize("biases", [True, False])
def test_symmetric_data_send_no_step_round_in_a_cycle(signs, biases):
    problem = Problem(
        [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [-1, 1, 1, -1], weight_decay=WeightDecay("1/20", biases),
        output_bias=True,
    )  # fmt: skip
    pattern = np.array([[False, False, True, False], [True, True, False, True]])
    found = rs.basin_value(problem, None, pattern, signs)
    assert found.value == pytest.approx(conic_value(problem, pattern, list(signs)), abs=1e-8)


@pytest.mark.parametrize("loss", ["huber", Pseudo()])
@pytest.mark.parametrize("decay", [1e-4, 5e-3])
def test_straight_stretches_under_a_small_decay_are_solved(loss, decay):
    rng = np.random.default_rng(3)
    for _ in range(12):
        n, d, m = int(rng.integers(3, 9)), int(rng.integers(1, 4)), int(rng.integers(1, 5))
        X = np.concatenate([rng.integers(-2, 3, (n, d)), np.ones((n, 1), dtype=int)], axis=1)
        decayed = WeightDecay(decay, biases=bool(rng.integers(2)))
        bias = bool(rng.integers(2))
        problem = Problem(X, rng.integers(-2, 3, n), loss=loss, weight_decay=decayed, output_bias=bias)
        pattern, signs = rng.normal(size=(m, d + 1)) @ X.T > 0, rng.choice([-1, 1], m)
        found = rs.basin_value(problem, None, pattern, signs)
        e = problem.slopes(found.prediction[:, None])[:, 0]
        for A, s in zip(pattern, signs, strict=True):
            assert largest_pull(problem, e, A, int(s)) <= decay * (1 + 1e-3) + 1e-6


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("seed", range(6))
def test_balanced_weights_attain_the_value(seed, loss):
    problem, pattern, signs = instance(seed, loss)
    found = rs.basin_value(problem, None, pattern, signs)
    kept = found.Z if problem.penalty.biases else found.Z[:, :-1]
    size = np.sqrt(np.maximum(np.linalg.norm(kept, axis=1), 1e-12))  # a constant unit is cheap, not free
    W = found.Z * signs[:, None] / size[:, None]
    assert objective(problem, W, signs * size, found.c) == pytest.approx(found.value, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_proved_interval_is_short_and_verified(seed):
    problem, pattern, signs = instance(seed)
    found = rs.basin_value(problem, None, pattern, signs, exact=True)
    assert isinstance(found.lower, Fraction)
    assert found.lower <= found.upper
    assert found.upper - found.lower <= Fraction(1, 10**9) * max(found.upper, Fraction(1, 10**6))
    assert float(found.upper) == pytest.approx(conic_value(problem, pattern, signs), abs=1e-7)
    assert rs.verify(found.certificate).ok
    for end, change in (("lower", Fraction(1, 1000)), ("upper", Fraction(-1, 1000))):
        wrong = {**found.certificate, "claim": dict(found.certificate["claim"])}
        wrong["claim"][end] = str(getattr(found, end) + change)
        assert not rs.verify(wrong).ok


def test_weaker_decay_or_free_biases_make_the_certificate_void():
    problem, pattern, signs = instance(1)
    certificate = rs.basin_value(problem, None, pattern, signs, exact=True).certificate
    value = Fraction(certificate["penalty"]["value"])
    assert not rs.verify({**certificate, "penalty": {"value": str(value / 2), "biases": True}}).ok
    assert not rs.verify({**certificate, "penalty": {"value": "0", "biases": True}}).ok
    assert not rs.verify({**certificate, "penalty": "none"}).ok
    assert not rs.verify({**certificate, "loss": "logistic"}).ok


@pytest.mark.parametrize("seed", range(4))
def test_no_descent_ends_below_the_lowest_basin(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([np.round(rng.normal(size=(5, 1)), 1), np.ones((5, 1))], axis=1)
    problem = Problem(X, rng.integers(-2, 3, 5), weight_decay="1/10", output_bias=True)
    regions = rs.enumerate_regions(problem.data).patterns
    states = [(A, s) for A in regions if A.any() for s in (1, -1)]
    pairs = [(a, b) for i, a in enumerate(states) for b in states[: i + 1]]
    patterns, signs = np.array([[a[0], b[0]] for a, b in pairs]), np.array([[a[1], b[1]] for a, b in pairs])
    values = rs.basin_values(problem, None, patterns, signs)
    ends = descended(problem, 2, 12, rng)
    assert min(ends) >= values.min() - 1e-8
    assert values.min() == pytest.approx(min(ends), abs=1e-3)


def test_batch_agrees_with_single_values():
    problem, pattern, signs = instance(3)
    patterns = [pattern, pattern[::-1], pattern[:1].repeat(len(pattern), axis=0)]
    values = rs.basin_values(problem, None, patterns, [signs, signs, signs])
    assert values == pytest.approx([rs.basin_value(problem, None, A, signs).value for A in patterns])


def test_bad_input_is_refused_by_name():
    X, y = [[1, 0], [0, 1]], [1, -1]
    with pytest.raises(rs.InputError, match="weight decay is -1"):
        rs.basin_value(X, y, [[True, True]], [1], weight_decay=-1)
    with pytest.raises(rs.InputError, match="leave out v"):
        rs.basin_value(X, y, [[True, True]], [1], weight_decay=1, v=[[1]])
    with pytest.raises(rs.InputError, match="rational"):
        rs.basin_value(X, y, [[True, True]], [1], loss="logistic", weight_decay=1, exact=True)
    with pytest.raises(rs.InputError, match="flat"):
        rs.basin_value([[1, 0], [-1, 0]], [1, -1], [[False, False]], [1], weight_decay=1)


def test_without_samples_or_units_nothing_is_pulled():
    assert rs.basin_value([[0, 0], [0, 0]], [1, 3], [[False, False]], [1], weight_decay=1).value == pytest.approx(5)
    found = rs.basin_value([[1, 0]], [2], np.zeros((0, 1), dtype=bool), [], weight_decay=1, output_bias=True)
    assert found.value == pytest.approx(4 / 3)  # min (c - 2)^2 + c^2 / 2


FREE = WeightDecay("1/10", biases=False)
ONES = [[0, 1], [1, 1], [3, 1]]


@pytest.mark.parametrize(
    ("X", "y", "pattern", "signs", "decay", "output_bias"),
    [
        ([[-0.017, 1], [0.0272, 1], [0.0333, 1]], [0.525, 0.316, -0.358], [[1, 1, 1]], [1], "1/100", False),
        ([[-0.4232, 0.002, 1], [-0.3019, 0.0008, 1], [0.0766, 0.0004, 1], [-1.3795, -0.0001, 1]], [1, 0, 2, -1],
         [[1, 1, 1, 0], [1, 1, 1, 0]], [1, -1], "1/10", True),
    ],
)  # fmt: skip
def test_a_bias_that_costs_nothing_is_not_taken_for_a_unit_at_zero(X, y, pattern, signs, decay, output_bias):
    # at u = 0 nothing pulls but at the free bias, and a bound that leaves that out proves the zero network lowest
    problem = Problem(X, y, weight_decay=WeightDecay(decay, biases=False), output_bias=output_bias)
    found = rs.basin_value(problem, None, pattern, signs)
    assert found.value == pytest.approx(conic_value(problem, np.array(pattern, dtype=bool), signs), abs=1e-8)
    assert found.value < 0.9 * problem.constant_value if output_bias else found.value < 0.9 * problem.zero_value


@pytest.mark.parametrize(
    ("y", "pattern", "output_bias", "loss", "attained"),
    [
        ([2, 2, 2], [1, 1, 1], False, "squared", False),  # |v| b = 2 with |v| to 0 costs nothing, and is never reached
        ([2, 2, 2], [1, 1, 1], True, "squared", True),  # there the output bias is 2
        ([2, 0, 1], [0, 1, 1], False, "squared", True),
        ([1, 1, 1], [1, 1, 1], True, "logistic", False),  # one class: the constant runs off
        ([1, 1, 1], [1, 1, 1], False, "logistic", False),
        ([1, 1, 1], [0, 1, 1], False, "logistic", True),
        ([1, -1, 1], [1, 1, 1], True, "logistic", True),
    ],
)
def test_a_constant_that_costs_nothing_may_never_be_reached(y, pattern, output_bias, loss, attained):
    found = rs.basin_value(ONES, y, [pattern], [1], loss=loss, weight_decay=FREE, output_bias=output_bias)
    assert found.attained is attained
    if not attained:
        assert found.value == pytest.approx(0.0, abs=1e-9)
        # networks of the basin that come as near as one likes: a unit of weight t and bias 1 / t
        problem = Problem(ONES, y, loss=loss, weight_decay=FREE, output_bias=output_bias)
        size = 2.0 if loss == "squared" else 40.0
        near = [objective(problem, np.array([[0.0, size / t]]), np.array([t])) for t in (1e-1, 1e-2, 1e-4)]
        assert near == sorted(near, reverse=True)
        assert near[-1] < 1e-9
        assert min(near) > 0


@pytest.mark.parametrize("seed", range(6))
def test_small_decay_on_long_samples_is_solved_with_the_logistic_loss(seed):
    """Rows of size 1000 and a decay of 1e-6: never above a conic solver with exponential cones, which ends early."""
    rng = np.random.default_rng(seed)
    X = np.concatenate([1e3 * rng.normal(size=(7, 2)), np.ones((7, 1))], axis=1)
    A, signs = rng.normal(size=(3, 3)) @ X.T > 0, np.array([1, -1, 1])
    problem = Problem(X, rng.choice([-1, 1], 7), loss="logistic", weight_decay=1e-6, output_bias=True)
    basin = rs.basin_value(problem, None, A, signs)
    assert basin.gap <= 1e-9
    other = logistic_value(problem, A, signs)
    assert other - 1e-4 <= basin.value <= other + 1e-8


def test_decay_below_the_rounding_of_the_slopes_has_a_bound():
    """A decay of 1e-7 beside rows of size 2000 is lost in the last digits of the slopes; moved slopes prove the gap."""
    rng = np.random.default_rng(3)
    X = 2e3 * rng.normal(size=(24, 3))
    A, signs = rng.normal(size=(5, 3)) @ X.T > 0, np.array([1, -1, 1, 1, -1])
    problem = Problem(X, rng.normal(size=24), weight_decay=1e-7)
    basin = rs.basin_value(problem, None, A, signs)
    assert basin.gap <= 1e-9
    plain = rs.basin_value(X, problem.y, A, signs)
    assert plain.value <= basin.value
    proved = rs.basin_value(problem, None, A, signs, exact=True)
    assert float(proved.lower) - 1e-12 <= basin.value <= float(proved.upper) + 1e-9


def test_one_compiled_kernel_serves_all_losses(monkeypatch):
    from reluscape.numbers.kernels import Kernel
    from reluscape.solvers.decayed_basin_kernel import basin_point

    monkeypatch.setattr(Kernel, "__call__", lambda self, *args: self.compiled(*args))

    X, y = [[1.0, 2.0], [2.0, -1.0], [-1.0, 1.0]], [1, -1, 1]
    for loss in ("squared", "logistic"):
        rs.basin_value(Problem(X, y, loss=loss, weight_decay=0.01), None, [[True, True, False]], [1])
    assert len(basin_point.compiled.signatures) == 1


@pytest.mark.parametrize("biases", [True, False])
def test_targets_of_zero_have_the_zero_network(biases):
    problem = Problem([[-0.003, -0.002, 1.0]], [0.0], weight_decay=WeightDecay(0.001, biases=biases), output_bias=True)
    basin = rs.basin_value(problem, None, [[True], [False]], [-1, 1])
    assert not any((basin.value, basin.gap, basin.c))
    assert not basin.Z.any()


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("biases", [True, False])
def test_what_a_program_tells_is_that_of_its_network(loss, biases):
    """Units of one state and dead ones among the live: value, predictions and slopes are those of the loss at u."""
    rng = np.random.default_rng(5)
    X = np.concatenate([1e3 * rng.normal(size=(9, 2)), np.ones((9, 1))], axis=1)
    y = np.sign(rng.normal(size=9)) if loss == "logistic" else 50 * rng.normal(size=9)
    problem = Problem(X, y, loss=loss, weight_decay=WeightDecay(0.3, biases=biases), output_bias=True)
    A = rng.normal(size=(3, 3)) @ X.T > 0
    A, signs = np.array([A[0], A[1] & False, A[1], A[0], A[2], A[0]]), np.array([1, 1, -1, 1, 1, -1])
    point = programs_of(problem).solve(A, signs)
    heights = np.where(A, point.u @ X.T, 0.0)
    f = signs @ heights + point.c
    kept = point.u if biases else point.u[:, :2]
    penalty = 9 * 0.3 * (np.linalg.norm(kept, axis=1).sum() + (point.c**2 / 2 if biases else 0.0))
    losses = (f - y) ** 2 if loss == "squared" else np.log1p(np.exp(-y * f))
    np.testing.assert_allclose(point.prediction, f, rtol=1e-10)
    np.testing.assert_allclose(point.slopes, 2 * (f - y) if loss == "squared" else -y / (1 + np.exp(y * f)), rtol=1e-8)
    assert point.value == pytest.approx(losses.sum() + penalty, rel=1e-12)
    assert not point.u[[1, 3]].any()
    assert point.gap <= 1e-8 * point.value
