import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import AssumptionError


def rows(X, **arguments):
    return {row.statement.split(",")[0]: row for row in rs.bounds.table(X, **arguments)}


def test_line_with_bias():
    table = rows([["-1", 1], ["0", 1], ["1", 1]], eps="0.05")
    assert table["Theorem 7"].width == rs.bounds.karhadkar_theorem_7(3, "0.05")
    assert table["Theorem 8"].width == 2 * rs.bounds.karhadkar_theorem_8(3, "0.05")
    assert table["Proposition 11"].width == 17
    assert table["Theorem 12"].applies
    assert not table["Corollary 5 (corrected)"].applies
    assert "rank 2 below n = 3" in table["Corollary 5 (corrected)"].reason


def test_each_promise_holds_at_its_width():
    for row in rs.bounds.table([[0, 1], ["0.5", 1], [1, 1]], eps=0.1):
        if row.applies:
            assert row.probability == 0.9
            assert row.at_width(row.width) >= 0.9 - 1e-9
            assert 0 <= row.at_width(1) <= row.at_width(50) <= 1


def test_failing_hypotheses_are_named():
    table = rows([[1, 2], [1, 2], [0, 1]])
    assert "not generic" in table["Theorem 2 (corrected)"].reason
    assert "rows (0, 1)" in table["Theorem 10 (corrected)"].reason
    assert "column of ones" in table["Proposition 11"].reason
    table = rows([[0, 0], [1, 2]])
    assert "row 0 of X is zero" in table["Theorem 2 (corrected)"].reason
    table = rows([[0, 1], [3, 1]])
    assert "|x| <= 1" in table["Proposition 11"].reason


def test_one_sample_is_a_point_on_a_line():
    table = rows([[3, 1, 2]], eps="0.1")
    assert table["Theorem 7"].width == rs.bounds.karhadkar_theorem_7(1, "0.1") == 5
    assert rs.full_rank_fraction([[3, 1, 2]], 5, population="regions") >= 0.9
    assert not rows([[0, 0]])["Theorem 7"].applies


def test_rows_read_as_dictionaries():
    row = rs.bounds.table([[0, 1], [1, 1]])[0]
    assert set(dict(row)) >= {"statement", "source", "law", "applies", "reason", "width", "probability"}
    assert row["width"] == row.width


def test_large_data_are_quick_and_say_what_is_out_of_reach():
    X = np.random.default_rng(0).normal(size=(300, 6))
    table = rows(X)
    assert table["Theorem 2 (corrected)"].width == 57
    assert "gamma" in table["Theorem 12"].reason


def test_empty_data_and_bad_eps():
    own = [row for row in rs.bounds.table(np.ones((0, 2))) if row.source.startswith("Karhadkar")]
    assert own
    assert not any(row.applies for row in own)
    with pytest.raises(AssumptionError):
        rs.bounds.table([[1, 2]], eps=0)
