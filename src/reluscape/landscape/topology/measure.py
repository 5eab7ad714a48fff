"""What decides which of two losses is lower: floats up to their rounding, or the ranks of exact values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...basins.cones import Faces, Generators, flattened, threshold
from ...numbers.tolerances import DEFAULT


@dataclass(frozen=True)
class Scale:
    """Losses as numbers that can be compared, their places: the losses themselves, or their ranks.

    Attributes:
        noise: places that differ by at most this count as equal; 0 for ranks.
        values: exact loss of every rank, from the lowest to the highest; None where places are losses.
    """

    noise: float
    values: tuple[Fraction, ...] | None = None

    def level(self, cap: float | Fraction) -> float:
        """Return the place up to which losses are at most `cap`."""
        return float(cap) if self.values is None else float(threshold(self.values, cap) - 1)

    def losses(self, places: np.ndarray) -> np.ndarray:
        """Return the losses at some places as floats; infinity stays."""
        if self.values is None:
            return places
        table = np.array([rounded(value) for value in self.values] + [np.inf])
        return np.asarray(table[np.minimum(places, len(self.values)).astype(np.int64)])

    def told(self, place: float) -> Fraction | float:
        """Return the loss at a place in full: a fraction on the scale of ranks, else a float; infinity stays."""
        return float(place) if self.values is None or np.isinf(place) else self.values[int(place)]


@dataclass(frozen=True)
class Measure:
    """How the lowest losses of cones are found and compared.

    Attributes:
        marks: the mark of each cone, given by generator indices.
        lower: where the loss of one mark is below that of another.
        places: the places of several arrays of marks, the first of them births, and the scale they are on.
    """

    marks: Callable[[list[tuple[int, ...]]], np.ndarray]
    lower: Callable[[np.ndarray, np.ndarray], np.ndarray]
    places: Callable[[list[np.ndarray]], tuple[list[np.ndarray], Scale]]


def by_floats(generators: Generators) -> Measure:
    """Return the measure whose marks are losses as floats; those that are not sure are looked up exactly."""
    exactly: list[Faces] = []

    def marks(sets: list[tuple[int, ...]]) -> np.ndarray:
        losses, _, sure = generators.proposals(*flattened(sets))
        unsure = np.flatnonzero(~sure)
        if len(unsure):
            faces = exactly[0] if exactly else Faces(generators)
            exactly[:] = [faces]
            places_of_faces = faces.of([sets[b] for b in unsure])
            losses[unsure] = faces.rounded[places_of_faces]
        return losses

    def places(marks: list[np.ndarray]) -> tuple[list[np.ndarray], Scale]:
        top = max(float(np.max(marks[0], initial=0.0)), np.finfo(float).tiny)
        return marks, Scale(DEFAULT.barrier * top)

    return Measure(marks, lambda a, b: a < b, places)


def by_fractions(generators: Generators) -> Measure:
    """Return the measure whose marks are numbers of faces with an exact loss each."""
    faces = Faces(generators)

    def places(marks: list[np.ndarray]) -> tuple[list[np.ndarray], Scale]:
        ranks, values = faces.ranks(np.concatenate(marks))
        ends = np.cumsum([len(part) for part in marks])[:-1]
        return [part.astype(float) for part in np.split(ranks, ends)], Scale(0.0, values)

    return Measure(faces.of, faces.lower, places)


def rounded(value: Fraction | float) -> float:
    """Return the double nearest to a number, infinity above all doubles."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")
