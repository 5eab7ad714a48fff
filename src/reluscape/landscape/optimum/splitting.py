"""Cells of more and more rows, split only where they are asked for, with exact rays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import lcm

import numpy as np

from ...numbers import exact
from ...problem.data import Dataset
from ...solvers.exact_cone import primitive

MACHINE_INTEGER = 2**62


@dataclass
class CellTree:
    """The closed cells that the first rows of an order cut weight space into, as far as they were asked for.

    A cell is told by its rays in the coordinates of rank-many columns in which the rows have the same dependences. The
    first rank-many rows of the order are independent, so that every cell of k rows, k < rank, has k rays and a
    lineality space on which these rows vanish. A row either splits a cell in two or leaves it on one side.

    Attributes:
        data: the samples.
        order: rows seen so far.
        rows: (n, r) integers, the samples times their common denominator.
        rays: integer rays (r,), each once.
        cells: for every number of rows seen, the rays of each known cell.
        sides: for every number of rows seen, the activation of the last of them in each known cell.
        parents: for every number of rows seen, the cell of one row less that holds each known cell.
    """

    data: Dataset
    order: list[int] = field(default_factory=list)
    cells: list[list[np.ndarray]] = field(default_factory=lambda: [[np.zeros(0, dtype=np.int64)]])
    sides: list[list[bool]] = field(default_factory=lambda: [[False]])
    parents: list[list[int]] = field(default_factory=lambda: [[-1]])

    def __post_init__(self) -> None:
        fractions = self.data.fractions
        self.pivots = tuple(exact.pivot_columns(fractions)) if fractions.size else ()
        unit = lcm(1, *(v.denominator for v in fractions.flat))
        self.rows = np.array([[int(row[c] * unit) for c in self.pivots] for row in fractions], dtype=object).reshape(
            self.data.n, len(self.pivots)
        )
        self.largest_row = max(map(abs, self.rows.flat), default=0)
        self.rays: list[tuple[int, ...]] = []
        self._place: dict[tuple[int, ...], int] = {}
        self._children: list[dict[int, tuple[int, ...]]] = []
        self.basis: list[int] = []
        self._dual = np.zeros((0, 0), dtype=object)

    @property
    def rank(self) -> int:
        """Dimension of the span of the rows."""
        return len(self.pivots)

    def begin(self, preference: Sequence[int]) -> list[int]:
        """Choose the first rank-many rows, independent and as early in a preferred order as can be."""
        table = self.rows[list(preference)]
        self.basis = [int(preference[c]) for c in exact.pivot_columns(table.T)] if self.rank else []
        if self.rank:
            identity = np.array([[int(i == j) for j in range(self.rank)] for i in range(self.rank)], dtype=object)
            columns = [exact.solve(self.rows[self.basis], identity[:, j]) for j in range(self.rank)]
            self._dual = exact.integer_rows(np.array(columns, dtype=object))[0]
        return list(self.basis)

    def see(self, row: int) -> None:
        """Put one more row at the end of the order."""
        if len(self.order) < self.rank and row != self.basis[len(self.order)]:
            raise ValueError("the first rows are those of the basis")
        self.order.append(row)
        self.cells.append([])
        self.sides.append([])
        self.parents.append([])
        self._children.append({})

    def children(self, depth: int, cell: int) -> tuple[int, ...]:
        """Return the cells of one row more inside a cell of the first `depth` rows."""
        table = self._children[depth]
        if cell not in table:
            table[cell] = self._split(depth, cell)
        return table[cell]

    def inside(self, depth: int, cell: int, later: int) -> list[int]:
        """Return the cells of the first `later` rows inside a cell of the first `depth`."""
        numbers = [cell]
        for k in range(depth, later):
            numbers = [child for c in numbers for child in self.children(k, c)]
        return numbers

    def pattern(self, depth: int, cell: int) -> np.ndarray:
        """Return the activations (n,) of a cell on the rows it has seen, False elsewhere."""
        out = np.zeros(self.data.n, dtype=bool)
        for k in range(depth, 0, -1):
            out[self.order[k - 1]] = self.sides[k][cell]
            cell = self.parents[k][cell]
        return out

    def products(self, rays: Sequence[int], rows: Sequence[int]) -> np.ndarray:
        """Return the products (q, k) of rays and rows, in machine integers where none can overflow."""
        table = np.array([self.rays[q] for q in rays], dtype=object).reshape(len(rays), self.rank)
        row_table = self.rows[list(rows)].reshape(len(rows), self.rank)
        largest = max(map(abs, table.flat), default=0)
        if max(largest, 1) * max(self.largest_row, 1) * max(self.rank, 1) < MACHINE_INTEGER:
            return np.asarray(table.astype(np.int64) @ row_table.astype(np.int64).T)
        return np.asarray(table.dot(row_table.T))

    def straddled(self, rays: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return (S, n) whether rays of a cell lie on both sides of a row, 0 or 1.

        Args:
            rays: numbers of the rays of S cells, one cell behind the other.
            lengths: (S,) how many each cell has.
        """
        numbers, place = np.unique(rays, return_inverse=True)
        heights = self.products(numbers.tolist(), range(self.data.n))
        out = np.zeros((len(lengths), self.data.n), dtype=np.uint8)
        filled = np.flatnonzero(lengths)
        if len(filled):
            first = (np.cumsum(lengths) - lengths)[filled]
            above, below = np.array(heights > 0)[place.ravel()], np.array(heights < 0)[place.ravel()]
            out[filled] = np.logical_or.reduceat(above, first) & np.logical_or.reduceat(below, first)
        return out

    def directions(self, rays: Sequence[int]) -> np.ndarray:
        """Return rays as floats in all d columns, scaled so that their largest entry is one."""
        out = np.zeros((len(rays), self.data.d))
        for place, q in enumerate(rays):
            top = max(map(abs, self.rays[q]))
            out[place, list(self.pivots)] = [v / top for v in self.rays[q]]
        return out

    def _split(self, depth: int, cell: int) -> tuple[int, ...]:
        """Cut a cell with the next row and note the parts that are not flat."""
        row, rays = self.order[depth], self.cells[depth][cell]
        if depth < self.rank:
            ray = [int(v) for v in self._dual[depth]]
            halves = [(np.append(rays, self._number(tuple(s * v for v in ray))), s > 0) for s in (1, -1)]
            return tuple(self._add(depth + 1, own, side, cell) for own, side in halves)
        heights = self.products(rays.tolist(), [row])[:, 0]
        plus, minus = np.flatnonzero(heights > 0), np.flatnonzero(heights < 0)
        if not len(minus) or not len(plus):
            return (self._add(depth + 1, rays, bool(len(plus)), cell),)
        flat = rays[np.flatnonzero(heights == 0)]
        cut = np.array(self._edges_cut(depth, rays, heights, plus, minus), dtype=np.int64)
        return tuple(
            self._add(depth + 1, np.concatenate([rays[part], flat, cut]), side, cell)
            for part, side in ((plus, True), (minus, False))
        )

    def _edges_cut(
        self, depth: int, rays: np.ndarray, heights: np.ndarray, plus: np.ndarray, minus: np.ndarray
    ) -> list[int]:
        """Return the points in which the edges of a cell meet the next row's hyperplane.

        Two rays span an edge where no third one lies on all hyperplanes that both lie on.
        """
        on = self.products(rays.tolist(), self.order[:depth]) == 0
        counts = on.astype(np.int32) @ on.T.astype(np.int32)
        numbers = []
        for a, b in np.argwhere(counts[np.ix_(plus, minus)] >= self.rank - 2).tolist():
            u, v = int(plus[a]), int(minus[b])
            shared = on[u] & on[v]
            if int(on[:, shared].all(axis=1).sum()) > 2:
                continue
            high, low = int(heights[u]), -int(heights[v])
            point = [high * y + low * x for x, y in zip(self.rays[int(rays[u])], self.rays[int(rays[v])], strict=True)]
            numbers.append(self._number(tuple(primitive(point))))
        return numbers

    def _number(self, ray: tuple[int, ...]) -> int:
        """Return the number of a ray, new or known."""
        place = self._place.get(ray)
        if place is None:
            place = self._place[ray] = len(self.rays)
            self.rays.append(ray)
        return place

    def _add(self, depth: int, rays: np.ndarray, side: bool, parent: int) -> int:
        self.cells[depth].append(rays)
        self.sides[depth].append(side)
        self.parents[depth].append(parent)
        return len(self.cells[depth]) - 1
