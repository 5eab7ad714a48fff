"""What docs/landscape.md shows runs, and the numbers of its table are those of the trees."""

import doctest
import re
from math import comb
from pathlib import Path

import pytest

import reluscape as rs

PAGE = Path(__file__).parents[3] / "docs" / "landscape.md"
DATA = {
    "`xor.csv`": ([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]),
    "five points on a line": ([[-4], [-2], [1], [2], [5]], [2, -2, 4, 0, 3]),
}
SLOW = {("`linnerud.csv`, chins and situps", 2), ("`linnerud.csv`", 1)}


def rows():
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[1].isdigit():
            yield cells


def load(name):
    if name in DATA:
        return rs.Dataset(*DATA[name], bias=True)
    features = {"chins": ["chins"], "chins and situps": ["chins", "situps"]}.get(name.partition(", ")[2])
    return rs.Dataset.from_csv(PAGE.parents[1] / "examples/linnerud.csv", target="weight", features=features, bias=True)


def test_examples_run():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (failed, tried >= 12) == (0, True)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row[0]} {row[1]}")
def test_table_of_examples(row):
    name, width = row[0], int(row[1])
    data = load(name)
    cells = rs.count_regions(data)
    assert row[2] == f"{cells:,}"
    assert row[3] == f"{comb(2 * cells + width - 1, width):,}"
    if (name, width) in SLOW:
        return
    tree = rs.barrier_tree(data, width=width, output_bias=True)
    variance = float(data.y.var())
    traps = [v for v in tree.valleys if v.spurious]
    assert row[4] == f"{len(tree.valleys)} ({len(traps)})"
    assert row[5] == f"{float(tree.global_minimum) / variance:.1%}"
    if not traps:
        assert row[6] == "none"
        return
    deepest = max(traps, key=lambda v: v.barrier)
    assert row[6] == f"{deepest.value / variance:.1%}, {deepest.barrier / variance:.1%}"


def test_all_examples_are_checked():
    assert len(list(rows())) == 11
    assert re.search(r"10,748,566 basins at width 2", PAGE.read_text("utf-8"))
