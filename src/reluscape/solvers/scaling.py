"""Well-conditioned coordinates of a basin program: equal samples merged, inputs centred, whitened; and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.linalg

from ..numbers.checks import readonly
from ..numbers.seeds import stream
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.data import Dataset
from .twofold import MOST_SPLIT, less, lower_parts, product


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
        y_scale: the length of the targets that remain or up to half of it, a power of two, so that what is little
            beside its square is little beside theirs; 0 where they are all zero.
        y_square: its square.
        y_centre: what was subtracted from the targets.
        constant: sum of squares that no choice of weights changes.
        e_scale: length of the bias column before scaling.
        back: (d, r) weights on X are back @ z.
        products: (k, r (r + 1) / 2) products of the entries of each row of C, or (0, 0) where too many.
        line: (k,) number of the line through the origin on which each of these samples lies, decided exactly.
        fine: whether doubles may not tell the cells apart: lines closer, or lengths further apart, than
            `Tolerances.fine_rows`, or inputs whose rank is lost to rounding.
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
    line: np.ndarray
    fine: bool

    @property
    def r(self) -> int:
        """Number of coordinates of a unit."""
        return int(self.U.shape[1])


PRODUCT_VALUES = 1 << 23


def coordinates(data: Dataset, y: np.ndarray, output_bias: bool, merge: bool = True) -> Coordinates:
    """Return the coordinates for targets y; merge=False keeps equal samples apart."""
    n = data.n
    X, low, shift = _centred(data)
    zero = np.zeros(n, dtype=bool)
    zero[list(data.zero_rows)] = True
    in_use = np.ones(n, dtype=bool) if output_bias else ~zero
    sample, group = _distinct(data, in_use, merge)
    N = len(sample)
    count = np.bincount(group[in_use], minlength=N).astype(float)
    mean = np.bincount(group[in_use], weights=y[in_use], minlength=N) / np.maximum(count, 1.0)
    constant = float(((y[in_use] - mean[group[in_use]]) ** 2).sum() + (y[~in_use] ** 2).sum())
    weight = np.sqrt(count)
    centre = float((count * mean).sum() / count.sum()) if output_bias and N else 0.0
    target = weight * (mean - centre)
    y_scale = _power_of_two(float(np.linalg.norm(target)))
    rows = np.flatnonzero(~zero[sample]) if N else np.zeros(0, dtype=np.int64)
    features = weight[:, None] * X[sample]
    features[zero[sample]] = 0.0
    back = _whitening(features)
    # the float factor defines the coordinates; with it every feature is rounded once, whatever cancels
    U = np.ascontiguousarray(weight[:, None] * product(X[sample], low[sample], back))
    U[zero[sample]] = 0.0
    if shift is not None:
        column, means = shift
        back = back.copy()
        back[column] -= means @ back
    top = np.abs(U[rows]).max(axis=1, keepdims=True, initial=0.0)
    C = U[rows] / np.where(top > 0, top, 1.0)
    C /= np.maximum(np.linalg.norm(C, axis=1, keepdims=True), np.finfo(float).tiny)
    r = U.shape[1]
    line = _lines(data, sample[rows])
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
        line=readonly(line),
        fine=r < data.rank or _fine(C, top[:, 0], line),
    )


def _lines(data: Dataset, samples: np.ndarray) -> np.ndarray:
    """Return the number of the line through the origin of each sample, repeated, rescaled and antipodal ones alike."""
    line = np.arange(data.n)
    for group in data.parallel:
        line[list(group)] = group[0]
    return np.unique(line[samples], return_inverse=True)[1].reshape(-1)


def _fine(C: np.ndarray, top: np.ndarray, line: np.ndarray) -> bool:
    """Return whether lines are so close, or lengths so far apart, that rounding may matter to the cells."""
    if not len(C):
        return False
    least = DEFAULT.fine_rows
    if not top.min() > least * top.max():
        return True
    first = C[np.unique(line, return_index=True)[1]]
    if C.shape[1] < 2 or len(first) < 2:
        return False
    lead = np.argmax(np.abs(first), axis=1)
    first = first * np.sign(first[np.arange(len(first)), lead])[:, None]
    return _closer(np.concatenate([first, -first]), least)


def _closer(points: np.ndarray, least: float) -> bool:
    """Return whether two of the points (k, r) are closer than a distance: such points are as close on every line.

    Points are compared with those after them on one line in general position, in any number of coordinates a few each.
    """
    along = stream(0, "closest rows").normal(size=points.shape[1])
    heights = points @ (along / np.linalg.norm(along))
    order = np.argsort(heights)
    points, heights = points[order], heights[order]
    for shift in range(1, len(points)):
        near = np.flatnonzero(heights[shift:] - heights[:-shift] < least)
        if not len(near):
            return False
        if (np.linalg.norm(points[near + shift] - points[near], axis=1) < least).any():
            return True
    return False


def _power_of_two(value: float) -> float:
    """Return the largest power of two that is at most a positive number; scaling by it rounds nothing."""
    return 2.0 ** (math.frexp(value)[1] - 1) if value > 0 else 0.0


def _centred(data: Dataset) -> tuple[np.ndarray, np.ndarray, tuple[int, np.ndarray] | None]:
    """Return X with columns centred through a constant column, as sums of two doubles, and how to undo it."""
    X = data.X
    low = np.zeros(X.shape) if data.stores_doubles else lower_parts(data.fractions, X)
    if data.n == 0 or data.d < 2:
        return X, low, None
    constant = [j for j in range(data.d) if X[0, j] != 0 and (X[:, j] == X[0, j]).all()]
    if not constant:
        return X, low, None
    column = constant[-1]
    means = X.mean(axis=0)
    means[constant] = 0.0
    if not np.isfinite(means).all():
        return X, low, None
    ratios = means / X[0, column]
    shift = column, ratios
    if data.stores_doubles and _products_are_exact(X, ratios):
        return *less(X, ratios, X[:, column, None]), shift
    pillar = data.fractions[:, column]
    exactly = np.array(data.fractions)
    for j in np.flatnonzero(means).tolist():
        ratio = Fraction(float(ratios[j]))
        exactly[:, j] = [v - ratio * one for v, one in zip(data.fractions[:, j], pillar, strict=True)]
    high = exactly.astype(float)
    return high, lower_parts(exactly, high), shift


def _products_are_exact(X: np.ndarray, ratios: np.ndarray) -> bool:
    """Return whether the rounding error of every product of an entry and a ratio is a double."""
    sizes = np.abs(np.concatenate([X.reshape(-1), ratios]))
    sizes = sizes[sizes > 0]
    return bool(sizes.max(initial=1.0) < MOST_SPLIT and sizes.min(initial=1.0) > 1.0 / MOST_SPLIT)


def _distinct(data: Dataset, live: np.ndarray, merge: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return one sample of each group of equal rows, in order, and the group of every sample (-1 where not live)."""
    group = np.full(data.n, -1)
    indices = np.flatnonzero(live)
    if not merge or not len(indices):
        group[indices] = np.arange(len(indices))
        return indices, group
    same = np.arange(data.n)
    for rows in data.duplicates:
        same[list(rows)] = rows[0]
    first, inverse = np.unique(same[indices], return_inverse=True)
    group[indices] = inverse.reshape(-1)
    return first, group


def _whitening(features: np.ndarray) -> np.ndarray:
    """Return back (d, r) for which the columns of features @ back are orthonormal up to rounding and span the same."""
    N, d = features.shape
    largest = np.abs(features).max(axis=0, initial=0.0)
    length = largest * np.linalg.norm(features / np.where(largest > 0, largest, 1.0), axis=0)
    columns = np.flatnonzero(length > 0)
    if not len(columns):
        return np.zeros((d, 0))
    _, R, order = scipy.linalg.qr(features[:, columns] / length[columns], mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(R))
    r = int((diagonal > 8 * max(N, d) * MACHINE_PRECISION * diagonal[0]).sum())
    back = np.zeros((d, r))
    back[columns[order[:r]]] = scipy.linalg.lapack.dtrtri(R[:r, :r])[0]
    return back / np.where(length > 0, length, 1.0)[:, None]
