"""The one word that answers "is it stuck?", from what there is and what training on can still gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from .predictions import Flat, Rescaled

SOLVED, STUCK, SLOW, WRONG_INPUT, UNDECIDED = "solved", "stuck", "slow", "wrong input", "undecided"


@dataclass(frozen=True)
class Outlook:
    """Everything that the answer rests on.

    Attributes:
        kind: the verdict's kind.
        loss: of the network.
        constant: of the best constant.
        floor: no network of any width is lower; None where the loss is the user's own.
        downhill: lowest loss that a way down from here is known to reach; None where none could be computed.
        best: lowest loss known for networks of this shape, None where no other was looked for.
        right: rows on the right side where the loss is one of classes, else None.
        rows: number of rows.
        flat: what is known where the predictions are (nearly) all the same.
        silent: no weight but the output bias can change the predictions.
        rescaled: the map that the predictions need where they look standardised.
        decay: weight decay for which the network has converged, None where there is none.
    """

    kind: str
    loss: float
    constant: float
    floor: float | None
    downhill: float | None
    best: float | None
    right: int | None
    rows: int
    flat: Flat | None
    silent: bool
    rescaled: Rescaled | None
    decay: float | None = None

    @property
    def all_right(self) -> bool:
        """Whether the loss falls to 0 as the output weights grow: every row is right under a loss of classes."""
        return self.right is not None and self.right == self.rows > 0

    @property
    def left(self) -> float | None:
        """What a way down from here is known to gain."""
        return None if self.downhill is None else max(self.loss - self.downhill, 0.0)

    @property
    def above(self) -> float:
        """What there is: the loss above the floor, or above the best loss known."""
        known = [value for value in (self.best, self.downhill) if value is not None]
        floor = self.floor if self.floor is not None else min([self.loss, *known])
        return max(self.loss - floor, 0.0)

    def answer(self, tolerances: Tolerances = DEFAULT) -> str:
        """Return "solved", "stuck", "slow", "wrong input" or "undecided".

        In this order:

        - solved: the loss is the floor; or every row is right under a loss of classes; or at most `solved` of the best
          constant's loss is left and the way down ends at the floor;
        - wrong input: the network follows the rows and is worse than the best constant, or its outputs are on the
          scale of a standardised target;
        - stuck: no unit is on for any row; or at most `stuck` of what there is can be gained on a way down; or the
          network has converged for the weight decay that its gradient shows;
        - slow: more can be gained, or a lower network near is proved;
        - undecided: no way down could be computed, and neither a local minimum nor a lower network near is proved.
        """
        zero = tolerances.zero_loss * self.constant
        if self.floor is not None and self.loss - self.floor <= zero:
            return SOLVED
        if self.all_right:
            return SOLVED
        if self.is_wrong(tolerances):
            return WRONG_INPUT
        if self.silent or self.decay is not None:
            return STUCK
        if self.downhill is None or self.left is None:
            return {"local minimum": STUCK, "not stationary": SLOW}.get(self.kind, UNDECIDED)
        ends_low = self.floor is not None and self.downhill - self.floor <= zero
        if ends_low and self.above <= tolerances.solved * self.constant:
            return SOLVED
        return STUCK if self.left <= tolerances.stuck * self.above else SLOW

    def is_wrong(self, tolerances: Tolerances = DEFAULT) -> bool:
        """Return whether the network follows the rows, yet fits worse than the best constant or on another scale."""
        if self.flat is not None or self.silent:
            return False
        worse = not np.isfinite(self.loss) or self.loss > self.constant * (1 + tolerances.worse_than_constant)
        return worse or self.rescaled is not None
