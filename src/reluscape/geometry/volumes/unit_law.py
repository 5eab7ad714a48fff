"""The law of one unit's first pattern: the probability of every cell, as fractions or as proven intervals."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...errors import TooLarge, UnsupportedError
from ...numbers.exact import dot, fmpq
from ...numbers.intervals import precise_intervals
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks.initialization import get_law
from ..arrangement import Arrangement
from ..low_rank.planar import Arcs, arcs
from .volumes import volumes

# squared cosine of an angle -> the angle as a share of the full turn; no other rational square has a rational angle
NIVEN = {
    Fraction(0): Fraction(1, 4),
    Fraction(1, 4): Fraction(1, 6),
    Fraction(1, 2): Fraction(1, 8),
    Fraction(3, 4): Fraction(1, 12),
}
ORTHOGONAL_MOST = 12


@dataclass(frozen=True, eq=False)
class UnitLaw:
    """The cells of one unit with their probabilities.

    Attributes:
        patterns: (S, n) bool, the patterns with an active sample.
        shares: S probabilities, `Fraction` or `flint.arb`.
        dead: probability of no active sample.
        rational: whether the probabilities are fractions.
    """

    patterns: np.ndarray
    shares: list[Any]
    dead: Any
    rational: bool


def unit_law(data: Dataset, law: Any = "normal") -> UnitLaw:
    """Return the law of one unit's pattern where it has a closed form.

    Fractions where the samples are pairwise orthogonal up to parallel ones, in effective dimension 1, in the plane with
    angles whose share of the turn is rational, and for a box in the plane; intervals for other spherical laws in
    effective dimension 2 and 3.

    Raises:
        UnsupportedError: the law of the cells has no closed form here, or signs of v are not fair.
        TooLarge: too many cells.
    """
    weight_law = get_law(law)
    if not weight_law.symmetric:
        raise UnsupportedError(f"no closed form for the law {weight_law.name!r}; leave exact=None to simulate")
    arrangement = Arrangement.of(data)
    normals = np.asarray(arrangement.normals)
    if weight_law.spherical and orthogonal(normals):
        k = len(normals)
        if k > ORTHOGONAL_MOST:
            raise TooLarge(
                f"{2**k:,} cells of one unit, {2**ORTHOGONAL_MOST:,} are feasible; "
                "simulate with good_basin_probability or full_rank_fraction",
                2**k,
            )
        signs = np.array(list(itertools.product([-1, 1], repeat=k)), dtype=np.int8).reshape(2**k, k)
        return _split(np.asarray(arrangement.expand(signs), dtype=bool), [Fraction(1, 2**k)] * len(signs), True)
    if weight_law.spherical and arrangement.rank == 2:
        circle = arcs(np.asarray(arrangement.reduced))
        shares = _angles(circle, normals)
        patterns = np.asarray(arrangement.expand(circle.signs), dtype=bool)
        return _split(patterns, shares, isinstance(shares[0], Fraction))
    if int(arrangement.rank) > 3 or (int(arrangement.rank) > 1 and not weight_law.spherical and data.d != 2):
        raise UnsupportedError(
            f"the cells of rank {int(arrangement.rank)} data have no closed form under {weight_law.name!r}; simulate"
        )
    table = volumes(data, weight_law.name)
    if table.fractions is not None:
        return _split(np.asarray(table.patterns), list(table.fractions), True)
    if table.kind != "exact":
        raise UnsupportedError(f"the cells have no closed form under the law {weight_law.name!r}; simulate")
    return _split(np.asarray(table.patterns), [flint.arb(float(v), DEFAULT.solid_angle) for v in table.values], False)


def orthogonal(normals: np.ndarray) -> bool:
    """Return whether the normals are pairwise orthogonal."""
    return len(normals) <= ORTHOGONAL_MOST * 8 and all(dot(a, b) == 0 for a, b in itertools.combinations(normals, 2))


def _angles(circle: Arcs, normals: np.ndarray) -> list[Any]:
    """Return each arc's share of the turn: fractions where all are rational, else intervals."""
    cosines = []
    for i, line in enumerate(circle.lines):
        after = circle.lines[(i + 1) % len(circle.lines)]
        cosine = dot(normals[line], normals[after])
        square = cosine**2 / (dot(normals[line], normals[line]) * dot(normals[after], normals[after]))
        acute = cosine < 0 if circle.signs[i, line] == circle.signs[i, after] else cosine > 0
        cosines.append((square, acute))
    if all(square in NIVEN for square, _ in cosines):
        return [NIVEN[square] if acute else Fraction(1, 2) - NIVEN[square] for square, acute in cosines]
    with precise_intervals():
        tangents = [(flint.arb(fmpq(1 - square)).sqrt(), flint.arb(fmpq(square)).sqrt()) for square, _ in cosines]
        angles = [flint.arb.atan2(sine, cosine) / (2 * flint.arb.pi()) for sine, cosine in tangents]
        return [a if acute else flint.arb(1) / 2 - a for a, (_, acute) in zip(angles, cosines, strict=True)]


def _split(patterns: np.ndarray, shares: list[Any], rational: bool) -> UnitLaw:
    """Take the dead cell apart."""
    alive = np.atleast_1d(patterns.any(axis=1))
    zero = Fraction(0) if rational else flint.arb(0)
    dead = sum((s for s, a in zip(shares, alive, strict=True) if not a), zero)
    return UnitLaw(patterns[alive], [s for s, a in zip(shares, alive, strict=True) if a], dead, rational)
