"""Basin programs with several outputs and frozen output weights: the same Newton steps, each solved by Clarabel."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ..losses import CrossEntropy, Loss
from ..tolerances import DEFAULT, Tolerances
from .conic import quadratic_program
from .newton import FLATTEST, SmoothSolution, curvature, descend
from .recession import FAR, far_enough, recession_direction, recession_signs, still_falling

LARGE_NEGATIVE = -1e300


class _Outputs:
    """What both kinds of losses share: features (N k, size), predictions output by output, cones G x >= 0."""

    def __init__(self, F: np.ndarray, G: Any, k: int) -> None:
        self.F, self.G, self.k = F, G, k

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives in f."""
        raise NotImplementedError

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures' matrix times M (N k, q)."""
        raise NotImplementedError

    def bend(self, h: np.ndarray, df: np.ndarray) -> float:
        """Return the curvatures' quadratic form at df."""
        return float(df @ self.times(h, df[:, None])[:, 0])

    def model(
        self, x: np.ndarray, f: np.ndarray, g: np.ndarray, h: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Minimise g (F x' - f) + (F x' - f) h (F x' - f) / 2 over the cone."""
        P = self.F.T @ self.times(h, self.F)
        found = quadratic_program(P, self.F.T @ (g - self.times(h, f[:, None])[:, 0]), self.G)
        return (x, np.zeros(self.G.shape[0]), self.G @ x) if found is None else found

    def residual(self, g: np.ndarray, mu: np.ndarray, slack: np.ndarray) -> float:
        """Return the largest entry of gradient minus multipliers, and the complementarity."""
        dual = self.F.T @ g - self.G.T @ mu
        return max(float(np.abs(dual).max(initial=0.0)), float((mu * np.maximum(slack, 0.0)).sum()))


class EachOutput(_Outputs):
    """The sum over outputs of a loss of one number each.

    Args:
        F: (N k, size) features.
        G: sparse (q, size) cones.
        Y: (N, k) targets.
        loss: value(f, y) and gradient(f, y), entry by entry.
    """

    def __init__(self, F: np.ndarray, G: Any, Y: np.ndarray, loss: Loss) -> None:
        super().__init__(F, G, Y.shape[1])
        self.y, self.loss = Y.T.reshape(-1), loss
        self.kept = np.ones(self.y.shape, dtype=bool)

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the losses of the entries that are kept."""
        return float(self.loss.value(f, self.y)[self.kept].sum())

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives in f."""
        return np.where(self.kept, self.loss.gradient(f, self.y), 0.0)

    def stiffness(self, f: np.ndarray, damping: float) -> np.ndarray:
        """Return curvatures (N k,)."""
        h = curvature(self.loss, f, self.y) * self.kept
        stiff = float(h.max(initial=0.0)) or 1.0
        return np.maximum(h + damping * stiff, FLATTEST * stiff)

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures times M."""
        return np.asarray(h[:, None] * M)

    def moving(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the features whose entries may move for ever, and for which it is up and down."""
        return (self.F, *recession_signs(self.loss, self.y))

    def carry(self, moves: np.ndarray, carried: np.ndarray) -> tuple[float, bool]:
        """Leave carried entries out; return their limit and whether a finite prediction has it."""
        self.kept = ~carried
        limit = float(self.loss.value(np.where(moves > 0, FAR, -FAR), self.y)[carried].sum())
        return limit, not still_falling(self.loss, self.y[carried], moves[carried]).any()


class Softmax(_Outputs):
    """The cross-entropy log sum_o exp(f_o - f_label), with pairs (sample, output) left out that are carried away.

    Args:
        F: (N k, size) features.
        G: sparse (q, size) cones.
        labels: (N,) numbers of outputs.
        k: number of outputs.
    """

    def __init__(self, F: np.ndarray, G: Any, labels: np.ndarray, k: int) -> None:
        super().__init__(F, G, k)
        self.labels = labels
        self.kept = np.ones((len(labels), k), dtype=bool)
        self.target = np.eye(k)[labels]

    def _shares(self, f: np.ndarray) -> np.ndarray:
        P = np.where(self.kept, f.reshape(self.k, -1).T, LARGE_NEGATIVE)
        powers = np.exp(P - P.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the cross-entropies."""
        P = np.where(self.kept, f.reshape(self.k, -1).T, LARGE_NEGATIVE)
        return float(CrossEntropy().value(P, self.labels).sum())

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return softmax minus one at the label, output by output."""
        return (self._shares(f) - self.target).T.reshape(-1)

    def stiffness(self, f: np.ndarray, damping: float) -> np.ndarray:
        """Return diag(s) - s s^T for each sample, (N, k, k)."""
        s = self._shares(f)
        h = s[:, :, None] * np.eye(self.k) - s[:, :, None] * s[:, None, :]
        stiff = float(h.max(initial=0.0)) or 1.0
        return np.asarray(h + (damping + FLATTEST) * stiff * np.eye(self.k))

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures times M."""
        blocks = M.reshape(self.k, len(self.labels), -1)
        return np.einsum("iop,piq->oiq", h, blocks).reshape(M.shape)

    def moving(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return features of f_label - f_o, which may only go up; 0 at the label itself."""
        blocks = self.F.reshape(self.k, len(self.labels), -1)
        own = blocks[self.labels, np.arange(len(self.labels))]
        pairs = (own[None] - blocks).reshape(self.F.shape)
        return pairs, np.ones(len(pairs), dtype=bool), np.zeros(len(pairs), dtype=bool)

    def carry(self, moves: np.ndarray, carried: np.ndarray) -> tuple[float, bool]:
        """Leave carried pairs out; their part of the loss goes to 0 and is never reached."""
        self.kept = ~carried.reshape(self.k, -1).T
        return 0.0, False


def minimise_outputs(problem: EachOutput | Softmax, tolerances: Tolerances = DEFAULT) -> SmoothSolution:
    """Minimise a loss of several outputs over the cone of a basin; see `newton.minimise`."""
    F = problem.F
    if not F.size or not F.any():
        return SmoothSolution(problem.value(np.zeros(len(F))), np.zeros(F.shape[1]), None, 0.0)
    pairs, up, down = problem.moving()
    direction = recession_direction(pairs, problem.G, up, down, tolerances)
    if direction is None:
        x, total, residual = descend(problem, tolerances)
        return SmoothSolution(total, x, None, residual)
    moves = pairs @ direction
    carried = np.abs(moves) > tolerances.recession
    limit, reached = problem.carry(moves, carried)
    x, total, residual = descend(problem, tolerances)
    x = x + (far_enough(moves[carried]) + float(np.abs(pairs @ x).max())) * direction
    return SmoothSolution(total + limit, x, None if reached else direction, residual)


def frozen_features(U: np.ndarray, E: np.ndarray, patterns: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return F (N k, m r + k) with F x the predictions v_jo A_ji <u_j, U_i> + c_o, output by output.

    Args:
        U: (N, r) features.
        E: (N,) column of the output biases, or (0,) for none.
        patterns: (m, N) bool.
        V: (m, k) output weights.
    """
    (N, r), (m, k) = U.shape, V.shape
    F = np.einsum("jo,ji,ia->oija", V, patterns.astype(float), U).reshape(k * N, m * r)
    return np.concatenate([F, np.kron(np.eye(k), E[:, None])], axis=1) if E.size else F


def frozen_cones(C: np.ndarray, sides: np.ndarray, size: int) -> Any:
    """Return the sparse matrix G with G x >= 0: sides_j (C u_j) >= 0 for every unit."""
    blocks = [side[:, None] * C for side in sides]
    G = sp.block_diag(blocks, format="csc") if blocks else sp.csc_matrix((0, 0))
    return sp.csc_matrix(sp.hstack([G, sp.csc_matrix((G.shape[0], size - G.shape[1]))]))
