"""The answer with everything that is said beside it: the loss and why, weight decay, the likely mistake, test rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...critical.trained.answer import Outlook
from ...critical.trained.elsewhere import TestRows
from ...problem.outputs import OutputLoss
from ...problem.trained.loss_choice import LossChoice

SAME_LOSS = {"bce": "logistic"}


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the words are made of beside the findings.

    Attributes:
        outlook: what the answer rests on.
        answer: "solved", "stuck", "slow", "wrong input" or "undecided".
        choice: the loss and why.
        loss: that loss over the outputs.
        weight_decay: what is known about it: a number, None, "unknown" or "ignore".
        of_model: the loss that the model says it was trained on, or None.
        hints: what may have gone wrong where the network is worse than a constant, likeliest first.
        scaled: which rows gave mean and deviation of a standardised target, or None.
        test: the test rows, or None.
    """

    outlook: Outlook
    answer: str
    choice: LossChoice
    loss: OutputLoss
    weight_decay: Any
    of_model: Any
    hints: tuple[str, ...] = ()
    scaled: str | None = None
    test: TestRows | None = None

    @property
    def closing_lines(self) -> list[str]:
        """What has to be said about the loss that was trained: which it is and why, weight decay, another loss."""
        lines = [] if self.choice.line is None else [self.choice.line]
        if self.scaled is not None:
            lines.append(self.scaled)
        if self.weight_decay == "unknown":
            lines.append("this verdict is on the plain loss, weight decay unknown")
        elif self.weight_decay == "ignore":
            lines.append("this verdict is on the plain loss; weight decay was ignored as asked")
        stated = self.of_model
        if isinstance(stated, str) and _family(stated) != _family(self.loss.name):
            lines.append(f"this model was trained on the {stated} loss; ask with loss={stated!r}")
        return lines


def _family(loss: str) -> str:
    """Return the name under which two codings of one loss agree."""
    return SAME_LOSS.get(loss, loss)
