import numpy as np

import reluscape as rs
from reluscape.numbers.clock import Clock
from reluscape.probability import random_starts
from reluscape.probability.random_starts import FIRST_CHUNKS, Sampler

DATA = rs.Dataset([[0, 1], [1, 3], [2, 0], [3, 2], [4, 4]], [1, 0, 2, 1, 3], bias=True)


def values(width, seconds, trials=50):
    return Sampler(DATA, True, 0).draw("starts", width, "normal", trials, Clock(seconds)).values


def test_without_time_some_starts_are_drawn_fewer_of_larger_basins_and_one_of_large_ones(monkeypatch):
    assert len(values(2, 0.0)) == FIRST_CHUNKS[0][1]
    monkeypatch.setattr(random_starts, "FIRST_CHUNKS", ((5 * 3, 7), (5 * 3 * 2, 3)))
    assert [len(values(width, 0.0)) for width in (1, 2, 3)] == [7, 3, 1]


def test_the_first_starts_are_the_same_whatever_the_time():
    many, few = values(2, 600.0), values(2, 0.0)
    assert len(many) == 50
    np.testing.assert_allclose(many[: len(few)], few)
