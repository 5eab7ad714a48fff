"""From a network on its data to the answer: what is known is gathered, then judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...critical.trained.deep import DeepFindings
from ...critical.trained.elsewhere import TestRows
from ...critical.trained.hints import hints
from ...critical.trained.last_layer import constant_loss
from ...critical.trained.one_hidden_layer import Findings
from ...critical.trained.onward import trained_on
from ...critical.trained.outlook import outlook
from ...problem.trained.layered import Layered
from ...problem.trained.loss_choice import LossChoice
from ...problem.trained.reading import Trained
from ...problem.trained.rescaling import Scale
from .judgement import Judgement


@dataclass(frozen=True, eq=False)
class Options:
    """What is asked for beside the network and its data.

    Attributes:
        starts: fresh starts for the best known network.
        seed: root of their random streams.
        standardize_target: as in `certify_model`.
        X_test, y_test: rows kept apart from training, or None.
        progress: called with (what, share done).
    """

    starts: int = 0
    seed: int = 0
    standardize_target: Any = False
    X_test: Any = None
    y_test: Any = None
    progress: Callable[[str, float], None] = lambda what, share: None


def test_rows(apart: Trained, loss: Any) -> TestRows:
    """Return the rows kept apart from training, for one hidden layer and one output."""

    def at(net: Any) -> float:
        return float(net.loss(apart.data, loss=loss))

    return TestRows(apart.data.n, at, at(apart.net))


def test_layers(apart: Layered) -> TestRows:
    """Return the rows kept apart from training, for a network of any depth."""

    def at(net: Any) -> float:
        return apart.loss.value(net.hidden(apart.X)[-1], apart.Y)

    return TestRows(len(apart.Y), at, at(apart.net))


@dataclass(frozen=True, eq=False)
class Judge:
    """What the answer needs beside the findings.

    Attributes:
        seen: the network on its data.
        choice: the loss and why.
        weight_decay: what is known about it.
        of_model: the loss the model says it was trained on.
        scale: how the targets were standardised, or None.
        test: the test rows, or None.
    """

    seen: Layered
    choice: LossChoice
    weight_decay: Any
    of_model: Any
    scale: Scale | None
    test: TestRows | None

    def at_first(self) -> Judgement:
        """Return the judgement from the predictions alone, before anything is searched for."""
        seen = self.seen
        return self._judged("undecided", seen.loss.value(seen.predictions, seen.Y), constant_loss(seen), None, None)

    def of(self, found: Findings) -> Judgement:
        """Return the judgement on a network of one hidden layer and one output."""
        path, loss = found.descent, self.choice.loss
        reached = [found.basin] if found.basin is not None else []
        if path is not None:
            reached.append(path.net.loss(self.seen.data, self.seen.Y[:, 0], loss=loss))
        if path is None or not path.finished:
            reached.append(trained_on(self.seen)[1])
        best = found.best[1] if found.best is not None else None
        return self._judged(found.verdict.kind, found.loss, found.constant, min(reached), best)

    def of_deep(self, found: DeepFindings) -> Judgement:
        """Return the judgement on a network of any depth."""
        known = [found.downhill] if found.downhill is not None else []
        best = min([*known, *([found.better[1]] if found.better is not None else [])], default=None)
        return self._judged(found.verdict.kind, found.loss, found.constant, found.downhill, best)

    def _judged(self, kind: str, loss: float, constant: float, downhill: float | None, best: float | None) -> Judgement:
        """Return the judgement on what was gathered."""
        view = outlook(self.seen, kind, loss, constant, downhill, best, self.weight_decay)
        answer = view.answer()
        return Judgement(
            outlook=view,
            answer=answer,
            choice=self.choice,
            loss=self.seen.loss,
            weight_decay=self.weight_decay,
            of_model=self.of_model,
            hints=hints(self.seen, view.rescaled, view.is_wrong()),
            scaled=None if self.scale is None else self.scale.line,
            test=self.test,
        )
