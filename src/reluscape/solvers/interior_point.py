"""Which way basin programs are solved: as array programs, or by the compiled kernel where there is much to do.

Compiling takes seconds, once, and the compiled loops are several times as quick. They are compiled for where one
program or batch is large or many small ones have been solved, and always used once an earlier run has left them. Both
ways stop at the same gap, so that which was taken shows in the last digits only.
"""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import compile_at_once, left_by_earlier_runs
from ..numbers.tolerances import Tolerances
from .interior_arrays import interior_points as array_program
from .scaling import Coordinates

ITERATIONS = 100
# variables beyond which the library's linear algebra is quicker
MOST_VARIABLES = 256
# variables of a single program from which the library makes the kernel's first matrix
LEAST_READY = 96
# counted work of one program, and of a batch, from which compiled loops pay
MUCH, MUCH_TOGETHER = 1_000_000, 150_000_000
# and of all programs that array programs have solved in this process
MUCH_IN_ALL = 400_000_000
# work of a program besides its loops, passes over its constraints
START, PASSES = 30_000, 40
# constraints of programs that are solved in step, so that they stay in a core's own memory
IN_STEP = 16_384


def worth_compiling(space: Coordinates, starts: np.ndarray) -> bool:
    """Return whether the programs with the units starts[b] to starts[b + 1] are given to the compiled kernel."""
    units = starts[1:] - starts[:-1]
    if int(units.max(initial=0)) * space.r >= MOST_VARIABLES:
        return False
    if _left_by_an_earlier_run():
        return True
    m = units.astype(float)
    work = START + PASSES * m * len(space.C) + (m * space.r + 1) ** 3 / 6
    if work.max(initial=0.0) > MUCH or work.sum() > MUCH_TOGETHER:
        return True
    _solved[0] += float(work.sum())
    return _solved[0] > MUCH_IN_ALL


# work of the programs that array programs have solved
_solved = [0.0]


def compile_from_now_on() -> None:
    """Have this process solve every program by compiled kernels, so that last digits do not depend on its past."""
    _solved[0] = float("inf")
    compile_at_once("last digits do not depend on the past")


def _left_by_an_earlier_run() -> bool:
    """Return whether the compiled kernel lies where compiled code is kept, as this process begins."""
    return "quadratic_kernel.interior_points" in left_by_earlier_runs()


def one_program(
    space: Coordinates,
    patterns: np.ndarray,
    sides: np.ndarray,
    codes: np.ndarray,
    tolerances: Tolerances,
    iterations: int = ITERATIONS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Solve one program by the interior point.

    Args:
        space: the coordinates.
        patterns: (m, N) bool, units with a cone first.
        sides: (m, k) bool, on which side of each constraint a unit with sign 1 lies.
        codes: (m,) sign of each unit, 0 for one without cone.
        tolerances: where the search stops.
        iterations: largest number of Newton steps.

    Returns:
        minimiser (m r + bias,), multipliers (p, k), slacks (p, k), and (|residual|^2, gap, primal residual, dual
        residual, iterations).
    """
    m = len(codes)
    starts = np.array([0, m], dtype=np.int64)
    if not worth_compiling(space, starts):
        x, mu, s, stats = array_program(space, patterns[None], sides[None], codes[None], tolerances, iterations)
        return x[0], mu[0], s[0], stats[0]
    out = np.zeros((1, 5))
    units, signs = np.arange(m, dtype=np.int64), np.array(codes, dtype=np.int64)
    flags = np.array(patterns, dtype=bool, order="C"), np.array(sides, dtype=bool, order="C")
    x, mu, s = _compiled(space, *flags, starts, units, signs, tolerances, out, iterations)
    shape = int(np.count_nonzero(codes)), len(space.C)
    size, count = m * space.r + (space.E.size > 0), shape[0] * shape[1]
    return x[:size], mu[:count].reshape(shape), s[:count].reshape(shape), out[0]


def many_programs(
    space: Coordinates,
    patterns: np.ndarray,
    sides: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    tolerances: Tolerances,
    compiled: bool,
    out: np.ndarray,
) -> None:
    """Fill out (B, 5) with |residual|^2, gap, primal and dual residual, and iterations of many programs.

    Args:
        space: the coordinates.
        patterns: (S, N) bool, distinct patterns.
        sides: (S, k) bool, the same on the samples that the constraints belong to.
        starts: (B + 1,) program b has the units starts[b] to starts[b + 1].
        units: pattern number of each unit; in each program those with a cone stand first.
        codes: sign of each unit, 0 for one without cone.
        tolerances: where the search stops.
        compiled: whether the compiled kernel does it.
        out: receives the answers.
    """
    if compiled:
        _compiled(space, patterns, sides, starts, units, codes, tolerances, out)
        return
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    first = int(starts[0])
    cones = np.bincount(owner, weights=codes[first : int(starts[-1])] != 0, minlength=len(starts) - 1)
    shapes = np.stack([np.diff(starts), cones.astype(np.int64)], axis=1)
    for m, p in np.unique(shapes, axis=0).tolist():
        alike = np.flatnonzero((shapes == (m, p)).all(axis=1))
        step = max(1, IN_STEP // max(p * len(space.C), 1))
        for begin in range(0, len(alike), step):
            group = alike[begin : begin + step]
            at = starts[group][:, None] + np.arange(m)
            which = units[at]
            out[group] = array_program(space, patterns[which], sides[which], codes[at], tolerances, ITERATIONS)[3]


def _compiled(
    space: Coordinates,
    patterns: np.ndarray,
    sides: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    tolerances: Tolerances,
    out: np.ndarray,
    iterations: int = ITERATIONS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fill out by the compiled kernel; return minimiser, multipliers and slacks of the last, with room to spare."""
    from .quadratic_kernel import interior_points

    (n, r), k, m = space.U.shape, len(space.C), int(np.diff(starts).max(initial=0))
    N = m * r + int(space.E.size > 0)
    # the library multiplies the features of a large program sooner than the kernel's loops
    ready = len(starts) == 2 and N > LEAST_READY
    products = _products(space, patterns[units[starts[0] : starts[1]]]) if ready else np.empty((N, N))
    vectors, slots = tuple(np.empty((6, max(N, k, 1)))), tuple(np.empty((15, max(m * k, 1))))
    interior_points(
        space.U,
        space.E,
        space.y,
        np.array(space.C.T, order="C"),  # never a frozen view, for which all would be compiled again
        np.array(space.products.T, order="C"),
        patterns,
        sides,
        starts,
        units,
        codes,
        np.array([tolerances.interior_gap, tolerances.interior_ridge, tolerances.interior_pivot]),
        iterations,
        ready,
        (np.empty((N, n)), products, np.empty((N, N))),
        vectors,
        slots,
        out,
    )
    return vectors[4], slots[4], slots[3]


def _products(space: Coordinates, active: np.ndarray) -> np.ndarray:
    """Return the inner products (N, N) of the features of one program with patterns (m, n)."""
    (m, n), r = active.shape, space.r
    F = np.empty((m * r + int(space.E.size > 0), n))
    F[: m * r] = (space.U.T * active[:, None, :]).reshape(m * r, n)
    if space.E.size:
        F[-1] = space.E
    return np.ascontiguousarray(F @ F.T)
