"""Trainings by width: the search for lower losses keeps apart what a share is estimated from."""

from itertools import pairwise

import numpy as np
import pytest

from reluscape.critical.training import Batch, Plan
from reluscape.critical.training.by_width import Trainings
from reluscape.critical.training.hops import BESIDE, NEAR, moved
from reluscape.numbers.clock import Clock

X = np.array([[x, 1.0] for x in np.linspace(-1, 1, 15)])
Y = np.sin(4 * X[:, 0]) + np.cos(9 * X[:, 0])


def trained(width, runs=4):
    trainings = Trainings(X, Y, True, "squared", runs, 0)
    trainings.set_steps((width,), 0.0)
    trainings.at(width, Clock(60.0))
    return trainings


def test_a_search_only_lowers_the_lowest_loss_and_leaves_the_shares_alone():
    trainings = trained(3)
    before, shares = trainings.lowest(3)[0], trainings.adam[3].losses.copy()
    trainings.search(3, Clock(600.0), lambda value: 3 in trainings.searched and trainings.searched[3].runs > 60)
    assert trainings.lowest(3)[0] <= before
    np.testing.assert_array_equal(trainings.adam[3].losses, shares)
    assert trainings.count(3) > trainings.searched[3].runs == 120


def test_no_round_begins_without_time_or_where_nothing_is_left_to_gain():
    trainings = trained(2)
    trainings.search(2, Clock(0.0))
    trainings.search(2, Clock(600.0), lambda value: True)
    assert not trainings.searched


def test_the_lowest_few_rise_and_belong_to_their_networks():
    trainings = trained(3, 12)
    few = trainings.lowest_few(3, 5, 1e-9)
    values = [value for value, _, _ in few]
    assert all(np.diff(values) > 1e-9)
    for value, training, run in few:
        net = training.network(run)
        assert np.isclose(np.mean((net.predict(X) - Y) ** 2), value, rtol=1e-6, atol=1e-12)


def test_a_chosen_width_is_confirmed_by_runs_that_had_no_part_in_the_choice():
    trainings = trained(3, 4)
    chosen_by = trainings.adam[3].losses.copy()
    assert trainings.judging(3) is trainings.adam[3]
    assert trainings.confirm(3, Clock(600.0))
    fresh = trainings.judging(3).losses
    assert len(fresh) == 60
    # the first weights are continuous, so that equal ends mean equal runs
    assert not np.isin(fresh[fresh > 1e-6], chosen_by).any()
    np.testing.assert_array_equal(trainings.adam[3].losses, chosen_by)
    assert trainings.lowest(3)[0] <= min(fresh.min(), chosen_by.min())


def test_without_time_for_as_many_fresh_runs_nothing_is_confirmed():
    trainings = trained(3, 4)
    assert not trainings.confirm(3, Clock(0.0))
    assert trainings.judging(3) is trainings.adam[3]


class AfterLooks(Clock):
    """A clock that is over after so many looks, so that nothing depends on the machine."""

    def __init__(self, looks):
        super().__init__(1.0)
        self.looks = looks

    @property
    def left(self):
        self.looks -= 1
        return 1e6 if self.looks >= 0 else 0.0


def in_small_groups(monkeypatch, size):
    monkeypatch.setattr("reluscape.critical.training.by_width.group", lambda plan, batch: min(size, plan.runs))


def test_more_time_makes_the_same_groups_of_runs_and_then_more(monkeypatch):
    in_small_groups(monkeypatch, 2)
    ends = []
    for looks in (0, 2, 100):
        trainings = Trainings(X, Y, True, "squared", 8, 0)
        trainings.set_steps((3,), 0.0)
        ends.append((trainings.at(3, AfterLooks(looks)), trainings.lowest(3)[0]))
    (short, high), (longer, middle), (whole, low) = ends
    assert (short.runs, longer.runs, whole.runs) == (2, 6, 8)
    for fewer, more in ((short, longer), (longer, whole)):
        np.testing.assert_array_equal(fewer.losses, more.losses[: fewer.runs])
        np.testing.assert_array_equal(fewer.points, more.points[: fewer.runs])
    assert low <= middle <= high


@pytest.mark.parametrize("width", [2, 4])
def test_rounds_of_the_search_are_the_same_whatever_the_time_and_however_many_trainings_there_are(monkeypatch, width):
    in_small_groups(monkeypatch, 3)
    found = []
    for looks, rounds in ((0, 1), (1, 2), (100, 4)):
        trainings = Trainings(X, Y, True, "squared", 9, 0)
        trainings.set_steps((width,), 0.0)
        trainings.at(width, AfterLooks(looks))
        # the time is over, so that the sure rounds alone are made
        trainings.search(width, AfterLooks(0), sure=(rounds + 0.5) * trainings.round_seconds(width))
        found.append((trainings.searched[width], trainings.lowest(width)[0], rounds))
    for (fewer, high, first), (more, low, second) in pairwise(found):
        assert (fewer.runs, more.runs) == (3 * first, 3 * second)
        np.testing.assert_array_equal(fewer.losses, more.losses[: fewer.runs])
        assert low <= high


def test_steps_do_not_fall_with_the_time_and_longer_runs_come_after_shorter_ones():
    last = None
    for given in (0.0, 0.01, 0.1, 1.0, 10.0):
        trainings = Trainings(X, Y, True, "squared", 4, 0)
        trainings.set_steps((2, 3), 0.02, given)
        steps = [plan.steps for plan in (*trainings.shorter, trainings.plan)]
        assert steps == sorted(set(steps))
        assert last is None or steps[: len(last)] == last
        last = steps
    assert last[-1] == 2_000
    trainings.at(2, AfterLooks(100))
    assert trainings.adam[2].plan.steps == 2_000
    assert trainings.fewer_steps[2].runs == 4 * len(trainings.shorter)
    assert trainings.lowest(2)[0] <= min(trainings.adam[2].rest.min(), trainings.fewer_steps[2].rest.min())


def test_longer_runs_begin_only_where_there_is_time_for_them():
    trainings = Trainings(X, Y, True, "squared", 4, 0)
    trainings.set_steps((2,), 0.0, 10.0)
    assert trainings.shorter
    assert trainings.at(2, AfterLooks(0)).plan.steps == trainings.shorter[0].steps


@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_round_draws_one_unit_of_each_network_anew_and_some_beside_another(width):
    batch, plan = Batch.of(X, Y, width, True), Plan(runs=12)
    theta = np.random.default_rng(0).normal(size=(12, batch.size))
    kept = theta.copy()
    new = moved(batch, theta, plan, np.random.default_rng(1))
    np.testing.assert_array_equal(theta, kept)
    W, V, c = batch.unpack(theta)
    new_W, new_V, new_c = batch.unpack(new)
    np.testing.assert_array_equal(new_c, c)
    for run in range(12):
        changed = np.flatnonzero((new_W[run] != W[run]).any(axis=1))
        assert len(changed) == 1
        others = np.delete(np.arange(width), changed)
        np.testing.assert_array_equal(new_V[run, others], V[run, others])
        if run % BESIDE == 0 and width > 1:
            sizes = np.linalg.norm(W[run, others], axis=1)
            near = np.linalg.norm(new_W[run, changed[0]] - W[run, others], axis=1) / sizes
            assert np.isclose(near, NEAR).any()
