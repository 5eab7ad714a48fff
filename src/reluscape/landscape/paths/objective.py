"""The loss along the ray c -> c P of rescaled predictions: closed form for the squared loss, root finding otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ShapeError
from ...problem.losses import CrossEntropy, able, check_classes, check_labels, get_loss, plain_loss

DOUBLINGS = 200
BISECTIONS = 200


class Objective:
    """A mean loss of predictions, convex in them.

    Args:
        y: targets (n,) or (n, k); labels 0 to k - 1 for "cross_entropy".
        loss: "squared", "cross_entropy" (softmax over k outputs), another name or an object.
    """

    def __init__(self, y: Any, loss: Any) -> None:
        read = plain_loss(loss)
        self.cross_entropy = isinstance(read, str) and read == CrossEntropy.name
        self.y = np.asarray(y, dtype=float)
        self.loss = None if self.cross_entropy else get_loss(read)
        self.squared = able(self.loss, "quadratic")
        if self.loss is not None:
            check_labels(self.loss, self.y)

    def __call__(self, P: np.ndarray) -> float:
        """Return the loss of predictions."""
        if self.cross_entropy:
            return float(np.mean(CrossEntropy().value(P, self.labels(P))))
        if P.shape != self.y.shape:
            raise ShapeError(f"the predictions have shape {P.shape}, the targets {self.y.shape}")
        return float(np.sum(get_loss(self.loss).value(P, self.y)) / max(len(P), 1))

    def labels(self, P: np.ndarray) -> np.ndarray:
        """Return the labels, checked against the number of outputs."""
        if len(P) != len(self.y):
            raise ShapeError(f"there are {len(self.y)} labels for {len(P)} samples")
        return check_classes(self.y, P.shape[1] if P.ndim == 2 else 1)

    def grows(self, P: np.ndarray) -> bool:
        """Return whether the loss of c P exceeds every bound as c grows (the condition to rescale to any level)."""
        if self.squared:
            return bool(np.abs(P).max(initial=0.0) > 0)
        if self.cross_entropy:
            right = P[np.arange(len(P)), self.labels(P)]
            return bool((P.max(axis=1) > right).any())
        c = 1.0
        base = self(0 * P)
        for _ in range(DOUBLINGS):
            if self(c * P) > 2 * base + 1:
                return True
            c *= 2
        return False

    def upper_root(self, P: np.ndarray, level: float, start: float = 0.0) -> float:
        """Return the largest c > start with loss(c P) = level, where loss(start P) <= level; infinity for none."""
        if self.squared:
            a, b = float((P * P).sum()), float((P * self.y).sum())
            rest = float((self.y * self.y).sum()) - level * max(len(P), 1)
            inner = max(b * b - a * rest, 0.0)
            # b + sqrt(inner) cancels for b < 0; the product of the roots is rest / a
            return (b + np.sqrt(inner)) / a if b >= 0 or rest >= 0 else -rest / (np.sqrt(inner) - b)
        high = max(2 * start, 1.0)
        for _ in range(DOUBLINGS):
            if self(high * P) > level:
                break
            high *= 2
        else:
            return float("inf")
        low = self.lowest(P, start, high)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            if middle in (low, high):
                break
            low, high = (middle, high) if self(middle * P) <= level else (low, middle)
        return low

    def lowest(self, P: np.ndarray, low: float, high: float) -> float:
        """Return where the convex function c -> loss(c P) is least on [low, high], by golden sections."""
        ratio = (np.sqrt(5.0) - 1) / 2
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        fa, fb = self(a * P), self(b * P)
        for _ in range(BISECTIONS):
            if fa <= fb:
                high, b, fb = b, a, fa
                a = high - ratio * (high - low)
                fa = self(a * P)
            else:
                low, a, fa = a, b, fb
                b = low + ratio * (high - low)
                fb = self(b * P)
        return (low + high) / 2
