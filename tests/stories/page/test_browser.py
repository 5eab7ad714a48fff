"""The page in a real browser: offline, without errors, drawn, and with the numbers of the JSON."""

from __future__ import annotations

import json
import shutil

import pytest

from reluscape.cli.pages import index
from reluscape.stories.page import render

from .pages import heavy, poisoned, sample, value_at

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def designed():
    """Return the report of a designed landscape for XOR."""
    from reluscape.requ import tell_design

    return tell_design([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]).report


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visit:
    """One page opened from a file with the network cut off, and everything it complained about."""

    def __init__(self, browser, path, width=1100):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.errors.append("a dialog opened"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("body[data-state=ready], body[data-state=failed]", timeout=60_000)


@pytest.fixture
def visit(browser, tmp_path):
    visits = []

    def opening(report, width=1100):
        path = tmp_path / f"page{len(visits)}.html"
        path.write_text(render(report), encoding="utf-8")
        visits.append(Visit(browser, path, width))
        return visits[-1]

    yield opening
    for one in visits:
        one.context.close()


@pytest.mark.parametrize("kind", ["survey", "explain", "real survey", "real explain", "real census"])
@pytest.mark.parametrize("width", [1100, 390])
def test_opens_offline_and_draws(visit, kind, width):
    report = sample(kind)
    seen = visit(report, width)
    assert seen.errors == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert seen.page.get_attribute("body", "data-state") == "ready"
    assert seen.page.locator(".plot.js-plotly-plot").count() == seen.page.locator("figure").count() >= 3
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("kind", ["survey", "explain", "real survey", "real explain"])
def test_numbers_in_the_browser_equal_the_json(visit, kind):
    report = sample(kind)
    page = visit(report).page
    pairs = page.evaluate(
        "[...document.querySelectorAll('[data-key]')].map(e => [e.dataset.key, e.value, e.checkVisibility()])"
    )
    assert len(pairs) >= 8
    for key, value, visible in pairs:
        held = value_at(report, key)
        assert value == str(held) or float(value) == held, key
        assert visible, key


def test_the_drawn_values_are_those_of_the_json(visit):
    report = sample("survey")
    page = visit(report).page
    curve = page.evaluate(
        "document.getElementById('figure-curve').data.filter(t => (t.name || '').startsWith('good starts'))[0]"
    )
    points = dict(zip(curve["x"], curve["y"], strict=True))
    for entry in report["widths"]:
        assert points[entry["width"]] == entry["good"]["value"]
    cells = page.evaluate("document.getElementById('figure-slice').data.filter(t => t.fill === 'toself').length")
    assert cells == len(report["pictures"]["slice"]["cells"])


def test_its_data_can_be_downloaded(visit):
    report = sample("survey")
    page = visit(report).page
    with page.expect_download() as download:
        page.click("#download")
    with open(download.value.path(), encoding="utf-8") as file:
        assert json.load(file) == report
    assert download.value.suggested_filename == "survey.json"


@pytest.mark.parametrize("kind", ["survey", "explain", "real census"])
def test_names_that_are_markup_stay_text(visit, kind):
    seen = visit(poisoned(sample(kind)))
    assert seen.errors == []
    assert seen.page.get_attribute("body", "data-state") == "ready"
    assert seen.page.locator("main img, svg script, svg image:not(.hm image), svg a").count() == 0
    if kind == "survey":
        assert seen.page.locator("#figure-data .xtitle").inner_html().count("&lt;script&gt;") == 1


@pytest.mark.parametrize("kind", ["survey", "explain", "real census", "design", "index"])
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
def test_axe_finds_nothing_serious(browser, tmp_path, kind, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    path = tmp_path / "page.html"
    if kind == "index":
        text = index(tmp_path, {"survey.html": "The loss landscape of xor", "census.html": "Every valley of xor"})
    else:
        text = render(designed() if kind == "design" else sample(kind))
    path.write_text(text, encoding="utf-8")
    # axe is put into the page from outside, which the page's own policy forbids
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("body" if kind == "index" else "body[data-state=ready]", timeout=60_000)
    faults = axe.run(page).response["violations"]
    context.close()
    serious = [(fault["impact"], fault["id"]) for fault in faults if fault["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_dark_page_draws_on_dark_paper(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(render(sample("survey")), encoding="utf-8")
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-state=ready]", timeout=60_000)
    paper = page.evaluate("document.getElementById('figure-curve').layout.paper_bgcolor")
    context.close()
    assert paper == "#16191d"


def test_heavy_data_draw_and_download(visit):
    big = heavy(sample("survey"))
    seen = visit(big, 390)
    assert seen.errors == []
    assert seen.page.get_attribute("body", "data-state") == "ready"
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with seen.page.expect_download() as download:
        seen.page.click("#download")
    with open(download.value.path(), encoding="utf-8") as file:
        assert json.load(file) == big
