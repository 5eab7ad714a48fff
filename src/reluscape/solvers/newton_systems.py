"""Newton systems of basin programs of one shape: Cholesky, or Woodbury's formula where variables outnumber rows."""

from __future__ import annotations

import numpy as np

from .cholesky import factor, solve_factored

SHIFT, ROUNDS, ACCURACY = 1e-14, 30, 1e-11


class SquareSystems:
    """P + base I + one r x r block a unit with a cone, factored as it stands.

    Args:
        F: (B, N, n) features, one row a variable.
        base: (B,) numbers added to the diagonal.
        dependent: relative pivot below which a direction is left alone.
    """

    MOVING = ("P", "base")

    def __init__(self, F: np.ndarray, base: np.ndarray, dependent: float) -> None:
        self.P, self.base, self.dependent = F @ F.transpose(0, 2, 1), base, dependent

    def times(self, F: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return F F^T x (B, N)."""
        return np.asarray((self.P @ x[:, :, None])[:, :, 0])

    def prepare(self, F: np.ndarray, blocks: np.ndarray) -> None:
        """Factor the matrices for blocks (B, p, r, r)."""
        M = self.P.copy()
        B, p, r, _ = blocks.shape
        each = np.arange(M.shape[1])
        M[:, each, each] += self.base[:, None]
        for j in range(p):
            own = slice(j * r, (j + 1) * r)
            M[:, own, own] += blocks[:, j]
        self.factors = [factor(M[b], self.dependent) for b in range(B)]

    def solve(self, F: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the solutions (B, N) for right-hand sides (B, N)."""
        return np.stack([solve_factored(L, b) for L, b in zip(self.factors, right, strict=True)])


class WideSystems:
    """The same for more variables than samples, all units with a cone, by conjugate gradients.

    Woodbury's formula, I + F_z^T (blocks + shift)^-1 F_z for the units' part F_z of F, is the preconditioner.
    """

    MOVING = ("base",)

    def __init__(self, F: np.ndarray, base: np.ndarray, dependent: float) -> None:
        self.base = base

    def times(self, F: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return F F^T x (B, N)."""
        return np.asarray((F @ (F.transpose(0, 2, 1) @ x[:, :, None]))[:, :, 0])

    def prepare(self, F: np.ndarray, blocks: np.ndarray) -> None:
        """Factor the preconditioners for blocks (B, m, r, r)."""
        B, m, r, _ = blocks.shape
        n = F.shape[2]
        self.blocks = blocks
        shift = self.base[:, None] + SHIFT * np.trace(blocks, axis1=2, axis2=3)
        matrices = blocks + shift[:, :, None, None] * np.eye(r)
        flat = matrices.reshape(B * m, r, r)
        try:
            L = np.linalg.cholesky(flat)
        except np.linalg.LinAlgError:
            L = np.stack([np.tril(factor(block, 0.0)) for block in flat])
        self.back = np.linalg.inv(L).reshape(B, m, r, r)
        self.G = (self.back @ F[:, : m * r].reshape(B, m, r, n)).reshape(B, m * r, n)
        S = self.G.transpose(0, 2, 1) @ self.G
        S[:, np.arange(n), np.arange(n)] += 1.0
        self.factors = [factor(S[b], 0.0) for b in range(B)]
        self.E = F[:, m * r :]
        if self.E.shape[1]:
            self.column = self._inner(self.E[:, 0])
            self.pivot = self.base + (self.column * self.E[:, 0]).sum(axis=1)

    def solve(self, F: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the solutions (B, N), as far as a relative residual of `ACCURACY`."""
        left = right.copy()
        x, direction, product = np.zeros_like(left), np.zeros_like(left), np.zeros(len(left))
        best, lowest = x.copy(), np.full(len(left), np.inf)
        goal = ACCURACY * np.abs(right).max(axis=1)
        going = np.ones(len(left), dtype=bool)
        for rounds in range(ROUNDS):
            z = self._precondition(left)
            after = (left * z).sum(axis=1)
            share = np.divide(after, product, out=np.zeros_like(after), where=product != 0.0) if rounds else 0.0 * after
            product = after
            direction = z + share[:, None] * direction
            image = self._multiply(F, direction)
            curve = (direction * image).sum(axis=1)
            going &= curve > 0.0
            along = np.divide(product, curve, out=np.zeros_like(curve), where=going)[:, None]
            x += along * direction
            left -= along * image
            size = np.abs(left).max(axis=1)
            going &= np.isfinite(size)
            better = going & (size < lowest)
            lowest[better], best[better] = size[better], x[better]
            going &= size > goal
            if not going.any():
                break
        return best

    def _inner(self, right: np.ndarray) -> np.ndarray:
        """Return the solutions (B, n) of the small systems."""
        return np.stack([solve_factored(L, b) for L, b in zip(self.factors, right, strict=True)])

    def _precondition(self, right: np.ndarray) -> np.ndarray:
        """Return the solutions (B, N) of the shifted systems."""
        B, m, r, _ = self.back.shape
        half = (self.back @ right[:, : m * r].reshape(B, m, r, 1)).reshape(B, m * r)
        inner = (half[:, None] @ self.G)[:, 0]
        out = np.empty_like(right)
        if self.E.shape[1]:
            # the bias row: E^T S^-1 E dc = right_c - E^T S^-1 F^T B^-1 right_z
            out[:, -1] = (right[:, -1] - (self.column * inner).sum(axis=1)) / self.pivot
            inner = inner + out[:, -1:] * self.E[:, 0]
        half -= (self.G @ self._inner(inner)[:, :, None])[:, :, 0]
        out[:, : m * r] = (self.back.transpose(0, 1, 3, 2) @ half.reshape(B, m, r, 1)).reshape(B, m * r)
        return out

    def _multiply(self, F: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return (F F^T + blocks + base I) x (B, N)."""
        B, m, r, _ = self.blocks.shape
        out = self.times(F, x) + self.base[:, None] * x
        out[:, : m * r] += (self.blocks @ x[:, : m * r].reshape(B, m, r, 1)).reshape(B, m * r)
        return out
