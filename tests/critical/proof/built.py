"""Networks built to be local minima on chosen kinks: the targets are chosen so that the conditions hold.

For given weights the derivative of J is linear in the errors e_i and the multipliers mu_k. A linear program chooses
both so that it vanishes, with every multiplier as far inside (0, jump) as it can be; the targets follow from the
errors. With a small decay the errors are small, so that the curvature is that of the squares of the Jacobian.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import linprog

from reluscape import DeepNet


def forward(net, X, kinks=()):
    """Heights of every layer, the kinked (layer, row, unit) off."""
    H, heights = np.asarray(X, float), []
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        heights.append(H @ w.T + b)
        if k + 1 < net.depth:
            H = np.maximum(heights[-1], 0.0)
            for layer, row, unit in kinks:
                if layer == k:
                    H[row, unit] = 0.0
    return heights


def gradients(net, X, kinks, start):
    """Gradient in theta (bias after each unit's weights) of sum over starts (layer, row, unit, factor) of a height."""
    heights = forward(net, X, kinks)
    on = [(h > 0).astype(float) for h in heights[:-1]]
    for layer, row, unit in kinks:
        on[layer][row, unit] = 0.0
    parts = [np.zeros((len(w), w.shape[1] + 1)) for w in net.weights]
    signals = {}
    layer, row, unit, factor = start
    back = np.zeros(len(net.weights[layer]))
    back[unit] = factor
    for k in range(layer, -1, -1):
        signals[k] = back
        fed = X[row] if k == 0 else np.maximum(heights[k - 1][row], 0.0) * on[k - 1][row]
        parts[k] += np.outer(back, np.append(fed, 1.0))
        if k:
            reach = net.weights[k].T @ back
            signals[("reach", k - 1)] = reach
            back = reach * on[k - 1][row]
    return np.concatenate([p.ravel() for p in parts]), signals


def parameters(net):
    """theta of a network with biases."""
    return np.concatenate(
        [np.concatenate([w, b[:, None]], axis=1).ravel() for w, b in zip(net.weights, net.biases, strict=True)]
    )


def balanced(net):
    """The same function with every hidden unit's weights in and out of one length, as at every critical point."""
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    for _ in range(200):
        for k in range(net.depth - 1):
            incoming = np.linalg.norm(np.c_[weights[k], biases[k]], axis=1)
            factor = np.sqrt(np.linalg.norm(weights[k + 1], axis=0) / incoming)
            weights[k] *= factor[:, None]
            biases[k] *= factor
            weights[k + 1] /= factor
    return DeepNet(weights, biases)


def on_kinks(net, X, kinks, layer, unit):
    """The net with one unit moved the least so that its heights vanish on its kinks; the bias alone for one kink."""
    rows = [row for k, row, j in kinks if (k, j) == (layer, unit)]
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    heights = forward(net, X, kinks)
    if len(rows) == 1:
        biases[layer][unit] -= heights[layer][rows[0], unit]
        return DeepNet(weights, biases)
    below = np.array(X, float) if layer == 0 else np.maximum(heights[layer - 1], 0.0)
    for k, row, j in kinks:
        if k == layer - 1:
            below[row, j] = 0.0
    fed = np.c_[below, np.ones(len(X))][rows]
    own = np.append(weights[layer][unit], biases[layer][unit])
    own -= np.linalg.lstsq(fed, fed @ own, rcond=1e-9)[0]
    weights[layer][unit], biases[layer][unit] = own[:-1], own[-1]
    return DeepNet(weights, biases)


def targets_for(net, X, kinks, decay, copies=()):
    """The targets with which a balanced network on its kinks is critical with strict multipliers, or None.

    Each of `copies` lists rows that share one kink, the row in `kinks` first.
    """
    shared = {a: [a] for a in range(len(X))} | {rows[0]: list(rows) for rows in copies}
    every = [(layer, i, unit) for layer, row, unit in kinks for i in shared[row]]
    errors = _program(net, X, kinks, every, shared, decay)
    return None if errors is None else forward(net, X, every)[-1][:, 0] - len(X) * errors / 2


def built_minimum(
    seed, sizes=(2, 3, 2, 1), n=40, kinks=((0, 0, 0), (1, 0, 1), (1, 3, 0)), decay=1e-3, twins=(), lines=()
):
    """Return (net, X, y, decay): a critical point on these kinks with strict multipliers.

    Args:
        seed: of the weights and samples.
        sizes: inputs, hidden units, one output.
        n: samples.
        kinks: (layer, row, unit), lower layers first; one a unit.
        decay: of all parameters.
        twins: pairs (a, b) of rows; row b is made equal to row a.
        lines: triples (a, b, c) of rows; row c is put in the middle of the others, all on a grid.
    """
    for attempt in range(200):
        rng = np.random.default_rng([seed, attempt])
        X = np.round(rng.normal(size=(n, sizes[0])), 2)
        for a, b in twins:
            X[b] = X[a]
        for a, b, c in lines:
            X[[a, b]] = np.round(X[[a, b]] * 32) / 32
            X[c] = (X[a] + X[b]) / 2
        weights = [rng.normal(size=(b, a)) for a, b in pairwise(sizes)]
        biases = [rng.normal(size=b) / 2 for b in sizes[1:]]
        net = DeepNet(weights, biases)
        for layer, unit in dict.fromkeys((layer, unit) for layer, _, unit in kinks):
            net = on_kinks(net, X, kinks, layer, unit)
        net = balanced(net)
        copies = {a: [a, *(b for c, b in twins if c == a)] for a in range(n)}
        every = [(layer, i, unit) for layer, row, unit in kinks for i in copies[row]]
        heights = forward(net, X, every)
        others = [h[i, j] for k, h in enumerate(heights[:-1]) for i in range(n) for j in range(h.shape[1])
                  if (k, i, j) not in every]  # fmt: skip
        if min(abs(v) for v in others) < 1e-3 or not all((h > 0).any(axis=0).all() for h in heights[:-1]):
            continue
        errors = _program(net, X, kinks, every, copies, decay)
        if errors is not None:
            return net, X, heights[-1][:, 0] - n * errors / 2, decay
    raise AssertionError("no network was built")


def lagrangian_gradient(net, X, y, decay, kinks, mu):
    """Gradient of J with all kinked units off, plus the multipliers times their preactivations."""
    out = decay * parameters(net)
    errors = forward(net, X, kinks)[-1][:, 0] - y
    starts = [(net.depth - 1, i, 0, 2 * e / len(X)) for i, e in enumerate(errors)]
    starts += [(*kink, m) for kink, m in zip(kinks, mu, strict=True)]
    return out + sum(gradients(net, X, kinks, start)[0] for start in starts)


def network_at(net, theta):
    """The network of the shapes of another one with parameters theta."""
    weights, biases = [], []
    for w in net.weights:
        part, theta = theta[: w.size + len(w)].reshape(len(w), -1), theta[w.size + len(w) :]
        weights.append(part[:, :-1])
        biases.append(part[:, -1])
    return DeepNet(weights, biases)


def least_curvature(net, X, y, decay, kinks):
    """The least eigenvalue of the Lagrangian's Hessian along the kinks, from differences of its gradient."""
    theta = parameters(net)
    C = np.array([gradients(net, X, kinks, (*kink, 1.0))[0] for kink in kinks])
    mu = np.zeros(len(kinks))
    for _ in range(3):  # multipliers of upper layers change the gradient of lower ones
        mu = mu + np.linalg.lstsq(C.T, -lagrangian_gradient(net, X, y, decay, kinks, mu), rcond=None)[0]
    assert np.abs(lagrangian_gradient(net, X, y, decay, kinks, mu)).max() < 1e-9
    step = 1e-5
    H = np.array([
        (lagrangian_gradient(network_at(net, theta + step * row), X, y, decay, kinks, mu)
         - lagrangian_gradient(network_at(net, theta - step * row), X, y, decay, kinks, mu)) / (2 * step)
        for row in np.eye(len(theta))
    ])  # fmt: skip
    tangent = np.linalg.svd(C)[2][np.linalg.matrix_rank(C) :]
    return np.linalg.eigvalsh(tangent @ (H + H.T) @ tangent.T / 2)[0]


def _program(net, X, kinks, every, copies, decay):
    """Return the errors (times 1 / n) of a point that is critical with strict multipliers, or None."""
    n, q, last = len(X), len(kinks), net.depth - 1
    columns, reaches = [], []
    for i in range(n):
        g, s = gradients(net, X, every, (last, i, 0, 1.0))
        columns.append(g)
        reaches.append(s)
    lifted = []
    for layer, row, unit in kinks:
        g, s = gradients(net, X, every, (layer, row, unit, 1.0))
        columns.append(g)
        lifted.append(s)
    A = np.array(columns).T
    # variables e (n), mu (q), slack; mu - slack >= 0, jump - mu - slack >= 0
    upper = []
    for k, (layer, row, unit) in enumerate(kinks):
        low = np.zeros(n + q + 1)
        low[n + k], low[-1] = -1.0, 1.0
        high = np.zeros(n + q + 1)
        for i in copies[row]:
            high[i] -= reaches[i][("reach", layer)][unit]
        for r, (above, other, _) in enumerate(kinks):
            if above > layer and other == row:
                high[n + r] -= lifted[r][("reach", layer)][unit]
        high[n + k] += 1.0
        high[-1] = 1.0
        upper += [low, high]
    cost = np.zeros(n + q + 1)
    cost[-1] = -1.0
    bounds = [(-0.2 / n, 0.2 / n)] * n + [(None, None)] * q + [(None, 1.0)]
    answer = linprog(
        cost, A_ub=np.array(upper) if upper else None, b_ub=np.zeros(len(upper)) if upper else None,
        A_eq=np.c_[A, np.zeros(len(A))], b_eq=-decay * parameters(net), bounds=bounds, method="highs",
    )  # fmt: skip
    if answer.x is None or answer.x[-1] < 1e-5:
        return None
    return answer.x[:n]
