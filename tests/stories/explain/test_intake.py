"""The user's own network: every kind of model on rows with the columns it takes, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import ShapeError
from reluscape.problem.trained.layered import read_layered
from reluscape.problem.trained.opening import open_model
from reluscape.problem.trained.reading import read_trained

from .models import random_deep

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 5)), RNG.normal(size=30)
ONES = np.ones((30, 1))


@pytest.mark.parametrize("sizes", [(4, 3, 1), (4, 3, 2, 1), (4, 3, 2)])
@pytest.mark.parametrize("ask", [rs.certify_model, rs.explain])
def test_one_column_too_many_or_too_few_is_refused(sizes, ask):
    net = random_deep(np.random.default_rng(1), sizes)
    y = Y if sizes[-1] == 1 else np.c_[Y, Y]
    for rows in (X, X[:, :3], rs.Dataset(X, bias=True), rs.Dataset(X[:, :3], bias=True)):
        with pytest.raises(ShapeError, match="takes 4 inputs"):
            ask(net, rows, y)


@pytest.mark.parametrize("bias", [True, False])
def test_only_exact_ones_count_as_the_column_of_ones(bias):
    net = rs.DeepNet([[[1.0, -1.0]], [[1.0]]], [[0.5] if bias else None, [0.0]])
    rows = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
    expected = np.maximum(rows @ [1.0, -1.0] + 0.5 * bias, 0)
    same = [rows, np.c_[rows, np.ones(3)], rs.Dataset(rows, bias=True), rows.tolist()]
    for given in same:
        trained = read_trained(net, given, [1.0, 2.0, 3.0])
        np.testing.assert_allclose(trained.net.predict(trained.data), expected)
        assert trained.data.bias == bias
    for last in (np.full(3, 1 + 1e-15), np.array([1.0, 1.0, 0.0]), np.full(3, 2.0)):
        with pytest.raises(ShapeError, match="takes 2 inputs, the data have 3"):
            read_trained(net, np.c_[rows, last], [1.0, 2.0, 3.0])


def test_nothing_is_claimed_of_no_rows():
    """Of no rows every network is right, and so is every other claim."""
    deep = rs.DeepNet([np.eye(2), np.eye(2), np.ones((1, 2))], [np.zeros(2), np.zeros(2), np.zeros(1)])
    for net in (deep, rs.TwoLayerNet([[1.0, 1.0, 1.0]], [1.0], 0.0, True)):
        for ask in (rs.explain, rs.certify_model):
            with pytest.raises(rs.InputError, match="the data have 0 rows"):
                ask(net, np.zeros((0, 2)), np.zeros(0))
        with pytest.raises(rs.InputError, match="the test rows are 0"):
            rs.explain(net, np.eye(2), [1.0, 2.0], X_test=np.zeros((0, 2)), y_test=np.zeros(0))


def test_hidden_biases_are_never_dropped():
    net = rs.DeepNet([[[1.0]], [[1.0]]], [[0.5], [0.0]])
    with pytest.raises(rs.InputError, match="hidden biases that are not 0"):
        rs.explain(net, [[1.0], [2.0]], [0.0, 1.0], biases=(False, True))


def test_a_two_layer_net_meets_the_columns_as_they_are():
    net = rs.TwoLayerNet([[1.0, 0.5]], [2.0])
    rows = np.array([[1.0], [-2.0]])
    for given in (rows, np.c_[rows, np.ones(2)], rs.Dataset(rows, bias=True)):
        trained = read_trained(net, given, [0.0, 1.0])
        np.testing.assert_allclose(trained.net.predict(trained.data), [3.0, 0.0])
    with pytest.raises(ShapeError, match="W has 2 columns, the data have 3"):
        read_trained(net, np.ones((2, 3)), [0.0, 1.0])


def mlp(kind="MLPRegressor", **more):
    from sklearn import neural_network

    return getattr(neural_network, kind)(
        **{"hidden_layer_sizes": (3,), "alpha": 0, "max_iter": 20, "random_state": 0, **more}
    )


@pytest.fixture
def quick():
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Stochastic Optimizer: Maximum iterations")
        warnings.filterwarnings("ignore", message="lbfgs failed")
        yield


@pytest.mark.usefixtures("quick")
def test_a_pipeline_is_read_at_its_last_step():
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

    for front in (
        [StandardScaler()],
        [StandardScaler(), MinMaxScaler()],
        [PolynomialFeatures(2), StandardScaler()],
        [],
    ):
        model = make_pipeline(*front, mlp()).fit(X, Y)
        report = rs.certify_model(model, X, Y)
        assert report.given.loss == pytest.approx(np.mean((model.predict(X) - Y) ** 2))
        assert all(type(step).__name__ in report.explanation for step in front)
    pair = [
        make_pipeline(StandardScaler(), mlp(hidden_layer_sizes=(3, 2), random_state=k)).fit(X, np.c_[Y, -Y])
        for k in (0, 1)
    ]
    seen = read_layered(open_model(pair[0]), X, np.c_[Y, -Y], "squared")
    np.testing.assert_allclose(seen.predictions, pair[0].predict(X))
    assert not np.allclose(seen.predictions, pair[1].predict(X))
    search = GridSearchCV(make_pipeline(StandardScaler(), mlp()), {"mlpregressor__random_state": [0, 1]}, cv=2)
    with pytest.raises(rs.ModelError, match="call fit first"):
        open_model(search)
    search.fit(X, Y)
    assert rs.certify_model(search, X, Y).given.loss == pytest.approx(np.mean((search.predict(X) - Y) ** 2))
    with pytest.raises(ShapeError, match="earlier steps do not take these rows"):
        rs.certify_model(search, X[:, :4], Y)


@pytest.mark.usefixtures("quick")
def test_scaled_targets_are_those_of_the_training():
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    y = 1000 + 200 * Y
    model = TransformedTargetRegressor(make_pipeline(StandardScaler(), mlp()), transformer=StandardScaler()).fit(X, y)
    inner = model.regressor_.predict(X)
    expected = np.mean((inner - (y - y.mean()) / y.std()) ** 2)
    for rows, targets in ((X, y), (rs.Dataset(X, y), None)):
        report = rs.certify_model(model, rows, targets)
        assert report.given.loss == pytest.approx(expected)
    assert "transformed" in report.explanation


@pytest.mark.usefixtures("quick")
def test_what_scikit_learn_has_and_we_do_not_read_is_named():
    from sklearn.ensemble import BaggingRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for model, words in (
        (BaggingRegressor(mlp(), n_estimators=1).fit(X, Y), r"a network that it holds, model\.estimators_\[0\]"),
        (make_pipeline(StandardScaler(), LinearRegression()).fit(X, Y), "scikit-learn LinearRegression cannot be read"),
        (make_pipeline(StandardScaler(), mlp()), "MLPRegressor is not fitted"),
        (make_pipeline(StandardScaler(), mlp(activation="tanh")).fit(X, Y), "activation is 'tanh'"),
        (mlp(loss="poisson").fit(X, np.abs(Y)), "'exp'"),
        (make_pipeline(StandardScaler(), "passthrough"), "does not end in a model"),
        (np.ones(3), "a ndarray cannot be read"),
        ({"a": 1}, "state dict"),
    ):
        with pytest.raises(rs.ModelError, match=words):
            rs.certify_model(model, X, Y)


@pytest.mark.usefixtures("quick")
def test_a_model_that_parts_from_its_weights_is_refused():
    from sklearn.neural_network import MLPRegressor

    class Doubled(MLPRegressor):
        def predict(self, X):
            return 2 * super().predict(X)

    model = Doubled(hidden_layer_sizes=(3,), alpha=0, max_iter=5, random_state=0).fit(X, Y)
    with pytest.raises(rs.ModelError, match=r"computes something else .* in row \d+"):
        rs.certify_model(model, X, Y)


@pytest.mark.torch
def test_torch_columns_heads_and_slopes():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    for rows in (X, torch.from_numpy(X)):
        with pytest.raises(ShapeError, match="takes 4 inputs, the data have 5"):
            rs.certify_model(module, rows, Y)
    with torch.no_grad():
        f = module.double()(torch.from_numpy(X[:, :4])).numpy()[:, 0]
    found = rs.certify_model(module, np.c_[X[:, :4], ONES], Y)
    assert found.given.loss == pytest.approx(np.mean((f - Y) ** 2))
    headed = torch.nn.Sequential(module, torch.nn.Sigmoid())
    labels = (Y > 0).astype(int)
    told = rs.certify_model(headed, X[:, :4], labels, loss="bce")
    assert told.given.loss == pytest.approx(np.mean(np.logaddexp(0, f) - labels * f))
    assert "Sigmoid" in told.explanation
    leaky = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.LeakyReLU(), torch.nn.Linear(3, 1))
    with torch.no_grad():
        f = leaky.double()(torch.from_numpy(X)).numpy()[:, 0]
    told = rs.certify_model(leaky, X, Y)
    assert told.given.loss == pytest.approx(np.mean((f - Y) ** 2))
    assert "LeakyReLU" in told.explanation


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
def test_skorch_nets():
    torch = pytest.importorskip("torch")
    skorch = pytest.importorskip("skorch")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    class Body(torch.nn.Module):
        def __init__(self, head=False, outputs=1):
            super().__init__()
            self.first, self.last, self.head = torch.nn.Linear(5, 3), torch.nn.Linear(3, outputs), head

        def forward(self, x):
            z = self.last(torch.relu(self.first(x)))
            return torch.softmax(z, dim=-1) if self.head else z

    torch.manual_seed(0)
    fresh = skorch.NeuralNetRegressor(Body, max_epochs=2, verbose=0)
    with pytest.raises(rs.ModelError, match="not fitted"):
        open_model(fresh)
    rows, y = X.astype(np.float32), Y.astype(np.float32)[:, None]
    net = fresh.fit(rows, y)
    opened = open_model(net)
    assert (opened.trained_on, opened.weight_decay) == ("squared", 0.0)
    assert rs.certify_model(net, X, Y).given.loss == pytest.approx(np.mean((net.predict(rows) - y) ** 2), rel=1e-5)
    classes = skorch.NeuralNetClassifier(
        Body, module__head=True, module__outputs=3, max_epochs=2, verbose=0, optimizer__weight_decay=0.01
    ).fit(rows, np.array([0, 1, 2] * 10))
    opened = open_model(classes)
    assert (opened.trained_on, opened.weight_decay) == ("cross_entropy", 0.01)
    told = rs.certify_model(classes, X, np.array([0, 1, 2] * 10), loss="cross_entropy", weight_decay="ignore")
    p = classes.predict_proba(rows)
    assert told.given.loss == pytest.approx(-np.mean(np.log(p[np.arange(30), [0, 1, 2] * 10])), rel=1e-5)
    inside = make_pipeline(StandardScaler(), skorch.NeuralNetRegressor(Body, max_epochs=2, verbose=0)).fit(rows, y)
    told = rs.certify_model(inside, rows, Y)
    assert told.given.loss == pytest.approx(np.mean((inside.predict(rows) - y) ** 2), rel=1e-5)


def test_text_labels_and_names_of_a_frame():
    pandas = pytest.importorskip("pandas")
    net = random_deep(np.random.default_rng(1), (2, 3, 1))
    frame = pandas.DataFrame({"age": [1.0, -2.0, 3.0, 0.5], "dose": [0.5, 1.0, 2.0, -1.0]})
    labels = pandas.Series(["yes", "no", "yes", "no"], name="cured")
    f = net.predict(frame.to_numpy())
    for y in (labels, labels.to_numpy(), labels.tolist(), labels.astype("category")):
        told = rs.certify_model(net, frame, y, loss="bce")
        assert told.given.loss == pytest.approx(np.mean(np.logaddexp(0, f) - np.array([1, 0, 1, 0]) * f))
        assert "'no' and 'yes' are read as 0 and 1" in told.explanation
        told = rs.certify_model(net, frame, y, loss="logistic")
        assert told.given.loss == pytest.approx(np.mean(np.logaddexp(0, -np.array([1, -1, 1, -1]) * f)))
    story = rs.explain(net, frame, labels, loss="bce")
    assert story.report["data"]["features"] == ["age", "dose"]
    assert story.report["data"]["target"] == "cured"
    deep = rs.explain(
        random_deep(np.random.default_rng(1), (2, 3, 3)),
        frame,
        pandas.Series(list("cabc"), name="kind"),
        loss="cross_entropy",
    )
    assert (deep.report["data"]["features"], deep.report["data"]["target"]) == (["age", "dose"], "kind")
    assert any("0 'a', 1 'b', 2 'c'" in note for note in deep.report["data"]["warnings"])


def test_class_numbers_are_the_outputs_even_where_one_is_absent():
    net = random_deep(np.random.default_rng(1), (2, 3, 3))
    rows, y = X[:6, :2], np.array([0, 2, 2, 0, 2, 0])
    F = net.predict(rows)
    expected = np.mean(np.log(np.exp(F).sum(axis=1)) - F[np.arange(6), y])
    assert rs.certify_model(net, rows, y, loss="cross_entropy").given.loss == pytest.approx(expected)
    with pytest.raises(rs.InputError, match="3 outputs"):
        rs.certify_model(net, rows, y + 2, loss="cross_entropy")


def test_two_text_classes_anywhere():
    data = rs.Dataset([[1], [2], [3]], ["no", "yes", "no"])
    assert (data.y.tolist(), data.classes) == ([-1, 1, -1], {-1: "no", 1: "yes"})
    assert rs.Dataset([[1], [2]], ["1/3", "0.5"]).classes is None
    for y in (["a", "b", "c"], ["a", "a", "a"]):
        with pytest.raises(rs.InputError, match="different values"):
            rs.Dataset([[1], [2], [3]], y)


@pytest.mark.usefixtures("quick")
def test_the_columns_of_a_fitted_frame_in_their_order():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X[:, :2], columns=["age", "dose"])
    model = mlp().fit(frame, Y)
    assert rs.certify_model(model, frame, Y).given.loss == pytest.approx(np.mean((model.predict(frame) - Y) ** 2))
    for turned in (frame[["dose", "age"]], rs.Dataset(frame[["dose", "age"]])):
        with pytest.raises(ShapeError, match="fitted with the columns age, dose"):
            rs.certify_model(model, turned, Y)


@pytest.mark.torch
def test_the_squared_loss_of_a_sigmoid_is_refused():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1), torch.nn.Sigmoid())
    with pytest.raises(rs.ModelError, match="ends in a Sigmoid"):
        rs.certify_model(module, X, (Y > 0).astype(int), loss="squared")
    assert "note: The Sigmoid" in rs.certify_model(module, X, (Y > 0).astype(int)).explanation
