from fractions import Fraction

import pytest

import reluscape as rs
from reluscape.problem.data import read_table


def read(tmp_path, text, target, **how):
    path = tmp_path / "t.csv"
    path.write_text(text)
    return read_table(path, target, adapt=True, **how)


def test_text_becomes_columns_of_zero_and_one_and_is_told(tmp_path):
    text = "day,sex,n,colour,name,same,y\n"
    for i in range(26):
        text += f"2012/01/{i + 1:02d},{'fm'[i % 2]},{i}.5,{'rgb'[i % 3]},name{i},x,{i}.25\n"
    table = read(tmp_path, text, "y")
    assert table.features == ("sex=m", "n", "colour=b", "colour=g", "colour=r")
    for i, row in enumerate(table.X):
        assert row.tolist() == [i % 2, Fraction(2 * i + 1, 2), i % 3 == 2, i % 3 == 1, i % 3 == 0]
    said = " ".join(table.warnings)
    for words in ("'f' is read as 0", "'day' holds dates", "each of its 3 values", "26 different values", "one text"):
        assert words in said


def test_only_text_that_means_nothing_is_refused(tmp_path):
    with pytest.raises(rs.InputError, match="--features"):
        read(tmp_path, "name,y\n" + "".join(f"n{i},{i}\n" for i in range(30)), "y")


def test_a_few_words_among_numbers_are_still_a_fault(tmp_path):
    with pytest.raises(rs.InputError, match="'abc' is not a number"):
        read(tmp_path, "x,y\n1,2\n2,3\nabc,4\n", "y")


@pytest.mark.parametrize("names", [("a", "b", "c"), ("0", "1", "2"), ("3", "10", "7")])
def test_three_classes_are_numbered_in_order(tmp_path, names):
    table = read(tmp_path, "x,k\n" + "".join(f"{i},{names[i % 3]}\n" for i in range(12)), "k")
    order = sorted(names, key=lambda n: (int(n) if n.isdigit() else 0, n))
    assert table.classes == dict(enumerate(order))
    assert [table.classes[int(v)] for v in table.y] == [names[i % 3] for i in range(12)]
    assert any("--regression" in warning for warning in table.warnings) == names[0].isdigit()


def test_numbers_stay_numbers_where_asked_or_where_they_are_many(tmp_path):
    text = "x,k\n" + "".join(f"{i},{i % 3}\n" for i in range(12))
    assert read(tmp_path, text, "k", regression=True).classes is None
    assert read(tmp_path, "x,k\n1,1\n2,2\n3,3\n4,4\n", "k").classes is None
    assert read(tmp_path, "x,k\n" + "".join(f"{i},{i % 11}\n" for i in range(99)), "k").classes is None
    with pytest.raises(rs.InputError, match="11 different values"):
        read(tmp_path, "x,k\n" + "".join(f"{i},c{i % 11}\n" for i in range(99)), "k")


def test_several_targets_are_named_with_commas(tmp_path):
    text = "x,a,b\n1,2,3\n2,5,7\n3,1,1\n"
    table = read(tmp_path, text, "a,b")
    assert table.features == ("x",)
    assert table.Y.tolist() == [[2, 3], [5, 7], [1, 1]]
    assert table.y.tolist() == [2, 5, 1]
    with pytest.raises(rs.InputError, match="'b' has the same value"):
        read(tmp_path, "x,a,b\n1,2,3\n2,5,3\n3,1,3\n", "a,b")
    with pytest.raises(rs.InputError, match="twice"):
        read(tmp_path, text, "a,a")
    with pytest.raises(rs.InputError, match="cannot be one of the features"):
        read(tmp_path, text, "a,b", features=["x", "b"])


def test_many_rows_are_drawn_and_asking_for_as_many_draws_the_same(tmp_path):
    text = "x,y\n" + "".join(f"{i},{i * i % 101}.5\n" for i in range(2500))
    table = read(tmp_path, text, "y")
    assert (table.drawn, len(table.y), table.n_rows) == (2000, 2000, 2500)
    assert any("2,000 of 2,500 rows" in warning for warning in table.warnings)
    again = read(tmp_path, text, "y", rows=2000, max_rows=None)
    assert (table.X == again.X).all()
    with pytest.raises(rs.InputError, match="--rows 2000"):
        read_table(tmp_path / "t.csv", "y")


def test_missing_values_are_counted_and_every_way_on_has_its_price(tmp_path):
    text = "a,b,y\n1,2,3\n,2,4\n,2,5\n4,,7\n5,6,7\n"
    with pytest.raises(rs.InputError) as told:
        read(tmp_path, text, "y")
    assert "in 3 of 5 rows" in str(told.value)
    assert "--drop-missing, which leaves 2 rows" in str(told.value)
    assert "--drop a leaves 4 rows with --drop-missing" in str(told.value)
    assert len(read(tmp_path, text, "y", drop_missing=True).y) == 2
    assert len(read(tmp_path, text, "y", drop_missing=True, drop=["a"]).y) == 4
