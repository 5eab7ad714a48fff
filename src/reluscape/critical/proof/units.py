"""Units that do nothing: at zero under a decay, or off on every row. The proof is about the network of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...numbers.tolerances import SPECK
from .newton import relative_heights
from .objective import Objective

ACTIVE, ZERO, SILENT = "active", "zero", "silent"
# what in * out of a unit may be, as a share of the layer's largest, to be tried at zero
SMALL = (1e-9, 1e-4, 1e-2)


@dataclass(frozen=True, eq=False)
class Roles:
    """What each hidden unit is.

    Attributes:
        of: for each hidden layer an array of words: "active", "zero" (weights in and out at zero, all penalised), or
            "silent" (off on every row, its penalised weights at zero).
        full: the objective of all units.
        objective: of the active units alone.
        stays: (p,) which parameters are theirs.
        theta: (p,) the parameters of the whole network with the others at zero where they are penalised.
    """

    of: tuple[np.ndarray, ...]
    full: Objective
    objective: Objective
    stays: np.ndarray
    theta: np.ndarray

    def count(self, role: str) -> int:
        """Return how many units are of a kind."""
        return int(sum((part == role).sum() for part in self.of))

    def with_woken(self, layer: int) -> tuple[Objective, np.ndarray, int]:
        """Return the objective with the first unit at zero of a layer too, its parameters (p,), the unit's place."""
        unit = int(np.flatnonzero(self.of[layer] == ZERO)[0])
        counts = [part == ACTIVE for part in self.of]
        counts[layer] = counts[layer].copy()
        counts[layer][unit] = True
        larger, stays = self.full.kept(counts)
        return larger, stays, int(counts[layer][:unit].sum())

    def whole(self, theta: np.ndarray) -> np.ndarray:
        """Return the parameters of the whole network with these of the active units."""
        out = self.theta.copy()
        out[self.stays] = theta
        return out


def unit_roles(objective: Objective, theta: np.ndarray) -> Iterator[Roles]:
    """Yield what the units may be, the fewest at zero first."""
    visits: set[bytes] = set()
    for share in SMALL:
        of = _roles(objective, theta, share)
        key = b"".join((part == ACTIVE).tobytes() for part in of)
        if key in visits:
            continue
        visits.add(key)
        smaller, stays = objective.kept(
            [part == ACTIVE for part in of], tuple(bool((part == ZERO).any()) for part in of)
        )
        at_rest = np.where(~stays & objective.mask, 0.0, theta)
        yield Roles(of, objective, smaller, stays, at_rest)


def _roles(objective: Objective, theta: np.ndarray, share: float) -> tuple[np.ndarray, ...]:
    matrices, out = objective.matrices(theta), []
    for k, height in enumerate(relative_heights(objective, theta)):
        incoming, outgoing = matrices[k], matrices[k + 1][:, : objective.shapes[k][0]]
        size = np.linalg.norm(incoming, axis=1) * np.linalg.norm(outgoing, axis=0)
        rows = objective.penalised[k]
        in_penalty = rows.all(axis=1) & objective.penalised[k + 1][:, : len(size)].all(axis=0)
        inputs = objective.shapes[k][1]
        weights = rows[:, :inputs].all(axis=1) & objective.penalised[k + 1][:, : len(size)].all(axis=0)
        off = (height < 0).all(axis=0)
        tiny = in_penalty & (size <= share * max(float(size.max(initial=0.0)), SPECK))
        below = incoming[:, inputs:].reshape(len(size), -1)
        # a free negative bias alone keeps the unit off
        free = off & weights & ~in_penalty & (below < 0).any(axis=1) if objective.has_bias[k] else np.zeros_like(off)
        loose = off & ~rows.any(axis=1) & ~objective.penalised[k + 1][:, : len(size)].any(axis=0)
        role = np.full(len(size), ACTIVE, dtype=object)
        role[free | loose] = SILENT
        role[tiny | (off & in_penalty)] = ZERO
        out.append(role)
    return tuple(out)
