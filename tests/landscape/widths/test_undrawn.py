"""Rows that were not drawn: losses of fits of the drawn rows there, and fits of all rows, by an own calculation."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.training import Plan, train
from reluscape.errors import ShapeError
from reluscape.landscape.widths.settings import Settings
from reluscape.landscape.widths.subject import Subject
from reluscape.landscape.widths.undrawn import Undrawn, beside, of_all_rows, trained_on_all
from reluscape.numbers.clock import Clock
from reluscape.problem.data import standardize

rng = np.random.default_rng(3)
ALL = rng.normal(size=(90, 2)).round(3)
Y = (np.abs(ALL[:, 0]) + 0.3 * ALL[:, 1]).round(3)
DRAWN = 30


def surveyed(y=Y, loss="squared", classes=None):
    subject = Subject.of(rs.Dataset(ALL[:DRAWN], bias=True), y[:DRAWN], loss, classes, True)
    rows = Undrawn.of(subject, ALL[DRAWN:], y[DRAWN:])
    X = np.asarray(standardize(subject.data).X)
    trainings = {w: train(X, subject.Y, w, True, subject.loss, Plan(runs=3, steps=400)) for w in (1, 3)}
    return subject, rows, trainings


def outputs(subject, training, theta, X):
    """Return the outputs of parameters on raw inputs, unit by unit."""
    seen = np.c_[X, np.ones(len(X))] @ np.asarray(standardize(subject.data).transform)
    W, V, c = training.batch.unpack(theta[None])
    return np.maximum(seen @ W[0].T, 0) @ V[0] + c[0]


def test_losses_on_rows_that_were_not_drawn_are_those_of_the_fits_of_the_drawn_ones():
    subject, rows, trainings = surveyed()
    width, found = beside(subject, rows, trainings, False)
    medians = {
        w: np.median([np.mean((outputs(subject, t, end, ALL[DRAWN:])[:, 0] - Y[DRAWN:]) ** 2) for end in t.ends])
        for w, t in trainings.items()
    }
    assert width == min(medians, key=medians.get)
    assert found.network == pytest.approx(medians[width], rel=1e-6)
    A = np.c_[ALL, np.ones(len(ALL))]
    plane = A[DRAWN:] @ np.linalg.lstsq(A[:DRAWN], Y[:DRAWN], rcond=None)[0]
    assert found.plane == pytest.approx(np.mean((plane - Y[DRAWN:]) ** 2), rel=1e-6)
    assert found.constant == pytest.approx(np.mean((Y[:DRAWN].mean() - Y[DRAWN:]) ** 2), rel=1e-6)
    assert (found.folds, found.rows, found.trained_on, found.right) == (0, 60, DRAWN, None)


def test_fits_of_all_rows_are_best_and_begin_at_those_of_the_drawn_ones():
    subject, rows, trainings = surveyed()
    training = trainings[3]
    fits = of_all_rows(subject, rows, training, training.best, False, Clock(100.0))
    before = np.mean((outputs(subject, training, training.points[training.best], ALL)[:, 0] - Y) ** 2)
    assert fits.network <= before * (1 + 1e-9)
    A = np.c_[ALL, np.ones(len(ALL))]
    plane = A @ np.linalg.lstsq(A, Y, rcond=None)[0]
    assert fits.plane == pytest.approx(np.mean((plane - Y) ** 2), rel=1e-6)
    assert fits.constant == pytest.approx(Y.var(), rel=1e-6)
    assert (fits.rows, fits.width, fits.right) == (90, 3, None)


def test_the_share_of_trainings_of_all_rows_is_that_of_their_ends_below_the_mark():
    subject, rows, trainings = surveyed()
    training = trainings[3]
    fits = of_all_rows(subject, rows, training, training.best, False, Clock(100.0))
    plan, settings = Plan(6, steps=300), Settings()
    wider = trained_on_all(subject, rows, fits, 4, plan, settings, Clock(100.0))
    seen = np.c_[ALL, np.ones(len(ALL))] @ np.asarray(standardize(subject.data).transform)
    runs = train(seen, Y, 4, True, "squared", plan)
    lowest = min(runs.rest.min(), fits.network)
    mark = lowest + settings.tolerance * (Y.var() - lowest)
    assert (wider.trained_width, wider.trained.trials) == (4, 6)
    assert float(wider.trained.value) == pytest.approx(np.mean(runs.losses <= mark))
    assert trained_on_all(subject, rows, fits, 4, plan, settings, Clock(0.0)).trained is None


@pytest.mark.parametrize(("loss", "number"), [("cross_entropy", 3), ("logistic", 2), ("bce", 2), ("squared", 2)])
def test_shares_of_right_rows_are_those_of_the_classes_named(loss, number):
    kinds = np.digitize(ALL[:, 0], (-0.4, 0.4) if number == 3 else (0.0,))
    y = kinds if number == 3 else 2 * kinds - 1
    names = {0: "a", 1: "b", 2: "c"} if number == 3 else {-1: "a", 1: "b"}
    subject, rows, trainings = surveyed(y, loss, names)
    width, found = beside(subject, rows, trainings, False)
    (commonest,) = [k for k in range(number) if (kinds[:DRAWN] == k).sum() == np.bincount(kinds[:DRAWN]).max()][:1]
    assert found.right[2] == pytest.approx(np.mean(kinds[DRAWN:] == commonest))
    training = trainings[width]
    shares = []
    for end in training.ends:
        F = outputs(subject, training, end, ALL[DRAWN:])
        named = F.argmax(axis=1) if number == 3 else (F[:, 0] > 0).astype(int)
        shares.append(np.mean(named == kinds[DRAWN:]))
    assert any(share == pytest.approx(found.right[0]) for share in shares)
    fits = of_all_rows(subject, rows, training, training.best, False, Clock(100.0))
    assert fits.right[0] > fits.right[2]
    assert fits.right[2] == pytest.approx(np.bincount(kinds).max() / 90)


def test_rows_of_another_shape_are_refused():
    subject = surveyed()[0]
    with pytest.raises(ShapeError, match="not drawn"):
        Undrawn.of(subject, ALL[:, :1], Y)
    assert Undrawn.of(subject, ALL[:0], Y[:0]) is None
