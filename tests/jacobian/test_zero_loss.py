from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import ShapeError
from reluscape.jacobian.zero_loss import interior_point
from tests.oracles.elimination import fraction_rank, step_patterns


def verified(found):
    """The certificate holds, and says what the answer says."""
    outcome = rs.verify(found.certificate)
    assert outcome.ok, outcome.message
    return found.exists


@st.composite
def line_problems(draw):
    n, m = draw(st.integers(2, 5)), draw(st.integers(1, 6))
    points = draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n, unique=True))
    scale = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    shear = draw(st.integers(-2, 2))
    order = np.argsort(points)
    X = [[s * (t + shear), s] for t, s in zip(points, scale, strict=True)]
    steps = step_patterns(n)
    rows = np.zeros((m, n), dtype=bool)
    for j in range(m):
        rows[j, order] = draw(st.sampled_from(steps))
    y = draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    v = draw(st.lists(st.integers(-1, 2), min_size=m, max_size=m))
    return X, y, rows, v


@given(line_problems())
def test_line_agrees_with_the_general_test(problem):
    X, y, rows, v = problem
    found = rs.zero_loss(X, y, rows, v)
    verified(found)
    types = interior_point.UnitTypes.of(found.pattern, found.v)
    data = found.data
    general = interior_point._decide_in_general(data, data.y_fractions, np.arange(data.n), types)
    assert isinstance(general, interior_point.Refutation) != found.exists


@given(st.data())
def test_both_answers_are_proved_in_any_dimension(data):
    n, d, m = (data.draw(st.integers(1, k)) for k in (5, 3, 4))
    entry = st.integers(-3, 3)
    X = [[data.draw(entry) for _ in range(d)] for _ in range(n)]
    A = [[data.draw(st.booleans()) for _ in range(n)] for _ in range(m)]
    v = [data.draw(st.integers(-1, 1)) for _ in range(m)]
    y = [data.draw(st.integers(-2, 2)) for _ in range(n)]
    verified(rs.zero_loss(X, y, A, v))


@pytest.mark.parametrize("seed", range(40))
def test_what_floats_propose_is_confirmed_or_left_open(seed, monkeypatch):
    # the same question through the linear program and through exact elimination alone, degenerate data among them
    rng = np.random.default_rng(seed)
    n, d, m = rng.integers(1, 7), rng.integers(1, 4), rng.integers(1, 6)
    X = rng.integers(-3, 4, (n, d)) if seed % 2 else rng.normal(size=(n, d)).round(3)
    W = rng.normal(size=(m, d))
    v, pattern = rng.integers(-1, 2, m), W @ X.T > 0
    y = np.maximum(X @ W.T, 0) @ v if seed % 3 == 0 else rng.integers(-2, 3, n)
    answers = []
    for small in (-1, 10**9):
        monkeypatch.setattr(interior_point, "SMALL", small)
        answers.append(verified(rs.zero_loss(X, y, pattern, v)))
    assert answers[0] == answers[1]


def test_numbers_near_the_ends_of_doubles(monkeypatch):
    monkeypatch.setattr(interior_point, "SMALL", -1)
    big, small = 10**300, Fraction(1, 10**300)
    X = [[big, 0, 0], [0, small, 0], [0, 0, 1], [big, small, 1]]
    A = [[1, 1, 1, 1], [1, 0, 0, 1], [0, 0, 1, 1]]
    # weights (1/b, 1/s, 1), (3/b, -1/s, -1), (-1/b, -1/s, 3) lie in the region and give these values
    assert verified(rs.zero_loss(X, [-2, 1, -2, 1], A, [1, -1, -1]))
    assert not verified(rs.zero_loss(X, [-2, 1, -2, 1], A, [1, 1, -1]))


def test_larger_regions_in_three_dimensions():
    rng = np.random.default_rng(0)
    X, W, v = rng.uniform(-1, 1, (15, 3)).round(4), rng.normal(size=(25, 3)), np.resize([1, -1], 25)
    assert verified(rs.zero_loss(X, np.maximum(X @ W.T, 0) @ v, W @ X.T > 0, v))
    # seven weights for fifteen random targets
    assert not verified(rs.zero_loss(X, rng.normal(size=15), W[:2] @ X.T > 0, v[:2]))


def test_reachable_targets_are_found():
    rng = np.random.default_rng(0)
    for _ in range(25):
        n, d, m = rng.integers(1, 7), rng.integers(1, 4), rng.integers(1, 6)
        X, W = rng.integers(-3, 4, (n, d)), rng.integers(-9, 10, (m, d))
        v = rng.choice([-2, 1, 3], m)
        if ((X @ W.T == 0) & X.any(axis=1)[:, None]).any():
            continue
        y = np.maximum(X @ W.T, 0) @ v
        found = rs.zero_loss(X.tolist(), y.tolist(), W @ X.T > 0, v.tolist())
        assert verified(found)
        np.testing.assert_allclose(np.maximum(X @ found.W.T, 0) @ v, y, atol=1e-9)


def test_the_set_of_minimisers():
    X, y, A, v = [[0, 1], [1, 1], [2, 1]], [1, 0, 2], [[1, 1, 0], [0, 1, 1], [1, 1, 1]], [1, 1, -1]
    found = rs.zero_loss(X, y, A, v)
    assert found.exists
    J = rs.jacobian(found.W, v, X)
    assert found.codimension == np.linalg.matrix_rank(J) == 3
    assert len(found.directions) == 6 - 3
    assert np.allclose(J @ found.directions.T.astype(float), 0)
    assert rs.zero_loss(X, y, A, [1, 1, 1]).codimension is None


def test_the_affine_hull_of_the_minimisers():
    # every small step along the directions stays a minimiser of the region, no other direction does
    rng = np.random.default_rng(4)
    for _ in range(20):
        n, d, m = rng.integers(1, 5), rng.integers(1, 4), rng.integers(1, 5)
        X, W, v = rng.integers(-3, 4, (n, d)), 100 * rng.integers(-9, 10, (m, d)), rng.choice([-1, 1, 2, 0], m)
        W = W + rng.integers(-7, 8, (m, d))
        A, used = W @ X.T > 0, X.any(axis=1)
        if (W @ X.T == 0)[:, used].any():
            continue
        y = np.maximum(X @ W.T, 0) @ v
        found = rs.zero_loss(X, y, A, v)
        assert found.exists
        J = [[Fraction(int(v[j] * A[j, i] * X[i, k])) for j in range(m) for k in range(d)] for i in range(n)]
        assert found.codimension == fraction_rank(J)
        assert len(found.directions) == m * d - found.codimension == fraction_rank(found.directions.tolist())
        for direction in found.directions:
            assert all(sum(a * b for a, b in zip(row, direction, strict=True)) == 0 for row in J)
            size = max(abs(value) for value in direction)
            moved = found.exact_W.reshape(-1) + direction / size * Fraction(1, 10**12)
            products = moved.reshape(m, d) @ X.astype(object).T
            assert ((products > 0) == A)[:, used].all()


def test_boundary_of_the_cone_is_not_enough():
    # one unit active on the second point only: predictions (0, c), c > 0; the closed cone holds (0, 0)
    X, A = [[0, 1], [1, 1]], [[0, 1]]
    assert rs.zero_loss(X, [0, 1], A, [1]).exists
    assert not verified(rs.zero_loss(X, [0, 0], A, [1]))
    assert not verified(rs.zero_loss(X, [0, -1], A, [1]))


def test_empty_regions_and_dead_units():
    X = [[0, 1], [1, 1], [2, 1]]
    assert not verified(rs.zero_loss(X, [0, 1, 0], [[0, 1, 0]], [1]))
    assert verified(rs.zero_loss(X, [0, 0, 0], [[0, 0, 0]], [1]))
    assert not verified(rs.zero_loss(X, [0, 1, 0], [[0, 0, 0]], [1]))
    assert verified(rs.zero_loss(X, [0, 0, 0], [[1, 1, 1]], [0]))


def test_zero_rows_need_a_zero_target():
    X = [[0, 0], [0, 1], [1, 1]]
    assert verified(rs.zero_loss(X, [0, 1, 2], [[0, 1, 1]], [1]))
    assert not verified(rs.zero_loss(X, [1, 1, 2], [[0, 1, 1]], [1]))


def test_small_sizes():
    assert verified(rs.zero_loss([[2]], [3], [[1]], [1]))
    assert not verified(rs.zero_loss([[2]], [3], [[1]], [-1]))
    assert verified(rs.zero_loss(np.ones((0, 2)), [], np.ones((1, 0), bool), [1]))
    assert verified(rs.zero_loss([[1, 2]], [0], np.ones((0, 1), bool), []))
    assert not verified(rs.zero_loss([[1, 2]], [1], np.ones((0, 1), bool), []))


def test_equal_units_share_the_weight():
    X, y = [["0", 1], ["1/3", 1]], ["1/7", 2]
    found = rs.zero_loss(X, y, [[1, 1]] * 3 + [[0, 1]] * 2, ["1/2", 3, 1, 2, 5])
    assert verified(found)
    assert found.exact_W.shape == (5, 2)
    assert isinstance(found.exact_W[0, 0], Fraction)


def test_a_tampered_certificate_fails():
    found = rs.zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1])
    certificate = found.certificate
    certificate["claim"]["v"] = ["1", "1"]
    assert not rs.verify(certificate)
    other = rs.zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, 1]).certificate
    other["witness"]["u"] = ["0", "0"]
    assert not rs.verify(other)


def test_shapes():
    with pytest.raises(ShapeError, match="targets"):
        rs.zero_loss([[1, 2]], None, [[1]], [1])
    with pytest.raises(ShapeError, match="v has 2"):
        rs.zero_loss([[1, 2]], [1], [[1]], [1, 2])
