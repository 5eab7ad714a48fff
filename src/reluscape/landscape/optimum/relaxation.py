"""Layers as the first rows see them: their best fit of these rows, and what the other rows add to it for sure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import lcm

import numpy as np

from ...basins.cones import balanced, loose_squares, squared_distances, unit_generators
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...solvers.exact_cone import Cone, primitive
from .splitting import CellTree

GROWTH = 1.2
# numbers of sides that are held at once
AT_ONCE = 5_000_000
# rows beyond which only those seen bound a layer
MOST_ROWS = 2_000
# beyond this width one more row is depth at a time, so that a unit's state has at most two inside it
WIDE = 4


@dataclass(frozen=True)
class Fit:
    """The best fit of the rows seen by one layer.

    Attributes:
        Z: (m, d) z_j = v_j w_j.
        signs: (m,) output signs.
        c: output bias, 0 where none is free.
        prediction: (n,) on all rows.
        gains: (n,) about what the layer's bound would rise by if it saw a row.
    """

    Z: np.ndarray
    signs: np.ndarray
    c: float
    prediction: np.ndarray
    gains: np.ndarray

    @property
    def net(self) -> TwoLayerNet:
        """The balanced network of this fit."""
        return balanced(self.Z, self.signs, self.c)


class Relaxation:
    """Layers of states 2 * cell + (sign < 0) of a cell tree, bounded by their best fit of the rows.

    The loss on some of the rows is never above the loss on all of them. Where the rows seen make the cells pointed, the
    other rows count too: where all rays of a cell lie on one side of a row, the row's output is linear in the cell.
    Elsewhere it is convex, so that it is at most that of the same rays with the same weights: then only errors count
    that a smaller output, times the sign of the unit, would not mend.
    """

    def __init__(self, data: Dataset, output_bias: bool, preference: Sequence[int]) -> None:
        self.tree, self.free = CellTree(data), output_bias
        self.basis = self.tree.begin(preference)
        self.X, self.y = np.array(data.X, dtype=float), np.array(data.y, dtype=float)

    def see(self, rows: Sequence[int]) -> None:
        """Put more rows at the end of the order."""
        for row in rows:
            self.tree.see(int(row))

    def unseen(self) -> np.ndarray:
        """Return the rows not seen, those of the basis first."""
        rows = set(self.tree.order)
        first = [i for i in self.basis if i not in rows]
        return np.array(first + [i for i in range(len(self.y)) if i not in rows | set(first)], dtype=np.int64)

    def counts_all(self, depth: int) -> bool:
        """Return whether rows not seen bound layers too: the cells are pointed, and the rows not too many."""
        return self.tree.rank <= depth < len(self.y) <= MOST_ROWS

    def bounds(self, depth: int, layers: np.ndarray) -> np.ndarray:
        """Return lower bounds (B,) of the sums of squares of layers (B, m) of the first `depth` rows.

        Where rays are nearly dependent, so that floats cannot vouch for it, the rows seen alone bound it, exactly.
        """
        wide = self.counts_all(depth)
        step = max(1, AT_ONCE // max(1, layers.shape[1] * len(self.y)))
        parts = [self._bounds(depth, layers[k : k + step], wide) for k in range(0, len(layers), step)]
        return np.concatenate([np.zeros(0), *parts])

    def _bounds(self, depth: int, layers: np.ndarray, wide: bool) -> np.ndarray:
        """Return the bounds by all rows, or by the rows seen."""
        states, place = np.unique(layers, return_inverse=True)
        place = place.reshape(layers.shape)
        cells, turns = states // 2, states % 2
        of_cell = [self.tree.cells[depth][c] for c in cells.tolist()]
        length = np.array([len(rays) for rays in of_cell], dtype=np.int64)
        flat = np.concatenate(of_cell) if len(of_cell) else np.zeros(0, dtype=np.int64)
        rays, number = np.unique(flat, return_inverse=True)
        number = number.ravel() + len(rays) * np.repeat(turns, length)
        first = np.cumsum(length) - length
        # a state that comes twice in a layer adds nothing the second time
        lengths, begins = length[place], first[place]
        for j in range(1, layers.shape[1]):
            lengths[(layers[:, :j] == layers[:, j : j + 1]).any(axis=1), j] = 0
        if wide and self.free:  # the constant is two generators more of every layer
            number = np.concatenate([number, 2 * len(rays) + np.arange(2)])
            lengths = np.concatenate([lengths, np.full((len(layers), 1), 2)], axis=1)
            begins = np.concatenate([begins, np.full((len(layers), 1), len(flat))], axis=1)
        flat_lengths = lengths.ravel()
        offset = np.cumsum(flat_lengths) - flat_lengths
        places = np.arange(int(flat_lengths.sum())) - np.repeat(offset - begins.ravel(), flat_lengths)
        starts = np.concatenate([[0], np.cumsum(lengths.sum(axis=1))]).astype(np.int64)
        if wide:
            A, target = self._wide_generators(rays)
            loose = self.tree.straddled(flat, length) * np.where(turns, 2, 1).astype(np.uint8)[:, None]
            sides = np.bitwise_or.reduce(loose[place], axis=1)
            out, _, sure = loose_squares(A, target, sides, starts, number[places])
            if not sure.all():
                out[~sure] = self._bounds(depth, layers[~sure], False)
            return out
        A, target = self._generators(depth, rays)
        out, _, sure = squared_distances(np.concatenate([A, -A]), target, starts, number[places])
        for b in np.flatnonzero(~sure).tolist():
            out[b] = float(self.exact_bound(depth, layers[b]))
        return out

    def exact_bound(self, depth: int, layer: np.ndarray) -> Fraction:
        """Return the least sum of squares of one layer (m,) on the first `depth` rows as a fraction."""
        order = self.tree.order[:depth]
        y = self.tree.data.y_fractions[order]
        unit = lcm(1, *(v.denominator for v in y))
        cone = Cone([int(v * unit) for v in y])
        for s in set(layer.tolist()):
            for row in self.tree.products(self.tree.cells[depth][s // 2].tolist(), order).tolist():
                cone.add(primitive([(-1 if s % 2 else 1) * max(v, 0) for v in row]))
        if self.free:
            cone.add([1] * depth)
            cone.add([-1] * depth)
        nearest_point = cone.nearest()
        return Fraction(sum(v * v for v in nearest_point.residual), (nearest_point.denominator * unit) ** 2)

    def weight(self, depth: int, layers: np.ndarray) -> float:
        """Return the mean squared number of rays of layers (B, m): what solving one of them costs."""
        states, place = np.unique(layers, return_inverse=True)
        rays = np.array([len(self.tree.cells[depth][s // 2]) for s in states.tolist()], dtype=float)
        return float(np.mean(rays[place.reshape(layers.shape)].sum(axis=1) ** 2))

    def children(
        self, depth: int, later: int, layers: np.ndarray, most: float, deadline: float = np.inf
    ) -> tuple[np.ndarray, int] | None:
        """Return (layers of the first `later` rows inside the first of these layers, how many these are).

        As many layers are taken as have at most `most` inside them; None where the first alone has more, or where the
        time is up on the monotonic clock.
        """
        states, place = np.unique(layers, return_inverse=True)
        place, inside = place.reshape(layers.shape), []
        for s in states.tolist():
            if time.monotonic() >= deadline:
                return None
            inside.append(self.tree.inside(depth, s // 2, later))
        counts = np.array([len(c) for c in inside], dtype=np.int64)
        with np.errstate(over="ignore"):  # of very wide layers there may be more than any float
            total = np.cumsum(counts[place].prod(axis=1, dtype=float))
        if not len(total) or total[0] > most:
            return None
        take = max(1, int(np.searchsorted(total, most, side="right")))
        first = np.concatenate([[0], np.cumsum(counts)])
        flat = np.array([2 * c + s % 2 for s, own in zip(states.tolist(), inside, strict=True) for c in own])
        return refined(place[:take], counts[place[:take]], first, flat), take

    def fit(self, depth: int, layer: np.ndarray) -> Fit:
        """Return the best fit of the rows by one layer (m,), as far as `bounds` counts them."""
        tree, wide, n = self.tree, self.counts_all(depth), len(self.y)
        own = [(j, int(q)) for j, s in enumerate(layer.tolist()) for q in tree.cells[depth][s // 2]]
        rays = [q for _, q in own]
        signs = np.where(layer % 2, -1, 1)
        of = np.array([signs[j] for j, _ in own], dtype=float)
        directions = tree.directions(rays)
        exactly = tree.products(rays, range(n))
        features = np.where(exactly > 0, np.maximum(directions @ self.X.T, 0.0), 0.0) * of[:, None]
        order = list(range(n)) if wide else tree.order[:depth]
        scale = np.linalg.norm(features[:, order], axis=1)
        features = features / np.where(scale > 0, scale, 1.0)[:, None]
        A, y = features[:, order], self.y[order]
        sides = np.zeros((1, len(order)), dtype=np.uint8)
        if wide:
            lengths = np.array([len(tree.cells[depth][s // 2]) for s in layer.tolist()])
            loose = tree.straddled(np.array(rays, dtype=np.int64), lengths) * np.where(layer % 2, 2, 1)[:, None]
            sides = np.bitwise_or.reduce(loose, axis=0, keepdims=True).astype(np.uint8)
        constants = np.outer([1.0, -1.0], np.ones(len(order))) / max(len(order), 1) ** 0.5
        if self.free:
            A = np.concatenate([A, constants])
        members = np.arange(len(A))
        weights = loose_squares(A, y, sides, np.array([0, len(A)]), members)[1]
        c = float(weights[len(own) :] @ constants[:, 0]) if self.free and len(order) else 0.0
        weights = weights[: len(own)]
        Z = np.zeros((len(layer), tree.data.d))
        for g, (j, _) in enumerate(own):
            if weights[g]:
                Z[j] += of[g] * weights[g] / (scale[g] or 1.0) * directions[g]
        bounded = weights @ features + c
        if wide:
            heights = self.X @ (Z * signs[:, None]).T
            prediction = np.maximum(heights, 0.0) @ signs + c
            rest = self.y - bounded
            mended = ((sides[0] & 1 > 0) & (rest < 0)) | ((sides[0] & 2 > 0) & (rest > 0))
            gains = np.maximum((self.y - prediction) ** 2 - np.where(mended, 0.0, rest**2), 0.0)
            return Fit(Z, signs, c, prediction, gains)
        support = features[weights > 0]
        if self.free:
            support = np.concatenate([support, np.ones((1, n))])
        inverse = np.linalg.pinv(support[:, order] @ support[:, order].T) if len(support) else np.zeros((0, 0))
        leverage = np.einsum("ai,ab,bi->i", support, inverse, support)
        return Fit(Z, signs, c, bounded, (self.y - bounded) ** 2 / (1.0 + leverage))

    def states(self, layer: np.ndarray) -> tuple[tuple[np.ndarray, int], ...]:
        """Return the (pattern, output sign) of each unit of a layer that knows all rows."""
        n = len(self.y)
        return tuple((self.tree.pattern(n, s // 2), -1 if s % 2 else 1) for s in layer.tolist())

    def _wide_generators(self, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return unit generators (g, n) of signed rays on all rows, a free constant last, and the target."""
        A, _ = self._scaled(rays, range(len(self.y)))
        A = unit_generators(A, False)
        if self.free:
            constants = np.outer([1.0, -1.0], np.ones(len(self.y))) / len(self.y) ** 0.5
            return np.concatenate([A, -A, constants]), self.y - self.y.mean()
        return np.concatenate([A, -A]), self.y

    def _generators(self, depth: int, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return unit generators (q, depth) of rays and the target, centred where a constant is free."""
        order, target = self.tree.order[:depth], self.y[self.tree.order[:depth]]
        A, flat = self._scaled(rays, order)
        if self.free and depth:
            target = target - target.mean()
        return unit_generators(A, self.free, flat), target

    def _scaled(self, rays: np.ndarray, rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return the outputs (q, k) of rays on rows, largest 1, and which add nothing beside a constant."""
        exactly = np.maximum(self.tree.products(rays.tolist(), rows), 0)
        flat = exactly.max(axis=1, initial=0) == 0
        if self.free and len(rows):
            flat |= exactly.min(axis=1) == exactly.max(axis=1)
        top = np.array([v or 1 for v in exactly.max(axis=1, initial=0).tolist()], dtype=exactly.dtype)
        return np.array(exactly / top[:, None], dtype=float), flat


def row_counts(n: int, width: int) -> list[int]:
    """Return how many rows each level sees."""
    counts = [min(1, n)]
    growth = GROWTH if width <= WIDE else 1.0
    while counts[-1] < n:
        counts.append(min(n, max(counts[-1] + 1, int(growth * counts[-1]))))
    return counts


def multisets(states: int, width: int) -> np.ndarray:
    """Return all sorted rows of `width` states."""
    flat = [s for row in combinations_with_replacement(range(states), width) for s in row]
    return np.array(flat, dtype=np.int32).reshape(-1, width)


def refined(states: np.ndarray, counts: np.ndarray, first: np.ndarray, children: np.ndarray) -> np.ndarray:
    """Return every choice of one child for each unit of layers (B, m), as sorted rows, each once.

    The children of state s are children[first[s] : first[s + 1]]; counts (B, m) tells how many there are.
    """
    each = counts.prod(axis=1)
    owner = np.repeat(np.arange(len(states)), each)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(each) - each, each)
    out = np.empty((len(owner), states.shape[1]), dtype=np.int32)
    for j in range(states.shape[1] - 1, -1, -1):
        number, digit = np.divmod(number, counts[owner, j])
        out[:, j] = children[first[states[owner, j]] + digit]
    out.sort(axis=1)
    has_twins = (states[:, 1:] == states[:, :-1]).any(axis=1)[owner]
    if not has_twins.any():
        return out
    return np.concatenate([out[~has_twins], np.unique(out[has_twins], axis=0)])
