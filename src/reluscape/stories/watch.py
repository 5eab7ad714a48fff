"""A watch on a training loop: at each check what the units do, which kinks were crossed, what is left in the basin."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._lazy import axes
from ..basins import basin_value
from ..critical.anatomy import Anatomy, anatomy
from ..errors import DataWarning, InputError, ReluscapeError
from ..interop.training_callbacks import keras_callback, lightning_callback
from ..numbers.checks import whole_number
from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.losses import get_loss
from ..problem.networks import TwoLayerNet
from ..problem.references import constant_value
from ..problem.trained.reading import Trained, read_trained
from .explain import certify_model
from .pace import Pace

# until one was measured, a basin's value is expected to cost that of two rows and two weights
# plus SOLVING seconds times a power of rows x (number of weights)^2;
# a proof that of the same network times a power of (rows x weights)
SOLVING, SOLVING_POWER, PROVING_POWER = 1.5e-5, 0.6, 0.8
# a settled network is proved again once so much less is left in its basin
CLOSER = 10.0
STUCK = (
    "stuck: an exact local minimum with loss {:.6g} lies beside these weights (proved), so training on changes nothing"
)
SILENT = (
    "every unit is off on every row, so the hidden layer has no gradient and training can only move the output bias"
)


@dataclass(frozen=True)
class Check:
    """One look at the network.

    Attributes:
        step: after which step.
        loss: the mean loss.
        basin: the lowest loss in the network's basin, None where it could not be computed.
        left: share of the loss that can be gained without a unit switching, None where unknown.
        dead: numbers of the units that are off on every row.
        duplicated: groups of units that do the same.
        crossed: pairs (unit, row) that switched since the last check.
        answer: "silent" (no unit is on anywhere), "stuck" (an exact local minimum lies beside these weights, proved),
            "settled" (at most 1 % is left in this basin) or "moving".
        decayed: numbers of the units whose |v_j| |w_j| is at most a thousandth of the largest: weight decay has all but
            taken them out.
    """

    step: int
    loss: float
    basin: float | None
    left: float | None
    dead: tuple[int, ...]
    duplicated: tuple[tuple[int, ...], ...]
    crossed: int
    answer: str
    decayed: tuple[int, ...] = ()


class Watch:
    """Looks at a model while it is trained; made by `watch`.

    Attributes:
        checks: what was seen, in order.
        seconds: how long the checks took so far.
        preparation: how long it took, before the training, to load what a check needs and to measure what it costs;
            0 where an interval is given.
    """

    def __init__(
        self,
        model: Any,
        X: Any,
        y: Any,
        every: int | None,
        loss: Any,
        say: Callable[[str], Any] | None,
        tolerances: Tolerances,
        clock: Callable[[], float],
    ) -> None:
        self._model, self._X, self._y, self._loss, self._tolerances = model, X, y, loss, tolerances
        self._chosen = loss or "squared"
        self._every, self._say, self._steps = every, say, 0
        self._pattern: np.ndarray | None = None
        self._tried, self._saved = np.inf, 0.0  # left in this basin when a proof was last tried; kept for a proof
        self._pace, self._first_basin, self._first_proof = Pace(clock), 0.0, 0.0
        self.checks: list[Check] = []
        if every is None:
            self._prepare()
        self._pace.begin()

    @property
    def seconds(self) -> float:
        """How long the checks took so far."""
        return self._pace.seconds

    @property
    def preparation(self) -> float:
        """How long the preparation took."""
        return self._pace.preparation

    def _prepare(self) -> None:
        """Load what checks need on a tiny network, and measure a proof of it and a look at the model."""
        net, X, y = TwoLayerNet([[1.0], [-1.0]], [1.0, 1.0]), [[1.0], [-1.0]], [1.0, 2.0]
        for _ in range(2):  # the first time loads modules
            with self._pace.work("proof"):
                certify_model(net, X, y, weight_decay="unknown")
        self._first_proof = self._pace.cost("proof")
        fit = read_trained(net, X, y, loss="squared")
        for _ in range(2):
            with self._pace.work("basin"):
                self._basin(fit, fit.data.X @ net.W.T > 0)
        self._first_basin = self._pace.cost("basin")
        for model, rows, targets in ((net, X, y), *[(self._model, self._X, self._y)] * 2):
            with (
                suppress(ReluscapeError),
                self._pace.work("look"),
            ):  # a model that is not made yet tells so when looked at
                self._units(self._read(model, rows, targets))
        self._pattern = None

    def step(self) -> Check | None:
        """Count one step of training; return what was seen where it was time for a check, else None."""
        self._steps += 1
        return self._check(bool(self.checks) or self._every is not None) if self._due() else None

    def _due(self) -> bool:
        """Return whether to look now: at the interval, or where the look is within 5 % of the training."""
        if self._every is not None:
            return self._steps % self._every == 0
        return self._pace.affords(*("look", "basin")[: 1 + bool(self.checks)], reserve=self._saved)

    def check(self) -> Check:
        """Look at the model now.

        Raises:
            ModelError: the model has several hidden layers or outputs.
        """
        return self._check(True)

    def _check(self, whole: bool) -> Check:
        """Look at the model; the first look of all leaves the basin out where its value would take too long."""
        before = self.checks[-1].answer if self.checks else ""
        check = self._proved(self._look(whole), before)
        self.checks.append(check)
        if check.answer != before and check.answer in ("silent", "stuck"):
            why = SILENT if check.answer == "silent" else STUCK.format(check.loss)
            (self._say or _warn)(f"step {check.step}: {why}; start again from other weights")
        return check

    def _proved(self, look: Check, before: str) -> Check:
        """Return a look at a settled network with the word "stuck" where a local minimum beside it is proved."""
        if look.crossed or look.answer != "settled":
            self._tried = np.inf
        self._saved = 0.0
        if look.answer != "settled" or look.left is None:
            return look
        if before == "stuck" and not look.crossed:
            return replace(look, answer="stuck")
        if look.left > self._tried / CLOSER:
            return look
        if self._every is None and not self._pace.affords("proof"):
            self._saved = self._pace.free  # half of what is free from here on is kept for the proof
            return look
        self._tried = look.left
        try:
            with self._pace.work("proof"):
                report = certify_model(self._model, self._X, self._y, weight_decay="unknown", loss=self._chosen)
        except ReluscapeError:
            return look
        stuck = report.verdict.is_local_minimum and look.loss > self._tolerances.stuck * self._constant()
        return replace(look, answer="stuck") if stuck else look

    def _constant(self) -> float:
        """Return the loss of the best constant."""
        read = read_trained(self._model, self._X, self._y, loss=self._chosen)
        return constant_value(get_loss(self._chosen), np.asarray(read.data.y, dtype=float)[:, None])

    def keras(self) -> Any:
        """Return a Keras callback that counts every batch as a step: `model.fit(..., callbacks=[w.keras()])`."""
        return keras_callback(self.step)

    def lightning(self) -> Any:
        """Return a Lightning callback that counts every batch as a step: `Trainer(callbacks=[w.lightning()])`."""
        return lightning_callback(self.step)

    def _look(self, whole: bool) -> Check:
        """Return what the network is now; without its basin where that is not asked for and its value is too dear."""
        with self._pace.work("look"):
            fit = self._read(self._model, self._X, self._y)
            pattern, switches, units, loss = self._units(fit)
        weights = fit.data.n * fit.net.W.size
        work = float(weights * fit.net.W.size)
        self._pace.expect("basin", self._first_basin + SOLVING * work**SOLVING_POWER)
        self._pace.expect("proof", self._first_proof * max(weights / 4, 1.0) ** PROVING_POWER)
        basin = None
        if whole or self._pace.affords("basin"):
            with self._pace.work("basin"):
                basin = self._basin(fit, pattern)
        left = None if basin is None else 0.0 if loss <= 0 else min(max((loss - basin) / loss, 0.0), 1.0)
        at_bottom = left is not None and left <= self._tolerances.stuck
        answer = "silent" if not pattern.any() else "settled" if at_bottom else "moving"
        sizes = np.abs(fit.net.v) * np.linalg.norm(fit.net.W, axis=1)
        small_units = tuple(np.flatnonzero(sizes <= self._tolerances.decayed_unit * sizes.max(initial=0.0)).tolist())
        return Check(self._steps, loss, basin, left, units.dead, units.duplicated, switches, answer, small_units)

    def _read(self, model: Any, X: Any, y: Any) -> Trained:
        """Return the model on its data, with the loss that it says it is trained on where none was given."""
        fit = read_trained(model, X, y, loss=self._chosen)
        if self._loss is None and fit.trained_on not in (None, self._chosen):
            self._chosen = fit.trained_on
            fit = read_trained(model, X, y, loss=self._chosen)
        return fit

    def _units(self, trained: Trained) -> tuple[np.ndarray, int, Anatomy, float]:
        """Return which unit is on for which row, how many switched since the last look, what they do, and the loss."""
        pattern = trained.data.X @ trained.net.W.T > 0
        has_previous = self._pattern is not None and self._pattern.shape == pattern.shape
        switches = int((pattern != self._pattern).sum()) if has_previous else 0
        self._pattern = pattern
        units = anatomy(trained.net, trained.data, self._tolerances)
        return pattern, switches, units, float(trained.net.loss(trained.data, None, self._chosen))

    def _basin(self, trained: Trained, pattern: np.ndarray) -> float | None:
        """Return the lowest loss in the network's basin, None where it cannot be computed."""
        signs = np.where(trained.net.v < 0, -1, 1)
        try:
            result = basin_value(trained.data, None, pattern.T, signs, self._chosen, output_bias=trained.output_bias)
        except ReluscapeError:  # the row of numbers then says that it is not known
            return None
        return result.value

    def __str__(self) -> str:
        """Return the checks as a table."""
        counts = f"{'dead':>5} {'same':>5} {'decayed':>7} {'kinks':>6}"
        head = f"{'step':>8} {'loss':>11} {'basin':>11} {'left':>7} {counts}  answer"
        return "\n".join([head, *map(_row, self.checks)])

    __repr__ = __str__

    def plot(self, ax: Any = None) -> Any:
        """Draw loss and lowest loss of the basin against the step on Matplotlib axes, and return them."""
        if not self.checks:
            raise InputError("nothing was seen yet; call step() in the training loop, or check()")
        ax = axes(ax)
        steps = [check.step for check in self.checks]
        ax.plot(steps, [check.loss for check in self.checks], label="loss")
        lowest = [np.nan if check.basin is None else check.basin for check in self.checks]
        ax.plot(steps, lowest, drawstyle="steps-post", label="lowest loss in its basin")
        ax.set(xlabel="step", ylabel="mean loss")
        ax.legend()
        return ax


def _row(look: Check) -> str:
    """Return one line of the table."""
    basin = "?" if look.basin is None else f"{look.basin:.5g}"
    left = "?" if look.left is None else f"{100 * look.left:.1f}%"
    same = sum(len(group) - 1 for group in look.duplicated)
    counts = f"{len(look.dead):5d} {same:5d} {len(look.decayed):7d} {look.crossed:6d}"
    return f"{look.step:8d} {look.loss:11.5g} {basin:>11} {left:>7} {counts}  {look.answer}"


def _warn(text: str) -> None:
    warnings.warn(text, DataWarning, stacklevel=4)


def watch(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    every: int | None = None,
    loss: Any = None,
    say: Callable[[str], Any] | None = None,
    tolerances: Tolerances = DEFAULT,
    clock: Callable[[], float] = time.monotonic,
) -> Watch:
    """Return a watch on a model of one hidden layer and one output that is being trained.

    Call `.step()` after each step: in a torch loop, or after `partial_fit`. `.keras()` and `.lightning()` are callbacks
    that do so after each batch. `print(w)` and `w.plot()` show the course.

    Args:
        model: any that `explain` reads; it is read anew at each check.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        every: steps between two checks; None looks as often as 5 % of the training's time allow. Then the watch tries
            a look before the training begins, to know what it costs: seconds that `.preparation` tells and that are
            not those of training.
        loss: the loss it is trained on; None takes what the model says, else "squared".
        say: called with a line the moment that every unit is off on every row or a local minimum beside the weights is
            proved; None warns with a `DataWarning`.
        tolerances: what counts as nothing left (`stuck`).
        clock: the time in seconds.

    Raises:
        InputError: `every` is no whole number from 1.
        ModelError: at a check, where the model cannot be read.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> w = watch(TwoLayerNet([[1.0], [-1.0]], [1.0, 0.5]), [[1], [2], [-1]], [1, 3, 1], every=2)
        >>> w.step(), w.step().answer
        (None, 'moving')
    """
    if every is not None:
        every = whole_number("every", every, least=1)
    return Watch(model, X, y, every, loss, say, tolerances, clock)
