"""Trainings by width: the search for lower losses keeps apart what a share is estimated from."""

import numpy as np

from reluscape.critical.training.by_width import Trainings
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
