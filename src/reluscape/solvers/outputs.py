"""Basin programs with several outputs and frozen output weights."""

from __future__ import annotations

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.losses import CrossEntropy
from ..problem.losses.softmax import softmax
from .cell_cones import CellCones

LARGE_NEGATIVE = -1e300


class Softmax:
    """The cross-entropy log sum_o exp(f_o - f_label), with pairs (sample, output) left out that are carried away.

    Args:
        F: (N k, size) features, output by output.
        cones: what x is held to.
        labels: (N,) numbers of outputs.
        k: number of outputs.
    """

    def __init__(
        self, F: np.ndarray, cones: CellCones, labels: np.ndarray, k: int, tolerances: Tolerances = DEFAULT
    ) -> None:
        self.F, self.cones, self.k, self.labels, self.tolerances = F, cones, k, labels, tolerances
        self.kept = np.ones((len(labels), k), dtype=bool)
        self.target = np.eye(k)[labels]

    def _shares(self, f: np.ndarray) -> np.ndarray:
        P = np.where(self.kept, f.reshape(self.k, -1).T, LARGE_NEGATIVE)
        return softmax(P)

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the cross-entropies."""
        P = np.where(self.kept, f.reshape(self.k, -1).T, LARGE_NEGATIVE)
        return float(CrossEntropy().value(P, self.labels).sum())

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return softmax minus one at the label, output by output; at the label minus the sum of the others."""
        s = self._shares(f)
        others = np.where(self.target > 0, 0.0, s)
        return np.asarray((others - self.target * others.sum(axis=1, keepdims=True)).T.reshape(-1))

    def curvatures(self, f: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Return diag(s) - s s^T for each sample, (N, k, k), with a little on the diagonal."""
        s = self._shares(f)
        h = s[:, :, None] * np.eye(self.k) - s[:, :, None] * s[:, None, :]
        top = float(h.max(initial=0.0)) or 1.0
        return np.asarray(h + self.tolerances.softmax_ridge * top * np.eye(self.k))

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures times M."""
        blocks = M.reshape(self.k, len(self.labels), -1)
        return np.einsum("iop,piq->oiq", h, blocks).reshape(M.shape)

    def within(self, g: np.ndarray) -> np.ndarray:
        """Return the slopes nearest to g: not negative but at the label, at most 1 together, their sum zero."""
        others = np.where(self.target > 0, 0.0, np.maximum(g.reshape(self.k, -1).T, 0.0)) * self.kept
        others /= np.maximum(others.sum(axis=1, keepdims=True), 1.0)
        return np.asarray((others - self.target * others.sum(axis=1, keepdims=True)).T.reshape(-1))

    def tangents(self, g: np.ndarray, f: np.ndarray) -> float:
        """Return the entropies of the shares that have the slopes g."""
        p = g.reshape(self.k, -1).T + self.target
        p = np.clip(p, 0.0, 1.0)
        return float(-(p * np.log(np.where(p > 0, p, 1.0))).sum())

    def falling(self) -> bool:
        """Return True: the loss of a sample goes to 0 as its label's output grows."""
        return True

    def holds(self, g: np.ndarray) -> bool:
        """Return whether every other output of every sample has a share, so that no label can be carried away."""
        shares = g.reshape(self.k, -1).T[self.kept & (self.target == 0)]
        return bool((shares > np.sqrt(MACHINE_PRECISION)).all())

    def at_rest(self, g: np.ndarray) -> np.ndarray:
        """Return the pairs of an output and a sample, output by output, whose output has a share: none moves for ever.

        The product of the slopes with a move of the label away from the others is minus a sum of shares times moves.
        """
        has_share = g.reshape(self.k, -1) > np.sqrt(MACHINE_PRECISION)
        return np.asarray(has_share & (self.kept & (self.target == 0)).T).reshape(-1)

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
