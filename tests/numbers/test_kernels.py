"""Kernels give the same answers in plain Python and compiled, and are compiled where there is much to do."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs
from reluscape.jacobian.rank import rank_verdicts
from reluscape.numbers import kernels
from reluscape.numbers.kernels import Kernel, inner, kernel

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def plain(self, *args):
    with np.errstate(all="ignore"):
        return self.plain(*args)


def data(seed, n, d):
    rng = np.random.default_rng(seed)
    return rs.Dataset(rng.integers(-6, 7, (n, d)), rng.integers(-3, 4, n), bias=True)


def layers(table, seed, number, m=2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(number, m, table.d)) @ table.X.T > 0, rng.choice([-1, 1], (number, m))


def listed(seed):
    found = rs.enumerate_regions(data(seed, 9, 3))
    return found.patterns, found.witnesses


def counted(seed):
    from reluscape.geometry.counting.counting_kernel import count_half, likely_cost
    from reluscape.geometry.counting.position_kernel import independent

    rows = np.random.default_rng(seed).integers(-9, 10, (9, 4)).astype(np.int64)
    modulo = rows % 2147483647
    return count_half(rows, 10_000)[0], likely_cost(rows, 20, seed), independent(modulo, 2147483647)


def ranks(seed):
    table = data(seed, 12, 3)
    patterns, _ = layers(table, seed, 8, 3)
    return rank_verdicts(patterns, table), [rs.jacobian_rank(pattern, table) for pattern in patterns]


def values(seed, d):
    table = data(seed, 10, d)
    return (rs.basin_values(table, None, *layers(table, seed, 6)),)


def census(seed):
    found = rs.local_minima(data(seed, 4, 1), None, width=2)
    return (np.array([float(value) for value in found.losses]),)


def tree(seed):
    found = rs.barrier_tree(data(seed, 5, 1), None, width=2)
    return (np.array([[float(birth), float(top)] for birth, top in found.pairs]),)


def realizable(seed):
    table = data(seed, 14, 3)
    patterns, _ = layers(table, seed, 5)
    return ([rs.is_realizable(table, pattern).witness for pattern in patterns[:, 0]],)


def decayed(seed):
    table = data(seed, 8, 2)
    pairs = zip(*layers(table, seed, 3), strict=True)
    return ([float(rs.basin_value(table, None, *pair, weight_decay=0.05, output_bias=True).value) for pair in pairs],)


# programs with weight decay are proved up to a gap, at which either way may stop
GAPS = {"decayed": 1e-6}
CALLS = {
    "decayed": decayed,
    "listed": listed,
    "counted": counted,
    "ranks": ranks,
    "values in the plane": lambda seed: values(seed, 1),
    "values in space": lambda seed: values(seed, 2),
    "census": census,
    "tree": tree,
    "realizable": realizable,
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", CALLS)
def test_plain_and_compiled_kernels_agree(name, seed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Kernel, "__call__", plain)
        expected = CALLS[name](seed)
    monkeypatch.setattr(Kernel, "__call__", lambda self, *args: self.compiled(*args))
    for one, other in zip(CALLS[name](seed), expected, strict=True):
        np.testing.assert_allclose(
            np.asarray(one, dtype=float), np.asarray(other, dtype=float), rtol=GAPS.get(name, 1e-9), atol=1e-12
        )


def doubled():
    @inner()
    def twice(value):
        return 2 * value

    @kernel(lambda values: len(values), seconds=10 / kernels.STEPS, cache=False)
    def total(values):
        found = 0.0
        for value in values:
            found += twice(value)
        return found

    return total


def test_a_kernel_is_compiled_where_it_has_more_to_do_than_compiling_takes(monkeypatch):
    monkeypatch.setattr(kernels, "left_by_earlier_runs", frozenset)
    monkeypatch.setattr(kernels, "_at_once", [])  # another test of this process may have run a sweep
    total = doubled()
    assert total(np.ones(6)) == total(np.ones(4)) + 4
    assert total._compiled is None  # ten steps so far
    assert total(np.ones(1)) == 2
    assert total._compiled is not None
    total = doubled()
    assert total(np.ones(11)) == 22
    assert total._compiled is not None
    total = doubled()
    kernels.compile_at_once("a sweep")
    assert total(np.ones(1)) == 2
    assert total._compiled is not None


def test_that_a_kernel_is_compiled_is_said_once(monkeypatch):
    monkeypatch.setattr(kernels, "left_by_earlier_runs", frozenset)
    monkeypatch.setattr(kernels, "_waiting", [])
    words = []
    kernels.before_compiling(lambda: words.append("compiling"))
    for _ in range(2):
        assert doubled()(np.ones(11)) == 22
    assert words == ["compiling"]


def test_a_kernel_that_an_earlier_run_compiled_is_used_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not kernels.left_by_earlier_runs.__wrapped__()
    (tmp_path / "solvers_1").mkdir()
    (tmp_path / "solvers_1" / "rays_kernel.all_rays-26.py311.nbi").write_bytes(b"")
    assert kernels.left_by_earlier_runs.__wrapped__() == {"rays_kernel.all_rays"}


# many runs of a small network, which critical/training/kernel.py compiles for a survey at once
TRAININGS = "kernel."


@pytest.mark.parametrize(
    "words",
    [
        ["census", f"{EXAMPLES}/xor.csv", "--target", "xor", "--width", "2"],
        ["explain", f"{EXAMPLES}/linnerud_net.npz", f"{EXAMPLES}/linnerud.csv", "--target", "weight"],
        ["survey", f"{EXAMPLES}/xor.csv", "--target", "xor", "--seconds", "1"],
    ],
    ids=lambda words: words[0],
)
def test_small_data_need_no_compiler_but_for_the_trainings_of_a_survey(words, tmp_path):
    code = "import sys; from reluscape.cli import main; sys.argv[0] = 'reluscape'; main()"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    files = {path.name.partition("-")[0] for path in (tmp_path / "kernels").rglob("*.nbi")}
    assert {name for name in files if words[0] != "survey" or not name.startswith(TRAININGS)} == set()


def test_a_kernel_in_plain_python_meets_the_unsigned_integers_of_its_signature():
    """NumPy before 2 makes a float of a Python integer beside an unsigned one, and shifts no floats."""
    called = []
    for signature in ("uint64(int64[:, ::1], uint64, int64)", "Tuple((int64, uint64))(uint64[::1], uint64, int64)"):
        one = kernel(lambda *_: 1.0, signature=signature)(lambda *args: called.append([type(a) for a in args]))
        one.plain(np.zeros(1), 536870909, 3)
    assert called == [[np.ndarray, np.uint64, int]] * 2
