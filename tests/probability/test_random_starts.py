import numpy as np

import reluscape as rs
from reluscape.numbers.clock import Clock
from reluscape.probability import random_starts
from reluscape.probability.random_starts import FIRST_CHUNK, Sampler

DATA = rs.Dataset([[0, 1], [1, 3], [2, 0], [3, 2], [4, 4]], [1, 0, 2, 1, 3], bias=True)


def values(width, seconds, trials=50):
    return Sampler(DATA, True, 0).draw("starts", width, "normal", trials, Clock(seconds)).values


def test_without_time_a_few_starts_are_drawn_and_of_large_basins_one(monkeypatch):
    assert len(values(2, 0.0)) == FIRST_CHUNK
    monkeypatch.setattr(random_starts, "LARGE", 5 * 3)
    assert len(values(1, 0.0)) == FIRST_CHUNK
    assert len(values(2, 0.0)) == 1


def test_the_first_starts_are_the_same_whatever_the_time():
    many, few = values(2, 600.0), values(2, 0.0)
    assert len(many) == 50
    np.testing.assert_allclose(many[:FIRST_CHUNK], few)
