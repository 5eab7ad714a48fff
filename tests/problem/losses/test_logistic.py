"""The logistic loss and its slope against balls of 200 bits, from next to nothing to large."""

import flint
import numpy as np
import pytest

from reluscape.problem.losses import get_loss

HEIGHTS = (-800.0, -40.0, -3.0, -1e-9, 0.0, 1e-9, 1.0, 36.0, 700.0, 1e6)


def in_balls(call):
    """Return what a call gives with 200 bits, as a double."""
    before, flint.ctx.prec = flint.ctx.prec, 200
    try:
        return float(call().mid())
    finally:
        flint.ctx.prec = before


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("height", HEIGHTS)
def test_values_and_slopes_keep_their_digits(height, label):
    loss, sign = get_loss("bce"), 2 * label - 1
    value = in_balls(lambda: flint.arb(-sign * height).exp().log1p())
    slope = in_balls(lambda: -sign / (1 + flint.arb(sign * height).exp()))
    f, y = np.array([height]), np.array([label])
    assert loss.value(f, y)[0] == pytest.approx(value, rel=1e-14, abs=0)
    assert loss.gradient(f, y)[0] == pytest.approx(slope, rel=1e-14, abs=0)


def test_single_precision_stays_single():
    f, y = np.array([0.5, -2.0], dtype=np.float32), np.array([1.0, 0.0], dtype=np.float32)
    loss = get_loss("bce")
    assert loss.value(f, y).dtype == loss.gradient(f, y).dtype == np.float32
    assert loss.value(f.astype(float), y).dtype == float
    assert loss.value([1, 2], [0, 1]).dtype == float
