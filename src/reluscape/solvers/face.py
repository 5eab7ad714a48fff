"""A proved bound on how far a point is from a basin program's minimum, by the face on which that lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from ..numbers.tolerances import DEFAULT, LEAST_SINGULAR, PLAIN, ROUNDING
from .scaling import Coordinates
from .span_rank import Residues


@dataclass(frozen=True, eq=False)
class FacePoint:
    """A point of the cone whose distance from the minimum is proved.

    Attributes:
        x: (m r + bias,) the point, in the solver's coordinates.
        square: its squared residual.
        gap: bound on |square - minimum|, rounding of the data and of this computation included.
    """

    x: np.ndarray
    square: float
    gap: float


@dataclass(frozen=True, eq=False)
class Face:
    """The linear span L of a product of faces of the cells, each the points of a cell that lie on its tight rows.

    Attributes:
        tights: for each unit the (k,) bool tight constraints.
        bases: for each unit an orthonormal basis (r, q) of the null space of its tight rows.
        turns: how far each basis may be off.
        Q: (N, R) orthonormal basis of L.
        inverse: (R, R) coefficients of Q's columns in independent columns of L, scaled to length one.
        chosen: (R,) which columns these are.
        length: (columns,) lengths of the columns.
        columns: (N, columns) the scaled columns.
        relative: how far the scaled columns may be off.
    """

    tights: list[np.ndarray]
    bases: list[np.ndarray]
    turns: list[float]
    Q: np.ndarray
    inverse: np.ndarray
    chosen: np.ndarray
    length: np.ndarray
    columns: np.ndarray
    relative: float

    @property
    def least(self) -> float:
        """Lower bound for the least singular value of the independent columns."""
        return 1.0 / max(1.0, float(np.linalg.norm(self.inverse)))


def certified_face(
    space: Coordinates,
    residues: Callable[[], Residues],
    patterns: np.ndarray,
    sides: np.ndarray,
    x: np.ndarray,
    mu: np.ndarray,
    s: np.ndarray,
    limit: float,
) -> FacePoint | None:
    """Return a point whose value is proved to be within the limit of the minimum, or None where floats cannot prove it.

    Constraints whose multipliers exceed their slacks are tight, or in degenerate programs those whose multipliers
    exceed one of `Tolerances.multiplier_cuts`. The span L of their faces has the columns A_j U N_j, N_j the null space
    of unit j's tight rows B_j. With p the projection of y on L and q = y - p no point of the cone has a value below
    |q|^2 where (A_j U)^T q = -B_j^T lambda_j with lambda_j >= 0. The point is p where its slacks off the face are
    positive, else the numerical solution where all its slacks are. All of it is asked with more room than rounding can
    take: entries of U and of the rows are off by an ulp each, N_j by that over B_j's least singular value, p by that
    over L's; where columns or tight rows depend on each other the rank is decided exactly.

    Args:
        space: the coordinates.
        residues: gives the data modulo a prime, where a rank is needed.
        patterns: (m, N) bool, units with a cone first.
        sides: (p, k) -1.0 or 1.0.
        x: (m r + bias,) a numerical solution.
        mu: (p, k) its multipliers.
        s: (p, k) its slacks.
        limit: largest gap of a point to return.
    """
    guesses = set()
    for cut in (None, *DEFAULT.multiplier_cuts):
        tight = mu > (s if cut is None else cut)
        if tight.tobytes() in guesses:
            continue
        guesses.add(tight.tobytes())
        face = _face(space, residues, patterns, tight)
        if face is None:
            continue
        q = space.y - face.Q @ (face.Q.T @ space.y)
        q -= face.Q @ (face.Q.T @ q)
        tilt = 4.0 * face.relative / face.least * float(np.linalg.norm(space.y))  # how far p may be off
        if not _no_point_is_lower(space, patterns, sides, mu, face, q, tilt):
            continue
        square = float(q @ q)
        off = 2.0 * tilt * float(np.sqrt(square)) + tilt * tilt
        point = _projection(space, sides, x, face)
        if point is not None and off <= limit:
            return FacePoint(point, square, off)
        inside = _value_inside(space, patterns, sides, x)
        if inside is not None and abs(inside[0] - square) + inside[1] + off <= limit:
            return FacePoint(x, inside[0], abs(inside[0] - square) + inside[1] + off)
    return None


def _face(space: Coordinates, residues: Callable[[], Residues], patterns: np.ndarray, named: np.ndarray) -> Face | None:
    """Return the span of the faces on which the named constraints (p, k) are tight, None where its rank is unsure."""
    r, N = space.r, len(space.y)
    lines, lead = np.unique(space.line, return_index=True)
    null_spaces: dict[bytes, tuple[np.ndarray, float, bool] | None] = {}  # units at zero share theirs
    bases, blocks, errors, tights, turns = [], [], [], [], []
    dependent = False
    for j, pattern in enumerate(patterns):
        features = pattern[:, None] * space.U
        basis, off, tight = np.eye(r), 0.0, np.zeros(len(space.rows), dtype=bool)
        if j < len(named):
            on_line = np.zeros(len(lines), dtype=bool)
            on_line[space.line[named[j]]] = True
            tight, key = on_line[space.line], on_line.tobytes()
            if key not in null_spaces:
                null_spaces[key] = _null_space(space.C[lead[on_line]], r)
            null_space = null_spaces[key]
            if null_space is None:
                return None
            basis, off, more = null_space
            if more and residues().rank(space.sample[space.rows[tight]]) != r - basis.shape[1]:
                return None
            dependent = dependent or more
        bases.append(basis)
        tights.append(tight)
        turns.append(ROUNDING * off)
        block = features @ basis
        blocks.append(block)
        errors.append(np.full(basis.shape[1], (1.0 + off) * ROUNDING * float(np.linalg.norm(features))))
    if space.E.size:
        blocks.append(space.E[:, None])
        errors.append(np.array([ROUNDING]))
    L = np.concatenate(blocks, axis=1) if blocks else np.zeros((N, 0))
    length = np.linalg.norm(L, axis=0)
    error = np.concatenate(errors) if errors else np.zeros(0)
    idle = length <= 2.0 * error  # taken for zero; the exact rank below says whether that is true
    L[:, idle], length[idle], error[idle] = 0.0, 1.0, 0.0
    relative = float(np.sqrt(((error / length) ** 2).sum())) + ROUNDING
    columns = L / length
    Q, R, order = scipy.linalg.qr(columns, mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(R)) > 10.0 * relative).sum())
    if dependent or rank < min(N, len(length)):
        rows = [space.sample[space.rows[tight]] for tight in tights]
        if residues().span_rank(patterns, rows, space.E.size > 0) != rank:
            return None
    inverse = scipy.linalg.lapack.dtrtri(R[:rank, :rank])[0] if rank else np.zeros((0, 0))
    if not 10.0 * relative * float(np.linalg.norm(inverse)) < 1.0:
        return None
    return Face(tights, bases, turns, Q[:, :rank], inverse, order[:rank], length, columns, relative)


def _no_point_is_lower(
    space: Coordinates,
    patterns: np.ndarray,
    sides: np.ndarray,
    mu: np.ndarray,
    face: Face,
    q: np.ndarray,
    turns: float,
) -> bool:
    """Return whether q, off by at most `turns`, has no positive product with what any unit can add."""
    active = patterns[: len(sides)]
    lengths = np.sqrt(active @ (space.U * space.U).sum(axis=1)) * (1.0 + ROUNDING)
    rooms = lengths * (turns + ROUNDING * float(np.linalg.norm(space.y)))
    slopes = -((active * q) @ space.U)
    for j, tight in enumerate(face.tights[: len(sides)]):
        rank = space.r - face.bases[j].shape[1]
        if not _non_negative(space.C[tight] * sides[j][tight, None], rank, slopes[j], mu[j][tight], float(rooms[j])):
            return False
    return True


def _projection(space: Coordinates, sides: np.ndarray, x: np.ndarray, face: Face) -> np.ndarray | None:
    """Return weights in the cells that predict the projection of the targets on the face's span, or None."""
    r, size, length = space.r, float(np.linalg.norm(space.y)), face.length
    c = _start(x, face.bases) * length
    c[face.chosen] += face.inverse @ (face.Q.T @ (space.y - face.columns @ c))
    c_off = 4.0 * face.relative / face.least * (float(np.linalg.norm(c)) + size / face.least)
    x, start = np.zeros_like(x), 0
    for j, basis in enumerate(face.bases):
        width = basis.shape[1]
        piece = slice(start, start + width)
        start += width
        x[j * r : (j + 1) * r] = z = basis @ (c[piece] / length[piece])
        if j < len(sides) and width:
            # the weights are off by their coefficients' error, and by the turn of the basis
            off = c_off / float(length[piece].min()) + (face.turns[j] + ROUNDING) * float(np.linalg.norm(z))
            if not (sides[j] * (space.C @ z) > off)[~face.tights[j]].all():
                return None
    if space.E.size:
        x[-1] = c[-1] / length[-1]
    return x


def _value_inside(
    space: Coordinates, patterns: np.ndarray, sides: np.ndarray, x: np.ndarray
) -> tuple[float, float] | None:
    """Return the squared residual of weights and how far it may be off, None unless they surely lie in their cells."""
    r = space.r
    Z = x[: len(patterns) * r].reshape(len(patterns), r)
    inside = Z[: len(sides)]
    if not (sides * (inside @ space.C.T) > ROUNDING * np.linalg.norm(inside, axis=1)[:, None]).all():
        return None
    rest = space.y - ((Z @ space.U.T) * patterns).sum(axis=0)
    weights = float(np.linalg.norm(Z, axis=1).sum()) + float(np.linalg.norm(space.y))
    if space.E.size:
        rest = rest - x[-1] * space.E
        weights += abs(float(x[-1]))
    off = ROUNDING * weights
    return float(rest @ rest), (2.0 * float(np.linalg.norm(rest)) + off) * off


def _start(x: np.ndarray, spans: list[np.ndarray]) -> np.ndarray:
    """Return the coefficients of a point in the bases of its units' faces."""
    pieces, at = [], 0
    for basis in spans:
        pieces.append(basis.T @ x[at : at + len(basis)])
        at += len(basis)
    return np.concatenate([*pieces, x[at:]])


def _null_space(B: np.ndarray, r: int) -> tuple[np.ndarray, float, bool] | None:
    """Return the null space of unit rows on different lines, None where rounding leaves their rank open.

    Returns:
        an orthonormal basis (r, q), 1 / the least singular value that is not zero, and whether rows depend on each
        other without having full rank, which is for exact arithmetic to confirm.
    """
    if not len(B):
        return np.eye(r), 0.0, False
    if len(B) > r:  # as a rule there is nothing but zero, and the small matrix of products is enough to see that
        size = np.linalg.eigvalsh(B.T @ B)
        if size[0] > PLAIN * size[-1]:
            return np.zeros((r, 0)), 1.0 / float(np.sqrt(size[0])), False
    _, singular, Vt = np.linalg.svd(B, full_matrices=len(B) < r)
    rank = int((singular > LEAST_SINGULAR).sum())
    if (singular[rank:] > ROUNDING * singular[0]).any():
        return None
    return Vt[rank:].T, 1.0 / float(singular[rank - 1]), rank < min(len(B), r)


def _non_negative(rows: np.ndarray, rank: int, target: np.ndarray, mu: np.ndarray, room: float) -> bool:
    """Return whether every vector within `room` of the target, in the rows' span, is a combination with weights >= 0.

    The weights found are the multipliers mu, corrected with steps in proportion to them; rows whose multipliers are
    next to nothing may leave a part of the span, whose dimension is `rank`, out of reach, and then nothing is proved.
    """
    if not len(rows):
        return True
    top = float(mu.max(initial=0.0))
    if not top > 0:
        return False
    weights = mu / top
    if rank == rows.shape[1] < len(rows):
        inverse = _right_inverse(rows, weights)
        if inverse is not None:
            rest = target - rows.T @ mu
            # what is missing to a right inverse sends the vectors that are asked for a little further
            missing = float(np.linalg.norm(np.eye(rank) - rows.T @ inverse)) + rank * ROUNDING
            reach = (room + missing * float(np.linalg.norm(rest))) / (1.0 - missing)
            return bool((mu + inverse @ rest > np.linalg.norm(inverse, axis=1) * reach).all())
    Q, singular, Vt = np.linalg.svd(rows.T * weights, full_matrices=False)
    if not singular[rank - 1] > LEAST_SINGULAR * singular[0]:
        return False
    inverse = weights[:, None] * ((Vt[:rank].T / singular[:rank]) @ Q[:, :rank].T)
    new_mu = mu + inverse @ (target - rows.T @ mu)
    return bool((new_mu > np.linalg.norm(inverse, axis=1) * room).all())


def _right_inverse(rows: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """Return a matrix (k, r) that the transposed rows (k, r) take to about 1, in proportion to squared weights (k,).

    None where the rows with weights are not plainly of full rank.
    """
    factor = rows * weights[:, None]
    products = factor.T @ factor
    sizes = np.linalg.eigvalsh(products)
    if not sizes[0] > PLAIN * sizes[-1]:
        return None
    return np.asarray((factor * weights[:, None]) @ np.linalg.inv(products))
