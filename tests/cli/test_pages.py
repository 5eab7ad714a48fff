"""Pages of one folder do not overwrite each other, and the index leads to each."""

from __future__ import annotations

import json
from pathlib import Path

from reluscape.cli.pages import page_name, pages

HERE = Path(__file__).parents[1] / "stories" / "page"


def written(folder, kind, model=""):
    report = json.loads((HERE / f"sample_{kind}.json").read_text("utf-8"))
    for name, make in pages(folder, report, model).items():
        (folder / name).write_text(make(), "utf-8")


def test_pages_stay_and_the_index_names_them(tmp_path):
    written(tmp_path, "survey")
    written(tmp_path, "explain", "a.pt")
    written(tmp_path, "explain", "b.npz")
    names = {"survey.html", "explain-a.html", "explain-b.html"}
    assert {path.name for path in tmp_path.glob("*.html")} == {*names, "index.html", "report.html"}
    index = (tmp_path / "index.html").read_text("utf-8")
    assert [name for name in names if f'href="{name}"' not in index] == []
    assert (tmp_path / "report.html").read_text("utf-8") == (tmp_path / "explain-b.html").read_text("utf-8")


def test_a_title_never_becomes_markup(tmp_path):
    (tmp_path / "other.html").write_text("<title>&lt;script&gt;alert(1)</title>", "utf-8")
    (tmp_path / "bad.html").write_text("<title><script>alert(2)</title>", "utf-8")
    written(tmp_path, "survey")
    assert "<script" not in (tmp_path / "index.html").read_text("utf-8")


def test_a_model_cannot_name_a_file_elsewhere():
    assert page_name("explain", "../../x y\udcff.pt") == "explain-x_y_.html"
