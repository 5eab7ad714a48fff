"""What the tests of the page share: the two samples, and a reader of HTML that insists on closed elements."""

from __future__ import annotations

import copy
import json
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).parent
VOID = {"meta", "br", "img", "link", "input", "hr"}
NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


@cache
def real(kind):
    """A report of the program itself: `survey` or `explain` of linnerud's table, `census` of five points on a line."""
    import reluscape as rs

    examples = HERE.parents[2] / "examples"
    data = rs.Dataset.from_csv(examples / "linnerud.csv", target="weight", bias=True)
    if kind == "survey":
        return rs.survey(data, widths=(1, 2), trials=40, max_width=2, seconds=10).report
    if kind == "census":
        line = rs.Dataset([[-2], [-1], [0.5], [1], [2.5]], [1, -1, 2, 0, 1.5], bias=True)
        return rs.landscape(line, width=2, trials=60).report
    return rs.explain(rs.TwoLayerNet.load(examples / "linnerud_net.npz"), data).report


def sample(kind):
    if kind.startswith("real "):
        return json.loads(json.dumps(real(kind.removeprefix("real ")), allow_nan=False))
    return json.loads((HERE / f"sample_{kind}.json").read_text("utf-8"))


def value_at(report, path):
    """Follow a dotted path, independently of the package."""
    place = report
    for step in path.split("."):
        place = place[int(step)] if isinstance(place, list) else place[step]
    return place


class Reader(HTMLParser):
    """Collects elements, numbers and script contents; raises where tags do not match."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.numbers, self.scripts, self.words = [], [], [], {}, []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag == "data":
            self.numbers.append([attributes["data-key"], attributes["value"], ""])
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        opened = self.open.pop()[0]
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data):
        if not self.open:
            return
        tag, attributes = self.open[-1]
        if tag == "script":
            self.scripts[attributes.get("id", "page")] = self.scripts.get(attributes.get("id", "page"), "") + data
        elif tag == "data":
            self.numbers[-1][2] += data
        else:
            self.words.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def poisoned(report):
    """Put markup into every text of a report except its keys, kinds and law names."""
    bad = copy.deepcopy(report)
    bad["data"].update(file=NASTY, target=NASTY, features=["<script>", NASTY], warnings=[NASTY])
    bad["data"]["general_position"]["text"] = NASTY
    if bad["data"]["classes"]:
        bad["data"]["classes"] = {"-1": NASTY, "+1": "<script>"}
    bad["command"] = NASTY
    if bad["kind"] == "survey":
        bad["verdict"] = [NASTY, "<script>"]
        bad["pictures"]["data"].update(x_label="<script>", y_label=NASTY, color_label=NASTY, note=NASTY)
        bad["pictures"]["slice"]["points"][0][0] = NASTY
        bad["promises"][0]["reason"] = NASTY
        bad["promises"][1]["statement"] = NASTY
        for entry in bad["widths"]:
            entry["reference"]["source"] = NASTY
            entry["good"]["population"] = NASTY
    elif bad["kind"] == "census":
        bad["verdict"] = [NASTY, "<script>"]
        bad["valleys"][0]["exact"] = "<script>"
        bad["valleys"][0]["verdict"] = NASTY
        bad["pictures"]["plane"]["labels"] = [NASTY, "<script>"]
        bad["pictures"]["plane"]["panels"][0]["title"] = NASTY
    else:
        bad["verdict"]["text"] = [NASTY]
        bad["verdict"]["reason"] = NASTY
        bad["model"]["file"] = NASTY
        bad["next_steps"] = [NASTY]
        bad["lines"][0]["title"] = NASTY
    return bad


def heavy(report):
    """A survey of the largest size: 2,000 rows, thousands of cells with long patterns, long names."""
    big = copy.deepcopy(report)
    big["data"].update(n=2000, target="a_long_name_without_a_space_" * 6, features=[f"feature {k}" for k in range(60)])
    picture = big["pictures"]["data"]
    for shift, key in enumerate(("x", "y", "color")):
        picture[key] = [((k * 7919 + shift * 104729) % 100003) / 100003 for k in range(2000)]
    square = [[0, 0], [1, 0], [1, 1], [0, 1]]
    big["pictures"]["slice"]["cells"] = [
        {
            "polygon": [[a + i, b + j] for a, b in square],
            "value": ((i * 64 + j) * 37 % 4001) / 4001,
            "pattern": "01" * 100,
        }
        for i in range(64)
        for j in range(64)
    ]
    return big
