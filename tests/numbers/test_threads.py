"""Long calls hold linear algebra to one thread and give it back."""

import threading

import numpy as np
import pytest
import scipy.linalg  # noqa: F401  (its library is held too)
from threadpoolctl import threadpool_info, threadpool_limits

import reluscape as rs
from reluscape.numbers.threads import one_thread

X, Y = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]), np.array([0.0, 1, 1, 0])


def threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(2):
        if threads() != {2}:
            pytest.skip("linear algebra here cannot take two threads")
        yield
        assert threads() == {2}


def test_a_block_inside_a_block_does_not_let_go():
    with one_thread():
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}


def test_an_error_lets_go():
    with pytest.raises(ValueError, match="inside"), one_thread():
        raise ValueError("inside")


def test_a_call_beside_another_leaves_the_hold_as_it_is():
    found = []

    def beside():
        with one_thread():
            pass
        found.append(threads())

    with one_thread():
        other = threading.Thread(target=beside)
        other.start()
        other.join()
        found.append(threads())
    assert found == [{1}, {1}]


@pytest.mark.parametrize("story", ["explain", "survey", "landscape"])
def test_a_story_runs_on_one_thread(story):
    seen = []

    def look(what, share):
        seen.append(threads())

    if story == "explain":
        rs.explain(rs.TwoLayerNet([[1.0, 1, 0]], [1.0]), X, Y, progress=look)
    elif story == "survey":
        rs.survey(X, Y, widths=(1,), trials=5, progress=look)
    else:
        rs.landscape(X, Y, width=1, trials=5, progress=look)
    assert seen
    assert all(held == {1} for held in seen)
