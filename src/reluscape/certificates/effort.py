"""How long a check will take, estimated in whole numbers before it is begun."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import CertificateError

# five minutes by the estimate below, which is on the high side
MOST_NANOSECONDS = 300 * 10**9


@dataclass
class Effort:
    """The work of one verification.

    Attributes:
        bits: by name of a field, the most bits that a sum of its numbers can have.
        spent: nanoseconds, by estimate.
    """

    bits: dict[str, int] = field(default_factory=dict)
    spent: int = 0

    def longest(self, what: str, bits: int) -> None:
        """Note how long the numbers of a field are."""
        self.bits[what] = max(self.bits.get(what, 0), bits)

    def spend(self, steps: int, what: str) -> None:
        """Add steps in fractions: about 1 microsecond, and a gcd of time quadratic in the length.

        Raises:
            CertificateError: all steps together take too long.
        """
        words = sum(self.bits.values()) // 64
        self._add(steps * (1_000 + 7 * words * words), what)

    def spend_integers(self, steps: int, bits: int, what: str) -> None:
        """Add products of integers of some bits.

        Raises:
            CertificateError: all steps together take too long.
        """
        words = bits // 64
        self._add(steps * (100 + words * words), what)

    def _add(self, nanoseconds: int, what: str) -> None:
        self.spent += nanoseconds
        if self.spent > MOST_NANOSECONDS:
            raise CertificateError(f"{what} would take too long to check: too many numbers, or too long ones")
