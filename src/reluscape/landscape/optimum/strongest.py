"""The direction that several outputs pull most: eigenvectors on the faces of the arrangement of the samples.

|N^T relu(Z w)| on a closed cell is the root of w^T M w with M = (Z_on^T N)(Z_on^T N)^T. On the unit sphere its largest
value over a cone lies in the relative interior of some face of the cone, where it is the largest eigenvalue of M on the
span of that face. So the largest value of all is among finitely many candidates, and any direction at all is valued by
the formula itself: a candidate outside its face does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import TooLarge
from ...numbers.tolerances import DEFAULT

MOST_RANK = 3


@dataclass(frozen=True, eq=False)
class Candidates:
    """Directions on faces.

    Attributes:
        W: (c, r) unit directions.
        bases: for each an orthonormal basis (b, r) of the span of its face.
        pulls: (c,) |N^T relu(Z w)|.
    """

    W: np.ndarray
    bases: tuple[np.ndarray, ...]
    pulls: np.ndarray


@dataclass(frozen=True, eq=False)
class Faces:
    """The faces of the cells of samples of rank at most 3.

    Args:
        Z: (n, r) samples in coordinates of their span.
        patterns: (R, n) the activation patterns of the cells.

    Attributes:
        lines: (q, r) a unit vector on each line of the arrangement, for r = 1, 2, 3 (all of space where r = 1).
        planes: for r = 3 a (2, 3) basis of each plane and the patterns (a, n) of its arcs.
    """

    Z: np.ndarray
    patterns: np.ndarray
    lines: np.ndarray
    planes: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, Z: np.ndarray, patterns: np.ndarray) -> Faces:
        """Return the faces.

        Raises:
            TooLarge: samples of a rank above 3.
        """
        r = Z.shape[1]
        if r > MOST_RANK:
            raise TooLarge(
                f"the samples have rank {r}; several outputs with weight decay are solved up to rank {MOST_RANK}; take "
                "fewer inputs",
                r,
            )
        normals = _directions(Z)
        if r < 2:
            return cls(Z, patterns, np.eye(r), ())
        if r == 2:
            return cls(Z, patterns, normals[:, ::-1] * np.array([1.0, -1.0]), ())
        lines, planes = [], []
        for a in normals:
            basis = np.linalg.svd(a[None, :])[2][1:]
            inside = _directions(normals @ basis.T)
            ends = inside[:, ::-1] * np.array([1.0, -1.0])
            lines += [end @ basis for end in ends] if len(ends) else list(basis)
            angles = np.sort(np.concatenate([np.arctan2(*e[::-1]) + np.array([0.0, np.pi]) for e in ends] or [[0.0]]))
            middles = angles + np.diff(np.append(angles, angles[0] + 2 * np.pi)) / 2
            arcs = np.stack([np.cos(middles), np.sin(middles)], axis=1) @ basis
            off = np.linalg.norm(Z - np.outer(Z @ a, a), axis=1) > DEFAULT.parallel * np.linalg.norm(Z, axis=1)
            planes.append((basis, (arcs @ Z.T > 0) & off))
        return cls(Z, patterns, _directions(np.array(lines)), tuple(planes))

    def candidates(self, N: np.ndarray) -> Candidates:
        """Return a direction of largest pull on each face, with both orientations."""
        r = self.Z.shape[1]
        whole, W, bases = np.eye(r), [], []
        for w in self.lines:
            W += [w]
            bases += [w[None, :]]
        for basis, arcs in self.planes:
            inside = basis @ np.einsum("an,ni,nk->aik", arcs, self.Z, N)
            W += list(_top(inside) @ basis)
            bases += [basis] * len(arcs)
        if r > 1:
            W += list(_top(np.einsum("an,ni,nk->aik", self.patterns, self.Z, N)))
            bases += [whole] * len(self.patterns)
        directions = np.array(W).reshape(-1, r)
        directions = np.concatenate([directions, -directions])
        return Candidates(directions, tuple(bases + bases), self.pulls(directions, N))

    def pulls(self, W: np.ndarray, N: np.ndarray) -> np.ndarray:
        """Return |N^T relu(Z w)| for each row of W."""
        return np.asarray(np.linalg.norm(np.maximum(W @ self.Z.T, 0.0) @ N, axis=1))


def _top(G: np.ndarray) -> np.ndarray:
    """Return the first left singular vector (a, b) of each matrix (a, b, k)."""
    return np.asarray(np.linalg.eigh(G @ G.transpose(0, 2, 1))[1][:, :, -1])


def _directions(rows: np.ndarray) -> np.ndarray:
    """Return unit vectors, one for each line through the origin that has a row."""
    lengths = np.linalg.norm(rows, axis=1)
    units = rows[lengths > DEFAULT.parallel] / lengths[lengths > DEFAULT.parallel, None]
    directions: list[np.ndarray] = []
    for u in units:
        if not directions or np.abs(np.array(directions) @ u).max() < 1.0 - DEFAULT.parallel**2 * 0.5 - 4e-16:
            directions.append(u)
    return np.array(directions).reshape(-1, rows.shape[1])
