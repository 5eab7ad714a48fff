"""The lowest loss of any width, in closed form, and a small width that reaches it by column generation over regions."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any, Literal, overload

import numpy as np

from ...errors import ModelError, ReluscapeError, ShapeError
from ...geometry.arrangement import Arrangement
from ...numbers import exact
from ...numbers.overflow import refuses_overflow
from ...numbers.seeds import stream
from ...numbers.threads import one_thread
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, standardize
from ...problem.networks import TwoLayerNet
from ...problem.penalties import NONE
from ...problem.problem import as_problem
from ...problem.references import constant_fit, spread
from .branch import reaches, seconds_allowed
from .decayed_infinite import DecayedInfiniteWidthMinimum, all_units, decayed_infinite_width_minimum
from .growth import constant_network, grown
from .proof import ExactBasin, basin_of, exact_basin
from .result import InfiniteWidthMinimum
from .several_outputs import SeveralOutputsMinimum, several_outputs_minimum

SECONDS = 60.0
# shares of the time for a network that reaches the minimum, and for proofs that narrower ones do not
SEARCH_SHARE = 0.5
DRAWS = 5


@overload
def infinite_width_minimum(
    X: Any, y: Any = ..., output_bias: bool = ..., time_limit: float | None = ..., seed: int = ...
) -> InfiniteWidthMinimum: ...


@overload
def infinite_width_minimum(
    X: Any,
    y: Any = ...,
    output_bias: bool = ...,
    time_limit: float | None = ...,
    seed: int = ...,
    loss: Any = ...,
    weight_decay: Any = ...,
) -> Any: ...


@refuses_overflow
@one_thread()
def infinite_width_minimum(
    X: Any,
    y: Any = None,
    output_bias: bool = False,
    time_limit: float | None = SECONDS,
    seed: int = 0,
    loss: Any = "squared",
    weight_decay: Any = None,
) -> InfiniteWidthMinimum | DecayedInfiniteWidthMinimum | SeveralOutputsMinimum:
    """Return the lowest objective that two-layer networks of any width reach, with a width that reaches it.

    With output weights of both signs, the predictions of all networks are the span of relu(X w) over all w. Writing
    relu(t) = (t + |t|) / 2, a vector q is orthogonal to it exactly when sum_i q_i x_i = 0 and, for every class of
    parallel samples x_i = +-t_i a with t_i > 0, sum_i q_i t_i = 0 (and sum_i q_i = 0 beside an output bias): the kinks
    of |<a, w>| along different hyperplanes cannot cancel. The minimum is |P y|^2 / n for the projection P onto these q,
    zero wherever no two samples are parallel. So only samples on one line through the origin keep a wide network from
    fitting everything.

    The width is searched for: units are added one at a time, each in the region where it takes most off the residual
    (a column, found by pricing), and all are moved to a local minimum; then branch and bound asks of 1, 2, ... units
    whether they reach the minimum already.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets; with weight decay (n, k) too, for k outputs and samples of a rank of at most 3.
        output_bias: a free constant is added.
        time_limit: seconds for the search of the width, None for no limit; the minimum itself needs no search.
        seed: root of the random directions that are priced.
        loss: another loss than the squared one needs a weight decay here.
        weight_decay: None, a number, or a `WeightDecay`. With one the answer is a `DecayedInfiniteWidthMinimum`: the
            value between proved ends, the finite list of optimal directions, m* and M*; with several outputs a
            `SeveralOutputsMinimum`.

    Raises:
        InputError: an impossible time limit, or another loss without weight decay.
        TooLarge: with weight decay, more cells than are looked at one by one.

    Source: the convex program behind Safran and Shamir's Lemma 3 with all cells and signs at once; the closed form is
    in none of the papers.

    Example:
        >>> found = infinite_width_minimum([[1], [-1]], [1, 2])
        >>> found.exact_value, found.width, found.width_is_least
        (Fraction(0, 1), 2, True)
        >>> infinite_width_minimum([[1, 0], [2, 0], [0, 1]], [1, 1, 1]).exact_value  # two samples on one ray
        Fraction(1, 15)
    """
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    if problem.penalty is not NONE and problem.outputs > 1:
        return several_outputs_minimum(problem)
    if problem.penalty is not NONE:
        return decayed_infinite_width_minimum(problem, told_apart=all_units(problem))
    data, output_bias = problem.only(output_bias=True), problem.output_bias
    if data.n == 0:
        raise ShapeError("the data have no samples")
    time_limit = seconds_allowed(time_limit)
    value, dimension = infinite_width_value(data, output_bias)
    now, limit = time.monotonic(), np.inf if time_limit is None else time_limit
    ceiling = float(value) + 4 * DEFAULT.kkt * spread(data, output_bias)
    at_least = int(value < _constant_loss(data, output_bias))
    with np.errstate(all="ignore"):
        net = _reaching(data, output_bias, ceiling, dimension, now + SEARCH_SHARE * limit, seed)
        while at_least and at_least < net.width:
            answer = _answer(data, at_least, output_bias, float(value), now + limit)
            if answer is None:
                break
            if answer is not False:
                net = answer
                break
            at_least += 1
        net, kind = _judged(data, output_bias, value, [_without_idle(data, net), net], at_least, ceiling, now + limit)
    width = net.width if kind != "span" else dimension - int(output_bias)
    return InfiniteWidthMinimum(
        float(value),
        value,
        width,
        kind == "exact" and at_least == width,
        at_least,
        net,
        output_bias,
        dimension,
        kind,
        problem,
    )


def _answer(
    data: Dataset, width: int, output_bias: bool, value: float, deadline: float
) -> TwoLayerNet | Literal[False] | None:
    """Return what `reaches` does, None too where floats cannot hold the networks, on tiny or huge rows."""
    try:
        return reaches(data, width, output_bias, value, deadline)
    except (ReluscapeError, np.linalg.LinAlgError, OverflowError):
        return None


def _judged(
    data: Dataset,
    output_bias: bool,
    value: Fraction,
    nets: list[TwoLayerNet],
    at_least: int,
    ceiling: float,
    deadline: float,
) -> tuple[TwoLayerNet, str]:
    """Return the first network that reaches the lowest loss exactly, else up to rounding, else the last, and which."""
    nets = [net for net in nets if net.width >= at_least] or nets[-1:]
    for net in nets:
        if not net.width:
            if value == _constant_loss(data, output_bias):
                return net, "exact"
            continue
        best = exact_basin(data, output_bias, *basin_of(data, net), deadline)
        if best is not None and best.value == value:
            return _as_floats(best, net, data, ceiling), "exact"
    for net in nets:
        if net.width >= at_least and net.loss(data) <= ceiling:
            return net, "numerical"
    return nets[-1], "span"


def _as_floats(best: ExactBasin, net: TwoLayerNet, data: Dataset, ceiling: float) -> TwoLayerNet:
    """Return an exact network in floats where these keep its loss, else the network that led to it."""
    try:
        return best.net if best.net.loss(data) <= ceiling else net
    except ModelError:
        return net


def infinite_width_value(data: Dataset, output_bias: bool) -> tuple[Fraction, int]:
    """Return the lowest loss of any width, and the dimension of the span of the predictions of all networks."""
    target, others, classes = _tied(data, output_bias)
    picks = list(exact.pivot_columns(others.T)) if others.size else []
    rest = target
    if picks:
        gram = others[picks].dot(others[picks].T)
        weights = exact.solve(gram, others[picks].dot(target))
        rest = target - np.array(weights, dtype=object).dot(others[picks])
    value = sum((v * v for v in rest), Fraction(0)) / data.n
    return value, data.n - (len(target) - classes - len(picks))


def _tied(data: Dataset, output_bias: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """Return (y and the further conditions on q for the rows that a network cannot fit freely, their classes' number).

    The rows are those parallel to another one, and zero rows. In every class the part along t is taken off, so that
    what is left of y and of the conditions sum_i q_i x_i = 0 (and sum_i q_i = 0) satisfies sum_i q_i t_i = 0.
    """
    arrangement = Arrangement.of(data)
    of = np.asarray(arrangement.row_class)
    sizes = np.bincount(of[of >= 0], minlength=len(arrangement.normals))
    rows = np.array([i for i, k in enumerate(of.tolist()) if k < 0 or sizes[k] > 1], dtype=np.int64)
    y = data.y_fractions
    table = [[y[i], *data.fractions[i][list(arrangement.pivots)], Fraction(int(output_bias))] for i in rows.tolist()]
    columns = np.array(table, dtype=object).reshape(len(rows), 2 + arrangement.rank)
    classes = set(of[rows].tolist()) - {-1}
    for k in classes:
        mine = np.flatnonzero(of[rows] == k)
        lead = next(c for c, v in enumerate(arrangement.normals[k]) if v)
        t = np.array([abs(data.fractions[i][lead]) for i in rows[mine].tolist()], dtype=object)
        along = t.dot(columns[mine]) / t.dot(t)
        columns[mine] = columns[mine] - t[:, None] * along[None, :]
    return columns[:, 0], columns[:, 1:].T, len(classes)


def _constant_loss(data: Dataset, output_bias: bool) -> Fraction:
    """Return the loss of the zero network, with the best constant where one is free."""
    if output_bias:
        return constant_fit(data).exact_value
    return sum((v**2 for v in data.y_fractions), Fraction(0)) / data.n


def _reaching(
    data: Dataset, output_bias: bool, ceiling: float, dimension: int, deadline: float, seed: int
) -> TwoLayerNet:
    """Return a network that reaches the lowest loss: units added one by one, or as many as the span has dimensions."""
    net = constant_network(data, output_bias)
    rng = stream(seed, "infinite width")
    while net.loss(data) > ceiling:
        if net.width >= dimension - int(output_bias) or time.monotonic() >= deadline:
            return _spanning(data, output_bias, dimension, ceiling, rng, net)
        wider = grown(data, output_bias, net, rng, deadline)
        if wider.width == net.width:
            return _spanning(data, output_bias, dimension, ceiling, rng, net)
        net = wider
    return net


def _spanning(
    data: Dataset, output_bias: bool, dimension: int, ceiling: float, rng: np.random.Generator, known: TwoLayerNet
) -> TwoLayerNet:
    """Return a network of as many units as the span of all predictions has dimensions, with the best output weights.

    Random units and pairs of units on the two sides of a random point of every hyperplane are drawn; the latter differ
    by the kink along it. Pivoted elimination keeps the most independent ones. Where floats hold none that is better,
    on rows that are tiny or nearly parallel, the known network is returned.
    """
    from scipy.linalg import qr

    y, turn = np.asarray(data.y, dtype=float), standardize(data).transform
    X = np.asarray(data.X @ turn, dtype=float)
    normals = X[np.linalg.norm(X, axis=1) > 0]
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    W, size, nets = np.zeros((0, data.d)), dimension - int(output_bias), [known]
    for _ in range(DRAWS):
        points = rng.normal(size=(len(normals), data.d))
        points -= (points * normals).sum(axis=1, keepdims=True) * normals
        apart = np.abs(points @ normals.T)
        apart[apart <= np.sqrt(np.finfo(float).eps)] = np.inf
        step = np.minimum(apart.min(axis=1, initial=1.0), 1.0)[:, None] / 2
        W = np.concatenate([W, rng.normal(size=(2 * data.n, data.d)), points + step * normals, points - step * normals])
        features = np.maximum(X @ W.T, 0.0)
        features /= np.maximum(np.linalg.norm(features, axis=0), np.finfo(float).tiny)
        deviations = features - features.mean(axis=0) if output_bias else features
        picks = qr(deviations, mode="r", pivoting=True)[1][:size]
        columns = np.concatenate([features[:, picks], np.ones((data.n, int(output_bias)))], axis=1)
        with np.errstate(all="ignore"):
            weights = np.linalg.lstsq(columns, y, rcond=None)[0]
            length = np.linalg.norm(np.maximum(X @ W[picks].T, 0.0), axis=0)
            units = W[picks] @ turn.T / np.where(length > 0, length, 1.0)[:, None]
            c = float(weights[-1]) if output_bias else 0.0
            if not (np.isfinite(units).all() and np.isfinite(weights).all()):
                continue
            net = TwoLayerNet(units, weights[:size], c)
        if np.isfinite(net.loss(data)):
            nets.append(net)
        if net.loss(data) <= ceiling:
            break
    return min(nets, key=lambda net: net.loss(data))


def _without_idle(data: Dataset, net: TwoLayerNet) -> TwoLayerNet:
    """Return the network without the units that add nothing."""
    adds = (np.maximum(data.X @ net.W.T, 0.0) * net.v).any(axis=0)
    return TwoLayerNet(net.W[adds], net.v[adds], net.c)
