import numpy as np
import pytest
from scipy.optimize import minimize

import reluscape as rs
from reluscape.critical.training import Batch, Plan, held_out, train
from reluscape.critical.training.adam import adam
from reluscape.critical.training.ends import judged, sharpen
from reluscape.critical.training.lbfgs import lbfgs
from reluscape.critical.training.runs import group, led_on, starts

XOR = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
XOR_Y = np.array([0, 1, 1, 0], dtype=float)


def line(n=14):
    x = np.linspace(-1.5, 1.5, n)
    return np.c_[x, np.ones(n)], np.abs(x) + 0.3 * np.sin(4 * x)


def test_adam_is_the_textbook_loop():
    X, y = line()
    batch = Batch.of(X, y, 3, True)
    theta = starts(batch, Plan(runs=3), range(3))
    ends, losses, steps = adam(lambda t, _: batch.evaluate(t), theta, 60, 0.01, 0.0)
    assert steps.tolist() == [60, 60, 60]
    for run in range(3):
        point, m, v, lowest = theta[run].copy(), 0.0, 0.0, np.inf
        for t in range(1, 62):
            value, slope = batch.evaluate(point[None])
            if value[0] < lowest:
                lowest, best = value[0], point.copy()
            m, v = 0.9 * m + 0.1 * slope[0], 0.999 * v + 0.001 * slope[0] ** 2
            point = point - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert losses[run] == pytest.approx(lowest, rel=1e-6)
        np.testing.assert_allclose(ends[run], best, rtol=1e-4, atol=1e-5)


def test_lbfgs_finds_minima_of_convex_losses():
    rng = np.random.default_rng(0)
    Q = rng.normal(size=(5, 8, 8))
    b = rng.normal(size=(5, 8))

    def evaluate(theta, which):
        r = np.einsum("rij,rj->ri", Q[which], theta) - b[which]
        return np.logaddexp(0, r).sum(axis=1) + 0.5 * (r * r).sum(axis=1), np.einsum(
            "rij,ri->rj", Q[which], r + 1 / (1 + np.exp(-r))
        )

    point, value, _ = lbfgs(evaluate, np.zeros((5, 8)), 2000, -np.inf)
    for run in range(5):
        alone = minimize(lambda t, r=run: evaluate(t[None], [r])[0][0], np.zeros(8), method="BFGS")
        assert value[run] == pytest.approx(alone.fun, rel=1e-6)
        assert np.abs(evaluate(point[run : run + 1], [run])[1]).max() < 1e-2


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_both_optimisers_reach_what_scikit_learn_reaches(optimiser):
    network = pytest.importorskip("sklearn.neural_network")
    X, y = line(10)
    lowest = np.inf
    for seed in range(12):
        model = network.MLPRegressor(
            hidden_layer_sizes=(3,), solver="lbfgs", alpha=0.0, max_iter=3000, tol=1e-10, random_state=seed
        )
        lowest = min(lowest, np.mean((model.fit(X[:, :1], y).predict(X[:, :1]) - y) ** 2))
    ends = train(X, y, 3, plan=Plan(runs=20, optimiser=optimiser, steps=3000))
    assert ends.rest.min() <= lowest * 1.001 + 1e-9


def test_a_run_depends_on_its_number_alone():
    X, y = line()
    few = train(X, y, 2, plan=Plan(runs=2, steps=400))
    many = train(X, y, 2, plan=Plan(runs=5, steps=400))
    np.testing.assert_allclose(starts(few.batch, few.plan, range(2)), starts(many.batch, many.plan, range(5))[:2])
    later = train(X, y, 2, plan=Plan(runs=2, steps=400), first=3)
    np.testing.assert_allclose(later.losses, many.losses[3:], rtol=1e-3)


def test_time_cuts_off_the_last_groups(monkeypatch):
    X, y = line()
    monkeypatch.setattr("reluscape.critical.training.runs.PART_ENTRIES", 20 * 2 * 9 * 2)
    plan = Plan(runs=10, steps=300)
    size = group(plan, Batch.of(X, y, 2, True))
    assert 1 < size < 10
    assert train(X, y, 2, plan=plan, over=lambda: True).runs == size
    assert train(X, y, 2, plan=plan).runs == 10


def test_the_traps_of_xor_are_its_known_local_minima():
    """Two units on XOR: losses 1/8, 1/6 and 1/4, each a local minimum."""
    ends = train(XOR, XOR_Y, 2, plan=Plan(runs=40))
    mark = 0.0125
    assert ends.ended(mark).trials == 40
    assert ends.ended(mark).value + ends.trapped(mark).value == pytest.approx(1)
    traps = judged(rs.Dataset(XOR, XOR_Y), ends, mark, lambda: 60.0, 5)
    np.testing.assert_allclose(traps.losses, [1 / 8, 1 / 6, 1 / 4], rtol=1e-6)
    assert traps.certified == (True, True, True)
    assert sum(traps.runs) == round(40 * ends.trapped(mark).value)
    best = ends.network(ends.best)
    assert best.loss(XOR, XOR_Y) == pytest.approx(ends.rest.min(), abs=1e-12)
    assert sharpen(rs.Dataset(XOR, XOR_Y), best, True)[1] <= ends.rest.min() + 1e-15
    assert ends.solved().value == ends.ended(mark).value


@pytest.mark.parametrize("loss", ["squared", "huber"])
def test_minima_beside_the_ends_are_never_above_them(loss):
    X, y = line()
    ends = train(X, y * 40 + 200, 2, loss=loss, plan=Plan(runs=6, steps=300))
    assert (ends.rest <= ends.losses).all()
    for points, losses in ((ends.ends, ends.losses), (ends.points, ends.rest)):
        np.testing.assert_allclose(ends.batch.evaluate(points)[0], losses, rtol=1e-9)


def test_minima_that_are_led_on_only_fall_and_keep_their_losses():
    X, y = line()
    ends = train(X, 30 * y + 7, 3, plan=Plan(runs=5, steps=300))
    further = led_on(ends, 2, 500)
    np.testing.assert_allclose(further.batch.evaluate(further.points)[0], further.rest, rtol=1e-9)
    assert (further.rest <= ends.rest).all()
    order = np.argsort(ends.rest)
    np.testing.assert_array_equal(further.points[order[2:]], ends.points[order[2:]])


def test_without_an_output_bias_there_is_none():
    X, y = line()
    ends = train(X, y + 5, 2, output_bias=False, plan=Plan(runs=2, steps=300))
    assert (ends.batch.unpack(ends.points)[2] == 0).all()


def test_three_classes_are_trained_by_softmax():
    rng = np.random.default_rng(0)
    of = np.arange(30) % 3
    X = np.c_[rng.normal(size=(30, 2)) + 4 * np.array([[0, 0], [1, 0], [0, 1]])[of], np.ones(30)]
    ends = train(X, np.eye(3)[of], 4, loss="cross_entropy", plan=Plan(runs=3, steps=500))
    assert (ends.batch.predict(ends.points)[ends.best].argmax(axis=0) == of).mean() > 0.95
    estimate = held_out(ends.batch, Plan(runs=2, steps=300), classes=True)
    assert estimate.network < estimate.constant
    assert estimate.right[0] > 0.8
    assert estimate.right[2] < 0.5


def test_left_out_rows_are_not_seen():
    """Targets that are noise: what is fitted to other rows does worse than their mean, which does about as the mean."""
    rng = np.random.default_rng(1)
    X, y = np.c_[rng.normal(size=(40, 2)), np.ones(40)], rng.normal(size=40)
    estimate = held_out(Batch.of(X, y, 16, True), Plan(runs=2, steps=2000))
    means = [np.mean((y[mine] - y[~mine].mean()) ** 2) * mine.sum() / 40 for mine in _folds(40)]
    assert estimate.constant == pytest.approx(sum(means), rel=1e-6)
    planes = [
        np.sum((y[mine] - X[mine] @ np.linalg.lstsq(X[~mine], y[~mine], rcond=None)[0]) ** 2) / 40
        for mine in _folds(40)
    ]
    assert estimate.plane == pytest.approx(sum(planes), rel=1e-5)
    assert estimate.network > estimate.constant


def _folds(n):
    from reluscape.numbers.seeds import stream

    of = np.empty(n, dtype=int)
    of[stream(0, "folds").permutation(n)] = np.arange(n) % 5
    return [of == fold for fold in range(5)]


def test_impossible_plans_are_refused():
    for wrong in ({"runs": 0}, {"optimiser": "sgd"}, {"rate": 0.0}, {"law": "cauchy"}, {"steps": 0}):
        with pytest.raises(rs.InputError):
            Plan(**wrong)
