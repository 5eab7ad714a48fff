"""What a network has to beat under any loss: the best constant and the best plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...problem.losses import CrossEntropy, able
from ...problem.references import constant_value
from .batch import Batch
from .lbfgs import lbfgs
from .objective import RunLoss
from .scale import Scale

EVALUATIONS = 2_000


def constant_loss(batch: Batch) -> float:
    """Return the lowest loss of outputs that are the same for every sample (zero where there is no output bias).

    The decay of a constant counts.
    """
    loss = batch.loss
    if batch.decay is not None and batch.decay.constants and batch.output_bias:
        alone = replace(batch, X=np.zeros((batch.X.shape[0], 1)), width=0)
        zero = np.zeros((1, alone.size))
        return float(lbfgs(lambda c, _: alone.evaluate(c), zero, EVALUATIONS, 0.0)[1][0])
    if batch.output_bias:
        return constant_value(loss.each or CrossEntropy(), loss.Y.T)
    n = loss.Y.shape[1]
    return float(loss.values(np.zeros((1, *loss.Y.shape)), np.full((1, n), 1.0 / max(n, 1)))[0])


def plane(batch: Batch, shares: np.ndarray | None = None, evaluations: int = EVALUATIONS) -> tuple[float, np.ndarray]:
    """Return the lowest loss of outputs that are affine in the samples, and these outputs' coefficients (k, d + 1).

    A loss whose infimum is not reached, on classes that a plane separates, is followed until it stops to fall.

    Args:
        batch: the problem; its width does not matter.
        shares: (1, n) sample weights that add up to 1; None weighs all alike.
        evaluations: most evaluations.
    """
    A = np.concatenate([batch.X, np.ones((len(batch.X), 1))], axis=1)
    weights = np.full((1, len(A)), 1.0 / len(A)) if shares is None else shares
    k = len(batch.loss.Y)
    if able(batch.loss.each, "quadratic"):
        root = np.sqrt(weights[0])
        solution = np.linalg.lstsq(root[:, None] * A, (root * batch.loss.Y).T, rcond=None)[0].T
        return float(batch.loss.values((solution @ A.T)[None], weights)[0]), solution
    scale = Scale.of(batch)
    loss: RunLoss = scale.batch.loss

    def evaluate(theta: np.ndarray, _: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        F = theta.reshape(-1, k, A.shape[1]) @ A.T
        return loss.values(F, weights), (loss.slopes(F, weights) @ A).reshape(len(theta), -1)

    theta, value, _ = lbfgs(evaluate, np.zeros((1, k * A.shape[1])), evaluations, 0.0)
    coefficients = scale.spread * theta.reshape(k, A.shape[1])
    coefficients[:, -1] += scale.centre
    return float(value[0] * scale.unit), coefficients
