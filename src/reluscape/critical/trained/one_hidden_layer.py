"""Everything that is computed about a trained network before a word is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...basins import Basin, affine_fit, basin_value, constant_fit
from ...basins.infimum import infimum_in_reach
from ...basins.nearest_better import BetterBasin, better_basin, cell_beside
from ...errors import InputError, ReluscapeError
from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import standardize
from ...problem.gradients import predictions, weight_gradient
from ...problem.losses import LogisticLoss, able, get_loss, mean_loss
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from ...problem.references import constant_value
from ...problem.trained.reading import Trained
from .. import Verdict, certify
from ..anatomy import Anatomy, anatomy
from ..candidate import Candidate, candidates, is_near
from ..claim_box import claim_box
from ..descent import Descent
from ..match import matched
from .fresh import MOST_BASINS, descent_or_none, fresh_networks, most_basins
from .limits import can_fit, can_walk
from .plane_network import plane_network

# up to this size a basin is solved so quickly that no clock is needed
QUICK_WORK = 200_000
STARTS = 3
# the descent from the given weights may visit this many times the basins of one from a fresh start
OWN_SHARE = 2
# seconds that one descent may take beyond that size, with its first basin, from which the others are foretold
SECONDS = 15.0


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known about a trained network.

    Attributes:
        given: verdict on exactly the given weights.
        near: the exact candidate within the limits, or None.
        descent: descent from the given weights, or None where it is out of reach.
        best: best network found from here and from a few fresh starts, with its loss; None where out of reach.
        gradient_norm: length of the gradient at the given weights.
        loss, constant, affine, basin: losses of the network, the best constant, the best affine fit (None for losses
            other than the squared one), the minimum of the network's own basin.
        anatomy: what the units do.
        affine_residual: largest distance of the predictions from an affine function, relative to their spread.
        descent_distance: relative distance of the descent's end, or None.
        kinks_away: number of (unit, sample) pairs that switch between here and the descent's end, or None.
        better: the nearest better basin found, counted in kinks, or None.
        can_snap: whether the network is small enough for exact points beside it to be looked for.
        basin_ends: of a small basin under the logistic loss the proved ends of its infimum, else None.
    """

    given: Verdict
    near: Candidate | None
    descent: Descent | None
    best: tuple[TwoLayerNet, float] | None
    gradient_norm: float
    loss: float
    constant: float
    affine: float | None
    basin: float | None
    anatomy: Anatomy
    affine_residual: float
    descent_distance: float | None
    kinks_away: int | None
    better: BetterBasin | None
    can_snap: bool
    basin_ends: tuple[Fraction, Fraction] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict that is told: on the given weights where they are decided, else on the exact point beside."""
        if self.near is None or (self.given.is_local_minimum and not self.near.verdict.is_local_minimum):
            return self.given
        return self.near.verdict

    @property
    def nearest(self) -> TwoLayerNet | None:
        """The exact point beside the network, else the end of a descent that finished; None where neither is."""
        if self.near is not None:
            return self.near.net
        return self.descent.net if self.descent is not None and self.descent.finished else None

    @property
    def distance_to_minimum(self) -> float | None:
        """The relative distance to the nearest exact minimum found, or None."""
        options = []
        if self.near is not None and self.near.verdict.is_local_minimum:
            options.append(self.near.distance)
        if self.descent is not None and self.descent.finished and self.descent_distance is not None:
            options.append(self.descent_distance)
        return min(options, default=None)

    @property
    def is_affine(self) -> bool:
        """Whether the predictions are an affine function of the inputs."""
        return self.affine_residual <= DEFAULT.affine

    @property
    def is_best_affine(self) -> bool:
        """Whether they are the best one, up to a small share of the best constant's loss."""
        close = DEFAULT.snap_loss * self.constant
        return self.is_affine and self.affine is not None and abs(self.loss - self.affine) <= close

    def is_above(self, value: float | None) -> bool:
        """Return whether the network's loss is above another by more than a small share of the best constant's."""
        return value is not None and value < self.loss - DEFAULT.snap_loss * self.constant

    @property
    def here(self) -> TwoLayerNet | None:
        """The network that the verdict is about where it is not the given one."""
        return self.near.net if self.near is not None and self.verdict is self.near.verdict else None


def investigate(
    trained: Trained,
    loss: Any = "squared",
    tolerances: Tolerances = DEFAULT,
    starts: int = STARTS,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda what, share: None,
) -> Findings:
    """Compute everything about a trained network.

    Args:
        trained: the network on its data.
        loss: name or object.
        tolerances: the numerical policy.
        starts: fresh random starts of the same width for the best known network.
        seed: root of their random streams.
        progress: called with (what, share done).
    """
    data, net = trained.data, trained.net
    progress("testing the given weights", 0.05)
    loss_object = get_loss(loss)
    y = np.asarray(data.y, dtype=float)
    squared = able(loss_object, "quadratic")
    c = net.c if trained.output_bias else None
    value = mean_loss(loss_object, net.predict(data), y)
    constant = constant_fit(data).value if squared else constant_value(loss_object, y[:, None])
    own_verdict = certify(data, None, net.W, net.v, c, loss=loss_object, exact=False, tolerances=tolerances)
    snaps = can_fit(data.n, net.width, data.d, squared)
    progress("looking for an exact point beside it", 0.15)
    near_points = list(candidates(data, net, trained.output_bias, loss_object, tolerances)) if snaps else []
    within = [k for k in near_points if is_near(k, value, constant, tolerances) and k.verdict.kind != "not stationary"]
    feasible = can_walk(data.n, net.width, data.d, squared)
    progress("going downhill from basin to basin", 0.3)
    path = _descent(trained, loss_object, net) if feasible else None
    end = _as_candidate(path, net) if path is not None else None
    if path is not None and path.finished and end is not None and is_near(end, value, constant, tolerances):
        within.append(end)
    kinks = None
    if path is not None:
        kinks = int(((data.X @ net.W.T > 0) != (data.X @ path.net.W.T > 0)).sum())
    near = min(within, key=lambda k: (not k.verdict.is_local_minimum, k.distance), default=None)
    if near is not None and near.verdict.is_local_minimum and near.faces.size:  # the end of a descent names no faces
        near = replace(near, box=claim_box(data.X, near.W, near.v, near.faces))
    progress("solving the basin", 0.5)
    own = _basin(trained, loss_object) if feasible else None
    basin = None if own is None else own[0]
    progress("starting afresh for a better network", 0.55)
    # the losses known here are not negative
    enough = tolerances.zero_loss * constant if able(loss_object, "known") else -np.inf
    best = _best(trained, loss_object, path, own, value, starts, seed, enough) if feasible else None
    progress("looking for a better basin", 0.75)
    better = None
    if feasible and squared and starts and basin is not None:
        below = min(basin, value) - tolerances.snap_loss * constant
        ends = [path.net] if path is not None else []
        if best is not None and best[0] is not net and not any(best[0] is end for end in ends):
            ends.append(best[0])
        better = better_basin(data, net, trained.output_bias, below, ends)
    elif starts and basin is not None and path is not None and kinks:
        low = path.net.loss(data, loss=loss_object)
        if low < min(basin, value) - tolerances.snap_loss * constant:
            better = BetterBasin(kinks, low, 0)
    return Findings(
        given=own_verdict, near=near, descent=path, best=best,
        gradient_norm=gradient_norm(trained, loss_object), loss=value, constant=constant,
        affine=affine_fit(data).value if squared else None, basin=basin,
        anatomy=anatomy(net, data, tolerances), affine_residual=_affine_residual(trained),
        descent_distance=end.distance if end is not None else None, kinks_away=kinks, better=better, can_snap=snaps,
        basin_ends=None if own is None else own[2],
    )  # fmt: skip


def gradient_norm(trained: Trained, loss: Any) -> float:
    """Return the length of the gradient of the mean loss; a unit counts as off on its own hyperplane."""
    data, net = trained.data, trained.net
    f, heights = predictions(data.X, net.W, net.v, net.c)
    errors = np.asarray(loss.gradient(f, np.asarray(data.y, dtype=float)), dtype=float) / data.n
    slope = weight_gradient(data.X, heights, net.v, errors)
    in_c = float(slope.c) if trained.output_bias else 0.0
    return float(np.sqrt((slope.v**2).sum() + (slope.W**2).sum() + in_c**2))


def _descent(trained: Trained, loss: Any, start: TwoLayerNet) -> Descent | None:
    """Return the descent from a network, stopped early where basins are slow, or None where a program failed."""
    data, bias = trained.data, trained.output_bias
    size = data.n * start.width * data.d
    most = MOST_BASINS if able(loss, "quadratic") else OWN_SHARE * most_basins(data, start.width, loss)
    if size > QUICK_WORK:
        begin = time.monotonic()
        first = descent_or_none(data, start, bias, loss, 1)
        seconds = max(time.monotonic() - begin, SECONDS / MOST_BASINS)
        most = min(most, int(SECONDS / seconds) - 1)
        if first is None or first.finished or most <= 1:
            return first
    return descent_or_none(data, start, bias, loss, min(most, MOST_BASINS))


def _as_candidate(path: Descent, net: TwoLayerNet) -> Candidate:
    """Return the end of a descent as a candidate beside the given network."""
    R0, R = net.v[:, None] * net.W, path.net.v[:, None] * path.net.W
    size = np.linalg.norm(R0, axis=1).max(initial=0.0)
    move = np.linalg.norm(R - R0, axis=1).max(initial=0.0)
    distance = max(float(move / size if size > 0 else move), _silent_move(net, path.net))
    return Candidate(path.net, path.W, path.v, path.c, path.verdict, distance, np.zeros((0, 0), dtype=np.int8))


def _silent_move(net: TwoLayerNet, other: TwoLayerNet) -> float:
    """Return how far units with R_j = 0 have moved, relative to their weights: what R_j cannot tell."""
    silent = ~(net.v[:, None] * net.W).any(axis=1) | ~(other.v[:, None] * other.W).any(axis=1)
    silent |= (net.v == 0) | (other.v == 0)
    lengths = np.linalg.norm(net.W, axis=1)
    moves = np.linalg.norm(other.W - net.W, axis=1) + np.abs(other.v - net.v)
    relative = moves / np.where(lengths > 0, lengths, 1.0)
    return float(relative[silent].max(initial=0.0))


def _best(
    trained: Trained,
    loss: Any,
    path: Descent | None,
    own: tuple[float, TwoLayerNet, Any] | None,
    value: float,
    starts: int,
    seed: int,
    enough: float,
) -> tuple[TwoLayerNet, float] | None:
    """Return the best network known: from here, from fresh starts in standardised inputs, or the best straight plane.

    It is never worse than the lowest point of the network's own basin, nor than the best plane where a network of this
    shape can be one.
    """
    data, net = trained.data, trained.net
    near = [(net, value)]
    for other in (path.net if path is not None else None, own[1] if own is not None else None):
        if other is not None:
            near.append((other, other.loss(data, loss=loss)))
    if path is None or (not path.finished and data.n * net.width * data.d > QUICK_WORK):
        starts = 0  # where the own descent is too slow to finish, fresh ones are too
    ends = fresh_networks(data, net.width, trained.output_bias, loss, starts, seed, enough)
    straight = plane_network(trained) if able(loss, "quadratic") else None
    if straight is not None:
        ends.append((straight, straight.loss(data, loss=loss)))
    lowest = min([*near, *ends], key=lambda end: end[1])
    own_way = any(lowest[0] is other for other, _ in near)
    value = lowest[1] if own is None else min(lowest[1], own[0])  # a basin's value may be approached, never attained
    return (lowest[0] if own_way else matched(net, lowest[0], data.X)), value


def _basin(trained: Trained, loss: Any) -> tuple[float, TwoLayerNet, tuple[Fraction, Fraction] | None] | None:
    """Return the value of the network's own basin, a network that has it or comes near, and ends where it is proved.

    None where the program failed.

    A network whose weights put rows on hyperplanes lies on the border of several basins: it is the one where these rows
    are off, or where rounding leaves parallel ones on two sides one that touches the network.
    """
    data, net = trained.data, trained.net
    signs = np.where(net.v < 0, -1, 1)

    def solved(pattern: np.ndarray) -> Basin:
        if isinstance(loss, LogisticLoss):
            problem = Problem(data, None, loss=loss, output_bias=trained.output_bias)
            proved = infimum_in_reach(problem, pattern, signs)
            if proved is not None:
                return proved
        return basin_value(data, None, pattern, signs, loss=loss, output_bias=trained.output_bias)

    try:
        try:
            basin = solved((data.X @ net.W.T > 0).T)
        except InputError:  # rounding puts rows of one line, on a hyperplane, on two sides: a cell beside is taken
            basin = solved(cell_beside(data, net)[0])
    except (ReluscapeError, np.linalg.LinAlgError):
        return None
    lowest = TwoLayerNet(signs[:, None] * np.asarray(basin.Z), signs.astype(float), float(basin.c))
    ends = None if basin.lower is None or basin.upper is None else (basin.lower, basin.upper)
    return float(basin.value), lowest, ends


def _affine_residual(trained: Trained) -> float:
    """Return how far the predictions are from an affine function of the inputs, relative to their spread."""
    data = trained.data
    f = trained.net.predict(data)
    inputs = np.concatenate([standardize(data).X, np.ones((data.n, 1))], axis=1)
    left = f - inputs @ np.linalg.lstsq(inputs, f, rcond=None)[0]
    spread = float(np.abs(f - f.mean()).max(initial=0.0))
    return float(np.abs(left).max(initial=0.0) / spread) if spread > 0 else 0.0
