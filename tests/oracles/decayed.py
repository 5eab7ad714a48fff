"""Weight decay by other routes: a general conic solver, the objective itself, and pulls by an active set method."""

from __future__ import annotations

import itertools
from typing import Any

import clarabel
import numpy as np
import scipy.optimize as so
import scipy.sparse as sp

from reluscape.problem.problem import Problem


def conic_value(problem: Problem, pattern: np.ndarray, signs: np.ndarray) -> float:
    """Return the value of a basin of the squared loss with weight decay: a second-order cone program by Clarabel.

    In units in which the longest sample and the largest target are 1.
    """
    chi = float(np.linalg.norm(problem.data.X, axis=1).max(initial=0.0)) or 1.0
    gamma = float(np.abs(np.asarray(problem.y)).max(initial=0.0)) or 1.0
    X, y = problem.data.X / chi, np.asarray(problem.y) / gamma
    (m, n), d, strength = pattern.shape, X.shape[1], float(problem.penalty.strength)
    kept = range(d if problem.penalty.biases else d - 1)
    size = m * d + 1 + n + m  # weights, constant, residuals, norms
    P = np.zeros(size)
    P[m * d + 1 : m * d + 1 + n] = 2.0 / n
    P[m * d] = strength if problem.penalty.biases else 0.0
    q = np.zeros(size)
    q[m * d + 1 + n :] = strength / (chi * gamma)
    equal = np.zeros((n + 1, size))
    for j in range(m):
        equal[:n, j * d : (j + 1) * d] = signs[j] * pattern[j][:, None] * X
    equal[:n, m * d] = 1.0
    equal[:n, m * d + 1 : m * d + 1 + n] = -np.eye(n)
    equal[n, m * d] = 0.0 if problem.output_bias else 1.0
    cells = np.zeros((m * n, size))
    for j in range(m):
        cells[j * n : (j + 1) * n, j * d : (j + 1) * d] = -np.where(pattern[j], 1.0, -1.0)[:, None] * X
    norms = np.zeros((m * (1 + len(kept)), size))
    for j in range(m):
        norms[j * (1 + len(kept)), m * d + 1 + n + j] = -1.0
        for k, a in enumerate(kept):
            norms[j * (1 + len(kept)) + 1 + k, j * d + a] = -1.0
    cones = [clarabel.ZeroConeT(n + 1), clarabel.NonnegativeConeT(m * n)]
    cones += [clarabel.SecondOrderConeT(1 + len(kept))] * m
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    right = np.concatenate([y, np.zeros(1 + m * n + len(norms))])
    A = sp.csc_matrix(np.concatenate([equal, cells, norms]))
    solution = clarabel.DefaultSolver(sp.csc_matrix(np.diag(P)), q, A, right, cones, settings).solve()
    return float(solution.obj_val) * gamma * gamma


def logistic_value(problem: Problem, pattern: np.ndarray, signs: np.ndarray) -> float:
    """Return the value of a basin of the logistic loss with weight decay, by Clarabel on exponential cones.

    In units in which the longest sample is 1: log(1 + exp(-y f)) <= r where exp(-r) + exp(-y f - r) <= 1.
    """
    chi = float(np.linalg.norm(problem.data.X, axis=1).max()) or 1.0
    X, y = problem.data.X / chi, np.where(np.asarray(problem.y) > 0, 1.0, -1.0)
    (m, n), d, strength = pattern.shape, X.shape[1], float(problem.penalty.strength)
    kept = range(d if problem.penalty.biases else d - 1)
    size = m * d + 1 + n + m + 2 * n  # weights, constant, losses, norms, two exponentials for each sample
    P, q = np.zeros(size), np.zeros(size)
    P[m * d] = strength if problem.penalty.biases else 0.0
    q[m * d + 1 : m * d + 1 + n] = 1.0 / n
    q[m * d + 1 + n : m * d + 1 + n + m] = strength / chi
    equal = np.zeros((1, size))
    equal[0, m * d] = 0.0 if problem.output_bias else 1.0
    first = m * d + 1 + n + m
    cells = np.zeros((m * n + n, size))
    for j in range(m):
        cells[j * n : (j + 1) * n, j * d : (j + 1) * d] = -np.where(pattern[j], 1.0, -1.0)[:, None] * X
    for i in range(n):
        cells[m * n + i, [first + 2 * i, first + 2 * i + 1]] = 1.0
    norms = np.zeros((m * (1 + len(kept)), size))
    for j in range(m):
        norms[j * (1 + len(kept)), m * d + 1 + n + j] = -1.0
        for k, a in enumerate(kept):
            norms[j * (1 + len(kept)) + 1 + k, j * d + a] = -1.0
    powers, ends = np.zeros((6 * n, size)), np.zeros(6 * n)
    for i in range(n):
        for part in (0, 1):
            row = 6 * i + 3 * part
            powers[row, m * d + 1 + i] = 1.0  # (-r or -y f - r, 1, exponential)
            if part:
                for j in range(m):
                    powers[row, j * d : (j + 1) * d] = y[i] * signs[j] * pattern[j, i] * X[i]
                powers[row, m * d] = y[i]
            ends[row + 1] = 1.0
            powers[row + 2, first + 2 * i + part] = -1.0
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(m * n + n)]
    cones += [clarabel.SecondOrderConeT(1 + len(kept))] * m + [clarabel.ExponentialConeT()] * (2 * n)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    right = np.concatenate([np.zeros(1 + m * n), np.ones(n), np.zeros(len(norms)), ends])
    A = sp.csc_matrix(np.concatenate([equal, cells, norms, powers]))
    solution = clarabel.DefaultSolver(sp.csc_matrix(np.diag(P)), q, A, right, cones, settings).solve()
    return float(solution.obj_val)


def largest_pull(problem: Problem, e: np.ndarray, pattern: np.ndarray, sign: int) -> float:
    """Return max <-s sum_{on} e_i x_i, u> over the closed cell with |P u| <= 1, e the derivatives of the mean loss."""
    X = problem.data.X
    rows = np.where(pattern, 1.0, -1.0)[:, None] * X
    weight = np.ones(X.shape[1])
    if not problem.penalty.biases:
        weight[-1] = 1e6
    g = -sign * (X[pattern].T @ e[pattern])
    z = so.nnls((rows * weight).T, -g * weight)[0]
    left = g + rows.T @ z
    return float(np.linalg.norm(left[weight == 1.0]))


def objective(problem: Problem, W: np.ndarray, v: np.ndarray, c: float = 0.0) -> float:
    """Return mean loss plus penalty, written out."""
    X, y = problem.data.X, np.asarray(problem.y)
    f = np.maximum(X @ W.T, 0.0) @ v + c
    kept = W if problem.penalty.biases else W[:, :-1]
    decayed = (kept**2).sum() + (v**2).sum() + (c * c if problem.penalty.biases else 0.0)
    return float(np.mean(problem.loss.value(f, y)) + float(problem.penalty.strength) / 2 * decayed)


def descended(problem: Problem, width: int, starts: int, rng: np.random.Generator) -> list[float]:
    """Return the objective at the ends of L-BFGS from random starts."""
    X, y, d = problem.data.X, np.asarray(problem.y), problem.data.d
    strength, bias = float(problem.penalty.strength), problem.output_bias
    mask = np.ones((width, d))
    if not problem.penalty.biases:
        mask[:, -1] = 0.0

    def both(t: np.ndarray) -> tuple[float, np.ndarray]:
        W, v, c = t[: width * d].reshape(width, d), t[width * d : width * d + width], t[-1] if bias else 0.0
        H = X @ W.T
        e = problem.loss.gradient(np.maximum(H, 0.0) @ v + c, y) / len(y)
        gW = ((H > 0) * e[:, None] * v).T @ X + strength * mask * W
        gv = np.maximum(H, 0.0).T @ e + strength * v
        gc = [e.sum() + (strength * c if problem.penalty.biases else 0.0)] if bias else []
        return objective(problem, W, v, c), np.concatenate([gW.ravel(), gv, gc])

    ends = []
    for _ in range(starts):
        start = rng.normal(size=width * d + width + int(bias))
        ends.append(
            float(
                so.minimize(
                    both, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-14, "gtol": 1e-9}
                ).fun
            )
        )
    return ends


def cells(X: np.ndarray) -> np.ndarray:
    """Return the patterns (R, n) of all cells of small data, from linear programs over every sign vector."""
    live = [i for i in range(len(X)) if X[i].any()]
    patterns = []
    for bits in itertools.product((False, True), repeat=len(live)):
        rows = np.where(bits, -1.0, 1.0)[:, None] * X[live]
        found: Any = so.linprog(np.zeros(X.shape[1]), A_ub=rows, b_ub=-np.ones(len(live)), bounds=(None, None))
        if found.status == 0:
            pattern = np.zeros(len(X), dtype=bool)
            pattern[live] = bits
            patterns.append(pattern)
    return np.array(patterns)
