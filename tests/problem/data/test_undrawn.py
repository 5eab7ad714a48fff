"""Rows of a table that were not drawn: together with the drawn ones they are the table."""

import numpy as np
import pytest

from reluscape.errors import InputError
from reluscape.problem.data import read_table


def written(tmp_path, lines):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def numbers(array):
    return np.asarray(array, dtype=float)


def test_drawn_and_undrawn_rows_are_the_whole_table(tmp_path):
    rng = np.random.default_rng(0)
    rows = [(round(a, 3), "uvw"[k % 3], round(b, 3)) for k, (a, b) in enumerate(rng.normal(size=(60, 2)).tolist())]
    path = written(tmp_path, ["a,kind,y", *(f"{a},{kind},{b}" for a, kind, b in rows)])
    table = read_table(path, "y", rows=40, adapt=True, undrawn=True)
    assert table.features == ("a", "kind=u", "kind=v", "kind=w")
    X, Y = table.undrawn
    assert X.shape == (20, 4)
    whole = np.concatenate([np.c_[numbers(table.X), numbers(table.y)], np.c_[X, Y]])
    expected = np.array([[a, *(float(kind == k) for k in "uvw"), b] for a, kind, b in rows])
    order = [np.lexsort(part.T) for part in (whole, expected)]
    np.testing.assert_allclose(whole[order[0]], expected[order[1]], rtol=1e-12)


def test_without_being_asked_or_without_a_draw_there_are_none(tmp_path):
    path = written(tmp_path, ["a,y", *(f"{k},{k * k}" for k in range(30))])
    assert read_table(path, "y", rows=20, adapt=True).undrawn is None
    assert read_table(path, "y", adapt=True, undrawn=True).undrawn is None


def test_classes_keep_their_numbers_and_one_that_was_not_drawn_is_left_out(tmp_path):
    lines = ["a,kind", *(f"{k},{'xyz'[k % 3]}" for k in range(60)), "99,rare"]
    path = written(tmp_path, lines)
    seed = next(s for s in range(50) if len(read_table(path, "kind", rows=30, seed=s, adapt=True).classes) == 3)
    table = read_table(path, "kind", rows=30, seed=seed, adapt=True, undrawn=True)
    X, Y = table.undrawn
    assert len(X) == len(Y) == 30
    assert [table.classes[int(label)] for label in Y[:, 0]] == ["xyz"[int(a) % 3] for a in X[:, 0]]
    table = read_table(path, "kind", rows=30, seed=seed, positive="x", adapt=True, undrawn=True)
    X, Y = table.undrawn
    assert len(X) == 31
    assert Y[:, 0].tolist() == [1.0 if a % 3 == 0 and a < 60 else -1.0 for a in X[:, 0]]


def test_a_text_among_numbers_is_refused_also_where_it_was_not_drawn(tmp_path):
    path = written(tmp_path, ["a,y", *(f"{k},{k * k}" for k in range(60)), "oops,3"])
    seed = next(s for s in range(50) if _reads(path, s))
    with pytest.raises(InputError, match=r"table\.csv, column 'a': 'oops' is not a number"):
        read_table(path, "y", rows=30, seed=seed, adapt=True, undrawn=True)


def _reads(path, seed):
    try:
        read_table(path, "y", rows=30, seed=seed, adapt=True)
    except InputError:
        return False
    return True
