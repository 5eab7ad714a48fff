"""HTML and embedded JSON written so that no name from a user's file can become markup."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any


def text(value: object) -> str:
    """Escape anything for use as HTML text or inside a quoted attribute.

    >>> text('<script>"')
    '&lt;script&gt;&quot;'
    """
    return escape(str(value), quote=True)


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """Write one element around content that is HTML already; attribute values are escaped here.

    A trailing underscore is dropped from an attribute's name (``class_``), other underscores become hyphens.

    >>> element("p", text("a < b"), class_="note", data_key="x.0")
    '<p class="note" data-key="x.0">a &lt; b</p>'
    """
    pairs = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{pairs}>{content}</{tag}>"


def bullets(items: Iterable[str], tag: str = "ul", **attributes: object) -> str:
    """Write a list of HTML fragments.

    >>> bullets(["a", "b"])
    '<ul><li>a</li><li>b</li></ul>'
    """
    return element(tag, "".join(element("li", item) for item in items), **attributes)


def embedded_json(value: Any) -> str:
    r"""Write JSON that can stand inside a script element: no character in it can end the element or open a comment.

    The text is still JSON and reads back as the same value.

    Raises:
        ValueError: a number is not finite.

    >>> embedded_json(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    plain = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def section(identifier: str, title: str, body: str, lead: str = "") -> str:
    """Write a section with its heading; an empty body gives no section at all."""
    if not body:
        return ""
    opening = element("h2", text(title), id=f"{identifier}-title")
    if lead:
        opening += element("p", text(lead), class_="lead")
    return element("section", opening + body, id=identifier, aria_labelledby=f"{identifier}-title")
