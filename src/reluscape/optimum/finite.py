"""The global minimum of one width: every layer of states where they can be counted, an interval otherwise."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..basins import basin_value
from ..cones import Generators, Layers, cells_of, generators_of, network_of
from ..data import Dataset, as_dataset
from ..descent import descend
from ..errors import InputError, ShapeError, TooLarge
from ..initialization import get_law
from ..networks import TwoLayerNet
from ..seeds import stream
from ..tolerances import DEFAULT
from .result import GlobalMinimum

MOST_LISTED = 2_000_000
MOST_PAIRS = 200_000_000
THREADS = 2
BLOCK = 32
STARTS = 40


def global_minimum(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = False,
    time_limit: float | None = None,
    exact: bool = False,
    seed: int = 0,
) -> GlobalMinimum:
    """Return the lowest mean squared loss of a two-layer network of one width, with an interval that holds it.

    The minimum is the lowest value of a basin, and a basin's value depends only on the set of its units' states. All
    multisets of states are solved where they can be counted, pairs by a kernel that never stores them; else the best
    descent gives the upper end and the minimum over all widths the lower one.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        width: number of hidden units m.
        output_bias: a free constant is added.
        time_limit: seconds; None for no limit. Stopped early, the interval stays valid.
        exact: also prove the value of the best basin in rationals.
        seed: root of the random starts.

    Returns:
        A `GlobalMinimum`.

    Raises:
        InputError: an impossible width or time limit.
        TooLarge: the cells themselves cannot be listed.

    Source: Safran and Shamir's basin partition (Definition 2, Lemma 3); the search is in none of the papers.

    Example:
        >>> found = global_minimum([[1], [-1]], [1, 2], width=2)
        >>> round(found.value, 12), found.complete, found.net.width
        (0.0, True, 2)
    """
    if isinstance(width, bool) or int(width) != width or width < 1:
        raise InputError(f"the width is {width!r}; it is a whole number, at least 1")
    if time_limit is not None and time_limit < 0:
        raise InputError(f"the time limit is {time_limit!r} seconds; it is 0 or more")
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise ShapeError("the data have no targets; give y")
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    generators = generators_of(cells_of(data), output_bias)
    layers = Layers(generators.states, width).number if generators.states else 1
    scale = generators.units[2] / max(data.n, 1)
    if layers <= MOST_LISTED:
        members, value = _listed(generators, width)
        looked_at, lower = layers, value
        net = network_of(generators, members, width)
    elif width == 2 and layers <= MOST_PAIRS:
        members, value, looked_at = _pairs(generators, deadline)
        net = network_of(generators, members, width)
        lower = value if looked_at == layers else _floor(data, output_bias)
    else:
        net, value = _descents(data, generators, width, output_bias, deadline, seed)
        looked_at, lower = 0, _floor(data, output_bias)
    complete = looked_at == layers or value - lower <= DEFAULT.zero_loss * scale
    proved = _prove(data, net, output_bias) if exact else None
    return GlobalMinimum(
        value=value,
        exact_value=None if proved is None else proved.exact_value,
        net=net,
        lower=min(lower, value),
        upper=value,
        complete=complete,
        layers=layers,
        looked_at=looked_at,
        certificate=None if proved is None else proved.certificate,
        kind="certified" if complete and (proved is None or proved.exact_value is not None) else "numerical",
    )


def lowest_of_width(generators: Generators, width: int) -> float | None:
    """Return the global minimum of a width where all layers can be looked at, else None."""
    layers = Layers(generators.states, width).number
    if layers <= MOST_LISTED:
        return _listed(generators, width)[1]
    if width == 2 and layers <= MOST_PAIRS:
        return _pairs(generators, np.inf)[1]
    return None


def _listed(generators: Generators, width: int) -> tuple[tuple[int, ...], float]:
    """Return the best layer and its value, all of them solved."""
    layers = Layers(generators.states, width)
    if not layers.number:
        return (), float(generators.values([()])[0])
    rows = layers.table
    best, value = 0, np.inf
    for start in range(0, len(rows), 100_000):
        part = rows[start : start + 100_000].tolist()
        found = generators.values([tuple(sorted({g for s in set(r) for g in generators.of_state[s]})) for r in part])
        if found.min() < value:
            best, value = start + int(np.argmin(found)), float(found.min())
    return tuple(int(s) for s in rows[best]), value


def _pairs(generators: Generators, deadline: float) -> tuple[tuple[int, int], float, int]:
    """Return the best pair of states, its value and how many pairs were looked at before the deadline."""
    from ..cones.projection_kernel import best_partners

    A, h, size = generators.units
    lengths = np.array([len(s) for s in generators.of_state])
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    members = np.array([g for s in generators.of_state for g in s], dtype=np.int64)
    own = np.zeros((generators.states, int(lengths.max(initial=1)), int(lengths.max(initial=1))))
    for s, part in enumerate(generators.of_state):
        own[s, : len(part), : len(part)] = A[list(part)] @ A[list(part)].T
    states = generators.states
    best, partner = np.full(states, -1.0), np.zeros(states, dtype=np.int64)
    blocks = [np.arange(k, min(k + BLOCK, states)) for k in range(0, states, BLOCK)]

    def work(block: np.ndarray) -> int:
        if time.monotonic() > deadline:
            return 0
        found, at = np.empty(len(block)), np.empty(len(block), dtype=np.int64)
        best_partners(A, h, starts, members, own, block, DEFAULT.cone_stationarity, found, at)
        best[block], partner[block] = found, at
        return int((states - block).sum())

    with ThreadPoolExecutor(THREADS) as pool:
        looked_at = sum(pool.map(work, blocks))
    first = int(np.argmax(best))
    value = max(1.0 - float(best[first]), 0.0) * size / max(generators.cells.data.n, 1)
    return (first, int(partner[first])), value, looked_at


def _descents(
    data: Dataset, generators: Generators, width: int, output_bias: bool, deadline: float, seed: int
) -> tuple[TwoLayerNet, float]:
    """Return the best end of finite descents from random starts, at least one."""
    law, best, value = get_law("normal"), None, np.inf
    for k in range(STARTS):
        W, v = law.sample(stream(seed, "optimum", width, k), width, data.d)
        end = descend(data, None, W, v, 0.0 if output_bias else None)
        loss = end.net.loss(data)
        if loss < value:
            best, value = end.net, loss
        if time.monotonic() > deadline:
            break
    if best is None:
        raise InputError("no start was tried")
    return best, value


def _floor(data: Dataset, output_bias: bool) -> float:
    """Return the minimum over all widths, or 0 where it is out of reach."""
    from .infinite import infinite_width_minimum

    try:
        return infinite_width_minimum(data, output_bias=output_bias).value
    except TooLarge:
        return 0.0


def _prove(data: Dataset, net: TwoLayerNet, output_bias: bool) -> Any:
    """Return the exact basin value at a network's pattern."""
    pattern = (np.finfo(float).eps * (np.abs(data.X) @ np.abs(net.W.T)) < data.X @ net.W.T).T
    signs = np.where(net.v >= 0, 1, -1)
    return basin_value(data, None, pattern, signs, exact=True, output_bias=output_bias)
