"""What the other scripts here measure, at small sizes, in two source trees in turns: has anything become slower?

    OMP_NUM_THREADS=1 python benchmarks/before_after.py BEFORE/src AFTER/src [--rounds 5] [--seconds 0.3] [--only WORD]

Each tree is imported by processes of its own in turns, a first of each not counted, in which every kernel is compiled.
A row is processor time of one thread, the best of all its calls in all rounds; its ratio is after to before. A ratio
within the last column, the largest ratio of two rounds of the same tree, may be the machine's. Rows that only the
second tree has are printed without one. Ends with status 1 where a row is slower by more than the allowed share.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

ALLOWED = 1.05
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

ROWS: dict[str, Callable[[], Callable[[], object]]] = {}


class NotThere(Exception):
    """Raised by a row that asks for what a tree does not have yet."""


def row(name: str) -> Callable[[Callable], Callable]:
    """Return a decorator that enters a function, which prepares a call and returns it, under a name."""
    return lambda prepare: ROWS.setdefault(name, prepare)


def either(name: str, *modules: str) -> object:
    """Return what the first of the modules that exists calls `name`: trees differ in where a thing lives."""
    for module in modules:
        try:
            return getattr(import_module(f"reluscape.{module}"), name)
        except ImportError:
            continue
    raise ImportError(f"{name}: none of {', '.join(modules)}")


def standard(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and targets of a table of scikit-learn, standardised; iris without its third class."""
    from sklearn import datasets

    loaded = getattr(datasets, f"load_{name}")()
    X, y = loaded.data, loaded.target.astype(float)
    if name == "iris":
        X, y = X[:100], y[:100]
    return (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()


def states(X: np.ndarray, m: int, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return patterns (count, m, n) of normal weights and signs (count, m)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, m, X.shape[1])) @ X.T > 0, rng.choice([-1, 1], (count, m))


def one_basin(table: str, m: int, prove: bool) -> Callable[[], object]:
    """Return a call that solves one basin program, with the tolerance of benchmarks/basins.py."""
    import reluscape as rs

    Programs = either("BasinPrograms", "solvers.quadratic")
    Tolerances = either("Tolerances", "numbers.tolerances", "tolerances")
    X, y = standard(table)
    programs = Programs(rs.Dataset(X, y), tolerances=Tolerances(interior_gap=1e-9))
    A, signs = states(X, m, 1, 1000)
    program = programs.presolve(A[0], signs[0])[0]
    proves = "prove" in inspect.signature(programs.solve).parameters
    if prove and not proves:
        raise NotThere
    return lambda: programs.solve(program, **({"prove": prove} if proves else {}))


def batch(X: np.ndarray, y: np.ndarray, m: int, count: int, prove: bool = False) -> Callable[[], object]:
    """Return a call that values many basins of a fresh evaluator with one thread."""
    Evaluator = either("BasinEvaluator", "basins")
    if prove and "prove" not in inspect.signature(Evaluator).parameters:
        raise NotThere
    more = {"prove": True} if prove else {}
    A, signs = states(X, m, count)
    return lambda: Evaluator(X, y, threads=1, **more).values(A, signs)


@row("basins: one program, iris, 8 units")
def _() -> Callable[[], object]:
    return one_basin("iris", 8, prove=False)


@row("    the same with a proof of its gap, 32 variables")
def _() -> Callable[[], object]:
    return one_basin("iris", 8, prove=True)


@row("basins: one program, diabetes, 20 units (200 variables)")
def _() -> Callable[[], object]:
    return one_basin("diabetes", 20, prove=False)


@row("    the same with a proof of its gap")
def _() -> Callable[[], object]:
    return one_basin("diabetes", 20, prove=True)


@row("basins: one program, breast cancer, 10 units (300 variables)")
def _() -> Callable[[], object]:
    return one_basin("breast_cancer", 10, prove=False)


@row("    the same with a proof of its gap, 300 variables")
def _() -> Callable[[], object]:
    return one_basin("breast_cancer", 10, prove=True)


@row("basins: 20 programs, iris, 8 units")
def _() -> Callable[[], object]:
    return batch(*standard("iris"), 8, 20)


@row("    the same with a proof of each gap")
def _() -> Callable[[], object]:
    return batch(*standard("iris"), 8, 20, prove=True)


@row("basins: 3 programs, diabetes, 8 units")
def _() -> Callable[[], object]:
    return batch(*standard("diabetes"), 8, 3)


@row("basins: 10,000 programs, normal 10x2, 2 units")
def _() -> Callable[[], object]:
    rng = np.random.default_rng(0)
    return batch(rng.standard_normal((10, 2)), rng.standard_normal(10), 2, 10_000)


@row("basins: 500 programs, iris, 5 units")
def _() -> Callable[[], object]:
    return batch(*standard("iris"), 5, 500)


@row("basins: exact value, 24x3, 2 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    X = np.random.default_rng(2).integers(-9, 10, size=(24, 3))
    A = np.array([[1, 0, 0], [0, 1, 1]]) @ X.T > 0
    return lambda: rs.basin_value(X, list(range(24)), A, [1, -1], exact=True)


@row("certify: verdict, 1000x20, 50 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1000, 20)), rng.normal(size=1000)
    W, v = rng.normal(size=(50, 20)), rng.normal(size=50)
    return lambda: rs.certify(X, y, W, v)


@row("certify: all minima, 4 samples on a line, 2 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    return lambda: rs.local_minima([[-2, 1], [-1, 1], [1, 1], [2, 1]], [1, -1, 1, -1], 2)


@row("certify: descent, 20x3, 4 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    W, v = rng.normal(size=(4, 3)), rng.normal(size=4)
    return lambda: rs.descend(X, y, W, v)


@row("certify: descent, diabetes, 10 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    X, y = standard("diabetes")
    table = rs.Dataset(np.c_[X, np.ones(len(X))], y)
    rng = np.random.default_rng(0)
    W, v = rng.normal(size=(10, 11)) / 3, rng.normal(size=10) / 3
    return lambda: rs.descend(table, None, W, v, 0.0)


def gaussian(n: int, d: int) -> np.ndarray:
    """Return normal rows."""
    return np.random.default_rng(1000 * n + d).standard_normal((n, d))


def small_integers(n: int, d: int, top: int) -> np.ndarray:
    """Return rows of integers, many of them in special position."""
    return np.random.default_rng(n + d).integers(-top, top + 1, size=(n, d))


@row("regions: list, normal 20x5")
def _() -> Callable[[], object]:
    import reluscape as rs

    X = gaussian(20, 5)
    return lambda: rs.enumerate_regions(X)


@row("regions: list, integers 24x4")
def _() -> Callable[[], object]:
    import reluscape as rs

    X = small_integers(24, 4, 3)
    return lambda: rs.enumerate_regions(X)


@row("regions: count, {0,1}^5 with ones")
def _() -> Callable[[], object]:
    import reluscape as rs

    X = np.c_[np.indices((2,) * 5).reshape(5, -1).T, np.ones(32, dtype=int)]
    return lambda: rs.count_regions(X)


@row("regions: general position, 30x7")
def _() -> Callable[[], object]:
    import reluscape as rs

    regions = rs.generic_regions(gaussian(30, 7))
    return lambda: sum(len(block) for block in regions.blocks())


@row("regions: 10,000 samples, 100x5")
def _() -> Callable[[], object]:
    import reluscape as rs

    data = rs.Dataset(gaussian(100, 5))
    return lambda: rs.sample_regions(data, 10_000, rng=0)


@row("regions: ten patterns, 50x5")
def _() -> Callable[[], object]:
    import reluscape as rs

    X = gaussian(50, 5)
    data, rng = rs.Dataset(X), np.random.default_rng(0)
    patterns = [X @ rng.standard_normal(5) > 0 for _ in range(5)]
    patterns += [pattern ^ (np.arange(50) == rng.integers(50)) for pattern in patterns]
    return lambda: [rs.is_realizable(data, pattern) for pattern in patterns]


@row("jacobian: full rank, random data 60x2, 150 units, 20 trials")
def _() -> Callable[[], object]:
    import reluscape as rs

    return lambda: rs.full_rank_fraction_random_data(60, 2, 150, trials=20, rng=0)


@row("jacobian: closed form, one input, 50 samples, 150 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    return lambda: rs.full_rank_fraction_random_data(50, 1, 150)


@row("jacobian: full rank, iris, 30 units, 200 starts")
def _() -> Callable[[], object]:
    import reluscape as rs

    X, _ = standard("iris")
    return lambda: rs.full_rank_fraction(X, 30, population="initialization", trials=200, rng=0)


@row("jacobian: zero loss, 10 samples, 100 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    rng = np.random.default_rng(0)
    X = np.column_stack([rng.uniform(-1, 1, 10), np.ones(10)])
    W = rng.uniform(-np.sqrt(6), np.sqrt(6), (100, 2))
    y, v = rng.uniform(-1, 1, 10), np.resize([1.0, -1.0], 100)
    return lambda: rs.zero_loss(X, y, W @ X.T > 0, v)


def rounded(seed: int, rows: int, inputs: int) -> object:
    """Return samples with three decimals and a column of ones, and targets."""
    import reluscape as rs

    rng = np.random.default_rng(seed)
    X = np.c_[rng.normal(size=(rows, inputs)).round(3), np.ones(rows)]
    return rs.Dataset(rs.exact_decimals(X), rs.exact_decimals(rng.normal(size=rows).round(3)))


@row("landscape: tree, 8 rows on a line, 2 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    data = rounded(0, 8, 1)
    return lambda: rs.barrier_tree(data, width=2)


@row("landscape: global minimum, 6 rows, 1 input, 2 units")
def _() -> Callable[[], object]:
    import reluscape as rs

    data = rounded(1, 6, 1)
    return lambda: rs.global_minimum(data, width=2, output_bias=True)


@row("landscape: any width, 9 rows, 1 input")
def _() -> Callable[[], object]:
    import reluscape as rs

    data = rounded(2, 9, 1)
    return lambda: rs.infinite_width_minimum(data, output_bias=True, time_limit=None)


@row("landscape: gradient descent and its state, 10x2, 3 units")
def _() -> Callable[[], object]:
    gradient_descent = either("gradient_descent", "landscape.topology.gradient", "topology.gradient")

    rng = np.random.default_rng(5)
    X, y, W, v = rng.normal(size=(10, 2)), rng.normal(size=10), rng.normal(size=(1, 3, 2)), rng.normal(size=(1, 3))
    return lambda: gradient_descent(X, y, W, v, False, steps=2000)


def labelled(n: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return normal rows with random labels."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), np.where(rng.permutation(n) < n // 2, 1, -1)


@row("requ: design, 20x2")
def _() -> Callable[[], object]:
    design = either("design", "requ.design")
    X, y = labelled(20, 2, 0)
    return lambda: design(X, y, rng=0)


@row("requ: training to a certified point, 8x2")
def _() -> Callable[[], object]:
    design, train = either("design", "requ.design"), either("train", "requ.training")
    random_net = either("random_net", "requ.training")
    X, y = labelled(8, 2, 1)
    plan = design(X, y, rng=0)
    start = random_net(plan.width, 2, 0)
    return lambda: train(X, y, plan, start=start)


@row("survey: linnerud, 2 and 4 units, 100 starts")
def _() -> Callable[[], object]:
    import reluscape as rs

    data = rs.Dataset.from_csv(str(EXAMPLES / "linnerud.csv"), target="weight", bias=True)
    return lambda: rs.survey(data, widths=(2, 4), trials=100, max_width=4)


def compile_all() -> None:
    """Have every kernel compiled at its first call, in trees where one runs as plain Python until that pays."""
    try:
        import_module("reluscape.numbers.kernels").compile_at_once("processes that follow find the code")
    except (ImportError, AttributeError):
        return


def child(rows: list[str], seconds: float) -> None:
    """Print, for each row, the best processor time of its calls in this process."""
    times = {}
    if not seconds:
        compile_all()
    for name in rows:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                call = ROWS[name]()
            except NotThere:
                continue
            call()
            best, spent, calls = float("inf"), 0.0, 0
            while spent < seconds or calls < 3:
                begin = time.process_time()
                call()
                took = time.process_time() - begin
                best, spent, calls = min(best, took), spent + took, calls + 1
                if took > 2.0:
                    break
        times[name] = best
    print(json.dumps(times))


def measured(tree: str, rows: list[str], seconds: float) -> dict[str, float]:
    """Return the times of a process that imports this tree."""
    command = [sys.executable, __file__, "--child", str(seconds), *rows]
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = {**os.environ, **single, "PYTHONPATH": str(Path(tree).resolve()), "MPLBACKEND": "Agg"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{tree}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Print the table; return 1 where a row became slower."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", help="folder that holds the package as it was")
    parser.add_argument("after", help="folder that holds it as it is")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each tree")
    parser.add_argument("--seconds", type=float, default=0.3, help="calls of a row in a process take at least this")
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    options = parser.parse_args()
    rows = [name for name in ROWS if options.only in name or (name.startswith(" ") and "basins" in options.only)]
    trees = (options.before, options.after)
    for tree in trees:
        measured(tree, rows, 0.0)
    times: list[list[dict[str, float]]] = [[], []]
    for number in range(options.rounds):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            times[which].append(measured(trees[which], rows, options.seconds))
    head = "what, best of all calls in milliseconds of processor time"
    print(f"{head:<64}{'before':>10}{'after':>10}{'ratio':>7}{'noise':>7}")
    slower = []
    for name in rows:
        before, after = ([round_[name] for round_ in side if name in round_] for side in times)
        if not before:
            print(f"{name:<64}{'new':>10}{1e3 * min(after):>10.3f}")
            continue
        ratio = min(after) / min(before)
        noise = max(max(side) / min(side) for side in (before, after))
        if ratio > ALLOWED:
            slower.append(name)
        print(f"{name:<64}{1e3 * min(before):>10.3f}{1e3 * min(after):>10.3f}{ratio:>7.2f}{noise:>7.2f}")
    print(f"slower by more than {ALLOWED - 1:.0%}: {'; '.join(slower) if slower else 'none'}")
    return int(bool(slower))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[3:], float(sys.argv[2]))
    else:
        sys.exit(main())
