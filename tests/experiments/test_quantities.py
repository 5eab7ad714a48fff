"""Each quantity against another route: exact curves, torch, differences, hand-counted patterns."""

import itertools

import numpy as np
import pytest

from reluscape import Dataset
from reluscape.errors import InputError
from reluscape.experiments import Store, Sweep, run
from reluscape.experiments.quantities import QUANTITIES, get_quantity
from reluscape.experiments.quantities.optimizers import TRAINING, gradient, walk
from reluscape.experiments.quantities.samples import SAMPLES, draw_samples
from reluscape.experiments.quantities.training_path import MOMENTS, number
from reluscape.numbers.estimates import clopper_pearson
from reluscape.numbers.seeds import stream
from reluscape.probability import good_basin_curve

SETTINGS = {**TRAINING, "rate": 0.05, "steps": 30}


def problem(seed=0, n=6, d=2, m=4):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.standard_normal((n, d)), np.ones(n)])
    return X, rng.standard_normal(n), rng.standard_normal((m, d + 1)), rng.standard_normal(m)


def loss(X, y, W, v, c):
    return np.mean((np.maximum(X @ W.T, 0) @ v + c - y) ** 2)


def test_gradient_is_the_slope_of_the_loss():
    X, y, W, v = problem()
    value, g_W, g_v, g_c, active = gradient(X, y, W, v, 0.3)
    assert value == pytest.approx(loss(X, y, W, v, 0.3))
    assert (active == (X @ W.T > 0)).all()
    h = 1e-6
    for j, k in itertools.product(range(4), range(3)):
        step = np.zeros_like(W)
        step[j, k] = h
        slope = (loss(X, y, W + step, v, 0.3) - loss(X, y, W - step, v, 0.3)) / (2 * h)
        assert g_W[j, k] == pytest.approx(slope, abs=1e-7)
    for j in range(4):
        step = h * np.eye(4)[j]
        assert g_v[j] == pytest.approx(
            (loss(X, y, W, v + step, 0.3) - loss(X, y, W, v - step, 0.3)) / (2 * h), abs=1e-7
        )
    assert g_c == pytest.approx((loss(X, y, W, v, 0.3 + h) - loss(X, y, W, v, 0.3 - h)) / (2 * h), abs=1e-7)


@pytest.mark.torch
@pytest.mark.parametrize(("optimizer", "trained"), [("gd", "all"), ("adam", "all"), ("adam", "hidden")])
def test_walk_goes_where_torch_goes(optimizer, trained):
    import torch

    X, y, W, v = problem()
    w, out, c = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (W, v, 0.0))
    free = [w] if trained == "hidden" else [w, out, c]
    adam = optimizer == "adam"
    theirs = torch.optim.Adam(free, lr=0.05, eps=2.0**-26) if adam else torch.optim.SGD(free, lr=0.05)
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y)
    for state in walk(X, y, W, v, {**SETTINGS, "optimizer": optimizer, "trained": trained}):
        theirs.zero_grad()
        value = ((torch.relu(inputs @ w.T) @ out + c - targets) ** 2).mean()
        np.testing.assert_allclose(state.W, w.detach().numpy(), rtol=0, atol=1e-12)
        assert state.loss == pytest.approx(value.item(), abs=1e-12)
        value.backward()
        theirs.step()
    assert state.step == 30


def test_good_basin_is_the_exact_probability(tmp_path):
    plan = Sweep("good", "good_basin", {"width": [1, 2, 4]}, {}, {"n": 4, "d": 1, "threshold": 0.5}, trials=300, seed=2)
    run(plan, tmp_path / "a.db")
    X, y = draw_samples({**SAMPLES, "n": 4, "d": 1, "data_seed": 0}, np.random.default_rng(99))
    curve = good_basin_curve(X, y, 0.5 * np.var(y), output_bias=True)
    with Store(tmp_path / "a.db") as store:
        rows = [row for row in store.summary() if row["number"] == "good"]
    for row in rows:
        low, high = clopper_pearson(round(row["mean"] * 300), 300, 0.999)
        assert low <= float(curve(row["width"])) <= high
    assert 0 < rows[0]["mean"] < rows[2]["mean"] < 1


def test_one_draw_or_a_fresh_one():
    parameters = {**SAMPLES, "n": 5, "d": 2, "data_seed": 4}
    first, second = (draw_samples(parameters, np.random.default_rng(seed)) for seed in (0, 1))
    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()
    fresh = [draw_samples({**SAMPLES, "n": 5, "d": 2}, np.random.default_rng(seed))[0] for seed in (0, 1)]
    assert not (fresh[0] == fresh[1]).any(axis=0)[:2].any()


def test_training_path_counts_what_it_passes():
    parameters = {"n": 6, "d": 1, "width": 3, "steps": 40, "rate": 0.1}
    quantity = get_quantity("training_path")
    found = quantity.measure(parameters, stream(0, "path"))
    full = {**quantity.parameters, **parameters}
    rng = stream(0, "path")
    X, y = draw_samples(full, rng, 3)
    W, v = rng.standard_normal((3, 2)), rng.standard_normal(3) * np.sqrt(2 / 3)
    states = list(walk(X, y, W, v, full))
    seen = []
    for state in states:
        pattern = tuple(map(tuple, X @ state.W.T > 0))
        if pattern not in seen:
            seen.append(pattern)
    assert found["patterns_100"] == len(seen)
    assert found["patterns_0"] == 1
    assert found["loss_100"] == pytest.approx(loss(X, y, states[-1].W, states[-1].v, states[-1].c) / np.var(y))
    for moment in MOMENTS:
        state = states[round(moment * 40 / 100)]
        J = ((X @ state.W.T > 0) * state.v)[:, :, None] * X[:, None, :]
        assert found[number("rank", moment)] == np.linalg.matrix_rank(J.reshape(6, -1))
        assert found[number("basin", moment)] <= found[number("loss", moment)] + 1e-9
    diverged = quantity.measure({**parameters, "optimizer": "gd", "rate": 1e6}, stream(0, "path"))
    assert np.isnan(diverged["loss_100"])
    assert not np.isnan(diverged["loss_0"])


def test_own_tables_are_swept(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((12, 3)).round(3)
    (tmp_path / "mine.csv").write_text("a,b,goal\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")
    text = 'quantity = "good_basin"\ntrials = 20\n[grid]\nwidth = [2, 6]\n[fixed]\ndata = "mine.csv"\ntarget = "goal"\n'
    (tmp_path / "plan.toml").write_text(text)
    plan = Sweep.from_toml(tmp_path / "plan.toml")
    plan.check()
    state = run(plan, tmp_path / "a.db")
    assert (state.done, state.lost) == (2, 0)
    (tmp_path / "mine.csv").write_text("a,b,goal\n1,2,3\n3,1,2\n")
    with pytest.raises(InputError, match="another plan"):
        run(Sweep.from_toml(tmp_path / "plan.toml"), tmp_path / "a.db")
    (tmp_path / "plan.toml").write_text(text + "n = 5\n")
    with pytest.raises(InputError, match="brings its own samples"):
        Sweep.from_toml(tmp_path / "plan.toml").check()
    X, y = draw_samples({**SAMPLES, "data": "linnerud"}, rng)
    data = Dataset(X, y)
    assert data.n == 20
    assert abs(X[:, :-1].mean(axis=0)).max() < 1e-12
    assert np.var(y) == pytest.approx(1)


def test_a_quantity_can_be_an_axis(tmp_path):
    plan = Sweep(
        "axes",
        grid={"quantity": ["full_rank", "basin_value"], "width": [2]},
        fixed={"n": 4, "d": 1, "threshold": 0.1},
        trials=5,
    )
    plan.check()
    assert [(c.quantity, "threshold" in c.parameters) for c in plan.cells()] == [
        ("full_rank", False),
        ("basin_value", True),
    ]
    run(plan, tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        assert {(row["quantity"], row["number"]) for row in store.summary()} >= {
            ("full_rank", "rank"),
            ("basin_value", "good"),
        }
    with pytest.raises(InputError, match="its quantity twice"):
        Sweep("axes", "full_rank", grid={"quantity": ["full_rank"]})
    with pytest.raises(InputError, match="no quantity of the plan"):
        Sweep("axes", grid={"quantity": ["full_rank"]}, fixed={"n": 1, "d": 1, "width": 1, "threshold": 1}).check()


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_names_what_it_gives(name):
    quantity = get_quantity(name)
    assert quantity.name == name
    with pytest.raises(InputError, match="has no parameter"):
        quantity.check({"nonsense": 1})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"data": "cauchy"}, "unknown data"),
        ({"targets": "none"}, "unknown law of the targets"),
        ({"n": 0}, "at least 1"),
        ({"optimizer": "sgd"}, "choose gd or adam"),
        ({"rate": 0.0}, "positive number"),
        ({"data_seed": -1}, "names one draw"),
    ],
)
def test_wrong_values_are_named(wrong, message):
    quantity = get_quantity("gradient_descent")
    parameters = {"n": 3, "d": 1, "width": 2, "steps": 2, **wrong}

    def use():
        quantity.check(parameters)
        quantity.measure(parameters, np.random.default_rng(0))

    with pytest.raises(InputError, match=message):
        use()


def test_requ_training_keeps_the_promise_of_its_theorem_and_breaks_it_without_the_hypotheses(tmp_path):
    plan = Sweep(
        "requ",
        "requ_training",
        zip={"width": ["designed", 1], "strength": [1.0, 0.0]},
        fixed={"n": 4, "d": 1},
        trials=12,
        seed=2,
    )
    run(plan, tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        rows = {(row["cell"], row["number"]): row for row in store.summary()}
        designed = np.concatenate([values for _, values in store.trials(0)])
    fails, _, certified, loss = designed.T
    # one class only: nothing to learn, the numbers are missing
    alone = sum(len(set(draw_samples({**SAMPLES, "n": 4, "d": 1, "targets": "signs"}, r)[1])) == 1 for r in rngs(plan))
    assert np.isnan(loss).sum() == alone
    # Theorem 1: a local minimum of the designed landscape has no error
    assert not (fails[certified == 1.0]).any()
    assert np.nansum(certified) >= 8
    # one unit cannot separate alternating labels
    assert rows[1, "fails"]["mean"] > 0
    assert rows[1, "certified"]["mean"] is None


def rngs(plan):
    cell = next(plan.cells())
    return [stream(plan.seed, "sweep", cell.key, trial) for trial in range(plan.trials)]
