"""Every row of docs/statements.md names functions and a test that exist, or says that it is open."""

import re
from pathlib import Path

import pytest

import reluscape as rs

ROOT = Path(__file__).parents[1]
KINDS = {"proved", "corrected", "demonstrated", "cited", "open"}


def statement_rows():
    text = (ROOT / "docs" / "statements.md").read_text(encoding="utf-8")
    rows, paper = [], ""
    for line in text.splitlines():
        if line.startswith("## "):
            paper = line[3:]
        elif line.startswith("|") and not line.startswith(("| statement", "|---")):
            rows.append((paper, *[cell.strip() for cell in line.strip("|").split("|")]))
    return rows


ROWS = statement_rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0].split()[0]}: {row[1]}" for row in ROWS])
def test_row_resolves(row):
    _, _, functions, test, kind = row
    assert kind in KINDS
    if functions != "open":
        for name in re.findall(r"`rs\.([\w.]+)`", functions):
            value = rs
            for part in name.split("."):
                value = getattr(value, part)
        assert re.fullmatch(r"(`rs\.[\w.]+`(, )?)+", functions)
    if test != "open":
        path, _, name = test.strip("`").partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert (kind == "open") == ("open" in (functions, test))


def test_all_four_papers_are_there_and_the_first_is_built():
    papers = {row[0] for row in ROWS}
    four = {"Karhadkar and Montufar", "Bo Liu, Part 1", "Liang, Sun and Srikant", "Safran and Shamir"}
    assert papers == {*four, "Beyond the four papers"}
    waiting = [row[1] for row in ROWS if row[0].startswith("Karhadkar") and row[4] == "open"]
    assert waiting == []


def test_every_statement_of_safran_and_shamir_is_built():
    assert not [row[1] for row in ROWS if row[0].startswith("Safran") and row[4] == "open"]
