"""The global minimum of one width: every layer of states where they can be counted, branch and bound otherwise."""

from __future__ import annotations

import time
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from ..basins import basin_value
from ..cones import Generators, Layers, cells_of, generators_of, network_of
from ..data import Dataset, as_dataset, readonly, real_number, standardize, whole_number
from ..descent import descend
from ..errors import InputError, ShapeError, TooLarge
from ..exact import fraction_matrix, to_fraction
from ..geometry.arrangement import Arrangement
from ..geometry.counting import cover_number
from ..initialization import get_law
from ..networks import TwoLayerNet
from ..regions import count_regions
from ..seeds import stream
from ..tolerances import DEFAULT
from .branch import MOST_SUBSETS, Search, branch_and_bound, spread
from .proof import MOST_SETS, prove_minimum, prove_zero
from .result import GlobalMinimum

MOST_LISTED, MOST_COUNTED = 300_000, 20_000_000
STARTS = 40
WARM_SHARE, WARM_SECONDS = 0.2, 10.0
State = tuple[np.ndarray, int]


def global_minimum(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = False,
    time_limit: float | None = None,
    exact: bool = True,
    seed: int = 0,
) -> GlobalMinimum:
    """Return the lowest mean squared loss of a two-layer network of one width, with an interval that holds it.

    The minimum is the lowest value of a basin, and a basin's value depends only on the set of its units' states. All
    multisets of states are solved where they are few. Otherwise descents from random starts give a first network, and
    branch and bound refines layers row by row, those rows first that this network fits worst; the minimum over all
    widths bounds it too.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        width: number of hidden units m.
        output_bias: a free constant is added.
        time_limit: seconds after which no new step begins; None for no limit. Stopped early, the interval stays valid.
        exact: also prove the result in rationals: that no network of this width has less where the layers are few or
            the loss is zero (a certificate of kind "global-minimum"), else the value of the best basin.
        seed: root of the random starts.

    Returns:
        A `GlobalMinimum`.

    Raises:
        InputError: an impossible width or time limit.

    Source: Safran and Shamir's basin partition (Definition 2, Lemma 3); the search is in none of the papers.

    Example:
        >>> found = global_minimum([[1], [-1]], [1, 2], width=2)
        >>> found.exact_value, found.complete, found.net.width
        (Fraction(0, 1), True, 2)
    """
    width = whole_number("the width", width, 1)
    if time_limit is not None and not real_number("the time limit", time_limit) >= 0:
        raise InputError(f"the time limit is {time_limit!r} seconds; it is 0 or more")
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise ShapeError("the data have no targets; give y")
    if data.n == 0:
        raise ShapeError("the data have no samples")
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    scale = spread(data, output_bias)
    layers, proof = layer_count(data, width), None
    if layers is not None and layers <= MOST_LISTED and time.monotonic() < deadline and _quick_cells(data):
        generators = generators_of(cells_of(data), output_bias)
        members, value = _listed(generators, width)
        proof = prove_minimum(generators, members, width, deadline) if exact else None
        members = members if proof is None else proof.members
        net, looked_at, complete = network_of(generators, members, width), layers, True
        states: tuple[State, ...] | None = _states(generators, members)
        lower = max(value - DEFAULT.kkt * scale, 0.0)
    else:
        net, states, found = _searched(data, width, output_bias, time_limit, deadline, seed)
        value, looked_at = found.upper / data.n, found.looked_at
        lower = found.lower / data.n
        if not found.finished and lower < value and time.monotonic() < deadline:
            lower = max(lower, _floor(data, output_bias) - DEFAULT.kkt * scale)
        complete = found.finished or value - lower <= 2 * DEFAULT.kkt * scale
    pattern, signs = _basin_of(data, net, states)
    exact_value, certificate = _proved(data, pattern, signs, output_bias) if exact and proof is None else (None, None)
    if proof is not None:
        exact_value, certificate = proof.value, proof.certificate
    if exact_value is not None and certificate is not None and certificate["kind"] == "global-minimum":
        value, complete = float(exact_value), True
        lower = value if Fraction(value) <= exact_value else float(np.nextafter(value, 0.0))
    return GlobalMinimum(
        value=value,
        exact_value=exact_value,
        net=net,
        lower=min(lower, value),
        upper=value,
        complete=complete,
        layers=layers,
        looked_at=looked_at,
        pattern=readonly(pattern),
        signs=readonly(signs),
        certificate=certificate,
        kind="certified" if complete else "numerical",
    )


def minimum_proof(data: Dataset, width: int, output_bias: bool) -> dict[str, Any] | None:
    """Return the proof of a width's global minimum, both ends, or None where the layers are too many for one."""
    layers = layer_count(data, width)
    if layers is None or layers > MOST_SETS:
        return None
    certificate = global_minimum(data, None, width, output_bias).certificate
    return certificate if certificate is not None and certificate["kind"] == "global-minimum" else None


def layer_count(data: Dataset, width: int) -> int | None:
    """Return the number of multisets of states, or None where the cells may be too many to count."""
    arrangement = Arrangement.of(data)
    if cover_number(len(arrangement.normals), int(arrangement.rank)) > MOST_COUNTED:
        return None
    try:
        cells = count_regions(data, zero_rows="drop")
    except TooLarge:
        return None
    return comb(2 * cells + width - 1, width)


def _quick_cells(data: Dataset) -> bool:
    """Return whether the rays of all cells are soon listed."""
    return comb(data.n, max(data.rank - 1, 0)) <= 10 * MOST_SUBSETS


def _states(generators: Generators, members: tuple[int, ...]) -> tuple[State, ...]:
    """Return the pattern and sign of each state."""
    return tuple((generators.cells.patterns[c], s) for c, s in map(generators.describe, members))


def _searched(
    data: Dataset, width: int, output_bias: bool, time_limit: float | None, deadline: float, seed: int
) -> tuple[TwoLayerNet, tuple[State, ...] | None, Search]:
    """Return the best network, the states of its units where they are known, and what branch and bound found."""
    warm = deadline if time_limit is None else time.monotonic() + 2 * WARM_SHARE * time_limit
    nets = [_zero(data, width, output_bias)]
    if width > 1 and time.monotonic() < deadline:
        part = None if time_limit is None else WARM_SHARE * time_limit
        narrow = global_minimum(data, None, width - 1, output_bias, part, exact=False, seed=seed).net
        nets.append(_widened(data, narrow, output_bias))
    nets.append(_descents(data, width, output_bias, min(warm, time.monotonic() + WARM_SECONDS), seed, nets[-1]))

    def squares(net: TwoLayerNet) -> float:
        return data.n * net.loss(data)

    def polish(net: TwoLayerNet) -> float:
        nets.append(descend(data, None, net.W, net.v, net.c if output_bias else None).net)
        return squares(nets[-1])

    best = min(nets, key=squares)
    order = np.argsort(-np.abs(best.predict(data) - np.asarray(data.y, dtype=float)), kind="stable")
    search = branch_and_bound(data, width, output_bias, squares(best), order, deadline, polish)
    best = min(nets, key=squares)
    if search.best is None or squares(best) <= search.upper:
        search.upper = min(search.upper, squares(best))
        return best, None, search
    generators = generators_of(cells_of(data), output_bias)
    members = [generators.state(generators.cells.locate(pattern), sign) for pattern, sign in search.best]
    return network_of(generators, tuple(sorted({s for s in members if s >= 0})), width), search.best, search


def _widened(data: Dataset, net: TwoLayerNet, output_bias: bool) -> TwoLayerNet:
    """Return the end of the descent from a network with one unit more that adds nothing yet."""
    W, v = np.concatenate([net.W, np.zeros((1, data.d))]), np.append(net.v, 0.0)
    return descend(data, None, W, v, net.c if output_bias else None).net


def _zero(data: Dataset, width: int, output_bias: bool) -> TwoLayerNet:
    """Return the zero network, with the best constant where one is free."""
    c = float(np.mean(np.asarray(data.y, dtype=float))) if output_bias else 0.0
    return TwoLayerNet(np.zeros((width, data.d)), np.zeros(width), c)


def reaches(data: Dataset, width: int, output_bias: bool, value: float, layers: int) -> bool | None:
    """Return whether some network of a width has at most this loss, or None where there are too many layers to ask."""
    count = layer_count(data, width)
    if count is None or count > layers or not _quick_cells(data):
        return None
    ceiling = data.n * (value + 4 * DEFAULT.kkt * spread(data, output_bias))
    order = np.argsort(-np.abs(np.asarray(data.y, dtype=float)), kind="stable")
    search = branch_and_bound(data, width, output_bias, ceiling, order)
    return search.best is not None if search.finished else None


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


def _descents(data: Dataset, width: int, output_bias: bool, until: float, seed: int, best: TwoLayerNet) -> TwoLayerNet:
    """Return the best end of finite descents from random starts on standardised inputs, or the given network."""
    law, turn, value = get_law("normal"), standardize(data).transform, best.loss(data)
    for k in range(STARTS):
        if time.monotonic() >= until:
            break
        W, v = law.sample(stream(seed, "optimum", width, k), width, data.d)
        end = descend(data, None, W @ turn.T, v, 0.0 if output_bias else None)
        if end.net.loss(data) < value:
            best, value = end.net, end.net.loss(data)
    return best


def _floor(data: Dataset, output_bias: bool) -> float:
    """Return the minimum over all widths, or 0 where it is out of reach."""
    from .infinite import infinite_width_minimum

    try:
        return infinite_width_minimum(data, output_bias=output_bias).value
    except TooLarge:
        return 0.0


def _basin_of(data: Dataset, net: TwoLayerNet, states: tuple[State, ...] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return (pattern (m, n), signs (m,)) of the states, or of the network where they are not known."""
    if states is None:
        size = np.abs(data.X) @ np.abs(net.W.T)
        return (np.finfo(float).eps * data.d * size < data.X @ net.W.T).T, np.where(net.v >= 0, 1, -1)
    rows = [*states, *[states[-1] if states else (np.zeros(data.n, dtype=bool), 1)] * (net.width - len(states))]
    return np.array([p for p, _ in rows]), np.array([s for _, s in rows])


def _proved(
    data: Dataset, pattern: np.ndarray, signs: np.ndarray, output_bias: bool
) -> tuple[Fraction | None, dict[str, Any] | None]:
    """Return the exact value of a basin and its proof, that of the minimum where it is zero; None out of reach."""
    try:
        basin = basin_value(data, None, pattern, signs, exact=True, output_bias=output_bias)
    except TooLarge:
        return None, None
    value, certificate = basin.exact_value, basin.certificate
    if value is None or certificate is None:
        return value, certificate
    if value == 0:
        Z, c = fraction_matrix(certificate["witness"]["Z"]), to_fraction(certificate["witness"]["c"])
        return value, prove_zero(data, output_bias, Z, signs, c)
    proves = "the upper end of the global minimum; its lower end is numerical"
    return value, {**certificate, "claim": {**certificate["claim"], "proves": proves}}
