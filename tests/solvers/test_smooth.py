"""A basin program of another loss falls for ever exactly where a linear program finds a direction."""

import numpy as np
import pytest

from reluscape.problem.losses import get_loss
from reluscape.solvers import smooth
from reluscape.solvers.cell_cones import CellCones
from reluscape.solvers.outputs import Softmax
from reluscape.solvers.recession import recession_direction
from reluscape.solvers.separable import EachEntry


def programs(seed):
    """Return three programs over some rows, of which every second seed repeats one and copies a column.

    Every third seed has rows that no unit sees, of which a change of coordinates leaves rounding.
    """
    rng = np.random.default_rng(seed)
    n, r, p = int(rng.integers(3, 14)), 2, int(rng.integers(0, 3))
    F = rng.integers(-3, 4, (n, max(p, 1) * r + 1)).astype(float)
    if seed % 2:
        F[-1], F[:, -1] = F[0], F[:, 0]
    if seed % 3 == 0:
        F[: n // 2 + 1] = 1e-16 * rng.normal(size=(n // 2 + 1, F.shape[1]))
    cones = CellCones(rng.normal(size=(3, r)), rng.choice([-1.0, 1.0], (p, 3)), F.shape[1])
    labels = rng.integers(0, 2, n)
    several = CellCones(np.zeros((0, 0)), np.zeros((0, 0)), 3 * F.shape[1])
    yield EachEntry(F, cones, labels.astype(float), get_loss("bce"))
    yield EachEntry(F, cones, 2.0 * labels - 1.0, get_loss("logistic"))
    yield Softmax(np.kron(np.eye(3), F), several, rng.integers(0, 3, n), 3)


@pytest.mark.parametrize("seed", range(30))
def test_entries_called_at_rest_are_moved_by_no_direction(seed):
    for problem in programs(seed):
        found = smooth.minimise_inside(problem)
        features, up, down = problem.moving()
        direction = recession_direction(features, problem.cones.matrix(), up, down)
        rest = problem.at_rest(found.slopes)
        if direction is None:
            continue
        if found.total - found.lower <= 1e-6 * found.scale:
            assert not (np.abs(features @ direction)[rest] > 0.5).any()
            assert not smooth._fix_all(features, rest)
            assert not problem.holds(found.slopes)


@pytest.mark.parametrize("seed", range(30))
def test_without_the_linear_program_the_answer_is_the_same(seed, monkeypatch):
    short = [smooth.minimise(problem) for problem in programs(seed)]
    monkeypatch.setattr(smooth, "_fix_all", lambda F, rest: False)
    for one, other in zip(short, [smooth.minimise(problem) for problem in programs(seed)], strict=True):
        assert (one.direction is None) == (other.direction is None)
        assert one.total == pytest.approx(other.total, rel=1e-9, abs=1e-12)


def test_plain_data_need_no_linear_program(monkeypatch):
    rng = np.random.default_rng(0)
    F, y = rng.normal(size=(60, 4)), rng.integers(0, 2, 60).astype(float)
    monkeypatch.setattr(smooth, "recession_direction", None)  # it would fail to be called
    sure = EachEntry(100.0 * F, CellCones(np.zeros((0, 0)), np.zeros((0, 0)), 4), y, get_loss("bce"))
    assert smooth.minimise(sure).direction is None
