"""Files of one folder do not overwrite each other, and the index leads to each page."""

from __future__ import annotations

import json
from pathlib import Path

from reluscape.cli.pages import results, stem

HERE = Path(__file__).parents[1] / "stories" / "page"


def written(folder, kind, model=""):
    report = json.loads((HERE / f"sample_{kind}.json").read_text("utf-8"))
    if model:
        report["model"]["file"] = model
    made = results(folder, report, model)
    for name, make in made.items():
        (folder / name).write_text(make(), "utf-8")
    return report


def test_every_result_stays_and_the_index_names_every_page(tmp_path):
    written(tmp_path, "survey")
    first = written(tmp_path, "explain", "a.pt")
    written(tmp_path, "explain", "b.npz")
    names = {"survey.html", "explain-a.html", "explain-b.html"}
    assert {path.name for path in tmp_path.glob("*.html")} == {*names, "index.html", "report.html"}
    named = {"survey.json", "explain-a.json", "explain-b.json"}
    assert {path.name for path in tmp_path.glob("*.json")} == {*named, "explain.json"}
    assert (tmp_path / "report.html").read_text("utf-8") == (tmp_path / "explain-b.html").read_text("utf-8")
    assert (tmp_path / "explain.json").read_text("utf-8") == (tmp_path / "explain-b.json").read_text("utf-8")
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "report.html" not in index
    assert [name for name in names if f'href="{name}"' not in index] == []
    assert json.loads((tmp_path / "explain-a.json").read_text("utf-8")) == first


def test_two_models_that_differ_in_the_end_of_their_names_keep_two_files(tmp_path):
    for model in ("a.pt", "a.npz", "a.pt", "a.npz"):
        written(tmp_path, "explain", model)
    files = {"explain-a.json": "a.pt", "explain-a.npz.json": "a.npz"}
    assert {path.name for path in tmp_path.glob("*.json")} == {*files, "explain.json"}
    for name, model in files.items():
        assert json.loads((tmp_path / name).read_text("utf-8"))["model"]["file"] == model


def test_a_title_never_becomes_markup(tmp_path):
    (tmp_path / "other.html").write_text("<title>&lt;script&gt;alert(1)</title>", "utf-8")
    (tmp_path / "bad.html").write_text("<title><script>alert(2)</title>", "utf-8")
    written(tmp_path, "survey")
    assert "<script" not in (tmp_path / "index.html").read_text("utf-8")


def test_a_model_cannot_name_a_file_elsewhere(tmp_path):
    assert stem(tmp_path, "explain", "../../x y\udcff.pt") == "explain-x_y_"
    (tmp_path / "explain-x_y_.json").write_text('{"model": {"file": "other"}}')
    assert stem(tmp_path, "explain", "../../x y\udcff.pt") == "explain-x_y_.pt"


def test_what_is_no_result_is_no_model(tmp_path):
    for text in ("", "[1]", '{"model": 3}', "{"):
        (tmp_path / "explain-a.json").write_text(text)
        assert stem(tmp_path, "explain", "a.pt") == "explain-a"
