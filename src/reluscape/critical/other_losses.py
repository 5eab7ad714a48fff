"""Minimisers over a product of faces for a loss other than the squared one: numerical, and told where none exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.data import Dataset
from ..problem.losses import Loss
from ..solvers.unconstrained import minimise_free
from .components import Component, Face, kernel_of
from .onesided_float import nowhere_negative_float, vanishes_float
from .units import Lines, float_lines


@dataclass(frozen=True, eq=False)
class SmoothComponent:
    """The infimum of a convex loss over sums S_F in the spans of distinct faces F.

    Attributes:
        component: the minimisers; its start and errors are a numerical minimiser's numbers read exactly, its directions
            are exact. `loss` is the infimum.
        slopes: (n,) l'(f_i, y_i) there.
        attained: whether the infimum is attained.
        noise: (n,) how far each slope may be off.
    """

    component: Component
    slopes: np.ndarray
    attained: bool
    noise: np.ndarray


def smooth_minimisers(
    data: Dataset, faces: Sequence[Face], loss: Loss, tolerances: Tolerances = DEFAULT
) -> SmoothComponent:
    """Minimise the mean of a convex differentiable loss over a product of faces, numerically."""
    blocks = [np.array(face.design, dtype=float).reshape(data.n, -1) for face in faces]
    F = np.concatenate(blocks, axis=1) if blocks else np.zeros((data.n, 0))
    y = np.asarray(data.y, dtype=float)
    minimum = minimise_free(F, y, loss, tolerances)
    p = np.where(np.abs(minimum.p) <= tolerances.boundary * np.abs(minimum.p).max(initial=0.0), 0.0, minimum.p)
    f = F @ p
    slopes = np.asarray(loss.gradient(f, y), dtype=float)
    wide = np.asarray(loss.gradient(f + tolerances.difference_step * (1 + np.abs(f)), y), dtype=float)
    noise = tolerances.stationarity * (1 + np.abs(slopes)) + tolerances.difference_step * np.abs(wide - slopes)
    kernel = kernel_of(faces)
    start, moves, at = [], [], 0
    for face in faces:
        k = len(face.basis)
        start.append(np.array([Fraction(float(t)) for t in p[at : at + k]], dtype=object))
        moves.append(kernel[:, at : at + k])
        at += k
    component = Component(
        data=data, faces=tuple(faces), start=tuple(start), moves=tuple(moves), c=None,
        c_moves=np.array([Fraction(0)] * len(kernel), dtype=object), errors=slopes,
        loss=minimum.total / max(data.n, 1),
    )  # fmt: skip
    return SmoothComponent(component, slopes, minimum.attained, noise)


def allowed_signs_float(
    data: Dataset, face: Face, smooth: SmoothComponent, tolerances: Tolerances = DEFAULT
) -> frozenset[int]:
    """Return the output signs (0 for a silent unit) with which a unit on this face passes the one-sided test."""
    lengths = np.linalg.norm(data.X, axis=1)
    on, kinks = face.covector > 0, face.kinks[lengths[face.kinks] > 0]
    tolerance = float(smooth.noise @ lengths)
    g = smooth.slopes[on] @ data.X[on]
    psi = Lines(g, np.zeros((0, data.d)), np.zeros(0))
    if len(kinks):
        psi = float_lines(g, data.X[kinks], smooth.slopes[kinks], tolerances.parallel, tolerance)
    signs = {s for s in (1, -1) if nowhere_negative_float(psi.signed(s), tolerance).holds}
    if signs == {1, -1} and vanishes_float(psi, tolerance)[0]:
        signs.add(0)
    return frozenset(signs)
