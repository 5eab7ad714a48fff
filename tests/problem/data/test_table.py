from fractions import Fraction

import pytest

import reluscape as rs
from reluscape.errors import InputError
from reluscape.problem.data import read_table


def write(tmp_path, text, name="data.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_exact_decimals_delimiters_and_bom(tmp_path):
    for text, encoding in [
        ("a,b,y\n0.1,2,3.5\n1e-2,3,4\n5,6,7\n", "utf-8-sig"),
        ("a;b;y\n0.1;2;3.5\n1e-2;3;4\n5;6;7\n", "utf-8"),
        ("a\tb\ty\n0.1\t2\t3.5\n1e-2\t3\t4\n5\t6\t7\n", "utf-16"),
    ]:
        data = rs.Dataset.from_csv(write(tmp_path, text, encoding=encoding), target="y", bias=True)
        assert data.fractions.tolist() == [[Fraction(1, 10), 2, 1], [Fraction(1, 100), 3, 1], [5, 6, 1]]
        assert data.y_fractions.tolist() == [Fraction(7, 2), 4, 7]
        assert data.features == ("a", "b")


def test_two_values_are_classes(tmp_path):
    path = write(tmp_path, "a,kind\n1,no\n2,yes\n3,no\n")
    table = read_table(path, "kind")
    assert table.task == "classification"
    assert table.classes == {-1: "no", 1: "yes"}
    assert table.y.tolist() == [-1, 1, -1]
    numbers = write(tmp_path, "a,y\n1,0\n2,1\n3,0\n", name="numbers.csv")
    assert read_table(numbers, "y").y.tolist() == [-1, 1, -1]
    assert read_table(numbers, "y", regression=True).y.tolist() == [0, 1, 0]
    flipped = read_table(path, "kind", positive="no")
    assert flipped.y.tolist() == [1, -1, 1]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("a,y\n", {}, "no rows"),
        ("a,y\n1,2\n", {}, "1 usable row"),
        ("a,b\n1,2\n3,4\n", {}, "no column 'y'"),
        ("a,y\n1,2\n,4\n", {}, "line 3, column 'a': the value is missing"),
        ("a,y\n1,2\nnan,4\n", {}, "--drop-missing"),
        ("a,y\n1,2\n2,3\nx,4\n", {}, "line 4, column 'a': 'x' is not a number"),
        ("a,t,y\n1,u,2\n2,v,3\n", {}, "--drop 't'"),
        ("a,y\n1,2\n2,3,4\n", {}, "line 3 has 3 values"),
        ("a,a,y\n1,2,3\n1,2,3\n", {}, "twice"),
        ("a,y\n1,7\n2,7\n", {}, "same value in every row"),
        ("a,y\n1,u\n2,v\n3,w\n", {}, "one of them as positive"),
        ("a,y\n1,u\n2,v\n3,w\n", {"positive": "z"}, "no class 'z'"),
        ("a,y\n1,2\n2,3\n", {"features": ["y"]}, "cannot be one of the features"),
        ("a,y\n1,2\n2,3\n", {"drop": ["a"]}, "no input column is left"),
        ("a,y\n1,2\n2,3\n", {"drop": ["q"]}, "no column 'q'"),
        ("a,y\n" + "".join(f"{i},{i % 7}.5\n" for i in range(2001)), {}, "--rows 2000"),
    ],
)
def test_each_fault_is_one_clear_line(tmp_path, text, options, message):
    with pytest.raises(InputError, match=message) as caught:
        read_table(write(tmp_path, text), "y", **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "taken"),
    [("1e50", True), ("-1e50", True), ("1.0001e50", False), ("1e-50", True), ("-9.99e-51", False), ("1e-400", False),
     ("1e400", False), ("0", True), ("-0.0", True)],
)  # fmt: skip
def test_numbers_up_to_the_largest_that_can_be_squared(value, taken, tmp_path):
    path = write(tmp_path, f"a,y\n1,2.5\n{value},3.5\n3,4\n4,5\n")
    if taken:
        assert read_table(path, "y").X[1, 0] == Fraction(value)
        return
    with pytest.raises(InputError, match=r"row 2, column 'a'.*to be squared"):
        read_table(path, "y")


def test_missing_rows_can_be_dropped_and_rows_drawn(tmp_path):
    path = write(tmp_path, "a,y\n1,2\n?,3\n4,5\n6,9\n")
    table = read_table(path, "y", drop_missing=True)
    assert table.X[:, 0].tolist() == [1, 4, 6]
    assert "1 row(s) with missing values" in table.warnings[0]
    big = write(tmp_path, name="big.csv", text="a,y\n" + "".join(f"{i}.5,{i}.25\n" for i in range(3000)))
    drawn = read_table(big, "y", rows=50, seed=1)
    assert len(drawn.y) == 50
    assert all(b - a == Fraction(-1, 4) for a, b in zip(drawn.X[:, 0], drawn.y, strict=True))
    assert read_table(big, "y", rows=50, seed=1).y.tolist() == drawn.y.tolist()
    with pytest.raises(InputError, match="no file"):
        read_table(tmp_path / "none.csv", "y")


def test_suspicious_columns_are_named(tmp_path):
    body = "".join(f"{i},5,{i * i}.5,{i % 3}.25\n" for i in range(12))
    warnings = read_table(write(tmp_path, "id,same,a,y\n" + body), "y").warnings
    assert any("'id'" in w and "numbers the rows" in w for w in warnings)
    assert any("'same' is constant" in w for w in warnings)
    assert not any("'a'" in w for w in warnings)


@pytest.mark.parametrize("value", ["inf", "n.a.", "9" * 5000])
def test_a_value_among_numbers_that_is_none_is_no_class(value, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,y\n1,2.5\n2,{value}\n3,4\n4,5\n5,6\n")
    # how many digits Python reads is a setting of the process; both sentences name the place
    words = r"line 3: the target 'y' is '[^']{3,40}' there|row 2, column 'y': 1e4999, or near it, is too large"
    with pytest.raises(InputError, match=words):
        read_table(path, "y")


@pytest.mark.parametrize("rows", [None, 30])
def test_a_line_is_the_line_of_the_file_after_a_draw_an_empty_line_and_a_quoted_line_end(tmp_path, rows):
    lines = [f"{i},{i * i % 7},{i}" for i in range(60)]
    lines[10:10] = ["", '"1\n",2,3']  # lines 12, 13 and 14
    for number, text in ((5, "3,x,3"), (40, "35,x,35")):
        faulty = list(lines)
        at = next(i for i, line in enumerate(lines) if line.split(",")[0] == text.split(",")[0])
        faulty[at] = text
        path = tmp_path / "table.csv"
        path.write_text("\n".join(["a,b,y", *faulty]) + "\n")
        told = {complaint(path, rows=rows, seed=seed) for seed in range(8)} - {""}
        assert len(told) == 1
        assert f"line {number}, column 'b'" in told.pop()


def complaint(path, **options):
    """What is said of a table, nothing where it is read."""
    try:
        read_table(path, "y", regression=True, **options)
    except InputError as problem:
        return str(problem)
    return ""
