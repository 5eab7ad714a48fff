"""An explanation as a value: verdict, snapped network, text, JSON, page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..critical import Verdict
from ..networks import TwoLayerNet
from ..telling import Telling


@dataclass(frozen=True, eq=False)
class ModelReport:
    """The verdict on a trained network.

    Attributes:
        verdict: on the snapped network where one is near, else on the given weights.
        snapped: the exact critical point beside the network (as doubles), or None where no candidate is near.
        distance: max_j |R_j moved| / max_j |R_j| to the snapped network; where there is none, to the nearest exact
            minimum found, or None.
        explanation: the story in a few plain lines.
        gradient_norm: length of the gradient at the given weights.
        given: verdict on exactly the given weights.
        nearest: the nearest exact minimum found, near or not; None where none was found.
        prove: repeats the test of the given weights in rational arithmetic.
    """

    verdict: Verdict
    snapped: TwoLayerNet | None
    distance: float | None
    explanation: str
    gradient_norm: float
    given: Verdict
    nearest: TwoLayerNet | None
    prove: Callable[[], dict[str, Any] | None]

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The proof of the verdict as plain JSON, or None where it is beyond exact arithmetic."""
        return self.verdict.certificate or self.prove()

    def __str__(self) -> str:
        """Return the explanation."""
        return self.explanation


@dataclass(frozen=True, eq=False)
class Explanation(Telling):
    """The story of one trained network.

    Attributes:
        model_report: the verdict and the networks behind it.
        better: the snapped network, or one with lower loss beside it, or None: what `--save` writes.
    """

    model_report: ModelReport
    better: TwoLayerNet | None

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The proof of the verdict; of the given weights, read as the doubles they are, where floats decided."""
        return self.model_report.certificate
