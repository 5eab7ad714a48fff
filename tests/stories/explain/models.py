"""Networks of any depth for the tests, and the same in torch and scikit-learn's own words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import reluscape as rs


def random_deep(rng, sizes, biases=True):
    """A network with the given layer sizes, inputs first."""
    weights = [rng.normal(size=(b, a)) for a, b in pairwise(sizes)]
    return rs.DeepNet(weights, [rng.normal(size=len(w)) * 0.3 if biases else np.zeros(len(w)) for w in weights])


def flat(net):
    """All weights and biases as one vector, layer by layer, unit by unit."""
    return np.concatenate([np.c_[w, b].reshape(-1) for w, b in zip(net.weights, net.biases, strict=True)])


def unflat(net, theta):
    """The network of the same shape with these weights."""
    weights, biases, at = [], [], 0
    for w in net.weights:
        size = w.size + len(w)
        part = theta[at : at + size].reshape(len(w), -1)
        weights.append(part[:, :-1])
        biases.append(part[:, -1])
        at += size
    return rs.DeepNet(weights, biases)


def predict(net, X):
    """The outputs (n, k), written out."""
    h = X
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        h = h @ w.T + b
        h = h * (h > 0) if k + 1 < len(net.weights) else h
    return h


def differences(function, theta, step=1e-6):
    """Central differences of a function of a vector, one row for each entry."""
    rows = []
    for j in range(len(theta)):
        e = np.zeros(len(theta))
        e[j] = step
        rows.append((function(theta + e) - function(theta - e)) / (2 * step))
    return np.array(rows)
