"""Values of many basins over one data set: each set of (pattern, sign) states is solved once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError, ShapeError, SolverError
from ..numbers.entries import entries
from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.data import Dataset
from ..problem.penalties import NONE
from ..problem.problem import as_problem
from ..problem.targets import with_targets
from ..solvers.quadratic import BasinPrograms, Program
from ..solvers.quadratic_device import solve_batch_on
from .decided import decided_exactly, sure, vouched
from .patterns import refuse_split_lines

# so many programs together are each proved as a single one is; beyond, where the rays of cells are not known (rank
# above 3), the residuals estimate the gap
FEW = 64


class BasinEvaluator:
    """Basin values of the squared loss over one data set, remembered by the set of alive (pattern, sign) states.

    Args:
        X: (n, d) samples or a `Dataset` with targets.
        y: (n,) targets.
        output_bias: True adds a free constant c.
        threads: size of the thread pool; None takes one a core.
        device: None solves here; a torch device such as "cuda" solves whole batches there.
        mark_undecided: True returns NaN for a value that neither floats nor a short exact search decide, in place of
            raising SolverError.
        prove: True proves each value of a small batch as that of a single basin.

    Example:
        >>> basins = BasinEvaluator([[1, 0], [0, 1]], [1, -1])
        >>> basins.values([[[True, True]], [[True, False]]], [[1], [1]]).round(9).tolist()
        [0.5, 0.5]
    """

    def __init__(
        self,
        X: Any,
        y: Any = None,
        output_bias: bool = False,
        threads: int | None = None,
        tolerances: Tolerances = DEFAULT,
        device: str | None = None,
        mark_undecided: bool = False,
        prove: bool = False,
    ) -> None:
        self.data = with_targets(X, y)
        self.programs = BasinPrograms(self.data, output_bias, tolerances=tolerances)
        self.threads = threads
        self.device = device
        self.mark_undecided = mark_undecided
        self.prove = prove
        self._numbers: dict[bytes, int] = {}
        self._patterns: list[bytes] = []
        self._values: dict[bytes, float] = {}
        self._gaps: dict[bytes, float] = {}

    @property
    def solved(self) -> int:
        """Number of different programs solved so far."""
        return len(self._values)

    @property
    def worst_gap(self) -> float:
        """Largest gap of a program so far, relative to the mean square of the targets; see `Basin`."""
        return max(self._gaps.values(), default=0.0)

    def values(self, patterns: Any, signs: Any) -> np.ndarray:
        """Return the values of B basins.

        Args:
            patterns: (B, m, n) bool, each row the pattern of a cell (one that some weights have).
            signs: (B, m) -1 or 1.

        Returns:
            (B,) mean squared losses; NaN where undecided values are marked.

        Raises:
            SolverError: neither floats nor a short exact search decide a value, and such are not marked.
            ShapeError: shapes that do not fit the data or each other.
            InputError: signs other than -1 and 1.
        """
        patterns, signs = checked_states(self.data, patterns, signs)
        codes = self.codes(patterns, signs)
        rows, inverse = np.unique(codes, axis=0, return_inverse=True) if codes.shape[1] else (codes[:1], None)
        sets = self._canonical(rows)
        keys = [row.tobytes() for row in sets]
        missing = {key: i for i, key in enumerate(keys) if key not in self._values}
        if missing:
            self._solve([sets[i] for i in missing.values()], list(missing))
        losses = np.array([self._values[key] for key in keys])
        if inverse is None:
            return np.repeat(losses, len(codes))
        return losses[inverse.reshape(-1)]

    def codes(self, patterns: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Return (B, m) int64 numbers of the states, sorted, repeated and dead ones -1 (first).

        A state's number is 2 * (number of its pattern) + (1 for sign +1), numbered as patterns are first seen.
        """
        B, m, _ = patterns.shape
        alive = patterns[:, :, self.programs.alive_columns]
        bits = np.packbits(alive.reshape(B * m, alive.shape[2]), axis=1)
        if not bits.shape[1] or not B * m:
            return np.full((B, m), -1, dtype=np.int64)
        view = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).reshape(-1)
        unique, inverse = np.unique(view, return_inverse=True)
        dead = bytes(bits.shape[1])
        numbers = np.empty(len(unique), dtype=np.int64)
        for i, item in enumerate(unique):
            key = item.tobytes()
            if key == dead:
                numbers[i] = -1
            elif key in self._numbers:
                numbers[i] = self._numbers[key]
            else:
                numbers[i] = self._numbers[key] = len(self._patterns)
                self._patterns.append(key)
        number = numbers[inverse.reshape(-1)].reshape(B, m)
        codes = np.where(number < 0, -1, 2 * number + (signs > 0))
        codes.sort(axis=1)
        repeats = np.zeros_like(codes, dtype=bool)
        repeats[:, 1:] = codes[:, 1:] == codes[:, :-1]
        codes[repeats] = -1
        codes.sort(axis=1)
        return codes

    @staticmethod
    def _canonical(codes: np.ndarray) -> list[np.ndarray]:
        """Return each row without the -1 entries."""
        return [row[row >= 0] for row in codes]

    def _solve(self, sets: list[np.ndarray], keys: list[bytes]) -> None:
        """Solve the programs of sets of states and remember them."""
        lengths = np.array([len(codes) for codes in sets], dtype=np.int64)
        codes = np.concatenate(sets) if sets else np.zeros(0, dtype=np.int64)
        owner, pattern = np.repeat(np.arange(len(sets)), lengths), codes // 2
        # sorted codes put the two signs of a pattern side by side; the second of them stands for the free unit
        free = np.zeros(len(codes), dtype=bool)
        free[1:] = (pattern[1:] == pattern[:-1]) & (owner[1:] == owner[:-1])
        stays = np.ones(len(codes), dtype=bool)
        stays[:-1] &= ~free[1:]
        at = np.flatnonzero(stays)
        at = at[np.lexsort((free[at], owner[at]))]  # units with a cone first
        numbers, local = np.unique(pattern[at], return_inverse=True)
        batch = (
            self._unpacked(numbers),
            np.concatenate([[0], np.cumsum(np.bincount(owner[at], minlength=len(sets)))]).astype(np.int64),
            np.ascontiguousarray(local.reshape(-1), dtype=np.int64),
            np.where(free[at], 0, 2 * (codes[at] % 2) - 1).astype(np.int64),
        )
        if self.prove and len(sets) <= FEW and not self.programs.knows_rays:
            values, gaps = self._each(*batch)
        elif self.device is None:
            values, gaps = self.programs.solve_batch(*batch, self.threads)
        else:
            values, gaps = solve_batch_on(self.device, self.programs, *batch)
        for b, gap in enumerate(gaps.tolist()):
            if not vouched(gap, self.programs.tolerances):
                values[b], gaps[b] = self._exactly(sets[b], gap)
        self._values.update(zip(keys, values.tolist(), strict=True))
        self._gaps.update(zip(keys, gaps.tolist(), strict=True))

    def _each(
        self, patterns: np.ndarray, starts: np.ndarray, units: np.ndarray, codes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return values and gaps (B,), each proved as that of a single basin; infinite where it has to be exact."""
        pairs = np.empty((len(starts) - 1, 2))
        for b, (first, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
            solution = self.programs.solve(Program(patterns[units[first:end]], codes[first:end]))
            size = self.data.n * (end - first) * self.data.d
            pairs[b] = solution.value, solution.gap if sure(solution, size, self.programs.tolerances) else np.inf
        return pairs[:, 0], pairs[:, 1]

    def _exactly(self, codes: np.ndarray, gap: float) -> tuple[float, float]:
        """Return the value of one set of states by exact arithmetic, and its gap; NaN and infinity where undecided."""
        alive = self.programs.alive_columns
        A = np.zeros((len(codes), self.data.n), dtype=bool)
        A[:, alive] = self._unpacked(codes // 2)[:, self.programs.space.rows]
        for group in self.data.duplicates:
            A[:, list(group)] = A[:, list(group)].any(axis=1, keepdims=True)
        try:
            basin = decided_exactly(self.data, A, 2 * (codes % 2) - 1, self.programs.output_bias, gap)
        except SolverError:
            if not self.mark_undecided:
                raise
            return np.nan, np.inf
        return basin.value, 0.0

    def _unpacked(self, numbers: np.ndarray) -> np.ndarray:
        """Return patterns (S, N) over the solver's distinct samples."""
        space = self.programs.space
        out = np.zeros((len(numbers), len(space.sample)), dtype=bool)
        for i, number in enumerate(numbers):
            bits = np.frombuffer(self._patterns[number], dtype=np.uint8)
            out[i, space.rows] = np.unpackbits(bits, count=len(space.rows)).astype(bool)
        return out


def checked_states(data: Dataset, patterns: Any, signs: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return patterns (B, m, n) bool and signs (B, m)."""
    patterns, signs = entries(patterns, "patterns"), entries(signs, "signs")
    if patterns.ndim != 3 or patterns.shape[2] != data.n:
        raise ShapeError(f"patterns have shape {patterns.shape}, expected (B, m, {data.n})")
    if signs.shape != patterns.shape[:2]:
        raise ShapeError(f"signs have shape {signs.shape}, expected {patterns.shape[:2]}: one per unit")
    if signs.size and not np.isin(signs, (-1, 1)).all():
        raise InputError("output signs are -1 or +1")
    signs = signs.astype(np.int64)
    if patterns.dtype != bool:
        if patterns.size and not np.isin(patterns, (0, 1)).all():
            raise InputError("an activation pattern holds only 0/1 or False/True")
        patterns = patterns.astype(bool)
    refuse_split_lines(data, patterns)
    return patterns, signs


def basin_values(
    X: Any,
    y: Any,
    patterns: Any,
    signs: Any,
    output_bias: bool = False,
    threads: int | None = None,
    device: str | None = None,
    loss: Any = "squared",
    weight_decay: Any = None,
) -> np.ndarray:
    """Return the values of many basins of the squared loss, or of any convex loss with weight decay.

    Bas = min over v_j w_j = z_j in s_j C(A_j) of (1/n) sum_i (sum_j A_ji <z_j, x_i> + c - y_i)^2, c = 0 without an
    output bias. Each set of (pattern, sign) states is solved once; dead and repeated states are dropped first.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem`.
        y: (n,) targets, None where X holds them.
        patterns: (B, m, n) bool, patterns of cells.
        signs: (B, m) -1 or 1.
        output_bias: True adds a free constant c.
        threads: size of the thread pool; None takes one a core.
        device: None solves here; a torch device such as "cuda" solves whole batches there, to the same residuals.
        loss: as for `basin_value`; another loss than the squared one needs a weight decay here.
        weight_decay: None, a number, or a `WeightDecay`; the values are then mean loss plus penalty.

    Returns:
        (B,) mean squared losses, kind "numerical": each is off its minimum by at most `Tolerances.kkt` of the mean
        square of the targets. That is proved where the samples have rank at most 3, lie close together or differ much
        in scale, or where at most 64 different sets of states are asked for; in larger batches of higher rank the
        residuals say so.

    Raises:
        ShapeError: shapes that do not fit.
        InputError: no targets, or signs other than -1 and 1.
        SolverError: neither floats nor a short exact search decide a value.

    Source: Safran and Shamir, Definition 2 and Lemma 3 (patterns there are units by samples).

    Example:
        >>> basin_values([[1, 0], [0, 1]], [1, -1], [[[1, 0]], [[0, 0]]], [[1], [1]]).round(9).tolist()
        [0.5, 1.0]
    """
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    if problem.penalty is not NONE:
        from .decay.value import decayed_values

        return decayed_values(problem, *checked_states(problem.data, patterns, signs), threads)
    data = problem.only(output_bias=True)
    evaluator = BasinEvaluator(data, None, problem.output_bias, threads, device=device, prove=device is None)
    return evaluator.values(patterns, signs)
