"""Fresh starts end in networks of the losses they tell, the same each time, and stop where nothing is left to gain."""

import numpy as np
import pytest

from reluscape.critical.trained.fresh import fresh_networks, further_starts, most_basins
from reluscape.critical.training import Plan, train
from reluscape.problem.data import Dataset, standardize
from reluscape.problem.losses import get_loss, mean_loss

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("loss", "y"), [("squared", [0, 1, 1, 0]), ("bce", [0, 1, 1, 0]), ("logistic", [-1, 1, 1, -1])]
)
def test_fresh_starts_find_the_fit_of_xor_and_tell_its_loss(loss, y):
    data, chosen = Dataset(XOR, y, bias=True), get_loss(loss)
    found = fresh_networks(data, 4, True, chosen, 2, 0, 1e-9)
    for net, value in found:
        assert value == pytest.approx(mean_loss(chosen, net.predict(data), np.array(y, dtype=float)), abs=1e-12)
    assert min(value for _, value in found) < 1e-3
    again = fresh_networks(data, 4, True, chosen, 2, 0, 1e-9)
    assert [net.W.tobytes() for net, _ in found] == [net.W.tobytes() for net, _ in again]


def test_a_search_ends_at_a_loss_that_is_enough():
    data = Dataset(XOR, [0, 1, 1, 0], bias=True)
    assert len(fresh_networks(data, 4, True, get_loss("squared"), 3, 0, np.inf)) == 1


def test_no_start_finds_no_network():
    assert fresh_networks(Dataset(XOR, [0, 1, 1, 0]), 2, False, get_loss("squared"), 0, 0, 0.0) == []


def test_fewer_basins_are_visited_where_a_program_takes_longer():
    small, large = Dataset(XOR, [0, 1, 1, 0]), Dataset(np.random.default_rng(0).normal(size=(500, 4)), np.zeros(500))
    squared, logistic = get_loss("squared"), get_loss("logistic")
    assert most_basins(small, 2, logistic) == most_basins(small, 2, squared)
    assert 2 <= most_basins(large, 8, logistic) < most_basins(large, 8, squared)


def test_cheap_problems_get_more_starts_and_none_that_is_worse():
    rng = np.random.default_rng(1)
    X, y, squared = rng.normal(size=(15, 2)), rng.normal(size=15), get_loss("squared")
    data = Dataset(X, y, bias=True)
    more = further_starts(data, 2, squared, 3)
    assert more > 0
    found = fresh_networks(data, 2, True, squared, 3, 0, 0.0)
    assert 0 < len(found) <= 2 * (3 + more)
    assert min(value for _, value in found) <= min(value for _, value in found[:6])
    large = Dataset(rng.normal(size=(400, 8)), rng.normal(size=400))
    assert further_starts(large, 20, squared, 3) == further_starts(data, 2, squared, 0) == 0
    assert further_starts(data, 6, get_loss("huber"), 3) < further_starts(data, 6, squared, 3)


def test_the_lowest_fresh_start_is_at_least_as_low_as_a_hundred_trainings():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    data = Dataset(X, y, bias=True)
    best = train(standardize(data).X, y, 2, plan=Plan(runs=100, seed=5)).losses.min()
    assert min(value for _, value in fresh_networks(data, 2, True, get_loss("squared"), 3, 0, 0.0)) <= 1.02 * best
