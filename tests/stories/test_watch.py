"""A watch on training: its numbers against values by hand, its warning, its share of the time."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from matplotlib.figure import Figure

import reluscape as rs

X, Y = [[1.0], [2.0]], [1.0, 3.0]


class Trained:
    """A network whose weights a test changes, as training does."""

    def __init__(self, W, v):
        self.net = rs.TwoLayerNet(W, v)


def watching(monkeypatch, model, *data, **options):
    """Return a watch that reads the network of a `Trained`."""
    from reluscape.stories import watch as module

    read = module.read_trained
    monkeypatch.setattr(module, "read_trained", lambda m, X, y, loss: read(getattr(m, "net", m), X, y, loss=loss))
    return rs.watch(model, *data, **options)


def test_what_is_left_in_the_basin_is_the_least_squares_fit_by_hand(monkeypatch):
    """One unit that is on for both rows fits y = 7/5 x at best: a mean of 1/10."""
    model = Trained([[1.0]], [1.0])
    seen = watching(monkeypatch, model, X, Y).check()
    assert seen.loss == pytest.approx(((1 - 1) ** 2 + (2 - 3) ** 2) / 2)
    assert seen.basin == pytest.approx(1 / 10)
    assert seen.left == pytest.approx((0.5 - 0.1) / 0.5)
    assert (seen.answer, seen.dead) == ("moving", ())
    model.net = rs.TwoLayerNet([[1.4]], [1.0])
    assert watching(monkeypatch, model, X, Y).check().answer == "settled"


def test_kinks_are_counted_and_a_silent_layer_is_told_once(monkeypatch):
    told = []
    model = Trained([[1.0], [1.0]], [1.0, -1.0])
    w = watching(monkeypatch, model, X, Y, every=1, say=told.append)
    w.step()
    model.net = rs.TwoLayerNet([[1.0], [-1.0]], [1.0, -1.0])
    half = w.step()
    assert (half.crossed, half.dead, told) == (2, (1,), [])
    model.net = rs.TwoLayerNet([[-1.0], [-1.0]], [1.0, -1.0])
    silent = w.step()
    assert (silent.crossed, silent.answer) == (2, "silent")
    w.step()
    assert len(told) == 1
    assert told[0].startswith("step 3: every unit is off on every row")
    assert [seen.step for seen in w.checks] == [1, 2, 3, 4]
    assert len(str(w).splitlines()) == 5
    assert w.plot(Figure().subplots()).has_data()


def test_units_that_decay_took_out_are_named(monkeypatch):
    """|v| |w| of the three units: 1, 1/2000 and 4/1000."""
    seen = watching(monkeypatch, Trained([[1.0], [0.5], [2.0]], [1.0, -0.001, 0.002]), X, Y).check()
    assert seen.decayed == (1,)


def test_the_interval(monkeypatch):
    w = watching(monkeypatch, Trained([[1.0]], [1.0]), X, Y, every=3)
    assert [k for k in range(1, 10) if w.step() is not None] == [3, 6, 9]


@pytest.mark.parametrize("cost", [0.001, 0.4, 10.0])
@pytest.mark.parametrize("dearer", [1.0, 1.9])
def test_without_an_interval_at_most_a_twentieth_of_the_training_is_spent(monkeypatch, cost, dearer):
    """On a clock on which a step takes 1 and a look some time: at every step, the first too, all fit into 5 %.

    Every look may take up to twice what the dearest before it took, and so may each proof.
    """
    from reluscape.stories import watch as module

    now, costs, begun = [0.0], {"read": cost / 2, "basin": cost, "proof": 3 * cost}, [False]

    def costly(name, call):
        def slow(*arguments, **options):
            now[0] += costs[name]
            if begun[0]:
                costs[name] *= dearer
            return call(*arguments, **options)

        return slow

    monkeypatch.setattr(module.Watch, "_read", costly("read", module.Watch._read))
    monkeypatch.setattr(module.Watch, "_basin", costly("basin", module.Watch._basin))
    monkeypatch.setattr(
        module, "certify_model", costly("proof", lambda m, X, y, **how: rs.certify_model(getattr(m, "net", m), X, y))
    )
    w = watching(monkeypatch, Trained([[1.4]], [1.0]), X, Y, say=lambda line: None, clock=lambda: now[0])
    assert w.seconds == 0
    assert w.preparation == pytest.approx(3 * cost / 2 + 2 * cost + 2 * 3 * cost)
    start, begun[0] = now[0], True
    for _ in range({0.001: 30, 0.4: 300, 10.0: 7000}[cost]):
        now[0] += 1.0
        w.step()
        assert w.seconds <= 0.05 * (now[0] - start - w.seconds) * (1 + 1e-9)
    assert w.checks
    assert w.checks[-1].answer == ("stuck" if dearer < 1.5 else w.checks[-1].answer)


def test_the_first_look_comes_as_soon_as_twice_its_cost_is_free(monkeypatch):
    """A look of 1/100: 40 steps of 1/100 are the first 5 % of which it is half."""
    now = [0.0]
    from reluscape.stories.watch import Watch

    read = Watch._read

    def slow(self, *what):
        now[0] += 0.01
        return read(self, *what)

    monkeypatch.setattr(Watch, "_read", slow)
    w = watching(monkeypatch, Trained([[1.0]], [1.0]), X, Y, clock=lambda: now[0])
    while not w.checks:
        now[0] += 0.01
        w.step()
    assert w.checks[0].step in (40, 41)


def test_a_model_that_is_not_made_yet_is_first_read_when_it_is_looked_at():
    w = rs.watch(object(), X, Y)
    with pytest.raises(rs.ModelError):
        w.check()


def test_a_proved_local_minimum_is_told_the_moment_it_is_reached(monkeypatch):
    """XOR with both units dead and c = 1/2: no small change lowers the loss 1/4, which is also the best constant's."""
    told, xor = [], [[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
    model = Trained([[1.0, 1.0, 0.3], [1.0, 1.0, -1.0]], [0.7, -1.3])
    w = watching(monkeypatch, model, xor, [0.0, 1, 1, 0], every=1, say=told.append)
    monkeypatch.setattr(
        "reluscape.stories.watch.certify_model", lambda m, X, y, **how: rs.certify_model(m.net, X, y, **how)
    )
    assert w.step().answer == "moving"
    # one unit that is on for (1, 1) alone and subtracts, beside the constant 2/3: the trap of loss 1/6
    model.net = rs.TwoLayerNet([[1.0, 1.0, -1.0], [-1.0, -1.0, -1.0]], [-2 / 3, 1.0], 2 / 3, True)
    stuck = w.step()
    assert (stuck.answer, stuck.loss) == ("stuck", pytest.approx(1 / 6))
    assert len(told) == 1
    assert told[0].startswith("step 2: stuck: an exact local minimum with loss 0.166667")
    assert w.step().answer == "stuck"
    assert len(told) == 1


def test_the_callbacks_call_step_after_each_batch(monkeypatch):
    """Both libraries by stand-ins of the one class that is subclassed: neither is needed for the tests."""
    callbacks = types.SimpleNamespace(Callback=type("Callback", (), {}))
    monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(callbacks=callbacks))
    monkeypatch.setitem(sys.modules, "lightning", types.ModuleType("lightning"))
    monkeypatch.setitem(sys.modules, "lightning.pytorch", types.SimpleNamespace(Callback=callbacks.Callback))
    w = watching(monkeypatch, Trained([[1.0]], [1.0]), X, Y, every=2)
    w.keras().on_train_batch_end(0)
    w.lightning().on_train_batch_end(None, None, None, None, 0)
    assert [seen.step for seen in w.checks] == [2]
    for name in ("keras", "lightning", "lightning.pytorch", "pytorch_lightning"):
        monkeypatch.setitem(sys.modules, name, None)
    for make in (w.keras, w.lightning):
        with pytest.raises(rs.ReluscapeError, match="not installed"):
            make()


def test_a_loop_of_partial_fit():
    from sklearn.neural_network import MLPRegressor

    rows, heights = np.linspace(-1, 1, 8)[:, None], np.abs(np.linspace(-1, 1, 8))
    model = MLPRegressor(hidden_layer_sizes=(3,), random_state=0, alpha=0.0)
    w = rs.watch(model, rows, heights, every=2)
    for _ in range(4):
        model.partial_fit(rows, heights)
        w.step()
    assert [seen.step for seen in w.checks] == [2, 4]
    assert w.checks[-1].loss == pytest.approx(np.mean((model.predict(rows) - heights) ** 2))


@pytest.mark.parametrize("every", [0, -1, 1.5, "x"])
def test_a_wrong_interval(every):
    with pytest.raises(rs.InputError):
        rs.watch(None, X, Y, every=every)


def test_nothing_seen_yet():
    with pytest.raises(rs.InputError, match="nothing was seen yet"):
        rs.watch(rs.TwoLayerNet([[1.0]], [1.0]), X, Y).plot()


@pytest.mark.torch
def test_a_torch_loop():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    A, b = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([[0.0], [1], [1], [0]])
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = rs.watch(model, A, b, every=10)
    for _ in range(30):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(A), b)
        loss.backward()
        optimizer.step()
        w.step()
    now = torch.nn.functional.mse_loss(model(A), b).item()
    assert [seen.step for seen in w.checks] == [10, 20, 30]
    assert w.checks[-1].loss == pytest.approx(now, rel=1e-5)
    assert all(seen.basin <= seen.loss + 1e-9 for seen in w.checks)
    assert np.isfinite([seen.left for seen in w.checks]).all()
