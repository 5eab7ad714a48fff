"""Plans and stores that cannot be: each is refused by name before anything starts."""

import sqlite3

import pytest

from reluscape.errors import InputError
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
    "an open quote": START + 'name = "a\n',
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_plan_that_cannot_be(text, tmp_path):
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(InputError) as caught:
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
