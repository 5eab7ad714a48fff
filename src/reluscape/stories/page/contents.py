"""The contents list: every heading of the page as a link."""

from __future__ import annotations

import re

from .markup import bullets, element

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')


def contents(body: str) -> str:
    """Write links to the headings of a page's body.

    >>> '<li><a href="#a-title">A &amp; B</a></li>' in contents('<h2 id="a-title">A &amp; B</h2>')
    True
    """
    links = [element("a", title, href=f"#{name}") for name, title in _HEADING.findall(body)]
    inner = element("summary", "On this page") + bullets(links)
    return element("nav", element("details", inner), class_="contents", aria_label="Contents") if links else ""
