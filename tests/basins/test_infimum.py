"""The infimum of a basin with the logistic loss between rational ends, separated in part or not."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from tests.oracles.infimum import logistic_infimum as conic_infimum

LINE = [["1", "1"], ["0", "1"], ["2", "1"], ["1", "1"]]


def instance(seed):
    """Return (X, y, pattern, signs, options), repeated samples and lost rank among them."""
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(2, 8)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    X = rng.integers(-2, 3, (n, d))
    if seed % 3 == 0:
        X[-1] = X[0]
    if seed % 4:
        X = np.concatenate([X, np.ones((n, 1), dtype=int)], axis=1)
    pattern, signs = rng.normal(size=(m, X.shape[1])) @ X.T > 0, rng.choice([-1, 1], m)
    labels = np.where(rng.random(n) < 0.5, 1, -1)
    loss = ("logistic", "bce")[seed % 2]
    y = labels if loss == "logistic" else (labels + 1) // 2
    return X, y, pattern, signs, {"loss": loss, "output_bias": bool(rng.integers(2))}


@pytest.mark.parametrize("seed", range(16))
def test_ends_hold_the_infimum_of_a_conic_solver(seed):
    X, y, pattern, signs, options = instance(seed)
    found = rs.logistic_infimum(X, y, pattern, signs, **options)
    assert isinstance(found.lower, Fraction)
    assert 0 <= found.lower <= found.upper <= found.lower + Fraction(1, 10**9)
    labels = np.where(np.asarray(y) == 1, 1, -1)
    value = conic_infimum(np.asarray(X, dtype=float), labels, pattern, list(signs), options["output_bias"])
    assert float(found.lower) == pytest.approx(value, abs=1e-5)
    floats = rs.basin_value(X, y, pattern, signs, **options)
    assert float(found.upper) == pytest.approx(floats.value, abs=1e-7)
    assert found.attained is floats.attained
    along = (found.direction is None, found.c_direction is None)
    assert along == (found.attained, found.attained)
    if not found.attained:
        assert found.c_direction == float(Fraction(found.certificate["witness"]["direction_c"]))
    assert rs.verify(found.certificate).ok
    for end, change in (("lower", Fraction(1, 1000)), ("upper", Fraction(-1, 1000))):
        wrong = {**found.certificate, "claim": dict(found.certificate["claim"])}
        wrong["claim"][end] = str(getattr(found, end) + change)
        assert not rs.verify(wrong).ok


def test_partial_separation_is_neither_zero_nor_attained():
    # the weights (k, -k) take the sample of height 2 to loss 0; two equal samples have both labels, one is never on
    found = rs.logistic_infimum(LINE, [1, -1, 1, -1], [[1, 0, 1, 1]], [1])
    assert not found.attained
    assert float(found.lower) == pytest.approx(3 * np.log(2) / 4, abs=1e-12)
    assert float(found.upper) == pytest.approx(3 * np.log(2) / 4, abs=1e-12)


def test_all_separated_is_zero_and_no_network_has_it():
    found = rs.logistic_infimum([[1, 0], [0, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1])
    assert (found.lower, found.upper, found.attained) == (0, 0, False)


def test_a_witness_for_other_labels_proves_nothing():
    proof = rs.logistic_infimum(LINE, [1, -1, 1, -1], [[1, 0, 1, 1]], [1]).certificate
    assert not rs.verify({**proof, "loss": "bce"}).ok
    witness = {**proof["witness"], "direction": [["0", "0"]], "Z": [["0", "0"]]}
    assert not rs.verify({**proof, "witness": witness}).ok
    rises = {**proof["witness"], "direction": [["1", "0"]]}
    assert "rises" in rs.verify({**proof, "witness": rises}).message
