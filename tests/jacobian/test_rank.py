from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import ShapeError
from reluscape.jacobian import rank_verdicts
from reluscape.jacobian.elimination import (
    PRIMES,
    dependencies_mod,
    few_dependencies_mod,
    many_dependencies_mod,
    pattern_rank_mod,
)
from reluscape.jacobian.rank import RankOracle
from tests.oracles.elimination import fraction_rank, jacobian_rows, pattern_rank


@st.composite
def problems(draw):
    n, d, m = draw(st.integers(1, 6)), draw(st.integers(1, 3)), draw(st.integers(1, 5))
    entry = st.one_of(st.integers(-2, 2), st.fractions(-2, 2, max_denominator=3))
    X = [[draw(entry) for _ in range(d)] for _ in range(n)]
    A = [[draw(st.booleans()) for _ in range(n)] for _ in range(m)]
    return A, X


@given(problems())
def test_rank_equals_elimination_over_fractions(problem):
    A, X = problem
    expected = pattern_rank(A, X)
    assert rs.jacobian_rank(A, X) == expected
    nonzero = sum(any(x) for x in X)
    assert rank_verdicts([A], X).tolist() == [expected == nonzero]
    # the order of the bytes in memory does not matter
    columns_first = np.asfortranarray(np.array(A)[:, [i for i, x in enumerate(X) if any(x)]])
    assert RankOracle.of(rs.Dataset(X)).is_full(columns_first) == (expected == nonzero)


@given(problems(), st.data())
def test_zero_output_weights_are_dropped(problem, data):
    A, X = problem
    v = [data.draw(st.sampled_from([0, 1, -2])) for _ in A]
    assert rs.jacobian_rank(A, X, v=v) == fraction_rank(jacobian_rows(A, X, v))


@given(problems(), st.permutations(range(6)))
def test_invariant_under_permutation_and_scaling(problem, order):
    A, X = problem
    order = [i for i in order if i < len(X)]
    A2 = [[row[i] for i in order] for row in A][::-1]
    X2 = [[Fraction(k + 1, 3) * value for value in X[i]] for k, i in enumerate(order)]
    assert rs.jacobian_rank(A, X) == rs.jacobian_rank(A2, X2)


def test_float_singular_values_miss_what_exact_finds():
    X = [[1, 0], [1, Fraction(1, 10**20)]]
    A = [[1, 1]]
    assert rs.jacobian_rank(A, X) == 2
    assert rs.jacobian_rank(A, X, exact=False) == 1


def test_a_rank_that_drops_modulo_the_first_prime():
    p, q = PRIMES[0], PRIMES[1]
    X = [[1, 0], [1, p], [1, 3]]
    assert rs.jacobian_rank([[1, 1, 0]], X) == 2
    assert rank_verdicts([[[1, 1, 1], [0, 0, 1]], [[1, 1, 0], [0, 0, 1]]], X).tolist() == [True, True]
    X = [[1, 0], [1, p * q * PRIMES[2]]]
    assert rs.jacobian_rank([[1, 1]], X) == 2
    assert rank_verdicts([[[1, 1]]], X).tolist() == [True]


def test_hidden_dependency_of_special_positions():
    # four samples on a plane: any unit active on all of them leaves one dependency that counting cannot see
    X = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, -1, 0], [0, 0, 0, 1]]
    A = [[1, 1, 1, 1, 1]]
    assert rs.jacobian_rank(A, X) == 4
    assert rank_verdicts([A], X).tolist() == [False]


def test_kernel_agrees_with_elimination_in_numpy():
    rng = np.random.default_rng(3)
    for prime in PRIMES[1:]:
        for _ in range(30):
            n, d, m = rng.integers(1, 7, size=3)
            units = np.ascontiguousarray(rng.random((m, n)) < 0.6)
            residues = rng.integers(0, prime, (n, d)).astype(np.uint32)
            matrix = (units.T[:, :, None] * residues[:, None, :].astype(object)).reshape(n, -1)
            basis, pivots = np.empty((n, n), np.uint32), np.empty(n, np.int64)
            rank = pattern_rank_mod(units, residues, prime, basis, pivots)
            assert rank == rank_mod(matrix, prime)
            supports = few_dependencies_mod(basis, pivots, rank, prime)
            assert (supports == many_dependencies_mod(basis, pivots, rank, np.uint64(prime))).all()
            for support in supports:
                chosen = np.flatnonzero(support)
                assert rank_mod(matrix[chosen], prime) == len(chosen) - 1
                for left_out in range(len(chosen)):
                    assert rank_mod(np.delete(matrix[chosen], left_out, axis=0), prime) == len(chosen) - 1


def test_dependencies_of_many_samples_hold_modulo_the_prime():
    rng = np.random.default_rng(5)
    n, d, m, prime = 90, 4, 15, PRIMES[0]
    units, residues = rng.random((m, n)) < 0.5, rng.integers(0, prime, (n, d)).astype(np.uint32)
    basis, pivots = np.empty((n, n), np.uint32), np.empty(n, np.int64)
    rank = pattern_rank_mod(units, residues, prime, basis, pivots)
    assert 50 < rank <= 60
    supports = dependencies_mod(basis, pivots, rank, prime)
    assert len(supports) == n - rank
    assert (supports == few_dependencies_mod(basis, pivots, rank, prime)).all()
    matrix = (units.T[:, :, None] * residues[:, None, :].astype(object)).reshape(n, -1)
    assert rank_mod(matrix, prime) == rank
    assert rank_mod(matrix[supports[0]], prime) == supports[0].sum() - 1


def rank_mod(matrix, prime):
    rows, rank = matrix.copy() % prime, 0
    for column in range(rows.shape[1]):
        below = [r for r in range(rank, len(rows)) if rows[r, column]]
        if not below:
            continue
        rows[[rank, below[0]]] = rows[[below[0], rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, prime) % prime
        for r in range(len(rows)):
            if r != rank and rows[r, column]:
                rows[r] = (rows[r] - rows[r, column] * rows[rank]) % prime
        rank += 1
    return rank


def test_trained_output_weights_add_nothing_unless_zero():
    rng = np.random.default_rng(1)
    for _ in range(40):
        n, d, m = rng.integers(1, 6, size=3)
        X, W, v = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=m)
        J = rs.jacobian(W, v, X, trainable="Wv")
        assert np.linalg.matrix_rank(J) == rs.jacobian_rank(W @ X.T > 0, X)
    J = rs.jacobian([[1.0, -0.5], [-0.5, 1.0]], [0.0, 0.0], np.eye(2), trainable="Wv")
    assert (np.linalg.matrix_rank(J[:, :4]), np.linalg.matrix_rank(J)) == (0, 2)


def test_no_units_no_samples_and_text():
    assert rs.jacobian_rank(np.zeros((0, 2), bool), np.eye(2)) == 0
    assert rs.jacobian_rank(np.zeros((1, 0), bool), np.ones((0, 2))) == 0
    assert rs.jacobian_rank([[1, 1], [0, 1]], np.eye(2), v=["0", "1/2"]) == 1
    assert rs.jacobian_rank([[1, 1]], [[0, 0], [1, 2]]) == 1


def test_wrong_shapes():
    with pytest.raises(ShapeError):
        rs.jacobian_rank([[1, 0]], [[1, 2]])
    with pytest.raises(ShapeError, match="v has 1 entries for 2 units"):
        rs.jacobian_rank([[1], [0]], [[1, 2]], v=[1])
    with pytest.raises(ShapeError):
        rank_verdicts([[1, 0]], [[1, 2], [1, 3]])
