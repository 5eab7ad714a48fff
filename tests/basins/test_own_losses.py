"""Basin values of own losses against closed forms on one sample, known infima, and a fine grid over small cones."""

import numpy as np
import pytest

import reluscape as rs


class Own:
    """A loss of two functions of (f, y)."""

    def __init__(self, value, gradient):
        self.value, self.gradient = value, gradient


def power(p):
    return Own(lambda f, y: np.abs(f - y) ** p, lambda f, y: p * np.sign(f - y) * np.abs(f - y) ** (p - 1))


def huber(delta):
    return Own(
        lambda f, y: np.where(np.abs(f - y) > delta, delta * (np.abs(f - y) - delta / 2), (f - y) ** 2 / 2),
        lambda f, y: np.clip(f - y, -delta, delta),
    )


LOG_COSH = Own(lambda f, y: np.logaddexp(f - y, y - f) - np.log(2), lambda f, y: np.tanh(f - y))
SMOOTH_ABS = Own(lambda f, y: np.sqrt(1e-4 + (f - y) ** 2), lambda f, y: (f - y) / np.sqrt(1e-4 + (f - y) ** 2))
LARGE = Own(lambda f, y: 1e6 * (f - y) ** 2, lambda f, y: 2e6 * (f - y))
SQUARED_HINGE = Own(lambda f, y: np.maximum(0, 1 - y * f) ** 2, lambda f, y: -2 * y * np.maximum(0, 1 - y * f))
EXPONENTIAL = Own(lambda f, y: np.exp(f) - y * f, lambda f, y: np.exp(f) - y)


@pytest.mark.parametrize(
    ("loss", "y", "least"),
    [
        (power(1.5), 1.0, 0.0),
        (power(4), 1.0, 0.0),
        (huber(1.0), 1000.0, 0.0),
        (huber(1.0), 1e6, 0.0),
        (LOG_COSH, 50.0, 0.0),
        (SMOOTH_ABS, 1.0, 0.01),
        (LARGE, 1.0, 0.0),
        (SQUARED_HINGE, 1.0, 0.0),
    ],
)
def test_one_sample_and_one_unit(loss, y, least):
    free = rs.basin_value([[1]], [y], [[1]], [1], loss=loss)  # f >= 0 reaches the target
    at_zero = float(loss.value(np.zeros(1), np.array([y]))[0])
    assert free.attained
    assert free.value == pytest.approx(least, abs=1e-9 * at_zero)
    assert 0 <= free.gap <= 1e-9 * at_zero
    held = rs.basin_value([[1]], [y], [[1]], [-1], loss=loss)  # f <= 0 stops at zero
    assert held.attained
    assert held.value == pytest.approx(at_zero, rel=1e-9)
    assert 0 <= held.gap <= 1e-9 * at_zero


@pytest.mark.parametrize("loss", [power(1.5), power(4), huber(0.3), LOG_COSH, SMOOTH_ABS, LARGE, SQUARED_HINGE])
@pytest.mark.parametrize("seed", range(3))
def test_a_cone_of_two_rays_by_a_grid(loss, seed):
    # one unit in the plane that is on for three samples: z = a p + b q with a, b >= 0 along the cone's two edges
    rng = np.random.default_rng(seed)
    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    y = rng.choice([-1.0, 1.0], 3) if loss is SQUARED_HINGE else rng.standard_normal(3)
    found = rs.basin_value(X, y, [[True, True, True]], [1], loss=loss)

    def mean(a, b):
        return np.mean([loss.value(a * x[0] + b * x[1], t) for x, t in zip(X, y, strict=True)], axis=0)

    low, size = np.zeros(2), 8.0  # a grid that closes in on the lowest point of a convex function
    for _ in range(60):
        a = np.maximum(low[0] + np.linspace(-size, size, 21), 0.0)
        b = np.maximum(low[1] + np.linspace(-size, size, 21), 0.0)
        values = mean(a[:, None], b[None, :])
        i, j = np.unravel_index(values.argmin(), values.shape)
        low, size = np.array([a[i], b[j]]), 0.7 * size
    least, scale = float(mean(*low)), float(mean(0.0, 0.0))
    assert found.value == pytest.approx(least, abs=1e-7 * scale)
    assert found.value - found.gap <= least + 1e-9 * scale  # a lower bound


def test_bce_says_what_logistic_says():
    rng = np.random.default_rng(2)
    cases = [([[1.0]], [1], [[1]], [1]), ([[1.0]], [-1], [[1]], [1]), (np.eye(2), [1, 1], [[True, False]], [1])]
    for _ in range(6):
        X = rng.standard_normal((5, 2))
        cases.append((X, rng.choice([-1, 1], 5), rng.standard_normal((2, 2)) @ X.T > 0, rng.choice([-1, 1], 2)))
    for X, y, A, signs in cases:
        one = rs.basin_value(X, y, A, signs, loss="logistic")
        other = rs.basin_value(X, (np.array(y) + 1) // 2, A, signs, loss="bce")
        assert other.attained == one.attained
        assert (other.direction is None) == (one.direction is None)
        assert other.value == pytest.approx(one.value, abs=1e-12)
    alone = rs.basin_value([[1]], [1], [[1]], [1], loss="bce")
    assert not alone.attained
    assert alone.direction[0, 0] > 0


def test_a_limit_beside_a_minimum():
    # exp(f) - f has its minimum 1 at f = 0, exp(f) goes to 0 with f to minus infinity: z to minus infinity, c = -z
    found = rs.basin_value([[1], [2]], [1, 0], [[1, 1]], [-1], loss=EXPONENTIAL, output_bias=True)
    assert not found.attained
    assert found.value == pytest.approx(0.5, abs=1e-9)


def test_every_sample_that_can_go_away_goes():
    # samples 0, 1 and 2 can be carried away together, though no single edge of the cone carries all three
    X, y = [[1, 0], [1, 1], [0, 1]], [1, 1, 1]
    found = rs.basin_value(X, y, [[1, 1, 1]], [1], loss="logistic")
    assert not found.attained
    assert found.value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (Own(lambda f, y: float(((f - y) ** 2).mean()), lambda f, y: 2 * (f - y)), r"returned shape \(\)"),
        (Own(lambda f, y: (f - y) ** 2, lambda f, y: np.zeros(1)), "one number per sample"),
        (Own(lambda f, y: list((f - y) ** 2), lambda f, y: 2 * (f - y)), "returned a list"),
        (Own(lambda f, y: (f - y) ** 2, lambda f, y: (2 * (f - y)).astype(object)), "an array of object"),
        (Own(lambda f, y: f * np.nan, lambda f, y: 2 * (f - y)), "NaN or infinite"),
        (Own(lambda f, y: (f - y) ** 2, lambda f, y: f - y), "not the slope of its value"),
        (Own(lambda f, y: -((f - y) ** 2), lambda f, y: -2 * (f - y)), "not convex"),
        (Own(lambda f, y: np.abs(f - y), lambda f, y: np.sign(f - y)), "not differentiable"),
        # a small kink beside a large curve: at 0, and at a place that nothing points to
        (
            Own(lambda f, y: (f - y) ** 2 + 0.01 * np.abs(f), lambda f, y: 2 * (f - y) + 0.01 * np.sign(f)),
            "not differentiable",
        ),
        (
            Own(
                lambda f, y: (f - y) ** 2 + 0.03 * np.maximum(f - 17.3, 0), lambda f, y: 2 * (f - y) + 0.03 * (f > 17.3)
            ),
            "not differentiable: .* at prediction 17.3",
        ),
        (Own(lambda f, y: f, lambda f, y: np.ones(len(f))), "falls without bound"),
    ],
)
def test_what_is_no_loss_is_refused_in_one_line(loss, text):
    with pytest.raises(rs.InputError, match=text) as refusal:
        rs.basin_value([[1], [2]], [1, 2], [[1, 1]], [-1], loss=loss)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("p", [1.1, 1.2, 1.9])
def test_a_steep_power_has_no_kink(p):
    assert rs.basin_value([[1.0], [2.0]], [1.0, 2.0], [[1, 1]], [1], loss=power(p)).value <= 1e-9


class Weighted:
    """Each sample has a weight of its own, so that no more numbers than samples are taken."""

    def __init__(self, weights):
        self.weights = weights

    def value(self, f, y):
        return self.weights * (f - y) ** 2

    def gradient(self, f, y):
        return 2 * self.weights * (f - y)


def test_a_loss_with_one_number_for_each_sample_is_refused_where_samples_are_taken_apart():
    with pytest.raises(rs.InputError, match="by its prediction and its target alone"):
        rs.basin_value([[1], [2]], [1, 1], [[1, 1]], [1], loss=Weighted(np.array([3.0, 1.0])))
    with pytest.raises(rs.InputError, match="by its prediction and its target alone"):
        rs.descend([[1], [2]], [1, 1], [[1]], [1], loss=Weighted(np.array([3.0, 1.0])))
    # 3 (z - 1)^2 + (2 z - 1)^2 has the slope 6 (z - 1) + 4 (2 z - 1), 0 at z = 5/7
    weighted = Weighted(np.array([3.0, 1.0]))
    assert rs.certify([[1], [2]], [1, 1], [[5 / 7]], [1], loss=weighted).kind == "local minimum"


@pytest.mark.parametrize("v", [None, [1.0]])
def test_a_recession_direction_moves_the_output_bias_too(v):
    # rows (1) and (2) with labels -1 and 1: f = z x + c tells them apart, and no direction without c does
    X, y = np.array([[1.0], [2.0]]), np.array([-1.0, 1.0])
    found = rs.basin_value(X, y, [[1, 1]], [1], loss="logistic", output_bias=True, v=v)
    assert not found.attained
    move = X[:, 0] * found.direction[0, 0] + np.ravel(found.c_direction)
    assert (y * move > 0).all()
    far = np.logaddexp(0, -y * (np.ravel(found.prediction) + 100 * move / np.abs(move).min())).mean()
    assert found.value <= far <= 1e-9


class MSELoss:
    reduction = "mean"


class BCEWithLogitsLoss:
    reduction, weight, pos_weight = "mean", None, None


class SmoothL1Loss:
    reduction, beta = "mean", 0.5


def test_names_and_modules_of_torch():
    X, y, A = [[1], [2]], [1, 3], [[1, 1]]
    squared = rs.basin_value(X, y, A, [1]).value
    assert rs.basin_value(X, y, A, [1], loss="mse").value == pytest.approx(squared, abs=1e-12)
    assert rs.basin_value(X, y, A, [1], loss=MSELoss()).value == pytest.approx(squared, abs=1e-12)
    assert not rs.basin_value([[1]], [1], [[1]], [1], loss=BCEWithLogitsLoss()).attained
    # smooth L1 at f = 0: |r| - beta / 2
    assert rs.basin_value([[1]], [3], [[1]], [-1], loss=SmoothL1Loss()).value == pytest.approx(2.75, abs=1e-9)
    weighted = BCEWithLogitsLoss()
    weighted.pos_weight = np.ones(1)
    with pytest.raises(rs.InputError, match="BCEWithLogitsLoss with pos_weight"):
        rs.basin_value([[1]], [1], [[1]], [1], loss=weighted)
    with pytest.raises(rs.InputError, match="'huber', 'cross_entropy'"):
        rs.basin_value(X, y, A, [1], loss="hinge")


def test_exact_needs_a_loss_with_rational_derivatives():
    with pytest.raises(rs.InputError, match="rational"):
        rs.certify([[1]], [1], [[1]], [1], loss=huber(1.0), exact=True)
