"""Weight decay: verdicts on trained networks, basin programs beside conic solvers, the optimum of infinite width.

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/weight_decay.py [trained programs infinite large]

`trained`: 40 networks with decay on four small tables, 20 of scikit-learn's lbfgs and 20 of torch at full batch; each
"local minimum" is held against 10,000 random neighbours, each "not" has an escape that lowers the objective.
`programs`: ours beside Clarabel and SCS on the same second-order cone programs, processor time, best of three; peers
get their matrices ready made. `infinite`: ours beside CVXPY with all gates. `large`: one explanation, 400 x 8, 16
units.
Solvers that are not installed are left out and named.
"""

from __future__ import annotations

import argparse
import time
import warnings
from fractions import Fraction
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp
from sklearn import datasets

import reluscape as rs
from reluscape.basins.decay.programs import programs_of
from reluscape.problem.networks import TwoLayerNet
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem

NEIGHBOURS, MOST_UNDECIDED = 10_000, 4
REPEAT = 3


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
    """Return a fitted scikit-learn network."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if classes else MLPRegressor
    model = kind(
        hidden_layer_sizes=(width,), solver="lbfgs", alpha=alpha, max_iter=20_000, max_fun=100_000, tol=1e-12,
        random_state=seed,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(X, y.astype(int) if classes else y), {}


def torch_network(X, y, classes, width, decay, seed):
    """Return a torch network trained at full batch to the end by L-BFGS on loss plus decay, and the optimizer."""
    import torch

    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(X.shape[1], width), torch.nn.ReLU(), torch.nn.Linear(width, 1))
    inputs, targets = torch.tensor(X), torch.tensor(y)[:, None]
    loss = torch.nn.BCEWithLogitsLoss() if classes else torch.nn.MSELoss()
    told = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=decay)
    for _ in range(2_000):
        told.zero_grad()
        loss(model(inputs), targets).backward()
        told.step()
    last = torch.optim.LBFGS(model.parameters(), max_iter=5_000, tolerance_grad=1e-14, tolerance_change=0.0,
                             line_search_fn="strong_wolfe")  # fmt: skip

    def closure():
        last.zero_grad()
        value = loss(model(inputs), targets)
        value = value + decay / 2 * sum((p * p).sum() for p in model.parameters())
        value.backward()
        return value

    last.step(closure)
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


def trained():
    """Print the verdicts on 40 trained networks; return whether enough are decided and all hold."""
    print(f"{'network':34} {'verdict':15} {'answer':10} {'method':10} {'holds':>5} {'seconds':>8}")
    decided, wrong, number = 0, 0, 0
    for name, X, y, classes in tables():
        for k in range(10):
            decay, width = 10.0 ** -(1 + k % 4), 5 if k % 2 else 8
            fitted, how = (sklearn_network if k < 5 else torch_network)(X, y, classes, width, decay, k)
            begin = time.process_time()
            told = rs.explain(fitted, X, y.astype(int) if classes and k < 5 else y, **how)
            seconds = time.process_time() - begin
            verdict = told.model_report.verdict
            penalty = WeightDecay.from_sklearn(fitted, len(X)) if k < 5 else WeightDecay(decay)
            problem = objective_problem(X, y, classes, penalty)
            good = ""
            if verdict.is_local_minimum:
                net = TwoLayerNet(*two_layer(fitted)) if told.snapped is None else as_two_layer(told.snapped)
                good = holds(problem, net, np.random.default_rng(number))
            elif verdict.is_local_minimum is False:
                again = rs.certify(problem, None, *two_layer(fitted))
                good = lowers(problem, two_layer(fitted), again.escape) if again.escape is not None else True
            decided += verdict.is_local_minimum is not None
            wrong += good is False
            number += 1
            title = f"{name} {'sklearn' if k < 5 else 'torch'} {width} units decay {decay:g}"
            print(f"{title:34} {verdict.kind:15} {told.answer:10} {verdict.method:10} {good!s:>5} {seconds:8.2f}",
                  flush=True)  # fmt: skip
    print(f"{decided} of {number} decided, {wrong} wrong")
    return number - decided <= MOST_UNDECIDED and not wrong


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


def programs():
    """Print times of basin programs; return whether none is slower than Clarabel."""
    peers = {name: run for name, run in (("clarabel", with_clarabel), ("scs", with_scs)) if find_spec(name)}
    print(f"{'rows x inputs, units':24} {'unknowns':>8} {'decay':>7} {'ours, ms':>9} "
          + " ".join(f"{name + ', ms':>13} {'times':>6}" for name in peers))  # fmt: skip
    ratios = []
    for n, d, m in ((14, 3, 5), (40, 5, 6), (60, 11, 5), (60, 11, 10), (100, 9, 16), (150, 11, 20), (300, 10, 30)):
        for decay in ("1/10", "1/1000", "1/100000"):
            rng = np.random.default_rng(n + d + m)
            X = np.concatenate([rng.normal(size=(n, d - 1)), np.ones((n, 1))], axis=1)
            problem = Problem(X, rng.normal(size=n), weight_decay=WeightDecay(decay, biases=False), output_bias=True)
            A, signs = rng.normal(size=(m, d)) @ X.T > 0, np.where(rng.random(m) < 0.5, -1, 1)
            ours = programs_of(problem)
            point, took = best_of(lambda: ours.solve(A, signs))  # noqa: B023
            line = f"{f'{n} x {d}, {m}':24} {m * d:8} {decay:>7} {1e3 * took:9.2f}"
            program = cone_program(problem, A, signs)
            for name, run in peers.items():
                if name == "scs" and m * d > 120:
                    line += f" {'-':>13} {'-':>6}"
                    continue
                value, theirs = best_of(lambda: run(*program))  # noqa: B023
                # the value of the cone program lacks nothing: sum of squares plus penalty
                off = abs(value - point.value) / max(abs(point.value), 1e-12)
                line += f" {1e3 * theirs:13.2f} {theirs / took:6.1f}" + (
                    "" if off < 1e-4 else f" (differs by {off:.1g})"
                )
                if name == "clarabel":
                    ratios.append(theirs / took)
            print(line, flush=True)
    print(
        f"{sum(r >= 5 for r in ratios)} of {len(ratios)} at least 5 times Clarabel, {sum(r < 1 for r in ratios)} slower"
    )
    return all(r >= 1 for r in ratios)


def infinite():
    """Print the optimum of infinite width beside CVXPY with all gates."""
    import cvxpy as cp

    print(
        f"{'rows x inputs':14} {'cells':>6} {'decay':>6} {'value':>14} {'ours, s':>8} {'CVXPY':>14} {'s':>8} {'off':>9}"
    )
    for n, d in ((8, 2), (12, 3), (20, 3), (30, 3)):
        for decay in ("1/10", "1/100"):
            rng = np.random.default_rng(n)
            X, y = np.round(rng.normal(size=(n, d)), 2), np.round(rng.normal(size=n), 2)
            X, y = rs.exact_decimals(X), rs.exact_decimals(y)
            begin = time.process_time()
            found = rs.infinite_width_minimum(X, y, weight_decay=decay)
            ours = time.process_time() - begin
            patterns = rs.enumerate_regions(X).patterns
            F, t, lam = np.asarray(X, dtype=float), np.asarray(y, dtype=float), n * float(Fraction(decay))
            begin = time.process_time()
            U, V = cp.Variable((len(patterns), d)), cp.Variable((len(patterns), d))
            f = sum(cp.multiply(a.astype(float), F @ (U[k] - V[k])) for k, a in enumerate(patterns))
            sides = [np.where(a, 1.0, -1.0)[:, None] * F for a in patterns]
            inside = [S @ W[k] >= 0 for k, S in enumerate(sides) for W in (U, V)]
            norms = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
            program = cp.Problem(cp.Minimize(cp.sum_squares(f - t) + lam * norms), inside)
            value = program.solve(solver="CLARABEL") / n
            theirs = time.process_time() - begin
            print(f"{f'{n} x {d}':14} {len(patterns):6} {decay:>6} {found.value:14.10f} {ours:8.2f} {value:14.10f} "
                  f"{theirs:8.2f} {abs(value - found.value):9.1e}", flush=True)  # fmt: skip
    if not find_spec("pyscnn") and not find_spec("scnn"):
        print("pyscnn is not installed and left out")
    return True


def large():
    """Print the time of one explanation, 400 x 8 and 16 units."""
    from sklearn.neural_network import MLPRegressor

    X, y = datasets.load_diabetes(return_X_y=True)
    X, y = X[:400, :8], (y[:400] - y[:400].mean()) / y[:400].std()
    X = (X - X.mean(0)) / X.std(0)
    ok = True
    for solver in ("lbfgs", "adam"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = MLPRegressor(hidden_layer_sizes=(16,), solver=solver, max_iter=5_000, random_state=0).fit(X, y)
        begin = time.process_time()
        told = rs.explain(model, X, y)
        seconds = time.process_time() - begin
        ok &= seconds < 10
        print(f"400 x 8, 16 units, {solver}: {told.answer} in {seconds:.1f} s")
    return ok


PARTS = {"trained": trained, "programs": programs, "infinite": infinite, "large": large}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    outcomes = [PARTS[name]() for name in parser.parse_args().parts or PARTS]
    raise SystemExit(not all(outcomes))
