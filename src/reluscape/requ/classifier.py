"""A scikit-learn classifier of two classes whose training ends at a certified point of a designed landscape."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from ..errors import AssumptionError, InputError
from ..numbers.seeds import as_generator
from ..numbers.tolerances import DEFAULT
from .design import design
from .training import random_net, train

__all__ = ["ReQUClassifier"]

# a lambda_0 some per cent below the largest possible one does as well
FIT = replace(DEFAULT, margin_gap=0.05)
# units that are not zero at the start; others are woken where they lower the loss
AWAKE = 12


class ReQUClassifier(ClassifierMixin, BaseEstimator):
    """Two classes by m ReQU units under the designed cubic regulariser; needs no torch.

    Inputs are centred and scaled first where `standardize` says so. Equal rows with different labels, which no network
    separates, are refused, or all taken as the class that most of them have.

    Args:
        loss: "logistic", "exponential", "smooth_hinge", or an object; see `design`.
        base: of the logarithm in the logistic loss.
        width: number of units; None for n + 1.
        standardize: whether to centre and scale the inputs.
        conflicts: "error" or "majority", for equal rows with different labels.
        max_steps: the most Newton steps; most problems of up to 50 samples need fewer. A `ConvergenceWarning` says
            when they were not enough for a certified point.
        prove: bound gamma* from above and the maximum over new units by all cells of the data, where they can be
            listed.
        random_state: seed of the coefficients and the start.

    Attributes:
        classes_: the two classes, the second one is y = +1.
        design_: the `Design`.
        training_: the `Training` with its certificate; `training_.training_error` is 0 at a certified point.
        net_: the network on standardised inputs.

    Source: Liang, Sun and Srikant, Theorem 1.

    Example:
        >>> model = ReQUClassifier(random_state=0).fit([[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"])
        >>> model.predict([[0, 1], [1, 1]]).tolist(), model.training_.certified
        (['yes', 'no'], True)
    """

    def __init__(
        self,
        loss: Any = "logistic",
        base: float = 2,
        width: int | None = None,
        standardize: bool = True,
        conflicts: str = "error",
        max_steps: int = 500,
        prove: bool = False,
        random_state: Any = None,
    ) -> None:
        self.loss = loss
        self.base = base
        self.width = width
        self.standardize = standardize
        self.conflicts = conflicts
        self.max_steps = max_steps
        self.prove = prove
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> ReQUClassifier:
        """Design the landscape for these samples and train to a certified point of it.

        Raises:
            InputError: not two classes, NaN.
            AssumptionError: equal rows with different labels, unless `conflicts="majority"`.
        """
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) > 2 or type_of_target(y) == "multiclass":
            raise InputError(
                f"Only binary classification is supported. The type of the target is {type_of_target(y)}: "
                f"{len(self.classes_)} classes"
            )
        if len(self.classes_) == 1:
            raise InputError("the labels hold one class only; two classes are needed")
        if self.conflicts not in ("error", "majority"):
            raise InputError(f"conflicts is {self.conflicts!r}; choose 'error' or 'majority'")
        self.mean_ = X.mean(axis=0) if self.standardize else np.zeros(X.shape[1])
        spread = X.std(axis=0) if self.standardize else np.ones(X.shape[1])
        self.scale_ = np.where(spread > np.finfo(float).eps * np.abs(X).max(axis=0), spread, 1.0)
        samples, labels = self._scaled(X), np.where(y == self.classes_[1], 1.0, -1.0)
        if self.conflicts == "majority":
            samples, labels = _by_majority(samples, labels)
        generator = as_generator(_seed(self.random_state))
        self.design_ = design(
            samples, labels, self.loss, self.base, self.width, generator, prove=self.prove, tolerances=FIT
        )
        start = random_net(self.design_.width, samples.shape[1], generator, awake=AWAKE)
        self.training_ = train(samples, labels, self.design_, start=start, steps=self.max_steps, prove=self.prove)
        if not self.training_.certified:
            warnings.warn(
                f"training ended at a point that is not certified ({self.training_.certificate.kind}, training error "
                f"{self.training_.training_error:.3g}); give more than max_steps={self.max_steps}",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.net_ = self.training_.net
        self.n_iter_ = sum(what == "L-BFGS" for what, _ in self.training_.history)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return f(x_i), positive for the second class."""
        check_is_fitted(self)
        return self.net_.predict(self._scaled(validate_data(self, X, dtype=float, reset=False)))

    def predict(self, X: Any) -> np.ndarray:
        """Return the class of each row; f = 0 is taken as the first class."""
        check_is_fitted(self)
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        """Return inputs on the scale of the network."""
        return (X - self.mean_) / self.scale_

    def __sklearn_tags__(self) -> Any:
        """Say that two classes are the limit."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _seed(random_state: Any) -> Any:
    """Return what NumPy makes a generator of; scikit-learn also hands over its older kind."""
    if isinstance(random_state, np.random.RandomState):
        return random_state.randint(2**31 - 1)
    return random_state


def _by_majority(samples: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each distinct sample once with the label that most of its copies have, the positive one in a tie."""
    points, place = np.unique(samples, axis=0, return_inverse=True)
    votes = np.bincount(place.reshape(-1), weights=labels, minlength=len(points))
    majority = np.where(votes >= 0, 1.0, -1.0)
    if len(np.unique(majority)) == 1:
        raise AssumptionError("every point goes to one class by majority; two classes are needed")
    return points, majority
