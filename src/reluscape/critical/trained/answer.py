"""The one word that answers "is it stuck?", from what there is and what training on can still gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from .predictions import Flat, Renumbered, Rescaled

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
        renumbered: the numbering of the classes under which the predictions fit, None where it is the one given.
        decay: weight decay for which the network has converged, None where there is none.
        penalised: whether the losses are objectives, loss plus weight decay.
        starts: fresh starts that were made for `best`.
        misfit: with weight decay, whether the plain loss says that the input is wrong.
        drawn: the library from whose first weights the network's cannot be told, None where it was trained.
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
    renumbered: Renumbered | None = None
    decay: float | None = None
    penalised: bool = False
    starts: int = 0
    misfit: bool = False
    drawn: str | None = None

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
        values = [value for value in (self.best, self.downhill) if value is not None]
        floor = self.floor if self.floor is not None else min([self.loss, *values])
        return max(self.loss - floor, 0.0)

    def answer(self, tolerances: Tolerances = DEFAULT) -> str:
        """Return "solved", "stuck", "slow", "wrong input" or "undecided".

        In this order:

        - solved: the loss is the floor; or every row is right under a loss of classes; or at most `solved` of the best
          constant's loss is left and the way down ends at the floor;
        - wrong input: a trained network follows the rows and is worse than the best constant, or its outputs are on
          the scale of a standardised target;
        - stuck: no unit is on for any row; or at most `stuck` of what there is can be gained on a way down; or the
          network has converged for the weight decay that its gradient shows;
        - slow: more can be gained, or a lower network near is proved;
        - undecided: no way down could be computed, and neither a local minimum nor a lower network near is proved.

        With weight decay the lowest objective is not known to be near 0: see `_under_decay`.
        """
        if self.penalised:
            return self._under_decay(tolerances)
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

    def _under_decay(self, tolerances: Tolerances) -> str:
        """Return the answer with weight decay, where what there is is what the best constant has above the lowest.

        - solved: at most `stuck` of that is left above the lowest network known, or above the bound of all widths;
        - wrong input: as without decay;
        - stuck: at most `stuck` of what is left can be gained on a way down, or no unit is on for any row;
        - slow: more can be gained;
        - undecided: no way down could be computed and nothing else is known.
        """
        values = [value for value in (self.best, self.downhill) if value is not None]
        lowest = min([self.loss, *values])
        if self.floor is not None and self._close(self.floor, tolerances):
            return SOLVED
        if self.is_wrong(tolerances):
            return WRONG_INPUT
        if values and (self.starts or lowest < self.loss) and self._close(lowest, tolerances):
            return SOLVED
        if self.silent:
            return STUCK
        if self.left is None or (not self.starts and lowest == self.loss):
            return UNDECIDED if self.kind != "local minimum" else STUCK
        return STUCK if self.left <= tolerances.stuck * (self.loss - lowest) else SLOW

    def _close(self, low: float, tolerances: Tolerances) -> bool:
        """Return whether the objective is above a lower one by a small share of what the best constant is above it."""
        return self.loss - low <= tolerances.stuck * max(self.constant - low, 0.0)

    def is_wrong(self, tolerances: Tolerances = DEFAULT) -> bool:
        """Return whether a trained network follows the rows, yet fits worse than a constant or on another scale."""
        if self.penalised:
            return self.misfit
        if self.flat is not None or self.silent or self.drawn is not None:
            return False
        worse = not np.isfinite(self.loss) or self.loss > self.constant * (1 + tolerances.worse_than_constant)
        return worse or self.rescaled is not None
