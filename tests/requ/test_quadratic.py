"""Quadratic separability against linear programs, gamma_quad against duality and closed values, training."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

import reluscape as rs
from reluscape.requ.quadratic_training import train_quadratic


def lifted(X):
    Z = np.c_[X, np.ones(len(X))]
    return Z, np.einsum("ni,nj->nij", Z, Z)


@st.composite
def tables(draw):
    n, d = draw(st.integers(1, 7)), draw(st.integers(1, 2))
    X = draw(arrays(int, (n, d), elements=st.integers(-2, 2)))
    return X, draw(arrays(int, n, elements=st.sampled_from([-1, 1])))


@settings(max_examples=60)
@given(tables())
def test_decision_agrees_with_a_linear_program_and_carries_its_proof(table):
    X, y = table
    found = rs.requ.quadratically_separable(X, y)
    Z, outer = lifted(X)
    rows = (y[:, None, None] * outer).reshape(len(y), -1)
    # max t with rows Q >= t, |Q| entries <= 1
    k = rows.shape[1]
    answer = linprog(
        [*np.zeros(k), -1.0],
        A_ub=np.c_[-rows, np.ones(len(y))],
        b_ub=np.zeros(len(y)),
        bounds=[(-1, 1)] * k + [(None, 1)],
    )
    assert found.separable == (-answer.fun > 1e-7)
    if found.separable:
        assert (y * np.einsum("ni,ij,nj->n", Z, found.quadratic, Z) > 0).all()
        assert found.margin > 0
        assert 0 < found.gamma_quad <= found.upper * (1 + 1e-9)
        assert found.gamma_quad == pytest.approx(found.upper, rel=1e-5)
        dual = np.einsum("n,nij->ij", found.dual * y, outer)
        assert np.linalg.norm(dual, 2) == pytest.approx(found.upper)
        assert np.linalg.norm(found.quadratic, "nuc") == pytest.approx(1)
    else:
        q = found.multipliers
        assert min(q) >= 0
        assert max(q) > 0
        total = sum(q[i] * int(y[i]) * outer[i].astype(object) for i in range(len(y)))
        assert (total == 0).all()
        assert found.gamma_quad == 0


def test_known_values():
    # one sample: Q = y z z^T / |z|^2, gamma = |z|^2
    assert rs.requ.quadratically_separable([[3]], [-1]).gamma_quad == pytest.approx(10, rel=1e-6)
    # 1 and -1 with labels + and -: only the cross term of x and 1 helps, min over q of |q1 zz' - q2 zz'| = 1
    assert rs.requ.quadratically_separable([[1], [-1]], [1, -1]).gamma_quad == pytest.approx(1, rel=1e-6)
    # four alternating points have no parabola
    assert not rs.requ.quadratically_separable([[0], [1], [2], [3]], [1, -1, 1, -1])


def test_trained_networks_have_few_units_and_no_error_below_lambda_0():
    rng = np.random.default_rng(0)
    for seed in range(6):
        d = seed % 3 + 1
        X = rng.standard_normal((6, d))
        y = np.sign((X**2).sum(axis=1) - np.median((X**2).sum(axis=1)) + 1e-9)
        found = rs.requ.quadratically_separable(X, y)
        lambdas = np.linspace(0.5, 0.9, d + 2) * found.gamma_quad / (2 * np.log(2))
        end = train_quadratic(X, y, lambdas, rng=seed)
        assert end.training_error == 0
        assert end.gradient < 1e-5
        assert end.quiet
        assert len(end.active) <= d + 1


def test_far_above_lambda_0_the_zero_network_is_a_minimum():
    # x = 0, y = 1: gamma = 1, l'(0) = 0.7213
    end = train_quadratic([[0.0]], [1.0], [0.75, 0.8], rng=0)
    assert end.active == ()
    assert end.quiet
    assert end.training_error == 1.0


def test_wrong_input_is_named():
    with pytest.raises(rs.InputError, match="neither -1 nor"):
        rs.requ.quadratically_separable([[1], [2]], [0, 1])
    with pytest.raises(rs.InputError, match="no samples"):
        rs.requ.quadratically_separable(np.zeros((0, 1)), [])
    with pytest.raises(rs.InputError, match="no labels"):
        rs.requ.quadratically_separable([[1]])
