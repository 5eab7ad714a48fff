"""A layer's activation regions: which patterns exist, how many there are, and samples of them."""

from .count import count_basins, count_regions
from .enumerate import enumerate_regions
from .estimate import estimate_regions
from .realizable import is_realizable
from .sample import sample_regions, unseen_mass
from .show import RegionView, show_region
from .table import Regions

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
