"""The Jacobian of a network of any depth and number of outputs: its rank, and Lemma 1's bound on the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...jacobian import loss_bound
from ...jacobian.deep import deep_rank
from ...problem.trained.layered import Layered

MOST_WORK = 2_000_000_000
MOST_PROOF = 40_000


@dataclass(frozen=True)
class JacobianFacts:
    """Rank and bound.

    Attributes:
        rank: rank of the Jacobian of all n k predictions in the trained weights.
        rows: n k, the rank at which a point without gradient has loss zero.
        columns: number of trained weights.
        bound: for the squared loss Lemma 1's bound on the loss from the gradient alone, infinite below full rank;
            None for other losses and on a kink.
        sigma_min: the smallest of the n k singular values, 0 below full rank.
        kind: "certified" where full rank is proved from the activation pattern, else "numerical".
        one_sided: a sample lies exactly on a kink, so the rank is that of the side where the unit is off, and Lemma 1
            says nothing.
    """

    rank: int
    rows: int
    columns: int
    bound: float | None
    sigma_min: float
    kind: str
    one_sided: bool

    @property
    def full(self) -> bool:
        """Whether the rank is the number of predictions."""
        return self.rank == self.rows


def jacobian_facts(layered: Layered) -> JacobianFacts | None:
    """Return rank and bound, or None where the decomposition would take too long.

    With J the Jacobian of all n k predictions, L <= n |grad L|^2 / (4 sigma_min(J)^2).

    Source: Karhadkar and Montufar, Lemma 1, for any network and several outputs stacked.
    """
    rows = layered.Y.size
    parts = zip(layered.net.weights, layered.net.biases, layered.biases, strict=True)
    columns = sum(w.size + len(b) * has_bias for w, b, has_bias in parts)
    if rows * columns * max(min(rows, columns), 1) > MOST_WORK:
        return None
    J = output_jacobian(layered)
    flat = _Stacked(layered)
    lemma = loss_bound(flat, np.ones((rows, 1)), layered.Y.reshape(-1), jacobian_of=lambda _: J)
    kind, rank = "numerical", lemma.rank
    on_kink = _tied(layered)
    small = layered.data.n * max(layered.net.widths[-1], 1) <= MOST_PROOF
    provable = layered.Y.shape[1] == 1 and layered.net.relu
    if provable and small and not on_kink and deep_rank(layered.net, layered.data).full_rank_proved:
        kind, rank = "certified", rows
    # the bound is for the mean over all n k values, of which the loss is k times
    bound = layered.Y.shape[1] * lemma.bound if layered.loss.quadratic and not on_kink else None
    return JacobianFacts(rank, rows, columns, bound, lemma.sigma_min, kind, on_kink)


class _Stacked:
    """All outputs as one long prediction."""

    def __init__(self, layered: Layered) -> None:
        self.layered = layered

    def predict(self, _: Any) -> np.ndarray:
        """Return the n k predictions, sample by sample."""
        return self.layered.predictions.reshape(-1)


def output_jacobian(layered: Layered) -> np.ndarray:
    """Return the Jacobian (n k, p) of all predictions in the trained weights, layer by layer, sample by sample.

    Within a layer each unit's weights come first, then its bias where one is trained. On its own hyperplane a unit
    counts as off, so that on a kink this is the Jacobian of one side.
    """
    net, (n, k) = layered.net, layered.Y.shape
    inputs, pre = layered.inputs(), net.hidden(layered.X)
    delta = np.broadcast_to(np.eye(k), (n, k, k))
    blocks: list[np.ndarray] = []
    for layer in range(net.depth - 1, -1, -1):
        features = inputs[layer]
        if layered.biases[layer]:
            features = np.concatenate([features, np.ones((n, 1))], axis=1)
        units = len(net.weights[layer])
        blocks.insert(0, (delta[:, :, :, None] * features[:, None, None, :]).reshape(n * k, units * features.shape[1]))
        if layer:
            delta = (delta @ net.weights[layer]) * net.derivative(layer - 1, pre[layer - 1])[:, None, :]
    return np.concatenate(blocks, axis=1)


def _tied(layered: Layered) -> bool:
    """Return whether a sample lies exactly on a unit's hyperplane; a unit that gets zeros and no bias counts as off."""
    for h, z, b in zip(layered.inputs(), layered.net.hidden(layered.X)[:-1], layered.net.biases, strict=False):
        if ((z == 0) & (np.asarray(h.any(axis=1))[:, None] | (b != 0))).any():
            return True
    return False
