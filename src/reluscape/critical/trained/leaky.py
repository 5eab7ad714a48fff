"""One hidden layer of LeakyReLU: the exact test, the basin, and what fresh starts of the same shape reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...basins.leaky import leaky_basin
from ...errors import ReluscapeError
from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import Dataset
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.trained.layered import Layered
from .. import Verdict, certify
from ..candidate import Candidate, candidates, is_near
from .onward import trained_on

# samples x units x inputs up to which the basin is solved
MOST_BASIN = 20_000
# samples x units x inputs, times units x inputs, up to which exact points beside the network are looked for
MOST_FIT = 200_000_000
# samples x units x inputs, times steps, of all fresh starts together, and the steps of one
MOST_FRESH_WORK = 400_000_000
STEPS = 500
DRAWS = 10
# samples x units x inputs up to which the given weights are tested over the rationals
MOST_EXACT = 500_000


@dataclass(frozen=True, eq=False)
class LeakyLayer:
    """What is known about a trained network of one hidden layer of LeakyReLU and one output.

    Attributes:
        slope: of its units below 0.
        given: the exact test's verdict on the given weights.
        near: the exact critical point beside them within the limits of snapping, as a network, or None.
        verdict: the verdict that is told, on the exact point where the given weights are not decided.
        distance: max_j |R_j moved| / max_j |R_j| to the exact point, None where there is none.
        basin: lowest loss without any unit changing its side for a row or its output sign, or None.
        best: the best network that fresh starts of this shape reached, with its loss, or None.
        straight: units that lie on one side of their kink for every row.
        prove: repeats the test of the given weights over the rationals and returns its certificate, or None.
    """

    slope: float
    given: Verdict
    near: DeepNet | None
    verdict: Verdict
    distance: float | None
    basin: float | None
    best: tuple[DeepNet, float] | None
    straight: tuple[int, ...]
    prove: Callable[[], dict[str, Any] | None]


def leaky_layer(
    layered: Layered, constant: float, starts: int = 0, seed: int = 0, tolerances: Tolerances = DEFAULT
) -> LeakyLayer:
    """Return what the exact test and the convex program of the basin say, and what fresh starts reach.

    Args:
        layered: the network on its data, one hidden layer and one output.
        constant: the loss of the best constant.
        starts: fresh random starts are ten times as many; none for 0.
        seed: root of their random streams.
        tolerances: the numerical policy.
    """
    slope, loss = layered.net.slopes[0], layered.loss.each
    data, net = _stacked(layered)
    bias = layered.biases[-1]
    c = net.c if bias else None
    if not bias and net.c:  # an output bias that is not trained is part of the targets
        loss = _Moved(loss, net.c)
    own_verdict = certify(data, None, net.W, net.v, c, loss=loss, exact=False, slope=slope, tolerances=tolerances)
    value = layered.loss.value(layered.predictions, layered.Y)
    size = data.n * net.width * data.d
    near_points: list[Candidate] = []
    if size * net.width * data.d <= MOST_FIT:
        near_points = [
            one for one in candidates(data, net, bias, loss, tolerances, slope)
            if is_near(one, value, constant, tolerances) and one.verdict.kind != "not stationary"
        ]  # fmt: skip
    near = min(near_points, key=lambda one: (not one.verdict.is_local_minimum, one.distance), default=None)
    decisive = (
        near if near is not None and (near.verdict.is_local_minimum or not own_verdict.is_local_minimum) else None
    )
    sides = data.X @ net.W.T > 0

    def prove() -> dict[str, Any] | None:
        if not layered.loss.quadratic or size > MOST_EXACT or (not bias and net.c):
            return None
        verdict = certify(data, None, net.W, net.v, c, exact=True, slope=slope)
        return verdict.certificate

    return LeakyLayer(
        slope=slope, given=own_verdict, near=None if decisive is None else _layered(layered, decisive.net),
        verdict=own_verdict if decisive is None else decisive.verdict,
        distance=None if decisive is None else decisive.distance,
        basin=_basin(data, net, slope, loss, bias) if size <= MOST_BASIN else None,
        best=fresh_start(layered, starts, seed, tolerances.zero_loss * constant) if starts else None,
        straight=tuple(int(j) for j in np.flatnonzero(sides.all(axis=0) | ~sides.any(axis=0))), prove=prove,
    )  # fmt: skip


class _Moved:
    """A loss of predictions to which a constant is added."""

    def __init__(self, loss: Any, by: float) -> None:
        self.loss, self.by = loss, by

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the loss of f plus the constant."""
        return np.asarray(self.loss.value(np.asarray(f) + self.by, y))

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return its derivative."""
        return np.asarray(self.loss.gradient(np.asarray(f) + self.by, y))


def _stacked(layered: Layered) -> tuple[Dataset, TwoLayerNet]:
    """Return the samples, a column of ones last where hidden biases are trained, and the weights that meet them."""
    net, samples = layered.net, layered.data
    same = samples.y is not None and np.array_equal(np.asarray(samples.y, dtype=float), layered.Y[:, 0])
    y = samples.y_fractions if same else layered.Y[:, 0]  # the exact decimals, unless they were standardised
    if not layered.biases[0] and not net.biases[0].any():
        data = Dataset(samples.fractions, y, features=samples.features)
        return data, TwoLayerNet(net.weights[0], net.weights[1][0], float(net.biases[1][0]))
    data = Dataset(samples.fractions, y, bias=True, features=samples.features)
    W = np.concatenate([net.weights[0], net.biases[0][:, None]], axis=1)
    return data, TwoLayerNet(W, net.weights[1][0], float(net.biases[1][0]))


def _layered(layered: Layered, net: TwoLayerNet) -> DeepNet:
    """Return weights of the form of `_stacked` as a network with the units of the given one."""
    d = layered.net.weights[0].shape[1]
    W, b = net.W[:, :d], net.W[:, d] if net.d > d else layered.net.biases[0]
    last = [net.c] if layered.biases[-1] else layered.net.biases[-1]
    return replace(layered.net, weights=(W, net.v[None, :]), biases=(b, last), has_bias=layered.has_bias)


def _basin(data: Dataset, net: TwoLayerNet, slope: float, loss: Any, bias: bool) -> float | None:
    """Return the value of the network's own basin, or None where the program fails."""
    signs = np.where(net.v < 0, -1, 1)
    try:
        return leaky_basin(data, (data.X @ net.W.T > 0).T, signs, slope, loss, bias).value
    except (ReluscapeError, np.linalg.LinAlgError):
        return None


def fresh_start(layered: Layered, starts: int, seed: int, enough: float) -> tuple[DeepNet, float] | None:
    """Return the best network of this shape that training from random weights reaches, with its loss.

    Weights are drawn for standardised inputs and targets; each start trains for at most 500 quasi-Newton steps. Starts
    are counted by their work, never timed, so that the same input has the same answer.

    Args:
        layered: the network on its data, one hidden layer.
        starts: a tenth of the most starts.
        seed: root of their random streams.
        enough: a loss from which nothing is left to gain; the search ends there.
    """
    net, X = layered.net, layered.X
    middle, spread = X.mean(axis=0), X.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    work = max(len(X) * sum(w.size for w in net.weights) * STEPS, 1)
    best = None
    for k in range(int(np.clip(MOST_FRESH_WORK // work, 1, DRAWS * starts))):
        rng = stream(seed, "leaky", k)
        W = rng.normal(size=net.weights[0].shape) / spread / np.sqrt(max(X.shape[1], 1))
        b = rng.normal(size=len(W)) - W @ middle if layered.biases[0] else net.biases[0]
        v = rng.normal(size=net.weights[1].shape) * (layered.Y.std() or 1.0) / np.sqrt(max(len(W), 1))
        last = layered.Y.mean(axis=0) if layered.biases[-1] and layered.loss.quadratic else net.biases[1]
        start = replace(net, weights=(W, v), biases=(b, last), has_bias=layered.has_bias)
        end = trained_on(replace(layered, net=start))
        if np.isfinite(end[1]) and (best is None or end[1] < best[1]):
            best = end
            if end[1] <= enough:
                break
    return best
