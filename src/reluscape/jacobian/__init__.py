"""The Jacobian of a two-layer network: the matrix, its exact rank, and how often that rank is full."""

from __future__ import annotations

import importlib
from typing import Any

_ROOMS = {
    "batched_full_rank": "on_device",
    "deep_rank": "deep",
    "promises_beside_truth": "beside",
    "full_rank_curve": "curve",
    "full_rank_fraction": "fraction",
    "full_rank_fraction_1d": "one_dimensional",
    "full_rank_fraction_random_data": "random_data",
    "full_rank_fraction_random_regions": "random_regions",
    "jacobian": "matrix",
    "jacobian_gram": "matrix",
    "jacobian_rank": "rank",
    "loss_bound": "lemma_1",
    "rank_along": "along",
    "rank_verdicts": "rank",
    "zero_loss": "cone_test",
    "zero_loss_fraction": "zero_loss_share",
    "zero_loss_fraction_1d": "line_share",
}

__all__ = sorted(_ROOMS)


def __getattr__(name: str) -> Any:
    """Import a public name from its file when it is first used."""
    if name in _ROOMS:
        return getattr(importlib.import_module(f".{_ROOMS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
