"""Rank verdicts and zero-loss tests: exact against float64 and float32 singular values and against a dense QP.

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/jacobian.py [--trials 40] [--no-qp]
Peers: torch.linalg.matrix_rank in float32 where torch is present (else numpy), numpy singular values in float64, and
cvxopt's dense quadratic program (pip install cvxopt) for the zero-loss test.
"""

import argparse
import time

import numpy as np

import reluscape as rs
from reluscape.jacobian.rank import RankOracle
from reluscape.probability.full_rank.random_data import draw_rows, exact_pattern

CELLS = ((100, 2, 300), (60, 2, 150), (100, 3, 90), (20, 1, 300), (100, 5, 60))


def float_rank(J, dtype):
    """Rank by the default tolerance of the peer."""
    try:
        import torch

        return int(torch.linalg.matrix_rank(torch.from_numpy(J.astype(dtype))))
    except ImportError:
        return int(np.linalg.matrix_rank(J.astype(dtype)))


def heat_map_cell(n, d, width, trials, integers):
    """Return the median times of a trial of one cell, exact, float64, float32, and how many verdicts were wrong."""
    rng = np.random.default_rng(0)
    seconds = np.zeros((trials + 1, 3))
    wrong = np.zeros(3, dtype=int)
    for trial in range(trials + 1):  # the first one warms everything up
        rows = draw_rows(rng, n, d, "uniform")
        W = rng.uniform(-1, 1, (width, d + 1)) / np.sqrt(d)
        v = rng.normal(size=width)
        start = time.perf_counter()
        exact = RankOracle(rows).is_full(exact_pattern(W, rows))
        seconds[trial, 0] = time.perf_counter() - start
        X = rows / 2.0**40
        verdicts = [exact]
        for k, dtype in ((1, np.float64), (2, np.float32)):
            start = time.perf_counter()
            J = (((W @ X.T > 0) * v[:, None]).T[:, :, None] * X[:, None, :]).reshape(n, -1)
            verdicts.append(float_rank(J, dtype) == n)
            seconds[trial, k] = time.perf_counter() - start
        truth = reference_verdict(W @ X.T > 0, rows, integers)
        wrong += [verdict != truth for verdict in verdicts]
    return np.median(seconds[1:], axis=0) * 1000, wrong


def reference_verdict(pattern, rows, integers):
    """Full rank by flint: over the integers, or modulo a prime of 61 bits (the same answer, much sooner)."""
    import flint

    units = np.unique(pattern, axis=0)
    J = (units.T[:, :, None] * rows.astype(object)[:, None, :]).reshape(len(rows), -1)
    if integers:
        return flint.fmpz_mat(*J.shape, [int(value) for value in J.reshape(-1)]).rank() == len(rows)
    prime = 2**61 - 1
    return flint.nmod_mat(*J.shape, [int(value) % prime for value in J.reshape(-1)], prime).rank() == len(rows)


def zero_loss_region(n, width, seed=0):
    """Return one region of the published experiment: inputs and targets uniform, weights from He's uniform law."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.uniform(-1, 1, n), np.ones(n)])
    W = rng.uniform(-np.sqrt(6), np.sqrt(6), (width, 2))
    return X, rng.uniform(-1, 1, n), W @ X.T > 0, np.resize([1.0, -1.0], width)


def dense_qp(X, y, pattern, v):
    """Return the least squares loss over the closed region with cvxopt, as the published code does."""
    from cvxopt import matrix, solvers

    solvers.options["show_progress"] = False
    alive = pattern.any(axis=1)
    A, v = pattern[alive], v[alive]
    J = ((A * v[:, None]).T[:, :, None] * X[:, None, :]).reshape(len(X), -1)
    G = np.zeros((A.size, J.shape[1]))
    d = X.shape[1]
    for j, row in enumerate(A):
        G[j * len(X) : (j + 1) * len(X), j * d : (j + 1) * d] = -np.where(row, 1, -1)[:, None] * X
    solution = solvers.qp(matrix(J.T @ J), matrix(-J.T @ y), matrix(G), matrix(np.zeros(len(G))))
    return float(np.mean((J @ np.array(solution["x"]).ravel() - y) ** 2))


def main():
    """Print the three tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--no-qp", action="store_true")
    parser.add_argument("--integers", action="store_true", help="reference verdicts over the integers (minutes)")
    arguments = parser.parse_args()
    rs.full_rank_fraction_random_data(5, 2, 9, trials=2, rng=0)  # compile

    print("heat-map cell, median ms a trial (n, d0, width)  exact   float64   float32   wrong verdicts")
    different = 0
    for n, d, width in CELLS:
        ms, wrong = heat_map_cell(n, d, width, arguments.trials, arguments.integers)
        ratio = ms[2] / ms[0]
        print(f"{(n, d, width)!s:44} {ms[0]:9.2f} {ms[1]:9.2f} {ms[2]:9.2f}   {wrong.tolist()}  {ratio:.0f}x float32")
        different += int(wrong[0])
    trials = len(CELLS) * (arguments.trials + 1)
    print(f"the same verdict as elimination in {trials - different} of {trials} trials")

    start, used = time.perf_counter(), time.process_time()
    for n in range(10, 101, 10):
        for width in range(30, 301, 30):
            rs.full_rank_fraction_random_data(n, 1, width)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    print(f"published panel d0 = 1, 100 cells in closed form: {seconds:.2f} s, {used:.2f} s of them at work")

    for n, width in ((10, 100), (50, 600)):
        region = zero_loss_region(n, width)
        start = time.perf_counter()
        repeats = 10
        for _ in range(repeats):
            found = rs.zero_loss(*region)
        ours = (time.perf_counter() - start) / repeats
        line = f"zero-loss test n={n}, width={width}: exact {ours * 1000:.1f} ms, zero loss {found.exists}"
        if not arguments.no_qp:
            start = time.perf_counter()
            loss = dense_qp(*region)
            peer = time.perf_counter() - start
            line += f"; dense QP {peer:.2f} s, loss {loss:.1e}; {peer / ours:.0f}x"
        print(line)


if __name__ == "__main__":
    main()
