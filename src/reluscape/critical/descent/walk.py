"""The walk from basin to basin."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from ...numbers.checks import readonly
from ...numbers.exact import fraction_array
from ...numbers.overflow import refuses_overflow
from ...numbers.seeds import stream
from ...numbers.threads import one_thread
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ...problem.losses import check_exact
from ...problem.networks import TwoLayerNet
from ...problem.penalties import NONE
from ...problem.problem import Problem, as_problem
from ..candidate import Candidate, face_candidate, mended_faces
from ..decay.descent import decayed_descent
from ..optimality import certify, decide
from ..point import build_point, weight_arrays
from .basin import BasinPoint, BasinStep
from .gradient import gradient_stretch
from .result import Descent

MENDINGS = 6
STRETCHES = 12
STEPS = 100
# rows times weights squared, which a step of a basin's program takes, from which a walk begins with a long stretch
LARGE, LONG_STEPS = 200_000_000, 6_000
HALVINGS = 40


@refuses_overflow
@one_thread()
def descend(
    X: Any,
    y: Any,
    W: Any,
    v: Any,
    c: Any = None,
    loss: Any = "squared",
    max_basins: int = 500,
    exact: bool | None = None,
    tolerances: Tolerances = DEFAULT,
    time_limit: float | None = None,
    weight_decay: Any = None,
) -> Descent:
    """Descend from basin to basin until no direction lowers the objective.

    Each round solves the convex program of the current basin, moves to its minimiser, and tests it for local
    optimality; where the test finds a direction that falls, the walls it crosses lead to the next basin. A start on
    hyperplanes, or with units that are zero, may be the minimiser of the basin that was chosen for it: then its own
    escape leads on. The loss falls strictly and there are finitely many basins, none of which is entered twice. Where
    a basin's minimiser cannot be placed in floats (nearly dependent units), a stretch of gradient descent leads on, at
    most a dozen times. On large data, where one program takes as long as hundreds of its steps, a stretch comes first.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights to start from.
        v: (m,) output weights.
        c: None without an output bias, else its value; it is trained.
        loss: "squared" or any convex differentiable loss (numerical, and the minimum may not be attained).
        max_basins: stop after this many.
        exact: True or None ends in rational arithmetic where the problem is small enough and the loss the squared one;
            False never does.
        tolerances: the numerical policy.
        time_limit: seconds after which no new basin begins; None for no limit.
        weight_decay: None, a number, or a `WeightDecay`: the objective is the mean loss plus the penalty.

    Returns:
        `Descent`.

    Raises:
        ShapeError, InputError: input that does not fit.

    Example:
        >>> end = descend([[1, 0], [0, 1]], [1, -1], [[1, 2]], [1])
        >>> end.verdict.kind, end.verdict.exact_loss
        ('local minimum', Fraction(1, 2))
    """
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=c is not None, tolerances=tolerances)
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    if problem.penalty is not NONE:
        W, v = (np.array(fraction_array(part), dtype=float) for part in weight_arrays(W, v, problem.data.d))
        return decayed_descent(problem, W, v, 0.0 if c is None else float(c), max_basins, deadline)
    problem.only(loss=True, output_bias=True)
    check_exact(problem.loss, exact)
    c = 0.0 if c is None and problem.output_bias else c
    point = build_point(problem, W, v, c, False)
    walk = _Walk(problem, c is not None, exact is not False)
    walk.deadline = deadline
    end = walk.run(point.W, point.v, 0.0 if c is None else float(point.c), max_basins)
    return replace(end, problem=problem, verdict=replace(end.verdict, problem=problem))


class _Walk:
    """One descent on one problem."""

    def __init__(self, problem: Problem, output_bias: bool, exact: bool) -> None:
        self.problem, self.output_bias, self.exact, self.deadline = problem, output_bias, exact, np.inf
        data, self.loss, self.tolerances = problem.data, problem.loss, problem.tolerances
        self.data = data
        self.step = BasinStep(data, self.loss, output_bias, self.tolerances)
        self.live = np.ones(data.n, dtype=bool)
        self.live[list(data.zero_rows)] = False
        self.lengths = np.linalg.norm(data.X, axis=1)
        self.aside = stream(0, "side of a hyperplane").normal(size=data.d)
        self._target_size = float(np.abs(np.asarray(data.y, dtype=float)).max(initial=0.0))

    def run(self, W: np.ndarray, v: np.ndarray, c: float, max_basins: int) -> Descent:
        """Descend from floats."""
        net = TwoLayerNet(W, v, c)
        pattern, signs = self._basin_of(net)
        losses = [net.loss(self.data, loss=self.loss)]
        at = self._already_there(net)
        if at is not None:
            return self._end(at, net, losses, True, "no direction lowers the loss")
        at_end, reason = False, f"stopped after {max_basins} basins"
        stretches, left = STRETCHES, set[bytes]()
        move = self._stretch(net, losses[-1], LONG_STEPS) if self.data.n * W.size**2 > LARGE else None
        if move is not None:
            net, pattern, signs = move
            losses.append(net.loss(self.data, loss=self.loss))
        for _ in range(max_basins):
            if time.monotonic() > self.deadline:
                reason = "the time is up"
                break
            candidate = self._minimiser(pattern, signs, net, losses[-1])
            if candidate is None:
                left.add(_key(pattern, signs))
                move = self._escape(net, losses[-1], left)
                if move is None and stretches:
                    move, stretches = self._stretch(net, losses[-1], STEPS), stretches - 1
                if move is None:
                    reason = "the basin's minimum is not attained, or the loss no longer falls beyond rounding"
                    break
                net, pattern, signs = move
                at = None
                losses.append(net.loss(self.data, loss=self.loss))
                continue
            at, net = candidate, candidate.net
            if candidate.verdict.loss < losses[-1]:
                losses.append(candidate.verdict.loss)
            if candidate.verdict.is_local_minimum:
                at_end, reason = True, "no direction lowers the loss"
                break
            if candidate.verdict.escape is None:
                reason = f"no minimum: {candidate.verdict.reason}, by less than doubles can follow"
                break
            pattern, signs, net = self._cross(candidate, pattern, signs)
        return self._end(at, net, losses, at_end, reason)

    def _escape(
        self, net: TwoLayerNet, ceiling: float, left: set[bytes]
    ) -> tuple[TwoLayerNet, np.ndarray, np.ndarray] | None:
        """Return network, pattern and signs after a step along the point's own escape, or None where there is none.

        A point that no program of its basin improves is a minimiser there; where it is no local minimum its escape
        leads to a lower loss, so into another basin, and none is entered twice.

        Args:
            net: the point.
            ceiling: the loss must fall below this.
            left: keys of basins that lead no further.
        """
        if net.loss(self.data, loss=self.loss) < ceiling:
            here = (net, *self._basin_of(net))
            if _key(*here[1:]) not in left:
                return here
        c = net.c if self.output_bias else None
        point = build_point(self.problem, net.W, net.v, c, False)
        escape = decide(point, tolerances=self.tolerances).escape
        if escape is None:
            return None
        dW, dv = (np.asarray(part, dtype=float) for part in escape[:2])
        dc = float(escape[2]) if self.output_bias else 0.0
        for step in 0.5 ** np.arange(HALVINGS):
            next_net = TwoLayerNet(net.W + step * dW, net.v + step * dv, net.c + step * dc)
            if next_net.loss(self.data, loss=self.loss) < ceiling:
                basin = self._basin_of(next_net)
                return None if _key(*basin) in left else (next_net, *basin)
        return None

    def _basin_of(self, net: TwoLayerNet) -> tuple[np.ndarray, np.ndarray]:
        """Return pattern and signs of a closed basin that holds a network.

        Samples on a unit's hyperplane go to the side of one direction in general position, so that the pattern is one
        that a unit can have.
        """
        heights, aside = (self.data.X @ net.W.T).T, self.data.X @ self.aside
        on = np.abs(heights) <= self.tolerances.boundary * np.outer(np.linalg.norm(net.W, axis=1), self.lengths)
        return np.where(on, aside > 0, heights > 0) & self.live, np.where(net.v < 0, -1, 1)

    def _stretch(
        self, net: TwoLayerNet, ceiling: float, steps: int
    ) -> tuple[TwoLayerNet, np.ndarray, np.ndarray] | None:
        """Return network, pattern and signs after a stretch of gradient descent, or None where it lowers nothing."""
        next_net = gradient_stretch(self.data, net, self.output_bias, self.loss, steps)
        if not next_net.loss(self.data, loss=self.loss) < ceiling * (1 - self.tolerances.newton_residual):
            return None
        return next_net, *self._basin_of(next_net)

    def _already_there(self, net: TwoLayerNet) -> Candidate | None:
        """Return the start itself where it is a local minimum up to rounding."""
        c = net.c if self.output_bias else None
        point = build_point(self.problem, net.W, net.v, c, False)
        verdict = decide(point, tolerances=self.tolerances)
        if not verdict.is_local_minimum:
            return None
        faces = np.where(self.live, point.signs.T, -1).astype(np.int8)
        return Candidate(net, net.W, net.v, c, verdict, 0.0, faces)

    def _minimiser(self, pattern: np.ndarray, signs: np.ndarray, net: TwoLayerNet, ceiling: float) -> Candidate | None:
        """Return the basin's minimiser, sharpened on its faces, or None where no choice of kinks is consistent."""
        basin = self.step.solve(pattern, signs, net.W)
        if basin is None:
            return None
        best: Candidate | None = None
        visits: set[bytes] = set()
        limit = basin.value + self.tolerances.zero_loss * (abs(basin.value) + self._target_size**2)
        for faces, silent, Z in self._guesses(basin, pattern, net):
            start = self._start(Z, pattern, signs, silent, net, basin.c)
            candidate = self._settled(start, faces, silent, Z, visits)
            faint = silent if candidate is None else silent | self._faint(candidate.net)
            if (faint != silent).any():  # sharpening took a unit to zero
                start = self._start(Z, pattern, signs, faint, net, basin.c)
                candidate = self._settled(start, faces, faint, Z, visits)
            if candidate is None or not self._is_progress(candidate, ceiling):
                continue
            if best is None or candidate.verdict.loss < best.verdict.loss:
                best = candidate
            if candidate.verdict.loss <= limit:
                return candidate
        return best

    def _faint(self, net: TwoLayerNet) -> np.ndarray:
        """Return which units speak so low that their weights are rounding, though their output weight is not zero."""
        outputs = (np.abs(net.v) * np.maximum(self.data.X @ net.W.T, 0.0)).max(axis=0, initial=0.0)
        return (net.v != 0) & (outputs > 0) & (outputs <= self.tolerances.silent_outputs[0] * self._target_size)

    def _is_progress(self, candidate: Candidate, ceiling: float) -> bool:
        """Return whether a point lies lower, or is the minimum that the walk stands at up to rounding."""
        if candidate.verdict.loss < ceiling:
            return True
        rounding = 64 * MACHINE_PRECISION * (ceiling + self._target_size**2)
        return bool(candidate.verdict.is_local_minimum) and candidate.verdict.loss <= ceiling + rounding

    def _settled(
        self, start: TwoLayerNet, faces: np.ndarray, silent: np.ndarray, Z: np.ndarray, visits: set[bytes]
    ) -> Candidate | None:
        """Return the minimiser on the faces; samples that it would carry across a hyperplane are put on it, in turn."""
        for _ in range(MENDINGS):
            key = faces.tobytes() + silent.tobytes() + Z.tobytes()
            if key in visits:
                return None
            visits.add(key)
            candidate = face_candidate(
                self.data, start, faces, self.output_bias, self.loss, self.tolerances, silent=silent, exact=False
            )
            if candidate is not None:
                return candidate
            new_faces = mended_faces(self.data, start, faces, self.output_bias, self.loss, silent, self.tolerances)
            if new_faces is None:
                return None
            faces = new_faces
        return None

    def _guesses(
        self, basin: BasinPoint, pattern: np.ndarray, net: TwoLayerNet
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield (faces, silent units, Z) to try: the solver's own kinks first, then kinks by their distance."""
        lengths, heights = self.lengths, (self.data.X @ basin.Z.T).T
        # the scale of a unit is its largest output, since weights that no output feels may be of any size
        outputs = np.where(pattern, np.abs(heights), 0.0).max(axis=1, initial=0.0)
        reach = np.outer(outputs, lengths / lengths.max(initial=1.0))
        R0 = net.v[:, None] * net.W
        size = max(np.abs(R0).max(initial=0.0), self._target_size / (lengths.max(initial=0.0) or 1.0))
        largest = np.abs(basin.Z).max(initial=0.0)
        caps = [cap for cap in self.tolerances.weight_caps if cap * size < largest] or [np.inf]
        widths: list[float | None] = [None, *self.tolerances.kink_widths]
        for cap, quiet, width in product(caps, self.tolerances.silent_outputs, widths):
            if width is None and basin.kinks is None:
                continue
            silent = (outputs <= quiet * self._target_size) | ~pattern.any(axis=1) | basin.idle
            kinks = basin.kinks if width is None else np.abs(heights) <= width * reach
            faces = np.where(kinks, 0, np.where(pattern, 1, -1)).astype(np.int8)  # type: ignore[arg-type]
            faces[:, ~self.live] = -1
            share = min(1.0, cap * size / largest) if largest > 0 else 1.0
            yield faces, silent, R0 + share * (basin.Z - R0)

    def _start(
        self, Z: np.ndarray, pattern: np.ndarray, signs: np.ndarray, silent: np.ndarray, net: TwoLayerNet, c: float
    ) -> TwoLayerNet:
        """Return the minimiser as a network; dead units keep their weights, silent ones get output weight 0."""
        W, v = np.array(net.W), np.array(net.v)
        for j in range(len(W)):
            if silent[j]:
                v[j] = 0.0 if pattern[j].any() else v[j]
                continue
            size = abs(v[j]) if v[j] != 0 else 1.0
            v[j] = signs[j] * size
            W[j] = Z[j] / v[j]
        return TwoLayerNet(W, v, c)

    def _cross(
        self, at: Candidate, pattern: np.ndarray, signs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, TwoLayerNet]:
        """Return the basin that the escape leads into, and the network a step inside it."""
        dW, dv = (np.asarray(part, dtype=float) for part in at.verdict.escape[:2])  # type: ignore[index]
        heights = (self.data.X @ at.net.W.T).T
        moves = (self.data.X @ dW.T).T
        on = np.abs(heights) <= self.tolerances.boundary * np.outer(np.linalg.norm(at.net.W, axis=1), self.lengths)
        clear = np.abs(moves) > self.tolerances.boundary * np.outer(np.linalg.norm(dW, axis=1), self.lengths)
        pattern = np.where(on, np.where(clear, moves > 0, pattern), heights > 0) & self.live
        signs = np.where(at.net.v != 0, np.sign(at.net.v), np.where(dv != 0, np.sign(dv), signs)).astype(int)
        dc = float(at.verdict.escape[2]) if self.output_bias else 0.0  # type: ignore[index]
        next_net = TwoLayerNet(at.net.W + dW, at.net.v + dv, at.net.c + dc)
        return pattern, signs, next_net

    def _end(self, at: Candidate | None, net: TwoLayerNet, losses: list[float], finished: bool, reason: str) -> Descent:
        """Return the descent, with the last point in rational arithmetic where that is feasible."""
        if at is not None and self.exact:
            sharper = face_candidate(
                self.data, at.net, at.faces, self.output_bias, self.loss, self.tolerances, silent=at.net.v == 0
            )
            if sharper is not None and sharper.verdict.is_local_minimum == at.verdict.is_local_minimum:
                at, net = sharper, sharper.net
        if at is None:
            verdict = certify(
                self.data, None, net.W, net.v, net.c if self.output_bias else None, self.loss, exact=False
            )
            W, v, c = net.W, net.v, net.c if self.output_bias else None
            if verdict.is_local_minimum and verdict.residual <= self.tolerances.stationarity:
                finished, reason = True, verdict.reason
        else:
            verdict, W, v, c = at.verdict, at.W, at.v, at.c
        dtype: Any = object if isinstance(np.ravel(W)[0] if W.size else 0.0, Fraction) else float
        return Descent(
            net, tuple(losses), verdict, readonly(W, dtype=dtype), readonly(v, dtype=dtype), c, len(losses) - 1,
            finished, reason,
        )  # fmt: skip


def _key(pattern: np.ndarray, signs: np.ndarray) -> bytes:
    """Return a basin's name."""
    return pattern.tobytes() + signs.astype(np.int8).tobytes()
