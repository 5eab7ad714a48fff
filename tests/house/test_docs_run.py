"""Every Python block of the documentation runs as a test: here those that no test of their own room runs."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
# pages whose examples are doctests that a room's own test runs, or parts of plans
ELSEWHERE = {
    "why-xor-gets-stuck.md": "tests/critical/test_docs.py",
    "landscape.md": "tests/stories/census/test_docs.py",
    "sweeps.md": "tests/experiments/test_docs.py",
    "weight-decay.md": "tests/landscape/optimum/test_weight_decay_page.py",
    "xor.md": "tests/experiments/test_predicted.py",
}


def blocks(page):
    """Return the Python blocks of a page."""
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


SHOWN = {page.name: blocks(page) for page in PAGES if blocks(page)}


@pytest.mark.parametrize("page", sorted(ELSEWHERE))
def test_the_other_pages_have_their_test(page):
    assert SHOWN[page]
    assert page in (ROOT / ELSEWHERE[page]).read_text("utf-8")


@pytest.mark.parametrize("page", sorted(SHOWN.keys() - ELSEWHERE.keys()))
def test_what_a_page_shows_runs_and_prints_what_stands_behind_it(page, tmp_path, monkeypatch):
    """One block after the other in one space; `print(...)  # words` prints these words, up to a comma or the end."""
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    for block in SHOWN[page]:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(block, space)
        printed = out.getvalue()
        for told in re.findall(r"^print\(.*\)  # (\d.*)$", block, re.MULTILINE):
            assert told in printed
        assert printed.strip()
