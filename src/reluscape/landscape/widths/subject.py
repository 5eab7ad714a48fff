"""What a survey is about: exact samples, the targets of every output, the loss, and the classes' names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...basins import affine_fit, constant_fit
from ...critical.training import Batch
from ...critical.training.held_out import classes_of
from ...critical.training.objective import Decayed
from ...critical.training.plain_fits import constant_loss, plane
from ...errors import InputError
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, standardize
from ...problem.losses import SquaredLoss, declares, labels_of, plain_loss
from ...problem.penalties import NONE, NoPenalty, WeightDecay
from ...problem.problem import Problem
from ...problem.targets import check_subject, samples_and_targets


@dataclass(frozen=True, eq=False)
class Subject:
    """The question of a survey.

    Attributes:
        data: exact samples; its targets are those of the only output, or the first, or the classes' numbers.
        Y: (n, k) targets.
        loss: the loss that networks are trained on.
        classes: names of the classes by their numbers, None for a regression.
        output_bias: a free constant is added to every output.
        constant: loss of the best constant.
        affine: loss of the best plane.
        plane: (k, d + 1) coefficients of the best plane, the constant last.
        penalty: what is added to the mean loss; `constant` counts it, `affine` does not.
    """

    data: Dataset
    Y: np.ndarray
    loss: Any
    classes: dict[int, str] | None
    output_bias: bool
    constant: float
    affine: float
    plane: np.ndarray
    penalty: NoPenalty | WeightDecay = field(default=NONE)

    @classmethod
    def of(
        cls,
        X: Any,
        y: Any,
        loss: Any,
        classes: dict[int, str] | None,
        output_bias: bool,
        penalty: NoPenalty | WeightDecay = NONE,
    ) -> Subject:
        """Return the subject of samples and targets, and of weight decay where the penalty is one.

        Raises:
            InputError: no targets, one sample, a constant target, or targets that the loss has no meaning for.
        """
        criterion = SquaredLoss.name if declares(loss, "quadratic") else plain_loss(loss)
        joint, labels = declares(criterion, "joint"), labels_of(criterion)
        data, Y = samples_and_targets(X, y, joint=joint)
        if data.y is None:
            data = Dataset(data.fractions[:, :-1] if data.bias else data.fractions, Y[:, 0], data.bias, data.features)
        check_subject(data)
        if Y.shape[1] > 1 and (Y[0] == Y).all(axis=0).any() and not joint:
            raise InputError("a target has the same value in every row; leave it out")
        if labels == (0, 1) and set(np.unique(Y)) == {-1.0, 1.0}:
            Y = (Y + 1) / 2
        classes = classes or data.classes
        if declares(criterion, "quadratic") and Y.shape[1] == 1 and penalty is NONE:
            fit, straight = constant_fit(data), affine_fit(data)
            coefficients = np.append(np.asarray(straight.coefficients, dtype=float), float(straight.intercept))[None]
            return cls(data, Y, criterion, classes, output_bias, fit.value, straight.value, coefficients)
        inputs = np.asarray(standardize(data).X)
        batch = Batch.of(inputs, Y, 0, output_bias, criterion)
        value, slopes = plane(batch)
        slopes = np.concatenate([slopes[:, :-1] @ np.asarray(standardize(data).transform).T, slopes[:, -1:]], axis=1)
        if penalty is not NONE:
            batch = Batch.of(inputs, Y, 0, output_bias, Decayed.of(criterion, float(penalty.strength), penalty.biases))
        return cls(data, Y, criterion, classes, output_bias, constant_loss(batch), value, slopes, penalty)

    @property
    def problem(self) -> Problem:
        """What is minimised."""
        Y = self.Y if declares(self.loss, "joint") or self.Y.shape[1] > 1 else self.Y[:, 0]
        return Problem(self.data, Y, loss=self.loss, weight_decay=self.penalty, output_bias=self.output_bias)

    @property
    def single(self) -> bool:
        """Whether the theory of basins without decay applies: one output under the squared loss alone."""
        return declares(self.loss, "quadratic") and self.Y.shape[1] == 1 and self.penalty is NONE

    @property
    def objective(self) -> Any:
        """What runs of training minimise."""
        if self.penalty is NONE:
            return self.loss
        return Decayed.of(self.loss, float(self.penalty.strength), self.penalty.biases)

    def snapped(self, loss: float) -> float:
        """Return a computed loss, zero where it cannot be told from zero."""
        return 0.0 if loss <= DEFAULT.zero_loss * self.constant else loss

    def straight(self) -> np.ndarray:
        """Return the outputs (k, n) of the best plane."""
        return self.plane @ np.concatenate([self.data.X, np.ones((self.data.n, 1))], axis=1).T

    def accuracy(self, F: np.ndarray) -> float | None:
        """Return the share of rows whose class outputs (k, n) name, or None for a regression."""
        return None if self.classes is None else float(np.mean(classes_of(F) == self._truth))

    def commonest(self) -> float | None:
        """Return the share of the rows of the commonest class, None for a regression."""
        return (
            None if self.classes is None else float(np.unique(self._truth, return_counts=True)[1].max() / self.data.n)
        )

    @property
    def _truth(self) -> np.ndarray:
        """The class (n,) of every row."""
        return classes_of(self.Y.T - sum(labels_of(self.loss) or (0, 0)) / 2)
