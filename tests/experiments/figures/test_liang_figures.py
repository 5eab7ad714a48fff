"""The figures of landscapes by design: their numbers against formulas, perturbations and the promise."""

import numpy as np
import pytest

from reluscape.experiments import figures
from reluscape.experiments.figures import liang_errors, liang_infinity, liang_planes, liang_slices


def test_designed_runs_have_no_errors():
    drawn = liang_errors.draw(quick=True)
    for table in drawn.data["tables"].values():
        ends = table["errors"]
        assert set(map(len, ends.values())) == {drawn.data["runs"]}
        assert max(ends["designed"]) == 0
        # two units on three or four points, and coefficients above lambda_0 at zero, cannot do it
        assert min(ends[f"λ {liang_errors.TOO_LARGE} times larger"]) > 0
    assert max(drawn.data["tables"]["XOR"]["errors"]["no regulariser"]) > 0


def test_subsamples_hold_distinct_standardised_rows_of_both_classes():
    for X, y in liang_errors.tables(3).values():
        assert len(np.unique(X, axis=0)) == len(X)
        assert set(y) == {-1.0, 1.0}
    X, _ = liang_errors.tables(3)["iris, sepals,\n16 rows"]
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)


@pytest.mark.parametrize("lam", [0.1, 0.5, 1.5])
def test_the_marked_minimum_is_the_lowest_point_of_its_landscape(lam):
    grid = np.linspace(-2, 3, 801)
    a, b = np.meshgrid(grid, grid)
    place = liang_slices.minimum(lam)
    value = liang_slices.loss(*place, lam)
    assert value <= liang_slices.loss(a, b, lam).min() + 1e-12
    near = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 1000))
    assert (liang_slices.loss(place[0] + near[0], place[1] + near[1], lam) >= value).all()


def test_one_path_diverges_and_the_other_stays_and_ends_right():
    data = liang_infinity.draw(quick=True).data
    without, kept = np.array(data["paths"]["without"]), np.array(data["paths"]["with"])
    assert without[-1, 0] > 5
    assert (np.diff(without[:, 1]) <= 1e-12).all()
    assert without[-1, 1] == pytest.approx(1)
    assert without[-1, 2] == 1
    assert kept[:, 0].max() <= data["radius"]
    assert (np.diff(kept[:, 1]) <= 1e-12).all()
    assert kept[-1, 2] == 0
    values = [row[3] for row in data["sequence"]]
    assert values == sorted(values, reverse=True)


def test_the_gradient_of_the_drawn_descent():
    a, U = liang_infinity.START
    value, by_a, by_u = liang_infinity.loss_and_gradient(a, U, liang_infinity.LAMBDAS)
    h = 1e-6
    for j in range(3):
        moved = a.copy()
        moved[j] += h
        assert (liang_infinity.loss_and_gradient(moved, U, liang_infinity.LAMBDAS)[0] - value) / h == pytest.approx(
            by_a[j], abs=1e-5
        )
        for k in range(2):
            moved = U.copy()
            moved[j, k] += h
            assert (liang_infinity.loss_and_gradient(a, moved, liang_infinity.LAMBDAS)[0] - value) / h == pytest.approx(
                by_u[j, k], abs=1e-5
            )
    assert "liang-errors" in figures.FIGURES


def test_the_plane_holds_the_losses_of_its_marks():
    data = liang_planes.draw(quick=True).data
    assert data["training_error"]["designed"] == 0
    assert data["training_error"]["unregularised"] > 0
    assert data["loss"]["zero"] == 3.0
    X, y = liang_errors.LINE
    objective, good, bad = liang_planes.ends(X, y, 0)
    with_it, without = liang_planes.plane(objective, good, bad, np.array([0.0, 1.0]))
    fits = [np.log2(1 + np.exp(-y * net.predict(X))).sum() for net in (good, bad)]
    assert without[1, 0] == pytest.approx(fits[0])
    assert without[0, 1] == pytest.approx(fits[1])
    assert with_it[1, 0] == pytest.approx(data["loss"]["designed"])
    assert with_it[0, 1] == pytest.approx(data["loss"]["unregularised"])
    # the wrong end lies above the zero network, the designed one below
    assert data["loss"]["designed"] < 3.0 < data["loss"]["unregularised"]
