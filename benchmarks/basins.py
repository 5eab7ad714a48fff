"""Basin values: our interior point beside general solvers, one run, the same instances, equal tolerances (1e-9).

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/basins.py [--full] [--instances 4]

Peers receive the Gram matrix and the sparse constraint matrix ready made; ours builds everything inside its time. Times
are processor time of this process, one thread each, best of three, so that other load matters little; only the
comparison of two threads with one takes wall time.
Solvers that are not installed are left out and named.
"""

from __future__ import annotations

import argparse
import time
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp
from sklearn import datasets

import reluscape as rs
from reluscape.basins import BasinEvaluator
from reluscape.numbers.tolerances import Tolerances
from reluscape.solvers.conic import cone_matrix, feature_matrix
from reluscape.solvers.quadratic import BasinPrograms

TOLERANCE = 1e-9
REPEAT = 3


def table(name):
    if name == "normal 10x2":
        rng = np.random.default_rng(0)
        return rng.standard_normal((10, 2)), rng.standard_normal(10)
    if name == "synthetic 500x20":
        rng = np.random.default_rng(1)
        X, T = rng.standard_normal((500, 20)), rng.standard_normal((20, 5))
        y = np.maximum(X @ T, 0) @ rng.standard_normal(5) + 0.5 * rng.standard_normal(500)
        return X, y / y.std()
    loaded = getattr(datasets, f"load_{name.split()[0]}")()
    X, y = loaded.data, loaded.target.astype(float)
    if name.startswith("iris"):
        X, y = X[:100], y[:100]
    return (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()


def instances(X, m, count):
    for seed in range(count):
        rng = np.random.default_rng(1000 + seed)
        yield rng.standard_normal((m, X.shape[1])) @ X.T > 0, np.where(rng.random(m) < 0.5, -1, 1)


class Problem:
    """One program in the forms that the peers take."""

    def __init__(self, programs, A, signs):
        self.program = programs.presolve(A, signs)[0]
        space = programs.space
        p = int((self.program.codes != 0).sum())
        sides = np.where(self.program.patterns[:p][:, space.rows], 1.0, -1.0) * self.program.codes[:p, None]
        F = feature_matrix(space, self.program.patterns)
        self.y = space.y
        self.F = F
        self.P, self.q = F.T @ F, -F.T @ space.y
        self.G = cone_matrix(space, sides, F.shape[1])
        self.dense = None

    def loss(self, x):
        """Return the squared residual at a peer's answer."""
        return float(((self.F @ x - self.y) ** 2).sum())


def with_clarabel(p):
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    k = p.G.shape[0]
    cones = [clarabel.NonnegativeConeT(k)]
    P = sp.triu(sp.csc_matrix(p.P), format="csc")
    return np.array(clarabel.DefaultSolver(P, p.q, -p.G, np.zeros(k), cones, settings).solve().x)


def with_daqp(p):
    import daqp

    if p.dense is None:
        p.dense = np.ascontiguousarray(p.G.toarray())
    k = len(p.dense)
    return daqp.solve(
        np.ascontiguousarray(p.P),
        p.q,
        p.dense,
        np.full(k, 1e30),
        np.zeros(k),
        np.zeros(k, dtype=np.intc),
        primal_tol=TOLERANCE,
        eps_prox=1e-6,
    )[0]


def with_qoco(p):
    import qoco

    solver = qoco.QOCO()
    k = p.G.shape[0]
    solver.setup(
        len(p.q),
        k,
        0,
        sp.triu(sp.csc_matrix(p.P), format="csc"),
        p.q,
        None,
        None,
        sp.csc_matrix(-p.G),
        np.zeros(k),
        k,
        0,
        None,
        abstol=TOLERANCE,
        reltol=TOLERANCE,
    )
    return np.array(solver.solve().x)


def with_piqp(p):
    import piqp

    solver = piqp.SparseSolver()
    solver.settings.eps_abs = solver.settings.eps_rel = TOLERANCE
    k = p.G.shape[0]
    solver.setup(sp.csc_matrix(p.P), p.q, None, None, sp.csc_matrix(-p.G), None, np.zeros(k), None, None)
    solver.solve()
    return np.array(solver.result.x)


def with_scs(p):
    import scs

    k = p.G.shape[0]
    data = {"P": sp.triu(sp.csc_matrix(p.P), format="csc"), "A": sp.csc_matrix(-p.G), "b": np.zeros(k), "c": p.q}
    return scs.SCS(data, {"l": k}, eps_abs=TOLERANCE, eps_rel=TOLERANCE, verbose=False, max_iters=20_000).solve()["x"]


PEERS = {"Clarabel": with_clarabel, "DAQP": with_daqp, "QOCO": with_qoco, "PIQP": with_piqp, "SCS": with_scs}


def compare(name, m, count, peers):
    X, y = table(name)
    programs = BasinPrograms(rs.Dataset(X, y), tolerances=Tolerances(interior_gap=TOLERANCE))
    problems = [Problem(programs, A, s) for A, s in instances(X, m, count)]
    programs.solve(problems[0].program)
    ours, proved, values, residual = [], [], [], 0.0
    for p in problems:
        for prove, spent in ((False, ours), (True, proved)):
            best = float("inf")
            for _ in range(REPEAT):
                began = time.process_time()
                found = programs.solve(p.program, prove=prove)
                best = min(best, time.process_time() - began)
            spent.append(best)
        values.append(found.value)
        residual = max(residual, found.residual)
    scale = float(np.mean(y * y))
    size = f"{len(problems[0].q)} variables, {problems[0].G.shape[0]} constraints"
    print(f"\n{name}, {m} units: {size}, {count} instances")
    print(f"  {'ours':10s} {1e3 * np.median(ours):10.3f} ms   KKT residual {residual:.1e}")
    print(f"  {'  proved':10s} {1e3 * np.median(proved):10.3f} ms   with a proof of the gap, which no peer gives")
    for peer in peers:
        if not find_spec(peer.lower()):
            print(f"  {peer:10s} not installed")
            continue
        spent, worst = [], 0.0
        for p, value in zip(problems, values, strict=True):
            best = float("inf")
            try:
                for _ in range(REPEAT):  # the best, so that neither other load nor making DAQP's dense matrix counts
                    began = time.process_time()
                    x = PEERS[peer](p)
                    best = min(best, time.process_time() - began)
            except Exception as problem:
                print(f"  {peer:10s} failed: {type(problem).__name__} {problem}"[:110])
                break
            spent.append(best)
            worst = max(worst, abs(float(programs.value_of(p.loss(x))) - value) / scale)
        if spent:
            ratio = np.median(spent) / np.median(ours)
            print(f"  {peer:10s} {1e3 * np.median(spent):10.3f} ms   x{ratio:6.1f}   largest difference {worst:.1e}")


def batches(name, m, count):
    X, y = table(name)
    rng = np.random.default_rng(0)
    A, signs = rng.standard_normal((count, m, X.shape[1])) @ X.T > 0, rng.choice([-1, 1], (count, m))
    equal = Tolerances(interior_gap=TOLERANCE)
    BasinEvaluator(X, y, threads=1, tolerances=equal).values(A[:2], signs[:2])
    spent = []
    for _ in range(3):
        evaluator = BasinEvaluator(X, y, threads=1, tolerances=equal)
        began = time.process_time()
        evaluator.values(A, signs)
        spent.append(time.process_time() - began)
    gaps = np.array(list(evaluator._gaps.values()))
    print(
        f"\n{name}, {m} units, batch of {count}, one thread: {1e6 * min(spent) / count:.1f} us each; "
        f"{evaluator.solved} distinct programs, failures (error bound above 1e-9): {(gaps > 1e-9).sum()}"
    )
    programs = BasinPrograms(rs.Dataset(X, y))
    problems = [Problem(programs, A[i], signs[i]) for i in range(min(count, 500))]
    for p in problems:
        p.dense = np.ascontiguousarray(p.G.toarray())
    loops = []
    for _ in range(3):
        began = time.process_time()
        for p in problems:
            with_daqp(p)
        loops.append((time.process_time() - began) / len(problems))
    print(f"  DAQP loop, matrices ready made: {1e6 * min(loops):.1f} us each, x{min(loops) / (min(spent) / count):.1f}")


def threads(name, m, count):
    X, y = table(name)
    rng = np.random.default_rng(0)
    A, signs = rng.standard_normal((count, m, X.shape[1])) @ X.T > 0, rng.choice([-1, 1], (count, m))
    spent = {1: [], 2: []}
    for _ in range(3):
        for number in spent:
            evaluator = BasinEvaluator(X, y, threads=number)
            began = time.perf_counter()
            evaluator.values(A, signs)
            spent[number].append(time.perf_counter() - began)
    one, two = (min(spent[number]) for number in (1, 2))
    print(f"\n{name}, {m} units, {count} programs: one thread {one:.2f} s, two {two:.2f} s, x{one / two:.2f}")


def memory():
    import resource

    X, y = table("synthetic 500x20")
    programs = BasinPrograms(rs.Dataset(X, y), tolerances=Tolerances(interior_gap=TOLERANCE))
    A, signs = next(instances(X, 100, 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    programs.solve(programs.presolve(A, signs)[0])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n2,000 variables, 50,000 constraints: peak memory grows by {grown:.0f} MB; the dense matrix has 800 MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also 2,000 variables and 50,000 constraints")
    parser.add_argument("--instances", type=int, default=4)
    chosen = parser.parse_args()
    memory()
    batches("normal 10x2", 2, 10_000)
    batches("iris 100x4", 5, 10_000)
    threads("diabetes", 20, 48)
    compare("diabetes", 20, chosen.instances, list(PEERS))
    compare("breast_cancer", 10, min(chosen.instances, 4), list(PEERS))
    if chosen.full:
        compare("synthetic 500x20", 100, 1, ["Clarabel"])


if __name__ == "__main__":
    main()
