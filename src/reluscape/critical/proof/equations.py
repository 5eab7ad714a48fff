"""The equations of a critical point on kinks: grad L + G^T nu = 0, c = 0, G (theta - centre) = 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arithmetic import Arithmetic
from .balls import join
from .kinks import Kinks
from .lagrangian import Lagrangian, Pass
from .objective import Objective


@dataclass(frozen=True, eq=False)
class Equations:
    """The equations in theta, one multiplier a kink function, one a symmetry.

    Attributes:
        objective: what is minimised.
        kinks: the kinks.
        slices: (g, p) doubles: directions along which nothing changes.
        centre: (p,) doubles through which the slice goes.
    """

    objective: Objective
    kinks: Kinks
    slices: np.ndarray
    centre: np.ndarray

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of parameters, of kink functions and of symmetries."""
        return self.objective.size, len(self.kinks.free), len(self.slices)

    def split(self, unknowns: Any) -> tuple[Any, Any, Any]:
        """Return theta, the multipliers of the kinks, and those of the slice."""
        p, q, _ = self.counts
        return unknowns[:p], unknowns[p : p + q], unknowns[p + q :]

    def at(self, unknowns: Any, using: Arithmetic) -> tuple[Any, Any]:
        """Return residuals (N,) and their derivatives (N, N)."""
        theta, mu, _ = self.split(unknowns)
        lagrangian = Lagrangian(self.objective, self.kinks, using)
        here = lagrangian.passed(theta, mu)
        C = lagrangian.constraints(here)
        return self.residuals(unknowns, using, lagrangian, here), self.bordered(lagrangian.hessian(here), C, using)

    def residuals(self, unknowns: Any, using: Arithmetic, lagrangian: Lagrangian, here: Pass) -> Any:
        """Return the residuals (N,)."""
        theta, _, nu = self.split(unknowns)
        G = using.doubles(self.slices)
        gradient = lagrangian.gradient(theta, here)
        if len(self.slices):
            gradient = gradient + using.product(G.T, nu.reshape(len(self.slices), 1)).reshape(self.objective.size)
        away = (theta - using.doubles(self.centre)).reshape(self.objective.size, 1)
        return join([gradient, lagrangian.values(here), using.product(G, away).reshape(len(self.slices))])

    def bordered(self, H: Any, C: Any, using: Arithmetic) -> Any:
        """Return the symmetric matrix with the Hessian in its corner."""
        p, q, g = self.counts
        M = using.zeros((p + q + g, p + q + g))
        G = using.doubles(self.slices)
        M[:p, :p], M[p : p + q, :p], M[:p, p : p + q] = H, C, C.T
        M[p + q :, :p], M[:p, p + q :] = G, G.T
        return M
