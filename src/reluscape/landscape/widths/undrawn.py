"""The rows of a large table that were not drawn: what fits of the drawn ones leave there, and fits of all rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...critical.training import Batch, Plan, Training, train
from ...critical.training.by_width import EXTRA
from ...critical.training.held_out import HeldOut, classes_of
from ...critical.training.lbfgs import lbfgs
from ...critical.training.objective import run_loss
from ...critical.training.plain_fits import plane
from ...critical.training.plan import step_seconds
from ...critical.training.scale import Scale
from ...errors import ShapeError
from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...problem.data import standardize
from ...problem.losses import declares, labels_of
from .settings import Settings
from .subject import Subject

# evaluations of a fit of all rows: at least, at most, and how many nominal steps each takes, in double precision
FEWEST, MOST, DOUBLE = 20, 400, 3.0
# trainings of all rows below which none are made
FEWEST_RUNS = 5


@dataclass(frozen=True, eq=False)
class Undrawn:
    """Rows that were not drawn.

    Attributes:
        X: (r, d) samples as the data of the survey, the column of ones among them where those have one.
        Y: (r, k) targets of the subject.
    """

    X: np.ndarray
    Y: np.ndarray

    @classmethod
    def of(cls, subject: Subject, X: np.ndarray, Y: np.ndarray) -> Undrawn | None:
        """Return the rows in the subject's columns and targets, None where there are none.

        Raises:
            ShapeError: another number of inputs or targets than the subject has.
        """
        data, X, Y = subject.data, np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
        Y = Y[:, None] if Y.ndim == 1 else Y
        if X.ndim == 2 and data.bias and X.shape[1] == data.d - 1:
            X = np.concatenate([X, np.ones((len(X), 1))], axis=1)
        if declares(subject.loss, "joint") and Y.shape[1] == 1:
            Y = np.eye(subject.Y.shape[1])[Y[:, 0].astype(int)]
        elif set(np.unique(subject.Y)) == {0.0, 1.0} and set(np.unique(np.asarray(data.y))) == {-1.0, 1.0}:
            Y = (Y + 1) / 2
        if X.ndim != 2 or X.shape[1] != data.d or Y.shape != (len(X), subject.Y.shape[1]):
            raise ShapeError(
                f"the rows that were not drawn have shapes {X.shape} and {Y.shape}, the others {data.d} columns and "
                f"{subject.Y.shape[1]} targets"
            )
        return cls(X, Y) if len(X) else None


@dataclass(frozen=True)
class AllRows:
    """Losses of fits of all rows, drawn or not, and the shares of rows whose class is right (None for a regression).

    Attributes:
        rows: how many.
        width: units of the network, led on from the best one of the drawn rows.
        network, plane, constant: the losses.
        right: shares of right rows in the same order, or None.
        trained_width: units of the trainings of all rows.
        trained: share of these that ended well, None where the time is too short for them.
    """

    rows: int
    width: int
    network: float
    plane: float
    constant: float
    right: tuple[float, float, float] | None
    trained_width: int = 0
    trained: Probability | None = None


def beside(subject: Subject, rows: Undrawn, trainings: dict[int, Training], raw: bool) -> tuple[int, HeldOut]:
    """Return the width that does best on the rows that were not drawn, and the losses there.

    Args:
        subject: the drawn rows.
        rows: the others.
        trainings: runs by width; the median one of each is compared.
        raw: whether they saw the inputs as they are.
    """
    X, judge = _seen(subject, rows.X, raw), _Judge(subject, rows.Y)
    results = {}
    for width, training in trainings.items():
        with np.errstate(all="ignore"):
            F = training.batch.predict(training.ends, X)
            values = judge.loss.values(F, judge.alike)
        middle = F[int(np.argsort(values, kind="stable")[len(values) // 2])]
        results[width] = judge(middle)
    width = min(results, key=lambda w: (results[w][0] if np.isfinite(results[w][0]) else np.inf, w))
    level = _level(Batch.of(subject.data.X, subject.Y, 0, True, subject.loss))
    fits = results[width], judge(_affine(subject.plane, rows.X)), judge(np.tile(level, len(X)))
    (network, _), (straight, _), (constant, _) = fits
    return width, HeldOut(network, straight, constant, judge.right(fits), 0, len(X), subject.data.n)


def of_all_rows(subject: Subject, rows: Undrawn, training: Training, run: int, raw: bool, clock: Clock) -> AllRows:
    """Return fits of all rows: a network led on from one of the drawn rows, a plane, a constant.

    Args:
        subject: the drawn rows.
        rows: the others.
        training: where the network begins.
        run: its number.
        raw: whether the training saw the inputs as they are.
        clock: the network is led on for about half of what is left.
    """
    X, Y = np.concatenate([subject.data.X, rows.X]), np.concatenate([subject.Y, rows.Y])
    batch = Batch.of(_seen(subject, X, raw), Y, training.batch.width, subject.output_bias, subject.loss)
    cost = DOUBLE * step_seconds(1, len(X), X.shape[1], batch.width, batch.outputs, batch.loss.name)
    evaluations, scale = int(min(max(clock.left / 2 / cost, FEWEST), MOST)), Scale.of(batch)
    with np.errstate(all="ignore"):
        start = scale.forth(training.points[run : run + 1])
        end = scale.back(lbfgs(lambda t, _: scale.batch.evaluate(t), start, evaluations, DEFAULT.zero_loss)[0])
        slopes = plane(batch, evaluations=2 * evaluations)[1]
    judge = _Judge(subject, Y)
    fits = judge(batch.predict(end)[0]), judge(_affine(slopes, batch.X)), judge(np.tile(_level(batch), len(X)))
    (network, _), (straight, _), (constant, _) = fits
    return AllRows(len(X), batch.width, network, straight, constant, judge.right(fits))


def trained_on_all(
    subject: Subject, rows: Undrawn, fits: AllRows, width: int, plan: Plan, settings: Settings, clock: Clock
) -> AllRows:
    """Return fits of all rows with the share of trainings of all rows that end well.

    A training ends well as those of the drawn rows do: up to the tolerance above the lowest loss known, here of these
    trainings and of the fits. There are as many as nominally fit into the time, none where those are too few.

    Args:
        subject: the drawn rows.
        rows: the others.
        fits: of all rows.
        width: number of units.
        plan: of the trainings of the drawn rows.
        settings: of the survey.
        clock: how long it may take.
    """
    X, Y = _seen(subject, np.concatenate([subject.data.X, rows.X]), settings.raw), np.concatenate([subject.Y, rows.Y])
    batch = Batch.of(X, Y, width, subject.output_bias, subject.loss)
    n, d = X.shape
    cost = EXTRA * plan.steps * step_seconds(1, n, d, width, batch.outputs, batch.loss.name)
    runs = min(int(clock.left / cost), plan.runs)
    if runs < FEWEST_RUNS:
        return fits
    ends = train(X, Y, width, subject.output_bias, subject.loss, replace(plan, runs=runs), lambda: clock.left <= 0)
    lowest = [float(ends.rest[ends.best]), *([fits.network] if width >= fits.width else [])]
    reference = min([fits.constant, *(value for value in lowest if np.isfinite(value))])
    mark = reference + settings.tolerance * (fits.constant - reference) + DEFAULT.zero_loss * fits.constant
    return replace(fits, trained_width=width, trained=ends.ended(mark))


def _seen(subject: Subject, X: np.ndarray, raw: bool) -> np.ndarray:
    """Return samples as the networks see them."""
    return X if raw else X @ np.asarray(standardize(subject.data).transform)


def _level(batch: Batch) -> np.ndarray:
    """Return the best constant outputs (k, 1)."""
    with np.errstate(all="ignore"):
        return plane(replace(batch, X=np.zeros((len(batch.X), 1))))[1][:, -1:]


def _affine(coefficients: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the outputs (k, n) of a plane's coefficients (k, d + 1)."""
    return np.asarray(coefficients[:, :-1] @ X.T + coefficients[:, -1:])


class _Judge:
    """Tells of outputs (k, n) their loss on some rows, and the share of rows whose class they name."""

    def __init__(self, subject: Subject, Y: np.ndarray) -> None:
        self.loss, self.classes = run_loss(subject.loss, Y), subject.classes is not None
        self.alike = np.full((1, len(Y)), 1.0 / len(Y))
        self.truth = classes_of(self.loss.Y - sum(labels_of(subject.loss) or (0, 0)) / 2)

    def __call__(self, F: np.ndarray) -> tuple[float, float]:
        """Return loss and share of right rows."""
        return float(self.loss.values(F[None], self.alike)[0]), float(np.mean(classes_of(F) == self.truth))

    def right(self, fits: tuple[tuple[float, float], ...]) -> tuple[float, float, float] | None:
        """Return the shares of right rows of network, plane and constant, None for a regression."""
        return (fits[0][1], fits[1][1], fits[2][1]) if self.classes else None
