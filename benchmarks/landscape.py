"""The whole landscape and the global minimum: times, memory, and the interval beside a mixed-integer program's.

    OMP_NUM_THREADS=1 python benchmarks/landscape.py            about three minutes
    OMP_NUM_THREADS=1 python benchmarks/landscape.py --full     ten minutes for each side of the last comparison

The mixed-integer programs (HiGHS, and SCIP where PySCIPOpt is installed) are given weights in a box, so their lower
bounds hold for that box only; ours holds for all weights. For HiGHS squares are replaced by tangents, which are below
them, so its bound is one; SCIP has the squares themselves. The upper end is the true loss of the network they found.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time

import highspy
import numpy as np

import reluscape as rs

IRIS = "examples/iris_versicolor_virginica.csv"
BOX = 20.0
TANGENTS = np.linspace(-2.5, 2.5, 21)


def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line(what, seconds, wanted, more=""):
    print(f"{what:<58} {seconds:8.2f} {wanted:8.1f} {megabytes():8.0f}  {more}", flush=True)


def table(seed, rows, inputs):
    rng = np.random.default_rng(seed)
    X = np.c_[rng.normal(size=(rows, inputs)).round(3), np.ones(rows)]
    return rs.Dataset(rs.exact_decimals(X), rs.exact_decimals(rng.normal(size=rows).round(3)))


def trees():
    rs.barrier_tree(table(9, 4, 1), width=2)  # kernels
    small = table(0, 8, 1)
    begin = time.perf_counter()
    tree = rs.barrier_tree(small, width=2)
    line("tree: 8 rows, 1 input and ones, 2 units", time.perf_counter() - begin, 1.0, f"{tree.nodes:,} nodes")
    large = table(1, 20, 2)
    begin = time.perf_counter()
    tree = rs.barrier_tree(large, width=2)
    more = f"{tree.nodes:,} nodes, {tree.edges:,} edges, {len(tree.valleys)} valleys"
    line("tree: 20 rows, 2 inputs and ones, 2 units", time.perf_counter() - begin, 300.0, more)
    begin = time.perf_counter()
    exact = rs.barrier_tree(large, width=2, exact=True)
    apart = np.abs(np.array(tree.pairs) - np.array(exact.pairs, dtype=float)).max()
    more = f"{len(exact.valleys)} valleys, decided in fractions; the floats' births and passes off by {apart:.0e}"
    line("    the same, exact", time.perf_counter() - begin, 300.0, more)


def decayed_trees():
    """Trees with weight decay: XOR, 8 rows on a line, linnerud with two inputs; the kernel is compiled before."""
    xor = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=True)
    row = rs.Dataset(np.arange(-3, 5)[:, None], [3, 1, -2, -1, 2, 2, -1, 0], bias=True)
    whole = rs.datasets.load("linnerud")
    linnerud = rs.Dataset(whole.X[:, :2], whole.y, bias=True)
    decay = rs.WeightDecay("1/20", biases=False)
    rs.barrier_tree(xor, width=1, output_bias=True, weight_decay=decay)
    for what, data, wanted in (("XOR", xor, 0.2), ("8 rows, 1 input", row, 3), ("linnerud, 2 inputs", linnerud, 600)):
        begin = time.perf_counter()
        tree = rs.barrier_tree(data, width=2, output_bias=True, weight_decay=decay)
        more = f"{tree.nodes:,} nodes, {tree.edges:,} edges, {len(tree.valleys)} valleys"
        line(f"tree with decay 1/20, width 2: {what}", time.perf_counter() - begin, wanted, more)


def iris(features):
    return rs.Dataset.from_csv(IRIS, target="species", features=features, bias=True)


def proved(what, data, width, wanted):
    begin = time.perf_counter()
    found = rs.global_minimum(data, width=width, output_bias=True)
    seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    checked = bool(rs.verify(found.certificate))
    more = f"{found.value:.10f}, {found.looked_at:,} of {found.layers:,} layers, {found.certificate['kind']}, "
    bounds = len(found.certificate["witness"].get("duals", []))
    line(what, seconds, wanted, f"{more}{bounds} bounds, verified {checked} in {time.perf_counter() - begin:.1f} s")


def minima():
    linnerud = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", bias=True)
    proved("global minimum: linnerud, 20 rows, 3 inputs, 2 units", linnerud, 2, 600.0)
    petals = iris(["petal_length", "petal_width"])
    proved("global minimum: iris petals, 100 rows, 2 units", petals, 2, 600.0)
    begin = time.perf_counter()
    found = rs.infinite_width_minimum(petals, output_bias=True, time_limit=None)
    more = f"{found.exact_value} with {found.width} units, not with fewer than {found.at_least}, {found.kind}"
    line("any width: iris petals", time.perf_counter() - begin, 600.0, more)


def milp(data, y, signs, seconds):
    """Return (lower, upper) of a mixed-integer program for fixed output signs, weights on X in a box."""
    X = np.asarray(data, dtype=float)
    n, d = X.shape
    h = highspy.Highs()
    h.silent()
    h.setOptionValue("time_limit", float(seconds))
    h.setOptionValue("threads", 2)
    W = [[h.addVariable(-BOX, BOX) for _ in range(d)] for _ in signs]
    c = h.addVariable(-BOX, BOX)
    reach = BOX * np.abs(X).sum(axis=1)
    total = []
    for i in range(n):
        outputs = []
        for j, _ in enumerate(signs):
            pre = sum(float(X[i, k]) * W[j][k] for k in range(d))
            a, on = h.addVariable(0.0, float(reach[i])), h.addBinary()
            h.addConstr(a >= pre)
            h.addConstr(a <= pre + float(reach[i]) * (1 - on))
            h.addConstr(a <= float(reach[i]) * on)
            outputs.append(a)
        f = sum(s * a for s, a in zip(signs, outputs, strict=True)) + c
        t = h.addVariable(0.0, highspy.kHighsInf)
        for e in TANGENTS:
            h.addConstr(t >= float(2 * e) * (f - float(y[i])) - float(e * e))
        total.append(t)
    h.minimize(sum(total))
    info = h.getInfo()
    lower = max(float(info.mip_dual_bound), 0.0) / n if np.isfinite(info.mip_dual_bound) else 0.0
    values = h.getSolution().col_value
    if not len(values):
        return lower, np.inf
    net_W = np.array([[values[w.index] for w in row] for row in W])
    f = np.maximum(X @ net_W.T, 0) @ np.array(signs) + values[c.index]
    return lower, float(np.mean((f - y) ** 2))


def scip(data, y, signs, seconds):
    """Return (lower, upper) of the same program in SCIP, with squares as they are."""
    from pyscipopt import Model, quicksum

    X = np.asarray(data, dtype=float)
    n, d = X.shape
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", float(seconds))
    W = [[model.addVar(lb=-BOX, ub=BOX) for _ in range(d)] for _ in signs]
    c = model.addVar(lb=-BOX, ub=BOX)
    reach = BOX * np.abs(X).sum(axis=1)
    errors = []
    for i in range(n):
        outputs = []
        for j, _ in enumerate(signs):
            pre = quicksum(float(X[i, k]) * W[j][k] for k in range(d))
            a, on = model.addVar(lb=0.0, ub=float(reach[i])), model.addVar(vtype="B")
            model.addCons(a >= pre)
            model.addCons(a <= pre + float(reach[i]) * (1 - on))
            model.addCons(a <= float(reach[i]) * on)
            outputs.append(a)
        error = model.addVar(lb=None)
        model.addCons(error == quicksum(s * a for s, a in zip(signs, outputs, strict=True)) + c - float(y[i]))
        errors.append(error)
    total = model.addVar(lb=0.0)
    model.addCons(total >= quicksum(error * error for error in errors))
    model.setObjective(total)
    model.optimize()
    lower = max(float(model.getDualbound()), 0.0) / n
    if not model.getNSols():
        return lower, np.inf
    best = model.getBestSol()
    net_W = np.array([[best[w] for w in row] for row in W])
    f = np.maximum(X @ net_W.T, 0) @ np.array(signs) + best[c]
    return lower, float(np.mean((f - y) ** 2))


def comparison(data, width, what, seconds):
    """Our interval for one width beside the mixed-integer programs', each in the same time."""
    begin = time.perf_counter()
    found = rs.global_minimum(data, width=width, output_bias=True, time_limit=seconds)
    spent = time.perf_counter() - begin
    gap = (found.upper - found.lower) / found.upper if found.upper else 0.0
    more = f"[{found.lower:.5f}, {found.upper:.5f}], gap {gap:.1%}, {found.kind}, {found.exact_value}"
    if found.certificate is not None:
        more += f", {found.certificate['kind']}, verified {bool(rs.verify(found.certificate))}"
    line(f"interval: {what}, ours", spent, seconds, f"{more}, {found.looked_at:,} layers")
    X, y = np.array(data.X), np.asarray(data.y, dtype=float)
    X[:, :-1] = (X[:, :-1] - X[:, :-1].mean(0)) / X[:, :-1].std(0)
    cases = [(1,) * (width - k) + (-1,) * k for k in range(width + 1)]
    programs = {"HiGHS": milp}
    if importlib.util.find_spec("pyscipopt") is not None:
        programs["SCIP"] = scip
    for name, program in programs.items():
        begin = time.perf_counter()
        ends = [program(X, y, signs, seconds / len(cases)) for signs in cases]
        more = f"[{min(e[0] for e in ends):.5f}, {min(e[1] for e in ends):.5f}] (weights at most {BOX:g})"
        line(f"    the same, mixed-integer program ({name})", time.perf_counter() - begin, seconds, more)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=45.0, help="for each side of the last comparison")
    parser.add_argument("--full", action="store_true", help="600 seconds for each side")
    parser.add_argument("--only", choices=["intervals"], help="leave out trees and minima")
    options = parser.parse_args()
    print(f"{'what':<58} {'seconds':>8} {'wanted':>8} {'peak MB':>8}")
    if options.only is None:
        trees()
        decayed_trees()
        minima()
    seconds = 600.0 if options.full else options.seconds
    comparison(iris(None), 2, "iris, 4 inputs and ones, 2 units", seconds)
    comparison(iris(["petal_length", "petal_width"]), 3, "iris petals, 3 units", seconds)


if __name__ == "__main__":
    main()
