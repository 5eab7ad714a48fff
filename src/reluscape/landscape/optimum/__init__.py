"""The global minimum of a width, and of all widths at once, with what is proved about it."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "DecayedInfiniteWidthMinimum": ".decayed_infinite",
    "GlobalMinimum": ".result",
    "InfiniteWidthMinimum": ".result",
    "LambdaMax": ".lambda_max",
    "SeveralOutputsMinimum": ".several_outputs",
    "Staircase": ".staircase",
    "constant_network": ".growth",
    "global_minimum": ".finite",
    "grown": ".growth",
    "infinite_width_minimum": ".infinite",
    "infinite_width_value": ".infinite",
    "lambda_max": ".lambda_max",
    "minimum_proof": ".finite",
    "staircase": ".staircase",
    "width_law": ".width_law",
}

__all__ = [
    "DecayedInfiniteWidthMinimum",
    "GlobalMinimum",
    "InfiniteWidthMinimum",
    "LambdaMax",
    "SeveralOutputsMinimum",
    "Staircase",
    "constant_network",
    "global_minimum",
    "grown",
    "infinite_width_minimum",
    "infinite_width_value",
    "lambda_max",
    "minimum_proof",
    "staircase",
    "width_law",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
