"""Cell minima, saddles and kink minima against pinv, the complete list, Hessians and the paper's example."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pytest

import reluscape as rs
from reluscape.geometry.faces.faces import enumerate_faces
from tests.own_losses import Huber

LINE = [[-2, 1], [-1, 1], [1, 1], [2, 1]]


def patterns_of(X):
    return np.asarray(rs.enumerate_regions(X, witnesses=False).patterns)


@pytest.mark.parametrize("seed", range(4))
def test_formulas_against_pinv(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-2, 3, size=(5, 2)), rng.integers(-2, 3, size=5)
    X[:, 1] = 1
    cells = patterns_of(X)
    for _ in range(10):
        P = cells[rng.integers(len(cells), size=2)]
        found = rs.cell_minima(X, y, P)
        A = np.concatenate([row[:, None] * X for row in P], axis=1).astype(float)
        assert pytest.approx(A) == found.A
        assert found.rank == np.linalg.matrix_rank(A)
        assert found.solution == pytest.approx(np.linalg.pinv(A) @ y, abs=1e-9)
        assert found.loss == pytest.approx(np.mean((A @ np.linalg.pinv(A) @ y - y) ** 2))
        null = np.eye(4) - np.linalg.pinv(A) @ A
        assert found.dims == tuple(np.linalg.matrix_rank(null[2 * j : 2 * j + 2], tol=1e-9) for j in range(2))
        assert np.abs(A @ found.directions.T).max(initial=0.0) < 1e-12
        hessian = found.hessian()
        assert np.linalg.eigvalsh(hessian).min() > -1e-12
        if found.genuine:
            verdict = found.point.verdict
            assert verdict.is_local_minimum
            assert verdict.differentiable
            assert verdict.exact_loss == found.exact_loss
            assert ((X @ found.point.net.W.T > 0).T == P).all()
            assert (np.sign(found.point.net.v) == found.signs).all()


@pytest.mark.parametrize("y", [[1, -1, -1, 1], [1, -1, 1, -1], [2, 0, -1, 1]])
@pytest.mark.parametrize("width", [1, 2])
def test_genuine_cells_are_those_of_the_census(y, width):
    census = rs.local_minima(LINE, y, width)
    held = {
        tuple(sorted(tuple(row) for row in (m.covectors > 0).tolist())): m.loss
        for m in census.minima
        if m.differentiable
    }
    for P in combinations_with_replacement(patterns_of(LINE), width):
        found = rs.cell_minima(LINE, y, np.array(P))
        key = tuple(sorted(tuple(row) for row in np.array(P).tolist()))
        assert found.genuine == (key in held)
        if found.genuine:
            assert found.exact_loss == held[key]


@pytest.mark.parametrize("y", [[1, -1, -1, 1], [1, -1, 1, -1]])
def test_kink_minima_are_those_of_the_census(y):
    census = rs.local_minima(LINE, y, 2)
    held = {tuple(sorted(map(tuple, m.covectors.tolist()))): m.loss for m in census.minima}
    covectors = enumerate_faces(LINE).covectors
    for chosen in combinations_with_replacement(covectors, 2):
        found = rs.kink_minima(LINE, y, np.array(chosen))
        key = tuple(sorted(map(tuple, np.array(chosen).tolist())))
        assert found.genuine == (key in held)
        if found.genuine:
            assert found.exact_loss == held[key]
            assert found.point.verdict.is_local_minimum
            heights = np.array(found.point.W @ rs.Dataset(LINE).fractions.T, dtype=float)
            assert (np.sign(heights) == np.array(chosen)).all()


def test_the_two_samples_of_the_paper():
    identity = [[1, 0], [0, 1]]
    plateau = rs.cell_minima(identity, [1, 1], [[False, False]])
    assert (plateau.exact_loss, plateau.form, plateau.genuine) == (1, ("whole space",), True)
    line = rs.cell_minima(identity, [1, 1], [[True, False]])
    assert (line.exact_loss, line.form, line.genuine) == (Fraction(1, 2), ("affine subspace",), True)
    point = rs.cell_minima(identity, [1, 1], [[True, True]])
    assert (point.exact_loss, point.form, point.unique) == (0, ("point",), True)
    assert not rs.cell_minima(identity, [1, -1], [[True, True]]).genuine


def test_a_unit_at_zero_is_genuine_although_print_rejects_it():
    found = rs.cell_minima([[1], [2]], [2, -1], [[True, True]])
    assert found.exact_loss == Fraction(5, 2)
    assert found.solution.tolist() == [0.0]
    assert found.genuine
    assert found.signs.tolist() == [0]


def test_two_units_on_one_cell_with_opposite_signs():
    """One unit alone is not genuine on all five points; two of opposite sign are."""
    X = [[x, 1] for x in ("-1", "-0.6", "-0.1", "0.3", "0.7")]
    y = ["0.28", "-0.1", "0.03", "0.23", "-0.22"]
    everywhere = [[True] * 5]
    assert rs.cell_minima(X, y, everywhere).exact_loss == Fraction(16139, 578750)
    assert not rs.cell_minima(X, y, everywhere).genuine
    both = rs.cell_minima(X, y, everywhere * 2)
    assert both.genuine
    assert sorted(both.signs.tolist()) == [-1, 1]
    assert rs.verify(both.point.verdict.certificate)


def test_a_pattern_that_no_weights_have():
    assert not rs.cell_minima([[-1, 1], [0, 1], [1, 1]], [1, 2, 3], [[True, False, True]]).genuine


def hessian(net, X, y, step=1e-4):
    """Second differences of the loss in (W, v)."""
    theta = np.concatenate([net.W.ravel(), net.v])

    def value(t):
        W, v = t[: net.W.size].reshape(net.W.shape), t[net.W.size :]
        return np.mean((np.maximum(X @ W.T, 0) @ v - y) ** 2)

    k = len(theta)
    E = np.eye(k) * step
    H = np.zeros((k, k))
    for a in range(k):
        for b in range(k):
            H[a, b] = sum(s * t * value(theta + s * E[a] + t * E[b]) for s in (1, -1) for t in (1, -1)) / (4 * step**2)
    return H


@pytest.mark.parametrize("y", [[1, -1, -1, 1], [1, -1, 1, -1], [2, 0, -1, 1]])
def test_saddles(y):
    rng = np.random.default_rng(0)
    X, y = np.array(LINE), np.array(y)
    cells = patterns_of(X)
    seen = 0
    for _ in range(12):
        P = cells[rng.integers(len(cells), size=2)]
        entries = rs.cell_saddles(X, y, P)
        assert [s.units for s in entries] == [(), (0,), (1,)]
        for s in entries:
            if not s.genuine:
                assert s.net is None
                continue
            seen += 1
            assert s.verdict.exact_loss == s.loss
            assert s.verdict.differentiable
            assert s.verdict.kind == ("saddle" if s.strict else "local minimum")
            assert ((X @ s.net.W.T > 0).T == P).all()
            scale = np.abs(X @ s.net.W.T).min()
            H = hessian(rs.TwoLayerNet(s.net.W / scale, s.net.v * scale), X, y)
            assert (np.linalg.eigvalsh(H).min() < -1e-6) == s.strict
            assert (s.escape is None) == (not s.strict)
    assert seen


def test_errors():
    with pytest.raises(rs.InputError, match="no targets"):
        rs.cell_minima([[1]], None, [[True]])
    with pytest.raises(rs.ReluscapeError, match="expected"):
        rs.cell_minima([[1]], [1], [[True, False]])
    with pytest.raises(rs.InputError, match="no weights have the covector"):
        rs.kink_minima([[1, 0], [2, 0]], [1, 1], [[1, -1]])


@pytest.mark.parametrize("loss", ["logistic", Huber()])
def test_other_losses_against_a_general_optimiser(loss):
    from scipy.optimize import minimize

    from reluscape.problem.losses import mean_loss

    rng = np.random.default_rng(12)
    seen = set()
    for _ in range(40):
        X, y = np.c_[rng.integers(-3, 4, size=(6, 1)), np.ones(6, dtype=int)], rng.choice([-1, 1], size=6)
        cells = patterns_of(X)
        P = cells[rng.integers(len(cells), size=rng.integers(1, 3))]
        found = rs.cell_minima(X, y, P, loss=loss)
        A = np.concatenate([row[:, None] * X for row in P], axis=1).astype(float)
        starts = (np.zeros(A.shape[1]), np.ones(A.shape[1]))
        best = min(minimize(lambda R, A=A, y=y: mean_loss(loss, A @ R, y), s, method="BFGS").fun for s in starts)
        assert found.exact_loss is None
        assert found.method == "numerical"
        assert found.loss <= best + 1e-7
        seen.add((found.attained, found.genuine))
        if not found.attained:
            assert found.solution is None
            assert best < found.loss + 1e-2  # the search only comes near the infimum
            continue
        assert mean_loss(loss, A @ found.solution, y) == pytest.approx(found.loss, abs=1e-9)
        assert found.loss == pytest.approx(best, abs=1e-6)
        if found.genuine:
            assert found.point.verdict.is_local_minimum
            assert found.point.verdict.loss == pytest.approx(found.loss, abs=1e-9)
            assert ((X @ found.point.net.W.T > 0).T == P).all()
    assert seen >= {(True, True), (True, False)}
    assert ((False, False) in seen) == (loss == "logistic")


def test_separable_active_samples_have_no_logistic_minimum():
    found = rs.cell_minima([[1], [2], [-1]], [1, 1, 1], [[True, True, False]], loss="logistic")
    assert not found.attained
    assert found.loss == pytest.approx(np.log(2) / 3)
    assert not found.genuine
    kinks = rs.kink_minima([[1, 0], [0, 1]], [1, 1], [[1, 0]], loss="logistic")
    assert not kinks.attained
    assert not kinks.genuine


def test_kink_minima_of_another_loss_pass_the_general_test():
    rng = np.random.default_rng(13)
    seen = set()
    for _ in range(40):
        X = np.c_[rng.permutation(9)[:5] - 4, np.ones(5, dtype=int)]
        y = rng.choice([-1, 1], size=5)
        covectors = enumerate_faces(X).covectors
        sigma = covectors[rng.integers(len(covectors), size=2)]
        found = rs.kink_minima(X, y, sigma, loss=Huber())
        seen.add(found.genuine)
        if found.genuine:
            assert found.point.verdict.is_local_minimum
            assert found.point.verdict.loss == pytest.approx(found.loss, abs=1e-9)
            heights = np.array(found.point.W @ rs.Dataset(X).fractions.T, dtype=float)
            assert (np.sign(heights) == sigma).all()
    assert seen == {True, False}


def _pairs(signs, covectors):
    return [(int(s), tuple(row)) for s, row in zip(signs, np.asarray(covectors).tolist(), strict=True)]


def test_frozen_signs_against_the_census():
    for signs in ([1], [-1], [1, 1], [1, -1], [-1, -1]):
        for y in ([1, -1, -1, 1], [2, 0, -1, 1]):
            census = rs.local_minima(LINE, y, len(signs), signs=signs)
            held = [sorted(_pairs(m.signs, m.covectors)) for m in census.minima if m.differentiable]
            losses = set()
            cells = patterns_of(LINE)
            for P in (cells[list(k)] for k in np.ndindex(*[len(cells)] * len(signs))):
                found = rs.cell_minima(LINE, y, P, signs=signs)
                assert found.genuine == (sorted(_pairs(signs, np.where(P, 1, -1))) in held)
                if found.genuine:
                    losses.add(found.exact_loss)
                    assert found.signs.tolist() == signs
                    assert found.point.verdict.is_local_minimum
            assert tuple(sorted(losses)) == census.differentiable_losses


def test_frozen_signs_of_kinks():
    assert rs.kink_minima([[1, 0], [0, 1]], [1, -1], [[1, 0]], signs=[1]).genuine
    assert not rs.kink_minima([[1, 0], [0, 1]], [1, -1], [[1, 0]], signs=[-1]).genuine
    with pytest.raises(rs.ReluscapeError, match="one per unit"):
        rs.cell_minima([[1, 0]], [1], [[True]], signs=[1, 1])


def test_many_inputs_agree_with_the_pseudoinverse():
    """Sixty inputs and twelve samples: many more weights than samples, so that nearly all directions are free."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(-9, 10, (12, 60)), rng.integers(-5, 6, 12)
    pattern = (rng.standard_normal((2, 60)) @ X.T) > 0
    found = rs.cell_minima(X, y, pattern)
    np.testing.assert_allclose(found.solution, np.linalg.pinv(found.A) @ y, atol=1e-9)
    rank = np.linalg.matrix_rank(found.A)
    assert found.rank == rank == 120 - len(found.directions)
    halves = [np.linalg.matrix_rank(found.A[:, 60:]), np.linalg.matrix_rank(found.A[:, :60])]
    assert found.dims == tuple(60 - rank + half for half in halves)
    assert found.loss == pytest.approx(np.mean((found.A @ found.solution - y) ** 2), abs=1e-9)
