"""The ReQU network f(x) = sum_j a_j max(0, <w_j, x> + b_j)^2."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError, ShapeError
from ..numbers import files
from ..numbers.checks import readonly, real_numbers
from ..problem.data import Dataset
from ..problem.networks.array_files import read_npz

__all__ = ["ReQUNet", "lifted"]


def lifted(X: Any) -> np.ndarray:
    """Return the rows (x_i, 1) of the samples X (n, d) as floats; the bias meets the last column."""
    A = X.X if isinstance(X, Dataset) else real_numbers("X", X)
    if A.ndim != 2:
        raise ShapeError(f"X has {A.ndim} dimension(s), expected 2: rows are samples, columns are inputs")
    return np.concatenate([A, np.ones((len(A), 1))], axis=1)


@dataclass(frozen=True, eq=False)
class ReQUNet:
    """f(x) = sum_j a_j relu(<w_j, x> + b_j)^2, a single layer of rectified quadratic units.

    Attributes:
        a: (m,) output weights.
        U: (m, d + 1) hidden weights, the bias b_j in the last column.

    Raises:
        ShapeError: U is not (m, d + 1) or a is not (m,).
        ModelError: a weight is NaN or infinite.

    Source: Liang, Sun and Srikant, Section 2.

    Example:
        >>> ReQUNet([2.0, -1.0], [[1.0, 0.0], [0.0, 1.0]]).predict([[3.0], [-1.0]])
        array([17., -1.])
    """

    a: np.ndarray
    U: np.ndarray

    def __post_init__(self) -> None:
        """Check shapes and freeze the arrays."""
        a, U = readonly(self.a, dtype=float), readonly(self.U, dtype=float)
        if U.ndim != 2 or U.shape[1] < 1:
            raise ShapeError(f"U has shape {U.shape}, expected (m, d + 1): one row (w, b) per unit")
        if a.shape != (U.shape[0],):
            raise ShapeError(f"a has shape {a.shape}, expected ({U.shape[0]},): one output weight per unit")
        if not (np.isfinite(a).all() and np.isfinite(U).all()):
            raise ModelError("the network has a weight that is NaN or infinite; training diverged")
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "U", U)

    @property
    def width(self) -> int:
        """Number of units m."""
        return len(self.a)

    @property
    def d(self) -> int:
        """Number of inputs, the bias not counted."""
        return self.U.shape[1] - 1

    @property
    def W(self) -> np.ndarray:
        """(m, d) hidden weights without the bias."""
        return self.U[:, :-1]

    @property
    def b(self) -> np.ndarray:
        """(m,) hidden biases."""
        return self.U[:, -1]

    @property
    def active(self) -> tuple[int, ...]:
        """Units whose output weight and hidden weights are not zero."""
        return tuple(int(j) for j in np.flatnonzero((self.a != 0) & self.U.any(axis=1)))

    @classmethod
    def zeros(cls, m: int, d: int) -> ReQUNet:
        """Return the network of m silent units on d inputs."""
        return cls(np.zeros(m), np.zeros((m, d + 1)))

    def predict(self, X: Any) -> np.ndarray:
        """Return f(x_i) for the rows of X (n, d), given without a column of ones."""
        Z = lifted(X)
        if Z.shape[1] != self.U.shape[1]:
            raise ShapeError(f"the data have {Z.shape[1] - 1} columns, the network expects {self.d}")
        return np.maximum(Z @ self.U.T, 0.0) ** 2 @ self.a

    def transformed(self, T: Any) -> ReQUNet:
        """Return the network x -> f(T^t (x, 1)) for an invertible (d + 1, d + 1) matrix T, with rows T u_j."""
        return ReQUNet(self.a, self.U @ real_numbers("T", T).T)

    def save(self, path: str | Path) -> Path:
        """Write the network as npz with a (m,), W (m, d), b (m,), beside and renamed, and return the path."""
        buffer = io.BytesIO()
        np.savez(buffer, a=self.a, W=self.W, b=self.b)
        return files.write_atomic(path, buffer.getvalue())

    @classmethod
    def load(cls, path: str | Path) -> ReQUNet:
        """Read a network that `save` wrote; nothing is unpickled.

        Raises:
            ModelError: no such file, or not such a network.
        """
        path = Path(path)
        arrays = read_npz(path)
        if set(arrays) != {"a", "W", "b"}:
            raise ModelError(f"{path.name} holds {sorted(arrays)}, expected a, W and b of a ReQU network")
        W, b = arrays["W"], arrays["b"]
        if W.ndim != 2 or b.shape != (len(W),):
            raise ModelError(f"{path.name}: W has shape {W.shape} and b {b.shape}, expected (m, d) and (m,)")
        return cls(arrays["a"], np.concatenate([W, b[:, None]], axis=1))
