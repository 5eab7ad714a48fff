"""Full rank or not for many Jacobians: proved in batches on a device where that settles it, exactly here otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..problem.data import Dataset, as_dataset
from .rank import RankOracle, nonzero_samples

__all__ = ["batched_full_rank"]


def batched_full_rank(patterns: Any, X: Any, device: str | None = None) -> np.ndarray:
    """Decide for each pattern of a batch whether the Jacobian has full rank (one for each non-zero sample).

    Args:
        patterns: (B, m, n) bool.
        X: samples (n, d) or a `Dataset` for all patterns, or (B, n, d) samples of each one's own.
        device: None decides each one exactly here; a torch device such as "cuda" first proves what a verified
            factorisation in doubles can prove there. Both give the same answers.

    Returns:
        (B,) bool, exact.

    Raises:
        ShapeError: patterns and samples that do not fit.
        UnsupportedError: a device that is not there.

    Source: Karhadkar and Montufar, Lemma 1 and the Jacobian of an activation region.

    Example:
        >>> batched_full_rank([[[1, 1, 0], [0, 1, 1]], [[1, 1, 0], [1, 1, 0]]], [[0, 1], [1, 1], [2, 1]]).tolist()
        [True, False]
    """
    A = np.asarray(patterns, dtype=bool)
    own = not isinstance(X, Dataset) and np.ndim(X) == 3
    if own:
        samples = np.asarray(X, dtype=float)
        shared = None
    else:
        shared = as_dataset(X)
        samples = shared.X
    if A.ndim != 3 or A.shape[2] != samples.shape[-2] or (own and len(samples) != len(A)):
        raise ShapeError(f"patterns of shape {A.shape} do not fit samples of shape {samples.shape}")
    answers = np.zeros(len(A), dtype=bool)
    # the floats of exactly given numbers are rounded: a proof about them would be one about other data
    if device is not None and not (shared is not None and shared.exact_input):
        from ..interop.torch_rank import certainly_full

        answers = certainly_full(A, samples, device)
    oracles: dict[int, tuple[RankOracle, np.ndarray]] = {}
    for b in np.flatnonzero(~answers):
        place = int(b) if own else 0
        if place not in oracles:
            data = Dataset(samples[b]) if shared is None else shared
            oracles = {place: (RankOracle.of(data), nonzero_samples(data))}
        oracle, nonzero = oracles[place]
        answers[b] = oracle.is_full(np.ascontiguousarray(A[b][:, nonzero]))
    return answers
