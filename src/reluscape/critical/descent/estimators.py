"""Finite descent as scikit-learn estimators: networks trained to a certified local minimum instead of by gradients."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ...errors import InputError
from ...problem.data import Dataset, standardize
from ...problem.losses import declares
from ...problem.networks import TwoLayerNet
from ...problem.networks.initialization import get_law
from .result import Descent
from .walk import descend


class _Descending(BaseEstimator):
    """What both estimators share: their parameters, and descents from several starts."""

    def __init__(
        self,
        width: int = 10,
        *,
        starts: int = 1,
        law: Any = "normal",
        max_basins: int = 500,
        exact: bool = False,
        random_state: Any = None,
    ) -> None:
        self.width = width
        self.starts = starts
        self.law = law
        self.max_basins = max_basins
        self.exact = exact
        self.random_state = random_state

    def _descend(
        self, X: np.ndarray, target: np.ndarray, loss: str, rng: np.random.Generator
    ) -> tuple[TwoLayerNet, Descent]:
        """Return the best of several descents, as a network on (x, 1) in its own units and as it ended."""
        for name in ("width", "starts", "max_basins"):
            value = getattr(self, name)
            if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
                raise InputError(f"{name} is {value!r}; it is a whole number, 1 or more")
        data = Dataset(X, target, bias=True)
        common = standardize(data)
        free = declares(loss, "quadratic")  # only then targets may be shifted and scaled
        unit = float(target.std()) if free and target.std() > 0 else 1.0
        centre = float(target.mean()) if free else 0.0
        samples = Dataset(common.X, (target - centre) / unit)
        law, ends = get_law(self.law), []
        for _ in range(self.starts):
            W, v = law.sample(rng, self.width, samples.d)
            v = v / np.sqrt(self.width)
            ends.append(descend(samples, None, W, v, 0.0, loss, self.max_basins, None if self.exact else False))
        best = min(ends, key=lambda end: end.loss)
        net = TwoLayerNet(best.net.W @ common.transform.T, unit * best.net.v, unit * best.net.c + centre)
        return net, best


class DescentRegressor(RegressorMixin, _Descending):
    """A regressor of one hidden ReLU layer, trained by finite descent to a local minimum of the mean squared error.

    Inputs and targets are standardised, hidden and output biases are trained, and `descend` walks from basin to basin
    until the exact test finds no direction that lowers the loss.

    Args:
        width: number of hidden units.
        starts: number of random starts; the lowest end is kept.
        law: law of the first weights, by name or as a function (rng, m, d) -> (W, v).
        max_basins: a descent stops after this many basins.
        exact: True ends in rational arithmetic where the problem is small enough.
        random_state: anything `sklearn.utils.check_random_state` takes.

    Attributes:
        net_: the network on (x, 1), inputs and targets in their own units.
        descent_: the `Descent` of the best start, on standardised data; its `verdict` says what the end is.
        loss_: mean squared error on the training data.
        n_iter_: number of basins visited.
        n_features_in_, feature_names_in_: as in scikit-learn.

    Example:
        >>> model = DescentRegressor(width=2, starts=5, random_state=0).fit([[0.0], [1.0], [2.0]], [1.0, 0.0, 1.0])
        >>> model.predict([[0.0], [2.0]]).round(6).tolist(), model.descent_.verdict.kind
        ([1.0, 1.0], 'local minimum')
    """

    def fit(self, X: Any, y: Any) -> DescentRegressor:
        """Train on samples (n, d) and targets (n,), and return the estimator.

        Raises:
            ValueError: input that does not fit.
        """
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y, dtype=np.float64)
        if y.ndim > 1:
            raise InputError(f"y has shape {y.shape}; one target is covered, give (n,)")
        rng = _generator(self.random_state)
        self.net_, self.descent_ = self._descend(X, y, "squared", rng)
        self.loss_ = self.net_.loss(np.column_stack([X, np.ones(len(X))]), y)
        self.n_iter_ = max(self.descent_.basins, 1)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the predictions (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return self.net_.predict(np.column_stack([X, np.ones(len(X))]))


class DescentClassifier(ClassifierMixin, _Descending):
    """A classifier of one hidden ReLU layer for each class against the others (one for two classes), by finite descent.

    Args:
        width: number of hidden units of each network.
        loss: "squared" on labels -1 and 1, or "logistic" (numerical; separable basins have no minimum, there the
            descent stops).
        starts, law, max_basins, exact, random_state: as in `DescentRegressor`.

    Attributes:
        classes_: the labels.
        nets_: one network on (x, 1) for two classes, else one for each class.
        descents_: the `Descent` of each network, on standardised inputs.
        n_iter_: largest number of basins visited.
        n_features_in_, feature_names_in_: as in scikit-learn.

    Example:
        >>> xor = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> DescentClassifier(width=4, starts=5, random_state=0).fit(xor, [0, 1, 1, 0]).predict(xor).tolist()
        [0, 1, 1, 0]
    """

    def __init__(
        self,
        width: int = 10,
        *,
        loss: str = "squared",
        starts: int = 1,
        law: Any = "normal",
        max_basins: int = 500,
        exact: bool = False,
        random_state: Any = None,
    ) -> None:
        super().__init__(width, starts=starts, law=law, max_basins=max_basins, exact=exact, random_state=random_state)
        self.loss = loss

    def fit(self, X: Any, y: Any) -> DescentClassifier:
        """Train on samples (n, d) and labels (n,), and return the estimator.

        Raises:
            ValueError: input that does not fit, or labels of one class only.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        check_classification_targets(y)
        if self.loss not in ("squared", "logistic"):
            raise InputError(f"loss is {self.loss!r}; choose 'squared' or 'logistic'")
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(f"all labels are of one class ({self.classes_[0]!r}); at least two classes are needed")
        rng = _generator(self.random_state)
        positives = [1] if len(self.classes_) == 2 else range(len(self.classes_))
        ends = [self._descend(X, np.where(index == k, 1.0, -1.0), self.loss, rng) for k in positives]
        self.nets_ = [net for net, _ in ends]
        self.descents_ = [end for _, end in ends]
        self.n_iter_ = max(1, *(end.basins for end in self.descents_))
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return (n,) the outputs for two classes, positive for the second one, else (n, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        outputs = np.column_stack([net.predict(np.column_stack([X, np.ones(len(X))])) for net in self.nets_])
        return outputs[:, 0] if len(self.classes_) == 2 else outputs

    def predict(self, X: Any) -> np.ndarray:
        """Return the labels (n,)."""
        outputs = self.decision_function(X)
        index = (outputs > 0).astype(int) if len(self.classes_) == 2 else outputs.argmax(axis=1)
        return self.classes_[index]


def _generator(random_state: Any) -> np.random.Generator:
    """Return a generator of a scikit-learn random state."""
    if isinstance(random_state, np.random.Generator):
        return random_state
    return np.random.default_rng(check_random_state(random_state).randint(2**31))
