"""A network at the lowest point of a layer's basin."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...problem.networks import TwoLayerNet
from .generators import Generators


def network_of(generators: Generators, members: tuple[int, ...], width: int) -> TwoLayerNet:
    """Return a balanced network, |v_j| = |w_j|, at the lowest point of a layer's basin."""
    Z, c = generators.minimiser([generators.rays_of_state[s] for s in members])
    signs = [generators.describe(s)[1] for s in members] + [1] * (width - len(members))
    return balanced(np.array(Z, dtype=float), np.array(signs), float(c))


def exact_network(
    generators: Generators, members: tuple[int, ...], width: int
) -> tuple[np.ndarray, np.ndarray, Fraction]:
    """Return the same network in fractions, |v_j| = 1: (W (m, d), v (m,), c); units left over are zero."""
    Z, c = generators.minimiser([generators.rays_of_state[s] for s in members])
    idle = width - len(members)
    signs = np.array([generators.describe(s)[1] for s in members] + [0] * idle, dtype=object)
    W = np.concatenate([Z, np.full((idle, Z.shape[1]), Fraction(0), dtype=object)]) * signs[:, None]
    return W, signs * Fraction(1), c


def balanced(Z: np.ndarray, signs: np.ndarray, c: float) -> TwoLayerNet:
    """Return the network with v_j w_j = Z_j, |v_j| = |w_j| and the given output signs."""
    Z = np.concatenate([Z, np.zeros((len(signs) - len(Z), Z.shape[1]))])
    size = np.sqrt(np.linalg.norm(Z, axis=1))
    W = signs[:, None] * Z / np.where(size > 0, size, 1.0)[:, None]
    return TwoLayerNet(W, signs * size, c)
