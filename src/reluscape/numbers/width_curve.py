"""A probability as a function of the width: P(m) = sum of coefficient * base^m, and the least width that is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from .._lazy import axes
from ..errors import InputError, UnsupportedError
from .checks import whole_number
from .estimates import Probability
from .exact import to_fraction
from .intervals import ball, outward, precise_intervals
from .powers import sum_of_powers

WIDEST = 1 << 40


@dataclass(frozen=True, eq=False, repr=False)
class WidthCurve:
    """P(m) = sum_b terms[b] * b^m for every width m, where 0^0 = 1.

    Attributes:
        terms: base -> coefficient, bases in [0, 1]; fractions where the law is rational, else floats.
        kind: "exact", "certified", or "numerical" where what is counted was told in floats.
        population: what is counted.
        law: law of initialisation, or None.
        balls: where the terms are no rationals, the same pairs (base, coefficient) as intervals that hold the true
            numbers (`flint.arb`); they make `bounds` and `width_for` rigorous.
        least: below this width what is counted cannot happen, and P(m) = 0, which a sum of intervals would not show.

    Example:
        >>> curve = WidthCurve({Fraction(1): Fraction(1), Fraction(1, 2): Fraction(-1)}, "exact", "patterns", None)
        >>> curve(3), curve.width_for(0.95), curve.limit
        (Fraction(7, 8), 5, Fraction(1, 1))
    """

    terms: Mapping[Fraction | float, Fraction | float]
    kind: str
    population: str
    law: str | None = None
    balls: tuple[tuple[Any, Any], ...] | None = None
    least: int = 0

    def __repr__(self) -> str:
        """Return one line: kind, population, number of terms, limit."""
        law = f", law {self.law!r}" if self.law else ""
        size = f"{len(self.terms)} terms, tends to {float(self.limit):.6g}"
        return f"WidthCurve({self.kind}, {self.population}{law}: {size})"

    def __call__(self, width: int) -> Fraction | float:
        """Return P(width): a `Fraction` where the terms are rational, else the middle of its interval."""
        width = _checked(width)
        if self.rational:
            return sum_of_powers(((to_fraction(b), to_fraction(c)) for b, c in self.terms.items()), width)
        low, high = self.bounds(width)
        return low if low == high else (float(low) + float(high)) / 2

    @property
    def rational(self) -> bool:
        """Whether every base and coefficient is a fraction."""
        return self.balls is None and not any(isinstance(v, float) for pair in self.terms.items() for v in pair)

    @property
    def limit(self) -> Fraction | float:
        """The probability that is approached as the width grows."""
        total = sum((c for b, c in self.terms.items() if b == 1), Fraction(0))
        return total if self.rational else float(total)

    def bounds(self, width: int) -> tuple[Fraction | float, Fraction | float]:
        """Return an interval that holds P(width); a point where the terms are rational."""
        width = _checked(width)
        if self.rational:
            value = self(width)
            return value, value
        if width < self.least:
            return Fraction(0), Fraction(0)
        with precise_intervals():
            total = self._interval(width)
            if total.is_exact() and total.is_integer():
                certain = Fraction(int(total.unique_fmpz()))
                return certain, certain
            low, high = outward(total)
        return max(0.0, low), max(0.0, min(1.0, high))

    def _interval(self, width: int) -> flint.arb:
        """Return P(width) as an interval."""
        total = flint.arb(0)
        for base, coefficient in self._terms_at(width):
            total += coefficient * (base**width if width else flint.arb(1))
        return total

    def _terms_at(self, width: int) -> tuple[tuple[Any, Any], ...]:
        """Return the pairs (base, coefficient) as intervals; those whose base is 0 count at width 0 only."""
        pairs = self.balls if self.balls is not None else tuple((ball(b), ball(c)) for b, c in self.terms.items())
        return tuple((b, c) for b, c in pairs if not (width and b == 0) and c != 0)

    def probability(self, width: int) -> Probability:
        """Return P(width) with its kind."""
        low, high = self.bounds(width)
        if self.kind == "numerical":
            return Probability(self(width), low, high, "numerical", None, self.population, self.law)
        if low == high:
            return Probability.exact(low, self.population, self.law)
        return Probability(self(width), low, high, "certified", None, self.population, self.law)

    def width_for(self, probability: Any) -> int:
        """Return the least width m with P(m) >= probability; P never falls with the width.

        Args:
            probability: a number in [0, 1]; a float is the decimal that it prints as.

        Raises:
            InputError: not in [0, 1].
            UnsupportedError: no width reaches it; the message gives the limit.
        """
        goal = to_fraction(str(probability) if isinstance(probability, float) else probability)
        if not 0 <= goal <= 1:
            raise InputError(f"a probability lies in [0, 1], got {probability}")
        high = 1
        while not self._reaches(high, goal):
            high *= 2
            if high > WIDEST or (goal >= self.limit and self._is_flat(high)):
                raise UnsupportedError(
                    f"no width reaches the probability {probability}: it tends to {float(self.limit):.6g}"
                )
        low = 0
        if self._reaches(0, goal):
            return 0
        while high - low > 1:
            middle = (low + high) // 2
            if self._reaches(middle, goal):
                high = middle
            else:
                low = middle
        return high

    def plot(self, ax: Any = None, widest: int | None = None, **style: Any) -> Any:
        """Draw P(m) against the width on Matplotlib axes, with the bounds as a band, and return the axes.

        Args:
            ax: the axes; None for new ones.
            widest: the last width drawn; None for where 95 % of the limit is reached, at least 8 and at most 256.
            style: passed on to the line.
        """
        ax = axes(ax)
        last = _checked(widest) if widest is not None else self._worth_drawing()
        widths = sorted({round(last ** (k / 48)) for k in range(49)} | set(range(1, min(last, 17))))
        bounds = [tuple(map(float, self.bounds(m))) for m in widths]
        line = ax.plot(widths, [float(self(m)) for m in widths], marker=".", **style)[0]
        low, high = zip(*bounds, strict=True)
        ax.fill_between(widths, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
        ax.set(xlabel="hidden units", ylabel=f"share of {self.population}", ylim=(-0.02, 1.03))
        return ax

    def _worth_drawing(self) -> int:
        """Return the width at which 95 % of the limit is reached, kept between 8 and 256."""
        width = 8
        while width < 256 and float(self(width)) < 0.95 * float(self.limit):
            width *= 2
        return width

    def _reaches(self, width: int, probability: Fraction) -> bool:
        """Return whether P(width) >= probability for certain."""
        if self.rational:  # fractions of a high power have millions of digits: an interval decides nearly always
            with precise_intervals():
                apart = self._interval(width) - ball(probability)
                if apart > 0 or apart < 0:
                    return bool(apart > 0)
        low, _ = self.bounds(width)
        return to_fraction(low) >= probability

    def _is_flat(self, width: int) -> bool:
        """Return whether further width can no longer be told from the limit in practice."""
        return all(b in (0, 1) or float(b) ** min(width, 1 << 30) < 1e-30 for b in self.terms)


def _checked(width: Any) -> int:
    """Return a width as an int."""
    return whole_number("the width", width)
