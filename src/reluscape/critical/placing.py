"""A minimiser put where its pattern says: one choice of output signs, exact weights, the verdict on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError
from ..numbers import exact
from ..numbers.checks import readonly
from ..problem.data import Dataset, check_pattern
from ..problem.losses import Loss, able
from ..problem.networks import TwoLayerNet
from ..problem.targets import with_targets
from ..solvers.linear import strictly_feasible
from .components import Component, Face, make_face, short_point, sign_choices, units_of
from .optimality import certify
from .verdict import Verdict


@dataclass(frozen=True, eq=False)
class Placed:
    """A point of a product of faces.

    Attributes:
        W, v: exact weights; with another loss than the squared one they are a numerical minimiser read exactly.
        signs: (m,) output signs, 0 for units with R_j = 0.
        data: samples with targets.
        loss: the loss.
        trainable: "Wv", or "W" where the output weights are frozen.
    """

    W: np.ndarray
    v: np.ndarray
    signs: np.ndarray
    data: Dataset
    loss: Loss
    trainable: str

    @property
    def net(self) -> TwoLayerNet:
        """The point as doubles."""
        return TwoLayerNet(np.array(self.W, dtype=float), np.array(self.v, dtype=float))

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict of the general test, with its certificate where the loss is the squared one."""
        quadratic = able(self.loss, "quadratic")
        W, v = (self.W, self.v) if quadratic else (self.net.W, self.net.v)
        return certify(self.data, None, W, v, loss=self.loss, exact=quadratic, trainable=self.trainable)


def checked(X: Any, y: Any, pattern: Any) -> tuple[Dataset, np.ndarray]:
    """Return the data and the pattern, False on zero rows."""
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n).copy()
    P[:, list(data.zero_rows)] = False
    return data, P


def cell_face(data: Dataset, row: np.ndarray) -> Face:
    """Return an open cell as a face without kinks."""
    sigma = np.where(row, 1, -1)
    sigma[list(data.zero_rows)] = 0
    return make_face(data, sigma)


def inside_points(data: Dataset, P: np.ndarray) -> list[np.ndarray] | None:
    """Return exact weights inside each unit's open cell, or None where one is empty."""
    live = [i for i in range(data.n) if i not in set(data.zero_rows)]
    points = []
    for row in P:
        rows = data.rows[live] * np.where(row[live], 1, -1).astype(object)[:, None]
        solution = strictly_feasible(rows) if live else None
        if solution is not None and solution.witness is None:
            return None
        witness: Any = solution.witness if solution is not None else [1] + [0] * (data.d - 1)
        point = np.array([exact.to_fraction(t) for t in witness], dtype=object)
        points.append(short_point(exact.fraction_matrix(rows), point) if live else point)
    return points


def inside_face(data: Dataset, face: Face) -> np.ndarray:
    """Return exact weights in the relative interior of a face, with short numbers.

    Raises:
        InputError: a covector that no weights have.
    """
    off = np.flatnonzero(face.covector)
    if len(off) == 0:
        return np.array([Fraction(0)] * data.d, dtype=object)
    rows = face.heights[off] * face.covector[off].astype(int).astype(object)[:, None]
    solution = strictly_feasible(exact.fraction_matrix(rows)) if rows.shape[1] else None
    if solution is None or solution.witness is None:
        raise InputError(f"no weights have the covector {face.covector.tolist()}; take it from enumerate_faces")
    witness = np.array([exact.to_fraction(t) for t in solution.witness], dtype=object)
    return short_point(rows, witness) @ face.basis


def group(rows: np.ndarray) -> list[list[int]]:
    """Return the units in groups of equal rows, in the order in which the rows first appear."""
    members: dict[tuple[Any, ...], list[int]] = {}
    for j, row in enumerate(rows.tolist()):
        members.setdefault(tuple(row), []).append(j)
    return list(members.values())


def place_units(
    data: Dataset,
    component: Component,
    sign_options: Sequence[frozenset[int]],
    members: list[list[int]],
    points: list[np.ndarray],
    loss: Loss,
    frozen: np.ndarray | None = None,
) -> Placed | None:
    """Return the first feasible choice of output signs as exact weights, or None where no choice has a minimiser.

    Args:
        data: samples with targets.
        component: the minimisers over the distinct faces.
        sign_options: per face the signs that pass the one-sided test, 0 for a silent unit.
        members: per face its units.
        points: per unit weights in the relative interior of its face.
        loss: the loss.
        frozen: (m,) output signs -1 or 1 that are not trained, or None.
    """
    if not all(sign_options):
        return None
    m = sum(len(g) for g in members)
    if frozen is not None:
        sign_groups = [tuple(int(frozen[j]) for j in g) for g in members]
        if any(s not in signs for mine, signs in zip(sign_groups, sign_options, strict=True) for s in mine):
            return None
        sign_options = [frozenset(mine) for mine in sign_groups]
    for signs, sums, _ in sign_choices(component, sign_options, [len(g) for g in members]):
        if frozen is not None:
            if any(sorted(a) != sorted(b) for a, b in zip(signs, sign_groups, strict=True)):
                continue
            signs = sign_groups
        W, v = np.zeros((m, data.d), dtype=object), np.zeros(m, dtype=object)
        for g, mine, total, face in zip(members, signs, sums, component.faces, strict=True):
            w_part, v_part = units_of(data, face, mine, total, points[g[0]])
            for j, w, t in zip(g, w_part, v_part, strict=True):
                W[j], v[j] = w, Fraction(t)
        output_signs = readonly(np.array([int(t) for t in v], dtype=np.int8))
        return Placed(readonly(W), readonly(v), output_signs, data, loss, "Wv" if frozen is None else "W")
    return None
