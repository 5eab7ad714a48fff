"""Batched kernels through torch, run on the processor: the same answers as one at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape import Dataset
from reluscape.basins import basin_value, basin_values
from reluscape.errors import InputError, ShapeError, UnsupportedError
from reluscape.experiments import Store, Sweep, run
from reluscape.experiments.export import to_dataframe
from reluscape.interop.torch_device import find_device
from reluscape.interop.torch_rank import certainly_full
from reluscape.jacobian import batched_full_rank
from reluscape.numbers.exact import fraction_matrix
from reluscape.numbers.exact import rank as exact_rank

pytestmark = pytest.mark.torch


def rational_rank(pattern, X):
    """Rank of the Jacobian's rows over the rationals, multiplied out."""
    pairs = zip(pattern.T.astype(int), fraction_matrix(X), strict=True)
    rows = [[int(a * x * 2**60) for a in column for x in row] for column, row in pairs]
    return exact_rank(np.array(rows, dtype=object))


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 3), st.integers(1, 5), st.sampled_from([1, 4, 2**20]))
def test_ranks_are_those_over_the_rationals(seed, n, d, m, grid):
    rng = np.random.default_rng(seed)
    X = rng.integers(-grid, grid + 1, (6, n, d)) / grid
    A = rng.random((6, m, n)) < 0.6
    full = batched_full_rank(A, X, device="cpu")
    for b in range(6):
        there = X[b].any(axis=1)
        assert full[b] == (rational_rank(A[b][:, there], X[b][there]) == there.sum() if there.any() else True)
    assert (full == batched_full_rank(A, X)).all()
    assert (certainly_full(A, X, "cpu") <= full).all()


def test_nearly_dependent_samples_are_decided_exactly():
    for tiny in (1e-4, 1e-7, 1e-9, 1e-12, 0.0):
        X = np.array([[1.0, 1.0], [1.0, 1.0 + tiny], [3.0, -2.0]])
        A = np.array([[[True, True, False]], [[True, True, True]]])
        assert batched_full_rank(A, X, device="cpu").tolist() == [False, False]
        two = batched_full_rank(A[:1, :, :2], X[:2], device="cpu")
        assert two.tolist() == [tiny > 0]
    assert certainly_full(A[:1, :, :2], np.array([[1.0, 1.0], [1.0, 1.0 + 1e-4]]), "cpu").tolist() == [True]
    assert certainly_full(A[:1, :, :2], np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]]), "cpu").tolist() == [False]


def test_exactly_given_numbers_are_not_judged_by_their_floats():
    data = Dataset([["1/3", "2/3"], ["0.1", "0.2"]])
    A = np.ones((1, 1, 2), dtype=bool)
    assert batched_full_rank(A, data, device="cpu").tolist() == [False]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("n", "d", "m"), [(1, 1, 1), (6, 1, 3), (12, 3, 6), (9, 2, 25)])
def test_basin_values_agree_with_those_solved_here(n, d, m, bias):
    rng = np.random.default_rng(n)
    X = np.column_stack([rng.standard_normal((n, d)), np.ones(n)])
    y = rng.standard_normal(n)
    W, signs = rng.standard_normal((40, m, d + 1)), rng.choice([-1, 1], (40, m))
    A = np.einsum("bmd,nd->bmn", W, X) > 0
    here = basin_values(X, y, A, signs, bias)
    there = basin_values(X, y, A, signs, bias, device="cpu")
    np.testing.assert_allclose(there, here, rtol=0, atol=1e-9 * np.mean(y**2))
    if n <= 6:
        for b in range(3):
            value = basin_value(X, y, A[b], signs[b], output_bias=bias, exact=True).exact_value
            assert there[b] == pytest.approx(float(value), abs=1e-9 * np.mean(y**2))


def test_degenerate_basins_agree():
    X = np.array([[1.0, 1], [1, 1], [2, 2], [0, 0], [-1, 1]])
    y = np.array([1.0, -1, 2, 3, 0])
    A = np.array([[[1, 1, 1, 0, 0], [0, 0, 0, 0, 1]], [[0] * 5, [0] * 5], [[1, 1, 1, 0, 1], [1, 1, 1, 0, 1]]], bool)
    signs = np.array([[1, 1], [1, -1], [1, -1]])
    for bias in (False, True):
        here = basin_values(X, y, A, signs, bias)
        np.testing.assert_allclose(basin_values(X, y, A, signs, bias, device="cpu"), here, rtol=0, atol=1e-8)
    zero = basin_values(X, 0 * y, A, signs, device="cpu")
    assert zero.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("quantity", ["full_rank", "good_basin"])
def test_sweeps_give_the_same_numbers(quantity, tmp_path):
    plan = Sweep("both", quantity, {"width": [3, 9]}, fixed={"n": 8, "d": 2}, trials=40, chunk=40, seed=1)
    frames = []
    for device in (None, "cpu"):
        run(plan, tmp_path / f"{device}.db", device=device)
        with Store(tmp_path / f"{device}.db") as store:
            assert store.problems() == []
            frames.append(to_dataframe(store, trials=True))
    here, there = frames
    chance = {"full_rank": "full_rank", "good_basin": "good"}[quantity]
    assert (here[chance] == there[chance]).all()
    assert 0 < here[chance].mean() < 1
    other = {"full_rank": "rank", "good_basin": "share"}[quantity]
    np.testing.assert_allclose(here[other], there[other], rtol=0, atol=1e-9)


def test_devices_that_are_not_there_are_named():
    with pytest.raises(InputError, match="unknown device 'gpu9'"):
        find_device("gpu9")
    with pytest.raises(InputError, match="no double precision"):
        find_device("mps")
    with pytest.raises(UnsupportedError, match=r"no device 'cuda:99'"):
        find_device("cuda:99")
    with pytest.raises(ShapeError, match="do not fit"):
        batched_full_rank(np.ones((2, 1, 3), dtype=bool), np.ones((2, 2)))
