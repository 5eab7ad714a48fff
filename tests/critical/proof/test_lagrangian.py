"""Gradient, Hessian and kink gradients against differences, in all three arithmetics."""

import numpy as np
import pytest

from reluscape.critical.proof.arithmetic import Arithmetic
from reluscape.critical.proof.kinks import group_kinks
from reluscape.critical.proof.lagrangian import Lagrangian
from reluscape.critical.proof.objective import build_objective

WIDTHS = (4, 3, 3)


def instance(loss, outputs):
    rng = np.random.default_rng(0)
    shapes = [(4, 2), (3, 4), (3, 3), (outputs, 3)]
    X = np.round(rng.normal(size=(6, 2)), 2)
    y = {"squared": rng.normal(size=(6, outputs)), "bce": rng.integers(0, 2, (6, outputs))}.get(loss)
    y = rng.integers(0, outputs, 6) if y is None else y
    objective = build_objective(shapes, [True, True, False, True], X, y, loss, 0.1, biases=False)
    on = [(rng.random((6, w)) < 0.6).astype(int) for w in WIDTHS]
    at = [(rng.random((6, w)) < 0.3) & (o == 0) for w, o in zip(WIDTHS, on, strict=True)]
    kinks = group_kinks(objective, on, at)
    return objective, kinks, rng.normal(size=objective.size), rng.normal(size=len(kinks.groups))


@pytest.mark.parametrize(("loss", "outputs"), [("squared", 2), ("cross_entropy", 3), ("bce", 1), ("bce", 2)])
def test_derivatives_are_those_of_differences(loss, outputs):
    objective, kinks, theta, mu = instance(loss, outputs)
    program = Lagrangian(objective, kinks, Arithmetic("floats"))
    here = program.passed(theta, mu)
    H, C = program.hessian(here), program.constraints(here)
    t = 1e-6
    for j in range(objective.size):
        ends = [theta + s * t * np.eye(objective.size)[j] for s in (1, -1)]
        ahead, back = (program.passed(end, mu) for end in ends)
        slope = (program.gradient(ends[0], ahead) - program.gradient(ends[1], back)) / (2 * t)
        np.testing.assert_allclose(H[:, j], slope, atol=1e-6)
        np.testing.assert_allclose(C[:, j], (program.values(ahead) - program.values(back)) / (2 * t), atol=1e-6)


@pytest.mark.parametrize("kind", ["balls", "arb"])
@pytest.mark.parametrize(("loss", "outputs"), [("squared", 2), ("cross_entropy", 3), ("bce", 1)])
def test_intervals_hold_the_doubles_up_to_rounding(loss, outputs, kind):
    objective, kinks, theta, mu = instance(loss, outputs)
    plain = Lagrangian(objective, kinks, Arithmetic("floats"))
    here = plain.passed(theta, mu)
    using = Arithmetic(kind)
    program = Lagrangian(objective, kinks, using)
    there = program.passed(using.doubles(theta), using.doubles(mu))
    for balls, floats in (
        (program.hessian(there), plain.hessian(here)),
        (program.gradient(using.doubles(theta), there), plain.gradient(theta, here)),
        (program.constraints(there), plain.constraints(here)),
    ):
        for ball, number in zip(using.as_arb(balls).ravel(), floats.ravel(), strict=True):
            assert abs(float(ball.mid()) - number) <= 1e-11
            assert float(ball.rad()) <= 1e-11
