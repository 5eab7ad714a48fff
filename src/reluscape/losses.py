"""Losses of one prediction and one target, and their mean over the samples."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np

from .errors import InputError, ShapeError


@runtime_checkable
class Loss(Protocol):
    """A convex, differentiable loss l(f, y): one number per sample."""

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return l(f_i, y_i) for every sample."""
        ...

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the derivative of l in f at every sample."""
        ...


class SquaredLoss:
    """l(f, y) = (f - y)^2."""

    name = "squared"

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the squared differences."""
        return (f - y) ** 2

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return 2 (f - y)."""
        return 2 * (f - y)


class LogisticLoss:
    """l(f, y) = log(1 + exp(-y f)) for labels -1 and +1."""

    name = "logistic"

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the logistic losses without overflow."""
        return np.logaddexp(0.0, -np.asarray(y, dtype=float) * np.asarray(f, dtype=float))

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return -y / (1 + exp(y f))."""
        y = np.asarray(y, dtype=float)
        return -y * _sigmoid(-y * np.asarray(f, dtype=float))


class BinaryCrossEntropy:
    """l(f, y) = log(1 + exp(f)) - y f for labels 0 and 1 and f the logit."""

    name = "bce"

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the cross-entropies without overflow."""
        f = np.asarray(f, dtype=float)
        return np.logaddexp(0.0, f) - np.asarray(y, dtype=float) * f

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return sigmoid(f) - y."""
        return _sigmoid(np.asarray(f, dtype=float)) - np.asarray(y, dtype=float)


class CrossEntropy:
    """l(f, y) = log sum_o exp(f_o) - f_y for a label y = 0, ..., k - 1 and k outputs f (softmax)."""

    name = "cross_entropy"

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the cross-entropies (n,) of outputs (n, k) without overflow."""
        f = np.asarray(f, dtype=float)
        rows = np.arange(len(f))
        top = f.max(axis=1)
        return np.asarray(top + np.log(np.exp(f - top[:, None]).sum(axis=1)) - f[rows, np.asarray(y, dtype=int)])


def check_classes(y: np.ndarray, k: int) -> np.ndarray:
    """Return labels as whole numbers 0 to k - 1.

    Raises:
        InputError: fewer than two outputs, or a label that is none of them.
    """
    y = np.asarray(y, dtype=float)
    if k < 2:
        raise ShapeError("cross_entropy needs at least two outputs: with one the loss is constant")
    if y.ndim != 1 or (y != np.round(y)).any() or (y < 0).any():
        raise InputError("cross_entropy needs labels 0 to k - 1, one whole number per sample")
    if (y >= k).any():
        raise InputError(f"label {int(y.max())} with {k} outputs; labels run from 0")
    return y.astype(int)


def _sigmoid(t: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-t)) without overflow."""
    return np.exp(-np.logaddexp(0.0, -t))


_BY_NAME = {cls.name: cls for cls in (SquaredLoss, LogisticLoss, BinaryCrossEntropy)}


def get_loss(loss: Any) -> Loss:
    """Return the loss with this name, or the user's own object with `value(f, y)` and `gradient(f, y)`.

    >>> get_loss("squared").value(np.array([1.0]), np.array([3.0]))
    array([4.])
    """
    if isinstance(loss, str):
        if loss not in _BY_NAME:
            raise InputError(f"unknown loss {loss!r}; choose {', '.join(map(repr, _BY_NAME))} or give an object")
        return _BY_NAME[loss]()
    if not (callable(getattr(loss, "value", None)) and callable(getattr(loss, "gradient", None))):
        raise InputError("a loss object needs the methods value(f, y) and gradient(f, y), one number per sample")
    return loss


def check_labels(loss: Loss, y: np.ndarray) -> None:
    """Refuse targets that the loss has no meaning for.

    Raises:
        InputError: the logistic loss needs -1/+1, the binary cross-entropy 0/1.
    """
    wanted = {"logistic": (-1, 1), "bce": (0, 1)}.get(getattr(loss, "name", ""))
    if wanted is not None and not np.isin(np.asarray(y, dtype=float), wanted).all():
        name, (low, high) = getattr(loss, "name", ""), wanted
        raise InputError(
            f"the {name} loss needs targets {low} and {high}; code the classes so (--labels NEG={low},POS={high})"
        )


def mean_loss(loss: Any, f: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of l(f_i, y_i) over the samples (0 for no samples)."""
    values = get_loss(loss).value(np.asarray(f, dtype=float), np.asarray(y, dtype=float))
    return float(np.mean(values)) if np.size(values) else 0.0
