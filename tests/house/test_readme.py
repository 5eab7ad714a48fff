"""What the README and the site say: the code runs, the picture is of a true landscape, every link leads somewhere."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
PAPERS = ("2305.19510", "1511.04210", "2002.04763", "1912.13472")


@pytest.mark.torch
def test_the_first_code_runs_and_says_what_is_printed_below_it():
    pytest.importorskip("torch")
    code, shown = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", README, re.DOTALL).groups()
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, {})
    printed = " ".join(out.getvalue().split())
    parts = [part for line in shown.splitlines() for part in line.removesuffix(")").split("...")]
    wanted = [" ".join(part.split()) for part in parts if part.strip()]
    assert len(wanted) >= 4
    assert [part for part in wanted if part not in printed] == []


def test_the_first_command_is_the_one_that_the_checks_run():
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    first = ".venv/bin/pip install -q . && .venv/bin/reluscape survey examples/linnerud.csv --target weight\n"
    second = ".venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest\n"
    assert first in README
    assert second in README
    assert "examples/linnerud.csv" in run
    assert "--target weight" in run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    for target in LINK.findall(page.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.split("#")[0]).exists(), target


def test_the_papers_are_named_by_title_year_and_link():
    cited = (ROOT / "CITATION.cff").read_text("utf-8")
    for paper in PAPERS:
        assert f"https://arxiv.org/abs/{paper}" in README
        assert f"https://doi.org/10.48550/arXiv.{paper}" in README
        assert f"10.48550/arXiv.{paper}" in cited


def test_the_picture_is_of_a_true_landscape(tmp_path):
    """At the directions of each valley the drawn loss, from a formula of its own, is the valley's exact loss."""
    script = runpy.run_path(str(ROOT / "docs" / "images" / "landscape.py"))
    tree = script["draw"](tmp_path / "landscape.png")
    assert (tmp_path / "landscape.png").read_bytes()[:4] == b"\x89PNG"
    assert (ROOT / "docs" / "images" / "landscape.png").exists()
    data = rs.Dataset([[x] for x in script["INPUTS"]], script["TARGETS"], bias=True)
    exact = sorted(valley.verdict.exact_loss for valley in tree.valleys)
    assert exact[:2] == [Fraction(9, 25)] * 2
    drawn = 0
    for valley in tree.valleys:
        up, down = int(np.argmax(valley.net.v)), int(np.argmin(valley.net.v))
        if valley.net.v[up] > 0 > valley.net.v[down]:
            angles = np.array([np.arctan2(*valley.net.W[k][::-1]) for k in (up, down)])
            loss = script["landscape"](data, angles)[0, 1]
            assert loss == pytest.approx(float(valley.verdict.exact_loss), abs=1e-9)
            drawn += 1
    assert drawn == len(tree.valleys)


@pytest.mark.parametrize("page", ["api.md", "reference.md"])
def test_the_pages_of_names_hold_every_public_name(page):
    text = (ROOT / "docs" / page).read_text("utf-8")
    lacking = [name for name in rs.__all__ if name != "__version__" and not re.search(rf"\b{name}\b", text)]
    assert lacking == [], "run: python docs/reference.py"
    script = runpy.run_path(str(ROOT / "docs" / "reference.py"))
    assert [name for names in script["groups"]().values() for name in names if not hasattr(rs, name)] == []
    assert (ROOT / "docs" / "gallery.md").read_text("utf-8") == script["gallery"]()


def test_every_figure_has_its_picture_in_the_gallery_and_the_checks_draw_them_all():
    from reluscape.experiments import figures

    page = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    for name in figures.FIGURES:
        assert (ROOT / "docs" / "images" / f"{name}.png").read_bytes()[:4] == b"\x89PNG", name
        assert f"](images/{name}.png)" in page, name
        assert f"](../gallery/{name}.py)" in page, name
    assert "docs/pictures.py" in (ROOT / ".ci" / "run").read_text("utf-8")
