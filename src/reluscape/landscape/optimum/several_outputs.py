"""The lowest objective of any width for several outputs with weight decay, where the samples have rank at most 3."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from scipy.optimize import nnls

from ...errors import InputError
from ...geometry.regions import enumerate_regions
from ...numbers.checks import readonly
from ...numbers.tolerances import DEFAULT
from ...problem.losses import able
from ...problem.networks import DeepNet
from ...problem.problem import Problem
from .decayed_infinite import _polytope
from .several_proof import proved
from .several_units import solved
from .strongest import Faces

# sets of dependent columns that are looked at
MOST_SETS = 5_000


@dataclass(frozen=True, eq=False)
class SeveralOutputsMinimum:
    """The lowest objective of any width for k outputs, and what networks reach it.

    Attributes:
        value: the lowest objective, mean loss plus penalty.
        lower, upper: `Fraction`s that hold it, proved by the certificate; floats without one.
        directions: (p, d) unit vectors: every unit of every optimal network has one of these directions.
        outputs: (p, k) unit vectors, the output weights that belong to them.
        weights: (p,) the multiples t of one optimal network: f = sum_j t_j relu(X u_j) v_j^T.
        unique: whether no other multiples are optimal.
        least_width, most_width: fewest and most units of a vertex of the polytope of optimal multiples; None, as
            `unique`, where there are too many directions to look at all sets of them.
        net: a balanced network (a `DeepNet`) with the value.
        certificate: plain JSON, of kind "several-outputs-minimum", or None.
        kind: "certified" with a certificate, else "numerical".
        problem: what was minimised.
    """

    value: float
    lower: Any
    upper: Any
    directions: np.ndarray
    outputs: np.ndarray
    weights: np.ndarray
    unique: bool | None
    least_width: int | None
    most_width: int | None
    net: DeepNet
    certificate: dict[str, Any] | None
    kind: str
    problem: Problem

    def __float__(self) -> float:
        """Return the value."""
        return self.value


def several_outputs_minimum(problem: Problem) -> SeveralOutputsMinimum:
    """Return the lowest objective of any width for several outputs.

    With u the direction of a unit and V its output weights, moving factors between the layers leaves n J =
    sum |f - y|^2 + L sum_j |u_j| |V_j|, L = n times the decay: convex in the measure of units. Its dual asks that no
    direction is pulled by more than L, max_{|u| = 1} |N^T relu(X u)| <= L with N the slopes of the losses. On a cell
    that is an eigenvalue on a face of the cone, so that the direction of largest pull is found among finitely many.
    Units are added there and all are moved together, until nothing pulls by more.

    Raises:
        InputError: another loss than the squared one, output biases, or biases that do not decay.
        TooLarge: samples of a rank above 3.
        SolverError: the pulls do not come down to the decay.
    """
    if not able(problem.loss, "quadratic"):
        raise InputError("several outputs with weight decay are solved for the squared loss; give loss='squared'")
    if problem.output_bias or not problem.penalty.biases:
        raise InputError(
            "several outputs with weight decay are solved without output biases, all weights decayed; give "
            "output_bias=False and a weight decay with biases=True"
        )
    data, Y = problem.data, np.asarray(problem.targets, dtype=float)
    X = np.asarray(data.X, dtype=float)
    basis = _span(X, data.rank)
    live = np.flatnonzero(X.any(axis=1))
    Z, lam = (X @ basis.T)[live], float(problem.n * problem.penalty.strength)
    regions = enumerate_regions(data.fractions) if len(live) else None
    patterns = np.zeros((0, len(live)), dtype=bool) if regions is None else np.asarray(regions.patterns)[:, live]
    faces = Faces.of(Z, patterns)
    units = solved(faces, Y[live], lam)
    W, V = units.W @ basis, units.V
    return _described(problem, faces, basis, live, W, V, lam)


def _span(X: np.ndarray, rank: int) -> np.ndarray:
    """Return an orthonormal basis (r, d) of the span of the samples."""
    scale = np.linalg.norm(X, axis=1)
    rows = X / np.where(scale > 0, scale, 1.0)[:, None]
    return np.asarray(np.linalg.svd(rows, full_matrices=False)[2][:rank]) if rank else np.zeros((0, X.shape[1]))


def _described(
    problem: Problem, faces: Faces, basis: np.ndarray, live: np.ndarray, W: np.ndarray, V: np.ndarray, lam: float
) -> SeveralOutputsMinimum:
    """Return the optimum with all optimal directions, a balanced network, and the proof."""
    X, Y, n = np.asarray(problem.data.X, dtype=float), np.asarray(problem.targets, dtype=float), max(problem.n, 1)
    F = np.maximum(X @ W.T, 0.0) @ V
    N = 2 * (F - Y)
    candidates = faces.candidates(N[live])
    tight: list[np.ndarray] = []
    strengths = np.linalg.norm(W, axis=1) * np.linalg.norm(V, axis=1)
    own = (W / np.linalg.norm(W, axis=1)[:, None])[np.argsort(-strengths, kind="stable")] @ basis.T
    extremes = candidates.W[candidates.pulls >= lam * (1 - DEFAULT.tight_pull)] if len(candidates.W) else own[:0]
    for w in (*own, *extremes):
        if all(w @ u < 1 - DEFAULT.same_direction for u in tight):
            tight.append(w)
    U = np.array(tight).reshape(-1, faces.Z.shape[1]) @ basis
    features = np.maximum(X @ U.T, 0.0)
    out = -features.T @ N / lam
    out = out / np.maximum(np.linalg.norm(out, axis=1), np.finfo(float).tiny)[:, None]
    columns = np.einsum("np,pk->nkp", features, out).reshape(Y.size, len(U))
    t, unique, fewest, most = _multiples(columns, F.reshape(-1))
    picks = np.flatnonzero(t > 0)
    root = np.sqrt(t[picks])[:, None]
    hidden, outer = U[picks] * root, out[picks] * root
    upper: Any = _value(X, Y, hidden, outer, lam) / n
    if upper > (1 + DEFAULT.tight_pull) * _value(X, Y, W, V, lam) / n:  # the multiples do not give the predictions
        hidden, outer, unique, fewest, most = W, V, None, None, None
        upper = _value(X, Y, W, V, lam) / n
    layers = (
        (hidden, outer) if len(hidden) else (np.zeros((1, X.shape[1])), np.zeros((1, Y.shape[1])))
    )  # a unit at zero
    net = DeepNet([layers[0], layers[1].T], [None, None])
    dual = -(N * Y).sum() - (N * N).sum() / 4
    lower: Any = min(float(dual) / n, float(upper))
    certificate, kind = None, "numerical"
    proof = proved(problem, hidden, outer, N, float(candidates.pulls.max(initial=0.0)))
    if proof is not None:
        lower, upper, certificate = proof
        kind = "certified"
    return SeveralOutputsMinimum(
        float(upper), lower, upper, readonly(U), readonly(out), readonly(t), unique, fewest, most, net,
        certificate, kind, problem,
    )  # fmt: skip


def _multiples(columns: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, bool | None, int | None, int | None]:
    """Return multiples t >= 0 with columns t = target, whether they are the only ones, and fewest and most of them.

    The last three are None where dependent columns have too many sets to look at.
    """
    p = columns.shape[1]
    units = columns / np.maximum(np.linalg.norm(columns, axis=0), np.finfo(float).tiny)
    rank = int(np.linalg.matrix_rank(units, tol=DEFAULT.independent_units)) if p else 0
    if rank < p and comb(p, min(rank, p // 2)) > MOST_SETS:
        return nnls(columns, target)[0], None, None, None
    if rank < p:
        fit = _polytope(columns, target, False, [])
        return fit.weights, fit.unique, fit.least, fit.most
    t = np.linalg.lstsq(columns, target, rcond=None)[0]
    t = np.where(t > DEFAULT.negligible_unit * np.abs(t).max(initial=0.0), t, 0.0)
    return t, True, int((t > 0).sum()), int((t > 0).sum())


def _value(X: np.ndarray, Y: np.ndarray, W: np.ndarray, V: np.ndarray, lam: float) -> float:
    """Return |F - Y|^2 + lam sum_j |w_j| |v_j|."""
    rest = np.maximum(X @ W.T, 0.0) @ V - Y
    return float((rest * rest).sum() + lam * (np.linalg.norm(W, axis=1) * np.linalg.norm(V, axis=1)).sum())
