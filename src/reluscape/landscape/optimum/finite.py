"""The global minimum of one width: descents and growth for a network, branch and bound for the proof."""

from __future__ import annotations

import time
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from ...errors import ShapeError, TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import cover_number
from ...geometry.regions import count_regions
from ...numbers.checks import readonly, whole_number
from ...numbers.overflow import refuses_overflow
from ...numbers.seeds import stream
from ...numbers.threads import one_thread
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, standardize
from ...problem.networks import TwoLayerNet
from ...problem.networks.initialization import get_law
from ...problem.penalties import NONE
from ...problem.problem import as_problem
from ...problem.references import spread
from .branch import Search, branch_and_bound, seconds_allowed
from .decayed_finite import decayed_minimum
from .growth import constant_network, descended, grown
from .infinite import infinite_width_value
from .proof import basin_of, exact_basin, prove_minimum
from .result import GlobalMinimum

MOST_COUNTED = 20_000_000
PROOF_SECONDS = 120.0
# descents before the search, within a time and within a number of steps, and how often the lowest loss comes up at most
STARTS, STEP_STARTS, OFTEN = 20, 10, 5
# up to this width the global minimum of one unit less is where a network begins to grow, beyond it the constant
MOST_SEARCHED = 4
WARM_SHARE, WARM_SECONDS = 0.2, 2.0


@refuses_overflow
@one_thread()
def global_minimum(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = False,
    time_limit: float | None = None,
    exact: bool = True,
    seed: int = 0,
    steps: int | None = None,
    loss: Any = "squared",
    weight_decay: Any = None,
) -> GlobalMinimum:
    """Return the lowest mean squared loss of a two-layer network of one width, with an interval that holds it.

    The minimum is the lowest value of a basin, and a basin's value depends only on the set of its units' states.
    Descents from random starts and networks grown unit by unit give a first network; branch and bound refines layers
    of states row by row, those rows first that raise the bounds most; the minimum over all widths bounds it too.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        width: number of hidden units m.
        output_bias: a free constant is added.
        time_limit: seconds after which no new step begins; None for no limit. Stopped early, the interval stays valid.
            The optimum of every width, which is the lower end with weight decay, has no limit.
        exact: also prove the result in rationals: that no network of this width has less where the search ends and some
            thousands of vectors bound all layers, or the loss is zero (a certificate of kind "global-minimum"), else
            the value of the best basin.
        seed: root of the random starts.
        steps: layers looked at after which the search stops, with fewer descents before it; None for no such bound.
            Unlike a time limit it gives the same answer on every machine.
        loss: another than the squared one needs a weight decay.
        weight_decay: a number or a `WeightDecay`: then the lowest mean loss plus penalty. From m* units on, the fewest
            that reach the optimum of infinite width (`infinite_width_minimum`), it is proved between rational ends; of
            fewer units too where some hundred vectors of slopes bound all layers of states (squared loss), else the
            interval is wider and `complete` is False; its certificate proves both ends.

    Returns:
        A `GlobalMinimum`.

    Raises:
        InputError: an impossible width or time limit.
        TooLarge: with weight decay, too many cells and cones.

    Source: Safran and Shamir's basin partition (Definition 2, Lemma 3); the search is in none of the papers.

    Example:
        >>> found = global_minimum([[1], [-1]], [1, 2], width=2)
        >>> found.exact_value, found.complete, found.net.width
        (Fraction(0, 1), True, 2)
    """
    width = whole_number("the width", width, 1)
    time_limit = seconds_allowed(time_limit)
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    if problem.penalty is not NONE:
        return decayed_minimum(problem, width, deadline)
    data, output_bias = problem.only(output_bias=True), problem.output_bias
    if data.n == 0:
        raise ShapeError("the data have no samples")
    scale = spread(data, output_bias)
    if steps is not None:
        steps = whole_number("the number of steps", steps, 1)
    net, search = _searched(data, width, output_bias, time_limit, deadline, seed, steps)
    pattern, signs = basin_of(data, net, search.states)
    value, lower = search.upper / data.n, search.lower / data.n
    complete = search.finished or value - lower <= 2 * DEFAULT.kkt * scale
    exact_value, certificate = None, None
    basin = exact_basin(data, output_bias, pattern, signs, deadline) if exact else None
    if basin is not None:
        exact_value, certificate = basin.value, basin.certificate
        order = search.order.tolist()
        proof = (
            prove_minimum(data, output_bias, order, basin, deadline, search) if complete or not exact_value else None
        )
        if proof is not None:
            exact_value, certificate, net = proof.value, proof.certificate, proof.best.net
            pattern, signs = (pattern, signs) if proof.states is None else basin_of(data, net, proof.states)
            value, complete = float(exact_value), True
            lower = value if Fraction(value) <= exact_value else float(np.nextafter(value, 0.0))
    return GlobalMinimum(
        value=value,
        exact_value=exact_value,
        net=net,
        lower=min(lower, value),
        upper=value,
        complete=complete,
        layers=state_count(data, width),
        looked_at=search.looked_at,
        pattern=readonly(pattern),
        signs=readonly(signs),
        certificate=certificate,
        kind="certified" if complete else "numerical",
        problem=problem,
    )


def minimum_proof(data: Dataset, width: int, output_bias: bool) -> dict[str, Any] | None:
    """Return the proof of a width's global minimum, both ends, or None where it takes too long."""
    certificate = global_minimum(data, None, width, output_bias, PROOF_SECONDS).certificate
    return certificate if certificate is not None and certificate["kind"] == "global-minimum" else None


def state_count(data: Dataset, width: int) -> int | None:
    """Return the number of multisets of states, or None where the cells may be too many to count."""
    arrangement = Arrangement.of(data)
    if cover_number(len(arrangement.normals), int(arrangement.rank)) > MOST_COUNTED:
        return None
    try:
        cells = count_regions(data, zero_rows="drop")
    except TooLarge:
        return None
    return comb(2 * cells + width - 1, width)


def _searched(
    data: Dataset,
    width: int,
    output_bias: bool,
    time_limit: float | None,
    deadline: float,
    seed: int,
    steps: int | None = None,
) -> tuple[TwoLayerNet, Search]:
    """Return the best network and what branch and bound found."""
    floor = data.n * float(infinite_width_value(data, output_bias)[0])
    noise = DEFAULT.kkt * data.n * spread(data, output_bias)
    net, rng = constant_network(data, output_bias), stream(seed, "optimum", "growth", width)
    if 1 < width <= MOST_SEARCHED and time.monotonic() < deadline:
        part = None if time_limit is None else WARM_SHARE * time_limit
        fewer = None if steps is None else max(1, int(WARM_SHARE * steps))
        net = global_minimum(data, None, width - 1, output_bias, part, exact=False, seed=seed, steps=fewer).net
    while net.width < width and data.n * net.loss(data) > floor + noise and time.monotonic() < deadline:
        narrow, net = net, grown(data, output_bias, net, rng, deadline)
        if net.width == narrow.width:
            break
    net = _widened(net, width)
    least = data.n * net.loss(data)
    if least <= floor + noise:
        return net, Search(least, None, max(least - 2 * noise, 0.0), 0, True, order=np.arange(data.n))
    nets = [constant_network(data, output_bias, width), net]
    if steps is None:
        warm = WARM_SECONDS if time_limit is None else min(WARM_SECONDS, WARM_SHARE * time_limit)
        until, starts = min(deadline, time.monotonic() + warm), STARTS
    else:
        until, starts = deadline, STEP_STARTS
    nets.append(_descents(data, width, output_bias, until, seed, nets[-1], starts, noise / data.n))

    def total(net: TwoLayerNet) -> float:
        return data.n * net.loss(data)

    def polish(net: TwoLayerNet) -> float:
        nets.append(descended(data, output_bias, net, deadline))
        return total(nets[-1])

    best = min(nets, key=total)
    order = np.argsort(-np.abs(best.predict(data) - np.asarray(data.y, dtype=float)), kind="stable")
    most = np.inf if steps is None else steps
    search = branch_and_bound(data, width, output_bias, total(best), order, deadline, polish, steps=most)
    if not search.finished:
        search.lower = max(search.lower, floor - noise)
    best = min(nets, key=total)
    if search.best is None or total(best) <= search.upper:
        search.upper, search.states = min(search.upper, total(best)), None
        return best, search
    return search.best, search


def _widened(net: TwoLayerNet, width: int) -> TwoLayerNet:
    """Return the network with units that add nothing, as many as are missing."""
    idle = width - net.width
    return TwoLayerNet(
        np.concatenate([net.W, np.zeros((idle, net.W.shape[1]))]), np.append(net.v, np.zeros(idle)), net.c
    )


def _descents(
    data: Dataset, width: int, output_bias: bool, until: float, seed: int, best: TwoLayerNet, starts: int, same: float
) -> TwoLayerNet:
    """Return the best end of finite descents from random starts on standardised inputs, or the given network.

    They end where the lowest loss has come up often: the losses of two such ends differ by `same` at most.
    """
    law, turn, value, times = get_law("normal"), standardize(data).transform, best.loss(data), 0
    for k in range(starts):
        if time.monotonic() >= until or times >= OFTEN:
            break
        W, v = law.sample(stream(seed, "optimum", width, k), width, data.d)
        end = descended(data, output_bias, TwoLayerNet(W @ turn.T, v), until)
        loss = end.loss(data)
        times = 1 if loss < value - same else times + (loss <= value + same)
        if loss < value:
            best, value = end, loss
    return best
