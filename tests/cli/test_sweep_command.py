import os
import signal
import subprocess
import sys
import time

import pytest

from reluscape.cli import main
from reluscape.cli.sweep import _Line
from reluscape.experiments import Progress, Store
from reluscape.experiments.quantities import QUANTITIES

PLAN = 'quantity = "full_rank"\ntrials = 6\nchunk = 3\n[grid]\nn = [2, 3]\n[fixed]\nd = 1\nwidth = 2\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN)
    return tmp_path


def run(capsys, *words):
    """Return (exit status, standard output, standard error)."""
    with pytest.raises(SystemExit) as ended:
        main(["sweep", *map(str, words)])
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


def test_dry_run_says_what_would_be_done_and_does_nothing(folder, capsys):
    status, out, _ = run(capsys, "plan.toml", "--dry-run", "--workers", "2")
    words = " ".join(out.split())
    assert status == 0
    assert "Cells: 2 (n = 2, 3; d = 1; width = 2)" in words
    assert "Trials: 6 in each cell, 12 in all, in 4 chunks of 3" in words
    assert "plan.db, nothing is done yet" in words
    assert "Time: about 1 s in one process" in words
    assert "MB for each process" in words
    assert [path.name for path in folder.iterdir()] == ["plan.toml"]


def test_run_resume_and_export(folder, capsys):
    status, out, _ = run(capsys, "plan.toml", "--engine", "serial", "--export", "t.csv")
    assert (status, "plan.db: 4 of 4 chunks, 4 of them in this run" in out) == (0, True)
    assert (folder / "t.csv").read_text().count("\n") == 5
    status, out, _ = run(capsys, "plan.toml", "--engine", "serial", "--export", "t.parquet", "--trials")
    assert "all of them before this run" in out
    assert "written: t.parquet" in out
    _, out, _ = run(capsys, "plan.toml", "--dry-run")
    assert "4 of 4 chunks are done" in " ".join(out.split())


def test_list_names_every_quantity(folder, capsys):
    status, out, _ = run(capsys, "--list")
    words = " ".join(out.split())
    assert status == 0
    for name in QUANTITIES:
        assert f"• {name}: " in words
    assert "n (needed)" in words
    assert "threshold = 0.05" in words


def test_faults_are_one_line(folder, capsys):
    (folder / "bad.toml").write_text('quantity = "full_rank"\n[fixed]\nn = 2\n')
    (folder / "evil.toml").write_text('quantity = "os:system"\n')
    (folder / "none.toml").write_text('quantity = "fullrank"\n')
    for words, message in [
        (["bad.toml"], "needs the parameter 'd'"),
        (["evil.toml"], "can only be given from Python"),
        (["none.toml"], "unknown quantity 'fullrank'; choose one of full_rank"),
        ([], "which plan?"),
        (["gone.toml"], "there is no file gone.toml"),
        (["plan.toml", "--engine", "ray"], "unknown engine 'ray'"),
        (["plan.toml", "--workers", "0"], "give at least 1"),
        (["plan.toml", "--export", "t.xls"], "ends in .csv or .parquet"),
        (["plan.toml", "--export", "no/t.csv"], "there is no folder no"),
        (["plan.toml", "--store", "plan.toml"], "no store of a sweep; it is left as it is"),
        (["plan.toml", "--store", "no/such.db"], "choose another folder"),
    ]:
        status, out, err = run(capsys, *words)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err
    assert (folder / "plan.toml").read_text() == PLAN


def test_failed_chunks_are_told_and_tried_again(folder, capsys):
    text = 'quantity = "reachable"\ntrials = 2\nchunk = 1\n[grid]\nwidth = [1, 30]\n[fixed]\nn = 8\nd = 2\n'
    (folder / "r.toml").write_text(text)
    _, out, _ = run(capsys, "r.toml", "--dry-run")
    assert "Trouble: a trial of cell 1 {'d': 2, 'n': 8, 'width': 30} failed" in " ".join(out.split())
    status, out, err = run(capsys, "r.toml", "--engine", "serial")
    assert (status, "4 of 4 chunks, 4 of them in this run; 2 failed" in out) == (1, True)
    assert "2 chunks are missing from the table; --retry tries them again" in err
    status, out, err = run(capsys, "r.toml", "--engine", "serial", "--retry")
    assert "2 chunks will be tried again" in err
    assert "2 of them in this run" in out


def test_slurm_shows_its_job_script(folder, capsys):
    (folder / "s.toml").write_text(
        PLAN + '[slurm]\npartition = "short"\nwalltime = "00:30:00"\nprologue = ["module load python"]\n'
    )
    status, out, _ = run(capsys, "s.toml", "--dry-run", "--engine", "slurm")
    assert status == 0
    for line in ("#SBATCH -p short", "#SBATCH -t 00:30:00", "module load python", "--lifetime 1680s", "--nthreads 1"):
        assert line in out
    (folder / "w.toml").write_text(PLAN + "[slurm]\nqueue = 3\n")
    status, _, err = run(capsys, "w.toml", "--dry-run", "--engine", "slurm")
    assert (status, "unknown setting 'queue'; known are partition" in err) == (2, True)


def held(path):
    """Return how many chunks a store holds, 0 where there is none yet."""
    if not path.exists():
        return 0
    with Store(path) as store:
        return len(store.finished())


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_an_interrupted_sweep_says_what_is_kept(engine, folder):
    plan = 'quantity = "full_rank"\ntrials = 100000\nchunk = 5\n[fixed]\nn = 10\nd = 1\nwidth = 5\n'
    (folder / "long.toml").write_text(plan)
    # a shell lets what runs in its background ignore interrupts
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heeding}; from reluscape.cli import main; main()"
    command = [sys.executable, "-c", program, "sweep", "long.toml", "--workers", "1", "--engine", engine]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not held(folder / "long.db") and process.poll() is None:
        time.sleep(0.1)  # until the first chunk is kept, however long that takes
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert err.splitlines()[-1] == (
        "reluscape sweep: interrupted; what was finished is in long.db, the same command goes on"
    )
    assert "Traceback" not in err
    assert 0 < held(folder / "long.db") < 20000


def test_progress_names_rate_and_remaining_time(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = _Line()
    line(Progress(done=30, total=100, fresh=20, seconds=10.0, lost=1))
    line.end()
    assert "30 of 100 chunks (30 %), 2 a second, about 35 s left, 1 failed" in capsys.readouterr().err


@pytest.mark.torch
def test_a_device_is_checked_before_anything_starts(folder, capsys):
    (folder / "r.toml").write_text('quantity = "reachable"\n[fixed]\nn = 3\nd = 1\nwidth = 1\n')
    for words, message in [
        (["plan.toml", "--device", "cuda:99"], "no device 'cuda:99' that torch can use"),
        (["plan.toml", "--device", "tpu"], "unknown device 'tpu'"),
        (["r.toml", "--device", "cpu"], "full_rank and good_basin can"),
    ]:
        status, out, err = run(capsys, *words)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err
    status, out, _ = run(capsys, "plan.toml", "--device", "cpu", "--engine", "serial")
    assert (status, "4 of 4 chunks" in out) == (0, True)
