import numpy as np
import pytest

from reluscape.errors import AssumptionError, InputError, ModelError, ShapeError
from reluscape.requ.constants import regularizer
from reluscape.requ.network import ReQUNet
from reluscape.requ.objective import Objective


class Own:
    def value(self, z):
        return np.exp(z) + np.logaddexp(0, z)

    def derivative(self, z):
        return np.exp(z) + 1 / (1 + np.exp(-z))


def example(loss, seed=0, n=6, d=3, m=4):
    g = np.random.default_rng(seed)
    X, y = g.standard_normal((n, d)), np.resize([1, -1, 1], n)
    net = ReQUNet(g.standard_normal(m) / 2, g.standard_normal((m, d + 1)) / 2)
    return X, y, Objective.of(X, y, g.uniform(0.1, 1, m), loss), net


def test_value_by_the_definition():
    X, y, L, net = example("logistic")
    total = 0.0
    for x, label in zip(X, y, strict=True):
        f = sum(a * max(0.0, w @ x + b) ** 2 for a, w, b in zip(net.a, net.W, net.b, strict=True))
        assert net.predict(x[None])[0] == pytest.approx(f)
        total += np.log2(1 + np.exp(-label * f))
    assert L.value(net) == pytest.approx(total + regularizer(net.a, net.U, L.lambdas))
    assert L.residual(net).shape == (6,)


@pytest.mark.parametrize(
    "loss", ["logistic", "exponential", "smooth_hinge", Own()], ids=["logistic", "exponential", "smooth_hinge", "own"]
)
def test_gradient_and_second_derivative_against_differences(loss):
    _, _, L, net = example(loss)
    m, k, h = 4, 4, 1e-6
    theta = np.concatenate([net.a, net.U.reshape(-1)])
    value, slope = L.flat(theta)
    assert value == pytest.approx(L.value(net))
    assert np.concatenate([g.reshape(-1) for g in L.gradient(net)]) == pytest.approx(slope)
    eye = np.eye(len(theta))
    differences = [(L.flat(theta + h * e)[0] - L.flat(theta - h * e)[0]) / (2 * h) for e in eye]
    assert slope == pytest.approx(np.array(differences), abs=1e-7)
    # unit by unit: a_j, then u_j
    order = np.concatenate([[j, *(m + k * j + np.arange(k))] for j in range(m)]).astype(int)
    bends = np.array([(L.flat(theta + h * e)[1] - L.flat(theta - h * e)[1]) / (2 * h) for e in eye])
    assert L.hessian(net, range(m)) == pytest.approx(bends[np.ix_(order, order)], abs=2e-4)
    part = np.concatenate([order[:5], order[10:15]])
    assert L.hessian(net, [0, 2]) == pytest.approx(bends[np.ix_(part, part)], abs=2e-4)


def test_on_a_kink_the_smaller_side_is_taken():
    # the unit (1, 0) has the sample 0 on its hyperplane; a move of u turns it on or off
    X, y = [[0.0], [2.0]], [-1, 1]
    L = Objective.of(X, y, [0.5])
    for a in (0.7, -0.7):
        H = L.hessian(ReQUNet([a], [[1.0, 0.0]]), [0])
        for side in (1e-6, -1e-6):
            near = L.hessian(ReQUNet([a], [[1.0, side]]), [0])
            assert np.linalg.eigvalsh(near - H)[0] >= -1e-4
    assert not np.allclose(
        L.hessian(ReQUNet([0.7], [[1.0, 1e-6]]), [0]), L.hessian(ReQUNet([0.7], [[1.0, -1e-6]]), [0])
    )


def test_stationarity_counts_units_alone():
    _, _, L, _ = example("logistic")
    assert L.stationarity(ReQUNet.zeros(4, 3)).tolist() == [0, 0, 0, 0]
    one_sided = ReQUNet([0.0, 0, 0, 0], np.eye(4))
    assert L.stationarity(one_sided).max() == pytest.approx(1)


def test_files_come_back(tmp_path):
    net = example("logistic")[3]
    again = ReQUNet.load(net.save(tmp_path / "net.npz"))
    assert np.array_equal(again.a, net.a)
    assert np.array_equal(again.U, net.U)
    assert not again.U.flags.writeable


def test_transformed_network_is_the_same_function_of_other_inputs():
    net = example("logistic")[3]
    g = np.random.default_rng(1)
    X, T = g.standard_normal((5, 3)), np.diag([2.0, 0.5, 3.0, 1.0])
    T[3, :3] = [1.0, -2.0, 0.5]
    scaled = np.column_stack([X, np.ones(5)]) @ T
    assert net.transformed(T).predict(X) == pytest.approx(net.predict(scaled[:, :3]))


def test_bad_networks_and_files(tmp_path):
    for make, error, text in [
        (lambda: ReQUNet([1.0], [1.0]), ShapeError, "U has shape"),
        (lambda: ReQUNet([1.0, 2.0], [[1.0, 1.0]]), ShapeError, "a has shape"),
        (lambda: ReQUNet([np.nan], [[1.0, 1.0]]), ModelError, "NaN"),
        (lambda: ReQUNet.zeros(1, 2).predict([[1.0]]), ShapeError, "1 columns"),
        (lambda: ReQUNet.zeros(1, 2).predict([1.0]), ShapeError, "dimension"),
        (lambda: ReQUNet.load(tmp_path / "none.npz"), ModelError, "no file"),
        (lambda: Objective.of([[0], [1]], [1, -1], [0.1, 0.0]), AssumptionError, "lambda"),
        (lambda: Objective.of([[0], [1]], [1, 2], [0.1]), InputError, "neither"),
        (lambda: Objective.of([[0], [1]], [1, -1], [0.1]).check(ReQUNet.zeros(2, 1)), ShapeError, "expected"),
    ]:
        with pytest.raises(error, match=text):
            make()
    (tmp_path / "text.npz").write_text("no zip")
    with pytest.raises(ModelError, match="not an npz"):
        ReQUNet.load(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", W=np.eye(2), v=np.ones(2))
    with pytest.raises(ModelError, match="expected a, W and b"):
        ReQUNet.load(tmp_path / "other.npz")
