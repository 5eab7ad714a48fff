"""The interval proof of a trained network of any depth: what it is proved to be, with and without weight decay."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.losses import able
from ...problem.penalties import NONE, NoPenalty, WeightDecay
from ...problem.targets import ends_in_ones
from ...problem.trained.layered import Layered
from .. import Verdict
from ..proof import Proof, prove

COVERED = ("squared", "logistic", "bce", "cross_entropy")
KNOWN = {"local minimum": True, "saddle": False, "not stationary": False}


def prove_layered(layered: Layered, penalty: NoPenalty | WeightDecay = NONE) -> Proof | None:
    """Return the interval proof of a network on its data, None where its loss or its units are not covered.

    Args:
        layered: the network on its data.
        penalty: what is added to the mean loss.
    """
    if not layered.net.relu or layered.loss.name not in COVERED or not len(layered.X):
        return None
    if layered.loss.each is not None and not able(layered.loss.each, "known"):
        return None
    return prove(
        layered.net, layered.data.fractions, _targets(layered), layered.loss.name, penalty.strength,
        biases=penalty.biases, trained_biases=layered.biases,
        ones_last=not layered.biases[0] and ends_in_ones(layered.data),
    )  # fmt: skip


def _targets(layered: Layered) -> Any:
    """Return the targets, exactly as the data hold them where they are the data's own."""
    own = layered.data.y_fractions if layered.data.y is not None else None
    if own is not None and layered.Y.shape[1] == 1 and np.array_equal(np.asarray(layered.data.y), layered.Y[:, 0]):
        return own.reshape(-1, 1)
    return layered.Y


def verdict_of(proof: Proof) -> Verdict:
    """Return a proof as a verdict on the whole network; its loss is the objective."""
    return Verdict(
        kind=proof.verdict, reason=proof.reason, is_local_minimum=KNOWN.get(proof.verdict),
        differentiable=proof.kinks == 0, loss=proof.loss, exact_loss=None, escape=None, slack=0.0, residual=0.0,
        units=(), method="certified" if proof.method == "certified" else "numerical", zero_rows=(),
        build_certificate=proof.build_certificate,
    )  # fmt: skip
