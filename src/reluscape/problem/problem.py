"""What is minimised: the mean loss of a network on data plus a penalty of its weights, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.entries import entries
from ..numbers.overflow import constant
from ..numbers.tolerances import DEFAULT, Tolerances
from .beside import agrees
from .data import Dataset, check_signs
from .gradients import (
    Layers,
    Weights,
    layer_outputs,
    network_gradient,
    predictions,
    weight_gradient,
    with_decay,
)
from .losses import CrossEntropy, able, plain_loss
from .networks import DeepNet
from .outputs import OutputLoss, output_loss
from .penalties import NONE, NoPenalty, WeightDecay, as_penalty, penalised
from .targets import ends_in_ones, samples_and_targets


@constant
@dataclass(frozen=True, eq=False, init=False)
class Problem:
    """What is minimised, J = (1/n) sum_i l(f(x_i), y_i) + penalty, for f(x) = sum_j v_j relu(<w_j, x>) + c.

    Several outputs count by the sum of their losses, sample by sample. Networks of any depth are valued too.

    Attributes:
        data: the samples, and the targets where there is one output.
        targets: (n, k) targets as floats, read-only; `given_targets` are the same as they were given, exact.
        loss: l of one output, with value(f, y) and gradient(f, y); `CrossEntropy` joins the outputs.
            `given_loss` is its name, or the object that was given.
        penalty: what is added to the mean loss, `WeightDecay` or nothing.
        output_bias: whether c is trained; without it c is 0.
        signs: (m,) signs to which the output weights are frozen, or None.
        tolerances: when a float counts as zero.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets; (n, k) for k outputs; labels 0, ..., k - 1 or rows of
            shares for "cross_entropy".
        loss: "squared", "logistic" (y = -1, 1), "bce" (y = 0, 1), "huber", "cross_entropy", a loss of torch, or a
            convex differentiable object with value(f, y) and gradient(f, y).
        weight_decay: None, a number (`WeightDecay(number)`), or a `WeightDecay`.
        output_bias: True adds a free constant c.
        signs: (m,) -1 or 1, to freeze the signs of the output weights.
        tolerances: the numerical policy.

    Raises:
        InputError: no targets, targets that the loss has no meaning for, a negative decay, decay of frozen output
            weights, or free biases without a column of ones.
        ShapeError: targets of another shape.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> problem = Problem([[1], [-1]], [1, 2], weight_decay="1/2")
        >>> net = TwoLayerNet([[1.0]], [1.0])
        >>> problem.value(net)  # the mean of 0 and 4, and a quarter of 1 + 1
        2.5
        >>> problem.gradient(net).W.tolist()
        [[0.5]]
    """

    data: Dataset
    targets: np.ndarray
    loss: Any
    penalty: NoPenalty | WeightDecay
    output_bias: bool
    signs: np.ndarray | None
    tolerances: Tolerances

    def __init__(
        self,
        X: Any,
        y: Any = None,
        loss: Any = "squared",
        weight_decay: Any = None,
        output_bias: bool = False,
        signs: Any = None,
        tolerances: Tolerances = DEFAULT,
    ) -> None:
        criterion = plain_loss(loss)
        data, raw_targets = samples_and_targets(X, y, joint=criterion == CrossEntropy.name)
        targets = readonly(raw_targets, dtype=float)
        mean = output_loss(criterion, targets)
        penalty = as_penalty(weight_decay)
        frozen = None if signs is None else readonly(check_signs(signs, np.size(signs)))
        if frozen is not None and penalty is not NONE:
            raise InputError("weight decay needs output weights that are trained; give signs=None")
        if penalty is not NONE and not penalty.biases and not ends_in_ones(data):
            raise InputError(
                "biases=False leaves the last column of X free, which is to be the column of ones; "
                "give Dataset(X, y, bias=True), or WeightDecay(value) where there are no biases"
            )
        state = self.__dict__
        state["data"], state["targets"], state["_given"] = data, targets, raw_targets
        state["given_loss"], state["loss"] = criterion, CrossEntropy() if mean.each is None else mean.each
        state["penalty"], state["output_bias"], state["signs"] = penalty, bool(output_bias), frozen
        state["tolerances"], state["mean_loss"] = tolerances, mean

    mean_loss: OutputLoss
    given_loss: Any

    def __repr__(self) -> str:
        """Describe the problem in one line."""
        parts = [repr(self.data), self.mean_loss.name]
        parts += [repr(self.penalty)] if self.penalty is not NONE else []
        parts += ["output bias"] if self.output_bias else []
        parts += [f"{len(self.signs)} frozen signs"] if self.signs is not None else []
        return f"Problem({', '.join(parts)})"

    @property
    def n(self) -> int:
        """Number of samples."""
        return self.data.n

    @property
    def outputs(self) -> int:
        """Number of outputs k."""
        return self.targets.shape[1]

    @property
    def y(self) -> np.ndarray:
        """(n,) targets of the one output.

        Raises:
            InputError: several outputs.
        """
        if self.outputs != 1:
            raise InputError(f"the targets have {self.outputs} columns; this needs a single one")
        return np.asarray(self.targets[:, 0])

    @cached_property
    def given_targets(self) -> np.ndarray:
        """(n, k) targets as they were given, exact numbers where they are numbers."""
        raw_targets: np.ndarray = self.__dict__["_given"]
        return raw_targets if self.data.y is None or self.outputs > 1 else np.asarray(self.data.y_fractions[:, None])

    @cached_property
    def live(self) -> np.ndarray:
        """(n,) bool, samples that are not zero: the others are out of every unit's reach."""
        live = np.ones(self.n, dtype=bool)
        live[list(self.data.zero_rows)] = False
        return live

    @property
    def plain(self) -> bool:
        """Whether it is the squared loss of one output alone: no penalty, no output bias, no frozen sign."""
        return (
            able(self.loss, "quadratic") and self.outputs == 1 and self.penalty is NONE and not self.output_bias
            and self.signs is None
        )  # fmt: skip

    def plain_data(self) -> Dataset:
        """Return the data, for what is known of the squared loss alone.

        Raises:
            InputError: another loss, a penalty, an output bias, frozen signs, or several outputs.
        """
        return self.only()

    def only(
        self, loss: bool = False, penalty: bool = False, output_bias: bool = False, signs: bool = False
    ) -> Dataset:
        """Return the data after a look whether the problem asks for more than a function covers.

        Args:
            loss: another loss than the squared one is covered.
            penalty: weight decay is covered.
            output_bias: an output bias is covered.
            signs: frozen signs are covered.

        Raises:
            InputError: names what is not covered.
        """
        beyond = {
            "the squared loss": not loss and not able(self.loss, "quadratic"),
            "problems without weight decay": not penalty and self.penalty is not NONE,
            "networks without output bias": not output_bias and self.output_bias,
            "output weights of free sign": not signs and self.signs is not None,
            "one output": self.outputs != 1,
        }
        for scope, excess in beyond.items():
            if excess:
                raise InputError(f"this covers {scope} only; the problem given is {self!r}")
        return self.data

    def refuse_penalty(self) -> None:
        """Raise InputError where the problem has weight decay, which the function that asks does not cover."""
        if self.penalty is not NONE:
            raise InputError(f"this covers problems without weight decay only; the problem given is {self!r}")

    def value(self, net: Any) -> float:
        """Return J(net): the mean loss plus the penalty, of a `TwoLayerNet` or a `DeepNet`."""
        return self.mean_loss.value(self._outputs(net), self.targets) + self.penalty.value(penalised(net, self.penalty))

    def exact_value(self, W: Any, v: Any, c: Any = 0) -> Fraction:
        """Return J at exact weights W (m, d), v (m,), c as a `Fraction`.

        Raises:
            InputError: the loss has no rational values, or several outputs.
        """
        if not able(self.loss, "quadratic") or self.outputs != 1:
            raise InputError("an exact value needs the squared loss of one output: another value is no rational number")
        W, v = exact.fraction_array(entries(W, "W")), exact.fraction_array(entries(v, "v"))
        constant = exact.to_fraction(c)
        heights = self.data.fractions @ W.T
        f = (heights * (heights > 0).astype(int).astype(object)) @ v + constant
        total = sum(((a - b) ** 2 for a, b in zip(f, self.data.y_fractions, strict=True)), Fraction(0))
        parts = [W, v, np.array([constant])] if self.penalty.biases else [W[:, :-1], v]
        return total / max(self.n, 1) + self.penalty.exact_value(parts)

    def gradient(self, net: Any) -> Weights | Layers:
        """Return the gradient of J in the weights; a unit counts as off for a sample on its own hyperplane.

        Returns:
            `Weights` W (m, d), v (m,), c for a `TwoLayerNet`, the part in c 0 where it is not trained; `Layers` of
            matrices and vectors for a `DeepNet`, zeros for a bias that a layer does not have.
        """
        if isinstance(net, DeepNet):
            outputs = layer_outputs(self.data.X, net.weights, net.biases, net.slopes)
            return network_gradient(net, self.data.X, outputs, self.slopes(outputs[-1]), self.penalty)
        f, heights = predictions(self.data.X, net.W, net.v, net.c)
        mean = weight_gradient(self.data.X, heights, net.v, self.slopes(f[:, None])[:, 0])
        whole = with_decay(mean, net, self.penalty)
        return whole if self.output_bias else whole._replace(c=whole.c * 0.0)

    def slopes(self, F: np.ndarray) -> np.ndarray:
        """Return the derivative (n, k) of the mean loss in the outputs F (n, k)."""
        return self.mean_loss.gradient(np.asarray(F, dtype=float), self.targets)

    def curvature(self, f: np.ndarray) -> np.ndarray:
        """Return the second derivative (n,) of the loss of one output at predictions f (n,)."""
        return self.mean_loss.curvature(np.asarray(f, dtype=float), self.y)

    @property
    def zero_value(self) -> float:
        """J of the zero network."""
        return self.mean_loss.value(np.zeros(self.targets.shape), self.targets)

    @cached_property
    def constant_value(self) -> float:
        """Mean loss of the best constant outputs: its infimum where none is the best."""
        from .references import constant_value

        return constant_value(self.loss, self.targets)

    def _outputs(self, net: Any) -> np.ndarray:
        """Return the outputs (n, k) of a network."""
        f = np.asarray(net.predict(self.data), dtype=float)
        F = f[:, None] if f.ndim == 1 else f
        if F.shape != self.targets.shape:
            raise ShapeError(f"the network has {F.shape[1]} outputs, the targets {self.outputs} columns")
        return F


def as_problem(X: Any, y: Any = None, **settings: Any) -> Problem:
    """Return a `Problem` as it is, or build one from (X, y) and the arguments of `Problem`.

    Args:
        X: a Problem, a `Dataset`, or (n, d) samples.
        y: (n,) targets; None beside a Problem.
        settings: loss, weight_decay, output_bias, signs, tolerances; beside a Problem only defaults, or what it says.

    Raises:
        InputError: a Problem beside targets, or beside settings that contradict it.

    >>> problem = Problem([[1]], [2], output_bias=True)
    >>> as_problem(problem, output_bias=False) is problem
    True
    """
    if not isinstance(X, Problem):
        return Problem(X, y, **settings)
    if y is not None:
        raise InputError("the problem holds its targets; give y only beside X")
    for name, value in settings.items():
        if not agrees(X, name, value):
            raise InputError(f"the problem says another {name.replace('_', ' ')}; give {name} only beside X and y")
    return X
