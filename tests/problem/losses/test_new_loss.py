"""A loss class that the package has never met works at every door as far as the abilities it declares go."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.losses import able, check_exact, loss_name

SAMPLES = [[0, 1], [1, 1], [2, 1], [3, 1]]
TARGETS = [0.5, -1.0, 2.0, 1.0]
NET = rs.TwoLayerNet([[1.0, -0.5], [-1.0, 2.0]], [0.7, -0.4], 0.1)
PATTERN, SIGNS = [[False, True, True, True], [True, True, False, False]], [1, -1]


class Expectile:
    """t (f - y)^2 below the target and (1 - t) (f - y)^2 above it, with its curvature."""

    t = 0.8

    def _weight(self, f, y):
        return np.where(f < y, self.t, 1 - self.t)

    def value(self, f, y):
        return self._weight(f, y) * (f - y) ** 2

    def gradient(self, f, y):
        return 2 * self._weight(f, y) * (f - y)

    def curvature(self, f, y):
        return 2 * self._weight(f, y)


class LogCosh:
    """log cosh(f - y), without a curvature."""

    def value(self, f, y):
        return np.logaddexp(f - y, y - f) - np.log(2)

    def gradient(self, f, y):
        return np.tanh(f - y)


class Mine:
    """The squared loss under a name of one's own."""

    quadratic = True

    def value(self, f, y):
        return f * f - 2 * f * y + y * y

    def gradient(self, f, y):
        return 2 * f - 2 * y


class HalfSquared:
    """Half the squared loss: rational, but not the squared one."""

    rational = True

    def value(self, f, y):
        return (f - y) ** 2 / 2

    def gradient(self, f, y):
        return f - y


class Impostor(Expectile):
    """Goes by the name of another loss."""

    name = "squared"


OWN = (Expectile(), LogCosh(), Mine(), HalfSquared(), Impostor())


def names(loss):
    return type(loss).__name__


def mean(loss, f):
    return float(np.mean(loss.value(np.asarray(f, dtype=float), np.array(TARGETS))))


@pytest.mark.parametrize("loss", OWN, ids=names)
def test_basin_value_is_reached_and_no_point_of_the_basin_is_below(loss):
    basin = rs.basin_value(SAMPLES, TARGETS, PATTERN, SIGNS, loss=loss, output_bias=True)
    assert mean(loss, basin.prediction) == pytest.approx(basin.value, abs=1e-9)
    x, rng = np.array(SAMPLES, dtype=float), np.random.default_rng(0)
    pattern, signs = np.array(PATTERN), np.array(SIGNS)
    for _ in range(400):  # random points of the closed cell
        W = rng.normal(size=(200, 2, 2))
        inside = [W[(((x @ W[:, j].T).T > 0) == pattern[j]).all(axis=1), j] for j in range(2)]
        if all(len(part) for part in inside):
            Z = [signs[j] * inside[j][0] * rng.exponential() for j in range(2)]
            f = sum(pattern[j] * (x @ Z[j]) for j in range(2)) + rng.normal()
            assert mean(loss, f) >= basin.value - 1e-9


@pytest.mark.parametrize("loss", OWN, ids=names)
def test_certify_and_descend_agree_with_probes(loss):
    verdict = rs.certify(SAMPLES, TARGETS, NET.W, NET.v, NET.c, loss=loss)
    assert verdict.loss == pytest.approx(mean(loss, NET.predict(SAMPLES)))
    dW, dv, dc = verdict.escape
    lower = rs.TwoLayerNet(NET.W + dW, NET.v + dv, NET.c + dc)
    assert mean(loss, lower.predict(SAMPLES)) < verdict.loss
    end = rs.descend(SAMPLES, TARGETS, NET.W, NET.v, NET.c, loss=loss)
    assert end.verdict.is_local_minimum
    assert end.verdict.loss == pytest.approx(mean(loss, end.net.predict(SAMPLES)), abs=1e-9)
    rng = np.random.default_rng(1)
    for size in (1e-3, 1e-5):
        for _ in range(200):
            near = rs.TwoLayerNet(
                end.net.W + size * rng.normal(size=(2, 2)), end.net.v + size * rng.normal(size=2), end.net.c
            )
            assert mean(loss, near.predict(SAMPLES)) >= end.verdict.loss - 1e-9


@pytest.mark.parametrize("loss", OWN, ids=names)
def test_explain_tells_its_own_numbers(loss):
    story = rs.explain(NET, SAMPLES, TARGETS, loss=loss)
    losses = story.report["losses"]
    assert losses["model"]["value"] == pytest.approx(mean(loss, NET.predict(SAMPLES)))
    grid = np.linspace(-1.0, 2.0, 30001)  # the best constant by a fine grid
    best = min(mean(loss, np.full(4, c)) for c in grid[::30])
    assert losses["constant"]["value"] == pytest.approx(best, rel=1e-3)
    assert losses["best_known"]["value"] <= losses["model"]["value"] + 1e-12
    assert story.report["model"]["loss"] == ("squared" if loss is OWN[2] else type(loss).__name__)
    assert ("affine" in losses) == (loss is OWN[2])


def short_survey(loss, seconds=5):
    data = rs.Dataset(np.array(SAMPLES)[:, :1], TARGETS, bias=True)
    return rs.survey(data, widths=(1,), loss=loss, trials=4, trainings=2, max_width=1, seconds=seconds)


@pytest.mark.parametrize("loss", OWN, ids=names)
def test_survey_trains_on_it_and_tells_its_own_numbers(loss):
    survey = short_survey(loss)
    report, x = survey.report, np.arange(4.0)
    losses = {name: report["losses"][name]["value"] for name in ("constant", "affine", "best_network")}
    assert losses["constant"] == pytest.approx(
        min(mean(loss, np.full(4, c)) for c in np.linspace(-1, 2, 3001)), rel=1e-3
    )
    # the best straight line by two fine grids, of slopes and of intercepts
    lines = (mean(loss, a * x + b) for a in np.linspace(-0.5, 1.5, 101) for b in np.linspace(-1.5, 1.5, 151))
    assert losses["affine"] == pytest.approx(min(lines), rel=1e-2)
    assert losses["best_network"] <= losses["affine"] + 1e-9
    assert report["widths"][0]["training"]["runs"] == 2
    squared = loss is OWN[2]  # what needs the theory of basins is told of the squared loss alone
    assert report["data"]["loss"] == ("squared" if squared else type(loss).__name__)
    assert (report["widths"][0]["good"] is not None) == squared
    assert ("the variance" in survey.verdict) == squared
    assert survey.problem.value(rs.TwoLayerNet([[0.0, 0.0]], [0.0])) == pytest.approx(mean(loss, np.zeros(4)))


def test_a_declared_squared_loss_is_the_squared_loss_of_a_survey():
    # so much time that no load cuts the work
    mine, theirs = (short_survey(loss, seconds=200).report for loss in (Mine(), "squared"))
    for key in ("verdict", "losses", "width_for", "every_start", "regions"):
        assert mine[key] == theirs[key]


def test_a_declared_squared_loss_is_the_squared_loss():
    mine, theirs = (rs.explain(NET, SAMPLES, TARGETS, loss=loss).report for loss in (Mine(), "squared"))
    for key in ("answer", "verdict", "losses", "next_steps", "better_basin"):
        assert mine[key] == theirs[key]
    found = rs.certify(SAMPLES, ["1/2", -1, 2, 1], [[1, 0]], [1], 0, loss=Mine(), exact=True)
    assert found.exact_loss == rs.certify(SAMPLES, ["1/2", -1, 2, 1], [[1, 0]], [1], 0, exact=True).exact_loss


@pytest.mark.parametrize("loss", [Expectile(), LogCosh(), Impostor(), "logistic", "huber"], ids=names)
def test_exact_numbers_of_a_loss_without_rational_derivatives_are_refused(loss):
    y = [1, -1, 1, 1]
    with pytest.raises(rs.InputError, match="exact=True needs"):
        rs.certify(SAMPLES, y, [[1, 0]], [1], loss=loss, exact=True)
    with pytest.raises(rs.InputError, match="exact=True needs"):
        rs.descend(SAMPLES, y, [[1, 0]], [1], loss=loss, exact=True)
    with pytest.raises(rs.InputError, match="exact=True needs"):
        rs.basin_value(SAMPLES, y, PATTERN, SIGNS, loss=loss, exact=True)
    with pytest.raises(rs.InputError, match="exact=True needs"):
        rs.basin_value(SAMPLES, y, PATTERN, None, v=[1, -1], loss=loss, exact=True)


def test_a_rational_loss_is_decided_over_the_rationals():
    y = ["1/3", -1, 2, 1]
    half = rs.certify(SAMPLES, y, [[1, 0], [-1, 0]], [1, 1], 0, loss=HalfSquared(), exact=True)
    whole = rs.certify(SAMPLES, y, [[1, 0], [-1, 0]], [1, 1], 0, exact=True)
    assert half.method == "exact"
    by_hand = sum((x - Fraction(t)) ** 2 for x, t in zip(range(4), y, strict=True)) / 8
    assert half.exact_loss == whole.exact_loss / 2 == by_hand
    assert half.kind == whole.kind
    assert half.certificate is None  # certificates are those of the squared loss


def test_a_loss_that_only_claims_to_be_rational_is_refused():
    class Claims(LogCosh):
        rational = True

    with pytest.raises(rs.InputError, match="declares `rational`"):
        rs.certify(SAMPLES, [1, -1, 2, 1], [[1, 0]], [1], loss=Claims(), exact=True)


def test_a_loss_that_only_claims_to_be_squared_is_refused_at_every_door():
    from reluscape.problem.losses import SquaredLoss

    class Heavier(SquaredLoss):
        def value(self, f, y):
            return 3 * (f - y) ** 2

    class Steeper(SquaredLoss):
        def gradient(self, f, y):
            return 3 * (f - y)

    class FarOff(Mine):  # the squared loss up to a million, then a straight line
        def value(self, f, y):
            r = np.abs(f - y)
            return np.where(r < 1e6, r * r, 2e6 * r - 1e12)

        def gradient(self, f, y):
            return np.clip(2 * (f - y), -2e6, 2e6)

    doors = (
        lambda loss: rs.basin_value(SAMPLES, TARGETS, PATTERN, SIGNS, loss=loss),
        lambda loss: rs.certify(SAMPLES, TARGETS, NET.W, NET.v, NET.c, loss=loss),
        lambda loss: rs.descend(SAMPLES, TARGETS, NET.W, NET.v, NET.c, loss=loss),
        lambda loss: rs.explain(NET, SAMPLES, TARGETS, loss=loss),
        lambda loss: rs.cell_minima(SAMPLES, TARGETS, PATTERN, loss=loss),
        lambda loss: NET.loss(SAMPLES, TARGETS, loss=loss),
        lambda loss: rs.monotone_path(NET, NET, SAMPLES, TARGETS, loss=loss),
    )
    for loss in (Heavier(), Steeper(), FarOff()):
        for door in doors:
            with pytest.raises(rs.InputError, match="declares `quadratic`"):
                door(loss)


def test_the_heir_of_a_known_loss_is_checked_like_any_other():
    from reluscape.problem.losses import LogisticLoss

    class Wrong(LogisticLoss):
        def gradient(self, f, y):
            return 2 * super().gradient(f, y)

    assert not able(Wrong(), "known")
    assert loss_name(Wrong()) == "Wrong"
    with pytest.raises(rs.InputError, match="is not the slope"):
        rs.certify(SAMPLES, [1, -1, 1, 1], NET.W, NET.v, loss=Wrong())


def test_the_squared_loss_may_be_exact_and_others_may_not():
    check_exact(Mine(), True)
    check_exact(Expectile(), None)
    with pytest.raises(rs.InputError, match="Expectile is a float"):
        check_exact(Expectile(), True)


@pytest.mark.parametrize("loss", OWN, ids=names)
def test_explain_takes_it_for_two_hidden_layers(loss):
    net = rs.DeepNet([[[1.0], [-1.0]], [[1.0, 0.5], [-0.5, 1.0]], [[1.0, -1.0]]], [[-0.5, 2.0], [0.1, -0.2], [0.3]])
    x = np.arange(4.0)[:, None]
    report = rs.explain(net, x, TARGETS, loss=loss).report
    assert report["losses"]["model"]["value"] == pytest.approx(mean(loss, net.predict(x)))
    assert report["last_layer"]["lowest"] <= report["losses"]["model"]["value"] + 1e-12
