"""Whether products of cells hold a genuine local minimum: many of them, each decided once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.data import Dataset
from .cells import ANY_SIGN
from .components import Face, minimisers, sign_choices
from .placing import cell_face, group


class GenuineCells:
    """Decides products of non-empty cells of one data set; answers are remembered up to relabelling of units.

    Floats answer where every fitted height is clearly of one sign and the minimiser is unique; the rest is decided over
    the rationals.

    Args:
        data: samples with targets.
        exact: True never lets floats answer.
    """

    def __init__(self, data: Dataset, exact: bool = False, tolerances: Tolerances = DEFAULT) -> None:
        self.data, self.exact, self.tolerances = data, exact, tolerances
        self.live = np.ones(data.n, dtype=bool)
        self.live[list(data.zero_rows)] = False
        self.lengths = np.linalg.norm(data.X, axis=1)
        self.y = np.asarray(data.y, dtype=float)
        self.faces: dict[bytes, Face] = {}
        self.known: dict[tuple[bytes, ...], tuple[bool, Any]] = {}

    def decide(self, pattern: np.ndarray) -> tuple[bool, Any]:
        """Return whether the open cells hold a minimiser, and the least loss of their formula.

        Args:
            pattern: (m, n) bool, each row the pattern of some weights.

        Returns:
            (genuine, loss), the loss a `Fraction` where it was decided over the rationals, else a float.
        """
        key = tuple(sorted(row.tobytes() for row in pattern))
        if key not in self.known:
            self.known[key] = self._decide(pattern)
        return self.known[key]

    def _decide(self, pattern: np.ndarray) -> tuple[bool, Any]:
        """Decide one product; units off on all samples are free."""
        speaking = pattern[(pattern & self.live).any(axis=1)]
        members = group(speaking)
        rows = speaking[[g[0] for g in members]]
        counts = [len(g) for g in members]
        floats = None if self.exact else self._in_floats(rows, counts)
        return self._in_rationals(rows, counts) if floats is None else floats

    def _in_floats(self, rows: np.ndarray, counts: list[int]) -> tuple[bool, float] | None:
        """Return the answer where floats leave no doubt."""
        data, d = self.data, self.data.d
        if not len(rows):
            return True, float(np.mean(self.y**2)) if data.n else 0.0
        A = np.concatenate([row[:, None] * data.X for row in rows], axis=1)
        scale = np.linalg.norm(A, axis=0)
        if A.shape[0] < A.shape[1] or not scale.all():
            return None
        p, _, rank, singular = np.linalg.lstsq(A / scale, self.y, rcond=None)
        if rank < A.shape[1] or singular[-1] < self.tolerances.clear * singular[0]:
            return None
        loss = float(np.mean((A @ (p / scale) - self.y) ** 2))
        sums = (p / scale).reshape(-1, d)
        sides = np.where(rows, 1.0, -1.0)[:, self.live]
        reach = np.outer(np.linalg.norm(sums, axis=1), self.lengths[self.live])
        relative = sides * (sums @ data.X[self.live].T) / np.maximum(reach, MACHINE_PRECISION)
        genuine = True
        for row, count in zip(relative, counts, strict=True):
            if count > 1:  # both signs leave the sum free
                continue
            if row.min() > self.tolerances.clear or row.max() < -self.tolerances.clear:
                continue
            if row.min() < -self.tolerances.clear and row.max() > self.tolerances.clear:
                genuine = False
                continue
            return None
        return genuine, loss

    def _in_rationals(self, rows: np.ndarray, counts: list[int]) -> tuple[bool, Fraction]:
        """Return the answer over the rationals."""
        faces = []
        for row in rows:
            key = row.tobytes()
            if key not in self.faces:
                self.faces[key] = cell_face(self.data, row & self.live)
            faces.append(self.faces[key])
        component = minimisers(self.data, faces)
        choice = next(iter(sign_choices(component, [ANY_SIGN] * len(faces), counts)), None)
        return choice is not None, component.loss
