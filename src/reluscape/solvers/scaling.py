"""Well-conditioned coordinates of a basin program: equal samples merged, inputs centred, whitened; and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.linalg

from ..data import Dataset, readonly
from ..tolerances import MACHINE_PRECISION


@dataclass(frozen=True, eq=False)
class Coordinates:
    """One data set in the coordinates the solver works in.

    Distinct sample t stands for the samples i with group[i] = t and weighs sqrt(their number); zero samples are left
    out unless an output bias reaches them.

    Attributes:
        U: (N, r) features with orthonormal columns, a zero row for a zero sample.
        E: (N,) unit column of the output bias, or (0,).
        y: (N,) targets, centred where there is an output bias, divided by `y_scale`.
        C: (k, r) unit rows of the k distinct non-zero samples.
        rows: (k,) which distinct samples these are.
        sample: (N,) one original sample of each distinct one.
        group: (n,) distinct sample of each original one, -1 where left out.
        weight: (N,) square root of the number of samples that each stands for.
        y_scale: about the length of the targets that remain, a power of two; 0 where they are all zero.
        y_square: its square.
        y_centre: what was subtracted from the targets.
        constant: sum of squares that no choice of weights changes.
        e_scale: length of the bias column before scaling.
        back: (d, r) weights on X are back @ z.
        products: (k, r (r + 1) / 2) products of the entries of each row of C, or (0, 0) where too many.
    """

    U: np.ndarray
    E: np.ndarray
    y: np.ndarray
    C: np.ndarray
    rows: np.ndarray
    sample: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    y_scale: float
    y_square: float
    y_centre: float
    constant: float
    e_scale: float
    back: np.ndarray
    products: np.ndarray

    @property
    def r(self) -> int:
        """Number of coordinates of a unit."""
        return int(self.U.shape[1])


PRODUCT_VALUES = 1 << 23


def coordinates(data: Dataset, y: np.ndarray, output_bias: bool, merge: bool = True) -> Coordinates:
    """Return the coordinates for targets y; merge=False keeps equal samples apart."""
    n = data.n
    X, shift = _centred(data)
    zero = np.zeros(n, dtype=bool)
    zero[list(data.zero_rows)] = True
    kept = np.ones(n, dtype=bool) if output_bias else ~zero
    sample, group = _distinct(data.X, kept, merge)
    N = len(sample)
    count = np.bincount(group[kept], minlength=N).astype(float)
    mean = np.bincount(group[kept], weights=y[kept], minlength=N) / np.maximum(count, 1.0)
    constant = float(((y[kept] - mean[group[kept]]) ** 2).sum() + (y[~kept] ** 2).sum())
    weight = np.sqrt(count)
    centre = float((count * mean).sum() / count.sum()) if output_bias and N else 0.0
    target = weight * (mean - centre)
    y_scale = _power_of_two(float(np.linalg.norm(target)))
    rows = np.flatnonzero(~zero[sample]) if N else np.zeros(0, dtype=np.int64)
    features = weight[:, None] * X[sample]
    features[zero[sample]] = 0.0
    U, back = _whitened(features)
    if shift is not None:
        column, means = shift
        back = back.copy()
        back[column] -= means @ back
    length = np.linalg.norm(U[rows], axis=1, keepdims=True)  # zero where a row is lost beside much larger ones
    C = U[rows] / np.where(length > 0, length, 1.0)
    r = U.shape[1]
    a, b = np.tril_indices(r)
    fits = len(rows) * len(a) <= PRODUCT_VALUES
    e_scale = float(np.linalg.norm(weight)) if output_bias else 0.0
    return Coordinates(
        U=readonly(U),
        E=readonly(weight / e_scale if output_bias and N else np.zeros(0)),
        y=readonly(target / y_scale if y_scale > 0 else target),
        C=readonly(C),
        rows=readonly(rows),
        sample=readonly(sample),
        group=readonly(group),
        weight=readonly(weight),
        y_scale=y_scale,
        y_square=y_scale * y_scale,
        y_centre=centre,
        constant=constant,
        e_scale=e_scale,
        back=readonly(back),
        products=readonly(np.ascontiguousarray(C[:, a] * C[:, b]) if fits else np.zeros((0, 0))),
    )


def _power_of_two(value: float) -> float:
    """Return the power of two nearest to a positive number on the logarithmic scale; scaling by it rounds nothing."""
    return float(2.0 ** round(math.log2(value))) if value > 0 else 0.0


def _centred(data: Dataset) -> tuple[np.ndarray, tuple[int, np.ndarray] | None]:
    """Return X with columns centred through a constant column, exactly before rounding, and how to undo it."""
    X = data.X
    if data.n == 0 or data.d < 2:
        return X, None
    constant = [j for j in range(data.d) if X[0, j] != 0 and (X[:, j] == X[0, j]).all()]
    if not constant:
        return X, None
    column = constant[-1]
    means = X.mean(axis=0)
    means[constant] = 0.0
    if not np.isfinite(means).all():
        return X, None
    centred = np.empty_like(X)
    for j in range(data.d):
        centre = Fraction(float(means[j]))
        centred[:, j] = X[:, j] if means[j] == 0.0 else [float(v - centre) for v in data.fractions[:, j]]
    return centred, (column, means / X[0, column])


def _distinct(X: np.ndarray, kept: np.ndarray, merge: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return one sample of each group of equal rows, in order, and the group of every sample (-1 where not kept)."""
    group = np.full(len(X), -1)
    chosen = np.flatnonzero(kept)
    if not merge or not len(chosen):
        group[chosen] = np.arange(len(chosen))
        return chosen, group
    _, first, inverse = np.unique(X[chosen] + 0.0, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    group[chosen] = rank[inverse.reshape(-1)]
    return chosen[first[order]], group


def _whitened(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return U (N, r) with orthonormal columns that span the features, and back (d, r) with features @ back = U."""
    N, d = features.shape
    largest = np.abs(features).max(axis=0, initial=0.0)
    length = largest * np.linalg.norm(features / np.where(largest > 0, largest, 1.0), axis=0)
    used = np.flatnonzero(length > 0)
    if not len(used):
        return np.zeros((N, 0)), np.zeros((d, 0))
    Q, R, order = scipy.linalg.qr(features[:, used] / length[used], mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(R))
    r = int((diagonal > 8 * max(N, d) * MACHINE_PRECISION * diagonal[0]).sum())
    back = np.zeros((d, r))
    back[used[order[:r]]] = scipy.linalg.solve_triangular(R[:r, :r], np.eye(r))
    back /= np.where(length > 0, length, 1.0)[:, None]
    U = np.ascontiguousarray(Q[:, :r])
    U[~features.any(axis=1)] = 0.0
    return U, back
