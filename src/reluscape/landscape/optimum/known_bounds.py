"""Bounds of layers that a search has looked at, kept for the proof."""

from __future__ import annotations

import numpy as np

MOST_KEPT = 5_000_000


class KnownBounds:
    """Bounds by number of rows seen and layer; beyond some millions of layers no more are kept."""

    def __init__(self) -> None:
        self._parts: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
        self._number = 0

    def keep(self, depth: int, layers: np.ndarray, bounds: np.ndarray) -> None:
        """Keep the bounds (B,) of layers (B, m)."""
        if self._number + len(layers) <= MOST_KEPT:
            self._number += len(layers)
            self._parts.setdefault(depth, []).append((layers.astype(np.int64), bounds))

    def of(self, depth: int, layers: np.ndarray) -> np.ndarray:
        """Return the bounds (B,) of layers (B, m), NaN where none is kept."""
        if depth not in self._parts or not len(layers):
            return np.full(len(layers), np.nan)
        kept = np.concatenate([part for part, _ in self._parts[depth]])
        keys = _keys(np.concatenate([kept, layers.astype(np.int64)]))
        both, place = np.unique(keys, return_inverse=True)
        table = np.full(len(both), np.nan)
        table[place[: len(kept)]] = np.concatenate([bounds for _, bounds in self._parts[depth]])
        return np.asarray(table[place[len(kept) :]])


def _keys(layers: np.ndarray) -> np.ndarray:
    """Return one key (B,) for each layer (B, m), a whole number where these fit into machine words."""
    base, width = int(layers.max(initial=0)) + 1, layers.shape[1]
    if base**width <= np.iinfo(np.int64).max:
        return np.asarray(layers @ np.array([base**j for j in range(width)], dtype=np.int64))
    return np.asarray(np.ascontiguousarray(layers).view([("", np.int64)] * width).ravel())
