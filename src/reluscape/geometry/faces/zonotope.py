"""The samples' zonotope, whose vertices are the activation regions and whose normal fan they form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import InputError, TooLarge
from ...numbers.checks import readonly
from ...problem.data import Dataset, as_dataset
from ..arrangement import Arrangement
from ..listing.listing import all_patterns, most_regions
from .cone import extreme_rays

VERTEX_LIMIT = 2_000_000


@dataclass(frozen=True, eq=False)
class Zonotope:
    """The sum of the segments [0, x_i].

    Attributes:
        patterns: (R, n) bool, the activation pattern of each vertex, lexicographic.
        data: the samples.
        arrangement: their arrangement.
    """

    patterns: np.ndarray
    data: Dataset
    arrangement: Arrangement

    @cached_property
    def exact_vertices(self) -> np.ndarray:
        """(R, d) vertices as `Fraction`s: vertex = sum of the samples that its pattern activates."""
        bits = np.where(self.patterns, 1, 0).astype(object)
        return readonly(bits.dot(self.data.fractions), dtype=object)

    @cached_property
    def vertices(self) -> np.ndarray:
        """(R, d) vertices as floats, each correctly rounded."""
        common = math.lcm(*(v.denominator for v in self.data.fractions.flat))
        largest = max((abs(v) for v in self.data.fractions.flat), default=Fraction(0))
        if max(common, largest * common * self.data.n) < 2**53:
            # integers that doubles hold, and one correctly rounded division
            integers = np.array(self.data.fractions * common, dtype=np.int64).reshape(self.data.fractions.shape)
            return readonly((self.patterns @ integers) / common)
        return readonly(np.array(self.exact_vertices, dtype=float).reshape(self.exact_vertices.shape))

    def __len__(self) -> int:
        """Return the number of vertices."""
        return len(self.patterns)

    def normal_cone(self, k: int) -> np.ndarray:
        """Return the extreme rays (q, d) of vertex k's normal cone, the closure of its region; exact integers."""
        if not 0 <= k < len(self):
            raise InputError(f"vertex {k} does not exist; there are {len(self)}")
        classes = np.asarray(self.arrangement.row_class)
        alive = classes >= 0
        signs = np.zeros(len(self.arrangement.normals), dtype=np.int64)
        signs[classes[alive]] = (np.where(self.patterns[k], 1, -1) * np.asarray(self.arrangement.row_sign))[alive]
        return extreme_rays(self.arrangement, signs)


def zonotope(X: Any) -> Zonotope:
    """Return the zonotope sum_i [0, x_i] with the activation pattern of each vertex.

    A weight w picks the vertex sum of {x_i : <w, x_i> > 0}; weights of one region pick one vertex, so vertices and
    regions correspond, and the normal cone of a vertex is the closure of its region.

    Args:
        X: (n, d) samples or a `Dataset`. Zero rows add nothing; their column of the patterns is False.

    Returns:
        `Zonotope`.

    Raises:
        TooLarge: more than 2,000,000 vertices.

    Source: Karhadkar et al., Proposition 4 (all samples must be non-zero, which the print omits).

    Example:
        >>> z = zonotope([[1, 0], [0, 1], [1, 1]])
        >>> len(z), sorted(map(tuple, z.vertices.tolist()))
        (6, [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 2.0), (2.0, 1.0), (2.0, 2.0)])
    """
    data = as_dataset(X)
    arrangement = Arrangement.of(data)
    bound, is_exact = most_regions(arrangement, VERTEX_LIMIT)
    if bound > VERTEX_LIMIT:
        raise TooLarge(
            f"the zonotope {'has' if is_exact else 'may have'} {bound:,} vertices, above {VERTEX_LIMIT:,}; use fewer "
            "samples, or sample_regions and add up the active samples",
            estimate=bound,
        )
    return Zonotope(readonly(all_patterns(arrangement)), data, arrangement)
