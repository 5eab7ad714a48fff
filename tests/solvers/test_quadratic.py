"""The interior point and its Cholesky factor: optimality rechecked in plain NumPy, lost rank, a second solver."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.solvers import cholesky, interior_point, quadratic_kernel
from reluscape.solvers.conic import cone_matrix, feature_matrix, squared_program
from reluscape.solvers.interior_point import many_programs, worth_compiling
from reluscape.solvers.quadratic import BasinPrograms
from tests.basins_strategy import basins


def compiled_factor(M, dependent):
    L = M.copy()
    quadratic_kernel.factor(L, len(L), dependent)
    return L


def compiled_solution(L, b):
    x = b.copy()
    quadratic_kernel.solve_factored(L, len(L), x)
    return x


BOTH = pytest.mark.parametrize(
    ("factor", "solve"), [(cholesky.factor, cholesky.solve_factored), (compiled_factor, compiled_solution)]
)


@BOTH
@pytest.mark.parametrize("size", [1, 7, 96, 150, 400])
def test_the_factor_is_numpys(size, factor, solve):
    rng = np.random.default_rng(size)
    B = rng.standard_normal((size, size + 3))
    M, b = B @ B.T, rng.standard_normal(size)
    L = factor(M, 1e-15)
    np.testing.assert_allclose(np.tril(L), np.linalg.cholesky(M), atol=1e-9 * np.abs(M).max())
    np.testing.assert_allclose(M @ solve(L, b), b, atol=1e-6)


@BOTH
@pytest.mark.parametrize("size", [5, 130])
def test_lost_rank_leaves_a_direction_alone(size, factor, solve):
    rng = np.random.default_rng(0)
    B = rng.standard_normal((size, size))
    B[2] = B[0] + B[1]
    M = B @ B.T
    x = solve(factor(M, 1e-12), M @ np.ones(size))
    assert np.isfinite(x).all()
    np.testing.assert_allclose(M @ x, M @ np.ones(size), atol=1e-5 * np.abs(M).max())


@given(st.integers(0, 10**6), st.booleans())
def test_the_compiled_kernel_and_the_array_program_agree(seed, output_bias):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(1, 20)), int(rng.integers(1, 5))
    programs = BasinPrograms(rs.Dataset(rng.standard_normal((n, d)), rng.standard_normal(n)), output_bias)
    space = programs.space
    sizes = rng.integers(0 if output_bias else 1, 12, 15)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    units = rng.integers(0, 40, starts[-1])
    patterns = rng.standard_normal((40, d)) @ programs.data.X[space.sample].T > 0
    codes = np.concatenate([np.sort(rng.integers(0, 2, m))[::-1] for m in sizes] + [np.zeros(0, int)]).astype(np.int64)
    codes *= rng.choice([-1, 1], len(codes))
    given = space, patterns, np.ascontiguousarray(patterns[:, space.rows]), starts, units, codes, programs.tolerances
    loops, arrays = np.zeros((15, 5)), np.zeros((15, 5))
    many_programs(*given, True, loops)
    many_programs(*given, False, arrays)
    sure = (loops[:, 1:4].sum(axis=1) <= 1e-9) & (arrays[:, 1:4].sum(axis=1) <= 1e-9)
    np.testing.assert_allclose(loops[sure, 0], arrays[sure, 0], atol=2e-9)
    assert sure.mean() >= 0.5


@pytest.mark.parametrize("output_bias", [False, True])
def test_they_agree_on_one_program_whose_products_the_library_makes(output_bias):
    rng = np.random.default_rng(7)
    programs = BasinPrograms(rs.Dataset(rng.standard_normal((60, 5)), rng.standard_normal(60)), output_bias)
    space, m = programs.space, interior_point.LEAST_READY // 5 + 1
    patterns = rng.standard_normal((m, 5)) @ programs.data.X[space.sample].T > 0
    units, codes = np.arange(m, dtype=np.int64), rng.choice([-1, 1], m).astype(np.int64)
    given = space, patterns, np.ascontiguousarray(patterns[:, space.rows]), np.array([0, m]), units, codes
    loops, arrays = np.zeros((1, 5)), np.zeros((1, 5))
    many_programs(*given, programs.tolerances, True, loops)
    many_programs(*given, programs.tolerances, False, arrays)
    assert loops[0, 1:4].sum() <= 1e-9
    np.testing.assert_allclose(loops[0, 0], arrays[0, 0], atol=2e-9)


def test_programs_are_compiled_for_where_they_are_large_or_many_or_it_was_done_before(monkeypatch):
    monkeypatch.setattr(interior_point, "_left_by_an_earlier_run", lambda: False)
    monkeypatch.setattr(interior_point, "_solved", [0.0])
    rng = np.random.default_rng(0)
    space = BasinPrograms(rs.Dataset(rng.standard_normal((20, 4)), rng.standard_normal(20))).space
    assert not worth_compiling(space, np.arange(0, 401 * 8, 8))
    assert worth_compiling(space, np.arange(0, 10_001 * 8, 8))
    assert worth_compiling(space, np.array([0, 50]))
    assert not worth_compiling(space, np.array([0, 200]))
    few, batches = np.arange(0, 401 * 8, 8), 0
    while not worth_compiling(space, few):  # many small batches are many programs
        batches += 1
    assert 3 < batches < 30
    monkeypatch.setattr(interior_point, "_solved", [0.0])
    assert not worth_compiling(space, few)
    monkeypatch.setattr(interior_point, "_left_by_an_earlier_run", lambda: True)
    assert worth_compiling(space, few)
    assert not worth_compiling(space, np.array([0, 200]))


@given(basins(max_n=12, max_d=4, max_m=4), st.booleans())
def test_optimality_conditions_in_plain_numpy(problem, output_bias):
    X, y, A, signs = problem
    programs = BasinPrograms(rs.Dataset(X, y), output_bias)
    program, _ = programs.presolve(A, signs)
    solution = programs.solve(program)
    space = programs.space
    if space.y_scale == 0:
        assert solution.value == pytest.approx(space.constant / len(y))
        return
    p = int((program.codes != 0).sum())
    sides = np.where(program.patterns[:p][:, space.rows], 1.0, -1.0) * program.codes[:p, None]
    F = feature_matrix(space, program.patterns)
    G = cone_matrix(space, sides, F.shape[1])
    assert solution.residual <= 1e-9
    assert (solution.multipliers >= 0).all()
    answer = squared_program(space, program.patterns, sides, program.codes)
    assert answer is not None
    assert solution.value == pytest.approx(float(programs.value_of(answer.square)), abs=1e-7 * (1 + space.y_square))
    assert G.shape == (p * len(space.rows), F.shape[1])


@given(st.integers(0, 10**6), st.booleans())
def test_a_batch_equals_single_solutions_and_threads_change_nothing(seed, output_bias):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(1, 20)), int(rng.integers(1, 5)), int(rng.integers(1, 6))
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    A, signs = rng.standard_normal((20, m, d)) @ X.T > 0, rng.choice([-1, 1], (20, m))
    one = rs.basin_values(X, y, A, signs, output_bias, threads=1)
    two = rs.basin_values(X, y, A, signs, output_bias, threads=2)
    np.testing.assert_array_equal(one, two)
    single = [rs.basin_value(X, y, A[b], signs[b], output_bias=output_bias).value for b in range(20)]
    np.testing.assert_allclose(one, single, atol=1e-9)


def test_equal_samples_are_merged_without_changing_the_value():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((6, 2)), rng.standard_normal(18)
    thrice = np.repeat(X, 3, axis=0)
    A, signs = rng.standard_normal((3, 2)) @ thrice.T > 0, np.array([1, -1, 1])
    merged = BasinPrograms(rs.Dataset(thrice, y))
    apart = BasinPrograms(rs.Dataset(thrice, y), merge=False)
    assert len(merged.space.sample) == 6
    values = [p.solve(p.presolve(A, signs)[0]).value for p in (merged, apart)]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_the_table_of_products_and_its_absence_agree(monkeypatch):
    from reluscape.solvers import scaling

    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    A, signs = rng.standard_normal((4, 5)) @ X.T > 0, rng.choice([-1, 1], 4)
    with_table = rs.basin_value(X, y, A, signs).value
    monkeypatch.setattr(scaling, "PRODUCT_VALUES", 0)
    assert rs.basin_value(X, y, A, signs).value == pytest.approx(with_table, rel=1e-9)


def test_no_failure_in_many_small_programs():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((10, 3)), rng.standard_normal(10)
    from reluscape.basins import BasinEvaluator

    evaluator = BasinEvaluator(X, y)
    A, signs = rng.standard_normal((3000, 4, 3)) @ X.T > 0, rng.choice([-1, 1], (3000, 4))
    values = evaluator.values(A, signs)
    assert evaluator.worst_gap <= 1e-9
    assert ((values >= 0) & (values <= np.mean(y * y) + 1e-10)).all()


@pytest.mark.parametrize("output_bias", [False, True])
def test_more_variables_than_samples_agree_with_the_conic_solver(output_bias):
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    A, signs = rng.standard_normal((25, 4)) @ X.T > 0, rng.choice([-1, 1], 25)
    programs = BasinPrograms(rs.Dataset(X, y), output_bias)
    program, _ = programs.presolve(A, signs)
    assert (program.codes != 0).all()  # so that the small n x n system is used
    solution = programs.solve(program)
    sides = np.where(program.patterns[:, programs.space.rows], 1.0, -1.0) * program.codes[:, None]
    answer = squared_program(programs.space, program.patterns, sides, program.codes)
    assert solution.iterations >= 0
    assert solution.residual <= 1e-9
    assert solution.value == pytest.approx(float(programs.value_of(answer.square)), abs=1e-9)
