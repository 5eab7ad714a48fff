"""Plans and stores that cannot be: each is refused by name before anything starts."""

import sqlite3

import pytest

from reluscape.errors import InputError, TooLarge
from reluscape.experiments import Store, Sweep
from reluscape.experiments.engines import get_engine

START = 'quantity = "full_rank"\ntrials = 4\n'
FIXED = "[fixed]\nn = 4\nd = 1\nwidth = 2\n"
WRONG = {
    "a quantity that is a number": "quantity = 3\n" + FIXED,
    "a quantity that is a list": 'quantity = ["full_rank"]\n' + FIXED,
    "a name with a null": START + 'name = "a\\u0000b"\n' + FIXED,
    "a name with a folder": START + 'name = "../a"\n' + FIXED,
    "a name that is a number": START + "name = 3\n" + FIXED,
    "pairs that are a number": START + "paired = 3\n" + FIXED,
    "pairs of numbers": START + "paired = [3]\n" + FIXED,
    "a date": START + FIXED + "data_seed = 2020-01-01\n",
    "a date in a grid": START + "[fixed]\nd = 1\nwidth = 2\n[grid]\nn = [2020-01-01]\n",
    "a table as a value": START + FIXED + "target = {a = 1}\n",
    "a nested list": START + "[fixed]\nd = 1\nwidth = 2\n[grid]\nn = [[[[1]]]]\n",
    "deep nesting": START + "[grid]\nn = " + "[" * 20_000 + "]" * 20_000 + "\n",
    "a number of 5,000 digits": START + FIXED + f"data_seed = {'9' * 5000}\n",
    "a number of 4,000 digits": START + FIXED + f"data_seed = {'9' * 4000}\n",
    "infinity": START + FIXED + "data_seed = inf\n",
    "a quantity in a grid that is a number": "trials = 4\n[grid]\nquantity = [1, 2]\n" + FIXED,
    "trials that are no number": 'quantity = "full_rank"\ntrials = "4"\n' + FIXED,
    "keep_trials as text": START + 'keep_trials = "yes"\n' + FIXED,
    "text for a size": START + '[fixed]\nn = "x"\nd = 1\nwidth = 2\n',
    "a size with a point": START + "[fixed]\nn = 4\nd = 2.0\nwidth = 2\n",
    "a width of nothing": START + "[fixed]\nn = 4\nd = 1\nwidth = 0\n",
    "text for a width": START + '[fixed]\nn = 4\nd = 1\nwidth = "x"\n',
    "one bad size in a grid": START + "[grid]\nn = [3, 4, -1]\n[fixed]\nd = 1\nwidth = 2\n",
    "an unknown law": START + FIXED + 'law = "cauchy"\n',
    "a law that is a number": START + FIXED + "law = 3\n",
    "rows beyond memory": START + "[fixed]\nn = 100000000000\nd = 1\nwidth = 2\n",
    "rows times units beyond memory": START + "[fixed]\nn = 100000\nd = 1\nwidth = 100000\n",
    "trials beyond all time": 'quantity = "full_rank"\ntrials = 100000000000\n' + FIXED,
    "a chunk beyond memory": 'quantity = "full_rank"\ntrials = 1000000\nchunk = 1000000\n' + FIXED,
    "a threshold that is text": 'quantity = "basin_value"\n' + FIXED + 'threshold = "x"\n',
    "an unknown law of the targets": 'quantity = "zero_loss"\n' + FIXED + 'targets = "x"\n',
    "a scale that is text": 'quantity = "reachable"\n' + FIXED + 'scale = "x"\n',
    "an unknown optimizer": 'quantity = "gradient_descent"\n' + FIXED + 'optimizer = "sgd"\n',
    "a rate of zero": 'quantity = "gradient_descent"\n' + FIXED + "rate = 0.0\n",
    "steps with a point": 'quantity = "training_path"\n' + FIXED + "steps = 2.0\n",
    "fresh samples for shared trials": 'quantity = "good_basin"\n' + FIXED + 'data_seed = "fresh"\n',
    "a negative strength": 'quantity = "requ_training"\n' + FIXED + "strength = -1.0\n",
    "a margin loss there is not": 'quantity = "requ_training"\n' + FIXED + 'loss = "x"\n',
    "a draw named by a point": START + FIXED + "data_seed = 1.5\n",
    "an open quote": START + 'name = "a\n',
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_plan_that_cannot_be(text, tmp_path):
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises((InputError, TooLarge)) as caught:
        Sweep.from_toml(tmp_path / "plan.toml").check()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("plan", ["no JSON", "null", "3", "[]", "[" * 100_000, '{"name": 3}', '{"grid": {"n": 3}}', ""])
def test_a_store_whose_plan_is_none(plan, tmp_path):
    good = Sweep("demo", "full_rank", fixed={"n": 4, "d": 1, "width": 2}, trials=4)
    with Store(tmp_path / "demo.db", good):
        pass
    with sqlite3.connect(tmp_path / "demo.db") as there:
        there.execute("update meta set value = ? where key = 'plan'", (plan,))
    there.close()
    for expected in (None, good):
        with pytest.raises(InputError, match=r"demo\.db"):
            Store(tmp_path / "demo.db", expected)


@pytest.mark.parametrize(
    "name", ["dask://", "dask://host", "dask://:8786", "dask://host:", "dask://host:x", "dask://h:99999"]
)
def test_a_scheduler_without_an_address(name):
    with pytest.raises(InputError, match="HOST:PORT"):
        get_engine(name)
