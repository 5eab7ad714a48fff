"""Tables as programs write them: the row index of pandas, True and False, decimal commas."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reluscape.errors import InputError
from reluscape.problem.data import read_table
from reluscape.problem.data.target_column import column_classes, target_is_numeric


def table(tmp_path, text, **more):
    (tmp_path / "t.csv").write_text(text)
    return read_table(tmp_path / "t.csv", "y", **more)


@pytest.mark.parametrize("rows", [(0, 1, 2, 3), (1, 2, 3, 4), (7, 0, 31, 2)])
@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_the_index_of_pandas_is_left_out_with_a_note(tmp_path, name, rows):
    text = f"{name},a,y\n" + "".join(f"{i},{k}.5,{k * k}\n" for k, i in enumerate(rows))
    found = table(tmp_path, text)
    assert found.features == ("a",)
    assert any("numbers the rows" in note and "left out" in note for note in found.warnings)
    named = table(tmp_path, text.replace(f"{name},", "n,", 1))
    assert named.features == ("n", "a")


def test_a_column_without_name_that_is_no_index_stays(tmp_path):
    for first in (("0", "0", "1"), ("0.5", "1", "2"), ("2", "1", "-3")):
        found = table(tmp_path, ",a,y\n" + "".join(f"{v},{k}.5,{k * k}\n" for k, v in enumerate(first)))
        assert found.features == ("", "a")
    assert table(tmp_path, "Unnamed: 0,y\n0,1\n1,3\n2,4\n").features == ("Unnamed: 0",)
    asked = table(tmp_path, "Unnamed: 0,a,y\n0,5,1\n1,6,3\n2,8,4\n", features=["Unnamed: 0"])
    assert asked.features == ("Unnamed: 0",)


def test_pandas_writes_what_is_read(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.5, 2.25, 3.0], "flag": [True, False, True], "y": [1, 4, 9]})
    frame.to_csv(tmp_path / "t.csv")
    found = read_table(tmp_path / "t.csv", "y")
    assert found.features == ("a", "flag")
    np.testing.assert_array_equal(found.X.astype(float), frame[["a", "flag"]].to_numpy(dtype=float))
    frame.to_csv(tmp_path / "t.csv", sep=";", decimal=",", index=False)
    found = read_table(tmp_path / "t.csv", "y")
    np.testing.assert_array_equal(found.X.astype(float), frame[["a", "flag"]].to_numpy(dtype=float))
    assert [note.split(" are")[0] for note in found.warnings] == ["True and False", "decimal commas"]


def test_truth_is_read_as_numbers_and_as_a_target_as_classes(tmp_path):
    found = table(tmp_path, "a,y\nTRUE,1\nfalse,2\nTrue,4\n")
    assert found.X[:, 0].tolist() == [1, 0, 1]
    found = table(tmp_path, "a,y\n1,True\n2,False\n3,True\n")
    assert found.classes == {-1: "False", 1: "True"}
    assert found.y.tolist() == [1, -1, 1]
    with pytest.raises(InputError, match="holds text"):
        table(tmp_path, "a,y\nyes,1\nno,2\nyes,4\n")


def test_decimal_commas(tmp_path):
    found = table(tmp_path, 'a,b,y\n"30,3",1,"2,5"\n"-4,25",2,"1,125"\n7,3,0\n')
    assert found.X.tolist() == [[Fraction("30.3"), 1], [Fraction("-4.25"), 2], [7, 3]]
    assert found.y.tolist() == [Fraction("2.5"), Fraction("1.125"), 0]
    assert target_is_numeric(tmp_path / "t.csv", "y")
    assert column_classes(tmp_path / "t.csv", "y") == ["0", "1.125", "2.5"]
    found = table(tmp_path, "a;y\n1.250,75;1\n3,5;2\n4;7\n")
    assert found.X[:, 0].tolist() == [Fraction("1250.75"), Fraction("3.5"), 4]


def test_commas_that_may_separate_thousands_are_refused(tmp_path):
    with pytest.raises(InputError, match="decimal comma or separate thousands"):
        table(tmp_path, 'a,y\n"1,234",1\n"12,345",2\n7,3\n')
    for other in ("1,2,3", "3.5", "x,1"):
        with pytest.raises(InputError, match=r"not a number|holds text"):
            table(tmp_path, f'a,y\n"30,3",1\n"{other}",2\n7,3\n')
