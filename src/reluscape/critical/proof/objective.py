"""What is minimised, as exact numbers: data, loss and penalty of a network with layers of given sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.exact import fraction_array, to_fraction

SQUARED, BCE, SOFTMAX = "squared", "bce", "cross_entropy"
OFF_EVERYWHERE = -1
# kinks that are independent modulo this prime are independent
PRIME = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Objective:
    """J = (1/n) sum_i l(f(x_i), y_i) + decay / 2 * sum of the squares of the penalised parameters.

    The parameters of a layer are one matrix (out, in + 1), the bias last where it has one; theta lists them layer by
    layer, row by row. The loss of a sample is the sum over its outputs.

    Attributes:
        X: (n, d) fractions.
        Y: (n, k) fractions; labels 0 and 1 for "bce", shares for "cross_entropy".
        loss: "squared", "bce" or "cross_entropy".
        shapes: (out, in) of each layer, first layer first.
        has_bias: for each layer whether a bias is trained.
        decay: a fraction, not negative.
        penalised: a boolean matrix for each layer.
        sleepers: for each hidden layer whether units at zero were left out, which can wake; () for none.
    """

    X: np.ndarray
    Y: np.ndarray
    loss: str
    shapes: tuple[tuple[int, int], ...]
    has_bias: tuple[bool, ...]
    decay: Fraction
    penalised: tuple[np.ndarray, ...]
    sleepers: tuple[bool, ...] = ()

    @cached_property
    def float_samples(self) -> np.ndarray:
        """(n, d) the samples in doubles."""
        return np.asarray(self.X, dtype=float)

    @cached_property
    def float_targets(self) -> np.ndarray:
        """(n, k) the targets in doubles."""
        return np.asarray(self.Y, dtype=float)

    @cached_property
    def float_decay(self) -> np.ndarray:
        """(p,) the decay of each parameter in doubles."""
        return np.where(self.mask, float(self.decay), 0.0)

    @cached_property
    def lines(self) -> tuple[list[int], list[Fraction]]:
        """For each row the first row that it is a multiple of, and the multiple; OFF_EVERYWHERE and 0 for zeros."""
        first: dict[tuple[Fraction, ...], tuple[int, Fraction]] = {}
        rows, factors = [], []
        for i, row in enumerate(self.X):
            lead = next((v for v in row if v != 0), None)
            if lead is None:
                rows.append(OFF_EVERYWHERE)
                factors.append(Fraction(0))
                continue
            at, scale = first.setdefault(tuple(v / lead for v in row), (i, lead))
            rows.append(at)
            factors.append(lead / scale)
        return rows, factors

    @cached_property
    def equal_rows(self) -> list[int]:
        """For each row the first row that is equal to it."""
        first_rows: dict[tuple[Fraction, ...], int] = {}
        return [first_rows.setdefault(tuple(row), i) for i, row in enumerate(self.X)]

    @cached_property
    def residues(self) -> np.ndarray | None:
        """(n, d) the samples modulo PRIME, None where one of their denominators vanishes there."""
        flat = self.X.reshape(-1)
        if not all(v.denominator % PRIME for v in flat):
            return None
        return np.array([v.numerator * pow(v.denominator, -1, PRIME) % PRIME for v in flat], dtype=np.int64).reshape(
            self.X.shape
        )

    @property
    def depth(self) -> int:
        """Number of layers, the output counted."""
        return len(self.shapes)

    @cached_property
    def matrix_shapes(self) -> tuple[tuple[int, int], ...]:
        """Shape of each layer's matrix with its bias."""
        return tuple((out, inputs + int(has)) for (out, inputs), has in zip(self.shapes, self.has_bias, strict=True))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each layer begins in theta, and the number of parameters last."""
        return tuple(np.cumsum([0, *(a * b for a, b in self.matrix_shapes)]).tolist())

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.starts[-1]

    @cached_property
    def mask(self) -> np.ndarray:
        """(p,) booleans: the penalised parameters."""
        return np.concatenate([part.reshape(-1) for part in self.penalised]) if self.size else np.zeros(0, dtype=bool)

    def matrices(self, theta: Any) -> list[Any]:
        """Return the matrices of the layers."""
        return [
            theta[a:b].reshape(*shape)
            for a, b, shape in zip(self.starts, self.starts[1:], self.matrix_shapes, strict=False)
        ]

    def sleeps(self, layer: int) -> bool:
        """Return whether a hidden layer has units at zero beside these."""
        return bool(self.sleepers) and self.sleepers[layer]

    def kept(self, units: Sequence[np.ndarray], sleepers: tuple[bool, ...] = ()) -> tuple[Objective, np.ndarray]:
        """Return the objective with only some units of each hidden layer, and which parameters stay (p,) booleans."""
        incoming = [np.ones(self.X.shape[1], dtype=bool), *units]
        outgoing = [*units, np.ones(self.shapes[-1][0], dtype=bool)]
        stays, shapes, masks = [], [], []
        for out, inputs, has, part in zip(outgoing, incoming, self.has_bias, self.penalised, strict=True):
            columns = np.concatenate([inputs, np.ones(int(has), dtype=bool)])
            stays.append(np.outer(out, columns).reshape(-1))
            shapes.append((int(out.sum()), int(inputs.sum())))
            masks.append(part[out][:, columns])
        smaller = Objective(self.X, self.Y, self.loss, tuple(shapes), self.has_bias, self.decay, tuple(masks), sleepers)
        return smaller, np.concatenate(stays)


def build_objective(
    shapes: Sequence[tuple[int, int]],
    has_bias: Sequence[bool],
    X: Any,
    y: Any,
    loss: str,
    decay: Any = 0,
    biases: bool = True,
    ones_last: bool = False,
) -> Objective:
    """Return the objective of a network on its data.

    Args:
        shapes: (out, in) of each layer.
        has_bias: for each layer whether a bias is trained.
        X: (n, d) numbers, taken exactly.
        y: (n,), (n, k) targets, or (n,) classes 0, 1, ... for several outputs under "cross_entropy".
        loss: "squared", "logistic" (labels -1 and 1), "bce" (0 and 1) or "cross_entropy".
        decay: the weight decay's value.
        biases: whether the decay also counts the biases.
        ones_last: the last column of X is the column of ones, whose weights are biases.

    Raises:
        InputError, ShapeError: a loss that is not covered, targets or data that do not fit.
    """
    exact_X, exact_Y = fraction_array(X), fraction_array(y)
    outputs = shapes[-1][0]
    if exact_X.ndim != 2 or exact_X.shape[1] != shapes[0][1]:
        raise ShapeError(f"X has shape {exact_X.shape}, the network expects {shapes[0][1]} columns")
    if loss == SOFTMAX and exact_Y.ndim == 1 and outputs > 1:
        exact_Y = _one_hot(exact_Y, outputs)
    exact_Y = exact_Y.reshape(len(exact_Y), -1)
    if exact_Y.shape != (len(exact_X), outputs):
        raise ShapeError(f"the targets have shape {exact_Y.shape}, expected ({len(exact_X)}, {outputs})")
    name, labels = _plain(loss, exact_Y)
    masks = []
    for k, ((out, inputs), has) in enumerate(zip(shapes, has_bias, strict=True)):
        part = np.ones((out, inputs + int(has)), dtype=bool)
        if not biases:
            part[:, inputs:] = False
            if k == 0 and ones_last:
                part[:, inputs - 1] = False
        masks.append(part & (decay != 0))
    return Objective(exact_X, labels, name, tuple(shapes), tuple(map(bool, has_bias)), to_fraction(decay), tuple(masks))


def _one_hot(classes: np.ndarray, k: int) -> np.ndarray:
    """Return classes as shares."""
    if any(c.denominator != 1 or not 0 <= c < k for c in classes):
        raise InputError(f"the targets are no classes 0, ..., {k - 1}")
    out = np.full((len(classes), k), Fraction(0), dtype=object)
    for i, c in enumerate(classes):
        out[i, int(c)] = Fraction(1)
    return out


def _plain(loss: str, Y: np.ndarray) -> tuple[str, np.ndarray]:
    """Return the loss and the targets in the form that the proof takes."""
    if loss == "logistic":
        if any(v not in (-1, 1) for v in Y.reshape(-1)):
            raise InputError("the logistic loss needs the labels -1 and 1")
        return BCE, (Y + 1) / 2
    if loss == BCE and any(not 0 <= v <= 1 for v in Y.reshape(-1)):
        raise InputError("the bce loss needs the labels 0 and 1")
    if loss == SOFTMAX and (Y.shape[1] < 2 or any(v < 0 for v in Y.reshape(-1)) or any(sum(r) != 1 for r in Y)):
        raise InputError("the cross_entropy loss needs several outputs and shares that add up to 1 in every row")
    if loss not in (SQUARED, BCE, SOFTMAX):
        raise InputError(f"the loss {loss} is not covered by an interval proof; covered are squared, logistic, bce and "
                         "cross_entropy")  # fmt: skip
    return loss, Y
