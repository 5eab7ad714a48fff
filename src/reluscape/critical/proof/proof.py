"""What is proved about a network: a verdict, the point it is about, and how far that is from the given weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...problem.networks import DeepNet


@dataclass(frozen=True, eq=False)
class Proof:
    """The answer of the interval proof.

    Attributes:
        verdict: "local minimum", "saddle", "not stationary" or "undecided".
        reason: one sentence: what decided, or what is missing.
        method: "certified"; "sampled" where directions in which units at zero could wake were only sampled, and there
            is no certificate; or "none" where undecided.
        kinks: number of (sample, unit) pairs on kinks at the proved point.
        distance: how far the proved point is from the given weights, relative to their length; 0 where undecided.
        radius: how far, in any one parameter, the exact minimum is at most from `net`; 0 for other verdicts.
        loss: the objective at `net`, penalty included.
        net: the proved point rounded to doubles, or the point whose fall is proved, or the given network.
        lower: a network certainly lower than `net`, or None.
        lower_loss: its objective, or None.
        zero_units, silent_units: numbers of hidden units at zero, and of units off on every row.
        strict: the minimum is strict up to the symmetries of the network (never with units at zero or silent).
        build_certificate: writes the certificate when it is first asked for.
    """

    verdict: str
    reason: str
    method: str
    kinks: int
    distance: float
    radius: float
    loss: float
    net: DeepNet
    lower: DeepNet | None = None
    lower_loss: float | None = None
    zero_units: int = 0
    silent_units: int = 0
    strict: bool = False
    build_certificate: Callable[[], dict[str, Any]] | None = field(default=None, repr=False)

    @cached_property
    def certificate(self) -> dict[str, Any] | None:
        """The proof as plain JSON for `reluscape.verify`, or None where undecided."""
        return self.build_certificate() if self.build_certificate is not None else None

    def __str__(self) -> str:
        """Return verdict, objective and reason in one line."""
        return f"{self.verdict} (objective {self.loss:.6g}): {self.reason}"
