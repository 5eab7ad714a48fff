"""The best straight plane drawn by hidden units."""

from __future__ import annotations

import numpy as np

from ...basins import affine_fit
from ...problem.networks import TwoLayerNet
from ...problem.trained.reading import Trained


def plane_network(trained: Trained) -> TwoLayerNet | None:
    """Return a network of this shape that is the best affine fit, None where none can be.

    With hidden biases one unit that is on for every row draws the plane, and the output bias or a second unit takes
    back its height; without hidden biases two units draw <a, x> as relu(<a, x>) - relu(-<a, x>).
    """
    data, net = trained.data, trained.net
    fit = affine_fit(data)
    a, height = np.array(fit.coefficients, dtype=float), float(fit.intercept)
    W, v, c = np.zeros(net.W.shape), np.zeros(net.width), 0.0
    ones = data.d > 0 and bool((data.X[:, -1] == 1).all())
    if ones and net.width >= (1 if trained.output_bias else 2):
        heights = data.X @ a + height
        lift = max(1.0, -2 * float(heights.min(initial=0.0)))
        W[0], v[0] = a, 1.0
        W[0, -1] += height + lift
        if trained.output_bias:
            c = -lift
        else:
            W[1, -1], v[1] = lift, -1.0
    elif net.width >= 2 and trained.output_bias:
        W[0], W[1], v[:2], c = a, -a, (1.0, -1.0), height
    else:
        return None
    return TwoLayerNet(W, v, c)
