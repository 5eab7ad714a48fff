"""Sweep quantity: does the Jacobian of a random network have full rank on random data, decided exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...interop.torch_rank import certainly_full
from ...jacobian import jacobian_rank
from ...problem.networks.initialization import get_law
from .registry import Quantity
from .samples import INPUTS_ONLY, draw_samples
from .values import WEIGHTS, size


def _draw(parameters: dict[str, Any], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw samples and weights; return pattern (m, n), samples and output weights."""
    X, _ = draw_samples(parameters, rng)
    W, v = get_law(parameters["law"]).sample(rng, size(parameters, "width"), X.shape[1])
    return (X @ W.T > 0).T, X, v


def _numbers(pattern: np.ndarray, X: np.ndarray, v: np.ndarray) -> dict[str, float]:
    """Decide the rank of the Jacobian in W."""
    rank = jacobian_rank(pattern, X, v)
    return {"full_rank": float(rank == len(X)), "rank": float(rank)}


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data and weights, and decide the rank."""
    return _numbers(*_draw(parameters, rng))


def _batch(parameters: dict[str, Any], rngs: Sequence[np.random.Generator], device: str) -> list[dict[str, float]]:
    """Prove full ranks on a device, and decide what it leaves open here."""
    draws = [_draw(parameters, rng) for rng in rngs]
    patterns = np.array([pattern & (v != 0)[:, None] for pattern, _, v in draws])
    full = certainly_full(patterns, np.array([X for _, X, _ in draws]), device)
    return [
        {"full_rank": 1.0, "rank": float(len(one[1]))} if sure else _numbers(*one)
        for sure, one in zip(full, draws, strict=True)
    ]


QUANTITY = Quantity(
    "full_rank",
    "whether the Jacobian in W has rank n at a random initialisation on random data with a column of ones",
    {**INPUTS_ONLY, "data": "uniform01", "width": None, "law": "torch"},
    ("full_rank", "rank"),
    _measure,
    ("full_rank",),
    _batch,
    WEIGHTS,
)
