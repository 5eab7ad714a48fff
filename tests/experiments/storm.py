"""A sweep under fire: a worker is killed, then the driver; the same command must bring the same table.

python tests/experiments/storm.py ENGINE STORE TRIALS runs the sweep that is fired at.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
# a process that takes longer than this hangs, however loaded the machine is
PATIENCE_SECONDS = 600.0


def plan(trials, chunk=10):
    from reluscape.experiments import Sweep

    fixed = {"d": 2, "width": 6, "threshold": 0.3}
    return Sweep("storm", "basin_value", grid={"n": [12, 20]}, fixed=fixed, trials=trials, chunk=chunk, seed=11)


def table(path):
    from reluscape.experiments import Store

    with Store(path) as store:
        return store.to_csv()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def workers_of(pid):
    """Return the spawned processes that any thread of a process started."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in map(int, thread.read_text().split()):
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def start(engine, store, trials):
    return started(Path(__file__).resolve(), engine, store, trials)


def started(script, *words):
    """Return the process of a script that finds the package and the tests."""
    command = [sys.executable, *map(str, (script, *words))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE)


def wait_for_workers(driver):
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit and driver.poll() is None:
        found = workers_of(driver.pid)
        if len(found) >= WORKERS:
            return found
        time.sleep(0.01)
    raise AssertionError(f"no workers appeared; the driver said {driver.stderr.read().decode()[-500:]}")


def wait_until(done, otherwise):
    """Wait until something is true; where that takes longer than the patience, it is an error."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > limit:
            raise AssertionError(otherwise)
        time.sleep(0.02)


def after(seconds):
    """Return a wait for so many seconds."""
    return lambda driver, store: time.sleep(seconds)


def when_kept(chunks):
    """Return a wait until a store holds so many chunks, or its driver has ended."""

    def wait(driver, store):
        while driver.poll() is None and chunks_in(store) < chunks:
            time.sleep(0.05)

    return wait


def storm(engine, store, trials, rng, worker_dies, driver_dies):
    """Wait and kill a random worker, wait and kill the driver; then run to the end.

    Returns:
        seconds that the last worker outlived its driver, and the chunks in the store when it died.
    """
    driver = start(engine, store, trials)
    workers = wait_for_workers(driver)
    worker_dies(driver, store)
    victim = workers[int(rng.integers(len(workers)))]
    if alive(victim):
        os.kill(victim, signal.SIGKILL)
    driver_dies(driver, store)
    workers = workers_of(driver.pid) if driver.poll() is None else []
    driver.kill()
    driver.wait()
    killed = time.monotonic()
    driver.stderr.close()
    wait_until(lambda: not any(map(alive, workers)), "a worker outlives its driver")
    outlived = time.monotonic() - killed
    held = chunks_in(store)
    again = start(engine, store, trials)
    _, said = again.communicate(timeout=PATIENCE_SECONDS)
    if again.returncode:
        raise AssertionError(f"the second run ended with {again.returncode}: {said.decode()[-2000:]}")
    return outlived, held


def chunks_in(store):
    from reluscape.experiments import Store

    if not store.exists():
        return 0
    with Store(store) as found:
        return len(found.finished())


if __name__ == "__main__":
    from reluscape.experiments import run
    from reluscape.experiments.engines import get_engine

    run(plan(int(sys.argv[3])), sys.argv[2], get_engine(sys.argv[1], WORKERS))
