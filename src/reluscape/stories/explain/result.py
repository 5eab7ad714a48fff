"""An explanation as a value: verdict, snapped network, text, JSON, page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...critical import Verdict
from ...critical.trained.jacobian_facts import JacobianFacts
from ...critical.trained.last_layer import LastLayer
from ...critical.trained.layers import LayerFacts
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.problem import Problem
from ..report import Telling


@dataclass(frozen=True, eq=False, repr=False)
class ModelReport:
    """The verdict on a trained network.

    Attributes:
        verdict: on the snapped network where one is near, else on the given weights.
        snapped: the exact critical point beside the network (as doubles), or None where no candidate is near. With
            more than one hidden layer only the last two layers are snapped.
        distance: max_j |R_j moved| / max_j |R_j| to the snapped network; where there is none, to the nearest exact
            minimum found, or None.
        box: where the snapped network is a local minimum of one hidden layer: no network each of whose weights differs
            from its own by less than this has a lower loss; else None.
        explanation: the story in plain lines.
        gradient_norm: length of the gradient at the given weights.
        given: verdict on exactly the given weights.
        nearest: the nearest exact minimum found, near or not; None where none was found.
        prove: repeats the test of the given weights in rational arithmetic.
        layers: facts of every layer, the output last.
        last_layer: what the last layer alone can reach.
        jacobian: rank and Lemma 1's bound, or None where that is too large.
        next_steps: three lines, best first.
        better: the snapped network, or one with lower loss that the given one escapes to, or None; with
            one hidden layer and one output it is balanced: |w_j| = |v_j| for every unit.
        answer: "solved", "stuck", "slow", "wrong input" or "undecided".
        kinks: number of (sample, unit) pairs on kinks at the point of an interval proof, None where there is none.
        problem: what was minimised.
    """

    verdict: Verdict
    snapped: TwoLayerNet | DeepNet | None
    distance: float | None
    explanation: str
    gradient_norm: float
    given: Verdict
    nearest: TwoLayerNet | DeepNet | None
    prove: Callable[[], dict[str, Any] | None]
    layers: tuple[LayerFacts, ...]
    last_layer: LastLayer
    jacobian: JacobianFacts | None
    next_steps: tuple[str, ...]
    better: TwoLayerNet | DeepNet | None
    answer: str
    kinks: int | None = None
    problem: Problem | None = field(default=None, repr=False)
    box: float | None = None

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The proof of the verdict as plain JSON, or None where it is beyond exact arithmetic."""
        return self.verdict.certificate or self.prove()

    def __str__(self) -> str:
        """Return the explanation."""
        return self.explanation

    __repr__ = __str__


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Telling):
    """The story of one trained network.

    Attributes:
        model_report: the verdict and the networks behind it.
    """

    model_report: ModelReport

    @property
    def answer(self) -> str:
        """What the first line says: "solved", "stuck", "slow", "wrong input" or "undecided" (docs/verdicts.md)."""
        return self.model_report.answer

    @property
    def problem(self) -> Problem | None:
        """What was minimised, without a penalty."""
        return self.model_report.problem

    @property
    def better(self) -> TwoLayerNet | DeepNet | None:
        """The snapped network, or one with lower loss that the given one escapes to: what `--save` writes, balanced."""
        return self.model_report.better

    @property
    def snapped(self) -> TwoLayerNet | DeepNet | None:
        """The exact critical point beside the network, or None."""
        return self.model_report.snapped

    @property
    def distance(self) -> float | None:
        """Relative distance to it, or to the nearest exact minimum found."""
        return self.model_report.distance

    @property
    def explanation(self) -> str:
        """The story in plain lines."""
        return self.model_report.explanation

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The proof of the verdict; of the given weights, read as the doubles they are, where floats decided."""
        return self.model_report.certificate
