"""A probability with its interval and its kind: exact, certified or sampled."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import InputError

KINDS = ("exact", "certified", "numerical", "sampled")


@dataclass(frozen=True, eq=False)
class Probability:
    """A probability over a named population.

    Attributes:
        value: the probability; a `Fraction` where it is exact and rational.
        low: lower end of the interval (equal to value where exact).
        high: upper end of the interval.
        kind: "exact", "certified" (the interval is proven), "numerical" (what is counted was told in floats) or
            "sampled" (the interval has a confidence).
        trials: number of independent trials where sampled, else None.
        population: what is being counted: "patterns", "regions", "initialization", ...
        law: name of the law of initialisation, or None.
        confidence: confidence of a sampled interval, else None.
    """

    value: Fraction | float
    low: Fraction | float
    high: Fraction | float
    kind: str
    trials: int | None
    population: str
    law: str | None = None
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Check the kind and the order of the three numbers."""
        if self.kind not in KINDS:
            raise InputError(f"unknown kind {self.kind!r}; it is one of {', '.join(KINDS)}")
        # comparing a fraction of millions of digits with itself would multiply them out
        one_number = self.low is self.value is self.high and self.value == self.value
        if not (one_number or self.low <= self.value <= self.high):
            raise InputError(f"the interval [{self.low}, {self.high}] does not hold {self.value}")

    @classmethod
    def exact(cls, value: Fraction | float, population: str, law: str | None = None) -> Probability:
        """Return a probability that is known exactly."""
        return cls(value, value, value, "exact", None, population, law)

    @classmethod
    def certified(
        cls, low: Fraction | float, high: Fraction | float, population: str, law: str | None = None
    ) -> Probability:
        """Return a probability proven to lie in [low, high]."""
        return cls((low + high) / 2, low, high, "certified", None, population, law)

    @classmethod
    def sampled(
        cls,
        successes: int,
        trials: int,
        population: str,
        law: str | None = None,
        confidence: float = 0.95,
        undecided: int = 0,
    ) -> Probability:
        """Return the share of successes with its Clopper-Pearson interval.

        Trials whose outcome is undecided count as failures for the lower end of the interval and as successes for the
        upper one; the value is the share among the others.
        """
        low = clopper_pearson(successes, trials, confidence)[0]
        high = clopper_pearson(successes + undecided, trials, confidence)[1]
        decisions = trials - undecided
        value = successes / decisions if decisions else 0.5
        return cls(value, low, high, "sampled", trials, population, law, confidence)

    def __float__(self) -> float:
        """Return the value as a float."""
        return float(self.value)

    def __eq__(self, other: object) -> bool:
        """Compare values."""
        return self.value == _value(other)

    def __hash__(self) -> int:
        """Hash the value."""
        return hash(self.value)

    def __lt__(self, other: Any) -> bool:
        """Compare values."""
        return bool(self.value < _value(other))

    def __le__(self, other: Any) -> bool:
        """Compare values."""
        return bool(self.value <= _value(other))

    def __gt__(self, other: Any) -> bool:
        """Compare values."""
        return bool(self.value > _value(other))

    def __ge__(self, other: Any) -> bool:
        """Compare values."""
        return bool(self.value >= _value(other))

    def __repr__(self) -> str:
        """Return the same as `str`: a fraction may have more digits than Python writes out."""
        return f"Probability({self})"

    def __str__(self) -> str:
        """Return the number as a person would read it."""
        text = f"{float(self.value):.4g}"
        if self.kind == "exact":
            return f"{text} (exact)"
        interval = f"{float(self.low):.4g} to {float(self.high):.4g}"
        return f"{text} ({self.kind}, {interval}{f', {self.trials} trials' if self.trials is not None else ''})"


def _value(other: Any) -> Any:
    """Return what a probability is compared with."""
    return other.value if isinstance(other, Probability) else other


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a proportion, which covers at least with the stated confidence.

    >>> low, high = clopper_pearson(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    if not 0 <= successes <= trials:
        raise InputError(f"{successes} successes in {trials} trials are impossible")
    if trials == 0:
        return 0.0, 1.0
    from scipy.special import betaincinv

    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(successes, trials - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, trials - successes, 1.0 - tail)) if successes < trials else 1.0
    return low, high
