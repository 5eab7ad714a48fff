"""A layer's activation regions: which patterns exist, how many there are, and samples of them."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "RegionView": ".show",
    "Regions": ".table",
    "count_basins": ".count",
    "count_regions": ".count",
    "enumerate_regions": ".enumerate",
    "estimate_regions": ".estimate",
    "is_realizable": ".realizable",
    "sample_regions": ".sample",
    "show_region": ".show",
    "unseen_mass": ".sample",
}

__all__ = [
    "RegionView",
    "Regions",
    "count_basins",
    "count_regions",
    "enumerate_regions",
    "estimate_regions",
    "is_realizable",
    "sample_regions",
    "show_region",
    "unseen_mass",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
