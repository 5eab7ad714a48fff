"""The page as text: well formed, escaped, self-contained, small, and its numbers are those of the JSON."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import re

import pytest

from reluscape.errors import InputError
from reluscape.stories.page import render
from reluscape.stories.page.markup import embedded_json

from .pages import NASTY, heavy, poisoned, read, sample, value_at

KINDS = ("survey", "explain", "real census")
MEGABYTES = 3


@pytest.fixture(scope="module", params=KINDS)
def report(request):
    return sample(request.param)


def test_well_formed_with_unique_identifiers(report):
    reader = read(render(report))
    names = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(names) == len(set(names))


def test_size_and_one_copy_of_the_library(report):
    page = render(report)
    assert len(page.encode("utf-8")) <= MEGABYTES * 1024 * 1024
    scripts = read(page).scripts
    assert set(scripts) == {"report-data", "figure-specs", "plotly-gzip", "page"}
    library = gzip.decompress(base64.b64decode(scripts["plotly-gzip"])).decode("utf-8")
    assert "plotly.js v" in library[:200]
    assert page.count(scripts["plotly-gzip"][:2000]) == 1


def test_same_report_gives_the_same_bytes(report):
    assert render(report) == render(copy.deepcopy(report))


def test_numbers_are_those_of_the_json(report):
    numbers = read(render(report)).numbers
    assert len(numbers) >= 8
    for key, value, shown in numbers:
        held = value_at(report, key)
        assert value == str(held) or float(value) == held, key
        assert shown, key
        leading = re.match(r"(more\sthan\s|less\sthan\s)?(-?[\d,]+(?:\.\d+)?)", shown)
        assert leading, (key, shown)
        read_back = float(leading.group(2).replace(",", ""))
        if "×" in shown:
            power = shown.split("10")[-1].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            read_back *= 10.0 ** int(power)
        if leading.group(1):
            assert 0 < held < read_back / 100 if "less" in shown else read_back / 100 < held < 1, key
        elif "%" in shown:
            assert read_back / 100 == pytest.approx(float(held), abs=6e-4), key
        else:
            assert read_back == pytest.approx(float(held), rel=6e-3), key


def test_every_claim_of_a_width_is_on_the_page():
    report = sample("survey")
    shown = {key for key, _, _ in read(render(report)).numbers}
    for k in range(len(report["widths"])):
        for name in ("regions", "basins", "full_rank", "good", "zero", "better_than_affine", "reference"):
            assert f"widths.{k}.{name}.value" in shown
        for end in ("low", "high"):
            assert f"widths.{k}.good.{end}" in shown
    page = " ".join(read(render(report)).words)
    assert "over random initialisations of this width" in page
    assert "law normal" in page


def test_embedded_report_reads_back(report):
    scripts = read(render(report)).scripts
    assert json.loads(scripts["report-data"]) == report
    assert "<" not in scripts["report-data"] + scripts["figure-specs"]


@pytest.mark.parametrize("kind", KINDS)
def test_names_from_the_file_are_escaped_everywhere(kind):
    bad = poisoned(sample(kind))
    page = render(bad)
    reader = read(page)
    assert [tag for tag, _ in reader.elements].count("script") == 4
    assert "img" not in {tag for tag, _ in reader.elements}
    assert "onerror" not in {name for _, attributes in reader.elements for name in attributes}
    assert any(NASTY in words for words in reader.words)
    assert json.loads(reader.scripts["report-data"]) == bad
    specs = json.loads(reader.scripts["figure-specs"])
    drawn = json.dumps([specs[name]["layout"] for name in specs]) + json.dumps([specs[name]["data"] for name in specs])
    assert "<script" not in drawn
    assert "<img" not in drawn


def test_policy_admits_only_the_two_scripts(report):
    reader = read(render(report))
    policy = next(a["content"] for tag, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert policy.split("style-src")[0].count("unsafe-inline") == 0
    assert not any(re.match("https?:", str(a.get(name, ""))) for _, a in reader.elements for name in ("src", "href"))


def test_every_picture_has_an_alternative_text(report):
    plots = [a for _, a in read(render(report)).elements if a.get("class") == "plot"]
    assert len(plots) >= 3
    assert all(a["role"] == "group" and len(a["aria-label"]) > 20 for a in plots)


def test_missing_parts_leave_no_hole():
    bare = {"schema": 1, "kind": "survey", "data": {"file": "a.csv", "target": "y"}, "verdict": ["One line."]}
    reader = read(render(bare))
    assert "One line." in reader.words
    assert json.loads(reader.scripts["figure-specs"]) == {}
    thin = sample("survey")
    thin["pictures"] = {"data": None, "fan": None, "slice": None}
    thin["losses"]["best_network"]["value"] = None
    thin["width_for"].update(width=None, more_than=128, stopped_by="max-width")
    for entry in thin["widths"]:
        entry["reference"].update(value=None, share=None)
        entry["zero"] = {"value": None, "low": None, "high": None, "kind": "sampled"}
        entry["basin_values"] = None
        entry["other_law"] = None
    words = " ".join(read(render(thin)).words)
    assert "more than" in words
    assert "not known" in words


def test_other_kinds_are_refused():
    with pytest.raises(InputError, match="schema 1 and kind survey or explain"):
        render({"schema": 2, "kind": "survey"})


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        embedded_json([float("nan")])


def test_heavy_data_stay_under_the_limit_and_read_back():
    big = heavy(sample("survey"))
    page = render(big)
    assert len(page.encode("utf-8")) <= MEGABYTES * 1024 * 1024
    data = gzip.decompress(base64.b64decode(read(page).scripts["report-data"])).decode("utf-8")
    assert json.loads(data) == big
