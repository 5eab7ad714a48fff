"""Basins with frozen output weights: exact brute force, one output, a conic solver for the softmax, refusals."""

import copy
from fractions import Fraction

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from tests.basins_strategy import basins
from tests.oracles import basin as oracle


def brute_force(X, Y, patterns, V, output_bias):
    """Squared distance from the targets to the cone of predictions, from every extreme ray of every cell."""
    rows, (n, k) = oracle.full_rank(X), Y.shape
    G = []
    for pattern, out in zip(patterns, V, strict=True):
        for ray in oracle.cell_rays(rows, pattern):
            heights = [oracle.dot(x, ray) if a else Fraction(0) for x, a in zip(rows, pattern, strict=True)]
            G.append([v * h for v in out for h in heights])
    for o in range(k if output_bias else 0):
        G += [[Fraction(s * (i // n == o)) for i in range(n * k)] for s in (1, -1)]
    return oracle.nearest([g for g in G if any(g)], [Fraction(v) for v in Y.T.reshape(-1)]) / n


@given(basins(max_n=5, max_d=2, max_m=3), st.booleans(), st.integers(0, 10**6))
def test_squared_loss_is_exact_certified_and_brute_forces(problem, output_bias, seed):
    X, _, A, _ = problem
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 4))
    V, Y = rng.integers(-2, 3, (len(A), k)), rng.integers(-3, 4, (len(X), k))
    truth = brute_force(X, Y, A & (X != 0).any(axis=1), V, output_bias)
    found = rs.basin_value(X, Y, A, None, exact=True, output_bias=output_bias, v=V)
    assert found.exact_value == truth
    assert rs.verify(found.certificate).ok
    assert found.prediction.shape == (len(X), k)
    near = rs.basin_value(X, Y, A, None, output_bias=output_bias, v=V)
    assert near.value == pytest.approx(float(truth), abs=1e-8 * (1 + float(np.mean(Y**2))))
    for basin in (near, found):
        heights = basin.Z @ X.astype(float).T
        slack = np.where(A, 1, -1) * heights * (X != 0).any(axis=1)
        assert slack.min(initial=0.0) >= -1e-7 * (1 + np.abs(heights).max(initial=0.0))
        loss = np.mean(((((A & (X != 0).any(axis=1)) * heights).T @ V + basin.c - Y) ** 2).sum(axis=1))
        assert loss == pytest.approx(float(truth), abs=1e-7 * (1 + np.abs(heights).max(initial=0.0)))


@given(basins(max_n=6, max_d=3, max_m=3), st.booleans())
def test_one_output_is_the_basin_of_its_signs(problem, output_bias):
    X, y, A, signs = problem
    size = np.array(["1/3", "2", "5/7"][: len(A)])
    v = [Fraction(s) * int(b) for s, b in zip(size, signs, strict=True)]
    free = rs.basin_value(X, y, A, signs, exact=True, output_bias=output_bias)
    for targets in (y, y[:, None]):
        frozen = rs.basin_value(X, targets, A, signs, exact=True, output_bias=output_bias, v=v)
        assert frozen.exact_value == free.exact_value
        assert rs.verify(frozen.certificate).ok


def softmax_by_conic_solver(X, labels, A, V, output_bias):
    """Lower and upper end of the mean cross-entropy's infimum by exponential cones: sum_o exp(f_io - t_i) <= 1."""
    n, (m, k) = len(X), V.shape
    F = np.concatenate([np.concatenate([V[j, o] * A[j][:, None] * X for j in range(m)], axis=1) for o in range(k)])
    if output_bias:
        F = np.concatenate([F, np.kron(np.eye(k), np.ones((n, 1)))], axis=1)
    N = F.shape[1]
    G = sp.block_diag([sp.csc_matrix(np.where(a, 1, -1)[:, None] * X) for a in A])
    G = sp.hstack([G, sp.csc_matrix((G.shape[0], N - G.shape[1] + n + n * k))])
    total = sp.hstack([sp.csc_matrix((n, N + n)), sp.hstack([sp.identity(n)] * k)])
    rows, b = [-G, total], [np.zeros(G.shape[0]), np.ones(n)]
    cones = [clarabel.NonnegativeConeT(G.shape[0]), clarabel.NonnegativeConeT(n)]
    for o in range(k):
        for i in range(n):
            block = sp.lil_matrix((3, N + n + n * k))
            block[0, :N] = -F[o * n + i]
            block[0, N + i] = 1
            block[2, N + n + o * n + i] = -1
            rows.append(block)
            b.append(np.array([0.0, 1.0, 0.0]))
            cones.append(clarabel.ExponentialConeT())
    q = np.zeros(N + n + n * k)
    q[N : N + n] = 1
    q[:N] = -sum(F[labels[i] * n + i] for i in range(n))
    options = clarabel.DefaultSettings()
    options.verbose = False
    P = sp.csc_matrix((len(q), len(q)))
    answer = clarabel.DefaultSolver(P, q, sp.csc_matrix(sp.vstack(rows)), np.concatenate(b), cones, options).solve()
    return answer.obj_val_dual / n, answer.obj_val / n


@pytest.mark.parametrize("seed", range(8))
def test_cross_entropy_agrees_with_a_conic_solver(seed):
    rng = np.random.default_rng(seed)
    n, d, m, k = int(rng.integers(4, 20)), int(rng.integers(1, 4)), int(rng.integers(1, 5)), int(rng.integers(2, 5))
    X, labels, V = rng.standard_normal((n, d)), rng.integers(0, k, n), rng.standard_normal((m, k))
    A, output_bias = rng.standard_normal((m, d)) @ X.T > 0, bool(seed % 2)
    found = rs.basin_value(X, labels, A, None, loss="cross_entropy", output_bias=output_bias, v=V)
    low, high = softmax_by_conic_solver(X, labels, A, V, output_bias)
    # where no weights reach the infimum the conic solver stops some 1e-5 above it, although it says that it is solved
    assert low - (3e-7 if found.attained else 1e-4) <= found.value <= high + 3e-7
    P = found.prediction
    loss = np.mean(np.logaddexp.reduce(P, axis=1) - P[np.arange(n), labels])
    assert loss == pytest.approx(found.value, abs=1e-9)
    assert (np.where(A, 1, -1) * (found.Z @ X.T)).min() >= -1e-7 * (1 + np.abs(found.Z).max())


def test_two_classes_are_the_logistic_loss():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((15, 2)), rng.choice([-1, 1], 15)
    A, signs = rng.standard_normal((3, 2)) @ X.T > 0, np.array([1, -1, 1])
    V = np.stack([np.zeros(3), signs], axis=1)
    two = rs.basin_value(X, (y + 1) // 2, A, None, loss="cross_entropy", v=V)
    assert two.value == pytest.approx(rs.basin_value(X, y, A, signs, loss="logistic").value, abs=1e-9)
    each = rs.basin_value(X, np.stack([y, y], axis=1), A, None, loss="logistic", v=np.stack([signs, signs], axis=1))
    assert each.value == pytest.approx(2 * rs.basin_value(X, y, A, signs, loss="logistic").value, abs=1e-9)


def test_separable_classes_recede():
    X, labels = np.eye(3), [0, 1, 2]
    found = rs.basin_value(X, labels, np.eye(3, dtype=bool), None, loss="cross_entropy", v=np.eye(3))
    assert not found.attained
    assert found.value == pytest.approx(0, abs=1e-9)
    assert (np.diag(found.direction) > 0).all()
    # only the first sample can be told apart: the others keep log 3
    one = rs.basin_value(X, labels, np.eye(3, dtype=bool)[:1], None, loss="cross_entropy", v=[[1, 0, 0]])
    assert not one.attained
    assert one.value == pytest.approx(2 * np.log(3) / 3, abs=1e-9)
    # a class that is never right is carried away, the other two stay tied: log 2 on one sample
    tied = rs.basin_value([[1.0]], [0], [[True]], None, loss="cross_entropy", v=[[1, 1, 0]])
    assert not tied.attained
    assert tied.value == pytest.approx(np.log(2), abs=1e-9)


def test_zero_rows_no_units_and_dead_ones():
    X, Y = [[0, 0], [1, 0]], [[3, 1], [1, 2]]
    found = rs.basin_value(X, Y, [[True, True]], None, exact=True, v=[[1, 2]])
    assert found.zero_rows == (0,)
    assert found.exact_value == Fraction(9 + 1, 2)
    none = rs.basin_value(X, Y, np.zeros((0, 2), bool), None, exact=True, v=np.zeros((0, 2)))
    assert none.exact_value == Fraction(15, 2)
    assert rs.verify(none.certificate).ok
    dead = rs.basin_value(X, Y, [[False, False], [True, True]], None, v=[[1, 2], [0, 0]], exact=True, output_bias=True)
    assert dead.exact_value == Fraction(1 * 2 + Fraction(1, 2), 2)
    assert rs.verify(dead.certificate).ok
    labels = rs.basin_value(X, [0, 1], [[True, True]], None, loss="cross_entropy", v=[[0, 1]])
    assert labels.value == pytest.approx(np.log(2) / 2, abs=1e-9)


def test_an_altered_certificate_fails():
    X, Y, A, V = [[1, 0], [0, 1], [1, 1]], [[1, 0], [0, -1], [2, 1]], [[1, 1, 1], [1, 0, 1]], [[1, 2], [-1, "1/2"]]
    found = rs.basin_value(X, Y, A, None, exact=True, v=V)
    assert rs.verify(found.certificate).ok
    for path, value in (
        (("claim", "value"), str(found.exact_value + Fraction(1, 7))),
        (("claim", "weights"), [["1", "2"], ["-1", "1"]]),
        (("claim", "targets"), [["1", "0"], ["0", "-1"], ["2", "2"]]),
        (("claim", "patterns"), ["111", "111"]),
        (("claim", "output_bias"), True),
        (("witness", "W"), [["-1", "0"], ["0", "0"]]),
        (("witness", "c"), ["1", "0"]),
        (("witness", "multipliers"), [[[0, "-1"]], []]),
    ):
        broken = copy.deepcopy(found.certificate)
        broken[path[0]][path[1]] = value
        assert not rs.verify(broken).ok, path


def test_refusals():
    X, Y, A = np.eye(2), np.eye(2), [[True, True]]
    with pytest.raises(rs.InputError, match="not convex"):
        rs.basin_value(X, Y, A, [1])
    with pytest.raises(rs.InputError, match="not convex"):
        rs.basin_value(X, [0, 1], A, [1], loss="cross_entropy")
    with pytest.raises(rs.InputError, match="do not agree"):
        rs.basin_value(X, Y, A, [1], v=[[1, 1]])
    with pytest.raises(rs.InputError, match="output weights have shape"):
        rs.basin_value(X, Y, A, None, v=[[1, 1], [1, 1]])
    with pytest.raises(rs.InputError, match="samples by outputs"):
        rs.basin_value(X, Y, A, None, v=[[1, 1, 1]])
    with pytest.raises(rs.InputError, match="squared"):
        rs.basin_value(X, [0, 1], A, None, loss="cross_entropy", v=[[1, 1]], exact=True)
    with pytest.raises(rs.InputError, match="at least two outputs"):
        rs.basin_value(X, [0, 0], A, None, loss="cross_entropy", v=[[1]])
    with pytest.raises(rs.InputError, match="label 2"):
        rs.basin_value(X, [0, 2], A, None, loss="cross_entropy", v=[[1, 1]])
    with pytest.raises(rs.InputError, match="targets"):
        rs.basin_value(X, None, A, None, v=[[1, 1]])
