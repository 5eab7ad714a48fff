"""The states of one unit with weight decay, and the facets between them, as tables for the batch kernel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ....basins.cones import Cells, cells_of
from ....basins.decay.programs import decay_of
from ....errors import InputError
from ....problem.losses import LogisticLoss, able
from ....problem.problem import Problem

CHUNK = 20_000
# how the interior point goes: most steps, steps without a gain after which it stops, share of the way to a border that
# it goes, least parameter to aim at as a share of the present one, and from how many times the largest pull the decay
# falls, 0 where it does not; at first, and in turn where the gap stays open
PACES = ((60, 10, 0.995, 1e-6, 0.0), (300, 60, 0.7, 0.1, 0.0), (600, 120, 0.5, 0.3, 0.0), (600, 120, 0.5, 0.3, 2.0))


@dataclass(frozen=True, eq=False)
class Place:
    """The coordinates x of one state or facet: weights are u = basis^T x.

    Attributes:
        basis: (q, d) rows.
        features: (n, q), sign included, in scaled units.
        cone: (k, q) rows of length 1: <row, x> >= 0.
        penalised: (q,) 1.0 or 0.0.
        everywhere: all samples are active and the hidden bias is free, so that it is left to the output bias.
        sign: output sign.
    """

    basis: np.ndarray
    features: np.ndarray
    cone: np.ndarray
    penalised: np.ndarray
    everywhere: bool
    sign: int


@dataclass(frozen=True, eq=False)
class Minima:
    """Lowest points of many programs, in scaled units.

    Attributes:
        values: (B,) mean loss plus penalty.
        gaps: (B,) how far the values may be above the lowest.
        points: (B, m + 1, q) coordinates, c first in the last row; no rows where they were not asked for.
        multipliers: (B, m, k).
    """

    values: np.ndarray
    gaps: np.ndarray
    points: np.ndarray
    multipliers: np.ndarray


@dataclass(frozen=True, eq=False)
class DecayedStates:
    """All states of a unit that is not dead, and all facets between two of them.

    A state is numbered 2 * (place of the cell among the alive ones) + (sign < 0), as without decay; the facet `w` has
    number `states + w` in the tables.

    Args:
        problem: one output, weight decay; squared or logistic loss.
    """

    problem: Problem

    def __post_init__(self) -> None:
        """Refuse losses that the kernel does not know."""
        if not (able(self.problem.loss, "quadratic") or isinstance(self.problem.loss, LogisticLoss)):
            raise InputError(
                "the tree with weight decay covers the squared and the logistic loss; got "
                f"{self.problem.mean_loss.name}"
            )

    @cached_property
    def cells(self) -> Cells:
        """The closed cells."""
        return cells_of(self.problem.data)

    @property
    def states(self) -> int:
        """Number of states of one unit that is not dead."""
        return 2 * len(self.cells.alive)

    @property
    def free_constant(self) -> bool:
        """Whether there is an output bias."""
        return self.problem.output_bias

    def state(self, cell: int, sign: int) -> int:
        """Return the number of a state, or -1 for a dead cell."""
        return self.cells.state(cell, sign)

    def describe(self, state: int) -> tuple[int, int]:
        """Return (cell, sign) of a state."""
        return self.cells.describe(state)

    @cached_property
    def facets(self) -> list[tuple[int, int, int]]:
        """(state, neighbouring state, hyperplane) for facets between alive cells on which some sample is active."""
        out = []
        for a, b in self.cells.facets:
            if self.state(a, 1) < 0 or self.state(b, 1) < 0:
                continue
            plane = int(np.flatnonzero(self.cells.sides[a] != self.cells.sides[b])[0])
            both = self.cells.patterns[a] & self.cells.patterns[b]
            if both.any():
                out += [(self.state(a, s), self.state(b, s), plane) for s in (1, -1)]
        return out

    def wall(self, state: int, other: int) -> int:
        """Return the table's number of the facet between two states."""
        return self._wall_of[min(state, other), max(state, other)]

    @cached_property
    def _wall_of(self) -> dict[tuple[int, int], int]:
        return {(min(s, t), max(s, t)): self.states + k for k, (s, t, _) in enumerate(self.facets)}

    @cached_property
    def decay(self) -> Any:
        """The penalty beside the sum of the losses."""
        return decay_of(self.problem)

    @cached_property
    def _frame(self) -> tuple[np.ndarray, np.ndarray, bool]:
        """Return (rows X in coordinates (n, r), basis (r, d) with u = basis^T x, whether the last one is a free bias).

        No unit of a lowest point has weight in directions that no sample sees. A free bias is that at the samples'
        mean, and counts in the unit of the largest sample.
        """
        X = np.asarray(self.problem.data.X, dtype=float)
        rank = self.problem.data.rank
        if self.decay.penalised.all():
            B = np.eye(X.shape[1]) if rank == X.shape[1] else np.linalg.svd(X, full_matrices=False)[2][:rank]
            return X @ B.T, B, False
        Z = X[:, :-1]
        middle = Z.mean(axis=0)
        B = np.linalg.svd(Z - middle, full_matrices=False)[2][: rank - 1] if rank <= Z.shape[1] else np.eye(Z.shape[1])
        rows = (Z - middle) @ B.T
        size = float(np.abs(rows).max(initial=0.0)) or 1.0
        basis = np.zeros((len(B) + 1, X.shape[1]))
        basis[:-1, :-1], basis[:-1, -1], basis[-1, -1] = B, -B @ middle, size
        return np.concatenate([rows, np.full((len(X), 1), size)], axis=1), basis, True

    @cached_property
    def units(self) -> tuple[float, float, float, int, np.ndarray]:
        """Scales: (of the samples, of the predictions, of the losses), the kernel's kind, the targets."""
        rows, loss = self._frame[0], self.problem.loss
        y = np.asarray(self.problem.y, dtype=float)
        chi = float(np.linalg.norm(rows, axis=1).max(initial=0.0)) or 1.0
        if isinstance(loss, LogisticLoss):
            return chi, 1.0, 1.0, 1, np.array(loss._sign(y), dtype=float)
        gamma = float(np.sqrt(np.mean(y * y))) or 1.0
        return chi, gamma, gamma * gamma, 0, y / gamma

    @cached_property
    def places(self) -> list[Place]:
        """The coordinates of every state and every facet."""
        rows, basis, free = self._frame
        rows, basis = rows / self.units[0], basis / self.units[0]
        first = self.first
        sides = self.cells.sides.astype(float)
        normals = rows[first] * self._row_sign[first][:, None]
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        borders = self._borders
        r = rows.shape[1]
        penalties = np.ones(r)
        if free:
            penalties[-1] = 0.0
        out = []
        for cell in self.cells.alive:
            on = self.cells.patterns[cell]
            cone = sides[cell, borders[cell], None] * normals[borders[cell]]
            for sign in (1, -1):
                if free and on[self.problem.live].all():
                    out.append(Place(basis[:-1], sign * rows[:, :-1], np.zeros((0, r - 1)), penalties[:-1], True, sign))
                else:
                    out.append(Place(basis, sign * on[:, None] * rows, cone, penalties, False, sign))
        for s, t, plane in self.facets:
            cell, sign = self.describe(s)
            other = self.describe(t)[0]
            on = self.cells.patterns[cell] & self.cells.patterns[other]
            inside = self._within(normals[plane], free)
            edges = sorted({*borders[cell], *borders[other]} - {plane})
            cone = (sides[cell, edges, None] * normals[edges]) @ inside.T
            length = np.linalg.norm(cone, axis=1)
            cone = cone[length > 0] / length[length > 0][:, None]
            out.append(Place(inside @ basis, sign * on[:, None] * (rows @ inside.T), cone, np.ones(r - 1), False, sign))
        return out

    @cached_property
    def first(self) -> np.ndarray:
        """(k,) the first sample of each hyperplane."""
        of = np.asarray(self._arrangement.row_class)
        return np.array(
            [int(np.flatnonzero(of == j)[0]) for j in range(len(self._arrangement.normals))], dtype=np.int64
        )

    def plane_of(self, state: int) -> int | None:
        """Return the hyperplane of a facet, None for a state."""
        return None if state < self.states else self.facets[state - self.states][2]

    def patterns_of(self, program: np.ndarray) -> np.ndarray:
        """Return the activations (m, n) of states; on a facet those of the samples that are not on its hyperplane."""
        out = np.zeros((len(program), self.problem.n), dtype=bool)
        for j, s in enumerate(program):
            of = (int(s),) if s < self.states else self.facets[int(s) - self.states][:2]
            cells = [self.describe(t)[0] for t in of]
            out[j] = self.cells.patterns[cells].all(axis=0)
        return out

    def rows_of(self, state: int) -> np.ndarray:
        """Return exact rows a with <a, u> >= 0 on a closed state, or on a facet, whose plane comes both ways round."""
        plane = self.plane_of(state)
        of = state if plane is None else self.facets[state - self.states][0]
        turn = (self.cells.sides[self.describe(of)[0]] * self._row_sign[self.first]).astype(int).astype(object)
        rows = self.problem.data.fractions[self.first] * turn[:, None]
        return rows if plane is None else np.concatenate([rows, -rows[plane : plane + 1]])

    @property
    def _row_sign(self) -> np.ndarray:
        """(n,) side of each sample's hyperplane on which it lies."""
        return np.asarray(self._arrangement.row_sign, dtype=float)

    @cached_property
    def _arrangement(self) -> Any:
        from ....geometry.arrangement import Arrangement

        return Arrangement.of(self.problem.data)

    @cached_property
    def _borders(self) -> list[list[int]]:
        """For every cell the hyperplanes that hold one of its facets."""
        out: list[list[int]] = [[] for _ in range(self.cells.number)]
        for a, b in self.cells.facets:
            plane = int(np.flatnonzero(self.cells.sides[a] != self.cells.sides[b])[0])
            out[a].append(plane)
            out[b].append(plane)
        return out

    @staticmethod
    def _within(normal: np.ndarray, free: bool) -> np.ndarray:
        """Return rows (r - 1, r) that span a hyperplane: orthonormal, or the weights with the bias that they need."""
        if free:
            slope = -normal[:-1] / normal[-1]
            return np.concatenate([np.eye(len(slope)), slope[:, None]], axis=1)
        return np.asarray(np.linalg.svd(normal[None, :])[2][1:])

    @cached_property
    def _tables(self) -> tuple[np.ndarray, ...]:
        """Return (G, Q, C, K, pen) for the kernel."""
        places, n, r = self.places, self.problem.n, self._frame[0].shape[1]
        k = max((len(p.cone) for p in places), default=0)
        G, C = np.zeros((len(places), n, r)), np.zeros((len(places), r, k))
        pen, Q, K = np.zeros((len(places), r)), np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
        for i, p in enumerate(places):
            q = p.features.shape[1]
            G[i, :, :q], C[i, :q, : len(p.cone)], pen[i, :q] = p.features, p.cone.T, p.penalised
            Q[i], K[i] = q, len(p.cone)
        return G, Q, C, K, pen

    @cached_property
    def strengths(self) -> tuple[float, float]:
        """(lam, kappa) in scaled units."""
        chi, gamma, unit, _, _ = self.units
        return float(self.decay.lam) * gamma / (chi * unit), float(self.decay.kappa) * gamma * gamma / unit

    def solve(self, programs: np.ndarray, points: bool = False, threads: int | None = None) -> Minima:
        """Return the lowest points of programs (B, m) of states and facets, -1 for a unit at zero."""
        from ....solvers.decayed_kernel import decayed_points

        programs = np.ascontiguousarray(programs, dtype=np.int64)
        number, width = programs.shape
        _, _, unit, kind, y = self.units
        lam, kappa = self.strengths
        G, Q, C, K, pen = self._tables
        values, gaps = np.zeros(number), np.full(number, np.inf)
        shape = (number if points else 0, width + 1, max(G.shape[2], 1))
        x, z = np.zeros(shape), np.zeros((shape[0], width, C.shape[2]))
        start = float(y.sum() / (len(y) + kappa / 2)) if kind == 0 and self.free_constant else 0.0
        accuracy = self.problem.tolerances.interior_gap

        def part(rows: np.ndarray, pace: tuple[int, int, float, float, float]) -> None:
            number = len(rows)
            v, g = np.zeros(number), np.zeros(number)
            at, mu = (
                np.zeros((number if points else 0, *x.shape[1:])),
                np.zeros((number if points else 0, *z.shape[1:])),
            )
            decayed_points(
                G, Q, C, K, pen, y, kind, lam, kappa, self.decay.has_constant, start, programs[rows], accuracy, *pace,
                v, g, at, mu,
            )  # fmt: skip
            better = g < gaps[rows]
            values[rows[better]], gaps[rows[better]] = v[better], g[better]
            if points:
                x[rows[better]], z[rows[better]] = at[better], mu[better]

        target_gap = self.problem.tolerances.decayed_closed * max(self.problem.n, 1) * self.problem.zero_value / unit
        with ThreadPoolExecutor(threads) as pool:
            for pace in PACES:
                rows = np.flatnonzero(~(gaps <= target_gap))
                cuts = [rows[lo : lo + CHUNK] for lo in range(0, len(rows), CHUNK)]
                list(pool.map(part, cuts, [pace] * len(cuts)))
        share = unit / max(self.problem.n, 1)
        return Minima(values * share, gaps * share, x, z)

    def weights(self, program: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return (U (m, d) with u_j = |v_j| w_j, output signs (m,), c) of one point, in the data's own units."""
        gamma = self.units[1]
        U = np.zeros((len(program), self.problem.data.d))
        signs, c = np.ones(len(program)), float(point[-1, 0]) * gamma
        for j, s in enumerate(program):
            if s < 0:
                continue
            place = self.places[s]
            U[j] = gamma * point[j, : len(place.basis)] @ place.basis
            signs[j] = place.sign
            if place.everywhere:
                lift = max(0.0, -float((self.problem.data.X @ U[j]).min()))
                U[j, -1] += lift
                c -= place.sign * lift
        return U, signs, c
