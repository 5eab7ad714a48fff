"""What a notebook shows, short representations, and pictures on given axes."""

from __future__ import annotations

import json
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import reluscape as rs
from reluscape.stories.page.notebook import notebook, pictures
from reluscape.stories.report import Telling

HERE = Path(__file__).parent
XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])


class Tags(HTMLParser):
    """Counts elements, and refuses what is not closed in order."""

    VOID = frozenset({"meta", "br", "link"})

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def sample(kind):
    return json.loads((HERE / f"sample_{kind}.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", ["survey", "explain"])
def test_a_report_renders_itself_with_pictures_and_without_scripts(kind):
    told = Telling(sample(kind))
    tags = Tags()
    tags.feed(told._repr_html_())
    assert tags.open == []
    assert "script" not in tags.seen
    assert 1 <= tags.seen.count("svg") <= 2
    assert ("table" in tags.seen) == (kind == "survey")
    assert repr(told) == told.verdict
    axes = Figure().subplots()
    assert told.plot(axes) is axes
    assert axes.has_data()


def test_names_from_a_file_never_become_markup():
    report = sample("survey")
    page = notebook(report, ["<script>alert(1)</script>", "<b>"])
    assert "<script" not in page
    assert "&lt;b&gt;" in page


def test_a_report_without_pictures_says_so():
    told = Telling({"kind": "explain", "verdict": ["Fine."], "lines": []})
    assert pictures(told.report) == []
    assert "Fine." in told._repr_html_()
    with pytest.raises(rs.ReluscapeError, match="nothing to draw"):
        told.plot(Figure().subplots())


def test_results_are_told_in_a_short_representation():
    tree = rs.barrier_tree(rs.Dataset(*XOR, bias=True), width=1)
    curve = rs.full_rank_curve(rs.Dataset(*XOR, bias=True), population="patterns")
    assert len(repr(tree)) < 200
    assert "valleys" in repr(tree)
    assert len(repr(curve)) < 200
    axes = Figure().subplots()
    assert tree.plot(axes) is axes
    assert len(axes.lines) >= len(tree.valleys)


def test_an_exact_tree_is_drawn_too():
    axes = Figure().subplots()
    rs.barrier_tree([[1], [2], [-1]], [1, 3, 1], width=1, exact=True).plot(axes)
    assert axes.has_data()


def test_the_curve_that_is_drawn_takes_the_values_of_the_law():
    curve = rs.WidthCurve({Fraction(1): Fraction(1), Fraction(1, 2): Fraction(-1)}, "exact", "patterns")
    axes = curve.plot(Figure().subplots(), widest=6)
    drawn = dict(zip(*axes.lines[0].get_data(), strict=True))
    assert {m: p for m, p in drawn.items() if m <= 6} == {m: 1 - 0.5**m for m in range(1, 7)}
