"""Which kinks follow from others: their preactivations vanish wherever those of the others do.

A preactivation of the first layer is linear in the unit's weights with the sample as its coefficients, so the kinks of
a unit depend on one another as their samples do. In a later layer it is sum_u m_u on_u h_u + b over the units below.
Modulo the kinks of unit u its height h_u at a sample depends only on the sample's features modulo those of the kinks.
So each sample has *features* at each layer: for every unit below that is on, the features there modulo the features of
that unit's kinks, and a one for the bias. Rows whose features are a combination of others have preactivations that are
the same combination, up to multiples of lower kinks.

Kinks that are independent modulo a prime are independent, which is quick to see: a relation in integers without a
common factor does not vanish modulo the prime. The search takes the relations modulo the prime too; only the kinks of a
point that is to be proved are looked at over the rationals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint
import numpy as np

from .objective import PRIME, Objective

# features of one layer up to which dependent kinks are looked for
MOST_FEATURES = 5_000


def dependent_kinks(
    objective: Objective, on: Sequence[np.ndarray], at: Sequence[np.ndarray]
) -> list[dict[int, set[int]]]:
    """Return for each hidden layer and unit the rows whose kink follows from those of earlier rows and lower kinks.

    Modulo a prime, which may find too many.
    """
    if not any((a.sum(axis=0) > 1).any() for a in at):
        return [{} for _ in at]
    if objective.residues is None:
        return exactly_dependent_kinks(objective, on, at)
    return _dependent(objective.residues, objective.has_bias, on, at, PRIME)


def exactly_dependent_kinks(
    objective: Objective, on: Sequence[np.ndarray], at: Sequence[np.ndarray]
) -> list[dict[int, set[int]]]:
    """Return the same over the rationals."""
    flat = [flint.fmpq(v.numerator, v.denominator) for v in np.asarray(objective.X, dtype=object).reshape(-1)]
    X = np.array(flat, dtype=object).reshape(objective.X.shape)
    return _dependent(X, objective.has_bias, on, at, None)


def is_dependent(objective: Objective, on: Sequence[np.ndarray], at: Sequence[np.ndarray]) -> bool:
    """Return whether the rows of `dependent_kinks` are those over the rationals."""
    quick = dependent_kinks(objective, on, at)
    if not any(rows for units in quick for rows in units.values()):
        return True
    return quick == exactly_dependent_kinks(objective, on, at)


def _dependent(
    X: np.ndarray, has_bias: Sequence[bool], on: Sequence[np.ndarray], at: Sequence[np.ndarray], prime: int | None
) -> list[dict[int, set[int]]]:
    """Return the dependent kinks over the rationals, or modulo a prime."""
    last = max((k for k, a in enumerate(at) if (a.sum(axis=0) > 1).any()), default=-1)
    out: list[dict[int, set[int]]] = [{} for _ in at]
    features = _with_ones(X, has_bias[0])
    for layer in range(last + 1):
        if features.shape[1] > MOST_FEATURES:
            break
        above = (
            np.any([a.any(axis=1) for a in at[layer + 1 :]], axis=0) if layer < last else np.zeros(len(X), dtype=bool)
        )
        parts = []
        for unit in range(at[layer].shape[1]):
            basis: list[tuple[int, np.ndarray]] = []
            out[layer][unit] = set()
            for row in np.flatnonzero(at[layer][:, unit]).tolist():
                rest = _modulo(features[row : row + 1], basis, prime)[0]
                place = next((int(c) for c in np.flatnonzero(rest)), None)
                if place is None:
                    out[layer][unit].add(row)
                else:
                    basis.append((place, _scaled(rest, place, prime)))
            rows = above & (on[layer][:, unit] > 0)
            part = np.zeros_like(features)
            part[rows] = _modulo(features[rows], basis, prime)
            parts.append(part)
        if layer < last:
            features = _with_ones(np.concatenate(parts, axis=1), has_bias[layer + 1])
    return out


def _with_ones(features: np.ndarray, bias: bool) -> np.ndarray:
    """Return features with a one for the bias."""
    one: Any = flint.fmpq(1) if features.dtype == object else 1
    return np.concatenate([features, np.full((len(features), int(bias)), one, dtype=features.dtype)], axis=1)


def _modulo(rows: np.ndarray, basis: Sequence[tuple[int, np.ndarray]], prime: int | None) -> np.ndarray:
    """Return rows modulo a basis whose vectors have a one at their place and zeros at the places of earlier ones."""
    for place, vector in basis:
        hits = np.flatnonzero(rows[:, place])
        if len(hits):
            rest = rows[hits] - rows[hits, place : place + 1] * vector
            rows = rows.copy()
            rows[hits] = rest % prime if prime else rest
    return rows


def _scaled(row: np.ndarray, place: int, prime: int | None) -> np.ndarray:
    """Return a row with a one at a place."""
    if prime is None:
        return np.asarray(row * (1 / row[place]))
    return np.asarray(row * pow(int(row[place]), -1, prime) % prime)
