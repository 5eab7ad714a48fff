"""One way to read numbers: by position, once, with their own precision."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError
from reluscape.numbers.entries import entries

ROWS = [[0, 1], [1, 1], [2, 1]]
pandas = pytest.importorskip("pandas")


class Tensor:
    """What a tensor looks like from outside."""

    def __init__(self, array):
        self.array = np.asarray(array)

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


KINDS = {
    "generator": lambda rows: (row for row in rows),
    "generator of generators": lambda rows: ((value for value in row) for row in rows),
    "map": lambda rows: map(tuple, rows),
    "zip": lambda rows: zip(*[list(column) for column in zip(*rows, strict=True)], strict=True),
    "list of arrays": lambda rows: [np.array(row) for row in rows],
    "list of numpy scalars": lambda rows: [[np.int64(v) for v in row] for row in rows],
    "decimals": lambda rows: [[Decimal(v) for v in row] for row in rows],
    "array of objects": lambda rows: np.array(rows, dtype=object),
    "single floats": lambda rows: np.array(rows, dtype=np.float32),
    "table": lambda rows: pandas.DataFrame(rows),
    "table with names": lambda rows: pandas.DataFrame(rows, columns=["a", "b"], index=[7, 3, 5]),
    "series of rows": lambda rows: pandas.Series(rows, index=[2, 0, 1]),
    "tensor": Tensor,
    "list of tensors": lambda rows: [Tensor(row) for row in rows],
    "tensors of one number": lambda rows: [[Tensor(v) for v in row] for row in rows],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_is_read_whole_and_by_position(kind):
    make = KINDS[kind]
    assert rs.Dataset(make(ROWS)).fractions.tolist() == ROWS
    assert rs.count_regions(make(ROWS)) == 6
    assert rs.exact_decimals(make(ROWS)).tolist() == ROWS
    assert rs.Dataset(ROWS, (v for v in (3, 4, 5))).y.tolist() == [3, 4, 5]
    net = rs.TwoLayerNet(make(ROWS), [1, 2, 3])
    assert net.W.tolist() == ROWS
    verdict = rs.certify(make(ROWS), iter([1, 2, 3]), make([[1, 2], [3, 4], [1, 1]]), iter([1, 0, 2]))
    plain = rs.certify(ROWS, [1, 2, 3], [[1, 2], [3, 4], [1, 1]], [1, 0, 2])
    assert verdict.kind == plain.kind
    assert rs.jacobian_rank(make([[1, 1, 0], [0, 1, 1], [0, 0, 1]]) if "names" not in kind else [[1, 1, 0]], ROWS) > 0


@pytest.mark.parametrize(
    "labels", [pandas.Series([1, 0], index=[1, 0]), pandas.DataFrame([[1, 0]]).iloc[0], pandas.array([1, 0])]
)
def test_labels_play_no_role(labels):
    X, W = [[1, 0], [-1, 2]], pandas.DataFrame([[1, 0], [0, 1]], columns=[1, 0], index=[1, 0])
    assert [int(value) for value in rs.constructions.teacher(X, W, labels)[1]] == [1, 0]


@pytest.mark.parametrize("y", [{1, 2, 3}, frozenset({1, 2, 3}), {1: 1, 2: 2, 3: 3}, "123", b"123", bytearray(b"123")])
def test_what_has_no_order_of_entries_is_no_target(y):
    with pytest.raises(InputError, match="y is "):
        rs.Dataset(ROWS, y)
    with pytest.raises(InputError, match="X is "):
        rs.Dataset([y] if not isinstance(y, str | bytes | bytearray) else y)


def test_each_float_is_the_shortest_decimal_of_its_own_precision():
    tenth = Fraction(1, 10)
    assert rs.exact_decimals(np.array([0.1], np.float32))[0] == tenth
    assert rs.exact_decimals(np.array([0.1], np.float16))[0] == tenth
    assert rs.exact_decimals([[np.float32(0.1)], [np.float64(0.1)], [Decimal("0.1")], ["0.1"]]).reshape(
        -1
    ).tolist() == ([tenth] * 4)
    assert rs.exact_decimals([np.array([0.1, 0.2], np.float32)]).tolist() == [[tenth, 2 * tenth]]
    # rows that are parallel as decimals: (0.1, 0.3) and (1, 3)
    rows = np.array([[0.1, 0.3], [1.0, 3.0]], np.float32)
    assert rs.count_regions(rs.exact_decimals(rows)) == 2


def test_a_float_beside_decimals_is_the_number_that_it_stores():
    assert rs.Dataset([[np.float32(0.1)]]).fractions[0, 0] == Fraction(float(np.float32(0.1)))
    assert rs.Dataset([[Decimal("0.1")]]).fractions[0, 0] == Fraction(1, 10)
    assert rs.Dataset([[Decimal("0.1")]]).exact_input
    assert not rs.Dataset([[np.float32(0.1)]]).exact_input


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), np.float32("nan"), None, 1j, "1e999999999"])
def test_entries_that_are_no_finite_numbers_are_refused(value):
    with pytest.raises(InputError):
        rs.Dataset([[value, 1]])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[1, 2], [3, "x"]], r"the text 'x' is not a number .* \(row 1, column 1\)"),
        ([[1.0, float("nan")]], r"nan is not a finite number.* \(row 0, column 1\)"),
        ([[1], [None]], r"a value is missing \(None\).* \(row 1, column 0\)"),
    ],
)
def test_what_is_no_number_is_told_with_its_place(values, said):
    with pytest.raises(InputError, match=said):
        rs.Dataset(values)
    with pytest.raises(InputError, match=said):
        rs.exact_decimals(values)


def test_missing_values_of_pandas_are_missing():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": pandas.array([1, None], dtype="Int64")})
    with pytest.raises(InputError, match=r"a value is missing \(<NA>\).* \(row 1, column 1\)"):
        rs.Dataset(frame)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match="row 0 has 2 entries, row 1 has 1"):
        entries([[1, 2], [3]])
    with pytest.raises(ShapeError, match="different shapes"):
        entries([[1, 2], 3])
    with pytest.raises(InputError, match="masked"):
        entries(np.ma.array([[1, 2]], mask=[[0, 1]]))
