"""The estimate of a survey's time: its own arithmetic, on a clock that is given."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.widths import cost
from reluscape.landscape.widths.settings import Settings
from reluscape.landscape.widths.subject import Subject


def subject(n, d, loss="squared"):
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, d)).round(3)
    y = rng.integers(0, 3, n) if loss == "cross_entropy" else rng.normal(size=n).round(3)
    return Subject.of(rs.Dataset(X, bias=True), y, loss, None, True)


def test_slowness_is_the_clock_over_the_nominal_time():
    def clock(step):
        ticks = iter(step * k for k in range(100))
        return lambda: next(ticks)

    once, twice = cost.speed(clock(0.01)), cost.speed(clock(0.02))
    assert twice == pytest.approx(2 * once)
    n, d, width, runs, steps = cost.PROBE
    assert once * steps * cost.array_seconds(runs, n, d, width) == pytest.approx(0.01)


@pytest.mark.parametrize(("n", "d", "loss"), [(4, 2, "squared"), (60, 4, "squared"), (500, 9, "cross_entropy")])
def test_the_time_is_that_of_the_work_and_at_most_all_that_is_given(n, d, loss):
    about = subject(n, d, loss)
    overhead = cost.LOADED + cost.WRITTEN
    last = 0.0
    for seconds in (1.0, 5.0, 40.0, 600.0):
        expected = cost.expected_seconds(about, Settings(seconds=seconds), 1.0)
        assert last <= expected + 1e-9
        assert expected <= seconds + overhead
        assert expected >= min(seconds, 1.0) * cost.TRAINED / 10 + overhead
        last = expected
    slow = cost.expected_seconds(about, Settings(seconds=5.0), 3.0)
    assert slow >= cost.expected_seconds(about, Settings(seconds=5.0), 1.0)


def test_an_easy_table_takes_less_than_it_is_given_and_a_large_one_nearly_all():
    easy = cost.expected_seconds(subject(4, 2), Settings(seconds=600.0), 1.0)
    assert easy < 60
    large = cost.expected_seconds(subject(900, 12), Settings(seconds=20.0), 1.0)
    assert large > 10


def test_what_starting_and_reading_took_is_added_and_leaves_half_of_the_time():
    about, settings = subject(900, 12), Settings(seconds=20.0)
    plain = cost.expected_seconds(about, settings, 1.0)
    assert plain <= cost.expected_seconds(about, settings, 1.0, started=4.0) <= plain + 4.0
    assert cost.expected_seconds(about, settings, 1.0, started=60.0) >= 60.0 + 20.0 * cost.TRAINED / 10
