"""Killed workers and killed drivers lose nothing; files that are no stores stay as they are."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from reluscape.errors import InputError, ReluscapeError, UnsupportedError
from reluscape.experiments import Store, Sweep, cluster, run
from reluscape.experiments.engines import Serial, get_engine
from reluscape.experiments.runner import pending
from reluscape.experiments.work import measure
from tests.experiments import quantities_for_tests, storm

PLAN = Sweep("demo", "full_rank", grid={"n": [2, 3], "width": [1, 4]}, fixed={"d": 1}, trials=25, chunk=10, seed=3)
TRIALS = 300


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """Return the table of an undisturbed serial run."""
    path = tmp_path_factory.mktemp("calm") / "calm.db"
    run(storm.plan(TRIALS), path, Serial())
    return storm.table(path)


@pytest.mark.parametrize(("engine", "kept"), [("local", (0, 1)), ("local", (10, 20)), ("dask", (5, 15))])
def test_a_killed_worker_and_a_killed_driver_lose_nothing(engine, kept, calm, tmp_path):
    waits = [storm.when_kept(chunks) for chunks in kept]
    _, held = storm.storm(engine, tmp_path / "a.db", TRIALS, np.random.default_rng(0), *waits)
    assert held >= kept[1]
    assert storm.table(tmp_path / "a.db") == calm


def test_dask_records_poison_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    run(quantities_for_tests.plan(kind=["fine", "raises", "dies"]), tmp_path / "a.db", get_engine("dask", 2))
    with Store(tmp_path / "a.db") as store:
        status = {p["cell"]: (p["status"], p["message"]) for p in store.problems()}
        assert {row["cell"] for row in store.summary()} == {0}
    assert status[1] == ("failed", "bad luck")
    assert status[2] == ("crashed", "KilledWorker on the cluster")
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run(quantities_for_tests.plan(kind=["fine"]), tmp_path / "b.db", get_engine("dask://127.0.0.1:9"))


def test_a_cluster_that_runs_already_and_one_that_goes_away(tmp_path):
    import distributed

    run(PLAN, tmp_path / "calm.db")
    here = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )
    with here:
        engine = get_engine(here.scheduler_address.replace("tcp://", "dask://"))
        run(PLAN, tmp_path / "a.db", engine)
        assert storm.table(tmp_path / "a.db") == storm.table(tmp_path / "calm.db")
        slow = quantities_for_tests.plan(kind=["slow"], trials=200)

        def leave(state):
            here.close()

        with pytest.raises(ReluscapeError, match="the same command goes on"):
            run(slow, tmp_path / "b.db", engine, leave)
    with Store(tmp_path / "b.db") as store:
        assert 0 < len(store.finished()) < 200
    state = run(slow, tmp_path / "b.db", get_engine("local", 2))
    assert state.done == 200


def test_a_result_that_dies_with_its_worker_is_computed_again():
    import distributed

    task = next(pending(PLAN, set()))
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as here,
        distributed.Client(here) as client,
    ):
        future = client.submit(cluster.measure_alone, task, pure=False)
        distributed.wait(future)
        for pid in client.run(os.getpid).values():
            os.kill(pid, signal.SIGKILL)
        result = cluster._fetched(future, task, client)
    assert result.status == "done"
    np.testing.assert_array_equal(result.values, measure(task).values)


def test_a_worker_in_the_middle_of_a_chunk_ends_with_its_driver(tmp_path):
    script = tmp_path / "sleeps.py"
    script.write_text(
        "from reluscape.experiments import run\n"
        "from reluscape.experiments.engines import Local\n"
        "from tests.experiments.quantities_for_tests import plan\n"
        'if __name__ == "__main__":\n'
        f"    run(plan(kind=['sleeps in {tmp_path}'], trials=4), {str(tmp_path / 'a.db')!r}, Local({storm.WORKERS}))\n"
    )
    driver = storm.started(script)
    storm.wait_until(lambda: len(list(tmp_path.glob("*.asleep"))) == storm.WORKERS, "no worker began")
    workers = [int(mark.stem) for mark in tmp_path.glob("*.asleep")]
    assert all(map(storm.alive, workers))
    driver.kill()
    driver.wait()
    driver.stderr.close()
    try:
        storm.wait_until(lambda: not any(map(storm.alive, workers)), "a worker outlives its driver")
    finally:
        for worker in filter(storm.alive, workers):
            os.kill(worker, signal.SIGKILL)


def test_the_chunk_of_a_worker_that_dies_once_is_measured_in_the_same_run(tmp_path):
    once = f"dies beside {tmp_path / 'mark'}"
    state = run(quantities_for_tests.plan(kind=["fine", once], trials=6), tmp_path / "a.db", get_engine("local", 2))
    assert (tmp_path / "mark").exists()
    assert (state.done, state.fresh, state.lost) == (12, 12, 0)
    run(quantities_for_tests.plan(kind=["fine", once], trials=6), tmp_path / "b.db", Serial())
    assert storm.table(tmp_path / "a.db") == storm.table(tmp_path / "b.db")


def test_a_write_that_breaks_off_leaves_nothing_of_itself(tmp_path):
    tasks = list(pending(PLAN, set()))
    good = [measure(task) for task in tasks[:3]]
    spoilt = replace(measure(tasks[3]), names=("one too few",))

    def breaks_off():
        yield good[1]
        raise KeyboardInterrupt

    with Store(tmp_path / "a.db", PLAN) as store:
        store.put(good[:1])
        for results, error in ((breaks_off(), KeyboardInterrupt), (iter([good[2], spoilt]), ValueError)):
            with pytest.raises(error):
                store.put(results)
            assert store.finished() == {(good[0].cell, good[0].chunk)}
            rows = store._connection.execute("select distinct cell, chunk from statistic").fetchall()
            assert set(rows) == store.finished()
    run(PLAN, tmp_path / "a.db")
    run(PLAN, tmp_path / "b.db")
    assert storm.table(tmp_path / "a.db") == storm.table(tmp_path / "b.db")


def test_problems_are_tried_again_when_asked(tmp_path):
    plan = quantities_for_tests.plan(kind=["fine", "raises"])
    run(plan, tmp_path / "a.db")
    with Store(tmp_path / "a.db", plan) as store:
        assert store.forget_problems() == 2
        assert len(store.finished()) == 2
    state = run(plan, tmp_path / "a.db")
    assert (state.fresh, state.lost, state.done) == (2, 2, 4)


def damaged_files(whole):
    middle = len(whole) // 2
    with contextlib.closing(sqlite3.connect(":memory:")) as other:
        other.execute("create table t (x)")
        foreign = other.serialize()
    return {
        "empty": (b"", "no store"),
        "text": (b"hello", "no store"),
        "foreign": (foreign, "another program's"),
        "cut": (whole[: len(whole) - 4096], "truncated"),
        "head": (whole[:100], "truncated"),
        "spoilt": (whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :], "damaged"),
        "version": (whole[:60] + b"\0\0\0\x63" + whole[64:], "another version"),
    }


def test_damaged_and_foreign_files_are_left_alone(tmp_path):
    run(PLAN, tmp_path / "a.db")
    whole = (tmp_path / "a.db").read_bytes()
    for name, (content, message) in damaged_files(whole).items():
        path = tmp_path / f"{name}.db"
        path.write_bytes(content)
        for plan in (PLAN, None):
            with pytest.raises(InputError, match=message):
                Store(path, plan)
            assert path.read_bytes() == content
    with pytest.raises(InputError, match="another plan"):
        run(Sweep("demo", "full_rank", PLAN.grid, {}, PLAN.fixed, trials=26), tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes() == whole
    with pytest.raises(InputError, match="there is no store"):
        Store(tmp_path / "none.db")
    os.mkfifo(tmp_path / "pipe.db")
    for place, what in ((tmp_path, "a folder"), (tmp_path / "pipe.db", "a pipe")):
        for plan in (PLAN, None):
            with pytest.raises(InputError, match=f"is {what}"):
                Store(place, plan)
    assert (tmp_path / "pipe.db").is_fifo()


def test_a_cut_store_beside_its_log_is_left_alone(tmp_path):
    with Store(tmp_path / "a.db", PLAN) as store:
        run_part(store)
        for suffix in ("", "-wal"):
            shutil.copy(tmp_path / f"a.db{suffix}", tmp_path / f"b.db{suffix}")
    content = (tmp_path / "b.db").read_bytes()[:8192]
    (tmp_path / "b.db").write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|cannot be opened"):
        run(PLAN, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_bytes() == content


def run_part(store):
    """Write half of the plan's chunks."""
    tasks = list(pending(store.plan, set()))
    store.put(Serial().run(iter(tasks[::2])))


def test_a_store_whose_driver_died_is_whole_with_its_log(tmp_path):
    with Store(tmp_path / "a.db", PLAN) as store:
        run_part(store)
        for suffix in ("", "-wal"):
            shutil.copy(tmp_path / f"a.db{suffix}", tmp_path / f"b.db{suffix}")
        kept = store.finished()
    with Store(tmp_path / "b.db") as copy:
        assert copy.finished() == kept
    run(PLAN, tmp_path / "b.db")
    run(PLAN, tmp_path / "c.db")
    assert storm.table(tmp_path / "b.db") == storm.table(tmp_path / "c.db")


def test_a_second_driver_is_refused(tmp_path):
    with Store(tmp_path / "a.db", PLAN) as first:
        with pytest.raises(InputError, match="another driver"):
            Store(tmp_path / "a.db", PLAN)
        with Store(tmp_path / "a.db") as reader:
            assert reader.finished() == first.finished()
    run(PLAN, tmp_path / "a.db")


def test_a_script_without_its_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from reluscape.experiments import Sweep, run\n"
        "from reluscape.experiments.engines import Local\n"
        "plan = Sweep('p', 'full_rank', fixed={'n': 2, 'd': 1, 'width': 1}, trials=4, chunk=2)\n"
        f"run(plan, {str(tmp_path / 'a.db')!r}, Local(1))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert UnsupportedError.__name__ in done.stderr
    assert 'if __name__ == "__main__":' in done.stderr
