"""The Jacobian of a two-layer network: the matrix, its exact rank, and how often that rank is full."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "batched_full_rank": ".on_device",
    "deep_rank": ".deep",
    "full_rank_curve": "..probability.full_rank.curve",
    "full_rank_fraction": "..probability.full_rank.fraction",
    "full_rank_fraction_1d": "..probability.full_rank.one_dimensional",
    "full_rank_fraction_random_data": "..probability.full_rank.random_data",
    "full_rank_fraction_random_regions": "..probability.full_rank.random_regions",
    "jacobian": ".matrix",
    "jacobian_gram": ".matrix",
    "jacobian_rank": ".rank",
    "loss_bound": ".lemma_1",
    "promises_beside_truth": "..probability.promises_beside_truth",
    "rank_along": ".along",
    "rank_verdicts": ".rank",
    "zero_loss": ".zero_loss.decision",
    "zero_loss_fraction": "..probability.zero_loss.share",
    "zero_loss_fraction_1d": "..probability.zero_loss.line_share",
}

__all__ = [
    "batched_full_rank",
    "deep_rank",
    "full_rank_curve",
    "full_rank_fraction",
    "full_rank_fraction_1d",
    "full_rank_fraction_random_data",
    "full_rank_fraction_random_regions",
    "jacobian",
    "jacobian_gram",
    "jacobian_rank",
    "loss_bound",
    "promises_beside_truth",
    "rank_along",
    "rank_verdicts",
    "zero_loss",
    "zero_loss_fraction",
    "zero_loss_fraction_1d",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
