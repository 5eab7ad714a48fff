"""The interval proof of a trained network of any depth: what it is proved to be, with and without weight decay."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.losses import able
from ...problem.penalties import NONE, NoPenalty, WeightDecay
from ...problem.trained.layered import Layered
from .. import Verdict
from ..proof import Proof, prove

COVERED = ("squared", "logistic", "bce", "cross_entropy")
KNOWN = {"local minimum": True, "saddle": False, "not stationary": False}


def prove_layered(seen: Layered, penalty: NoPenalty | WeightDecay = NONE) -> Proof | None:
    """Return the interval proof of a network on its data, None where its loss or its units are not covered.

    Args:
        seen: the network on its data.
        penalty: what is added to the mean loss.
    """
    if not seen.net.relu or seen.loss.name not in COVERED or not len(seen.X):
        return None
    if seen.loss.each is not None and not able(seen.loss.each, "known"):
        return None
    return prove(
        seen.net, seen.data.fractions, _targets(seen), seen.loss.name, penalty.strength,
        biases=penalty.biases, trained_biases=seen.biases, ones_last=bool(seen.data.bias) and not seen.biases[0],
    )  # fmt: skip


def _targets(seen: Layered) -> Any:
    """Return the targets, exactly as the data hold them where they are the data's own."""
    own = seen.data.y_fractions if seen.data.y is not None else None
    if own is not None and seen.Y.shape[1] == 1 and np.array_equal(np.asarray(seen.data.y), seen.Y[:, 0]):
        return own.reshape(-1, 1)
    return seen.Y


def verdict_of(proof: Proof) -> Verdict:
    """Return a proof as a verdict on the whole network; its loss is the objective."""
    return Verdict(
        kind=proof.verdict, reason=proof.reason, is_local_minimum=KNOWN.get(proof.verdict),
        differentiable=proof.kinks == 0, loss=proof.loss, exact_loss=None, escape=None, slack=0.0, residual=0.0,
        units=(), method="certified" if proof.method == "certified" else "numerical", zero_rows=(),
        build_certificate=proof.build_certificate,
    )  # fmt: skip
