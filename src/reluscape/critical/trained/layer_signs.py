"""On which side of every unit's hyperplane each row lies, decided, layer by layer."""

from __future__ import annotations

import numpy as np

from ...numbers import exact
from ...problem.trained.layered import Layered
from .rounding import forward_errors

# products of one pass through the network that are done over the rationals
MOST_EXACT_PRODUCTS = 60_000
OFF, TIED, ON, UNKNOWN = -1, 0, 1, 2


def layer_signs(layered: Layered) -> list[np.ndarray]:
    """Return for each hidden layer the signs (n, units) of its pre-activations: -1, 0, 1, or 2 where rounding decides.

    A pre-activation that is 0 for all weights nearby, because nothing reaches a unit that trains no bias, counts as -1:
    the unit stays off. Signs are those of real arithmetic on the doubles: by the bounds on rounding, and where these
    leave some open and the network is small over the rationals.
    """
    net = layered.net
    pre, errors = net.hidden(layered.X)[:-1], forward_errors(layered)
    signs_of_layers = []
    for z, bound in zip(pre, errors[:-1], strict=True):
        sign = np.where(z > bound, ON, np.where(z < -bound, OFF, UNKNOWN))
        signs_of_layers.append(np.where((z == 0) & (bound == 0), TIED, sign))
    small = len(layered.X) * sum(w.size for w in net.weights) <= MOST_EXACT_PRODUCTS
    if small and any((sign == UNKNOWN).any() for sign in signs_of_layers):
        signs_of_layers = _exact_signs(layered)
    no_input = ~np.asarray(layered.X.any(axis=1))
    for k, sign in enumerate(signs_of_layers):
        still = (net.biases[k] == 0) & (not layered.biases[k])
        sign[no_input[:, None] & still[None, :]] = OFF
        no_input = np.asarray((sign == OFF).all(axis=1))
    return signs_of_layers


def _exact_signs(layered: Layered) -> list[np.ndarray]:
    """Return the signs over the rationals."""
    h, signs_of_layers = layered.data.fractions, []
    for w, b in zip(layered.net.weights[:-1], layered.net.biases[:-1], strict=True):
        z = h @ exact.fraction_array(w).T + exact.fraction_array(b)[None, :]
        signs_of_layers.append((z > 0).astype(int) - (z < 0).astype(int))
        h = z * (z > 0).astype(int).astype(object)
    return signs_of_layers
