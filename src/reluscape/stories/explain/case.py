"""Everything that the words are made of: what is known about the network, and what is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...critical.trained.comparison import Compared, comparisons, networks, saved_network
from ...critical.trained.elsewhere import TestRows
from ...critical.trained.examination import Examination
from ...problem.outputs import OutputLoss
from ...problem.trained.loss_choice import LossChoice
from ...problem.trained.rescaling import Scale
from .hints import hints

SAME_LOSS = {"bce": "logistic"}


@dataclass(frozen=True, eq=False)
class Case:
    """A trained network under examination.

    Attributes:
        it: what is known about it.
        choice: the loss and why.
        weight_decay: what is known about it: a number, None, "unknown" or "ignore".
        of_model: the loss that the model says it was trained on, or None.
        scale: how the targets were standardised, or None.
        test: the rows kept apart from training, or None.
        trainer_line: what has to be said about how it was trained, or None.
        lambda_max: the weight decay above which a constant is best and True, or a lower bound on it and False; None
            where it is not known.
    """

    it: Examination
    choice: LossChoice
    weight_decay: Any
    of_model: Any
    scale: Scale | None
    test: TestRows | None
    trainer_line: str | None = None
    lambda_max: tuple[float, bool] | None = None

    @property
    def answer(self) -> str:
        """The one word: "solved", "stuck", "slow", "wrong input" or "undecided"."""
        return self.it.answer

    @property
    def loss(self) -> OutputLoss:
        """The loss over the outputs."""
        return self.it.layered.loss

    @cached_property
    def compared(self) -> dict[str, Compared]:
        """The losses that the network is held against, by name."""
        return comparisons(self.it, self.test)

    @cached_property
    def named(self) -> dict[str, Compared]:
        """The networks that are named, with their losses on the training rows and on the test rows."""
        return dict(networks(self.it, self.test))

    @cached_property
    def saved(self) -> Compared | None:
        """The network that `--save` writes, where there is one."""
        return saved_network(self.it, self.test)

    @property
    def hints(self) -> tuple[str, ...]:
        """What may have gone wrong where the network is worse than a constant, likeliest first."""
        return hints(self.it)

    @property
    def closing_lines(self) -> list[str]:
        """What has to be said about the loss that was trained: which it is and why, weight decay, another loss."""
        lines = [] if self.choice.line is None else [self.choice.line]
        if self.scale is not None:
            lines.append(self.scale.line)
        if self.trainer_line is not None:
            lines.append(self.trainer_line)
        if self.weight_decay == "unknown":
            lines.append("this verdict is on the plain loss, weight decay unknown")
        elif self.weight_decay == "ignore":
            lines.append("this verdict is on the plain loss; weight decay was ignored as asked")
        model_loss = self.of_model
        if isinstance(model_loss, str) and _family(model_loss) != _family(self.loss.name):
            lines.append(f"this model was trained on the {model_loss} loss; ask with loss={model_loss!r}")
        return lines


def _family(loss: str) -> str:
    """Return the name under which two codings of one loss agree."""
    return SAME_LOSS.get(loss, loss)
