"""The pull of every cell on a unit at zero: bounds without a projection, and the largest of all."""

import numpy as np
import pytest

from reluscape.basins.decay import pulls
from reluscape.basins.decay.pulls import Cells
from reluscape.problem.data import Dataset
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.decayed import largest_pull


def instance(seed):
    """Return (problem, cells, slopes), degenerate rows among them."""
    rng = np.random.default_rng(seed)
    n, d, biases = int(rng.integers(1, 8)), int(rng.integers(1, 4)), bool(seed % 2)
    X = rng.integers(-2, 3, (n, d)).astype(float) if seed % 3 else np.round(rng.normal(size=(n, d)), 2)
    X = np.c_[X, np.ones(n)]
    e = rng.normal(size=n)
    if not biases:
        e -= e.mean()  # as an output bias leaves it
    problem = Problem(X, e, weight_decay=WeightDecay(1, biases=biases), output_bias=True)
    penalised = np.ones(d + 1, dtype=bool)
    penalised[-1] = biases
    return problem, Cells(Dataset(X, e), penalised), e


@pytest.mark.parametrize("seed", range(16))
def test_bounds_hold_and_the_largest_is_that_of_the_cone_programs(seed):
    problem, cells, e = instance(seed)
    room = 1e-6 * (1 + float(np.abs(e).sum()))
    bounds = cells.bounds(e)
    values = np.array([[largest_pull(problem, e, A, s) for A in cells.patterns] for s in (1, -1)])
    assert (values <= bounds + room).all()
    best = cells.largest(e)
    assert best.value == pytest.approx(values.max(), abs=room)
    least = float(np.median(values)) + room
    listing = {(p.pattern.tobytes(), p.sign) for p in cells.pulls(e, least)}
    for k, sign in enumerate((1, -1)):
        for A, value in zip(cells.patterns, values[k], strict=True):
            if abs(value - least) > room:
                assert ((A.tobytes(), sign) in listing) == (value > least)


@pytest.mark.parametrize("free", [False, True])
def test_few_cells_are_projected(monkeypatch, free):
    """Of thousands of cells the bounds leave some hundreds."""
    rng = np.random.default_rng(0)
    n = 30
    X = np.c_[rng.normal(size=(n, 2)), np.ones(n)]
    e = rng.normal(size=n)
    e -= e.mean()
    cells = Cells(Dataset(X, e), np.array([True, True, not free]))
    projections = []
    kernel = pulls.pull
    monkeypatch.setattr(pulls, "pull", lambda *words: projections.append(1) or kernel(*words))
    best = cells.largest(e)
    monkeypatch.undo()
    every = max((cells.pull(e, A, s) for A in cells.patterns for s in (1, -1)), key=lambda pull: pull.value)
    assert best.value == pytest.approx(every.value)
    assert len(projections) < len(cells.patterns)  # there are twice as many with both signs
