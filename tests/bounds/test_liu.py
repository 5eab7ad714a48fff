"""Liu's statements against the general test, pseudoinverses, second differences, and counterexamples to print."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import reluscape as rs
from tests.oracles import critical as oracle

L = rs.bounds
IDENTITY = [[1, 0], [0, 1]]


def random_problem(rng, most=5, d=2, m=2):
    n = int(rng.integers(2, most + 1))
    X = rng.integers(-2, 3, size=(n, d))
    for i in range(1, n):
        if rng.random() < 0.25:
            X[i] = X[rng.integers(i)] * rng.choice([1, 2, -1])
    X[~X.any(axis=1)] = 1
    y = rng.integers(-2, 3, size=n)
    W = oracle.fractions(rng.integers(-3, 4, size=(m, d)))
    v = oracle.fractions(rng.integers(-2, 3, size=m))
    return oracle.fractions(X), oracle.fractions(y), W, v


def heights_of(X, W):
    return np.array([[w @ x for x in X] for w in W], dtype=object)


def smooth_problem(rng, **kind):
    while True:
        X, y, W, v = random_problem(rng, **kind)
        if (heights_of(X, W) != 0).all():
            return X, y, W, v


# Section II-B


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 4), (4, 4), (5, 3)])
def test_pseudoinverse_meets_its_four_equations(shape):
    rng = np.random.default_rng(sum(shape))
    for rank in range(min(shape) + 1):
        A = oracle.fractions(rng.integers(-2, 3, size=(shape[0], rank)) @ rng.integers(-2, 3, size=(rank, shape[1])))
        P = L.liu_pseudoinverse(A)
        assert (A @ P @ A == A).all()
        assert (P @ A @ P == P).all()
        assert ((A @ P).T == A @ P).all()
        assert ((P @ A).T == P @ A).all()
        assert np.array(P, dtype=float) == pytest.approx(np.linalg.pinv(np.array(A, dtype=float)), abs=1e-9)


def test_general_solution_holds_all_least_squares_solutions():
    rng = np.random.default_rng(0)
    for _ in range(20):
        n, k = rng.integers(1, 5, size=2)
        A, b = rng.integers(-1, 2, size=(n, k)), rng.integers(-2, 3, size=n)
        found = L.liu_general_solution(A, b)
        least, _, rank, _ = np.linalg.lstsq(A.astype(float), b.astype(float), rcond=None)
        assert np.array(found.shortest, dtype=float) == pytest.approx(least, abs=1e-9)
        assert found.rank == rank
        assert found.form == ("point" if rank == k else "whole space" if rank == 0 else "affine subspace")
        c = oracle.fractions(rng.integers(-3, 4, size=k))
        other = found.shortest + found.projector @ c
        assert not (A.T @ (A @ other - b)).any()
        assert found.consistent == (not (A @ other - b).any())
    with pytest.raises(rs.ReluscapeError, match="same number of rows"):
        L.liu_general_solution([[1]], [1, 2])


# (1), (2), Lemmas 1 and 2, Theorem 1


def test_loss_in_weights_and_in_r():
    rng = np.random.default_rng(1)
    for _ in range(30):
        X, y, W, v = random_problem(rng)
        found = L.liu_loss(X, y, W, v)
        assert found.value == found.in_terms_of_r == oracle.loss(X, y, W, v) == rs.certify(X, y, W, v).exact_loss
        assert (v[:, None] * W == found.R).all()


def test_lemma_1_and_its_converse_against_the_general_test():
    rng = np.random.default_rng(2)
    kinds = set()
    for _ in range(80):
        X, y, W, v, _ = oracle.random_critical_candidate(rng)
        try:
            slopes = L.liu_lemma_1(X, y, W, v)
        except rs.AssumptionError:
            assert not rs.certify(X, y, W, v).differentiable or not X.any(axis=1).all()
            continue
        verdict = rs.certify(X, y, W, v)
        kinds.add(verdict.is_local_minimum)
        assert (not slopes.any()) == verdict.is_local_minimum
    assert kinds == {True, False}
    X, y, W, v = smooth_problem(rng)
    step = Fraction(1, 10**6)
    for j, k in product(range(2), range(2)):
        if v[j] == 0:
            continue
        moved = W.copy()
        moved[j, k] += step
        quotient = (oracle.loss(X, y, moved, v) - oracle.loss(X, y, W, v)) / step
        assert float(quotient) == pytest.approx(float(v[j] * L.liu_lemma_1(X, y, W, v)[j, k]), abs=1e-3)
    with pytest.raises(rs.AssumptionError, match="hyperplane; sample 1 does"):
        L.liu_lemma_1(IDENTITY, [1, 1], [[1, 0]], [1])


def test_lemma_2_hessian_is_semidefinite_and_that_of_the_loss():
    rng = np.random.default_rng(3)
    for _ in range(20):
        X, y, _, _ = random_problem(rng)
        P = rng.random((2, len(X))) < 0.6
        found = L.liu_lemma_2(X, P)
        H = np.array(found.matrix, dtype=float)
        assert pytest.approx(rs.cell_minima(X, y, P).hessian()) == H
        assert np.linalg.eigvalsh(H).min() > -1e-9
        assert found.definite == (np.linalg.matrix_rank(H) == len(H))
    weighted = L.liu_lemma_2(IDENTITY, [[True, True]], [Fraction(1, 4), 0])
    assert (weighted.rank, weighted.definite) == (1, False)
    with pytest.raises(rs.AssumptionError, match="convex"):
        L.liu_lemma_2(IDENTITY, [[True, True]], -1)
    # two units of one pattern: print's "positive definite" fails
    assert not L.liu_lemma_2(IDENTITY, [[True, True]] * 2).definite


def test_theorem_1_differentiable_minima_are_global_in_their_cells():
    rng = np.random.default_rng(4)
    minima = 0
    for _ in range(80):
        X, y, W, v, _ = oracle.random_critical_candidate(rng)
        verdict = rs.certify(X, y, W, v)
        if not verdict.differentiable or not X.any(axis=1).all():
            continue
        found = L.liu_theorem_1(X, y, W, v)
        assert found.loss == verdict.exact_loss >= found.least
        assert found.minimum == verdict.is_local_minimum
        if found.minimum:
            minima += 1
            assert found.loss == found.least
    assert minima > 5


def test_theorem_1_exceptions_to_print():
    dead = L.liu_theorem_1(IDENTITY, [1, 1], [[-1, -1]], [1])
    assert dead.minimum
    assert dead.maximum
    line = L.liu_theorem_1(IDENTITY, [1, 1], [[1, -1]], [1])
    assert line.minimum
    assert not line.unique
    assert not line.maximum
    assert rs.TwoLayerNet([[1, -1]], [1.1]).loss(IDENTITY, [1, 1]) > 0.5  # not a maximum: some move raises the loss


# (10)-(18)


def test_forms_of_minima_against_the_cell_function_and_pinv():
    rng = np.random.default_rng(5)
    for _ in range(30):
        X, y, _, _ = random_problem(rng)
        P = rng.random((2, len(X))) < 0.6
        found, cell = L.liu_minima(X, y, P), rs.cell_minima(X, y, P)
        assert (found.loss, found.dims, found.form) == (cell.exact_loss, cell.dims, cell.form)
        assert (found.solutions.shortest == cell.exact_solution).all()
        A = np.array(found.A, dtype=float)
        b = np.array(y, dtype=float)
        assert float(found.loss) == pytest.approx(np.mean((A @ np.linalg.pinv(A) @ b - b) ** 2), abs=1e-12)
        assert found.zero == (np.linalg.matrix_rank(A) == np.linalg.matrix_rank(np.column_stack([A, b])))
        if found.solutions.form == "point":
            assert len(y) >= A.shape[1]  # rank m d needs N >= K d, and d samples on for every unit
            assert all(row.sum() >= X.shape[1] for row in P)


def test_genuine_cells_against_the_cell_function():
    rng = np.random.default_rng(6)
    seen = set()
    for _ in range(40):
        X, y, W, _ = smooth_problem(rng, most=4)
        P = heights_of(X, W) > 0
        found, cell = L.liu_genuine(X, y, P), rs.cell_minima(X, y, P)
        seen.add(found.genuine)
        assert found.genuine == cell.genuine
        if found.genuine:
            speaking = np.array(found.signs) != 0
            weights = np.where(speaking[:, None], np.array(found.signs)[:, None] * found.R, W)
            verdict = rs.certify(X, y, weights, list(found.signs))
            assert verdict.is_local_minimum
            assert verdict.differentiable
            assert verdict.exact_loss == cell.exact_loss
    assert seen == {True, False}
    with pytest.raises(rs.AssumptionError, match="feasible"):
        L.liu_genuine([[-1, 1], [0, 1], [1, 1]], [1, 2, 3], [[True, False, True]])
    with pytest.raises(rs.AssumptionError, match="sample 0 is"):
        L.liu_genuine([[0, 0], [0, 1]], [1, 2], [[False, True]])


def test_printed_inequalities_accept_a_border_that_is_no_minimum():
    X, y, P = [[-1, 1], [-2, 0], [0, -2]], [1, 2, 1], [[True, True, False]]
    printed = L.liu_genuine(X, y, P, form="printed")
    assert printed.genuine
    assert printed.R.tolist() == [[-1, 0]]  # on the hyperplane of the third sample
    assert not L.liu_genuine(X, y, P).genuine
    verdict = rs.certify(X, y, printed.R * printed.signs[0], list(printed.signs))
    assert verdict.kind == "not stationary"
    assert not verdict.differentiable


def test_printed_inequalities_reject_a_unit_at_zero():
    X, y, P = [[1], [1]], [1, -1], [[True, True]]
    assert not L.liu_genuine(X, y, P, form="printed").genuine
    assert L.liu_genuine(X, y, P).signs == (0,)
    assert rs.certify(X, y, [[2]], [0]).exact_loss == 1
    assert rs.certify(X, y, [[2]], [0]).is_local_minimum


def test_signs_are_chosen_for_all_units_together():
    X = [[t, 1] for t in ("-1", "-0.6", "-0.1", "0.3", "0.7")]
    y = ["0.28", "-0.1", "0.03", "0.23", "-0.22"]
    P = [[True] * 5] * 2
    assert sorted(L.liu_genuine(X, y, P).signs) == [-1, 1]
    assert not L.liu_genuine(X, y, P[:1]).genuine  # one unit, or two of one sign, cannot hold the line


@pytest.mark.parametrize(
    ("y", "losses", "forms", "genuine"),
    [
        ([1, 1], "1 1/2 1/2 0", ("whole space", "affine subspace", "affine subspace", "point"), [1, 1, 1, 1]),
        ([1, -1], "1 1/2 1/2 0", ("whole space", "affine subspace", "affine subspace", "point"), [1, 0, 1, 0]),
    ],
)
def test_two_samples_with_the_output_weight_frozen(y, losses, forms, genuine):
    cells = L.liu_two_samples(y)
    assert [str(c.loss) for c in cells] == losses.split()
    assert tuple(c.form for c in cells) == forms
    assert [c.genuine for c in cells] == [bool(g) for g in genuine]
    for cell in cells:
        frozen = rs.cell_minima(IDENTITY, y, [cell.pattern], signs=[1])
        assert (frozen.exact_loss, frozen.form[0], frozen.genuine) == (cell.loss, cell.form, cell.genuine)
    census = rs.local_minima(IDENTITY, y, 1, signs=[1])
    assert census.differentiable_losses == tuple(sorted({c.loss for c in cells if c.genuine}))


# Theorem 2


def test_theorem_2_against_the_saddle_function():
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(25):
        X, y, W, _ = smooth_problem(rng)
        P = heights_of(X, W) > 0
        for s in rs.cell_saddles(X, y, P):
            found = L.liu_theorem_2(X, y, P, s.units)
            assert found.saddles == s.strict
            assert sum(e * e for e in found.errors) / len(y) == s.loss
            assert found.B.shape == (len(s.units) * 2, len(s.units) * 2)
            R = found.solutions.shortest
            assert (found.b == found.B @ R).all()
            seen.add((s.genuine, s.strict))
            if s.genuine:
                assert all(g @ s.W[j] == 0 for j, g in found.normals.items())
                assert s.verdict.kind == ("saddle" if s.strict else "local minimum")
    assert seen >= {(True, True), (True, False), (False, True)}
    with pytest.raises(rs.AssumptionError, match="proper subset"):
        L.liu_theorem_2(IDENTITY, [1, 1], [[True, True]], [0])


def test_printed_conditions_of_theorem_2_hold_at_minima_too():
    # a dead unit: (19) and (21) hold for no fitted unit, and the point is a minimum
    found = L.liu_theorem_2([[1]], [1], [[False]], [])
    assert not found.saddles
    assert rs.certify([[1]], [1], [[-1]], [0]).is_local_minimum


def test_saddles_do_not_exist_for_every_subset():
    # all errors of one sign: the hyperplane of the silent unit's normal misses its open cell
    (entry,) = rs.cell_saddles(IDENTITY, [1, 1], [[True, True]])
    assert entry.strict
    assert not entry.genuine
    normal = L.liu_theorem_2(IDENTITY, [1, 1], [[True, True]], []).normals[0]
    assert normal.tolist() == [-1, -1]


def test_equation_25_is_the_change_of_the_loss():
    rng = np.random.default_rng(8)
    checked = 0
    while checked < 12:
        X, y, W, _ = smooth_problem(rng)
        entry = next((s for s in rs.cell_saddles(X, y, heights_of(X, W) > 0) if s.genuine and s.strict), None)
        if entry is None:
            continue
        g = L.liu_theorem_2(X, y, heights_of(X, W) > 0, entry.units).normals
        unit = next(j for j in g if g[j].any())
        checked += 1
        heights = heights_of(X, entry.W)[unit]
        reach = [abs(x @ g[unit]) for x in X]
        room = min(Fraction(abs(h)) / r for h, r in zip(heights, reach, strict=True) if r) / 2
        dw, dz = -room * g[unit], room / 1000
        found = L.liu_equation_25(X, y, entry.W, entry.v, unit, dz, dw)
        moved_W, moved_v = entry.W.copy(), entry.v.copy()
        moved_W[unit], moved_v[unit] = moved_W[unit] + dw, moved_v[unit] + dz
        n = len(y)
        assert found.exact == n * (oracle.loss(X, y, moved_W, moved_v) - oracle.loss(X, y, entry.W, entry.v))
        assert found.first < 0
        # what print drops is of third and fourth order
        rest = sum(r * r + abs(r * h) for r, h in zip(reach, heights, strict=True))
        assert abs(found.exact - found.first - found.second) <= 10 * dz**2 * rest
        H = block_hessian(X, y, entry.W, entry.v, unit)
        assert np.linalg.eigvalsh(H).min() <= found.eigenvalue + 1e-6 * np.abs(H).max()
        assert found.eigenvalue < 0
    with pytest.raises(rs.AssumptionError, match="silent"):
        L.liu_equation_25(IDENTITY, [1, -1], [[1, 1]], [1], 0, 1, [0, 0])
    with pytest.raises(rs.AssumptionError, match="stays inside"):
        L.liu_equation_25(IDENTITY, [1, -1], [[1, 1]], [0], 0, 1, [-2, 0])
    with pytest.raises(rs.AssumptionError, match="stationary"):
        L.liu_equation_25(IDENTITY, [1, -1], [[1, 2]], [0], 0, 1, [0, 0])


def block_hessian(X, y, W, v, unit):
    """Second differences of the loss in one unit's weights and output weight, over the rationals."""
    d = W.shape[1]
    heights = [abs(x @ W[unit]) for x in X]
    step = min(h / (sum(abs(t) for t in x) or 1) for h, x in zip(heights, X, strict=True)) / 4

    def value(shift):
        moved, out = W.copy(), v.copy()
        moved[unit], out[unit] = moved[unit] + shift[:d], out[unit] + shift[d]
        return oracle.loss(X, y, moved, out)

    H = np.zeros((d + 1, d + 1))
    E = [step * oracle.fractions(np.eye(d + 1, dtype=int)[k]) for k in range(d + 1)]
    for a, b in product(range(d + 1), repeat=2):
        total = sum(s * t * value(s * E[a] + t * E[b]) for s in (1, -1) for t in (1, -1))
        H[a, b] = float(total / (4 * step * step))
    return H


# Lemma 3, Theorem 3, Section VI-A


def border_problem(rng, m=2):
    """Samples without parallel rows, and the pattern of random weights with one unit moved to one border."""
    while True:
        X = oracle.fractions(rng.integers(-3, 4, size=(int(rng.integers(2, 5)), 2)))
        cross = [a[0] * b[1] - a[1] * b[0] for k, a in enumerate(X) for b in X[:k]]
        W = oracle.fractions(rng.integers(-3, 4, size=(m, 2)))
        heights = heights_of(X, W)
        if X.any(axis=1).all() and all(cross) and (heights != 0).all():
            return X, oracle.fractions(rng.integers(-2, 3, size=len(X))), heights > 0


def test_lemma_3_against_the_general_test_with_one_unit_trained():
    rng = np.random.default_rng(9)
    seen, tries = {}, 0
    while len(seen) < 2 or tries < 60:
        X, y, _ = border_problem(rng, 1)
        i = int(rng.integers(len(X)))
        w = oracle.fractions([X[i][1], -X[i][0]]) * int(rng.choice([-1, 1]))
        heights = [w @ x for x in X]
        on = sum((h * h for h in heights if h > 0), Fraction(0))
        fit = sum((h * t for h, t in zip(heights, y, strict=True) if h > 0), Fraction(0))
        z = fit / on if on and fit else Fraction(1)
        tries += 1
        found = L.liu_lemma_3(X, y, [w], [z], 0, i)
        assert found.minimum == rs.certify(X, y, [w], [z], trainable="W").is_local_minimum
        seen[found.minimum] = True
        printed = L.liu_lemma_3(X, y, [w], [z], 0, i, form="printed").minimum
        assert found.minimum or not printed
        for side, limit in ((-1, found.off), (1, found.on)):
            u = side * X[i] * Fraction(1, 10**6)
            slope = (oracle.loss(X, y, [w + u], [z]) - oracle.loss(X, y, [w], [z])) * 10**6
            assert float(slope) == pytest.approx(side * float(limit @ X[i]), abs=1e-3)
    with pytest.raises(rs.AssumptionError, match="only sample 0"):
        L.liu_lemma_3(IDENTITY, [1, 1], [[1, 0]], [1], 0, 0)


def test_lemma_3_zero_vectors_must_count_as_parallel():
    arguments = (IDENTITY, [1, -1], [[1, 0]], [1], 0, 1)
    assert L.liu_lemma_3(*arguments).minimum
    assert not L.liu_lemma_3(*arguments, form="printed").minimum
    assert rs.certify(IDENTITY, [1, -1], [[1, 0]], [1]).is_local_minimum


def test_theorem_3_system_has_its_shape_and_always_a_solution():
    rng = np.random.default_rng(10)
    for _ in range(60):
        X, y, P = border_problem(rng)
        j, i = int(rng.integers(2)), int(rng.integers(len(X)))
        found = L.liu_theorem_3(X, y, P, j, i)
        assert found.D.shape == (5, 4)  # K d + 1 rows, not (K + 1) d
        R = found.R.reshape(-1)
        assert (found.d == found.D @ R).all()
        # errors, and with them (29) and (30), are the same for all solutions: (46) never depends on c
        for move in oracle.kernel(list(found.D), 4):
            P0 = P.copy()
            P0[j, i] = False
            A = np.concatenate([X * row.astype(int).astype(object)[:, None] for row in P0], axis=1)
            assert not (A @ move).any()
        # it is least squares with R_j orthogonal to the sample
        faces = np.where(P, 1, -1)
        faces[j, i] = 0
        best, _ = oracle.least_squares_on_faces(X, y, faces, [1, 1])
        outputs = np.where(np.where(faces > 0, True, False), heights_of(X, best), 0)
        errors = outputs.sum(axis=0) - y
        assert (errors == found.errors).all()


def test_section_6a_against_kink_minima():
    rng = np.random.default_rng(11)
    seen = set()
    for _ in range(60):
        X, y, P = border_problem(rng)
        j, i = int(rng.integers(2)), int(rng.integers(len(X)))
        sigma = np.where(P, 1, -1)
        sigma[j, i] = 0
        try:
            truth = rs.kink_minima(X, y, sigma)
        except rs.InputError:
            continue
        signs = L.liu_section_6a(X, y, P, j, i)
        seen.add(signs is not None)
        # a silent unit on the border is no part of the theorem
        if truth.signs is None or truth.signs[j] != 0:
            assert (signs is not None) == truth.genuine
    assert seen == {True, False}


def test_strict_conditions_of_theorem_3_miss_a_minimum():
    X, y, P = [[-2, 1], [2, 0], [-2, -2]], [-1, 1, -1], [[False, False, True]]
    system = L.liu_theorem_3(X, y, P, 0, 1)
    assert system.left == 0
    assert system.signs == (-1,)
    assert L.liu_theorem_3(X, y, P, 0, 1, form="printed").signs == ()
    assert rs.certify(X, y, -system.R, [-1]).is_local_minimum


def test_the_unit_on_the_border_must_be_tested():
    X, y, P = [[2, -1], [0, -1], [1, 1]], [2, 2, 2], [[True, True, False]]
    system = L.liu_theorem_3(X, y, P, 0, 2, form="printed")
    assert system.signs == (-1,)  # strict (29) and (30) hold
    assert L.liu_section_6a(X, y, P, 0, 2, form="printed") == (-1,)
    assert L.liu_section_6a(X, y, P, 0, 2) is None
    w = -system.R[0]
    assert oracle.fractions(X)[0] @ w < 0  # the pattern says that the unit is on
    claimed = sum(e * e for e in system.errors) / 3
    assert oracle.loss(oracle.fractions(X), oracle.fractions(y), [w], [-1]) == 4 != claimed
    assert not rs.kink_minima(X, y, [[1, 1, 0]]).genuine


def test_a_minimum_with_a_sample_on_the_border_may_have_a_zero_output_weight():
    # sample (1, 0) lies on the border, (0, 1) is inactive: near v = 0 the prediction on the second sample stays 0 and
    # that on the first, whose target is 0, can only add to the loss
    X, y, w = [[1, 0], [0, 1]], [0, 1], [0, -1]
    verdict = rs.certify(X, y, [w], [0])
    assert verdict.kind == "local minimum"
    assert not verdict.differentiable
    for first in (-1, 0, 1):
        for v in (-1, 0, 1):
            near = [Fraction(first, 100), Fraction(-99, 100)]
            f = [Fraction(v, 100) * max(0, near[0]), Fraction(v, 100) * max(0, near[1])]
            assert (f[0] ** 2 + (f[1] - 1) ** 2) / 2 >= Fraction(1, 2) == verdict.exact_loss
