"""Kinks that follow from others: which they are, against ranks of gradients, and proofs of minima on them."""

import numpy as np
import pytest

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove
from reluscape.critical.proof.arithmetic import Arithmetic
from reluscape.critical.proof.dependence import dependent_kinks
from reluscape.critical.proof.kinks import group_kinks
from reluscape.critical.proof.lagrangian import Lagrangian
from reluscape.critical.proof.objective import build_objective
from tests.critical.proof.built import balanced, built_minimum, targets_for
from tests.critical.proof.test_prove import altered, lowest_neighbour

FLOAT = Arithmetic("floats")


def follows(found):
    """Triples (layer, unit, row) of the kinks that follow."""
    return {(k, u, i) for k, units in enumerate(found) for u, rows in units.items() for i in rows}


def on_their_kinks(objective, kinks, rng):
    """Random parameters on all free kinks, by Gauss and Newton."""
    program, theta = Lagrangian(objective, kinks, FLOAT), rng.normal(size=objective.size)
    mu = np.zeros(len(kinks.free))
    for _ in range(60):
        here = program.passed(theta, mu)
        theta = theta - np.linalg.lstsq(program.constraints(here), program.values(here), rcond=None)[0]
    return theta


@pytest.mark.parametrize("seed", range(12))
def test_kinks_that_follow_vanish_with_the_others_and_the_others_are_independent(seed):
    """Random patterns and kinks on a small grid, three layers deep: heights at points on the free kinks decide."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, 2, size=(9, 2)).astype(float)
    X = X[(X != 0).any(axis=1)]
    widths = (3, 3, 2)
    objective = build_objective(
        [(3, 2), (3, 3), (2, 3), (1, 2)],
        [bool(seed % 2), True, bool(seed % 3), True],
        X,
        np.zeros(len(X)),
        "squared",
        0.1,
    )
    on = [(rng.random((len(X), w)) < 0.7).astype(int) for w in widths]
    at = [(rng.random((len(X), w)) < 0.3) for w in widths]
    on = [o & ~a for o, a in zip(on, at, strict=True)]
    kinks = group_kinks(objective, on, at)
    found = follows(dependent_kinks(objective, kinks.on, kinks.at))
    theta = on_their_kinks(objective, kinks, rng)
    program = Lagrangian(objective, kinks, FLOAT)
    here = program.passed(theta, np.zeros(len(kinks.free)))
    for k, u, i in found:
        assert abs(here.heights[k][i, u]) < 1e-6
    # where a unit's weights were all driven to zero everything vanishes: only regular points say something
    sizes = [np.abs(M).sum(axis=1).min() for M in objective.matrices(theta)]
    if min(sizes) > 1e-3:
        every = [(k, u, i) for k, a in enumerate(kinks.at) for i, u in np.argwhere(a)]
        apart = [one for one in every if one not in found]
        C = program.constraints(here)
        assert len(C) == len(apart)
        assert np.abs(program.values(here)).max(initial=0.0) < 1e-6


def test_three_samples_on_one_line_and_one_kink():
    objective = build_objective(
        [(1, 2), (1, 1)], [True, True], [[0, -1], [0, 0], [0, 2], [1, 0]], np.zeros(4), "squared"
    )
    at = [np.array([[True], [True], [True], [False]])]
    assert follows(dependent_kinks(objective, [np.zeros((4, 1), dtype=int)], at)) == {(0, 0, 2)}


def test_a_parallelogram_above_two_lower_kinks():
    """Rows 2 and 3 differ as rows 0 and 1 do, which lie on the kink of the only unit that feeds them."""
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    objective = build_objective([(1, 2), (1, 1), (1, 1)], [True, True, True], X, np.zeros(4), "squared")
    lower, upper = np.array([[1], [1], [0], [0]], dtype=bool), np.array([[0], [0], [1], [1]], dtype=bool)
    on = [np.array([[0], [0], [1], [1]]), np.zeros((4, 1), dtype=int)]
    assert follows(dependent_kinks(objective, on, [lower, upper])) == {(1, 0, 3)}
    assert not follows(dependent_kinks(objective, on, [lower & ~lower, upper]))


@pytest.mark.parametrize("layer", [0, 1])
def test_minima_on_three_collinear_samples_are_proved(layer):
    """The unit is on its kink for three rows of one line, in the first layer or above one."""
    kinks = ((layer, 0, 0), (layer, 1, 0), (layer, 2, 0))
    net, X, y, decay = built_minimum(2, (2, 3, 2, 1), 60, kinks, lines=((0, 1, 2),))
    proof = prove(net, X, y, "squared", decay)
    assert (proof.verdict, proof.kinks) == ("local minimum", 3)
    assert lowest_neighbour(proof.net, X, y, decay) > -1e-12
    assert verify(proof.certificate)

    def border(c):
        c["witness"]["multipliers"][2][3] = "1000"

    def negative(c):
        c["witness"]["multipliers"][2][3] = "-1/1000"

    for change in (border, negative):
        assert not verify(altered(proof.certificate, change))


def parallelogram(attempt):
    """A network with two kinks below and two above that follow, and its samples."""
    rng = np.random.default_rng([3, attempt])
    X = np.concatenate([[[0, 0], [0, 1], [1, 0], [1, 1]], np.round(rng.normal(size=(76, 2)), 2) + 0.005])
    low = np.array([[1.0, 0.0], [-1.0, 0.3], [-0.8, -0.4]]) * [[1.0], [rng.uniform(0.5, 2)], [rng.uniform(0.5, 2)]]
    middle = rng.normal(size=(2, 3))
    middle[0, 0] = rng.uniform(0.5, 2)
    return X, balanced(DeepNet(
        [low, middle, rng.normal(size=(1, 2))],
        [[0.0, -0.5, -0.3], [-middle[0, 0], rng.normal() / 2], [rng.normal() / 2]],
    ))  # fmt: skip


def test_a_minimum_on_kinks_that_follow_through_a_lower_unit():
    kinks, decay = ((0, 0, 0), (0, 1, 0), (1, 2, 0), (1, 3, 0)), 1e-3
    for attempt in range(300):
        X, net = parallelogram(attempt)
        y = targets_for(net, X, kinks, decay)
        if y is not None:
            break
    proof = prove(net, X, y, "squared", decay)
    assert (proof.verdict, proof.kinks) == ("local minimum", 4)
    assert lowest_neighbour(proof.net, X, y, decay) > -1e-12
    assert verify(proof.certificate)
