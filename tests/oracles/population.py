"""The population loss without its closed form: pair by pair, an integral over the directions of a plane."""

from __future__ import annotations

import numpy as np

NODES, HEIGHTS = np.polynomial.legendre.leggauss(40)


def pair(w, v):
    """E relu(<w, x>) relu(<v, x>) for a standard normal x.

    In the plane of w and v, x = r (cos p, sin p) with E r^2 = 2 and p uniform; where both are active,
    |w| |v| cos p cos(p - t) is integrated over an arc.
    """
    lengths = np.linalg.norm(w) * np.linalg.norm(v)
    if lengths == 0:
        return 0.0
    a, b = w / np.linalg.norm(w), v / np.linalg.norm(v)
    t = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))
    low, high = t - np.pi / 2, np.pi / 2
    p = (low + high) / 2 + (high - low) / 2 * NODES
    return lengths * 2 / (2 * np.pi) * (high - low) / 2 * float(HEIGHTS @ (np.cos(p) * np.cos(p - t)))


def loss(W, V):
    """Half the mean squared difference of both layers."""
    units = [(1.0, w) for w in np.asarray(W, dtype=float)] + [(-1.0, v) for v in np.asarray(V, dtype=float)]
    return sum(s * t * pair(w, v) for s, w in units for t, v in units) / 2


def differences(f, x, step=1e-5):
    """Central differences of a function of an array, its values in front of the array's shape."""
    x = np.asarray(x, dtype=float)
    columns = []
    for k in range(x.size):
        e = np.zeros(x.size)
        e[k] = step
        columns.append((np.asarray(f(x + e.reshape(x.shape))) - np.asarray(f(x - e.reshape(x.shape)))) / (2 * step))
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *x.shape)
