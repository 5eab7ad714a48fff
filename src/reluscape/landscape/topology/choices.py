"""Which choices make a landscape small enough to relate all its basins; every one named was counted."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import TooLarge
from ...problem.data import Dataset
from .size import LandscapeSize, landscape_size


@dataclass(frozen=True)
class Choices:
    """What fits instead of a landscape that is too large.

    Attributes:
        width: the largest smaller width, 0 for none.
        features: the first features that fit with this width, empty for none.
        without_bias: whether leaving out the column of ones is enough.
        capped: whether a height cap that leaves few basins is.
    """

    width: int
    features: tuple[str, ...]
    without_bias: bool
    capped: bool


def known_size(data: Dataset, width: int) -> LandscapeSize | None:
    """Return the size of a landscape, or None where even its cells are too many."""
    try:
        return landscape_size(data, width)
    except TooLarge:
        return None


def fitting_choices(data: Dataset, width: int) -> Choices:
    """Return the choices that make a landscape small enough.

    >>> fitting_choices(Dataset([[0], [1], [2]], [0, 1, 0], bias=True), 40).width
    12
    """

    def fits(columns: list[int]) -> bool:
        part = known_size(Dataset(data.fractions[:, columns]), width)
        return part is not None and part.fits

    size = known_size(data, width)
    names, ones = list(data.features), [data.d - 1] if data.bias else []
    enough = (first for first in range(len(names) - 1, 0, -1) if fits([*range(first), *ones]))
    return Choices(
        width=0 if size is None else size.feasible_width,
        features=tuple(names[: next(enough, 0)]),
        without_bias=data.bias and data.d > 1 and fits(list(range(data.d - 1))),
        capped=size is not None and size.fits_capped and not size.fits,
    )
