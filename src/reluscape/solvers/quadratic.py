"""Basin programs of the squared loss: presolve, the interior point, and Clarabel where it does not converge."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import SolverError
from ..numbers.checks import readonly
from ..numbers.threads import one_thread
from ..numbers.tolerances import DEFAULT, ROUNDING, Tolerances
from ..problem.data import Dataset
from .face import FacePoint, certified_face
from .interior_point import many_programs, one_program, worth_compiling
from .proved_rays import proved_work
from .rays import low_rank_work
from .scaling import Coordinates, coordinates
from .span_rank import Residues

__all__ = ["BasinPrograms", "Program", "Solution"]

WORTH_A_POOL = 1 << 18
# rank up to which a batch is solved over the rays of its cells, with a proof
RANK_OF_RAYS = 3


@dataclass(frozen=True, eq=False)
class Solution:
    """A minimiser of one basin program, with its optimality residuals.

    Attributes:
        value: the mean of the squared residuals over all n samples.
        Z: (m, d) weights z_j = v_j w_j of the presolved units.
        c: output bias, 0.0 where there is none.
        prediction: (n,) what the network predicts for the samples, 0 for one that nothing reaches.
        multipliers: (p, k) multipliers of the cone constraints, for unit rows in the solver's coordinates.
        tight: (p, k) bool, the multiplier exceeds the slack: the guess of the active set.
        residual: complementarity, infeasibility times the multipliers and dual residual times the weights, relative to
            the mean square of the targets.
        gap: bound on how far the value is from the minimum, relative to the mean square of the targets; infinite where
            floats could not tell.
        iterations: Newton steps; -1 where Clarabel solved the program.
        proved: whether the bound counts every rounding; else it is a first-order estimate from the residuals.
    """

    value: float
    Z: np.ndarray
    c: float
    prediction: np.ndarray
    multipliers: np.ndarray
    tight: np.ndarray
    residual: float
    gap: float
    iterations: int
    proved: bool


@dataclass(frozen=True, eq=False)
class Program:
    """One presolved program: distinct alive units, first those with a cone.

    Attributes:
        patterns: (m, N) bool over the distinct samples.
        codes: (m,) sign of each unit, 0 where both signs occur and the cone falls away.
    """

    patterns: np.ndarray
    codes: np.ndarray


class BasinPrograms:
    """All basin programs over one data set: min over Z and c of |sum_j A_j (X z_j) + c - y|^2 / n, z_j in s_j C(A_j).

    C(A_j) is the closed cone of weights whose pattern is A_j. Values depend only on the set of (pattern, sign) states,
    and a pattern held with both signs loses its cone.

    Args:
        data: samples with targets.
        output_bias: True adds the free constant c.
        merge: False keeps equal samples apart (for patterns that treat them differently).
        tolerances: where the search stops and what counts as solved.
    """

    def __init__(
        self, data: Dataset, output_bias: bool = False, merge: bool = True, tolerances: Tolerances = DEFAULT
    ) -> None:
        if data.y is None:
            raise SolverError("a basin program needs targets; give y")
        self.data = data
        self.output_bias = bool(output_bias)
        self.tolerances = tolerances
        self.space: Coordinates = coordinates(data, data.y, self.output_bias, merge)

    @cached_property
    def alive_columns(self) -> np.ndarray:
        """One original sample for each distinct non-zero one: a pattern that is False on them is dead."""
        return self.space.sample[self.space.rows]

    @property
    def knows_rays(self) -> bool:
        """Whether batches are solved over the rays of the cells, so that each gap counts the rounding."""
        return self.space.r <= RANK_OF_RAYS

    def value_of(self, square: float | np.ndarray) -> float | np.ndarray:
        """Return the mean loss that belongs to a squared residual in the solver's units."""
        return (np.maximum(square, 0.0) * self.space.y_square + self.space.constant) / max(self.data.n, 1)

    def in_losses(self, gap: float) -> float:
        """Return what a gap in the solver's units is as a difference of mean losses."""
        return float(gap * self.space.y_square / max(self.data.n, 1))

    def presolve(self, pattern: np.ndarray, sign: np.ndarray) -> tuple[Program, list[list[int]]]:
        """Return one program and, for each of its units, the original units that merged into it.

        Args:
            pattern: (m, n) bool over the original samples.
            sign: (m,) -1 or 1.
        """
        alive: dict[bytes, list[int]] = {}
        for j in range(len(pattern)):
            if pattern[j, self.alive_columns].any():
                alive.setdefault(pattern[j, self.alive_columns].tobytes(), []).append(j)
        sign_sets = {key: {int(sign[j]) for j in units} for key, units in alive.items()}
        order = sorted(alive, key=lambda key: len(sign_sets[key]))
        members = [alive[key] for key in order]
        codes = np.array(
            [0 if len(sign_sets[key]) == 2 else next(iter(sign_sets[key])) for key in order], dtype=np.int64
        )
        masks = np.zeros((len(order), len(self.space.sample)), dtype=bool)
        for a, units in enumerate(members):
            masks[a] = pattern[units[0], self.space.sample]
        return Program(readonly(masks), readonly(codes)), members

    def solve(self, program: Program, prove: bool = True) -> Solution:
        """Solve one presolved program.

        Args:
            program: its units.
            prove: False is content with small residuals where rows are neither close nor ill-scaled.
        """
        space, tol = self.space, self.tolerances
        p = int(np.count_nonzero(program.codes))
        on = program.patterns[:, space.rows]
        sides = np.where(on[:p], 1.0, -1.0) * program.codes[:p, None]
        if space.y_scale == 0.0 or (not len(program.codes) and not self.output_bias):
            x = np.zeros(len(program.codes) * space.r + self.output_bias)
            square = float(space.y @ space.y)
            return self._solution(program, x, np.zeros_like(sides), np.ones_like(sides), square, 0.0, 0.0, 0, True)
        x, mu, s, stats = one_program(space, program.patterns, on, program.codes, tol)
        square, residual, iterations = float(stats[0]), float(stats[1:4].sum()), int(stats[4])
        if residual <= tol.kkt and not (prove or space.fine):
            return self._solution(program, x, mu, s, square, residual, residual, iterations, False)
        face = self._on_face(program, sides, x, mu, s)
        if face is None and (space.fine or not residual <= tol.kkt):
            from .conic import squared_program

            answer = squared_program(space, program.patterns, sides, program.codes)
            if answer is not None and (not np.isfinite(residual) or answer.residual < residual):
                x, mu, s = answer.x, answer.multipliers, answer.slacks
                square, residual, iterations = answer.square, answer.residual, -1
                face = self._on_face(program, sides, x, mu, s)
        if face is not None:
            # what the value itself is rounded by counts too
            gap = face.gap + ROUNDING * (face.square + space.constant / space.y_square)
            near = min(residual, gap)
            return self._solution(program, face.x, mu, s, face.square, near, gap, iterations, True)
        gap = np.inf if space.fine or not residual <= tol.kkt else residual
        return self._solution(program, x, mu, s, square, residual, gap, iterations, False)

    def _on_face(
        self, program: Program, sides: np.ndarray, x: np.ndarray, mu: np.ndarray, s: np.ndarray
    ) -> FacePoint | None:
        """Return the certified minimum on the face of a numerical solution, or None."""
        if self.space.r != self.data.rank or not np.isfinite(x).all():
            return None
        return certified_face(self.space, lambda: self.residues, program.patterns, sides, x, mu, s, self.tolerances.kkt)

    @cached_property
    def residues(self) -> Residues:
        """The samples modulo a large prime."""
        return Residues(self.data, self.space.sample)

    def _solution(
        self,
        program: Program,
        x: np.ndarray,
        mu: np.ndarray,
        s: np.ndarray,
        square: float,
        residual: float,
        gap: float,
        iterations: int,
        proved: bool,
    ) -> Solution:
        """Return to the original coordinates."""
        space = self.space
        size = len(x) - self.output_bias
        Z = x[:size].reshape(-1, space.r) @ space.back.T * space.y_scale if space.r else np.zeros((0, self.data.d))
        c = float(x[-1] * space.y_scale / space.e_scale + space.y_centre) if space.E.size else 0.0
        return Solution(
            float(self.value_of(square)),
            readonly(Z),
            c,
            readonly(self._predicted(program, x)),
            readonly(mu),
            readonly(mu > s),
            residual,
            gap,
            iterations,
            proved,
        )

    def _predicted(self, program: Program, x: np.ndarray) -> np.ndarray:
        """Return the predictions (n,) of a point in the solver's coordinates, where large weights cancel least."""
        space = self.space
        size = len(x) - self.output_bias
        heights = x[:size].reshape(len(program.codes), space.r) @ space.U.T
        distinct = (heights * program.patterns).sum(axis=0) * space.y_scale / space.weight
        if space.E.size:
            distinct = distinct + float(x[-1] * space.y_scale / space.e_scale + space.y_centre)
        return np.append(distinct, 0.0)[space.group]

    def solve_batch(
        self,
        patterns: np.ndarray,
        starts: np.ndarray,
        units: np.ndarray,
        codes: np.ndarray,
        threads: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Solve many presolved programs at once.

        Args:
            patterns: (S, N) bool, distinct alive patterns over the distinct samples.
            starts: (B + 1,) program b has the units starts[b] to starts[b + 1].
            units: pattern number of each unit; in each program those with a cone stand first.
            codes: sign of each unit, 0 for one without cone.
            threads: size of the thread pool; None takes one a core.

        Returns:
            values (B,) and gaps (B,), relative to the mean square of the targets; infinite where floats could not tell.
        """
        space, tol = self.space, self.tolerances
        B = len(starts) - 1
        out = np.zeros((B, 5))
        if space.y_scale == 0.0:
            return np.full(B, self.value_of(0.0)), np.zeros(B)
        active = np.ascontiguousarray(patterns, dtype=bool)
        sides = np.ascontiguousarray(active[:, space.rows])
        with_kernel = worth_compiling(space, starts)
        workers = max(1, min(threads or os.cpu_count() or 1, B))
        if len(units) * space.C.size < WORTH_A_POOL:
            workers = 1

        def work(chunk: tuple[int, int]) -> None:
            first, last = chunk
            many_programs(
                space,
                active,
                sides,
                np.ascontiguousarray(starts[first : last + 1], dtype=np.int64),
                units,
                codes,
                tol,
                with_kernel,
                out[first:last],
            )

        if space.fine:
            prover = None
            if space.r == self.data.rank:
                prover = proved_work(space, self.data, active, starts, units, codes, out, tol)
            if prover is None:
                return self._one_by_one(range(B), patterns, starts, units, codes)
            _in_chunks(prover, B, workers)
        else:
            low = low_rank_work(space, active, starts, units, codes, out, tol)
            _in_chunks(work if low is None else low, B, workers)
        gaps = out[:, 1:4].sum(axis=1)
        values = np.asarray(self.value_of(out[:, 0]))
        again = np.flatnonzero(~(gaps <= tol.kkt)).tolist()
        values[again], gaps[again] = self._one_by_one(again, patterns, starts, units, codes)
        return values, gaps

    def _one_by_one(
        self, picks: Iterable[int], patterns: np.ndarray, starts: np.ndarray, units: np.ndarray, codes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and gaps of the chosen programs of a batch."""
        pairs = []
        for b in picks:
            piece = slice(starts[b], starts[b + 1])
            solution = self.solve(Program(patterns[units[piece]], codes[piece]))
            pairs.append((solution.value, solution.gap))
        table = np.array(pairs, dtype=float).reshape(-1, 2)
        return table[:, 0], table[:, 1]


def _in_chunks(work, size: int, workers: int) -> None:  # type: ignore[no-untyped-def]
    """Run work((first, last)) over [0, size) in a pool; chunks are small enough to balance."""
    pieces = min(size, workers * 8 if workers > 1 else 1)
    edges = np.linspace(0, size, pieces + 1).astype(int)
    chunks = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    if workers == 1:
        for chunk in chunks:
            work(chunk)
        return
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, chunks))
