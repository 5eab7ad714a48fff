"""The tangent of slope g: it touches the loss and lies nowhere above it."""

import numpy as np
import pytest

from reluscape.problem.losses import BinaryCrossEntropy, HuberLoss, LogisticLoss, SquaredLoss

LOSSES = [
    (SquaredLoss(), (-1.5, 2.0)),
    (LogisticLoss(), (-1.0, 1.0)),
    (BinaryCrossEntropy(), (0.0, 1.0)),
    (HuberLoss(0.7), (-2.0, 0.5)),
    (HuberLoss(0.5, 0.5), (-2.0, 0.5)),
]


@pytest.mark.parametrize(("loss", "targets"), LOSSES, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("side", [0, 1])
def test_the_tangent_of_a_slope_touches_the_loss_from_below(loss, targets, side):
    f = np.linspace(-30, 30, 601)
    y = np.full(len(f), targets[side])
    g = loss.gradient(f, y)
    at = loss.intercept(g, y)
    np.testing.assert_allclose(at + g * f, loss.value(f, y), atol=1e-12, rtol=1e-12)
    for q in f[::25]:
        assert (at + g * q <= loss.value(np.full(len(f), q), y) * (1 + 1e-12) + 1e-12).all()
