import json
import math
import sqlite3

import numpy as np
import pytest

from reluscape.errors import DataWarning, InputError
from reluscape.experiments import Store, Sweep, run
from reluscape.experiments.engines import Local, Serial, get_engine
from reluscape.experiments.results import ChunkResult, statistics
from tests.experiments import quantities_for_tests

PLAN = Sweep("demo", "full_rank", grid={"n": [2, 3], "width": [1, 4]}, fixed={"d": 1}, trials=25, chunk=10, seed=3)


def table(path):
    with Store(path) as store:
        return store.to_csv()


def test_plan_counts_zips_and_refuses(tmp_path):
    plan = Sweep("p", "full_rank", grid={"width": [1, 2, 3]}, zip={"n": [4, 5], "d": [1, 2]}, trials=7, chunk=3)
    cells = [dict(c.parameters) for c in plan.cells()]
    assert plan.number_of_cells == len(cells) == 6
    assert {(c["n"], c["d"]) for c in cells} == {(4, 1), (5, 2)}
    assert plan.chunks_per_cell == 3
    toml = tmp_path / "plan.toml"
    toml.write_text('quantity = "full_rank"\ntrials = 5\n[grid]\nn = [2]\nwidth = [1]\n[fixed]\nd = 1\n')
    assert Sweep.from_toml(toml).name == "plan"
    for text, message in [
        ("trials = 0\nquantity='full_rank'", "at least 1"),
        ("quantiti = 1", "unknown entry"),
        ("x=", "not a TOML"),
        ("trials=3", "names no quantity"),
    ]:
        toml.write_text(text)
        with pytest.raises(InputError, match=message):
            Sweep.from_toml(toml)
    with pytest.raises(InputError, match="width names 3 twice"):
        Sweep("p", "full_rank", grid={"width": [3, 5, 3]})
    with pytest.raises(InputError, match="differ in length"):
        Sweep("p", "full_rank", zip={"n": [1], "d": [1, 2]})


def test_statistics_by_another_route():
    columns = np.array([[1.0, np.nan], [4.0, np.nan], [np.nan, np.nan], [-2.0, np.nan]])
    (count, missing, total, deviations, least, most), nothing = statistics(columns)
    assert nothing == (0, 4, 0.0, 0.0, None, None)
    assert (count, missing, total, least, most) == (3, 1, 3.0, -2.0, 4.0)
    assert deviations == pytest.approx(21.0 - 3.0)


def test_summary_equals_the_trials(tmp_path):
    run(PLAN, tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        for row in store.summary():
            values = np.concatenate([v for _, v in store.trials(row["cell"])])[
                :, ["full_rank", "rank"].index(row["number"])
            ]
            assert row["trials"] == len(values) == 25
            assert row["mean"] == pytest.approx(values.mean())
            assert row["standard_error"] == pytest.approx(values.std(ddof=1) / 5)
        assert store.problems() == []
        assert "numpy" in store.versions


def test_one_unit_on_one_point_is_a_fair_coin(tmp_path):
    """One unit on one sample: rank 1 exactly where the sample is active, a fair coin by symmetry."""
    plan = Sweep("p", "full_rank", fixed={"n": 1, "d": 1, "width": 1}, trials=400, chunk=400, seed=1)
    run(plan, tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        mean = store.summary()[0]["mean"]
    assert abs(mean - 0.5) < 4 * math.sqrt(0.25 / 400)


def test_engine_chunk_and_resuming_change_nothing(tmp_path):
    run(PLAN, tmp_path / "serial.db", Serial())
    run(PLAN, tmp_path / "local.db", Local(2))
    assert table(tmp_path / "serial.db") == table(tmp_path / "local.db")

    class Stops(Exception):
        pass

    class Part:
        def run(self, tasks):
            for k, result in enumerate(Serial().run(tasks)):
                if k == 5:
                    raise Stops
                yield result

    with pytest.raises(Stops):
        run(PLAN, tmp_path / "part.db", Part())
    state = run(PLAN, tmp_path / "part.db")
    assert state.done == state.total == 12
    assert table(tmp_path / "part.db") == table(tmp_path / "serial.db")
    other = Sweep("demo", "full_rank", PLAN.grid, {}, PLAN.fixed, trials=25, chunk=4, seed=3)
    run(other, tmp_path / "chunks.db")
    with Store(tmp_path / "chunks.db") as a, Store(tmp_path / "serial.db") as b:
        assert [r["mean"] for r in a.summary()] == pytest.approx([r["mean"] for r in b.summary()])


def test_failed_and_poison_chunks_are_recorded(tmp_path):
    plan = quantities_for_tests.plan(kind=["fine", "raises", "dies"])
    run(plan, tmp_path / "a.db", quantities_for_tests.engine(2))
    with Store(tmp_path / "a.db") as store:
        status = {p["cell"]: (p["status"], p["message"]) for p in store.problems()}
    assert status[1][0] == "failed"
    assert "bad luck" in status[1][1]
    assert status[2][0] == "crashed"
    assert 0 not in status


def test_many_results_are_written_as_they_are(tmp_path):
    plan = Sweep("big", "full_rank", grid={"n": [1, 2]}, fixed={"d": 1, "width": 1}, trials=3000, chunk=1000)
    rng = np.random.default_rng(0)
    with Store(tmp_path / "a.db", plan) as store:
        blocks = {(c, k): rng.standard_normal((1000, 2)) for c in range(2) for k in range(3)}
        store.put(ChunkResult(c, k, "done", ("x", "y"), b) for (c, k), b in blocks.items())
        store.put([ChunkResult(0, 0, "done", ("x", "y"), np.zeros((1000, 2)))])
        assert store.finished() == set(blocks)
        np.testing.assert_array_equal(dict(store.trials(0))[0], blocks[0, 0])
        row = next(r for r in store.summary() if r["cell"] == 1 and r["number"] == "y")
        everything = np.concatenate([blocks[1, k][:, 1] for k in range(3)])
        assert row["mean"] == pytest.approx(everything.mean())
        assert row["least"] == everything.min()


def test_engines_by_name():
    assert isinstance(get_engine("local"), Local)
    assert get_engine("dask://host:8786").address == "tcp://host:8786"
    with pytest.raises(InputError, match="unknown engine"):
        get_engine("spark")


def test_paired_axes_share_their_draws(tmp_path):
    fixed = {"n": 6, "d": 1, "width": 3, "steps": 5}
    axes = {"optimizer": ["gd", "adam"], "rate": [0.01, 0.02]}
    values = {}
    for paired in ([], ["optimizer", "rate"]):
        plan = Sweep("p", "gradient_descent", {}, axes, fixed, trials=4, seed=1, paired=paired)
        run(plan, tmp_path / f"{len(paired)}.db")
        with Store(tmp_path / f"{len(paired)}.db") as store:
            values[len(paired)] = [dict(store.trials(cell))[0] for cell in (0, 1)]
    first = 2  # the first basin does not depend on the optimizer
    assert (values[2][0][:, first] == values[2][1][:, first]).all()
    assert (values[0][0][:, first] != values[0][1][:, first]).all()
    assert (values[2][0][:, 0] != values[2][1][:, 0]).all()
    with pytest.raises(InputError, match="no axis"):
        Sweep("p", "full_rank", fixed={"n": 1}, paired=["n"])


def test_other_versions_are_noted(tmp_path):
    run(PLAN, tmp_path / "a.db")
    file = sqlite3.connect(tmp_path / "a.db")
    (text,) = file.execute("select value from meta where key = 'versions'").fetchone()
    assert json.loads(text)["numpy"] == np.__version__
    file.execute("update meta set value = ? where key = 'versions'", (text.replace(np.__version__, "1.0"),))
    file.commit()
    file.close()
    with pytest.warns(DataWarning, match=r"a.db was begun with numpy 1.0, now .*last bits"):
        run(PLAN, tmp_path / "a.db")


@pytest.mark.parametrize("name", ["serial", "local"])
def test_each_worker_has_one_thread(name, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    run(quantities_for_tests.plan(kind=["threads"], trials=3), tmp_path / "a.db", get_engine(name))
    with Store(tmp_path / "a.db") as store:
        (row,) = store.summary()
    assert (row["least"], row["most"], row["trials"]) == (1, 1, 3)
