"""Keras models by their interface: a stand-in with Keras 3's class names, configurations and weights."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.interop.opening import read_object

X = np.random.default_rng(0).normal(size=(12, 3))
RNG = np.random.default_rng(1)


class Layer:
    """The part of a Keras layer's interface that is read; the class of each layer has Keras's name."""

    def __init__(self, weights=(), call=lambda x, *w: x, **config):
        self.weights, self.apply, self.config = [np.asarray(w) for w in weights], call, config

    def get_weights(self):
        return list(self.weights)

    def get_config(self):
        return {"name": type(self).__name__.lower(), **self.config}

    def __call__(self, x):
        return self.apply(x, *self.weights)


def layer(kind, *args, **more):
    return type(kind, (Layer,), {})(*args, **more)


ACTS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    "tanh": np.tanh,
}


def dense(a, b, activation="linear", bias=True):
    weights = [RNG.normal(size=(a, b))] + ([RNG.normal(size=b)] if bias else [])
    act = ACTS.get(activation, ACTS["linear"])
    return layer(
        "Dense",
        weights,
        lambda x, W, *b: act(x @ W + (b[0] if b else 0)),
        activation=activation,
        use_bias=bias,
        units=b,
    )


def norm(size, **config):
    weights = [RNG.normal(size=size), RNG.normal(size=size), RNG.normal(size=size), RNG.uniform(0.5, 2, size=size)]
    return layer(
        "BatchNormalization",
        weights,
        lambda x, g, b, m, v: g * (x - m) / np.sqrt(v + 1e-3) + b,
        epsilon=1e-3,
        scale=True,
        center=True,
    )


class Sequential:
    """The part of a Keras model's interface that is read."""

    def __init__(self, *layers, loss=None):
        self.layers, self.loss, self.name = list(layers), loss, "sequential"

    def get_config(self):
        return {"name": self.name}

    def get_weights(self):
        return [w for part in self.layers for w in part.get_weights()]

    def __call__(self, x):
        for part in self.layers:
            x = part(x)
        return x

    def predict(self, x, verbose="auto"):
        return self(x)


def read(*layers, loss=None):
    return read_object(Sequential(*layers, loss=loss))


def relu():
    return layer("Activation", call=ACTS["relu"], activation="relu")


def leaky():
    return layer("LeakyReLU", call=lambda z: np.where(z > 0, z, 0.1 * z), negative_slope=0.1)


def rescaling():
    return layer("Rescaling", call=lambda x: x / 4 + 1, scale=0.25, offset=1.0)


MODELS = {
    "plain": lambda: [layer("InputLayer"), dense(3, 4, "relu"), dense(4, 1)],
    "own activation": lambda: [dense(3, 4), relu(), dense(4, 2)],
    "ReLU": lambda: [dense(3, 4, bias=False), layer("ReLU", call=ACTS["relu"], max_value=None), dense(4, 2)],
    "leaky": lambda: [dense(3, 4, "leaky_relu"), dense(4, 2)],
    "LeakyReLU": lambda: [dense(3, 4), leaky(), dense(4, 2)],
    "norm before": lambda: [dense(3, 4), norm(4), relu(), dense(4, 1)],
    "norm after": lambda: [dense(3, 4, "relu"), norm(4), layer("Dropout", rate=0.5), dense(4, 1)],
    "rescaled": lambda: [rescaling(), dense(3, 4, "relu"), dense(4, 1)],
    "nested": lambda: [Sequential(dense(3, 4, "relu"), dense(4, 4, "relu")), dense(4, 1)],
    "sigmoid": lambda: [dense(3, 4, "relu"), dense(4, 1, "sigmoid")],
    "softmax": lambda: [dense(3, 4, "relu"), dense(4, 3, "softmax")],
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_read_is_what_it_predicts(name):
    model = Sequential(*MODELS[name]())
    found = read_object(model)
    assert found.disagreement(X)[0] < 256
    h = X
    if found.head is None:
        for w, b, slope in zip(found.weights, found.biases, (*found.slopes, 1.0), strict=True):
            z = h @ w.T + (0 if b is None else b)
            h = np.where(z > 0, z, slope * z)
        np.testing.assert_allclose(h, model(X), rtol=1e-9, atol=1e-12)


def test_the_loss_it_was_compiled_with():
    body = [dense(3, 4, "relu"), dense(4, 1)]
    assert read(*body, loss="mse").loss == "squared"
    assert read(*body, loss=type("MeanSquaredError", (), {"name": "mean_squared_error"})()).loss == "squared"
    logits = type("BinaryCrossentropy", (), {"name": "binary_crossentropy", "from_logits": True})()
    assert read(*body, loss=logits).loss == "bce"
    odd = read(*body, loss="binary_crossentropy")
    assert odd.loss is None
    assert "compiled with bce" in odd.notes[-1]
    headed = [dense(3, 4, "relu"), dense(4, 1, "sigmoid")]
    assert (read(*headed).head, read(*headed).loss) == ("Sigmoid", "bce")
    with pytest.raises(rs.ModelError, match="trained with the squared loss"):
        read(*headed, loss="mse")


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (lambda: [dense(3, 4, "tanh"), dense(4, 1)], "activation 'tanh'"),
        (lambda: [layer("Conv2D"), dense(4, 1)], "Conv2D"),
        (lambda: [dense(3, 4, "relu"), layer("Add"), dense(4, 1)], "Add"),
        (lambda: [dense(3, 4), dense(4, 1)], "no activation between"),
        (lambda: [dense(3, 4, "relu")], "ends in an activation"),
        (lambda: [dense(3, 4), layer("ReLU", max_value=6.0), dense(4, 1)], "max_value"),
    ],
)
def test_what_is_no_chain_is_refused_by_name(layers, words):
    with pytest.raises(rs.ModelError, match=words):
        read(*layers())


def test_a_model_that_parts_from_its_layers_is_refused():
    class Odd(Sequential):
        def predict(self, x, verbose="auto"):
            return self(x) + x[:, :1]

    model = Odd(dense(3, 4, "relu"), dense(4, 1))
    with pytest.raises(rs.ModelError, match="computes something else"):
        rs.certify_model(model, X, X[:, 0])
    plain = Sequential(dense(3, 4, "relu"), dense(4, 1))
    assert rs.certify_model(plain, X, X[:, 0]).given.loss == pytest.approx(np.mean((plain(X)[:, 0] - X[:, 0]) ** 2))
