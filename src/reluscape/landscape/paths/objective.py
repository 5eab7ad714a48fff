"""The loss along the ray c -> c P of rescaled predictions: closed form for the squared loss, root finding otherwise."""

from __future__ import annotations

import numpy as np

from ...errors import ShapeError
from ...problem.losses import able, check_classes
from ...problem.problem import Problem

DOUBLINGS = 200
BISECTIONS = 200


class Objective:
    """The mean loss of a problem as a function of predictions, convex in them.

    Args:
        problem: the problem, without a penalty.
    """

    def __init__(self, problem: Problem) -> None:
        problem.refuse_penalty()
        self.problem, self.loss = problem, problem.loss
        self.cross_entropy = able(self.loss, "joint")
        self.squared = able(self.loss, "quadratic")
        self.y = problem.targets[:, 0] if problem.outputs == 1 else problem.targets

    def __call__(self, P: np.ndarray) -> float:
        """Return the loss of predictions."""
        F = P[:, None] if P.ndim == 1 else P
        if len(F) != self.problem.n or (F.shape[1] != self.problem.outputs and not self.cross_entropy):
            raise ShapeError(f"the predictions have shape {P.shape}, the targets {self.y.shape}")
        if not self.cross_entropy:
            return self.problem.mean_loss.value(F, self.problem.targets)
        return self.problem.mean_loss.value(F, np.eye(F.shape[1])[self.labels(F)])

    def labels(self, P: np.ndarray) -> np.ndarray:
        """Return the labels, checked against the number of outputs; a class may be on no sample."""
        if len(P) != self.problem.n:
            raise ShapeError(f"there are {self.problem.n} labels for {len(P)} samples")
        return check_classes(self.y.argmax(axis=1), P.shape[1] if P.ndim == 2 else 1)

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
