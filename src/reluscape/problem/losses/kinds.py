"""The losses themselves, each saying what it can do.

A loss may declare `quadratic` (it is (f - y)^2, its program one of least squares), `rational` (its derivative is a
rational number where prediction and target are), `labels` (the targets that it has a meaning for), `joint` (it judges
several outputs together), `bends` (strictly convex: along every ray of predictions it lies below its chords), a method
`curvature(f, y)` and a method `intercept(g, y)`: the infimum over q of l(q, y) - g q for slopes g within the range of
l', where the tangent of slope g meets f = 0. The losses of this module are `known`: nothing about them needs a check.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np

from .softmax import cross_entropies, cross_entropy_slopes


@runtime_checkable
class Loss(Protocol):
    """A convex, differentiable loss l(f, y): one number per sample."""

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return l(f_i, y_i) for every sample."""
        ...

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the derivative of l in f at every sample."""
        ...


def able(loss: Any, ability: str) -> bool:
    """Return whether a loss declares an ability; `known` are the losses of this module themselves, no heirs of them.

    >>> able(SquaredLoss(), "quadratic"), able(LogisticLoss(), "quadratic")
    (True, False)
    """
    if ability == "known":
        return type(loss) in KINDS
    if ability == "rational" and able(loss, "quadratic"):
        return True
    return bool(getattr(loss, ability, False))


def loss_name(loss: Any) -> str:
    """Return the name of a loss for people: an own class never goes by the name of another loss.

    >>> loss_name(LogisticLoss()), loss_name(type("Expectile", (), {})())
    ('logistic', 'Expectile')
    """
    if able(loss, "quadratic"):
        return SquaredLoss.name
    name = getattr(loss, "name", None)
    mine = able(loss, "known") or (isinstance(name, str) and name not in [kind.name for kind in KINDS])
    return str(name) if mine else type(loss).__name__


class SquaredLoss:
    """l(f, y) = (f - y)^2."""

    name = "squared"
    quadratic = rational = bends = True

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the squared differences."""
        return (f - y) ** 2

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return 2 (f - y)."""
        return 2 * (f - y)

    def curvature(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return 2."""
        return np.full(np.shape(f), 2.0)

    def intercept(self, g: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return -g y - g^2 / 4."""
        return np.asarray(-g * y - g * g / 4)


class LogisticLoss:
    """l(f, y) = log(1 + exp(-y f)) for labels -1 and +1."""

    name = "logistic"
    bends = True
    labels: tuple[int, int] = (-1, 1)

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the logistic losses without overflow."""
        t = -self._sign(y) * _floats(f)
        return np.asarray(np.maximum(t, 0.0) + np.log1p(np.exp(-np.abs(t))))

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return -y / (1 + exp(y f)), which keeps its digits where it is tiny."""
        sign = self._sign(y)
        return np.asarray(-sign * _sigmoid(-sign * _floats(f)))

    def curvature(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return s (1 - s) with s = 1 / (1 + exp(-f))."""
        f = np.asarray(f, dtype=float)
        return _sigmoid(f) * _sigmoid(-f)

    def intercept(self, g: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the entropy -t log t - (1 - t) log(1 - t) of t = |g|, the chance of the other label."""
        t = np.clip(-self._sign(y) * np.asarray(g, dtype=float), 0.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = -t * np.log(t) - (1.0 - t) * np.log1p(-t)
        return np.where((t > 0) & (t < 1), terms, 0.0)

    def _sign(self, y: np.ndarray) -> np.ndarray:
        """Return the labels as -1 and +1."""
        return _floats(y)


class BinaryCrossEntropy(LogisticLoss):
    """l(f, y) = log(1 + exp(f)) - y f for labels 0 and 1 and f the logit: the logistic loss of the label 2 y - 1."""

    name = "bce"
    labels = (0, 1)

    def _sign(self, y: np.ndarray) -> np.ndarray:
        """Return the labels as -1 and +1."""
        return 2.0 * _floats(y) - 1.0


class HuberLoss:
    """l(f, y) = r^2 / 2 for r = f - y with |r| <= delta, else delta (|r| - delta / 2); divided by a number.

    Args:
        delta: where the square ends.
        divisor: 1, or delta for the form that is called "smooth L1".
    """

    name = "huber"

    def __init__(self, delta: float = 1.0, divisor: float = 1.0) -> None:
        self.delta, self.divisor = delta, divisor

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the losses."""
        r = np.abs(np.asarray(f, dtype=float) - np.asarray(y, dtype=float))
        inside = np.minimum(r, self.delta)
        return np.asarray((inside * inside / 2 + self.delta * (r - inside)) / self.divisor)

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the difference, cut off at delta."""
        r = np.asarray(f, dtype=float) - np.asarray(y, dtype=float)
        return np.asarray(np.clip(r, -self.delta, self.delta) / self.divisor)

    def intercept(self, g: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return -g y - divisor g^2 / 2."""
        return np.asarray(-g * y - self.divisor * g * g / 2)


class CrossEntropy:
    """l(f, y) = log(sum_o exp(f_o)) sum_o y_o - sum_o y_o f_o for k outputs f (softmax) and shares y that add up to 1.

    A label 0, ..., k - 1 stands for the shares that are 1 there and 0 elsewhere: l = log sum_o exp(f_o) - f_label.
    """

    name = "cross_entropy"
    joint = bends = True

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the cross-entropies (n,) of outputs (n, k) beside labels (n,) or shares (n, k), without overflow."""
        return cross_entropies(np.asarray(f, dtype=float), self._shares(f, y))

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the derivative (n, k): softmax times the sum of the shares, minus the shares."""
        return cross_entropy_slopes(np.asarray(f, dtype=float), self._shares(f, y))

    def _shares(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return targets as shares (n, k)."""
        y = np.asarray(y)
        return np.eye(np.shape(f)[1])[y.astype(int)] if y.ndim == 1 else y.astype(float)


KINDS: tuple[Any, ...] = (SquaredLoss, LogisticLoss, BinaryCrossEntropy, HuberLoss, CrossEntropy)


def _floats(values: Any) -> np.ndarray:
    """Return numbers as floats of their own precision, or as doubles."""
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else np.asarray(array, dtype=float)


def _sigmoid(t: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-t)) without overflow."""
    small = np.exp(-np.abs(t))
    return np.asarray(np.where(t >= 0, 1.0, small) / (1.0 + small))
