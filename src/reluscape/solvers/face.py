"""The face of a basin program on which its minimum lies, solved anew and certified against every rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..numbers.tolerances import LEAST_SINGULAR, ROUNDING
from .scaling import Coordinates
from .span_rank import Residues


@dataclass(frozen=True, eq=False)
class FacePoint:
    """The minimum over the linear span of a face, with the proof that no point of the cone is lower.

    Attributes:
        x: (m r + bias,) the point, in the solver's coordinates.
        square: its squared residual.
        gap: bound on |square - minimum|, rounding of the data and of this computation included.
    """

    x: np.ndarray
    square: float
    gap: float


def certified_face(
    space: Coordinates,
    residues: Callable[[], Residues],
    patterns: np.ndarray,
    sides: np.ndarray,
    x: np.ndarray,
    mu: np.ndarray,
    s: np.ndarray,
) -> FacePoint | None:
    """Return the minimum on the face that the multipliers name, or None where floats cannot prove it.

    The face's span L has the columns A_j U N_j, N_j the null space of unit j's tight rows B_j. With p the projection of
    y on L and q = y - p the point is a minimiser, of value |q|^2, where its slacks off the face are positive and
    (A_j U)^T q = -B_j^T lambda_j with lambda_j >= 0. All of it is asked with more room than rounding can take: entries
    of U and of the rows are off by an ulp each, N_j by that over B_j's least singular value, p by that over L's; where
    L's columns depend on each other its rank is decided exactly.

    Args:
        space: the coordinates.
        residues: gives the data modulo a prime, where a rank is needed.
        patterns: (m, N) bool, units with a cone first.
        sides: (p, k) -1.0 or 1.0.
        x: (m r + bias,) a numerical solution.
        mu: (p, k) its multipliers.
        s: (p, k) its slacks.
    """
    r, N = space.r, len(space.y)
    unit = ROUNDING
    _, lead = np.unique(space.line, return_index=True)
    spans, blocks, errors, tights, turns = [], [], [], [], []
    for j, pattern in enumerate(patterns):
        features = pattern[:, None] * space.U
        basis, off, tight = np.eye(r), 0.0, np.zeros(len(space.rows), dtype=bool)
        if j < len(sides):
            tight = np.isin(space.line, space.line[mu[j] > s[j]])
            found = _null_space(space.C[lead[np.isin(space.line[lead], space.line[tight])]], r)
            if found is None:
                return None
            basis, off = found
        spans.append(basis)
        tights.append(tight)
        turns.append(unit * off)
        block = features @ basis
        blocks.append(block)
        errors.append(np.full(basis.shape[1], (1.0 + off) * unit * float(np.linalg.norm(features))))
    if space.E.size:
        blocks.append(space.E[:, None])
        errors.append(np.array([unit]))
    L = np.concatenate(blocks, axis=1) if blocks else np.zeros((N, 0))
    length = np.linalg.norm(L, axis=0)
    error = np.concatenate(errors) if errors else np.zeros(0)
    idle = length <= 2.0 * error  # taken for zero; the exact rank below says whether that is true
    L[:, idle], length[idle], error[idle] = 0.0, 1.0, 0.0
    relative = float(np.sqrt(((error / length) ** 2).sum())) + unit
    Q, singular, Vt = np.linalg.svd(L / length, full_matrices=False)
    rank = int((singular > 10.0 * relative).sum())
    if rank < len(length):
        rows = [space.sample[space.rows[tight]] for tight in tights]
        if rank < min(N, len(length)) and residues().span_rank(patterns, rows, space.E.size > 0) != rank:
            return None
        Q, singular, Vt = Q[:, :rank], singular[:rank], Vt[:rank]
    least = float(singular[-1]) if rank else 1.0
    c = _start(x, spans) * length
    c += Vt.T @ ((Q.T @ (space.y - (L / length) @ c)) / singular)
    q = space.y - Q @ (Q.T @ space.y)
    q -= Q @ (Q.T @ q)
    size = float(np.linalg.norm(space.y))
    turned = 4.0 * relative / least * size  # how far the projection may be off
    c_off = 4.0 * relative / least * (float(np.linalg.norm(c)) + size / least)
    x, start = np.zeros_like(x), 0
    for j, basis in enumerate(spans):
        width = basis.shape[1]
        piece = slice(start, start + width)
        start += width
        x[j * r : (j + 1) * r] = z = basis @ (c[piece] / length[piece])
        if j >= len(sides):
            continue
        free = ~tights[j]
        if width:
            scale = 1.0 / float(length[piece].min())
            # the weights are off by their coefficients' error, and by the turn of the basis
            off = scale * c_off + (turns[j] + unit) * float(np.linalg.norm(z))
            if not (sides[j] * (space.C @ z) > off)[free].all():
                return None
        features = patterns[j][:, None] * space.U
        room = float(np.linalg.norm(features)) * (turned + unit * size)
        if not _non_negative(space.C[tights[j]] * sides[j][tights[j], None], -(features.T @ q), mu[j][tights[j]], room):
            return None
    if space.E.size:
        x[-1] = c[-1] / length[-1]
    square = float(q @ q)
    return FacePoint(x, square, 2.0 * turned * float(np.sqrt(square)) + turned * turned)


def _start(x: np.ndarray, spans: list[np.ndarray]) -> np.ndarray:
    """Return the coefficients of a point in the bases of its units' faces."""
    pieces, at = [], 0
    for basis in spans:
        pieces.append(basis.T @ x[at : at + len(basis)])
        at += len(basis)
    return np.concatenate([*pieces, x[at:]])


def _null_space(B: np.ndarray, r: int) -> tuple[np.ndarray, float] | None:
    """Return an orthonormal basis (r, q) of the null space of unit rows and 1 / their least singular value.

    The rows lie on different lines; None where they depend on each other without having full rank, up to rounding.
    """
    if not len(B):
        return np.eye(r), 0.0
    _, singular, Vt = np.linalg.svd(B, full_matrices=len(B) < r)
    rank = min(len(B), r)
    least = float(singular[rank - 1])
    if not least > LEAST_SINGULAR:
        return None
    return Vt[rank:].T, 1.0 / least


def _non_negative(rows: np.ndarray, target: np.ndarray, mu: np.ndarray, room: float) -> bool:
    """Return whether every vector within `room` of the target, in the rows' span, is a combination with weights >= 0.

    The weights found are the multipliers mu, corrected with steps in proportion to them.
    """
    if not len(rows):
        return True
    top = float(mu.max(initial=0.0))
    if not top > 0:
        return False
    weights = mu / top
    Q, singular, Vt = np.linalg.svd(rows.T * weights, full_matrices=False)
    rank = min(rows.shape)
    if not singular[rank - 1] > LEAST_SINGULAR * singular[0]:
        return False
    inverse = weights[:, None] * ((Vt[:rank].T / singular[:rank]) @ Q[:, :rank].T)
    found = mu + inverse @ (target - rows.T @ mu)
    return bool((found > np.linalg.norm(inverse, axis=1) * room).all())
