"""The survey of one data set: everything that can be known before training, assembled from the rooms below."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Settings": "...landscape.widths.settings",
    "Survey": ".result",
    "dry_run": ".plan",
    "survey": ".assemble",
}

__all__ = [
    "Settings",
    "Survey",
    "dry_run",
    "survey",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
