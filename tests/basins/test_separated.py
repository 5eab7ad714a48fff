"""Logistic infima without decay: rows that a direction of the cells tells apart fall away, the others decide."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

import reluscape as rs


def rays_of(X, on):
    """Return the generators of the closed cell of a pattern in the plane or in space, by brute force over faces."""
    d, signed = X.shape[1], np.where(on[:, None], X, -X)
    found = []
    for rows in combinations(range(len(X)), d - 1):
        normal = np.array([1.0]) if d == 1 else np.linalg.svd(signed[list(rows)])[2][-1]
        if np.linalg.matrix_rank(signed[list(rows)]) == d - 1:
            found += [s * normal for s in (1, -1) if (signed @ (s * normal) >= -1e-9).all()]
    return np.array(found)


def features(X, patterns, signs, output_bias):
    """Return columns (n, q) whose nonnegative combinations are the predictions of the closed basin, and a free one."""
    columns = [s * np.where(on, r @ X.T, 0.0) for on, s in zip(patterns, signs, strict=True) for r in rays_of(X, on)]
    if output_bias:
        columns += [np.ones(len(X)), -np.ones(len(X))]
    return np.array(columns).T


def separated(F, y):
    """Return the rows that some nonnegative combination tells apart while it tells no row wrongly, by one program."""
    n, q = F.shape
    signed = y[:, None] * F
    found = linprog(
        np.r_[np.zeros(q), -np.ones(n)], A_ub=np.c_[-signed, np.eye(n)], b_ub=np.zeros(n),
        bounds=[(0, None)] * q + [(0, 1)] * n,
    )  # fmt: skip
    return found.x[q:] > 0.5


def lowest(F, y, kept):
    """Return the lowest mean logistic loss with the rows that are not kept at 0, by descent over the combinations."""
    F, t = F[kept], y[kept]

    def value(x):
        margins = t * (F @ x)
        return np.logaddexp(0, -margins).sum(), -F.T @ (t / (1 + np.exp(np.clip(margins, -500, 500))))

    if not len(t):
        return 0.0
    options = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-12}
    start = np.full(F.shape[1], 0.1)
    found = minimize(value, start, jac=True, bounds=[(0, None)] * F.shape[1], method="L-BFGS-B", options=options)
    return found.fun / len(y)


def basins(number):
    """Yield random basins of samples with small whole numbers, classes and maybe an output bias."""
    rng = np.random.default_rng(5)
    while number:
        n, d, m = int(rng.integers(3, 7)), int(rng.integers(2, 4)), int(rng.integers(1, 3))
        X, y = rng.integers(-3, 4, size=(n, d)).astype(float), rng.choice([-1.0, 1.0], n)
        if np.linalg.matrix_rank(X) < d or not X.any(axis=1).all():
            continue
        weights = rng.normal(size=(m, d))
        yield X, y, weights @ X.T > 0, rng.choice([-1, 1], m), bool(rng.integers(2))
        number -= 1


def test_infima_against_programs_over_the_rays_of_the_cells():
    kinds = {"attained": 0, "partly": 0, "zero": 0}
    for X, y, patterns, signs, output_bias in basins(120):
        F = features(X, patterns, signs, output_bias)
        away = separated(F, y)
        basin = rs.basin_value(X, y, patterns, signs, loss="logistic", output_bias=output_bias)
        assert basin.value == pytest.approx(lowest(F, y, ~away), abs=2e-6)
        assert basin.attained == (not away.any())
        kinds["zero" if away.all() else "partly" if away.any() else "attained"] += 1
        if away.all():
            assert basin.value == pytest.approx(0.0, abs=1e-12)
    assert min(kinds.values()) >= 5  # the trap in between is among them


def test_the_loss_falls_towards_the_infimum_along_the_direction_and_never_below():
    for X, y, patterns, signs, output_bias in basins(40):
        basin = rs.basin_value(X, y, patterns, signs, loss="logistic", output_bias=output_bias)
        if basin.attained or output_bias:  # the part of the direction in the constant is not handed back
            continue
        losses = []
        for t in (0.0, 5.0, 50.0):
            f = (patterns * ((basin.Z + t * basin.direction) @ X.T)).sum(axis=0)
            losses.append(np.logaddexp(0, -y * f).mean())
        assert losses[1] <= losses[0] + 1e-9  # rows on a border stay, to rounding
        assert losses[2] <= losses[1] + 1e-9
        assert losses[-1] == pytest.approx(basin.value, abs=1e-6)
        assert losses[-1] >= basin.value - 1e-9


def test_one_row_falls_away_and_the_others_decide():
    # one unit, active on all rows: 1 and 2 on one ray with opposite classes, the third row on its own axis
    X, y = [[1, 0], [1, 0], [0, 1]], [1, -1, 1]
    basin = rs.basin_value(X, y, [[True, True, True]], [1], loss="logistic")
    assert basin.value == pytest.approx(2 / 3 * np.log(2))
    assert not basin.attained


def test_a_network_far_out_is_no_local_minimum():
    X, y = [[1, 0], [1, 0], [0, 1]], [1, -1, 1]
    for far in (1.0, 10.0, 25.0):
        verdict = rs.certify(X, y, [[0.0, far]], [1.0], loss="logistic")
        assert verdict.is_local_minimum is not True


def test_a_survey_of_classes_that_can_be_told_apart_refers_to_zero():
    data = rs.Dataset([[0], [1], [2], [3]], [-1, 1, 1, -1], bias=True)
    told = rs.survey(data, widths=(2,), loss="logistic", trials=10, trainings=4, seconds=1, max_width=2)
    reference = told.report["widths"][0]["reference"]
    assert reference["value"] == pytest.approx(0.0, abs=1e-9)
    assert "no network attains it" in reference["source"]
