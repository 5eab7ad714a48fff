"""Weight decay: verdicts on trained networks, basin programs beside conic solvers, the optimum of infinite width.

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/weight_decay.py [trained programs infinite large]

`trained`: 40 networks with decay on four small tables, 20 of scikit-learn's lbfgs and 20 of torch at full batch; each
"local minimum" is held against 10,000 random neighbours, each "not" has an escape that lowers the objective.
`programs`: ours beside Clarabel and SCS on the same second-order cone programs, processor time, best of three; peers
get their matrices ready made. `infinite`: ours beside CVXPY with all gates, and beside pyscnn, whose gates are sampled
and whose network's objective is an upper bound. `large`: one explanation, 400 x 8, 16 units.
Solvers that are not installed are left out and named.

In pieces: with `--store FILE` what is done is kept and not done again, and with `--seconds S` no cell is begun later
than that; run the same command until it says that all is done.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn import datasets

import reluscape as rs
from reluscape.basins.decay.programs import programs_of
from reluscape.problem.networks import TwoLayerNet
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem

NEIGHBOURS, MOST_UNDECIDED = 10_000, 4
RESTARTS, RATES = 100, (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
REPEAT = 3


class Store:
    """Cells already computed, one JSON object a line; with a path what is finished is not done again."""

    def __init__(self, path, seconds=np.inf):
        """Read what is there; no cell is begun after so many seconds."""
        self.path, self.end = path, time.monotonic() + seconds
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        self.done = {entry["cell"]: entry["row"] for entry in map(json.loads, lines)}

    def cell(self, name, run):
        """Return the row of a cell, computed where it is not there."""
        if name not in self.done:
            if time.monotonic() > self.end:
                raise SystemExit("the time is over: run the same command again to go on")
            self.done[name] = run()
            if self.path is not None:
                with self.path.open("a") as lines:
                    lines.write(json.dumps({"cell": name, "row": self.done[name]}, default=str) + "\n")
        return self.done[name]


def tables():
    """Yield four small tables: name, inputs, targets, whether they are classes."""
    for name, rows, columns in (("diabetes", 60, 10), ("iris", 100, 4), ("wine", 100, 6), ("breast_cancer", 100, 8)):
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        if name == "wine":
            X, y = X[y < 2], y[y < 2]
        if name == "iris":
            X, y = X[y > 0], y[y > 0] - 1
        order = np.random.default_rng(0).permutation(len(X))[:rows]
        X, y = X[order, :columns], y[order].astype(float)
        X = (X - X.mean(0)) / X.std(0)
        classes = name != "diabetes"
        yield name, X, y if classes else (y - y.mean()) / y.std(), classes


def sklearn_network(X, y, classes, width, alpha, seed):
    """Return a scikit-learn network at the end of training: lbfgs alone comes to rest on kinks that are no minimum.

    After it Adam goes on over all rows at falling rates, which minimises the same objective, and lbfgs has the last
    word; each is begun again from where it ended for as long as the objective falls.
    """
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if classes else MLPRegressor
    targets = y.astype(int) if classes else y
    model = kind(
        hidden_layer_sizes=(width,), solver="lbfgs", alpha=alpha, max_iter=20_000, max_fun=100_000, tol=1e-12,
        random_state=seed, warm_start=True, batch_size=len(X), n_iter_no_change=2_000,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.set_params(solver="adam", max_iter=1).fit(X, targets)  # one step, which makes room for more of them
        to_rest(model.set_params(solver="lbfgs", max_iter=20_000), X, targets)
        for rate in RATES:
            model.set_params(solver="adam", max_iter=2_000, learning_rate_init=rate, tol=0.0).fit(X, targets)
        to_rest(model.set_params(solver="lbfgs", max_iter=20_000, tol=1e-12), X, targets)
    return model, {}


def to_rest(model, X, targets):
    """Fit again and again while the objective falls: one run ends where it falls by less than 2e-9, whatever tol is."""
    last = np.inf
    for _ in range(RESTARTS):
        model.fit(X, targets)
        if not model.loss_ < last:
            break
        last = model.loss_


def torch_network(X, y, classes, width, decay, seed):
    """Return a torch network trained at full batch, Adam at falling rates and then L-BFGS, and the optimizer."""
    import torch

    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(X.shape[1], width), torch.nn.ReLU(), torch.nn.Linear(width, 1))
    inputs, targets = torch.tensor(X), torch.tensor(y)[:, None]
    loss = torch.nn.BCEWithLogitsLoss() if classes else torch.nn.MSELoss()
    told = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=decay)
    for rate in RATES:
        told.param_groups[0]["lr"] = rate
        for _ in range(2_000):
            told.zero_grad()
            loss(model(inputs), targets).backward()
            told.step()
    best = np.inf
    for _ in range(RESTARTS):
        last = torch.optim.LBFGS(model.parameters(), max_iter=5_000, tolerance_grad=1e-14, tolerance_change=0.0,
                                 line_search_fn="strong_wolfe")  # fmt: skip

        def closure(last=last):
            last.zero_grad()
            value = loss(model(inputs), targets)
            value = value + decay / 2 * sum((p * p).sum() for p in model.parameters())
            value.backward()
            return value

        last.step(closure)
        value = float(closure().detach())
        if not value < best * (1 - 1e-14):
            break
        best = value
    return model, {"optimizer": told, "loss": "bce" if classes else "squared"}


def two_layer(model):
    """Return W (with the hidden bias last), v and c of a fitted network."""
    if hasattr(model, "coefs_"):
        W = np.concatenate([model.coefs_[0].T, model.intercepts_[0][:, None]], axis=1)
        return W, model.coefs_[1][:, 0], float(model.intercepts_[1][0])
    first, last = model[0], model[2]
    W = np.concatenate([first.weight.detach().numpy(), first.bias.detach().numpy()[:, None]], axis=1)
    return W, last.weight.detach().numpy()[0], float(last.bias.detach()[0])


def objective_problem(X, y, classes, penalty):
    """Return what was minimised."""
    ones = np.concatenate([X, np.ones((len(X), 1))], axis=1)
    loss = "bce" if classes else "squared"
    return Problem(ones, y, loss=loss, weight_decay=penalty, output_bias=True)


def holds(problem, net, rng):
    """Return whether no random neighbour of a network has a lower objective, up to rounding."""
    value = problem.value(net)
    for k in range(NEIGHBOURS):
        size = 10.0 ** -(2 + k % 4)
        W, v = net.W + size * rng.normal(size=net.W.shape), net.v + size * rng.normal(size=net.v.shape)
        if problem.value(TwoLayerNet(W, v, net.c + size * rng.normal())) < value - 1e-12 * max(abs(value), 1.0):
            return False
    return True


def trained(store):
    """Print the verdicts on 40 trained networks; return whether enough are decided and all hold."""
    print(f"{'network':40} {'verdict':15} {'answer':10} {'method':10} {'holds':>5} {'fit, s':>7} {'seconds':>8}")
    rows = []
    for name, X, y, classes in tables():
        for k in range(10):
            row = store.cell(f"trained/{name}/{k}", lambda: judged(name, X, y, classes, k))  # noqa: B023
            print(f"{row['title']:40} {row['verdict']:15} {row['answer']:10} {row['method']:10} {row['holds']!s:>5} "
                  f"{row['fit']:7.2f} {row['seconds']:8.2f}", flush=True)  # fmt: skip
            rows.append(row)
    decided, wrong = sum(r["verdict"] != "undecided" for r in rows), sum(r["holds"] is False for r in rows)
    print(f"{decided} of {len(rows)} decided, {wrong} wrong")
    return len(rows) - decided <= MOST_UNDECIDED and not wrong


def judged(name, X, y, classes, k):
    """Return the verdict on one trained network, and whether it holds."""
    decay, width = 10.0 ** -(1 + k % 4), 5 if k % 2 else 8
    begin = time.process_time()
    fitted, how = (sklearn_network if k < 5 else torch_network)(X, y, classes, width, decay, k)
    middle = time.process_time()
    told = rs.explain(fitted, X, y.astype(int) if classes and k < 5 else y, **how)
    seconds = time.process_time() - middle
    verdict = told.model_report.verdict
    penalty = WeightDecay.from_sklearn(fitted, len(X)) if k < 5 else WeightDecay(decay)
    problem = objective_problem(X, y, classes, penalty)
    good, here = None, two_layer(fitted)
    if verdict.is_local_minimum:
        net = TwoLayerNet(*here) if told.snapped is None else as_two_layer(told.snapped)
        good = holds(problem, net, np.random.default_rng(k))
    elif verdict.is_local_minimum is False:
        escape = rs.certify(problem, None, *here).escape
        good = escape is not None and lowers(problem, here, escape)
    slope = problem.gradient(TwoLayerNet(*here))
    return {
        "title": f"{name} {'sklearn' if k < 5 else 'torch'} {width} units decay {decay:g}", "verdict": verdict.kind,
        "answer": told.answer, "method": verdict.method, "holds": good, "fit": middle - begin, "seconds": seconds,
        "distance": verdict.distance, "reason": verdict.reason, "gradient": float(max(np.abs(g).max() for g in slope)),
    }  # fmt: skip


def as_two_layer(net):
    """Return a network of two layers with its hidden bias in the last column of W."""
    if isinstance(net, TwoLayerNet):
        return net
    W = np.concatenate([net.weights[0], net.biases[0][:, None]], axis=1) if net.has_bias[0] else net.weights[0]
    return TwoLayerNet(W, net.weights[1][0], float(net.biases[1][0]))


def lowers(problem, here, escape):
    """Return whether the escape lowers the objective at its end and at its halves."""
    (W, v, c), (dW, dv, *dc) = here, escape
    value, step = problem.value(TwoLayerNet(W, v, c)), dc[0] if dc else 0.0
    return all(problem.value(TwoLayerNet(W + t * dW, v + t * dv, c + t * step)) < value for t in (1, 0.5, 0.25))


def cone_program(problem, A, signs):
    """Return P, q, A, b and cone sizes of a basin program: zero, nonnegative, second-order."""
    X, y = problem.data.X, np.asarray(problem.y)
    n, d = X.shape
    m, lam = len(A), float(problem.penalty.strength) * n
    size = m * d + 1 + n + m
    P = sp.diags(np.concatenate([np.zeros(m * d + 1), np.full(n, 2.0), np.zeros(m)])).tocsc()
    q = np.concatenate([np.zeros(m * d + 1 + n), np.full(m, lam)])
    features = np.concatenate([s * a[:, None] * X for a, s in zip(A, signs, strict=True)], axis=1)
    fit = sp.hstack([sp.csc_matrix(features), np.ones((n, 1)), -sp.eye(n), sp.csc_matrix((n, m))])
    sides = sp.block_diag([-np.where(a, 1.0, -1.0)[:, None] * X for a in A])
    cells = sp.hstack([sides, sp.csc_matrix((m * n, 1 + n + m))])
    norms = sp.lil_matrix((m * d, size))  # biases are free: the norm is over the other d - 1 coordinates
    for j in range(m):
        norms[j * d, m * d + 1 + n + j] = -1.0
        for a in range(d - 1):
            norms[j * d + 1 + a, j * d + a] = -1.0
    return (
        P,
        q,
        sp.vstack([fit, cells, norms]).tocsc(),
        np.concatenate([y, np.zeros(m * n + m * d)]),
        (n, m * n, [d] * m),
    )


def with_clarabel(P, q, A, b, cones):
    """Return the optimal value by Clarabel."""
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-9
    zero, sides, norms = cones
    kinds = [clarabel.ZeroConeT(zero), clarabel.NonnegativeConeT(sides), *map(clarabel.SecondOrderConeT, norms)]
    return clarabel.DefaultSolver(P, q, A, b, kinds, settings).solve().obj_val


def with_scs(P, q, A, b, cones):
    """Return the optimal value by SCS, a first-order method: to 1e-6, which it needs long enough for."""
    import scs

    zero, sides, norms = cones
    data = {"P": P, "A": A, "b": b, "c": q}
    return scs.solve(data, {"z": zero, "l": sides, "q": norms}, verbose=False, eps_abs=1e-6, eps_rel=1e-6)["info"][
        "pobj"
    ]


def best_of(run):
    """Return the result and the least processor time of three runs."""
    times = []
    for _ in range(REPEAT):
        begin = time.process_time()
        result = run()
        times.append(time.process_time() - begin)
    return result, min(times)


def programs(store):
    """Print times of basin programs; return whether none is slower than Clarabel."""
    peers = {name: run for name, run in (("clarabel", with_clarabel), ("scs", with_scs)) if find_spec(name)}
    print(f"{'rows x inputs, units':24} {'unknowns':>8} {'decay':>9} {'ours, ms':>9} "
          + " ".join(f"{name + ', ms':>13} {'times':>6}" for name in peers))  # fmt: skip
    ratios = []
    for n, d, m in ((14, 3, 5), (20, 4, 5), (40, 5, 6), (60, 11, 5), (60, 11, 10), (100, 9, 16), (150, 11, 20),
                    (300, 10, 30)):  # fmt: skip
        for decay in ("1/10", "1/1000", "1/100000"):
            row = store.cell(f"programs/{n}x{d},{m}/{decay}", lambda: timed_program(n, d, m, decay, peers))  # noqa: B023
            line = f"{f'{n} x {d}, {m}':24} {m * d:8} {decay:>9} {1e3 * row['ours']:9.2f}"
            for name in peers:
                if name not in row:
                    line += f" {'-':>13} {'-':>6}"
                    continue
                theirs, off = row[name]
                line += f" {1e3 * theirs:13.2f} {theirs / row['ours']:6.1f}"
                line += "" if off < 1e-4 else f" (differs by {off:.1g})"
                if name == "clarabel":
                    ratios.append(theirs / row["ours"])
            print(line, flush=True)
    print(
        f"{sum(r >= 5 for r in ratios)} of {len(ratios)} at least 5 times Clarabel, {sum(r < 1 for r in ratios)} slower"
    )
    return all(r >= 1 for r in ratios)


def timed_program(n, d, m, decay, peers):
    """Return processor times of one basin program, and how far each peer's value is from ours."""
    rng = np.random.default_rng(n + d + m)
    X = np.concatenate([rng.normal(size=(n, d - 1)), np.ones((n, 1))], axis=1)
    problem = Problem(X, rng.normal(size=n), weight_decay=WeightDecay(decay, biases=False), output_bias=True)
    A, signs = rng.normal(size=(m, d)) @ X.T > 0, np.where(rng.random(m) < 0.5, -1, 1)
    ours = programs_of(problem)
    ours.solve(A, signs)  # compiled code is loaded, and the data are scaled once
    point, took = best_of(lambda: ours.solve(A, signs))
    row = {"ours": took, "gap": point.gap / max(abs(point.value), 1e-12)}
    program = cone_program(problem, A, signs)
    for name, run in peers.items():
        if name != "scs" or m * d <= 120:
            value, theirs = best_of(lambda: run(*program))  # noqa: B023
            row[name] = theirs, abs(value - point.value) / max(abs(point.value), 1e-12)
    return row


def infinite(store):
    """Print the optimum of infinite width beside CVXPY with all gates and pyscnn with sampled ones."""
    peers = {name: run for name, run in (("cvxpy", with_cvxpy), ("scnn", with_pyscnn)) if find_spec(name)}
    print(f"{'rows x inputs':14} {'cells':>6} {'decay':>6} {'value':>14} {'ours, s':>8} "
          + " ".join(f"{name + ', s':>9} {'above':>9}" for name in peers))  # fmt: skip
    for n, d in ((8, 2), (12, 3), (20, 3), (30, 3)):
        for decay in ("1/10", "1/100"):
            row = store.cell(f"infinite/{n}x{d}/{decay}", lambda: timed_optimum(n, d, decay, peers))  # noqa: B023
            line = f"{f'{n} x {d}':14} {row['cells']:6} {decay:>6} {row['value']:14.10f} {row['ours']:8.2f}"
            for name in peers:
                line += f" {row[name][0]:9.2f} {row[name][1]:9.1e}"
            print(line, flush=True)
    if "scnn" not in peers:
        print("pyscnn is not installed and left out")
    return True


def timed_optimum(n, d, decay, peers):
    """Return processor times of one optimum of infinite width, and how far above it each peer's objective is."""
    rng = np.random.default_rng(n)
    X, y = np.round(rng.normal(size=(n, d)), 2), np.round(rng.normal(size=n), 2)
    begin = time.process_time()
    best = rs.infinite_width_minimum(rs.exact_decimals(X), rs.exact_decimals(y), weight_decay=decay)
    row = {"ours": time.process_time() - begin, "value": best.value}
    patterns = rs.enumerate_regions(rs.exact_decimals(X)).patterns
    row["cells"] = len(patterns)
    for name, run in peers.items():
        begin = time.process_time()
        value = run(X, y, float(Fraction(decay)), patterns)
        row[name] = time.process_time() - begin, (value - best.value) / best.value
    return row


def with_cvxpy(X, y, decay, patterns):
    """Return the lowest objective of any width by CVXPY and Clarabel with all gates."""
    import cvxpy as cp

    n, d = X.shape
    U, V = cp.Variable((len(patterns), d)), cp.Variable((len(patterns), d))
    f = sum(cp.multiply(a.astype(float), X @ (U[k] - V[k])) for k, a in enumerate(patterns))
    sides = [np.where(a, 1.0, -1.0)[:, None] * X for a in patterns]
    inside = [S @ W[k] >= 0 for k, S in enumerate(sides) for W in (U, V)]
    norms = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
    return cp.Problem(cp.Minimize(cp.sum_squares(f - y) + n * decay * norms), inside).solve(solver="CLARABEL") / n


def with_pyscnn(X, y, decay, patterns):
    """Return the objective of pyscnn's network, gates sampled, its norms balanced; it minimises half of ours."""
    from scnn.optimize import optimize
    from scnn.regularizers import NeuronGL1

    model, _ = optimize(
        "relu", 2 * len(patterns), X, y[:, None], regularizer=NeuronGL1(decay / 2), dtype="float64", unitize_data=False
    )
    W, (v,) = model.parameters[0], model.parameters[1]
    norms = np.linalg.norm(W, axis=1) @ np.abs(v)
    return float(np.mean((np.maximum(X @ W.T, 0.0) @ v - y) ** 2) + decay * norms)


def large(store):
    """Print the time of one explanation, 400 x 8 and 16 units, after a first one has loaded compiled code."""
    ok = True
    for solver in ("lbfgs", "adam"):
        row = store.cell(f"large/{solver}", lambda: explained(solver))  # noqa: B023
        ok &= row["seconds"] < 10
        print(f"400 x 8, 16 units, {solver}: {row['answer']} in {row['seconds']:.1f} s ({row['first']:.1f} s at first)")
    return ok


def explained(solver):
    """Return the seconds of two explanations of one network."""
    from sklearn.neural_network import MLPRegressor

    X, y = datasets.load_diabetes(return_X_y=True)
    X, y = X[:400, :8], (y[:400] - y[:400].mean()) / y[:400].std()
    X = (X - X.mean(0)) / X.std(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPRegressor(hidden_layer_sizes=(16,), solver=solver, max_iter=5_000, random_state=0).fit(X, y)
    seconds = []
    for _ in range(2):
        begin = time.process_time()
        told = rs.explain(model, X, y)
        seconds.append(time.process_time() - begin)
    return {"answer": told.answer, "first": seconds[0], "seconds": seconds[1]}


PARTS = {"trained": trained, "programs": programs, "infinite": infinite, "large": large}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--store", type=Path, help="JSON lines of finished cells; a run that was stopped goes on there")
    parser.add_argument("--seconds", type=float, default=np.inf, help="no cell is begun later than this")
    arguments = parser.parse_args()
    kept = Store(arguments.store, arguments.seconds)
    outcomes = [PARTS[name](kept) for name in arguments.parts or PARTS]
    print("all done")
    raise SystemExit(not all(outcomes))
