"""The strongest direction for a unit at zero: found by the climb as by a grid, and never below a start."""

import numpy as np
import pytest

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove
from reluscape.critical.proof.wake import highest


def values(W, h, e):
    return np.linalg.norm(np.maximum(W @ h.T, 0.0) @ e, axis=1)


@pytest.mark.parametrize("seed", range(6))
def test_the_climb_finds_the_highest_direction_of_a_circle(seed):
    rng = np.random.default_rng(seed)
    h, e = rng.normal(size=(40, 2)), rng.normal(size=(40, 1 + seed % 2))
    angles = np.linspace(0, 2 * np.pi, 20_001)
    best = values(np.c_[np.cos(angles), np.sin(angles)], h, e).max()
    value, w = highest(h, e, rng, np.zeros((0, 2)))
    assert value == pytest.approx(best, rel=2e-3)
    assert values(w[None], h, e)[0] == pytest.approx(value)


def test_the_climb_is_not_lower_than_its_starts_nor_than_many_random_directions():
    """Eleven inputs, as in networks of ten units a layer: a climb by steps that do not get shorter ended below both."""
    rng = np.random.default_rng(1)
    h = np.c_[np.maximum(rng.normal(size=(100, 10)), 0.0), np.ones(100)]
    e = rng.normal(size=(100, 1))
    W = rng.normal(size=(20_000, 11))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    random = values(W, h, e)
    given = W[np.argsort(random)[-5:]]
    value, _ = highest(h, e, rng, given)
    assert value > 1.1 * random.max()
    assert value >= values(given, h, e).max()


def test_a_unit_at_zero_with_eleven_inputs_wakes():
    """The output's bias is at rest, and ten inputs tell the targets apart."""
    decay, X = 0.1, np.r_[np.eye(10), np.eye(10)] * 2.0
    y = np.r_[np.arange(1.0, 11.0), np.arange(1.0, 11.0)] * np.array([1, -1] * 10)
    y = y - y.mean()
    dead = DeepNet([np.zeros((1, 10)), np.zeros((1, 1))], [np.zeros(1), np.zeros(1)])
    proof = prove(dead, X, y, "squared", decay)
    assert (proof.verdict, proof.method) == ("saddle", "certified")
    assert "wakes" in proof.reason
    assert verify(proof.certificate)
