"""How hard the slopes of the losses pull at a unit at zero: the largest pull over every cell and both signs.

max <-s sum_{i on} e_i x_i, u> over u in a closed cell with |P u| <= 1. Where it is at most the decay in every cell no
unit that is added helps, and the network is a global minimum of every width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...certificates.decayed_terms import DecayTerms
from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import has_more_regions
from ...geometry.regions import enumerate_regions
from ...numbers import exact
from ...numbers.roots import rounded
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...solvers.decayed_face import pull

MOST_CELLS = 200_000
CLIMBS = 20
BITS = 120
BLOCK = 4_000_000


@dataclass(frozen=True)
class Pull:
    """The pull of one cell with one sign.

    Attributes:
        value: its size.
        pattern: (n,) activations.
        sign: -1 or 1.
        direction: (d,) u in the closed cell with |P u| = 1 that is pulled so.
        multipliers: (k,) of the hyperplanes.
        ends: (1 or 2, d) the ends of all such u.
    """

    value: float
    pattern: np.ndarray
    sign: int
    direction: np.ndarray
    multipliers: np.ndarray
    ends: np.ndarray


@dataclass(frozen=True, eq=False)
class Cells:
    """All cells of a data set, listed once.

    Args:
        data: the samples.
        penalised: (d,) bool; the last coordinate may be free, where the data end in a column of ones.
        most: how many cells are looked at one by one.

    Raises:
        TooLarge: more cells than are looked at one by one.
    """

    data: Dataset
    penalised: np.ndarray
    most: int = MOST_CELLS

    @cached_property
    def too_many(self) -> bool:
        """Whether there are more cells than are looked at one by one."""
        return has_more_regions(self.arrangement, self.most)

    @cached_property
    def patterns(self) -> np.ndarray:
        """(R, n) patterns with an active sample."""
        if self.too_many:
            raise TooLarge(
                f"more than {self.most:,} cells, and with weight decay every one is looked at; take fewer rows or "
                "inputs",
                self.most,
            )
        regions = enumerate_regions(self.data.fractions)
        patterns = np.asarray(regions.patterns, dtype=bool)
        return patterns[patterns.any(axis=1)]

    @cached_property
    def arrangement(self) -> Arrangement:
        """The hyperplanes."""
        return Arrangement.of(self.data)

    @cached_property
    def first(self) -> np.ndarray:
        """(k,) the first sample of each hyperplane."""
        of = np.asarray(self.arrangement.row_class)
        return np.array([int(np.flatnonzero(of == r)[0]) for r in range(len(self.arrangement.normals))], dtype=np.int64)

    def rows(self, pattern: np.ndarray) -> np.ndarray:
        """Return the constraints (k, d) of a cell: rows a with <a, u> >= 0."""
        return self.data.X[self.first] * np.where(pattern[self.first], 1.0, -1.0)[:, None]

    def pull(self, e: np.ndarray, pattern: np.ndarray, sign: int) -> Pull:
        """Return the pull of one cell with one sign."""
        g = -sign * (e[pattern] @ self.data.X[pattern])
        rows = self.rows(pattern)
        q, z = pull(g, rows, self.penalised)
        q = np.where(self.penalised, q, 0.0)
        value = float(np.linalg.norm(q))
        ends = self._ends(q, rows, z)
        return Pull(value, pattern, sign, ends[0], z, ends)

    def _ends(self, q: np.ndarray, rows: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return the ends (1 or 2, d) of all u in the cell with P u = P q / |P q| that are pulled so.

        A free coordinate that no multiplier holds at a hyperplane can move between two of them at no cost; relu(X u) is
        linear in between. Where one side is open the end that there is suffices, since the rest is a constant.
        """
        size = float(np.linalg.norm(q))
        if size == 0.0:
            return q[None, :]
        u = q / size
        free = np.flatnonzero(~self.penalised)
        if not len(free):
            return u[None, :]
        a = int(free[0])
        bounds = -(rows @ u) / rows[:, a]
        if (z > DEFAULT.decayed_tight * size).any():
            ends = [bounds[int(np.argmax(z))]]
        else:
            low = bounds[rows[:, a] > 0].max(initial=-np.inf)
            high = bounds[rows[:, a] < 0].min(initial=np.inf)
            ends = [v for v in (low, high) if np.isfinite(v)] or [0.0]
            if len(ends) == 2 and ends[1] - ends[0] <= DEFAULT.decayed_tight * (1 + abs(ends[0])):
                ends = ends[:1]
        out = np.repeat(u[None, :], len(ends), axis=0)
        out[:, a] = ends
        return out

    def sizes(self, e: np.ndarray) -> np.ndarray:
        """Return how hard each cell (R,) would be pulled, with either sign, if it were no cell but the whole space."""
        return np.asarray(np.linalg.norm(((self.patterns * e) @ self.data.X)[:, self.penalised], axis=1))

    def bounds(self, e: np.ndarray) -> np.ndarray:
        """Return an upper bound (2, R) of the pull of each cell with the signs 1 and -1, without a projection.

        |P (g + z a)| bounds the pull for every row a of the cell and z >= 0 that leaves nothing in a free coordinate;
        the best row is taken.
        """
        out = np.empty((2, len(self.patterns)))
        block = max(BLOCK // max(len(self.first), 1), 1)
        for begin in range(0, out.shape[1], block):
            patterns = self.patterns[begin : begin + block]
            G = (patterns * e) @ self.data.X
            sides = np.where(patterns[:, self.first], 1.0, -1.0)
            bound = self._bounds_within if self.penalised.all() else self._bounds_with_free_bias
            for k, sign in enumerate((1, -1)):
                out[k, begin : begin + block] = bound(-sign * G, sides)
        return out

    def _bounds_within(self, G: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """Return the bounds of cells whose pulls without constraints are the rows of G, every weight penalised."""
        normals = self.data.X[self.first]
        squares = (normals**2).sum(axis=1)
        outside = np.maximum(-(G @ normals.T) * sides, 0.0) / np.sqrt(squares)
        if not outside.shape[1]:
            return np.asarray(np.linalg.norm(G, axis=1))
        r = outside.argmax(axis=1)
        cells = np.arange(len(G))
        z = outside[cells, r] / np.sqrt(squares[r])
        return np.asarray(np.linalg.norm(G + (z * sides[cells, r])[:, None] * normals[r], axis=1))

    def _bounds_with_free_bias(self, G: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """Return the bounds of cells where the bias is free: the row must take up what pulls at the bias."""
        inputs, free = self.data.X[self.first][:, self.penalised], G[:, ~self.penalised][:, 0]
        g = G[:, self.penalised]
        if not len(inputs):
            return np.asarray(np.linalg.norm(g, axis=1))
        far = free[:, None] ** 2 * (inputs**2).sum(axis=1) - 2 * free[:, None] * (g @ inputs.T)
        far[free[:, None] * sides > 0] = np.inf  # this row pulls at the bias the same way
        r = far.argmin(axis=1)
        size = np.linalg.norm(g - free[:, None] * inputs[r], axis=1)
        # where every sample is active the slopes of an output bias leave nothing at the bias but rounding
        return np.where((sides > 0).all(axis=1), np.linalg.norm(g, axis=1), size)

    def _by_bound(self, e: np.ndarray) -> Iterator[tuple[float, np.ndarray, int]]:
        """Yield (bound, pattern, sign) of every cell and sign, the largest bound first."""
        bounds = self.bounds(e)
        for at in np.argsort(-bounds, axis=None, kind="stable"):
            k, r = divmod(int(at), bounds.shape[1])
            yield bounds[k, r], self.patterns[r], (1, -1)[k]

    def pulls(self, e: np.ndarray, least: float) -> Iterator[Pull]:
        """Yield every pull above `least`, those with the largest bound first."""
        for bound, pattern, sign in self._by_bound(e):
            if bound < least:
                return
            candidate = self.pull(e, pattern, sign)
            if candidate.value > least:
                yield candidate

    def largest(self, e: np.ndarray) -> Pull | None:
        """Return the largest pull of all; None without cells."""
        best = self.climbed(e, self.data.X[:0]) if len(self.patterns) > CLIMBS * self.data.n else None
        for bound, pattern, sign in self._by_bound(e):
            if best is not None and bound <= best.value:
                break
            candidate = self.pull(e, pattern, sign)
            if best is None or candidate.value > best.value:
                best = candidate
        return best

    def climbed(self, e: np.ndarray, others: np.ndarray, samples: bool = True) -> Pull | None:
        """Return the largest pull that a climb from cell to cell finds from each sample and some other weights.

        The direction that is pulled hardest in a cell lies in cells beside it too, at whose best direction the pull is
        no smaller.
        """
        best: Pull | None = None
        X = self.data.X
        visits: set[bytes] = set()
        for u in (*X, *-X, *others) if samples else others:
            for sign in (1, -1):
                here: Pull | None = None
                for _ in range(CLIMBS):
                    pattern = X @ (u if here is None else here.direction) > 0
                    key = pattern.tobytes() + bytes([sign > 0])
                    if key in visits or not pattern.any():
                        break
                    visits.add(key)
                    candidate = self.pull(e, pattern, sign)
                    if here is not None and candidate.value <= here.value:
                        break
                    here = candidate
                if here is not None and (best is None or here.value > best.value):
                    best = here
        return best

    def proved(
        self, nu: np.ndarray, terms: DecayTerms, pattern: np.ndarray, sign: int
    ) -> tuple[Fraction, list[tuple[int, Fraction]]]:
        """Return the square of a proved bound on the pull of exact slopes in one cell, and the multipliers."""
        g = -sign * nu[pattern].dot(self.data.fractions[pattern])
        free = not terms.penalised.all() and g[-1] != 0
        if not free and terms.square(g) <= terms.lam * terms.lam:
            return terms.square(g), []
        rows = self.data.fractions[self.first] * np.where(pattern[self.first], 1, -1).astype(object)[:, None]
        candidate = self.pull(np.array(nu, dtype=float), pattern, sign)
        if candidate.value <= float(terms.lam) * (1.0 - DEFAULT.decayed_slack):
            z = rounded_multipliers(g, rows, candidate.multipliers, terms)
            q = g + (np.array(z, dtype=object).dot(rows) if len(z) else 0)
            if terms.square(q) <= terms.lam * terms.lam and (terms.penalised.all() or q[-1] == 0):
                return terms.square(q), [(int(self.first[r]), v) for r, v in enumerate(z) if v]
        z = exact_multipliers(g, rows, candidate.multipliers, terms)
        q = g + (np.array(z, dtype=object).dot(rows) if len(z) else 0)
        return terms.square(q), [(int(self.first[r]), v) for r, v in enumerate(z) if v]


def exact_multipliers(g: np.ndarray, rows: np.ndarray, floats: np.ndarray, terms: DecayTerms) -> list[Fraction]:
    """Return multipliers z >= 0 that make g + rows^T z the exact projection where the support of the floats is right.

    With u the maximiser of <g, u> - |P u|^2 / 2 on the face where the supported rows vanish, g + rows^T z = P u. Where
    that fails the floats are rounded.
    """
    support = [int(r) for r in np.argsort(-floats) if floats[r] > 0]
    basis: list[int] = []
    for r in support:  # independent rows
        if exact.rank(rows[[*basis, r]]) == len(basis) + 1:
            basis.append(r)
    u = face_maximiser(g, rows[basis], terms.penalised)
    if u is not None:
        target = np.array([v if p else Fraction(0) for v, p in zip(u, terms.penalised, strict=True)], dtype=object) - g
        z = exact.solve(rows[basis].T, target) if basis else (None if any(target) else np.zeros(0, dtype=object))
        if z is not None and all(v >= 0 for v in z):
            out = [Fraction(0)] * len(rows)
            for r, v in zip(basis, z, strict=True):
                out[r] = Fraction(v)
            return out
    return rounded_multipliers(g, rows, floats, terms)


def rounded_multipliers(g: np.ndarray, rows: np.ndarray, floats: np.ndarray, terms: DecayTerms) -> list[Fraction]:
    """Return the floats as fractions, one of them moved so that nothing is left where no weight is penalised."""
    out = [rounded(Fraction(float(v)), BITS) for v in floats]
    if not terms.penalised.all():
        left = g[-1] + sum((v * row[-1] for v, row in zip(out, rows, strict=True)), Fraction(0))
        for r in range(len(out)) if left else ():
            change = -left / rows[r][-1]
            if out[r] + change >= 0:
                out[r] += change
                break
    return out


def face_maximiser(g: np.ndarray, rows: np.ndarray, in_penalty: np.ndarray) -> Any:
    """Return the exact u with rows u = 0 that maximises <g, u> - |P u|^2 / 2, or None where it has no bound."""
    d = len(g)
    B = exact.nullspace(rows) if len(rows) else exact.fraction_matrix(np.eye(d, dtype=int).astype(object))
    if not len(B):
        return np.full(d, Fraction(0), dtype=object)
    Q = B[:, in_penalty].dot(B[:, in_penalty].T)
    t = exact.solve(Q, B.dot(g))
    return None if t is None else np.array(t, dtype=object).dot(B)


def independent_first(data: Dataset) -> list[int]:
    """Return all samples, as many independent ones first as there are."""
    first = list(exact.pivot_columns(data.fractions.T)) if data.n and data.d else []
    return [*first, *(i for i in range(data.n) if i not in set(first))]
