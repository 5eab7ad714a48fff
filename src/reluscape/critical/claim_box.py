"""How far from a local minimum no network has a lower loss: the box of weights that change no side and no sign."""

from __future__ import annotations

import numpy as np

from ..numbers.tolerances import ROUNDING


def claim_box(X: np.ndarray, W: np.ndarray, v: np.ndarray, faces: np.ndarray) -> float:
    """Return r > 0 such that no network with each hidden and output weight within r of a local minimum is lower.

    Within r every sample off a unit's hyperplane stays on its side and every output weight keeps its sign. So the sums
    R_j = v_j w_j of such a network lie in a product of closed cones that holds those of the minimum, on which the loss
    is convex in the R_j; and all R near the minimum's in it belong to weights near the minimum. (For a unit with
    v_j = 0 the derivative in R_j vanishes.) So it has the lowest loss of the whole product. An output bias may be
    anything, for the loss is convex in it too.

    Args:
        X: (n, d) samples.
        W: (m, d) hidden weights of the minimum.
        v: (m,) its output weights.
        faces: (m, n) entries -1, 0, 1: off, on the hyperplane, on.

    Returns:
        r, infinite where nothing limits it.

    Example:
        >>> claim_box(np.eye(2), np.array([[2.0, 0.5]]), np.array([3.0]), np.array([[1, 1]])) < 0.5
        True
    """
    W, v = np.asarray(W, dtype=float), np.asarray(v, dtype=float)
    length = np.abs(X).sum(axis=1)
    off = (np.asarray(faces) != 0) & (length > 0)
    sides = np.divide(np.abs(W @ X.T), length, out=np.full(off.shape, np.inf), where=off)
    least = min(float(sides.min(initial=np.inf)), float(np.abs(v[v != 0]).min(initial=np.inf)))
    return least - ROUNDING * (least if np.isinf(least) else least + float(np.abs(W).max(initial=0.0)))
