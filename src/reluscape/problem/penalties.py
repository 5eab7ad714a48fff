"""What is added to the mean loss: nothing, or weight decay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from ..errors import InputError
from ..numbers import exact


class Penalty(Protocol):
    """A penalty of the parameters.

    Attributes:
        name: "none" or "weight decay".
        strength: how strong it is; 0 where nothing is added.
        biases: whether hidden and output biases are penalised too.
    """

    name: str
    strength: Fraction
    biases: bool

    def value(self, parameters: Iterable[np.ndarray]) -> float:
        """Return the penalty of the penalised parameters."""
        ...

    def exact_value(self, parameters: Iterable[np.ndarray]) -> Fraction:
        """Return the same as a `Fraction`, for parameters that are exact numbers."""
        ...

    def gradient(self, parameter: np.ndarray) -> np.ndarray:
        """Return the derivative of the penalty in one penalised array of parameters, of its shape."""
        ...


@dataclass(frozen=True)
class NoPenalty:
    """Nothing is added to the mean loss."""

    name: str = "none"
    strength: Fraction = Fraction(0)
    biases: bool = False

    def value(self, parameters: Iterable[np.ndarray]) -> float:
        """Return 0."""
        return 0.0

    def exact_value(self, parameters: Iterable[np.ndarray]) -> Fraction:
        """Return 0."""
        return Fraction(0)

    def gradient(self, parameter: np.ndarray) -> np.ndarray:
        """Return zeros."""
        return np.zeros(np.shape(parameter))


class WeightDecay:
    """The penalty (value / 2) (sum_j |w_j|^2 + v_j^2 + c^2), added to the MEAN loss.

    With one output this is exactly torch's `weight_decay` of SGD and Adam beside a loss of mean reduction.

    Args:
        value: strength, a number that is not negative; text such as "1e-4" or "1/3" is exact, a float is the dyadic
            rational that it stores.
        biases: False leaves the hidden biases (the column of W that meets the column of ones) and c free.

    Raises:
        InputError: a strength that is negative, NaN, infinite or no number.

    Example:
        >>> decay = WeightDecay("1/2")
        >>> decay.value([np.array([1.0, 2.0]), np.array([3.0])])
        3.5
        >>> decay.strength
        Fraction(1, 2)
    """

    name = "weight decay"

    def __init__(self, value: Any, biases: bool = True) -> None:
        if not isinstance(biases, bool | np.bool_):
            raise InputError(f"biases is {biases!r}; it is True (biases decay too) or False (they are free)")
        self.strength = _strength(value)
        self.biases = bool(biases)

    @classmethod
    def from_sklearn(cls, model: Any, n: int) -> WeightDecay:
        """Return the decay of a scikit-learn MLPRegressor or MLPClassifier trained on n samples; its biases are free.

        It minimises half the mean square, or the mean log-loss, plus alpha / (2 b) times the sum of squared weights:
        beside the mean square that is 2 alpha / b, beside the log-loss alpha / b. With the solver "lbfgs" b = n; "adam"
        and "sgd" take b samples a step, `batch_size` or min(200, n), and their mean objective has that decay.

        Raises:
            InputError: a model of another kind, or no sample.

        >>> class MLPRegressor:
        ...     alpha, solver, batch_size = 0.5, "lbfgs", "auto"
        >>> WeightDecay.from_sklearn(MLPRegressor(), 4)
        WeightDecay(0.25, biases=False)
        """
        name = type(model).__name__
        if not hasattr(model, "alpha") or getattr(model, "solver", None) not in ("lbfgs", "adam", "sgd") or n < 1:
            raise InputError(f"a {name} on {n} samples has no weight decay; give an MLPRegressor or MLPClassifier")
        size = getattr(model, "batch_size", "auto")
        batch = n if model.solver == "lbfgs" else min(200 if size == "auto" else int(size), n)
        classifies = "Classifier" in name or hasattr(model, "classes_")
        return cls(_strength(model.alpha) * (1 if classifies else 2) / batch, biases=False)

    @classmethod
    def from_torch(cls, optimizer: Any, loss: Any = "mse", outputs: int = 1) -> WeightDecay | None:
        """Return the decay of a torch optimizer beside the mean loss; None where it ends at minima of the plain loss.

        SGD, Adam, NAdam, RAdam, Adamax, RMSprop, Adagrad and Adadelta add w times each weight to the gradient of the
        loss, so that they end at minima of loss + (w / 2) (sum of squares). torch's MSELoss is a mean over the outputs
        too, ours a sum over them, which makes the decay w times the number of outputs. AdamW takes the decay apart from
        the gradient: its end points are those of the plain loss in the box max |theta| <= 1 / w (Xie and Li 2024), and
        the answer is None, as it is for w = 0.

        Args:
            optimizer: with `param_groups`.
            loss: "mse", "bce", ..., or a loss module of torch with mean reduction.
            outputs: number of outputs K.

        Raises:
            InputError: an optimizer of another kind, a loss that is summed, or groups with decays that differ other
                than by leaving out the biases: on one layer alone a decay only moves weight to the other, and the
                lowest objective, that of the plain loss, is not attained.
        """
        name = type(optimizer).__name__
        groups = getattr(optimizer, "param_groups", None)
        if groups is None or name not in (*COUPLED, *DECOUPLED):
            raise InputError(f"the weight decay of {name} is not known; give an optimizer out of {', '.join(COUPLED)}")
        if getattr(loss, "reduction", "mean") != "mean":
            raise InputError("the loss is not a mean over the samples; divide the decay by their number yourself")
        if name in DECOUPLED or any(group.get("decoupled_weight_decay") for group in groups):
            return None
        matrices: set[Any] = set()
        biases: set[Any] = set()
        for group in groups:
            for parameter in group["params"]:
                (matrices if parameter.ndim > 1 else biases).add(group.get("weight_decay", 0))
        if len(matrices) > 1 or len(biases) > 1 or (biases and biases != matrices and biases != {0}):
            raise InputError(
                f"the groups of parameters have the weight decays {sorted(matrices | biases)}; one for all, or one for "
                "all but the biases, is covered: a decay of one layer alone moves weight to the other for nothing"
            )
        strength = _strength(max(matrices, default=0))
        if not strength:
            return None
        squared = type(loss).__name__ == "MSELoss" or loss in ("mse", "squared")
        return cls(strength * (outputs if squared else 1), biases=bool(biases - {0}) or not biases)

    def value(self, parameters: Iterable[np.ndarray]) -> float:
        """Return (value / 2) times the sum of the squared parameters."""
        return float(self.strength) / 2 * sum(float((np.asarray(p, dtype=float) ** 2).sum()) for p in parameters)

    def exact_value(self, parameters: Iterable[np.ndarray]) -> Fraction:
        """Return the same as a `Fraction`."""
        squares = (
            exact.to_fraction(p) ** 2 for array in parameters for p in np.asarray(array, dtype=object).reshape(-1)
        )
        return self.strength / 2 * sum(squares, Fraction(0))

    def gradient(self, parameter: np.ndarray) -> np.ndarray:
        """Return value times the parameters."""
        return float(self.strength) * np.asarray(parameter, dtype=float)

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"WeightDecay({float(self.strength):g}{'' if self.biases else ', biases=False'})"

    def __eq__(self, other: object) -> bool:
        """Return whether both penalise the same parameters equally."""
        return isinstance(other, WeightDecay) and (self.strength, self.biases) == (other.strength, other.biases)

    def __hash__(self) -> int:
        """Return a hash of strength and penalised parameters."""
        return hash((self.strength, self.biases))


NONE = NoPenalty()
# optimizers of torch that add the decay to the gradient, and those that keep it apart
COUPLED = ("SGD", "Adam", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta")
DECOUPLED = ("AdamW",)


def as_penalty(weight_decay: Any) -> NoPenalty | WeightDecay:
    """Return the penalty: a bare number means `WeightDecay(number)`, None and 0 mean none.

    >>> as_penalty(0.5), as_penalty(None) is as_penalty(0)
    (WeightDecay(0.5), True)
    """
    if weight_decay is None or isinstance(weight_decay, NoPenalty):
        return NONE
    decay = weight_decay if isinstance(weight_decay, WeightDecay) else WeightDecay(weight_decay)
    return decay if decay.strength else NONE


def penalised(net: Any, penalty: NoPenalty | WeightDecay) -> list[np.ndarray]:
    """Return the parameters of a `TwoLayerNet` or a `DeepNet` that a penalty acts on."""
    if hasattr(net, "weights"):
        return [*net.weights, *(net.biases if penalty.biases else ())]
    return [net.W, net.v, np.array([net.c])] if penalty.biases else [net.W[:, :-1], net.v]


def _strength(value: Any) -> Fraction:
    """Return a strength as a fraction."""
    if isinstance(value, bool | np.bool_):
        raise InputError(f"the weight decay is {value!r}; it is a number, 0 or more")
    try:
        strength = exact.to_fraction(value)
    except (InputError, TypeError, ValueError, OverflowError):
        raise InputError(f"the weight decay is {value!r}; it is a number, 0 or more") from None
    if strength < 0:
        raise InputError(f"the weight decay is {value!r}; give 0 or a positive number")
    return strength
