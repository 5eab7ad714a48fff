"""One region so that a person can look at it: active samples, facets, volume and a weight inside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.checks import readonly
from ...numbers.estimates import Probability
from ...numbers.exact import sign
from ...problem.data import Dataset, as_dataset, check_pattern
from ..faces.faces import region_facets
from ..volumes.region_volume import DRAWS, region_volume
from .realizable import is_realizable

# samples and facets that are spelled out
SPELLED = 12
MOST_DIGITS = 17


@dataclass(frozen=True, eq=False)
class RegionView:
    """An activation region of one unit.

    Attributes:
        pattern: (n,) bool.
        active: indices of the active samples.
        inactive: indices of the others, zero rows left out.
        zero_rows: samples that are zero and bound no region.
        witness: (d,) a weight strictly inside, with as few decimals as that allows; doubles or `Fraction`s.
        facets: for each hyperplane that bounds the region, the samples that lie on it.
        neighbours: (f, n) bool, the region behind each facet.
        volume: probability that a random weight falls in the region.
        columns: names of the d columns.
    """

    pattern: np.ndarray
    active: tuple[int, ...]
    inactive: tuple[int, ...]
    zero_rows: tuple[int, ...]
    witness: np.ndarray
    facets: tuple[tuple[int, ...], ...]
    neighbours: np.ndarray
    volume: Probability
    columns: tuple[str, ...]

    @property
    def unit(self) -> str:
        """The unit with the weight inside, as a formula."""
        terms = [(w, name) for w, name in zip(self.witness.tolist(), self.columns, strict=True) if w]
        text = "".join(
            f"{' - ' if w < 0 else ' + '}{_number(abs(w))}{'' if name == '1' else ' ' + name}" for w, name in terms
        )
        text = text.removeprefix(" + ").replace(" - ", "-", 1) if text.startswith(" - ") else text.removeprefix(" + ")
        return f"[{text or '0'}]_+"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What there is to say, as pairs (name, text)."""
        n = len(self.pattern)
        said = [
            ("active", f"{len(self.active)} of {n} samples: {_listed(self.active)}"),
            ("inactive", _listed(self.inactive)),
        ]
        if self.zero_rows:
            said.append(("zero rows", f"{_listed(self.zero_rows)} (in no region active)"))
        facets = [f"sample{'s' if len(group) > 1 else ''} {_listed(group)}" for group in self.facets[:SPELLED]]
        more = f"; and {len(self.facets) - SPELLED} more" if len(self.facets) > SPELLED else ""
        return [
            *said,
            ("facets", f"{len(self.facets)}: " + "; ".join(facets) + more if facets else "none"),
            ("volume", f"{self.volume} of the weights, law {self.volume.law}"),
            ("a unit inside", self.unit),
        ]

    def __str__(self) -> str:
        """Return the region in a few lines."""
        width = max(len(name) for name, _ in self.lines)
        return "\n".join(["activation region", *(f"  {name:<{width}}  {text}" for name, text in self.lines)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the region as a table for a notebook."""
        body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self.lines)
        return f"<table><caption>activation region</caption>{body}</table>"


def show_region(X: Any, pattern: Any, law: Any = "normal", rng: Any = None, trials: int = DRAWS) -> RegionView:
    """Return one activation region of a unit in a form to look at.

    Args:
        X: (n, d) samples or a `Dataset`, whose column names are used.
        pattern: (n,) bool; the entries of zero rows are ignored.
        law: law of the weight whose share of the region is the volume.
        rng: anything `numpy.random.default_rng` takes, used only where the volume is sampled.
        trials: number of draws where it is sampled.

    Returns:
        `RegionView`: print it, or let a notebook show it.

    Raises:
        InputError: no unit has the pattern.

    Source: the open regions S_X^A of Karhadkar et al., Section 3; at a facet one hyperplane separates two of them.

    Example:
        >>> print(show_region([[1, 0], [0, 1], [1, 1]], [True, True, True]))
        activation region
          active         3 of 3 samples: 0, 1, 2
          inactive       none
          facets         2: sample 0; sample 1
          volume         0.25 (exact) of the weights, law normal
          a unit inside  [1 x1 + 1 x2]_+
    """
    data = as_dataset(X)
    bits = check_pattern(pattern, data.n, 1)[0].copy()
    bits[list(data.zero_rows)] = False
    alive = [i for i in range(data.n) if i not in set(data.zero_rows)]
    answer = is_realizable(data.fractions[alive], bits[alive]) if alive else None
    if answer is not None and not answer.realizable:
        raise InputError("no unit has this activation pattern; is_realizable returns the proof")
    facets = region_facets(data, bits)
    return RegionView(
        readonly(bits),
        tuple(int(i) for i in np.flatnonzero(bits)),
        tuple(i for i in alive if not bits[i]),
        data.zero_rows,
        readonly(_short(data, alive, bits, np.zeros(data.d) if answer is None else answer.witness)),
        facets.samples,
        facets.neighbours,
        region_volume(data, bits, law, rng, trials),
        (*data.features, *(("1",) if data.bias else ())),
    )


def _short(data: Dataset, alive: list[int], bits: np.ndarray, witness: Any) -> np.ndarray:
    """Return the witness, largest entry 1, with the fewest decimals that keep it inside, as decimals and doubles."""
    exactly = [Fraction(v) for v in np.asarray(witness).tolist()]
    top = max((abs(v) for v in exactly), default=Fraction(0)) or Fraction(1)
    rows = data.rows[alive]
    for digits in range(1, MOST_DIGITS):
        decimals = [round(v / top, digits) for v in exactly]
        doubles = [Fraction(float(v)) for v in decimals]
        if all(_inside(rows, point, bits[alive]) for point in (decimals, doubles)):
            return np.array([float(v) for v in decimals])
    return np.asarray(witness)


def _inside(rows: np.ndarray, point: list[Fraction], sides: np.ndarray) -> bool:
    """Return whether a point lies strictly on the given sides, exactly."""
    return all(
        sign(sum((int(a) * b for a, b in zip(row, point, strict=True)), Fraction(0))) == (1 if side else -1)
        for row, side in zip(rows, sides, strict=True)
    )


def _number(value: Any) -> str:
    """Return a number as short as it can be read back."""
    return f"{float(value):g}" if float(f"{float(value):g}") == float(value) else repr(float(value))


def _listed(indices: tuple[int, ...]) -> str:
    """Return indices with commas, the middle of a long list left out."""
    if not indices:
        return "none"
    if len(indices) <= SPELLED:
        return ", ".join(map(str, indices))
    return ", ".join(map(str, indices[: SPELLED - 2])) + f", ..., {indices[-1]} ({len(indices)} in all)"
