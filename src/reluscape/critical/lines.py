"""Samples on a unit's hyperplane, gathered by their line through the origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Lines:
    """psi(u) = <g, u> + sum_k weight_k relu(<row_k, u>) with pairwise non-parallel rows and non-zero weights.

    Repeated, rescaled and antipodal samples share a line, because relu(-t) = relu(t) - t.

    Attributes:
        g: (d,) the linear part.
        rows: (k, d) one direction per line.
        weights: (k,).
    """

    g: np.ndarray
    rows: np.ndarray
    weights: np.ndarray

    def value(self, u: Any) -> Any:
        """Return psi(u)."""
        heights = self.rows @ u if len(self.rows) else self.weights
        zero = 0 * (self.g @ u)
        return self.g @ u + sum((w * h for w, h in zip(self.weights, heights, strict=True) if h > 0), zero)

    def signed(self, sign: int) -> Lines:
        """Return sign * psi."""
        return Lines(sign * self.g, self.rows, sign * self.weights)


def exact_lines(g: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> Lines:
    """Gather primitive integer rows by their lines, exactly.

    Args:
        g: (d,) rational or integer.
        rows: (k, d) primitive integers, no zero row.
        weights: (k,) rational or integer.
    """
    g = np.array(g, dtype=object)
    totals: dict[tuple[int, ...], Any] = {}
    for row, weight in zip(rows, weights, strict=True):
        if weight == 0:
            continue
        lead = next(v for v in row if v)
        key = tuple(row) if lead > 0 else tuple(-v for v in row)
        if lead < 0:
            g = g + weight * row
        totals[key] = totals.get(key, 0) + weight
    kept = [(key, total) for key, total in totals.items() if total != 0]
    out_rows, out_weights = np.empty((len(kept), len(g)), dtype=object), np.empty(len(kept), dtype=object)
    for k, (key, total) in enumerate(kept):
        out_rows[k], out_weights[k] = key, total
    return Lines(g, out_rows, out_weights)


def float_lines(g: np.ndarray, rows: np.ndarray, weights: np.ndarray, parallel: float, negligible: float) -> Lines:
    """Gather float rows by their lines up to a tolerance; rows come back with unit length.

    Args:
        g: (d,).
        rows: (k, d) no zero row.
        weights: (k,).
        parallel: unit vectors closer than this count as one line.
        negligible: total weights (times row length) up to this count as zero.
    """
    length = np.linalg.norm(rows, axis=1)
    unit, scaled = rows / length[:, None], weights * length
    lead = unit[np.arange(len(unit)), np.abs(unit).argmax(axis=1)] if len(unit) else np.zeros(0)
    flipped = lead < 0
    g = g + scaled[flipped] @ unit[flipped]
    unit = np.where(flipped[:, None], -unit, unit)
    _, first, inverse = np.unique(np.round(unit / parallel), axis=0, return_index=True, return_inverse=True)
    totals = np.bincount(inverse.reshape(-1), weights=scaled, minlength=len(first))
    keep = np.abs(totals) > negligible
    return Lines(g, unit[first][keep], totals[keep])
