"""Critical components: the minimisers over a product of faces, the output signs they allow, and whether they exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers import exact
from ..problem.data import Dataset
from ..solvers.linear import strictly_feasible
from .onesided import nowhere_negative, vanishes
from .units import exact_lines

FAR = 64
DENOMINATORS = (1, 2, 12, 1000, 10**6)
FREE = "free"  # a sum of units with both signs: no condition but the face's span


@dataclass(frozen=True, eq=False)
class Face:
    """One unit's place: on, off or on the hyperplane of each sample.

    Attributes:
        covector: (n,) entries -1, 0, 1; zero rows 0.
        basis: (k, d) integer rows that span the weights orthogonal to the samples on the hyperplane.
        heights: (n, k) exact <x_i, basis_l>.
        design: (n, k) the same where the unit is on, else 0.
    """

    covector: np.ndarray
    basis: np.ndarray
    heights: np.ndarray
    design: np.ndarray

    @property
    def kinks(self) -> np.ndarray:
        """Samples on the hyperplane, zero rows counted."""
        return np.flatnonzero(self.covector == 0)


def make_face(data: Dataset, covector: Any) -> Face:
    """Return the face of a covector."""
    sigma = np.array(covector, dtype=np.int8)
    rows = data.rows[sigma == 0]
    if len(rows) and rows.any():
        free = exact.nullspace(rows)
        basis = exact.integer_rows(free)[0] if len(free) else np.zeros((0, data.d), dtype=object)
        heights = _product(data.fractions, basis.T) if len(basis) else np.zeros((data.n, 0), dtype=object)
    else:
        basis = np.array(np.eye(data.d, dtype=int), dtype=object).reshape(data.d, data.d)
        heights = data.fractions
    on = (sigma > 0).astype(int).astype(object)
    return Face(sigma, basis, heights, heights * on[:, None])


@dataclass(frozen=True, eq=False)
class Component:
    """All minimisers of the squared loss over sums S_F in the spans of distinct faces F (and c).

    Attributes:
        data: samples with targets.
        faces: the distinct faces.
        start: per face (k_F,) coefficients of one minimiser.
        moves: per face (q, k_F) coefficients of a basis of the directions of all minimisers.
        c: output bias of the minimiser, None without one.
        c_moves: (q,) its part of the directions.
        errors: (n,) residuals f - y, the same for all minimisers.
        loss: mean squared loss.
    """

    data: Dataset
    faces: tuple[Face, ...]
    start: tuple[np.ndarray, ...]
    moves: tuple[np.ndarray, ...]
    c: Fraction | None
    c_moves: np.ndarray
    errors: np.ndarray
    loss: Any

    @property
    def freedom(self) -> int:
        """Dimension of the set of minimisers."""
        return len(self.c_moves)


def minimisers(data: Dataset, faces: Sequence[Face], output_bias: bool = False) -> Component:
    """Solve the least-squares program of a product of faces exactly."""
    n = data.n
    blocks = [face.design for face in faces]
    if output_bias:
        blocks.append(np.array([[Fraction(1)]] * n, dtype=object).reshape(n, 1))
    design = np.concatenate(blocks, axis=1) if blocks else np.zeros((n, 0), dtype=object)
    y = data.y_fractions
    P = design.shape[1]
    if P and n:
        solution, kernel = _least_squares(exact.fraction_matrix(design), np.asarray(y))
        predictions = design @ solution
    else:
        solution = np.array([Fraction(0)] * P, dtype=object)
        kernel = np.array([[Fraction(int(i == k)) for k in range(P)] for i in range(P)], dtype=object).reshape(P, P)
        predictions = np.array([Fraction(0)] * n, dtype=object)
    errors = predictions - y
    loss = sum((e * e for e in errors), Fraction(0)) / max(n, 1)
    start, moves, at = [], [], 0
    for face in faces:
        k = len(face.basis)
        start.append(solution[at : at + k])
        moves.append(kernel[:, at : at + k])
        at += k
    c = solution[at] if output_bias else None
    c_moves = kernel[:, at] if output_bias else np.array([Fraction(0)] * len(kernel), dtype=object)
    return Component(data, tuple(faces), tuple(start), tuple(moves), c, c_moves, errors, loss)


def kernel_of(faces: Sequence[Face]) -> np.ndarray:
    """Return (q, sum of k_F) an exact basis of the coefficients that leave every prediction as it is."""
    columns = sum(face.design.shape[1] for face in faces)
    design = np.concatenate([face.design for face in faces], axis=1) if faces else np.zeros((0, 0), dtype=object)
    if not columns:
        return np.zeros((0, 0), dtype=object)
    if not len(design):
        return np.array([[Fraction(int(i == k)) for k in range(columns)] for i in range(columns)], dtype=object)
    return exact.nullspace(design)


def _least_squares(design: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one least-squares solution, 0 off the first independent columns, and a basis of the kernel as rows."""
    P = design.shape[1]
    kernel = exact.nullspace(design)
    # the basis has a 1 at the last entry of each row, its free column, and 0 there in all other rows
    free = {max(np.flatnonzero(row)) for row in kernel}
    pivots = [j for j in range(P) if j not in free]
    solution = np.array([Fraction(0)] * P, dtype=object)
    if pivots:
        M = exact.fmpq_matrix(design[:, pivots])
        x = (M.transpose() * M).solve(M.transpose() * exact.fmpq_matrix(y[:, None]))
        solution[pivots] = exact.fractions_of(x)[:, 0]
    return solution, kernel


def allowed_signs(data: Dataset, face: Face, errors: np.ndarray) -> frozenset[int]:
    """Return the output signs (0 for a silent unit) with which a unit on this face passes the one-sided test."""
    weights = 2 * errors * data.row_scale
    on = np.flatnonzero(face.covector > 0)
    g = sum((weights[i] * data.rows[i] for i in on), np.array([Fraction(0)] * data.d, dtype=object))
    live = [i for i in face.kinks if any(data.rows[i])]
    psi = exact_lines(g, data.rows[live], weights[live])
    signs = {s for s in (1, -1) if nowhere_negative(psi.signed(s)).holds}
    if signs == {1, -1} and vanishes(psi)[0]:
        signs.add(0)
    return frozenset(signs)


def place(component: Component, regions: Sequence[int | str]) -> tuple[list[np.ndarray], Fraction | None] | None:
    """Return sums S_F of a minimiser with S_F in the region asked for on each face, or None where there is none.

    Args:
        component: the minimisers.
        regions: per face 1 (inside the face), -1 (inside its negative), 0 (zero) or FREE.
    """
    q = component.freedom
    equalities, strict = [], [[Fraction(1)] + [Fraction(0)] * q]
    for face, region, start, moves in zip(component.faces, regions, component.start, component.moves, strict=True):
        if region == FREE:
            continue
        if region == 0:
            equalities += [[start[k], *moves[:, k]] for k in range(len(start))]
            continue
        off = np.flatnonzero(face.covector)
        sides = (int(region) * face.covector[off].astype(int).astype(object))[:, None] * face.heights[off]
        if len(off):
            strict += _product(sides, np.concatenate([start[None], moves]).T).tolist()
    system = np.array(strict, dtype=object)
    chart = None
    if equalities:
        chart = exact.nullspace(np.array(equalities, dtype=object))
        if len(chart) == 0:
            return None
        system = _product(system, chart.T)
    if any(not any(row) for row in system):
        return None
    solution = strictly_feasible(exact.fraction_matrix(system))
    if solution.witness is None:
        return None
    inside = np.array([exact.to_fraction(t) for t in solution.witness], dtype=object)
    point = short_point(system, inside)
    point = point if chart is None else point @ chart
    t = point[1:] / point[0]
    sums = []
    for face, start, moves in zip(component.faces, component.start, component.moves, strict=True):
        coefficients = start + t @ moves if q else start
        sums.append(coefficients @ face.basis if len(face.basis) else np.array([Fraction(0)] * component.data.d))
    c = None if component.c is None else component.c + (t @ component.c_moves if q else 0)
    return sums, c


def _product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return A B for exact matrices, neither of them empty."""
    return exact.fractions_of(exact.fmpq_matrix(exact.fraction_matrix(A)) * exact.fmpq_matrix(exact.fraction_matrix(B)))


def short_point(rows: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return a point of an open cone {rows z > 0} with short numbers, scaled so that rows[0] z is about 1.

    Points far out, whose doubles would fall on another side of a hyperplane, are drawn to the middle of the cone.

    Args:
        rows: (k, q) exact, the first one the scale.
        inside: (q,) exact, a point of the cone.
    """
    inside = inside / (rows[0] @ inside)
    if max(abs(t) for t in inside) > FAR:
        inside = _central(rows, inside)
    for denominator in DENOMINATORS:
        simple = np.array([t.limit_denominator(denominator) for t in inside], dtype=object)
        if all(height > 0 for height in rows @ simple):
            return simple
    return inside


def _central(rows: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the point of the cone, in a box, that is farthest from its walls; `inside` where floats miss the cone."""
    from scipy.optimize import linprog

    A = np.array([[float(v) for v in row / max(abs(t) for t in row)] for row in rows])
    k, q = A.shape
    cost = np.zeros(q + 1)
    cost[-1] = -1.0
    walls = np.concatenate([-A, np.linalg.norm(A, axis=1)[:, None]], axis=1)
    solution = linprog(cost, A_ub=walls, b_ub=np.zeros(k), bounds=[(-1, 1)] * q + [(None, 1)], method="highs")
    if solution.x is None or solution.x[-1] <= 0:
        return inside
    middle = np.array([Fraction(float(t)) for t in solution.x[:-1]], dtype=object)
    return middle / (rows[0] @ middle) if all(height > 0 for height in rows @ middle) else inside


def sign_choices(component: Component, sign_options: Sequence[frozenset[int]], counts: Sequence[int]) -> Iterator[Any]:
    """Yield (signs per face, sums, c) for every choice of output signs, up to relabelling, that has a minimiser.

    Args:
        component: the minimisers.
        sign_options: per face the signs that pass the one-sided test.
        counts: per face the number of units on it.
    """
    options = [
        list(_multisets(sorted(signs, reverse=True), count)) for signs, count in zip(sign_options, counts, strict=True)
    ]
    cache: dict[tuple[int | str, ...], Any] = {}

    def feasible(regions: tuple[int | str, ...]) -> Any:
        """Place the first faces, the others left free."""
        if regions not in cache:
            cache[regions] = place(component, [*regions, *[FREE] * (len(counts) - len(regions))])
        return cache[regions]

    def extend(picks: list[tuple[int, ...]], regions: tuple[int | str, ...]) -> Iterator[Any]:
        if len(picks) == len(counts):
            sums, c = feasible(regions)
            yield list(picks), sums, c
            return
        for signs in options[len(picks)]:
            wider = (*regions, region_of(signs))
            if feasible(wider) is not None:
                yield from extend([*picks, signs], wider)

    if feasible(()) is not None:
        yield from extend([], ())


def region_of(signs: Sequence[int]) -> int | str:
    """Return where the sum of units with these output signs lies."""
    if 1 in signs and -1 in signs:
        return FREE
    return 1 if 1 in signs else -1 if -1 in signs else 0


def _multisets(signs: list[int], count: int) -> Iterator[tuple[int, ...]]:
    """Yield the sign choices of exchangeable units, in falling order."""
    if count == 0:
        yield ()
        return
    for k, sign in enumerate(signs):
        for rest in _multisets(signs[k:], count - 1):
            yield (sign, *rest)


def units_of(
    data: Dataset, face: Face, signs: Sequence[int], total: np.ndarray, inside: np.ndarray
) -> tuple[list[np.ndarray], list[Fraction]]:
    """Return weights w_j on the face and output weights v_j with sum v_j w_j = total and the given signs.

    Args:
        data: samples.
        face: the face.
        signs: output signs of its units.
        total: (d,) the sum to reach, in the region that `region_of` names.
        inside: (d,) a point in the relative interior of the face.
    """
    plus, minus = list(signs).count(1), list(signs).count(-1)
    push = Fraction(0)
    if plus and minus:
        heights, reach = data.fractions @ total, data.fractions @ inside
        off = np.flatnonzero(face.covector)
        push = max([Fraction(1), *(abs(heights[i] / reach[i]) + 1 for i in off)])
    W, v = [], []
    for sign in signs:
        if sign == 0:
            w = np.array(inside, dtype=object)
        elif sign > 0:
            w = (total + push * inside) / Fraction(plus)
        else:
            w = push * inside / Fraction(minus) if plus else -total / Fraction(minus)
        W.append(w)
        v.append(Fraction(sign))
    return W, v
